"""The chance of reaching many targets from many starts, through the one number it depends on."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from workbook.arr import figures, formulas
from workbook.arr.chance import Array
from workbook.arr.operations import NUMPY
from workbook.arr.plan import Plan

# Blocks that fit a processor's cache: larger temporaries cost more to fetch than to compute.
_BLOCK = 128
_GRID_BLOCK = 8192


def p_target_grid(scenario: Plan, starts: ArrayLike, ends: ArrayLike) -> Array:
    """Return the chance of reaching each of `ends` from each of `starts`, over the scenario's own months.

    With the mix of drivers, their growth and volatilities held, the forecast is proportional to the start, so
    the chance depends on end / start alone: it is exact on equally spaced logarithms of that ratio and
    interpolated between them by polynomials of degree five. The spacing is halved until the exact values at
    the new places differ from the interpolated ones by less than 1e-7; with those places included the error
    is a 64th of that.

    Parameters
    ----------
    scenario
        Its `start_arr`, `end_arr` and `target` are not read: each pair of the grid takes their place.
    starts, ends
        Levels at `start` and at `end`, bn; one-dimensional, above 0.

    Returns
    -------
    numpy.ndarray
        One row a start, one column an end.

    Raises
    ------
    ValueError
        When a level is not above 0.

    Examples
    --------
    >>> from workbook.arr import Scenario
    >>> s = Scenario(start="2026-06-30", end="2026-12-31", start_arr=10, end_arr=30,
    ...              services_growth=0.16, apps_growth=0.26)
    >>> p_target_grid(s, [10, 12], [30, 36]).round(4)
    array([[0.5563, 0.1844],
           [0.8854, 0.5563]])
    """
    log_starts, log_ends = _logs(starts, "starts"), _logs(ends, "ends")
    log_ratios = log_ends - log_starts[:, None]
    low, high = log_ratios.min(), log_ratios.max()
    if not scenario.uncertain:
        return _p_by_ratio(scenario, log_ratios.ravel()).reshape(log_ratios.shape)
    if high - low < 1e-9:
        return np.broadcast_to(_p_by_ratio(scenario, np.array([low])), log_ratios.shape).copy()
    knots = np.linspace(low, high, 193)
    known = _p_by_ratio(scenario, knots)
    while True:
        between = (knots[1:] + knots[:-1]) / 2
        exact = _p_by_ratio(scenario, between)
        error = np.abs(_interpolated(known, low, high, between) - exact).max()
        knots = np.linspace(low, high, 2 * knots.size - 1)
        merged = np.empty(knots.size)
        merged[::2], merged[1::2] = known, exact
        known = merged
        if error < 1e-7 or knots.size > 100_000:
            return _interpolated(known, low, high, log_ratios)


def _p_by_ratio(scenario: Plan, log_ratios: Array) -> Array:
    """Return the chance of ending at a multiple of the start, the multiple being the plan too."""
    parts = (log_ratios[first : first + _BLOCK] for first in range(0, log_ratios.size, _BLOCK))
    return np.concatenate([_p_of_block(scenario, np.exp(part)) for part in parts])


def _p_of_block(scenario: Plan, ratios: Array) -> Array:
    fields = scenario.fields._replace(start_arr=1.0, end_arr=ratios)
    services, apps = figures.drivers(NUMPY, fields, ratios, fields.months)
    # Applications whose growth is planned may be above a small multiple: the plan is then theirs alone.
    ahead = figures.forecast(NUMPY, fields, ratios, services, np.minimum(apps, ratios), fields.months)
    return np.asarray(formulas.p_target_two_drivers(NUMPY, *ahead, ratios), dtype=float)


def _interpolated(known: Array, low: float, high: float, x: Array) -> Array:
    """Interpolate equally spaced values by the degree-five polynomial through the six nearest."""
    pieces = np.lib.stride_tricks.sliding_window_view(known, 6) @ _LAGRANGE
    powers = np.ascontiguousarray(pieces.T)
    values, flat = np.empty(x.size), x.ravel()
    for first in range(0, flat.size, _GRID_BLOCK):
        place = (flat[first : first + _GRID_BLOCK] - low) * ((known.size - 1) / (high - low))
        left = place.astype(np.intp)
        np.clip(left, 2, known.size - 4, out=left)
        place -= left
        left -= 2
        value = powers[5].take(left)
        for power in powers[4::-1]:
            value *= place
            value += power.take(left)
        np.clip(value, 0, 1, out=values[first : first + _GRID_BLOCK])
    return values.reshape(x.shape)


# Column k holds what the six values at -2 ... 3 contribute to the coefficient of u^k.
_LAGRANGE = np.linalg.inv(np.vander(np.arange(-2.0, 4.0), increasing=True)).T


def _logs(levels: ArrayLike, name: str) -> Array:
    array = np.asarray(levels, dtype=float)
    if array.ndim != 1 or not array.size:
        raise ValueError(f"{name} has shape {array.shape}: give levels in one dimension")
    if not ((array > 0) & np.isfinite(array)).all():
        raise ValueError(f"{name} has {array[~((array > 0) & np.isfinite(array))][0]}: give levels above 0")
    return np.asarray(np.log(array))
