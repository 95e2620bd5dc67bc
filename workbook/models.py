"""Models: releases, places on leaderboards, list prices, and what is claimed against what is ranked."""

from __future__ import annotations

import json
from typing import Any

import altair as alt
import pandas as pd

from workbook import evidence, style
from workbook.dossier import Dossier
from workbook.expressions import quoted
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
    models = _needed(book, "models").sort_values(["modality", "released"], ignore_index=True)
    shares = models["openness"].value_counts()
    words = {
        "en": (
            f"{shares.get('open', 0)} of {len(models)} releases came with open weights, "
            f"{shares.get('closed', 0)} stayed behind an interface",
            "date of release",
            "weights",
        ),
        "zh": (
            f"{len(models)}次发布中{shares.get('open', 0)}次开放权重，{shares.get('closed', 0)}次仅提供接口",
            "发布日期",
            "权重",
        ),
    }[lang]
    models["row"] = _rows(models, pixels=760)
    shown = [level for level in OPENNESS if level in set(models["openness"])]
    base = alt.Chart(models).encode(
        x=alt.X("released:T", title=words[1]),
        y=alt.Y(
            "row:N",
            title=None,
            sort=list(dict.fromkeys(models.sort_values("row")["row"])),
            axis=alt.Axis(labelExpr="split(datum.value, '|')[1] == '0' ? split(datum.value, '|')[0] : ''"),
        ),
        tooltip=["name:N", alt.Tooltip("released:T", format="%Y-%m-%d"), "openness:N", "licence:N", *_TOLD],
    )
    points = base.mark_circle(size=70, opacity=1).encode(
        color=alt.Color(
            "openness:N", title=words[2], scale=alt.Scale(domain=shown, range=[OPENNESS[o] for o in shown])
        )
    )
    names = base.mark_text(align="left", dx=7, fontSize=10).encode(text="name:N")
    return style.dress(
        alt.layer(points, names),
        title=title or words[0],
        footer=style.footer(book, models["claim"], lang=lang),
        description=f"Dots: {len(models)} model releases by date, modality and openness. {words[0]}.",
        width=760,
        height=alt.Step(18),
    )


def _rows(models: pd.DataFrame, pixels: int) -> list[str]:
    """Give every release a line of its modality on which its name has room."""
    day = pixels / max((models["released"].max() - models["released"].min()).days, 1)
    free: dict[tuple[str, int], float] = {}
    rows = {}
    for index, model in models.sort_values("released").iterrows():
        left = (model["released"] - models["released"].min()).days * day
        line = 0
        while free.get((model["modality"], line), -1.0) > left:
            line += 1
        free[model["modality"], line] = left + 16 + 6.2 * len(model["name"])
        rows[index] = f"{model['modality']}|{line}"
    return [rows[index] for index in models.index]


