"""Figures are put together once: any reading gives what floats give, and formulas by hand agree."""

import math

import numpy as np
import pytest
from scipy.integrate import quad

from workbook.arr import FLOATS, NUMPY, Scenario, formulas
from workbook.arr.figures import FIGURE_UNITS, figures, level, months_to, p_target
from workbook.arr.symbols import Node, named

PLAN = {"start": "2026-06-30", "end": "2026-12-31", "start_arr": 10, "end_arr": 30}
SCENARIOS = {
    "plain": {},
    "linear": {"shape": "linear", "apps_cmgr": 0.15, "churn": 0.02, "external_revenue": 150},
    "s_curve": {"shape": "s_curve", "ceiling": 45, "expansion": 0.01},
    "forecast": {"services_growth": 0.16, "apps_growth": 0.26, "volatility_retention": 0.03, "target": 28},
    "one driver": {"apps_share": 0.0},
}


@pytest.mark.parametrize("name", SCENARIOS)
def test_arrays_give_what_floats_give_for_each_of_them(name):
    s = Scenario(**(PLAN | SCENARIOS[name]))
    ends = np.array([25.0, 30.0, 35.0])
    table = figures(NUMPY, s.fields._replace(end_arr=ends, target=ends))
    assert list(table) == list(FIGURE_UNITS)
    for place, end in enumerate(ends):
        wanted = s.replace(end_arr=end, target=end).figures()
        for figure, values in table.items():
            value = np.broadcast_to(values, ends.shape)[place]
            assert value == pytest.approx(wanted[figure], rel=1e-12, abs=1e-12, nan_ok=True), figure


@pytest.mark.parametrize("name", SCENARIOS)
def test_a_level_is_reached_when_the_path_is_at_it(name):
    fields = Scenario(**(PLAN | SCENARIOS[name])).fields
    for arr in (12.0, 20.0, 29.0):
        assert level(FLOATS, fields, months_to(FLOATS, fields, arr)) == pytest.approx(arr, rel=1e-12)


@pytest.mark.parametrize("sds", [(0.147, 0.245, 0.5, 0.05), (0.147, 0.0005, 0.5, 0.0), (0.3, 0.1, -0.9, 0.0)])
def test_the_shortfall_is_the_integral_of_the_chance_to_stay_below(sds):
    # E max(K - T, 0) = integral of P(T < k) for k from 0 to K; in the second case one driver is nearly certain.
    mean = formulas.shortfall_two_drivers(FLOATS, 18, 12, *sds, 31)
    chance = lambda k: 1 - formulas.p_target_two_drivers(FLOATS, 18, 12, *sds, k)  # noqa: E731
    assert mean == pytest.approx(quad(chance, 1, 31, epsabs=1e-9)[0], abs=1e-7)


def test_without_noise_the_shortfall_is_the_distance_to_the_target():
    assert formulas.shortfall_two_drivers(FLOATS, 18, 12, 0, 0, 0.5, 0, 31) == 1
    assert formulas.shortfall_two_drivers(FLOATS, 18, 12, 0, 0, 0.5, 0, 29) == 0


def test_many_cells_and_few_have_the_same_chance():
    s = Scenario(**PLAN)
    ends = np.linspace(20, 40, 3000)
    fields = s.fields._replace(target=ends)
    many = p_target(NUMPY, fields)
    few = p_target(NUMPY, fields._replace(target=ends[::1000]))
    assert many[::1000] == pytest.approx(few, rel=1e-13)


def test_a_name_stands_for_one_value():
    x = Node("name", ("x",))
    twice = named(lambda o: (o.let("a", x + 1), o.let("a", x + 1)), "vega")
    assert twice == {"a": "x + 1"}
    with pytest.raises(ValueError, match="'a' names two values"):
        named(lambda o: (o.let("a", x + 1), o.let("a", x + 2)), "vega")
    apart = named(lambda o: (o.let("a", x + 1), o.within("b_").let("a", x + 2)), "vega")
    assert apart == {"a": "x + 1", "b_a": "x + 2"}


def test_what_is_not_known_is_not_a_number_in_any_reading():
    fields = Scenario(**PLAN).fields
    assert math.isnan(figures(FLOATS, fields)["external_share"])
    assert np.isnan(figures(NUMPY, fields)["external_share"])
