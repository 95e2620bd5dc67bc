"""List prices of models."""

from __future__ import annotations

import altair as alt
import pandas as pd

from workbook import facts, style, words
from workbook.dossier import Dossier
from workbook.expressions import heading, renamed
from workbook.models.rows import TOLD, needed, own_vendor
from workbook.style import Language


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
    book
        The dossier.
    unit
        Unit of the prices to draw.
    lang
        "en" or "zh", for every text of the chart.
    title
        A title in place of the one that states the finding.

    Raises
    ------
    ValueError
        If the dossier has no price in that unit, as known on its `as_of`.

    Examples
    --------
    >>> spec = prices_chart(book).to_dict()
    >>> spec["layer"][0]["layer"][1]["encoding"]["x"]["scale"]["type"]
    'log'
    """
    rows, own, left_out = list_prices(book, unit, lang)
    written = rows.loc[(rows["direction"] == "output") & (rows["vendor"] == own), "value"]
    ends = sorted({float(written.min()), float(written.max())})
    span = [style.figure(v, unit, lang=lang) for v in ends]
    key = "prices.span" if len(span) > 1 else "prices.single"
    finding = words.text(key, lang, own=own, low=span[0], high=span[-1])
    return style.dress(
        alt.layer(*price_marks(rows, own, unit, lang)),
        title=title or finding,
        subtitle=words.text("prices.note", lang) + left_out,
        lang=lang,
        footer=facts.footer(book, rows["claim"], lang, marked=False),
        description=words.text("prices.alt", lang, n=len(rows), finding=finding),
        width=480,
        height=alt.Step(22),
    )


def list_prices(book: Dossier, unit: str, lang: Language) -> tuple[pd.DataFrame, str, str]:
    """Return the list prices in a unit, those of the dossier's own vendor first, and that vendor.

    The last of the three says how many older prices there are, where they are too many for a chart.
    """
    rows = needed(book, "prices")
    rows = rows[(rows["unit"] == unit) & rows["list_price"].astype("bool")]
    if rows.empty:
        units = ", ".join(sorted(set(book.prices["unit"].astype("str")))) or "none"
        raise ValueError(f"no list price in {unit!r} in {book!r}; units in use: {units}")
    own = own_vendor(book, rows["vendor"])
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


def price_marks(rows: pd.DataFrame, own: str, unit: str, lang: Language) -> list[alt.Chart]:
    """Draw the prices of reading and writing of each row, with a line between them."""
    currency = words.currency_name(unit.split()[0], lang)
    axis = heading(words.text("prices.axis", lang, currency=currency))
    names = {side: words.word("direction", side, lang) for side in ("input", "output")}
    legend = alt.Legend(labelExpr=renamed(names | {"others": words.text("prices.others", lang)}))
    # The scale gives the order: Vega-Lite makes a `sort` list an expression, which some names would break.
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
        tooltip=["model:N", "vendor:N", "direction:N", "value:Q", "tier:N", "region:N", *TOLD],
    )
    return [spans, points]