def rankings_chart(book: Dossier, *, lang: Language = "en", title: str | None = None) -> alt.LayerChart:
    """Draw places on leaderboards on their day; a place without its date, board and track means nothing.

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
    names = book.models.set_index("id")["name"]
    rows = rows.assign(
        name=rows["model"].map(names),
        list=rows["board"] + " · " + rows["track"],
        place=[style.figure(v, "rank", b, lang) for v, b in zip(rows["value"], rows["bound"], strict=True)],
        ran=rows["independent"].map({True: "third party", False: "the maker"}).astype("str"),
    ).sort_values("date")
    rows["label"] = rows["place"] + ", " + rows["name"]
    newest = rows.iloc[-1]
    firsts = rows[rows["value"] == 1]
    lead = (
        f"The first places are of {', '.join(dict.fromkeys(style.day(d, 'month') for d in firsts['date']))}; "
        if len(firsts)
        else ""
    )
    words = {
        "en": (
            f"{lead}the latest place seen is {newest['place']}, {newest['name']}, "
            f"in {style.day(newest['date'], 'month')}",
            "day the place was seen",
            "board run by",
        ),
        "zh": (
            f"最近名次：{newest['name']}，{newest['place']}（{style.day(newest['date'], 'month', 'zh')}）",
            "名次观察日",
            "榜单主办",
        ),
    }[lang]
    words = (words[0][:1].upper() + words[0][1:], *words[1:])
    first, last = rows["date"].min(), rows["date"].max()
    room = (last - first) * 0.45 + pd.Timedelta(days=20)
    base = alt.Chart(rows).encode(
        x=alt.X(
            "date:T",
            title=words[1],
            scale=style.span(first, last + room),
        ),
        y=alt.Y("list:N", title=None, sort=None, axis=alt.Axis(labelLimit=420)),
        tooltip=["name:N", "board:N", "track:N", "place:N", alt.Tooltip("date:T", format="%Y-%m-%d"), *_TOLD],
    )
    points = base.mark_circle(size=90, opacity=1).encode(
        color=alt.Color(
            "ran:N",
            title=words[2],
            scale=alt.Scale(
                domain=["third party", "the maker"], range=[style.COLORS["actual"], style.COLORS["guidance"]]
            ),
        )
    )
    texts = base.mark_text(align="left", dx=9).encode(text="label:N")
    return style.dress(
        alt.layer(points, texts),
        title=title or words[0],
        footer=style.footer(book, rows["claim"], lang=lang),
        description=f"Dots: {len(rows)} places on leaderboards by day, board and track. {words[0]}.",
        width=560,
        height=alt.Step(34),
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
    rows, own = _list_prices(book, unit, lang)
    written = rows.loc[(rows["direction"] == "output") & (rows["vendor"] == own), "value"]
    span = [style.figure(v, unit, lang=lang) for v in (written.min(), written.max())]
    words = {
        "en": (
            f"{own}'s list prices for writing tokens run from {span[0]} to {span[1]}",
            "Different models: a step down in price can be a step down in size.",
        ),
        "zh": (
            f"{own}输出tokens标价从{span[0]}到{span[1]}",
            "模型不同：价格更低也可能是模型更小。",
        ),
    }[lang]
    return style.dress(
        alt.layer(*_price_marks(rows, own, unit, lang)),
        title=title or words[0],
        subtitle=words[1],
        footer=style.footer(book, rows["claim"], lang=lang),
        description=f"Dots on a logarithmic scale: {len(rows)} list prices by model. {words[0]}.",
        width=480,
        height=alt.Step(22),
    )


def _list_prices(book: Dossier, unit: str, lang: Language) -> tuple[pd.DataFrame, str]:
    """Return the list prices in a unit, the rows of the vendor with most of them first, and that vendor."""
    rows = _needed(book, "prices")
    rows = rows[(rows["unit"] == unit) & rows["list_price"].astype("bool")]
    if rows.empty:
        units = ", ".join(sorted(set(book.prices["unit"].astype("str")))) or "none"
        raise ValueError(f"no list price in {unit!r} in {book!r}; units in use: {units}")
    own = str(rows["vendor"].mode().iloc[0])
    rows = rows.sort_values(["vendor", "date", "model"])
    rows = pd.concat([rows[rows["vendor"] == own], rows[rows["vendor"] != own]], ignore_index=True)
    labels = [
        f"{model} ({style.day(d, 'month', lang)})"
        for model, d in zip(rows["model"], rows["date"], strict=True)
    ]
    return rows.assign(row=labels, whose=rows["vendor"].where(rows["vendor"] == own, "others")), own


def _price_marks(rows: pd.DataFrame, own: str, unit: str, lang: Language) -> list[alt.Chart]:
    """Draw the prices of reading and writing of each row, with a line between them."""
    chinese = unit.replace(unit.split()[0], style.currency_name(unit.split()[0], "zh"), 1)
    words = {
        "en": (f"{unit}, logarithmic scale", "list price of tokens", {}),
        "zh": (
            f"{chinese.replace(' per 1M tokens', '/百万tokens')}，对数刻度",
            "tokens标价",
            {"input": "输入", "output": "输出", "others": "其他"},
        ),
    }[lang]
    legend = alt.Legend(labelExpr=f"({json.dumps(words[2], ensure_ascii=False)})[datum.value] || datum.label")
    # The order is the scale's: of a `sort` list Vega-Lite makes an expression that not every text survives.
    scale = alt.Scale(domain=list(dict.fromkeys(rows["row"])))
    base = alt.Chart(rows).encode(y=alt.Y("row:N", title=None, scale=scale))
    spans = base.mark_rule(color=style.COLORS["derived"], opacity=0.4, strokeWidth=3).encode(
        x=alt.X("min(value):Q"), x2="max(value):Q"
    )
    ends = [float(rows["value"].min()), float(rows["value"].max())]
    points = base.mark_point(size=80, filled=True, opacity=1).encode(
        x=alt.X("value:Q", title=words[0], scale=alt.Scale(type="log", nice=False, domain=ends)),
        shape=alt.Shape(
            "direction:N",
            title=words[1],
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
    rows, own = _list_prices(book, unit, lang)
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
    words = {
        "en": (
            f"{newest} lists {times:.2f} times the median {asked} price of the others: choose whom to count",
            "A click on a row counts the model in or out; shaded rows count, the framed one is compared with "
            "them. Lines: medians. Each model at its latest list price; a cheaper one can be a smaller one.",
            "whose price ",
        ),
        "zh": (
            f"{newest}的{style.label(asked, lang)}标价为其他厂商中位数的{times:.2f}倍：点击选择可比对象",
            "点击某行即计入或剔除；有底色的计入，加框的为被比较的模型；竖线为中位数。均取最新标价，更便宜也可能是模型更小。",
            "被比较的模型 ",
        ),
    }[lang]
    names = list(dict.fromkeys(rows["row"]))
    compared = alt.param(
        name="ours",
        value=newest,
        bind=alt.binding_select(options=list(dict.fromkeys(ours["row"])), name=words[2]),
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
        title=title or words[0],
        subtitle=words[1],
        footer=style.footer(book, rows["claim"], lang=lang),
        description=(
            f"Dots on a logarithmic scale: latest list prices of {len(names)} models; a click counts one in "
            f"or out of the median. {words[0]}."
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
    names, stands, none, unknown, of_median = {
        "en": (
            {"input": "Reading (input): ", "output": "Writing (output): "},
            f"{own} + ', ' + {times} + ' times the median of the ' + datum.n + ' counted, ' + {middle}"
            " + '; place ' + (datum.dearer + 1) + ' of ' + (datum.n + 1) + ' from the dearest'",
            "none counted, click a row",
            "no list price",
            "median {}",
        ),
        "zh": (
            {"input": "输入：", "output": "输出："},
            f"{own} + '，为所计' + datum.n + '个模型中位数' + {middle} + '的' + {times} + '倍；由贵到廉第'"
            " + (datum.dearer + 1) + '位，共' + (datum.n + 1) + '个'",
            "未计入任何模型，请点击",
            "无标价",
            "中位数（{}）",
        ),
    }[lang]
    heading = alt.Chart(pd.DataFrame({"_": [0]})).transform_calculate(words="ours")
    left: dict[str, Any] = {"align": "left", "baseline": "top", "fontSize": 12}
    layers = [
        heading.mark_text(**left, fontWeight="bold").encode(
            x=alt.value(0), y=alt.value(alt.expr("height + 42")), text="words:N"
        )
    ]
    for line, (direction, name) in enumerate(names.items(), start=1):
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
        said = f"!isValid(datum.own) ? '{unknown}' : datum.n == 0 ? '{none}' : {stands}"
        known = median.transform_filter("datum.n > 0")
        layers += [
            known.mark_rule(strokeDash=[4, 3] if direction == "input" else []).encode(x="median:Q"),
            known.mark_text(
                text=of_median.format(direction if lang == "en" else name.rstrip("：")), baseline="bottom"
            ).encode(x="median:Q", y=alt.value(-3)),
            median.transform_calculate(said=f"'{name}' + ({said})")
            .mark_text(**left)
            .encode(x=alt.value(0), y=alt.value(alt.expr(f"height + {42 + 18 * line}")), text="said:N"),
        ]
    return layers


def claims_vs_rankings(book: Dossier) -> pd.DataFrame:
    """Set what is said of a model's place against the places that third parties printed.

    Returns
    -------
    pandas.DataFrame
        A row for each claim of a place that is no row of the rankings table: claim, statement, grade,
        independent (the third-party places of models of the same family, newest first), verdict (from the
        disputes table; empty where none was raised).

    Raises
    ------
    ValueError
        If the dossier has no rankings, as known on its `as_of`.

    Examples
    --------
    >>> import workbook as wb
    >>> set(claims_vs_rankings(wb.open())["verdict"]) <= {"", "stands", "does not stand", "open"}
    True
    """
    ranks = _needed(book, "rankings")
    ranks = ranks[(ranks["metric"] == "rank") & ranks["independent"].astype("bool")]
    models = book.models.set_index("id")
    ranks = ranks.assign(name=ranks["model"].map(models["name"])).sort_values("date", ascending=False)
    stem = [name.lower().replace("-", "") for name in ranks["name"]]
    disputes = book.disputes
    listed = set(book.rankings["claim"])
    rows = []
    for _, claim in book.claims[book.claims["metric"] == "rank"].iterrows():
        if claim["id"] in listed:
            continue
        said = str(claim["subject"]).lower().replace("-", "")
        same = ranks[[name.startswith(said) for name in stem]]
        places = [
            f"{style.figure(r['value'], 'rank')}, {r['board']}, {r['track']}, {style.day(r['date'])}"
            for _, r in same.iterrows()
        ]
        verdict = ""
        for _, row in disputes.iterrows():
            if claim["id"] in (row["claim"], row["against"]):
                side = "resolved_for" if row["claim"] == claim["id"] else "resolved_against"
                stands = "stands" if row["standing"] == side else "does not stand"
                verdict = "open" if row["standing"] == "open" else stands
        rows.append(
            {
                "claim": claim["id"],
                "statement": claim["statement"],
                "grade": str(claim["grade"]),
                "independent": "; ".join(places),
                "verdict": verdict,
            }
        )
    return pd.DataFrame(rows, columns=["claim", "statement", "grade", "independent", "verdict"])
