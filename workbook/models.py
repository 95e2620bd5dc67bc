"""Models: releases, places on leaderboards, list prices, and what is claimed against what is ranked."""

from __future__ import annotations

import altair as alt
import pandas as pd

from workbook import evidence, style
from workbook.dossier import Dossier
from workbook.style import Language

__all__ = ["claims_vs_rankings", "prices_chart", "rankings_chart", "timeline_chart"]

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
    rows = _needed(book, "prices")
    rows = rows[(rows["unit"] == unit) & rows["list_price"].astype("bool")]
    if rows.empty:
        units = ", ".join(sorted(set(book.prices["unit"].astype("str")))) or "none"
        raise ValueError(f"no list price in {unit!r} in {book!r}; units in use: {units}")
    rows = rows.sort_values(["vendor", "date", "model"])
    rows["row"] = [
        f"{model} ({style.day(d, 'month', lang)})"
        for model, d in zip(rows["model"], rows["date"], strict=True)
    ]
    own = rows["vendor"].mode().iloc[0]
    rows["whose"] = rows["vendor"].where(rows["vendor"] == own, "others")
    order = [*rows.loc[rows["vendor"] == own, "row"], *rows.loc[rows["vendor"] != own, "row"]]
    written = rows.loc[(rows["direction"] == "output") & (rows["vendor"] == own), "value"]
    span = [style.figure(v, unit, lang=lang) for v in (written.min(), written.max())]
    words = {
        "en": (
            f"{own}'s list prices for writing tokens run from {span[0]} to {span[1]}",
            f"{unit}, logarithmic scale",
            "list price of tokens",
            "Different models: a step down in price can be a step down in size.",
        ),
        "zh": (
            f"{own}输出tokens标价从{span[0]}到{span[1]}",
            f"{unit}，对数刻度",
            "tokens标价",
            "模型不同：价格更低也可能是模型更小。",
        ),
    }[lang]
    base = alt.Chart(rows).encode(y=alt.Y("row:N", title=None, sort=list(dict.fromkeys(order))))
    spans = base.mark_rule(color=style.COLORS["grid"], strokeWidth=3).encode(
        x=alt.X("min(value):Q"), x2="max(value):Q"
    )
    points = base.mark_point(size=80, filled=True, opacity=1).encode(
        x=alt.X("value:Q", title=words[1], scale=alt.Scale(type="log", nice=False)),
        shape=alt.Shape(
            "direction:N",
            title=words[2],
            scale=alt.Scale(domain=["input", "output"], range=["circle", "diamond"]),
        ),
        color=alt.Color(
            "whose:N",
            title=None,
            scale=alt.Scale(domain=[own, "others"], range=[style.COLORS["actual"], style.COLORS["muted"]]),
        ),
        tooltip=["model:N", "vendor:N", "direction:N", "value:Q", "tier:N", "region:N", *_TOLD],
    )
    return style.dress(
        alt.layer(spans, points),
        title=title or words[0],
        subtitle=words[3],
        footer=style.footer(book, rows["claim"], lang=lang),
        description=f"Dots on a logarithmic scale: {len(rows)} list prices by model. {words[0]}.",
        width=480,
        height=alt.Step(22),
    )


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
