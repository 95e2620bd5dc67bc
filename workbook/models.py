"""Models: releases, places on leaderboards, list prices, and what is claimed against what is ranked."""

from __future__ import annotations

import math
import re
from typing import Any

import altair as alt
import pandas as pd

from workbook import evidence, facts, style, words
from workbook.dossier import Dossier
from workbook.expressions import heading, quoted, renamed
from workbook.style import Language

__all__ = ["claims_vs_rankings", "comparables_chart", "prices_chart", "rankings_chart", "timeline_chart"]

OPENNESS = {
    "open": style.COLORS["good"],
    "restricted": "#b58a00",
    "closed": style.COLORS["actual"],
    "disputed": style.COLORS["alert"],
}
"""Colour by how far the weights are open."""


def _needed(book: Dossier, name: str) -> pd.DataFrame:
    table: pd.DataFrame = getattr(book, name)
    if table.empty:
        raise ValueError(f"no {name} in {book!r}; add rows, or try a later as_of")
    categories = table.select_dtypes("category").columns
    told = evidence.said(book, table["claim"])
    return table.astype(dict.fromkeys(categories, "str")).join(told)


_TOLD = ["statement:N", "grade:N", "source:N"]


def _own(book: Dossier, vendors: pd.Series[str]) -> str:
    """Return the vendor whose models the dossier follows: of those given, the one with most of its models.

    A peer with more rows of prices or places is not taken for it. Where the dossier lists no model of any of
    them, the vendor with most rows.
    """
    counts = book.models["vendor"].value_counts()
    listed = counts[counts.index.isin(set(vendors))]
    return str((vendors.value_counts() if listed.empty else listed).sort_index().idxmax())


def timeline_chart(book: Dossier, *, lang: Language = "en", title: str | None = None) -> alt.LayerChart:
    """Draw releases over time by modality and openness.

    Raises
    ------
    ValueError
        If the dossier has no models, as known on its `as_of`.

    Examples
    --------
    >>> import workbook as wb
    >>> chart = timeline_chart(wb.open())
    >>> chart.to_dict()["layer"][0]["layer"][0]["encoding"]["color"]["field"]
    'openness'
    """
    models = _needed(book, "models")
    models, left_out = style.newest(models, models["released"], lang)
    models = models.sort_values(["modality", "released"], ignore_index=True)
    shares = models["openness"].value_counts()
    makers = list(models["vendor"].value_counts().sort_index().index)
    shown = [level for level in OPENNESS if level in shares.index]
    openness = words.text("join.list", lang).join(
        words.text(f"releases.{level}", lang, n=shares[level]) for level in shown
    )
    finding = words.text(
        "releases.finding", lang, n=len(models), makers=words.joined(makers, lang), openness=openness
    )
    # What is drawn is in one language, its tooltips too.
    for column in ("modality", "openness"):
        models[column] = [words.word(column, value, lang) for value in models[column].astype("str")]
    models["row"], scale = _lines(
        models, key="modality", start="released", end="released", text="name", pixels=_WIDTH
    )
    base = alt.Chart(_in_order(models, "modality")).encode(
        x=alt.X(
            "released:T", title=words.text("releases.axis", lang), scale=scale, axis=style.month_axis(lang)
        ),
        y=_LINE_AXIS,
        tooltip=["name:N", alt.Tooltip("released:T", format="%Y-%m-%d"), "openness:N", "licence:N", *_TOLD],
    )
    points = base.mark_circle(size=70, opacity=1).encode(
        color=alt.Color(
            "openness:N",
            title=words.text("releases.weights", lang),
            scale=alt.Scale(
                domain=[words.word("openness", level, lang) for level in shown],
                range=[OPENNESS[level] for level in shown],
            ),
        )
    )
    names = base.mark_text(align="left", dx=7, fontSize=10).encode(text="name:N")
    return style.dress(
        alt.layer(points, names),
        title=title or finding,
        subtitle=left_out.strip(),
        lang=lang,
        footer=style.footer(book, models["claim"], lang=lang),
        description=f"Dots: {len(models)} model releases by date, modality and openness. {finding}.",
        width=_WIDTH,
        height=alt.Step(18),
    )


_WIDTH = 760
_DOT = 12  # pixels from the axis to the first dot, so that the dot is not on the name of its row


