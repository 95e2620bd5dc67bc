"""Which assumption matters: the guidance with one input at a time moved over its range."""

from __future__ import annotations

import altair as alt
import pandas as pd

from workbook import facts, style, words
from workbook.arr import tornado
from workbook.arr.scenario import FIGURE_UNITS, RANGES
from workbook.commercialization.assumptions import UNITS, assumption_name, ranges, used
from workbook.commercialization.run_rate import guidance
from workbook.dossier import Dossier
from workbook.expressions import heading
from workbook.style import COLORS, Language

_FIXED = {"ceiling", "apps_cmgr", "target"}
"""Fields that are not moved one at a time: not every value of the first two goes with every other, and the
target is what the chance is of."""


def sensitivity(book: Dossier, *, figure: str = "p_target") -> pd.DataFrame:
    """Tabulate how far a figure of the guidance swings over the range of each assumption.

    The target stays the guided level, also where the plan is made to end elsewhere.

    Parameters
    ----------
    book
        The dossier.
    figure
        A figure of `Scenario.summary`.

    Returns
    -------
    pandas.DataFrame
        As `workbook.arr.tornado`, the inputs that move the figure only: input, low, high, at_low, at_high,
        swing; `attrs` has base, unit, scenario and claims.

    Raises
    ------
    ValueError
        As `guidance`; if there is no such figure, or no assumption that moves it.

    Examples
    --------
    >>> sensitivity(book, figure="gross_new_arr")["input"].tolist()
    ['end_arr', 'churn', 'start_arr']
    """
    scenario, claims = guidance(book)
    scenario = scenario.replace(target=scenario.end_arr)
    fields = {*used(book)} & {*RANGES} - _FIXED
    tried = {field: both for field, both in ranges(book).items() if field in fields}
    table: pd.DataFrame = tornado(scenario, tried, figure)
    attrs = table.attrs
    moved = table["swing"] > 1e-9 * max(1.0, abs(attrs["base"]))
    table = table.loc[moved].reset_index(drop=True)
    if table.empty:
        inputs = [field for field in RANGES if field not in _FIXED]
        raise ValueError(f"no assumption of {book!r} moves {figure}; give ranges of {', '.join(inputs)}")
    table.attrs = attrs | {"scenario": scenario, "claims": claims}
    return table


def _tried(field: str, value: float, currency: str, lang: Language) -> str:
    """Write a value of an input as a reader counts it: money in the unit of the axis, shares in percent."""
    kind = UNITS[field]
    if kind.startswith("money"):
        return style.money(value, f"{currency} bn", lang)
    if kind == "price":
        return style.figure(value, f"{currency} per 1M tokens", lang=lang)
    if kind == "number":
        return style.number(value, 2, lang=lang)
    return f"{style.number(100 * value, 1, lang=lang)}%"


def tornado_chart(
    book: Dossier, *, figure: str = "p_target", lang: Language = "en", title: str | None = None
) -> alt.LayerChart:
    """Draw how far a figure of the guidance swings over the range of each assumption, the widest first.

    Parameters
    ----------
    book
        The dossier.
    figure
        A figure of `Scenario.summary`.
    lang
        "en" or "zh", for every text of the chart.
    title
        A title in place of the one that states the finding.

    Raises
    ------
    ValueError
        As `sensitivity`.

    Examples
    --------
    >>> tornado_chart(book).to_dict()["layer"][0]["layer"][0]["encoding"]["x"]["title"]
    'chance of the target, %'
    """
    table = sensitivity(book, figure=figure)
    currency = table.attrs["scenario"].currency
    unit = FIGURE_UNITS[figure].format(money=table.attrs["scenario"].unit)
    shown: dict[str, tuple[str, float]] = {
        "probability": ("%", 100),
        "share": ("%", 100),
        "tokens a day": (words.text("tornado.trillion", lang), 1e-12),
        f"{currency} bn": style.billions(currency, lang),
    }
    unit_words, scale = shown.get(unit, (unit, 1))
    name = words.text(f"figures.{figure}", lang, revenue=assumption_name(book, "external_revenue", lang))
    # Vega-Lite writes the order of an axis into an expression.
    inputs = [heading(assumption_name(book, field, lang)) for field in table["input"]]
    sides = {"low": words.text("tornado.lowest", lang), "high": words.text("tornado.highest", lang)}
    data = pd.concat(
        [
            pd.DataFrame(
                {
                    "input": inputs,
                    "side": sides[side],
                    "base": round(scale * table.attrs["base"], 4),
                    "value": (scale * table[f"at_{side}"]).round(4),
                    "tried": [
                        _tried(field, value, currency, lang)
                        for field, value in zip(table["input"], table[side], strict=True)
                    ],
                }
            )
            for side in sides
        ],
        ignore_index=True,
    )
    # The lesser of both ends is written left of the bars, the greater right of them.
    data["place"] = data.groupby("input")["value"].rank(method="first").map({1.0: "left", 2.0: "right"})
    outer = data[["value", "base"]]
    data["at"] = outer.min(axis=1).where(data["place"] == "left", outer.max(axis=1))
    axis = alt.Axis(values=[0, 25, 50, 75, 100]) if unit == "probability" else alt.Axis(tickCount=6)
    # Room beside the longest bar for what is written at its end.
    room = max(45, 15 + 6 * int(data["tried"].str.len().max()))
    x = alt.X(
        "value:Q",
        title=words.titled(name, unit_words, lang),
        scale=alt.Scale(zero=False, padding=room),
        axis=axis,
    )
    y = alt.Y("input:N", title=None, sort=inputs)
    bars = (
        alt.Chart(data.drop(columns=["place", "at"]))
        .mark_bar(height={"band": 0.6})
        .encode(
            x=x,
            x2="base:Q",
            y=alt.Y("input:N", title=None, sort=inputs, stack=None),
            color=alt.Color(
                "side:N",
                title=None,
                scale=alt.Scale(domain=list(sides.values()), range=[COLORS["derived"], style.CATEGORIES[1]]),
            ),
            tooltip=["input:N", "side:N", "tried:N", alt.Tooltip("value:Q", title=heading(name))],
        )
    )
    layers = [
        bars,
        *(
            alt.Chart(data[data["place"] == place][["input", "at", "tried"]])
            .mark_text(align="right" if place == "left" else "left", dx=shift, fontSize=10)
            .encode(x="at:Q", y=y, text="tried:N")
            for place, shift in (("left", -5), ("right", 5))
        ),
        alt.Chart(data[["base"]].iloc[:1]).mark_rule(color=COLORS["ink"]).encode(x="base:Q"),
    ]
    finding = words.text("tornado.finding", lang, figure=name, inputs=words.joined(inputs[:2], lang))
    finding = finding[0].upper() + finding[1:]
    return style.dress(
        alt.LayerChart(layer=layers),
        title=title or finding,
        subtitle=words.text("tornado.note", lang),
        lang=lang,
        footer=facts.footer(book, table.attrs["claims"], lang, marked=False),
        description=words.text("tornado.alt", lang, figure=name, n=len(table), most=inputs[0]),
        width=560,
        height=alt.Step(28),
    )
