"""How often the bands of `forecast` held: the same function, run on what was known on each start's day."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from workbook.arr.calendar import months_between
from workbook.arr.comparables import Figure, Step, above, figures_by_company, levels, steps
from workbook.arr.forecasts import KINDS, MIN_GAP, Forecast, growth
from workbook.arr.rivals import NAIVE, TRIED, rivals
from workbook.arr.scores import Array, crps, log_score, ndtr
from workbook.dates import read_day

BANDS = (0.5, 0.8, 0.9)
HORIZONS = {"2-4": (2.0, 4.0), "4-8": (4.0, 8.0), "8-14": (8.0, 14.0)}
"""Months; each begins with its first and ends before its last, but for the very last."""
FEWEST_WINDOWS = 10
"""Below which a horizon is counted, but not judged."""
HOLDS = (0.80, 0.98)
"""Of the 90% band: a share of outcomes inside that is no miss."""
RESAMPLES = 2_000
CHOSEN = date(2026, 1, 1)
"""The method was chosen on windows that ended before this day."""
OURS = "forecast"


@dataclass(frozen=True)
class Backtest:
    """How the forecast did on windows that are over."""

    coverage: pd.DataFrame
    """How often a band held: method, period (before or after the split), horizon (months), band, windows,
    companies, covered (share of outcomes inside), low and high (95% of resamples of whole companies)."""
    scores: pd.DataFrame
    """The lower the better: method, period, horizon, windows, companies, crps and log_score (means, of log
    growth), forecast_crps and forecast_log_score (of the forecast on the same windows)."""
    cases: pd.DataFrame
    """One row a window: company, currency, start, end, months, horizon, period, level and outcome (bn),
    growth (log), companies, steps, drift, between, within, volatility (as known on `start`), mean and sd (of
    log growth), claims, mean and sd of each rival, pit (chance given to less), crps and log_score."""
    left_out: int
    """Windows on whose start too little was known for a forecast."""

    @property
    def misses(self) -> pd.DataFrame:
        """Where the method falls short, of horizons with at least ten windows.

        period, horizon, windows, miss (band: the 90% band held less than 80% or more than 98%; crps or
        log_score: a naive forecast scores better), against (the naive one), found, and wanted.
        """
        rows: list[dict[str, Any]] = []
        wide = self.coverage[(self.coverage["method"] == OURS) & (self.coverage["band"] == BANDS[-1])]
        for row in wide.to_dict("records"):
            if not HOLDS[0] <= row["covered"] <= HOLDS[1]:
                said = {"miss": "band", "against": "", "found": row["covered"], "wanted": HOLDS}
                rows.append({key: row[key] for key in _GROUP} | said)
        for row in self.scores[self.scores["method"].isin(NAIVE)].to_dict("records"):
            for score in ("crps", "log_score"):
                if row[score] < (ours := row[f"forecast_{score}"]):
                    said = {"miss": score, "against": row["method"], "found": ours, "wanted": row[score]}
                    rows.append({key: row[key] for key in _GROUP} | said)
        table = pd.DataFrame(rows, columns=[*_GROUP, "miss", "against", "found", "wanted"])
        return table[table["windows"] >= FEWEST_WINDOWS].reset_index(drop=True)


_GROUP = ("period", "horizon", "windows")


def backtest(
    comparables: pd.DataFrame,
    *,
    split: date | str = CHOSEN,
    kinds: Sequence[str] = KINDS,
    min_gap: float = MIN_GAP,
    seed: int = 0,
) -> Backtest:
    """Hold `forecast` against what became of other companies, by what was known when each window began.

    Two figures of a company 2 to 14 months apart are a window. What is forecast is the second, from the first
    and from the figures of other companies published by the first one's day; other scopes of the same company
    (what follows in brackets: "Rival" and "Rival (cloud)") are left out too. The first figure itself is
    given, as in every forecast, also where it was published later. Windows of one company overlap and are
    alike, so intervals resample whole companies. Bounds are read as levels, on both ends.

    The method was chosen on windows that ended before `split`: among those whose 90% band held 80 to 98% of
    outcomes at each horizon, the best mean log score. Other methods tried are told of there alone.

    Parameters
    ----------
    comparables
        The table described in `workbook.arr.reference`, with a column `known`: the day each figure was
        published, as `book.comparables` has it.
    split
        First day of the windows (by their end) on which the method was not chosen.
    kinds, min_gap
        As in `forecast`.
    seed
        Of the resamples.

    Raises
    ------
    ValueError
        When a column is missing, an argument is out of range, or no window can be forecast.

    Examples
    --------
    >>> import workbook as wb
    >>> found = backtest(wb.open().comparables)
    >>> sorted(found.coverage["horizon"].unique())
    ['2-4', '4-8', '8-14']
    """
    above("min_gap", min_gap, 0)
    split = read_day("split", split)
    if "known" not in comparables:
        raise ValueError("comparables has no column 'known': the day on which each figure was published")
    windows = list(_windows(figures_by_company(comparables, kinds), min_gap))
    rows = [row for row in windows if row]
    if not rows:
        raise ValueError("comparables has no window of 2 to 14 months on whose start enough was known")
    cases = pd.DataFrame(rows)
    cases["period"] = np.where(cases["end"] < split, "before", "after")
    cases[["start", "end"]] = cases[["start", "end"]].apply(pd.to_datetime)
    observed = cases["growth"].to_numpy()
    laws = {name: cases[_columns(name)].to_numpy().T for name in (OURS, *NAIVE, *TRIED)}
    mean, sd = laws[OURS]
    cases["pit"], cases["crps"] = ndtr((observed - mean) / sd), crps(observed, mean, sd)
    cases["log_score"] = log_score(observed, mean, sd)
    coverage, scores = _counted(cases, laws, np.random.default_rng(seed))
    return Backtest(coverage, scores, cases, len(windows) - len(rows))


def _windows(
    companies: dict[tuple[str, str], list[Figure]], min_gap: float
) -> Iterator[dict[str, Any] | None]:
    """Yield every window with its forecast, None where too little was known."""
    for (company, currency), figures in companies.items():
        others = [found for (name, _), found in companies.items() if firm(name) != firm(company)]
        points = levels(figures, min_gap)
        for at, (start, level) in enumerate(points):
            ends = [(months_between(start, end), end, reached) for end, reached in points[at + 1 :]]
            ends = [each for each in ends if horizon(each[0])]
            if not ends:
                continue
            seen = [steps([figure for figure in found if figure.known <= start], min_gap) for found in others]
            known = [history for history in seen if history]
            grown = growth(known)
            if grown is None or not grown.volatility:
                yield from [None] * len(ends)
                continue
            own = _own_steps(figures, start, level, min_gap)
            others_say = rivals([months for months, *_ in ends], grown, known, own)
            for (months, end, reached), laws in zip(ends, others_say, strict=True):
                ahead = Forecast(float(np.exp(level)), months, "exact", *grown)
                row = {"company": company, "currency": currency, "start": start, "end": end}
                row |= {"months": months, "horizon": horizon(months), "level": ahead.level}
                row |= {"outcome": float(np.exp(reached)), "growth": reached - level}
                row |= grown._asdict() | {"mean": ahead.mean, "sd": ahead.sd}
                row["claims"] = ", ".join(each.claim for each in figures if each.day in (start, end))
                for name, law in laws.items():
                    row |= dict(zip(_columns(name), law, strict=True))
                yield row


def _own_steps(figures: list[Figure], start: date, level: float, min_gap: float) -> list[Step]:
    """Return the steps that lead to the start, of the company's own figures that were known by then."""
    known = [figure for figure in figures if figure.known <= start]
    before = [point for point in levels(known, min_gap) if months_between(point[0], start) >= min_gap]
    return [Step(months_between(a, b), y - x) for (a, x), (b, y) in pairwise([*before, (start, level)])]


