"""List prices beside those of models that the reader chooses."""

from __future__ import annotations

from typing import Any

import altair as alt
import pandas as pd

from workbook import facts, style, words
from workbook.dossier import Dossier
from workbook.expressions import quoted
from workbook.models.prices import list_prices, price_marks
from workbook.style import Language


def comparables_chart(
    book: Dossier,
    *,
    unit: str = "USD per 1M tokens",
    lang: Language = "en",
    title: str | None = None,
) -> alt.LayerChart:
    """Draw list prices among which the reader chooses comparables: a click counts a model in or out.

    Each model stands at its latest list price, the lowest tier of it. The median of those counted, and how
    the price of one of the own models stands against it, are worked out in the reader's browser, without a
    kernel. At the start every model of another vendor counts, and the own model is the newest.

    Parameters
    ----------
    book
        The dossier.
    unit
        Unit of the prices to compare.
    lang
        "en" or "zh", for every text of the chart.
    title
        A title in place of the one that states the finding.

    Raises
    ------
    ValueError
        If the dossier has no price in that unit, or only those of one vendor, as known on its `as_of`.

    Examples
    --------
    >>> spec = comparables_chart(book).to_dict()
    >>> [parameter["name"] for parameter in spec["params"]]
    ['counted', 'ours']
    """
    rows, own, left_out = list_prices(book, unit, lang)
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
    layers = [*price_marks(rows, own, unit, lang), *_stands(rows, counted, unit, lang)]
    return style.dress(
        alt.layer(strip, *layers).add_params(compared),
        title=title or finding,
        subtitle=words.text("prices.compared_note", lang) + left_out,
        lang=lang,
        footer=facts.footer(book, rows["claim"], lang, marked=False),
        description=words.text("prices.compared_alt", lang, n=len(names), finding=finding),
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
        sentence = f"!isValid(datum.own) ? {unknown} : datum.n == 0 ? {none} : {stands}"
        opening = quoted(words.text(f"prices.reading_{direction}", lang))
        middle_of = words.text("prices.median", lang, direction=words.word("direction", direction, lang))
        known = median.transform_filter("datum.n > 0")
        layers += [
            known.mark_rule(strokeDash=[4, 3] if direction == "input" else []).encode(x="median:Q"),
            known.mark_text(text=middle_of, baseline="bottom").encode(x="median:Q", y=alt.value(-3)),
            median.transform_calculate(said=f"{opening} + ({sentence})")
            .mark_text(**left)
            .encode(x=alt.value(0), y=alt.value(alt.expr(f"height + {42 + 18 * line}")), text="said:N"),
        ]
    return layers