def _lines(
    items: pd.DataFrame, *, key: str, start: str, end: str, text: str, pixels: int
) -> tuple[list[str], alt.Scale]:
    """Give every item a line of its group on which its text, written after its end, has room.

    Returns the lines, as group and number, and the scale on which the first dot and the last text fit.
    """
    first = items[start].min()
    spans = items.assign(
        left=(items[start] - first).dt.days,
        right=(items[end] - first).dt.days,
        wide=items[text].map(lambda words: 16 + sum(6.2 if char.isascii() else 10.5 for char in words)),
    )
    later = spans[spans["right"] > 0]
    day = float(((pixels - _DOT - later["wide"]) / later["right"]).min()) if len(later) else 1.0
    free: dict[tuple[str, int], float] = {}
    rows = {}
    for index, item in spans.sort_values(["left", "right"]).iterrows():
        line = 0
        while free.get((item[key], line), -1.0) > item["left"] * day:
            line += 1
        free[item[key], line] = item["right"] * day + item["wide"]
        rows[index] = f"{item[key]}|{line}"
    start_of_axis = first - pd.Timedelta(days=_DOT / day)
    scale = style.span(start_of_axis, start_of_axis + pd.Timedelta(days=pixels / day))
    return [rows[index] for index in items.index], scale


def _in_order(items: pd.DataFrame, key: str) -> pd.DataFrame:
    """Sort items by the lines of `_lines`: groups in the order of the items, in each its lines.

    The axis takes the order of the data: a list of names to sort by would be one more expression with text of
    the dossier in it.
    """
    group = items[key].map({name: place for place, name in enumerate(dict.fromkeys(items[key]))})
    line = items["row"].str.rpartition("|")[2].astype("int")
    return items.assign(_group=group, _line=line).sort_values(["_group", "_line"], kind="stable")


_LINE_AXIS = alt.Y(
    "row:N",
    title=None,
    sort=None,
    axis=alt.Axis(
        labelLimit=420,
        ticks=False,
        labelExpr="split(datum.value, '|')[1] == '0' ? split(datum.value, '|')[0] : ''",
    ),
)