def firm(company: str) -> str:
    """Return whose scope it is.

    Examples
    --------
    >>> firm("Rival (cloud)"), firm("Rival")
    ('Rival', 'Rival')
    """
    return company.split(" (")[0]


def horizon(months: float) -> str:
    """Return the horizon that a window is of, or nothing.

    Examples
    --------
    >>> horizon(4.0), horizon(14.0), horizon(14.1)
    ('4-8', '8-14', '')
    """
    last = max(high for _, high in HORIZONS.values())
    return next(
        (name for name, (low, high) in HORIZONS.items() if low <= months < high or months == high == last), ""
    )


def _counted(
    cases: pd.DataFrame, laws: dict[str, Array], rng: np.random.Generator
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return coverage and scores by method, period and horizon."""
    observed = cases["growth"].to_numpy()
    firms, periods, spans = (
        np.array(column) for column in (cases["company"].map(firm), cases["period"], cases["horizon"])
    )
    coverage, scores = [], []
    both = {name: (crps(observed, *law), log_score(observed, *law)) for name, law in laws.items()}
    for name, (mean, sd) in laws.items():
        away = np.abs(2 * ndtr((observed - mean) / sd) - 1)
        for period in ("before", "after"):
            if name in TRIED and period == "after":
                continue
            for span in HORIZONS:
                at = np.flatnonzero((periods == period) & (spans == span) & np.isfinite(mean))
                if not at.size:
                    continue
                group = {"method": name, "period": period, "horizon": span, "windows": at.size}
                group["companies"] = len(set(firms[at]))
                inside = away[at, None] <= np.array(BANDS)
                ends = _resampled(firms[at], inside, rng)
                coverage += [
                    group | {"band": band, "covered": float(share), "low": float(low), "high": float(high)}
                    for band, share, low, high in zip(BANDS, inside.mean(axis=0), *ends, strict=True)
                ]
                means = [float(score[at].mean()) for score in (*both[name], *both[OURS])]
                labels = ("crps", "log_score", "forecast_crps", "forecast_log_score")
                scores.append(group | dict(zip(labels, means, strict=True)))
    return pd.DataFrame(coverage), pd.DataFrame(scores)


def _resampled(firms: NDArray[Any], inside: NDArray[np.bool_], rng: np.random.Generator) -> Array:
    """Return between which shares 95% of resamples of whole companies lie; a column a band."""
    _, which = np.unique(firms, return_inverse=True)
    count = int(which.max()) + 1
    windows = np.bincount(which)
    held = np.stack([np.bincount(which, weights=column) for column in inside.T], axis=1)
    drawn = rng.multinomial(count, np.full(count, 1 / count), size=RESAMPLES)
    return np.asarray(np.quantile(drawn @ held / (drawn @ windows)[:, None], (0.025, 0.975), axis=0))


def _columns(name: str) -> list[str]:
    return ["mean", "sd"] if name == OURS else [f"mean, {name}", f"sd, {name}"]
