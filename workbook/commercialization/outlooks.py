"""Where the run rate may be by the target's date if the company grows as others did, and the method's record."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import altair as alt
import numpy as np
import pandas as pd

from workbook import facts, style, words
from workbook.arr import Forecast, backtest, forecast, month_ends, months_between
from workbook.arr.backtests import BANDS, CHOSEN, OURS
from workbook.commercialization import series
from workbook.commercialization.run_rate import arr_points, observed, scope
from workbook.dossier import Dossier
from workbook.style import COLORS, Language

_QUANTILES = {"q05": 0.05, "q25": 0.25, "q50": 0.5, "q75": 0.75, "q95": 0.95}


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
    ahead = forecast(
        float(level["value"]),
        months_between(start, end),
        others[~others["company"].isin(list(book.subjects))],
        bound=str(level["bound"]),
    )
    claims = (str(level["claim"]), str(target["claim"]))
    return Outlook(ahead, start, end, float(target["value"]), points.attrs["units"]["value"], claims)


def forecast_chart(book: Dossier, *, lang: Language = "en", title: str | None = None) -> alt.LayerChart:
    """Draw the forecast from the last known level, and the target as a line on it.

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
    ahead, points = found.forecast, arr_points(book, lang).set_index("claim")
    level, target = (points.loc[claim] for claim in found.claims)
    fan = _fan(found)
    x = alt.X(
        "date:T", title=None, axis=style.month_axis(lang, tickCount="month"), scale=alt.Scale(padding=40)
    )
    axis = words.text("forecast.axis", lang), style.billions(found.unit.split()[0], lang)[0]
    y = alt.Y(
        "q05:Q",
        title=words.titled(*axis, lang),
        axis=style.billions_axis(lang, tickCount=6),
        scale=alt.Scale(type="log", nice=False, padding=24),
    )
    drawn = alt.Chart(fan)
    seen = pd.DataFrame(
        {
            "date": [level["date"]],
            "q05": [level["value"]],
            "bound": [level["bound"]],
            "label": level["figure"],
        }
    )
    aim = pd.DataFrame({"date": [fan["date"].iloc[0]], "q05": [found.target], "label": target["figure"]})
    last = fan.iloc[[-1]]
    names = {
        column: words.text("forecast.quantile", lang, share=round(100 * share))
        for column, share in _QUANTILES.items()
    }
    told = [alt.Tooltip("date:T"), *(alt.Tooltip(f"{c}:Q", title=n, format=".3s") for c, n in names.items())]
    layers = [
        drawn.mark_area(color=COLORS["derived"], opacity=0.22).encode(x=x, y=y, y2="q95:Q", tooltip=told),
        drawn.mark_area(color=COLORS["derived"], opacity=0.4).encode(x=x, y=_of(y, "q25"), y2="q75:Q"),
        drawn.mark_line(color=COLORS["ink"], strokeWidth=1.6).encode(x=x, y=_of(y, "q50")),
        alt.Chart(aim).mark_rule(color=COLORS["guidance"], strokeDash=[5, 4], strokeWidth=1.6).encode(y=y),
        alt.Chart(aim)
        .mark_text(color=COLORS["guidance"], align="left", dx=-10, dy=-8)
        .encode(x=x, y=y, text="label:N"),
        alt.Chart(seen)
        .mark_point(color=COLORS["actual"], size=240, strokeWidth=2.2, opacity=1)
        .encode(x=x, y=y, shape=series.shape(lang, seen["bound"], legend=False)),
        alt.Chart(seen)
        .mark_text(color=COLORS["actual"], align="left", dx=2, dy=18)
        .encode(x=x, y=y, text="label:N"),
        *(
            alt.Chart(last.assign(label=style.money(float(last[column].iloc[0]), found.unit, lang)))
            .mark_text(align="left", dx=6, fontSize=10, color=COLORS["muted"])
            .encode(x=x, y=_of(y, column), text="label:N")
            for column in ("q05", "q50", "q95")
        ),
    ]
    bound = ahead.bound if ahead.bound in ("at_least", "at_most") else "exact"
    chance = style.number(100 * found.chance, 0, bound, lang)
    finding = words.text(
        f"forecast.finding_{bound}",
        lang,
        figure=level["figure"],
        seen=style.day(found.start, lang=lang),
        aim=style.money(found.target, found.unit, lang, target["bound"]),
        day=style.day(found.end, "month", lang),
        chance=chance,
    )
    note = words.text(
        "forecast.note",
        lang,
        rate=style.number(100 * np.expm1(ahead.drift), 0, lang=lang),
        volatility=style.number(100 * ahead.volatility, 0, lang=lang),
        companies=ahead.companies,
        steps=ahead.steps,
    )
    return style.dress(
        alt.LayerChart(layer=layers),
        title=title or finding,
        subtitle=note,
        lang=lang,
        footer=facts.footer(book, found.claims, lang, marked=False),
        description=f"Fan of a forecast from {found.start} to {found.end}: median {last['q50'].iloc[0]:.3g}, "
        f"90% band {last['q05'].iloc[0]:.3g} to {last['q95'].iloc[0]:.3g} {found.unit}; "
        f"target {found.target:g}, chance {chance}%.",
        width=640,
        height=340,
    )