def rankings_chart(book: Dossier, *, lang: Language = "en", title: str | None = None) -> alt.LayerChart:
    """Draw places on leaderboards on their day; a place without its date, board and track means nothing.

    A line for each model on each list: its places in the order of their days, then its name.

    Raises
    ------
    ValueError
        If the dossier has no ranks, as known on its `as_of`.

    Examples
    --------
    >>> import workbook as wb
    >>> spec = rankings_chart(wb.open()).to_dict()
    >>> spec["layer"][0]["layer"][0]["encoding"]["x"]["title"]
    'day the place was seen'
    """
    rows = _needed(book, "rankings")
    rows = rows[rows["metric"] == "rank"]
    if rows.empty:
        raise ValueError(f"no ranks in {book!r}; add rows to rankings, or try a later as_of")
    rows, left_out = style.newest(rows, rows["date"], lang)
    known = book.models.set_index("id")
    rows = rows.assign(
        name=rows["model"].map(known["name"]),
        vendor=rows["model"].map(known["vendor"]).astype("str"),
        list=rows["board"] + " · " + rows["track"],
        place=[style.figure(v, "rank", b, lang) for v, b in zip(rows["value"], rows["bound"], strict=True)],
        ran=rows["independent"].map({True: "third_party", False: "maker"}).astype("str"),
    ).sort_values(["list", "date"], ignore_index=True)
    comma = words.text("join.between", lang)
    again = words.text("figure.rank_again", lang)
    paths = rows.groupby(["list", "name"], sort=False).agg(
        first=("date", "min"), last=("date", "max"), places=("place", list)
    )
    paths = paths.reset_index()
    # In English the word stands once, before the first place of a path.
    paths["label"] = [
        " → ".join([places[0], *(place.removeprefix(again) for place in places[1:])]) + comma + name
        for places, name in zip(paths["places"], paths["name"], strict=True)
    ]
    paths["row"], scale = _lines(paths, key="list", start="first", end="last", text="label", pixels=_WIDTH)
    rows = rows.merge(paths[["list", "name", "row", "label", "last"]], on=["list", "name"])
    rows["text"] = rows["label"].where(rows["date"] == rows["last"], "")
    newest = rows[rows["date"] == rows.groupby("list")["date"].transform("max")]
    own = _own(book, rows["vendor"])
    lists, ever, still = (
        set(table.loc[(table["vendor"] == own) & (table["value"] <= worst), "list"])
        for table, worst in ((rows, math.inf), (rows, 1), (newest, 1))
    )
    finding = words.text(
        "rankings." + ("still" if still else "no_longer" if ever else "never"),
        lang,
        whose=own,
        n=len(lists),
        ever=len(ever),
        still=len(still),
    )
    # The legend names what is drawn, no more.
    ran = {"third_party": style.COLORS["actual"], "maker": style.COLORS["guidance"]}
    whose = {who: words.text(f"rankings.{who}", lang) for who in ran}
    ran = {who: color for who, color in ran.items() if who in set(rows["ran"])}
    base = alt.Chart(_in_order(rows, "list")).encode(
        x=alt.X("date:T", title=words.text("rankings.axis", lang), scale=scale, axis=style.month_axis(lang)),
        y=_LINE_AXIS,
        tooltip=["name:N", "board:N", "track:N", "place:N", alt.Tooltip("date:T", format="%Y-%m-%d"), *_TOLD],
    )
    path = (
        alt.Chart(_in_order(paths, "list")[["row", "first", "last"]])
        .mark_rule(color=style.COLORS["derived"], opacity=0.4, strokeWidth=3)
        .encode(
            x=alt.X("first:T", title=words.text("rankings.axis", lang), scale=scale),
            x2="last:T",
            y=_LINE_AXIS,
        )
    )
    points = base.mark_circle(size=70, opacity=1).encode(
        color=alt.Color(
            "ran:N",
            title=words.text("rankings.run_by", lang),
            legend=alt.Legend(labelExpr=renamed(whose), orient="top"),
            scale=alt.Scale(domain=list(ran), range=list(ran.values())),
        )
    )
    texts = base.mark_text(align="left", dx=8, fontSize=10).encode(text="text:N")
    return style.dress(
        alt.layer(path, points, texts),
        title=title or finding,
        subtitle=words.text("rankings.note", lang) + left_out,
        lang=lang,
        footer=facts.footer(book, rows["claim"], lang, marked=False),
        description=f"Dots: {len(rows)} places on leaderboards by day, board and track. {finding}.",
        width=_WIDTH,
        height=alt.Step(18),
    )


def prices_chart(
    book: Dossier,
    *,
    unit: str = "USD per 1M tokens",
    lang: Language = "en",
    title: str | None = None,
) -> alt.LayerChart:
    """Draw list prices of reading and writing a million tokens, model by model, oldest first.

    One currency a chart: a Chinese and an international list are two price lists, not one converted.

    Parameters
    ----------
    unit
        Unit of the prices to draw.

    Raises
    ------
    ValueError
        If the dossier has no price in that unit, as known on its `as_of`.

    Examples
    --------
    >>> import workbook as wb
    >>> spec = prices_chart(wb.open()).to_dict()
    >>> spec["layer"][0]["layer"][1]["encoding"]["x"]["scale"]["type"]
    'log'
    """
    rows, own, left_out = _list_prices(book, unit, lang)
    written = rows.loc[(rows["direction"] == "output") & (rows["vendor"] == own), "value"]
    ends = sorted({float(written.min()), float(written.max())})
    span = [style.figure(v, unit, lang=lang) for v in ends]
    key = "prices.span" if len(span) > 1 else "prices.single"
    finding = words.text(key, lang, own=own, low=span[0], high=span[-1])
    return style.dress(
        alt.layer(*_price_marks(rows, own, unit, lang)),
        title=title or finding,
        subtitle=words.text("prices.note", lang) + left_out,
        lang=lang,
        footer=facts.footer(book, rows["claim"], lang, marked=False),
        description=f"Dots on a logarithmic scale: {len(rows)} list prices by model. {finding}.",
        width=480,
        height=alt.Step(22),
    )


