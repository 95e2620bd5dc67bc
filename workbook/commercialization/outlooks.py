"""Where the run rate may be by the target's date, if the company grows as others did."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date
from typing import Any

import altair as alt
import numpy as np
import pandas as pd

from workbook import facts, style, words
from workbook.arr import Forecast, forecast, months_between
from workbook.commercialization import series
from workbook.commercialization.run_rate import arr_points, observed, rounded, scope
from workbook.dossier import Dossier
from workbook.style import COLORS, Language

_QUANTILES = {"q05": 0.05, "q25": 0.25, "q50": 0.5, "q75": 0.75, "q95": 0.95}
_DAYS = 41
"""On which the fan is drawn: it bends most at its beginning."""


@dataclass(frozen=True)
class Outlook:
    """A forecast from the last known level, and the target it is held against."""

    forecast: Forecast
    """Its bound is that of the level: of a floor, the chance and the quantiles are floors too."""
    start: date
    """Day of the level."""
    end: date
    """Day of the target."""
    target: float
    """bn; of a range the low end."""
    unit: str
    """Such as "RMB bn"."""
    claims: tuple[str, ...]
    """Level and target."""

    @property
    def chance(self) -> float:
        """Chance that the level is at the target or above on its day."""
        return self.forecast.chance(self.target)


def outlook(book: Dossier) -> Outlook:
    """Forecast the run rate from the last known level to the last target's date, as known on `as_of`.

    The forecast is `workbook.arr.forecast`: other companies' growth. What the company promised is only what
    it is held against, and its own path so far is not in it.

    Parameters
    ----------
    book
        A dossier with run rates of its own and of others.

    Raises
    ------
    ValueError
        If no target, no level of its subject before it, or too few other companies were known.

    Examples
    --------
    >>> import workbook as wb
    >>> june = outlook(wb.open(as_of="2026-08-31"))
    >>> june.forecast.level, june.forecast.bound, june.target, 0 < june.chance < 1
    (16.0, 'at_least', 30.0, True)
    """
    points = arr_points(book)
    targets = points[points["kind"] == "guidance"]
    if targets.empty:
        raise ValueError(f"no guidance of the run rate in {book!r}; try a later as_of")
    target, subject = targets.iloc[-1], scope(points)
    levels = points[observed(points, subject) & (points["date"] < target["date"])]
    if levels.empty:
        raise ValueError(f"no level of the run rate ({subject}) before {target['date'].date()} in {book!r}")
    level, others = levels.iloc[-1], book.comparables
    start, end = level["date"].date(), target["date"].date()
    others = others[~others["company"].isin(list(book.subjects))]
    months = months_between(start, end)
    try:
        ahead = forecast(float(level["value"]), months, others, bound=str(level["bound"]))
    except ValueError as error:
        raise ValueError(f"{error}, in {book!r}") from error
    claims = (str(level["claim"]), str(target["claim"]))
    return Outlook(ahead, start, end, float(target["value"]), points.attrs["units"]["value"], claims)


def forecast_chart(book: Dossier, *, lang: Language = "en", title: str | None = None) -> alt.LayerChart:
    """Draw the forecast from the last known level, and the target as a line on it.

    Parameters
    ----------
    book
        A dossier with run rates of its own and of others.
    lang
        "en" or "zh".
    title
        Instead of the finding computed from the data.

    Raises
    ------
    ValueError
        As `outlook`.

    Examples
    --------
    >>> import workbook as wb
    >>> forecast_chart(wb.open()).to_dict()["layer"][0]["layer"][0]["encoding"]["y"]["scale"]["type"]
    'log'
    """
    found = outlook(book)
    points = arr_points(book, lang)
    level, target = (points[points["claim"] == claim].iloc[0] for claim in found.claims)
    fan = _fan(found)
    x = alt.X(
        "date:T", title=None, axis=style.month_axis(lang, tickCount="month"), scale=alt.Scale(padding=40)
    )
    axis = words.text("forecast.axis", lang), style.billions(found.unit.split()[0], lang)[0]

    def y(column: str) -> alt.Y:
        scale, ticks = alt.Scale(type="log", nice=False, padding=24), style.billions_axis(lang, tickCount=6)
        return alt.Y(f"{column}:Q", title=words.titled(*axis, lang), axis=ticks, scale=scale, stack=None)

    drawn, last = alt.Chart(fan), fan.iloc[[-1]]
    seen = alt.Chart(
        pd.DataFrame({"date": [level["date"]], "arr": [level["value"]]}).assign(
            bound=level["bound"], label=level["figure"]
        )
    )
    aim = alt.Chart(
        pd.DataFrame({"date": [level["date"]], "arr": [found.target]}).assign(
            label=words.text("forecast.target", lang, figure=target["figure"])
        )
    )
    told = [alt.Tooltip("date:T")]
    for column, share in _QUANTILES.items():
        name = words.text("forecast.quantile", lang, share=round(100 * share))
        told.append(alt.Tooltip(f"{column}:Q", title=name, format=".3s"))
    layers = [
        drawn.mark_area(color=COLORS["derived"], opacity=0.22).encode(
            x=x, y=y("q05"), y2="q95:Q", tooltip=told
        ),
        drawn.mark_area(color=COLORS["derived"], opacity=0.4).encode(x=x, y=y("q25"), y2="q75:Q"),
        drawn.mark_line(color=COLORS["ink"], strokeWidth=1.6).encode(x=x, y=y("q50")),
        aim.mark_rule(color=COLORS["guidance"], strokeDash=[5, 4], strokeWidth=1.6).encode(y=y("arr")),
        aim.mark_text(color=COLORS["guidance"], align="left", dx=-10, dy=-8).encode(
            x=x, y=y("arr"), text="label:N"
        ),
        seen.mark_point(color=COLORS["actual"], size=240, strokeWidth=2.2, opacity=1).encode(
            x=x, y=y("arr"), shape=series.shape(lang, [level["bound"]], legend=False)
        ),
        seen.mark_text(color=COLORS["actual"], align="left", dx=2, dy=18).encode(
            x=x, y=y("arr"), text="label:N"
        ),
    ]
    for column in ("q05", "q50", "q95"):
        amount = _three_digits(float(last[column].iloc[0]), found.forecast.bound)
        label = style.money(amount, found.unit, lang, found.forecast.bound)
        written = alt.Chart(last[["date", column]].assign(label=label))
        written = written.mark_text(align="left", dx=6, fontSize=10, color=COLORS["muted"])
        layers.append(written.encode(x=x, y=y(column), text="label:N"))
    finding, note = _said(found, level, target, lang)
    return style.dress(
        alt.LayerChart(layer=layers),
        title=title or finding,
        subtitle=note,
        lang=lang,
        footer=facts.footer(book, found.claims, lang, marked=False),
        description=f"Fan of a forecast from {found.start} to {found.end}: median {last['q50'].iloc[0]:.3g}, "
        f"90% band {last['q05'].iloc[0]:.3g} to {last['q95'].iloc[0]:.3g} {found.unit}; "
        f"target {found.target:g}, chance {100 * found.chance:.0f}%.",
        width=640,
        height=340,
    )


def _three_digits(value: float, bound: str) -> float:
    """Round to three digits: a floor down, a ceiling up."""
    reading = {"at_least": "at least", "at_most": "at most"}.get(bound, "exactly")
    return rounded(value, 2 - math.floor(math.log10(value)), reading)


def _said(found: Outlook, level: pd.Series[Any], target: pd.Series[Any], lang: Language) -> tuple[str, str]:
    """Return the finding and what the forecast is made of."""
    ahead = found.forecast
    bound = ahead.bound if ahead.bound in ("at_least", "at_most") else "exact"
    chance = 100 * found.chance
    if bound == "exact":
        chance = min(max(chance, 0.1), 99.9)  # a model is never certain
    digits = 0 if 1 <= chance <= 99 else 1
    finding = words.text(
        f"forecast.finding_{bound}",
        lang,
        figure=level["figure"],
        seen=style.day(found.start, lang=lang),
        aim=style.money(found.target, found.unit, lang, target["bound"]),
        day=style.day(found.end, "month", lang),
        chance=style.number(chance, digits, bound, lang),
    )
    note = words.text(
        "forecast.note",
        lang,
        rate=style.number(100 * np.expm1(ahead.drift), 0, lang=lang),
        volatility=style.number(100 * ahead.volatility, 0, lang=lang),
        companies=ahead.companies,
        steps=ahead.steps,
    )
    return finding, note


def _fan(found: Outlook) -> pd.DataFrame:
    """Return the quantiles (columns, bn) on days from the start to the end."""
    days = pd.date_range(found.start, found.end, periods=_DAYS).normalize().unique()
    rows: list[dict[str, Any]] = [{"date": days[0]} | dict.fromkeys(_QUANTILES, found.forecast.level)]
    for day in days[1:]:
        then = found.forecast.after(months_between(found.start, day.date()))
        rows.append(
            {"date": day} | {name: round(then.quantile(share), 6) for name, share in _QUANTILES.items()}
        )
    return pd.DataFrame(rows)
