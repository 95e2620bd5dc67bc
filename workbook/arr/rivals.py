"""What the forecast is held against: naive forecasts, and methods that were tried in its place.

Each is a normal law of the logarithm of the growth over some months, made of the same figures.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TypeAlias

from workbook.arr.comparables import Step
from workbook.arr.forecasts import Growth, average_growth

Law: TypeAlias = tuple[float, float]
"""Mean and standard deviation."""

NAIVE = ("last step goes on", "no spread")
TRIED = ("companies differ", "own history")
UNKNOWN = (math.nan, math.nan)


def rivals(
    ahead: Sequence[float], found: Growth, companies: Sequence[Sequence[Step]], own: Sequence[Step]
) -> list[dict[str, Law]]:
    """Return the law of each rival so many months ahead; NaN where it has nothing to go by.

    - last step goes on: the company's own last step, with the volatility of others around their own average.
    - no spread: the others' mean drift, with that same volatility.
    - companies differ: every company has a drift of its own, drawn from a normal law; mean and variance of
      the law by inverse variance and by Paule and Mandel.
    - own history: the same, given the company's own growth up to the start.

    Examples
    --------
    >>> others = [[Step(1, 0.1)], [Step(2, 0.4)], [Step(1, 0.2), Step(1, 0.4)]]
    >>> found = Growth(0.2, 0.1, 0.02, 0.13, 3, 4)
    >>> (laws,) = rivals([4], found, others, own=[Step(1, 0.25)])
    >>> [round(each, 3) for each in laws["last step goes on"]], [round(each, 3) for each in laws["no spread"]]
    ([1.0, 0.04], [0.8, 0.04])
    """
    noise = found.within**2
    if not noise > 0:
        return [dict.fromkeys((*NAIVE, *TRIED), UNKNOWN)] * len(ahead)
    mean, variance = prior = differing(companies, noise)
    if own:
        length, grown = sum(step.months for step in own), sum(step.growth for step in own)
        posterior = 1 / (1 / variance + length / noise)
        mean, variance = posterior * (mean / variance + grown / noise), posterior
    last = own[-1].growth / own[-1].months if own else math.nan
    return [
        {
            "last step goes on": _over(months, last, 0, noise),
            "no spread": _over(months, found.drift, 0, noise),
            "companies differ": _over(months, *prior, noise),
            "own history": _over(months, mean, variance, noise),
        }
        for months in ahead
    ]


def differing(companies: Sequence[Sequence[Step]], noise: float) -> Law:
    """Return mean and variance of the drift of one more company.

    The variance between companies is the one at which their weighted squares about the mean add up to their
    number less one (Paule and Mandel, 1982), found by Newton's steps; the mean's own variance is added.
    """
    lengths = [sum(step.months for step in history) for history in companies]
    rates = [average_growth(history) for history in companies]
    between = 0.0
    for _ in range(100):
        weights = [1 / (between + noise / length) for length in lengths]
        mean = sum(w * rate for w, rate in zip(weights, rates, strict=True)) / sum(weights)
        squares = [(rate - mean) ** 2 for rate in rates]
        excess = sum(w * square for w, square in zip(weights, squares, strict=True)) - (len(rates) - 1)
        if excess < 1e-12:
            break
        between += excess / sum(w * w * square for w, square in zip(weights, squares, strict=True))
    return mean, between + 1 / sum(weights)


def _over(months: float, mean: float, variance: float, noise: float) -> Law:
    return mean * months, math.sqrt(variance * months**2 + noise * months)