def _list_prices(book: Dossier, unit: str, lang: Language) -> tuple[pd.DataFrame, str, str]:
    """Return the list prices in a unit, those of the dossier's own vendor first, and that vendor.

    The last of the three says how many older prices there are, where they are too many for a chart.
    """
    rows = _needed(book, "prices")
    rows = rows[(rows["unit"] == unit) & rows["list_price"].astype("bool")]
    if rows.empty:
        units = ", ".join(sorted(set(book.prices["unit"].astype("str")))) or "none"
        raise ValueError(f"no list price in {unit!r} in {book!r}; units in use: {units}")
    own = _own(book, rows["vendor"])
    rows, left_out = style.newest(rows, rows["date"], lang)
    if own not in set(rows["vendor"]):  # the vendor beside whom the others stand
        raise ValueError(f"none of the newest {len(rows)} list prices in {book!r} is one of {own}")
    rows = rows.sort_values(["vendor", "date", "model"])
    rows = pd.concat([rows[rows["vendor"] == own], rows[rows["vendor"] != own]], ignore_index=True)
    labels = [
        f"{model} ({style.day(d, 'month', lang)})"
        for model, d in zip(rows["model"], rows["date"], strict=True)
    ]
    whose = rows["vendor"].where(rows["vendor"] == own, "others")
    return rows.assign(row=labels, whose=whose), own, left_out


def _price_marks(rows: pd.DataFrame, own: str, unit: str, lang: Language) -> list[alt.Chart]:
    """Draw the prices of reading and writing of each row, with a line between them."""
    currency = words.currency_name(unit.split()[0], lang)
    axis = heading(words.text("prices.axis", lang, currency=currency))
    names = {side: words.word("direction", side, lang) for side in ("input", "output")}
    legend = alt.Legend(labelExpr=renamed(names | {"others": words.text("prices.others", lang)}))
    # The order is the scale's: of a `sort` list Vega-Lite makes an expression that not every text survives.
    scale = alt.Scale(domain=list(dict.fromkeys(rows["row"])))
    base = alt.Chart(rows).encode(y=alt.Y("row:N", title=None, scale=scale))
    spans = base.mark_rule(color=style.COLORS["derived"], opacity=0.4, strokeWidth=3).encode(
        x=alt.X("min(value):Q"), x2="max(value):Q"
    )
    ends = [float(rows["value"].min()), float(rows["value"].max())]
    points = base.mark_point(size=80, filled=True, opacity=1).encode(
        x=alt.X("value:Q", title=axis, scale=alt.Scale(type="log", nice=False, domain=ends)),
        shape=alt.Shape(
            "direction:N",
            title=words.text("prices.legend", lang),
            legend=legend,
            scale=alt.Scale(domain=["input", "output"], range=["circle", "diamond"]),
        ),
        color=alt.Color(
            "whose:N",
            title=None,
            legend=legend,
            scale=alt.Scale(domain=[own, "others"], range=[style.COLORS["actual"], style.COLORS["muted"]]),
        ),
        tooltip=["model:N", "vendor:N", "direction:N", "value:Q", "tier:N", "region:N", *_TOLD],
    )
    return [spans, points]


