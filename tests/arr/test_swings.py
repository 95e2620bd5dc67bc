"""Tornadoes by hand, Sobol indices against gradient shares."""

import sys

import pytest

from workbook.arr import Scenario, sobol_indices, tornado

PLAN = {"start": "2026-06-30", "end": "2026-12-31", "start_arr": 10, "end_arr": 30}


def scenario(**changes):
    return Scenario(**(PLAN | changes))


# Tornado


def test_tornado_by_hand():
    table = tornado(scenario(currency="RMB"), {"start_arr": (9, 10.5), "end_arr": (27, 33)}, "net_new_arr")
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
