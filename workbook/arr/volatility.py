"""How unevenly companies grow, from the dated figures described in `workbook.arr.reference`."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from workbook.arr.comparables import above, figures_by_company, steps


@dataclass(frozen=True)
class Volatility:
    """How far growth strays from its company's own average."""

    monthly: float
    """Standard deviation of a month's log growth, pooled over companies."""
    steps: int
    """Degrees of freedom: steps between figures, less one a company."""
    companies: pd.DataFrame
    """One row a company and currency: company, currency, steps, months, cmgr (per month, over all its
    figures), volatility (its own estimate; NaN with one step)."""


def calibrate_volatility(
    comparables: pd.DataFrame, *, kinds: Sequence[str] = ("run_rate", "quarter_x4"), min_gap: float = 1.0
) -> Volatility:
    """Estimate the standard deviation of a month's log growth from dated figures.

    Between two figures `t` months apart the log growth is taken as normal with mean `g * t` and variance
    `volatility ** 2 * t`, `g` being the company's own. The estimate is the root of the mean of
    (growth - g * t) ** 2 / t, one degree of freedom lost a company, pooled over companies in proportion to
    their degrees of freedom. A growth that slows down counts as noise here, and so does rounding: figures
    nearer than `min_gap` months to the one before are left out. Bounds are read as levels, and of several
    figures on one date the geometric mean of the lowest and the highest is taken.

    Parameters
    ----------
    comparables
        The table described in `workbook.arr.reference`.
    kinds
        Kinds of figures to read.
    min_gap
        Months; above 0.

    Raises
    ------
    ValueError
        When no company has three figures far enough apart, a column is missing or a figure is not above 0.

    Examples
    --------
    >>> table = pd.DataFrame(
    ...     [("A", "2025-01-31", 1.0, "about", "USD", "run_rate", "a1"),
    ...      ("A", "2025-02-28", 1.1, "about", "USD", "run_rate", "a2"),
    ...      ("A", "2025-03-31", 1.5, "about", "USD", "run_rate", "a3")],
    ...     columns=["company", "date", "value", "bound", "currency", "kind", "claim"])
    >>> round(calibrate_volatility(table).monthly, 4)
    0.1519
    """
    above("min_gap", min_gap, 0)
    rows, squares, freedom = [], 0.0, 0
    for (company, currency), figures in figures_by_company(comparables, kinds).items():
        history = steps(figures, min_gap)
        if not history:
            continue
        months = sum(step.months for step in history)
        growth = sum(step.growth for step in history) / months
        square = sum((step.growth - growth * step.months) ** 2 / step.months for step in history)
        squares, freedom = squares + square, freedom + len(history) - 1
        rows.append(
            {
                "company": company,
                "currency": currency,
                "steps": len(history),
                "months": months,
                "cmgr": math.expm1(growth),
                "volatility": math.sqrt(square / (len(history) - 1)) if len(history) > 1 else math.nan,
            }
        )
    if not freedom:
        raise ValueError(
            f"comparables has no company with three figures of kind {', '.join(kinds)} that are {min_gap:g} "
            "months apart: volatility cannot be told from growth"
        )
    return Volatility(math.sqrt(squares / freedom), freedom, pd.DataFrame(rows))