def _of(y: alt.Y, column: str) -> alt.Y:
    """Return the same axis, drawn once, for another column."""
    return alt.Y(f"{column}:Q", title=y.title, axis=y.axis, scale=y.scale)


def _fan(found: Outlook) -> pd.DataFrame:
    """Return the quantiles (columns, bn) on the start, the month ends and the end."""
    days = [*(day for day in month_ends(found.start, found.end) if found.start < day < found.end), found.end]
    rows: list[dict[str, Any]] = [{"date": found.start} | dict.fromkeys(_QUANTILES, found.forecast.level)]
    for day in days:
        then = found.forecast.after(months_between(found.start, day))
        rows.append({"date": day} | {name: then.quantile(share) for name, share in _QUANTILES.items()})
    table = pd.DataFrame(rows).round(6)
    return table.assign(date=pd.to_datetime(table["date"]))


def coverage_chart(book: Dossier, *, lang: Language = "en", title: str | None = None) -> alt.LayerChart:
    """Draw how often the forecast's bands held, beside what they claim, by horizon, before and after 2026.

    Raises
    ------
    ValueError
        As `workbook.arr.backtest`: where no window of another company can be forecast.

    Examples
    --------
    >>> import workbook as wb
    >>> coverage_chart(wb.open()).to_dict()["layer"][0]["layer"][0]["mark"]["type"]
    'rule'
    """
    tested = backtest(book.comparables)
    rows = tested.coverage[tested.coverage["method"] == OURS].reset_index(drop=True)
    spans = {
        span: words.text("coverage.span", lang, low=span.split("-")[0], high=span.split("-")[1])
        for span in rows["horizon"].unique()
    }
    day = style.day(CHOSEN, lang=lang)
    periods = {each: words.text(f"coverage.{each}", lang, day=day) for each in ("before", "after")}
    rows["row"] = [
        words.text("coverage.row", lang, span=spans[span], band=round(100 * band))
        for span, band in zip(rows["horizon"], rows["band"], strict=True)
    ]
    rows["counts"] = [
        words.text("coverage.counts", lang, held=round(share * windows), windows=windows, companies=companies)
        for share, windows, companies in zip(rows["covered"], rows["windows"], rows["companies"], strict=True)
    ]
    rows["what"] = rows["period"].map(periods)
    for column in ("covered", "low", "high", "band"):
        rows[column] = (100 * rows[column]).round(4)
    shown = rows[["row", "what", "band", "covered", "low", "high", "counts"]]
    order = shown["row"].drop_duplicates().tolist()
    named = [name for name in periods.values() if name in set(shown["what"])]
    x = alt.X("covered:Q", title=words.text("coverage.axis", lang), scale=alt.Scale(domain=[0, 100]))
    y = alt.Y("row:N", title=None, sort=order, scale=alt.Scale(paddingInner=0.25))
    offset = alt.YOffset("what:N", sort=named)
    colors = alt.Scale(domain=named, range=[COLORS["derived"], COLORS["actual"]][-len(named) :])
    color = alt.Color("what:N", title=None, scale=colors)
    base = alt.Chart(shown)
    tooltip = ["row:N", "what:N", alt.Tooltip("covered:Q", format=".0f"), "counts:N"]
    layers = [
        base.mark_rule(strokeWidth=3, opacity=0.45).encode(
            x=alt.X("low:Q", title=x.title, scale=x.scale), x2="high:Q", y=y, yOffset=offset, color=color
        ),
        base.mark_point(filled=True, size=80, opacity=1).encode(
            x=x, y=y, yOffset=offset, color=color, tooltip=tooltip
        ),
        alt.Chart(shown.drop_duplicates("row")[["row", "band"]])
        .mark_tick(color=COLORS["ink"], thickness=2, size=26)
        .encode(x=alt.X("band:Q", title=x.title, scale=x.scale), y=y),
        base.mark_text(align="left", dx=8, fontSize=10).encode(
            x=alt.value(alt.expr("width")), y=y, yOffset=offset, color=color, text="counts:N"
        ),
    ]
    widest = rows[rows["band"] == 100 * BANDS[-1]]
    period = "after" if (widest["period"] == "after").any() else "before"
    widest = widest[widest["period"] == period]
    finding = words.text(
        f"coverage.finding_{period}",
        lang,
        shares=words.joined([f"{share:.0f}%" for share in widest["covered"]], lang),
        spans=words.joined([spans[span] for span in widest["horizon"]], lang),
    )
    told = rows["covered"].map("{:.0f}%".format) + " (" + rows["what"] + ")"
    return style.dress(
        alt.LayerChart(layer=layers),
        title=title or finding,
        subtitle=words.text("coverage.note", lang, day=day),
        lang=lang,
        footer=facts.footer(book, _claims(tested.cases), lang, marked=False),
        description="Share of outcomes inside each band: " + "; ".join(rows["row"] + ": " + told) + ".",
        width=480,
        height=alt.Step(17),
        below=48,
    )


def _claims(cases: pd.DataFrame) -> list[str]:
    return list(dict.fromkeys(claim for each in cases["claims"] for claim in each.split(", ")))
