"""Derivatives against mpmath's own, tornadoes by hand, Sobol indices against gradient shares."""

import math
import sys

import mpmath
import numpy as np
import pytest

from workbook.arr import Scenario, elasticities, sobol_indices, tornado
from workbook.arr.dual import DUALS, Dual
from workbook.arr.sensitivity import _figures

PLAN = {"start": "2026-06-30", "end": "2026-12-31", "start_arr": 10, "end_arr": 30}
FULL = {"churn": 0.02, "expansion": 0.03, "external_revenue": 150, "token_share": 0.7}


def scenario(**changes):
    return Scenario(**(PLAN | changes))


SCENARIOS = {
    "plan": FULL,
    "linear": FULL | {"shape": "linear", "apps_cmgr": 0.15},
    "s-curve": FULL | {"shape": "s_curve", "ceiling": 45},
    "forecast": FULL
    | {"services_growth": 0.16, "apps_growth": 0.26, "volatility_retention": 0.03, "target": 28},
    "declining": FULL | {"end_arr": 6},
    "flat": FULL | {"end_arr": 10},
    "one driver": FULL | {"apps_share": 0.0, "services_growth": 0.15},
    "no noise": FULL | {"volatility_services": 0, "volatility_apps": 0},
}


@pytest.mark.parametrize("name", SCENARIOS)
def test_differentiated_figures_are_the_scenario_s_own(name):
    s = scenario(**SCENARIOS[name])
    names = [field for field in elasticities(s).index if field != "months"]
    inputs = {field: Dual(getattr(s, field), np.zeros(1)) for field in names} | {
        "months": Dual(s.months, np.zeros(1))
    }
    figures = {figure: dual.value for figure, dual in _figures(s, inputs).items()}
    expected = {figure: 0.0 if math.isnan(value) else value for figure, value in s.figures().items()}
    assert figures == pytest.approx(expected, rel=1e-12, abs=1e-15)


@pytest.mark.parametrize("name", SCENARIOS)
def test_elasticities_against_differences_of_the_figures(name):
    """Six-point differences are good to 1e-9 here: the step to the sixth, and rounding over the step."""
    s = scenario(**SCENARIOS[name])
    table, base, step = elasticities(s), s.figures(), 1e-3
    for field in table.index.drop("months"):
        value = getattr(s, field)
        if value == 0 or (name == "no noise" and field != "churn"):
            continue
        at = {k: s.replace(**{field: value * (1 + k * step)}).figures() for k in (-3, -2, -1, 1, 2, 3)}
        for figure in table:
            if not base[figure] or math.isnan(base[figure]):
                assert math.isnan(table.loc[field, figure])
                continue
            slope = (
                sum(
                    w * at[k][figure]
                    for k, w in zip((-3, -2, -1, 1, 2, 3), (-1, 9, -45, 45, -9, 1), strict=True)
                )
                / 60
            )
            assert table.loc[field, figure] == pytest.approx(
                slope / step / base[figure], rel=1e-7, abs=1e-9
            ), (field, figure)


@pytest.mark.parametrize("end", [30, 10.001, 10.0000001, 10, 6])
def test_revenue_elasticity_against_mpmath_through_the_flat_path(end):
    # Of the level at the end: the mean of t / T, weighted by ARR.
    table = elasticities(scenario(end_arr=end))
    with mpmath.workdps(30):
        ratio = mpmath.mpf(end) / 10
        level = lambda u: ratio**u  # noqa: E731
        expected = mpmath.quad(lambda u: u * level(u), [0, 1]) / mpmath.quad(level, [0, 1])
    assert table.loc["end_arr", "recognised_revenue"] == pytest.approx(float(expected), rel=1e-13)
    assert table.loc["start_arr", "recognised_revenue"] == pytest.approx(1 - float(expected), rel=1e-13)
    assert table.loc["months", "recognised_revenue"] == pytest.approx(1, rel=1e-13)


def test_elasticities_known_by_heart():
    table = elasticities(scenario(**FULL))
    assert table.loc["end_arr", "multiple"] == 1
    assert table.loc["start_arr", "multiple"] == -1
    assert table.loc["token_price", "tokens_per_day"] == -1
    assert table.loc["token_share", "tokens_per_day"] == pytest.approx(1)
    assert table.loc["end_arr", "net_new_arr"] == pytest.approx(1.5)
    assert table.loc["external_revenue", "external_share"] == pytest.approx(-1)
    assert table.loc["months", "grr"] == pytest.approx(6 * math.log(0.98))


def test_the_chance_of_one_driver_moves_as_the_normal_density_says():
    s = scenario(apps_share=0.0, services_growth=0.15, target=30)
    sd = 0.06 * math.sqrt(6)
    d = math.log(10 * 1.15**6 / 30) / sd
    density = math.exp(-d * d / 2) / math.sqrt(2 * math.pi)
    table = elasticities(s)["p_target"]
    assert table["target"] == pytest.approx(-density / sd / s.p_target())
    assert table["volatility_services"] == pytest.approx(-d * density / s.p_target())


def test_without_noise_the_chance_moves_with_nothing():
    table = elasticities(scenario(volatility_services=0, volatility_apps=0))
    assert (table["p_target"] == 0).all()


