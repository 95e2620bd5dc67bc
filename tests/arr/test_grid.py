"""Every cell of a grid against the exact answer for that cell."""

import math

import numpy as np
import pytest

from workbook.arr import Scenario, p_target_grid
from workbook.arr.chance import probability

FORECAST = {"services_growth": 0.16, "apps_growth": 0.26}


def scenario(**changes):
    return Scenario(start="2026-06-30", end="2026-12-31", start_arr=10, end_arr=30, **changes)


@pytest.mark.parametrize(
    "changes",
    [FORECAST, FORECAST | {"volatility_retention": 0.04}, {"apps_cmgr": 0.05}, {"apps_growth": 0.26}, FORECAST | {"volatility_services": 0.004, "volatility_apps": 0.004}],
    ids=["forecast", "retention", "plan", "one growth", "nearly certain"],
)  # fmt: skip
def test_grid_is_exact_in_every_cell(changes):
    s = scenario(**changes)
    starts, ends = np.linspace(6, 14, 9), np.linspace(20, 45, 11)
    each = [[probability(s.replace(start_arr=a, end_arr=b)).p_target for b in ends] for a in starts]
    assert p_target_grid(s, starts, ends) == pytest.approx(np.array(each), abs=1e-8)


def test_large_grid_is_exact_in_cells_picked_at_random():
    s, rng = scenario(**FORECAST), np.random.default_rng(5)
    starts, ends = np.linspace(5, 20, 300), np.linspace(15, 60, 300)
    grid = p_target_grid(s, starts, ends)
    assert grid.shape == (300, 300)
    for i, j in rng.integers(300, size=(60, 2)):
        cell = probability(s.replace(start_arr=starts[i], end_arr=ends[j])).p_target
        assert grid[i, j] == pytest.approx(cell, abs=1e-8)


def test_grid_of_one_cell_and_grid_without_noise():
    s = scenario(**FORECAST)
    assert p_target_grid(s, [10], [30]) == pytest.approx(np.array([[probability(s).p_target]]), abs=1e-12)
    certain = s.replace(volatility_services=0, volatility_apps=0)
    reached = sum(certain.medians(6.0))
    assert p_target_grid(certain, [10], [reached - 0.01, reached + 0.01]).tolist() == [[1.0, 0.0]]


@pytest.mark.parametrize(
    ("starts", "ends", "message"),
    [
        ([0.0], [1.0], r"starts has 0\.0: give levels above 0"),
        ([1.0], [math.nan], r"ends has nan: give levels above 0"),
        ([[1.0]], [1.0], r"starts has shape \(1, 1\): give levels in one dimension"),
        ([1.0], [], r"ends has shape \(0,\)"),
    ],
)
def test_grid_refuses_what_is_no_level(starts, ends, message):
    with pytest.raises(ValueError, match=message):
        p_target_grid(scenario(), starts, ends)
