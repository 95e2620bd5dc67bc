"""How often another company grew as much in as long.

This and `workbook.arr.volatility` read a table with one row a figure: company, date, value (bn), bound
(exact, at_least, at_most, about, between), currency, kind (run_rate, quarter_x4, annual, target) and claim,
which names the source. Where there is a column use its core rows are read; value_high is where a range ends;
known, the day a figure was published, is what `backtest` goes by.
Figures are published when they look good, so both answers lean towards fast growth; no interval below shows
that.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from workbook.arr.calendar import add_months, months_between
from workbook.arr.comparables import Point, above, among, points_by_company

_INTERVALS = {"wilson": "wilson", "clopper-pearson": "exact"}
_COUNTS = ("windows", "companies")


@dataclass(frozen=True)
class BaseRate:
    """How often a multiple was reached within some months."""

    multiple: float
    """The multiple asked for."""
    months: float
    """Within how many months."""
    reached: int
    """Cases that surely reached it."""
    trials: int
    """Cases that surely did or surely did not."""
    undetermined: int
    """Cases that the published bounds leave open; not among the trials."""
    rate: float
    """reached / trials; NaN without a trial."""
    low: float
    """Lower end of the confidence interval of the rate."""
    high: float
    """Upper end."""
    lowest: float
    """The rate if none of the undetermined cases had reached it; NaN without a case."""
    highest: float
    """The rate if all of them had."""
    cases: pd.DataFrame
    """One row a window: company, currency, start, start_level (bn), end, multiple_low and multiple_high (what
    the bounds allow), outcome, how (observed or interpolated), counted, claims."""


def base_rate(
    comparables: pd.DataFrame,
    multiple: float = 3.0,
    months: float = 6.0,
    *,
    scale: Mapping[str, tuple[float, float]] | None = None,
    kinds: Sequence[str] = ("run_rate", "quarter_x4"),
    count: str = "windows",
    as_levels: bool = False,
    max_gap: float | None = None,
    interval: str = "wilson",
    confidence: float = 0.95,
) -> BaseRate:
    """Count how often a company at similar scale reached a multiple of its run rate within some months.

    Every figure of a company opens a window of exactly `months`. The rules of reading it:

    - A window counts only if a figure exists on or after its end. Windows that are not over are listed as
      "unfinished" whatever happened in them: to count those which had reached the multiple already, and not
      the others, would bend the rate upwards.
    - Figures are bounds. "Reached" is certain when a lower bound within the window is at least `multiple`
      times the upper bound of the start; "not reached" when the upper bound at the end, or at a later figure,
      is less than `multiple` times the lower bound of the start (a run rate is taken not to fall). So an
      at_least at the end may understate and at the start may overstate the multiple, and what the bounds
      leave open is "undetermined". exact and about are read as the level. Figures of one date are read
      together, from the lowest to the highest.
    - Windows rarely end on a figure's date. Where the figures around the end do not settle it, the level at
      the end is read on the exponential path between the last figure before and the first after, if they are
      at most `max_gap` months apart.
    - Windows of one company that overlap are not independent. With count="windows" the settled windows are
      taken in order of date, each starting no earlier than the last one's end, and undetermined ones where
      none is in the way; with count="companies" a company counts once, as reached if any window of it was.
      Windows of one company one after the other are still alike, so the interval is too narrow rather than
      too wide.

    Parameters
    ----------
    comparables
        The table described at the top of this module.
    multiple
        Above 1.
    months
        Above 0.
    scale
        Lowest and highest level at the start of a window, bn, by currency: ``{"USD": (1, 10)}``. Figures in
        other currencies are left out; nothing is converted. None: any scale.
    kinds
        Kinds of figures to read. A year's revenue is no level on a date, a target no fact.
    count
        "windows" or "companies".
    as_levels
        Read bounds as levels: what a company has just passed is about where it is. Settles more cases, less
        surely.
    max_gap
        Months between figures across which a level is read; `months` when not given.
    interval
        "wilson", or "clopper-pearson", which never covers less than `confidence`.
    confidence
        Of the interval; between 0 and 1.

    Raises
    ------
    ValueError
        When an argument is out of range, a column is missing or a figure is not above 0.

    Examples
    --------
    >>> table = pd.DataFrame(
    ...     [("A", "2025-01-31", 1.0, "about", "USD", "run_rate", "a1"),
    ...      ("A", "2025-07-31", 3.5, "at_least", "USD", "run_rate", "a2"),
    ...      ("B", "2025-01-31", 2.0, "at_least", "USD", "run_rate", "b1"),
    ...      ("B", "2025-08-31", 4.0, "about", "USD", "run_rate", "b2")],
    ...     columns=["company", "date", "value", "bound", "currency", "kind", "claim"])
    >>> result = base_rate(table)
    >>> result.reached, result.trials, round(result.low, 3), round(result.high, 3)
    (1, 2, 0.095, 0.905)
    """
    above("multiple", multiple, 1)
    above("months", months, 0)
    above("max_gap", max_gap := months if max_gap is None else max_gap, 0)
    among("count", count, _COUNTS)
    among("interval", interval, _INTERVALS)
    if not 0 < confidence < 1:
        raise ValueError(f"confidence is {confidence!r}: it must be between 0 and 1")
    rows = []
    for (company, currency), points in points_by_company(comparables, kinds, as_levels):
        windows = [
            {"company": company, "currency": currency, **window}
            for window in _windows(points, multiple, months, max_gap)
            if _at_scale(window["start_level"], currency, scale)
        ]
        _choose(windows)
        rows += windows
    cases = pd.DataFrame(rows, columns=_CASE_COLUMNS)
    if count == "companies":
        outcomes = [_of_company(group) for _, group in cases.groupby("company")["outcome"]]
    else:
        outcomes = cases.loc[cases["counted"].astype(bool), "outcome"].tolist()
    reached, missed, undetermined = (
        outcomes.count(outcome) for outcome in ("reached", "not reached", "undetermined")
    )
    trials, every = reached + missed, reached + missed + undetermined
    low, high = share_interval(reached, trials, confidence, interval)
    return BaseRate(
        multiple=multiple,
        months=months,
        reached=reached,
        trials=trials,
        undetermined=undetermined,
        rate=reached / trials if trials else math.nan,
        low=low,
        high=high,
        lowest=reached / every if every else math.nan,
        highest=(reached + undetermined) / every if every else math.nan,
        cases=cases,
    )


def share_interval(
    successes: int, trials: int, confidence: float = 0.95, method: str = "wilson"
) -> tuple[float, float]:
    """Return SciPy's confidence interval for a share: "wilson" (score) or "clopper-pearson" (exact).

    Without a trial, 0 to 1.

    Examples
    --------
    >>> [round(limit, 4) for limit in share_interval(15, 148)]
    [0.0624, 0.1605]
    """
    if not trials:
        return 0.0, 1.0
    from scipy.stats import binomtest

    limits = binomtest(successes, trials).proportion_ci(confidence, _INTERVALS[method])
    return float(limits.low), float(limits.high)


_CASE_COLUMNS = [
    "company",
    "currency",
    "start",
    "start_level",
    "end",
    "multiple_low",
    "multiple_high",
    "outcome",
    "how",
    "counted",
    "claims",
]


def _windows(points: list[Point], multiple: float, months: float, max_gap: float) -> Iterator[dict[str, Any]]:
    for index, start in enumerate(points):
        end, later = add_months(start.date, months), points[index + 1 :]
        inside = [point for point in later if point.date <= end]
        after = next((point for point in later if point.date >= end), None)
        highest = max([start, *inside], key=lambda point: point.low)
        low, high = highest.low, after.high if after else math.inf
        outcome, how, used = "undetermined", "observed", [start, highest]
        if after is None:
            outcome = "unfinished"
        elif _reached(low, start.high, multiple):
            outcome = "reached"
        elif not _reached(high, start.low, multiple):
            outcome, used = "not reached", [start, after]
        else:
            before = inside[-1] if inside else start
            used = [start, before, after]
            gap = months_between(before.date, after.date)
            if before.date < end and gap <= max_gap:
                how, share = "interpolated", months_between(before.date, end) / gap
                low = max(low, _between(before.low, after.low, share))
                high = min(high, _between(before.high, after.high, share))
                if _reached(low, start.high, multiple):
                    outcome = "reached"
                elif not _reached(high, start.low, multiple):
                    outcome = "not reached"
        yield {
            "start": pd.Timestamp(start.date),
            "start_level": start.stated,
            "end": pd.Timestamp(end),
            "multiple_low": low / start.high,
            "multiple_high": high / start.low if start.low else math.inf,
            "outcome": outcome,
            "how": how,
            "counted": False,
            "claims": ", ".join(dict.fromkeys(claim for point in used for claim in point.claims)),
        }


def _reached(level: float, start: float, multiple: float) -> bool:
    return level >= multiple * start * (1 - 1e-9)  # 0.3 is three times 0.1, though not to a computer


def _between(first: float, last: float, share: float) -> float:
    """Return the level on the exponential path between two; 0 where one of them is not known."""
    return first ** (1 - share) * last**share if first and last else 0.0


def _choose(windows: list[dict[str, Any]]) -> None:
    """Mark windows of one company that do not overlap: settled ones first, then undetermined ones."""
    chosen: list[dict[str, Any]] = []
    for outcomes in (("reached", "not reached"), ("undetermined",)):
        for window in windows:
            free = all(window["start"] >= other["end"] or window["end"] <= other["start"] for other in chosen)
            if window["outcome"] in outcomes and free:
                window["counted"] = True
                chosen.append(window)


def _of_company(outcomes: pd.Series[Any]) -> str:
    for outcome in ("reached", "undetermined", "not reached"):
        if (outcomes == outcome).any():
            return outcome
    return "unfinished"


def _at_scale(level: float, currency: str, scale: Mapping[str, tuple[float, float]] | None) -> bool:
    if scale is None:
        return True
    return currency in scale and scale[currency][0] <= level <= scale[currency][1]