def test_dual_numbers_against_mpmath():
    def formula(o, x, y):
        return (
            o.exp(o.log(x) * y) / (1 + o.pow(x, 0.5))
            - o.cdf(y) * o.quantile(o.cdf(x / 9))
            + o.pow(y, x)
            + 2 / x
        )

    class Exact:
        exp, log, pow, cdf = mpmath.exp, mpmath.log, mpmath.power, mpmath.ncdf

        @staticmethod
        def quantile(p):
            return mpmath.sqrt(2) * mpmath.erfinv(2 * p - 1)

    found = formula(DUALS, Dual(1.7, np.array([1.0, 0.0])), Dual(0.6, np.array([0.0, 1.0])))
    for index, order in enumerate([(1, 0), (0, 1)]):
        expected = mpmath.diff(lambda x, y: formula(Exact, x, y), (1.7, 0.6), order)
        assert found.slope[index] == pytest.approx(float(expected), rel=1e-9)


# Tornado


def test_tornado_by_hand():
    table = tornado(scenario(), {"start_arr": (9, 10.5), "end_arr": (27, 33)}, "net_new_arr")
    assert table["input"].tolist() == ["end_arr", "start_arr"]
    assert table["at_low"].tolist() == [17, 21]
    assert table["at_high"].tolist() == [23, 19.5]
    assert table["swing"].tolist() == [6, 1.5]
    assert (table.attrs["base"], table.attrs["unit"]) == (20, "RMB bn")


def test_tornado_of_a_function():
    table = tornado(scenario(), {"target": (25, 35)}, lambda s: s.probability().expected_shortfall)
    assert table["at_low"][0] < table.attrs["base"] < table["at_high"][0]


@pytest.mark.parametrize(
    ("ranges", "figure", "message"),
    [
        ({"end_ar": (1, 2)}, "cmgr", r"ranges has 'end_ar': give one of .* \(did you mean 'end_arr'\?\)"),
        ({"end_arr": (2, 1)}, "cmgr", "ranges has 'end_arr' from 2 to 1: low must be below high"),
        (
            {"churn": (0, 1)},
            "cmgr",
            r"ranges has 'churn' from 0 to 1: low must be below high, both in \[0, 1\)",
        ),
        ({"churn": (0, 0.1)}, "cmgrs", r"figure is 'cmgrs': give one of .* \(did you mean 'cmgr'\?\)"),
    ],
)
def test_wrong_ranges_and_figures_are_named(ranges, figure, message):
    with pytest.raises(ValueError, match=message):
        tornado(scenario(), ranges, figure)


# Sobol indices


def test_sobol_indices_agree_with_gradient_shares_where_the_figure_is_nearly_linear():
    s = scenario(services_growth=0.16, apps_growth=0.26)
    ranges = {
        "start_arr": (9.5, 10.5),
        "apps_share": (0.38, 0.42),
        "services_growth": (0.155, 0.165),
        "apps_growth": (0.255, 0.265),
    }
    figure = lambda each: sum(each.medians(6.0))  # noqa: E731
    found = sobol_indices(s, ranges, figure).set_index("input")
    slopes = {
        name: (figure(s.replace(**{name: high})) - figure(s.replace(**{name: low}))) ** 2
        for name, (low, high) in ranges.items()
    }
    for name, square in slopes.items():
        assert found.loc[name, "first"] == pytest.approx(square / sum(slopes.values()), abs=0.01)
        assert abs(found.loc[name, "total"] - found.loc[name, "first"]) < 0.01


def test_sobol_indices_see_an_interaction():
    # (x - 30)(y - 10) over ranges round 30 and 10 has no first-order share at all.
    figure = lambda each: (each.end_arr - 30) * (each.start_arr - 10)  # noqa: E731
    found = sobol_indices(scenario(), {"end_arr": (28, 32), "start_arr": (9, 11)}, figure)
    assert found["first"].abs().max() < 0.05
    assert found["total"].to_numpy() == pytest.approx(1, abs=0.1)


def test_sobol_indices_repeat_with_the_seed():
    ranges = {"end_arr": (28, 32), "start_arr": (9, 11)}
    first, again = (sobol_indices(scenario(), ranges, "cmgr", samples=64, seed=3) for _ in range(2))
    assert first.equals(again)


@pytest.mark.parametrize(
    ("ranges", "options", "message"),
    [
        ({"end_arr": (28, 32)}, {}, "ranges has 1 input"),
        ({"end_arr": (28, 32), "churn": (0, 0.1)}, {"samples": 1000}, "samples is 1000: give a power of two"),
        (
            {"token_price": (1, 2), "churn": (0, 0.1)},
            {"figure": "multiple"},
            "figure is 'multiple': no input in ranges moves it",
        ),
    ],
)
def test_sobol_indices_refuse_what_they_cannot_answer(ranges, options, message):
    with pytest.raises(ValueError, match=message):
        sobol_indices(scenario(), ranges, **({"figure": "cmgr"} | options))


def test_sobol_indices_say_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "SALib.analyze", None)
    with pytest.raises(ImportError, match="sobol_indices needs SALib"):
        sobol_indices(scenario(), {"end_arr": (28, 32), "churn": (0, 0.1)})