def comparables_chart(
    book: Dossier,
    *,
    unit: str = "USD per 1M tokens",
    lang: Language = "en",
    title: str | None = None,
) -> alt.LayerChart:
    """Draw list prices to choose comparables from: a click counts a model in or out.

    Each model stands at its latest list price, the lowest tier of it. The median of those counted, and how
    the price of one of the own models stands against it, are worked out in the reader's browser, without a
    kernel. At the start every model of another vendor counts, and the own model is the newest.

    Parameters
    ----------
    unit
        Unit of the prices to compare.

    Raises
    ------
    ValueError
        If the dossier has no price in that unit, or only those of one vendor, as known on its `as_of`.

    Examples
    --------
    >>> import workbook as wb
    >>> spec = comparables_chart(wb.open()).to_dict()
    >>> [parameter["name"] for parameter in spec["params"]]
    ['counted', 'ours']
    """
    rows, own, left_out = _list_prices(book, unit, lang)
    latest = rows[rows["date"] == rows.groupby(["vendor", "model"])["date"].transform("max")]
    rows = latest.sort_values("value").drop_duplicates(["vendor", "model", "direction"]).sort_index()
    ours = rows[rows["vendor"] == own]
    newest = str(ours.sort_values("date", kind="stable")["row"].iloc[-1])
    mine = ours[ours["row"] == newest].set_index("direction")["value"]
    asked = "output" if "output" in mine else "input"
    rivals = rows[(rows["vendor"] != own) & (rows["direction"] == asked)]
    if rivals.empty:
        raise ValueError(
            f"no {asked} price in {unit!r} of another vendor than {own} in {book!r}; add a comparable"
        )
    times = float(mine[asked] / rivals["value"].median())
    finding = words.text(
        "prices.compared", lang, newest=newest, times=times, direction=words.word("direction", asked, lang)
    )
    names = list(dict.fromkeys(rows["row"]))
    compared = alt.param(
        name="ours",
        value=newest,
        bind=alt.binding_select(
            options=list(dict.fromkeys(ours["row"])), name=words.text("prices.whose", lang)
        ),
    )
    counted = alt.selection_point(
        name="counted",
        fields=["row"],
        value=[{"row": row} for row in dict.fromkeys(rows.loc[rows["vendor"] != own, "row"])],
        toggle="true",
        clear=False,
        empty=False,
    )
    # The row is what is clicked, from its name to the right edge: a dot alone is hard to hit.
    strip = (
        alt.Chart(pd.DataFrame({"row": names}), name="rows")
        .mark_rect(cursor="pointer", fill=style.COLORS["actual"], stroke=style.COLORS["ink"])
        .encode(
            x=alt.value(-8 - 7 * max(len(name) for name in names)),
            x2=alt.value(alt.expr("width")),
            y=alt.Y("row:N", title=None, scale=alt.Scale(domain=names)),
            fillOpacity=alt.condition(counted, alt.value(0.13), alt.value(0.001)),
            strokeOpacity=alt.condition("datum.row == ours", alt.value(1), alt.value(0)),
        )
        .add_params(counted)
    )
    layers = [*_price_marks(rows, own, unit, lang), *_stands(rows, counted, unit, lang)]
    return style.dress(
        alt.layer(strip, *layers).add_params(compared),
        title=title or finding,
        subtitle=words.text("prices.compared_note", lang) + left_out,
        lang=lang,
        footer=facts.footer(book, rows["claim"], lang, marked=False),
        description=(
            f"Dots on a logarithmic scale: latest list prices of {len(names)} models; a click counts one in "
            f"or out of the median. {finding}."
        ),
        width=560,
        height=alt.Step(22),
        below=104,
    )


def _stands(rows: pd.DataFrame, counted: alt.Parameter, unit: str, lang: Language) -> list[alt.Chart]:
    """Draw the medians of the models counted, and say how the one compared stands against them."""
    own, middle = (
        f"{quoted(unit.split()[0] + ' ')} + format(datum.{level}, '.3~f')" for level in ("own", "median")
    )
    times = "format(datum.own / datum.median, '.2f')"
    stands = words.expression(
        "prices.stands",
        lang,
        own=own,
        middle=middle,
        times=times,
        n="datum.n",
        place="(datum.dearer + 1)",
        all="(datum.n + 1)",
    )
    none, unknown = (quoted(words.text(f"prices.{why}", lang)) for why in ("none_counted", "no_price"))
    heading = alt.Chart(pd.DataFrame({"_": [0]})).transform_calculate(words="ours")
    left: dict[str, Any] = {"align": "left", "baseline": "top", "fontSize": 12}
    layers = [
        heading.mark_text(**left, fontWeight="bold").encode(
            x=alt.value(0), y=alt.value(alt.expr("height + 42")), text="words:N"
        )
    ]
    for line, direction in enumerate(("input", "output"), start=1):
        median = (
            alt.Chart(rows[["row", "direction", "value"]])
            .transform_filter(f"datum.direction == '{direction}'")
            .transform_filter(counted | "datum.row == ours")
            .transform_calculate(
                mine="datum.row == ours ? datum.value : null", theirs="datum.row == ours ? null : datum.value"
            )
            .transform_joinaggregate(own="max(mine)")
            .transform_calculate(dearer="datum.theirs > datum.own ? 1 : 0")
            .transform_aggregate(
                own="max(own)", median="median(theirs)", n="valid(theirs)", dearer="sum(dearer)"
            )
        )
        said = f"!isValid(datum.own) ? {unknown} : datum.n == 0 ? {none} : {stands}"
        opening = quoted(words.text(f"prices.reading_{direction}", lang))
        middle_of = words.text("prices.median", lang, direction=words.word("direction", direction, lang))
        known = median.transform_filter("datum.n > 0")
        layers += [
            known.mark_rule(strokeDash=[4, 3] if direction == "input" else []).encode(x="median:Q"),
            known.mark_text(text=middle_of, baseline="bottom").encode(x="median:Q", y=alt.value(-3)),
            median.transform_calculate(said=f"{opening} + ({said})")
            .mark_text(**left)
            .encode(x=alt.value(0), y=alt.value(alt.expr(f"height + {42 + 18 * line}")), text="said:N"),
        ]
    return layers


