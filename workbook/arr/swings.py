"""Which input matters: a tornado over ranges, Sobol indices for interaction."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

import numpy as np
import pandas as pd

from workbook.arr.figures import FIGURE_UNITS
from workbook.arr.plan import RANGES
from workbook.arr.scenario import Scenario
from workbook.hints import closest

Figure: TypeAlias = str | Callable[[Scenario], float]
Ranges: TypeAlias = Mapping[str, tuple[float, float]]


def tornado(scenario: Scenario, ranges: Ranges, figure: Figure = "p_target") -> pd.DataFrame:
    """Move one input at a time to either end of its range, and sort by how far the figure swings.

    Parameters
    ----------
    scenario
        Where the other inputs stay.
    ranges
        Low and high of each input, by field of the scenario.
    figure
        A figure of `Scenario.summary`, or a function of a scenario.

    Returns
    -------
    pandas.DataFrame
        One row an input, the widest swing first: input, low, high, at_low, at_high (the figure there), swing
        (its distance). The figure at the scenario itself is in `attrs["base"]`, its unit in `attrs["unit"]`.

    Raises
    ------
    ValueError
        When an input or the figure is not one of the scenario's, or a range is turned round or out of bounds.

    Examples
    --------
    >>> from workbook.arr import Scenario
    >>> s = Scenario(start="2026-06-30", end="2026-12-31", start_arr=10, end_arr=30)
    >>> tornado(s, {"churn": (0.0, 0.03), "end_arr": (25, 30)}, "gross_new_arr").round(2)
         input   low   high  at_low  at_high  swing
    0  end_arr  25.0  30.00    15.0    20.00   5.00
    1    churn   0.0   0.03    20.0    23.33   3.33
    """
    answer = _answer(figure)
    rows = []
    for name, (low, high) in _checked(ranges).items():
        at_low, at_high = answer(scenario.replace(**{name: low})), answer(scenario.replace(**{name: high}))
        rows.append((name, float(low), float(high), at_low, at_high, abs(at_high - at_low)))
    table = pd.DataFrame(rows, columns=["input", "low", "high", "at_low", "at_high", "swing"])
    table = table.sort_values("swing", ascending=False, kind="stable", ignore_index=True)
    table.attrs["base"] = answer(scenario)
    table.attrs["unit"] = FIGURE_UNITS.get(str(figure), "").format(money=scenario.unit)
    return table


def sobol_indices(
    scenario: Scenario, ranges: Ranges, figure: Figure = "p_target", *, samples: int = 1024, seed: int = 0
) -> pd.DataFrame:
    """Share the variance of a figure out to its inputs, each uniform over its range.

    Where a tornado moves one input at a time, this moves all of them together: `first` is the share of the
    variance an input makes by itself, `total` with all its interactions. Saltelli's design and Jansen's and
    Saltelli's estimators are SALib's; the ranges are the assumption that matters.

    Parameters
    ----------
    scenario
        Where the inputs without a range stay.
    ranges
        Low and high of each input, by field of the scenario; two or more.
    figure
        A figure of `Scenario.summary`, or a function of a scenario.
    samples
        A power of two; the figure is computed samples * (inputs + 2) times.
    seed
        Of the scrambled points and of the confidence intervals.

    Returns
    -------
    pandas.DataFrame
        One row an input, the largest total first: input, first, first_error, total, total_error (half the 95%
        confidence interval).

    Raises
    ------
    ImportError
        When SALib is not installed.
    ValueError
        As `tornado`; or when there is one input, or `samples` is no power of two.

    Examples
    --------
    >>> from workbook.arr import Scenario
    >>> s = Scenario(start="2026-06-30", end="2026-12-31", start_arr=10, end_arr=30)
    >>> ranges = {"start_arr": (9, 11), "end_arr": (27, 33)}
    >>> sobol_indices(s, ranges, "net_new_arr", samples=256)["first"].round(2).tolist()
    [0.9, 0.1]
    """
    try:
        from SALib.analyze import sobol as analysis
        from SALib.sample import sobol as design
    except ImportError as error:
        raise ImportError(
            "sobol_indices needs SALib: pip install 'token-foundry-workbook[uncertainty]'"
        ) from error
    ranges = _checked(ranges)
    if len(ranges) < 2:
        raise ValueError(f"ranges has {len(ranges)} input: a share of the variance needs two or more")
    if samples < 2 or samples & (samples - 1):
        raise ValueError(f"samples is {samples!r}: give a power of two, such as 1024")
    answer = _answer(figure)
    problem = {"num_vars": len(ranges), "names": list(ranges), "bounds": [list(r) for r in ranges.values()]}
    points = design.sample(problem, samples, calc_second_order=False, seed=seed)
    answers = np.array(
        [answer(scenario.replace(**dict(zip(ranges, map(float, point), strict=True)))) for point in points]
    )
    if np.ptp(answers) == 0:
        raise ValueError(f"figure is {figure!r}: no input in ranges moves it")
    found = analysis.analyze(problem, answers, calc_second_order=False, seed=seed)
    table = pd.DataFrame(
        {
            "input": list(ranges),
            "first": found["S1"],
            "first_error": found["S1_conf"],
            "total": found["ST"],
            "total_error": found["ST_conf"],
        }
    )
    return table.sort_values("total", ascending=False, kind="stable", ignore_index=True)


def _answer(figure: Figure) -> Callable[[Any], float]:
    if callable(figure):
        return figure
    if figure not in FIGURE_UNITS:
        raise ValueError(
            f"figure is {figure!r}: give one of {', '.join(FIGURE_UNITS)}{closest(figure, FIGURE_UNITS)}"
        )
    return lambda scenario: float(scenario.figures()[figure])


def _checked(ranges: Ranges) -> dict[str, tuple[float, float]]:
    for name, (low, high) in ranges.items():
        if name not in RANGES:
            raise ValueError(f"ranges has {name!r}: give one of {', '.join(RANGES)}{closest(name, RANGES)}")
        if not (low < high and low in RANGES[name] and high in RANGES[name]):
            raise ValueError(
                f"ranges has {name!r} from {low!r} to {high!r}: low must be below high, both in "
                f"{RANGES[name]}"
            )
    return dict(ranges)