def claims_vs_rankings(book: Dossier) -> pd.DataFrame:
    """Set what is said of a model's place against the places that third parties printed.

    A claim about coding is held to lists of coding: where the statement names the track of a list, only
    lists of that track count, and those of a dispute about the claim.

    Returns
    -------
    pandas.DataFrame
        A row for each claim of a place that is no row of the rankings table: claim, statement, grade,
        independent (the third-party places of models of the same family, newest first), verdict (of the
        disputes about it: lost in one it does not stand, else an open one leaves it open; empty where none
        was raised).

    Examples
    --------
    >>> import workbook as wb
    >>> set(claims_vs_rankings(wb.open())["verdict"]) <= {"", "stands", "does not stand", "open"}
    True
    """
    ranks = book.rankings
    listed = set(ranks["claim"])
    ranks = ranks[(ranks["metric"] == "rank") & ranks["independent"].astype("bool")]
    models = book.models.set_index("id")
    ranks = ranks.assign(name=ranks["model"].map(models["name"])).sort_values("date", ascending=False)
    rows = []
    for _, claim in book.claims[book.claims["metric"] == "rank"].iterrows():
        if claim["id"] in listed:
            continue
        family = str(claim["subject"]).lower().replace("-", "")
        same = ranks[ranks["name"].str.lower().str.replace("-", "").str.startswith(family)]
        raised = book.disputes[(book.disputes[["claim", "against"]] == claim["id"]).any(axis=1)]
        named = set(raised[["claim", "against", "settled_by"]].to_numpy().ravel())
        tracks = _tracks(str(claim["statement"]), same["track"])
        if tracks:
            same = same[same["track"].isin(tracks) | same["claim"].isin(named)]
        places = [
            f"{style.figure(r['value'], 'rank', r['bound'])}, {r['board']}, {r['track']}, "
            f"{style.day(r['date'])}"
            for _, r in same.iterrows()
        ]
        rows.append(
            {
                "claim": claim["id"],
                "statement": claim["statement"],
                "grade": str(claim["grade"]),
                "independent": "; ".join(places),
                "verdict": _verdict(claim["id"], raised),
            }
        )
    return pd.DataFrame(rows, columns=["claim", "statement", "grade", "independent", "verdict"])


def _tracks(statement: str, tracks: pd.Series[str]) -> set[str]:
    """Return the tracks that a statement names by what stands before their comma, the longest name first.

    Examples
    --------
    >>> lists = pd.Series(["text", "text to video, no sound", "coding, web"])
    >>> _tracks("First for text-to-video.", lists), _tracks("It leads in coding.", lists)
    ({'text to video, no sound'}, {'coding, web'})
    """
    said = f" {re.sub(r'[^a-z0-9]+', ' ', statement.lower())} "
    heads = {track: track.split(",")[0].lower() for track in set(tracks)}
    found = {track: head for track, head in heads.items() if f" {head} " in said}
    return {
        track
        for track, head in found.items()
        if not any(head != other and head in other for other in found.values())
    }


def _verdict(claim: str, disputes: pd.DataFrame) -> str:
    """Say whether a claim stands after all the disputes about it."""
    verdicts = set()
    for _, row in disputes.iterrows():
        won = "resolved_for" if row["claim"] == claim else "resolved_against"
        verdicts.add(
            "open" if row["standing"] == "open" else "stands" if row["standing"] == won else "does not stand"
        )
    return next((verdict for verdict in ("does not stand", "open", "stands") if verdict in verdicts), "")
