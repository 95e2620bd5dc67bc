"""Every formula says the same in every language, and what 50 digits say."""

import inspect
import math
from functools import cache

import mpmath as mp
import numpy as np
import pytest

from tests.arr.oracles import ORACLES, recalculated, rows, two_drivers, vega_values
from workbook.arr import FLOATS, NUMPY, excel, formulas, steps, vega

NAMES = [
    name for name, function in inspect.getmembers(formulas, inspect.isfunction) if name in formulas.__all__
]
# Growth is a difference from 1 and a chance a part of 1: what a rounding of 1 does to them is no error of the
# formula. (Far out in the tail, at 1e-10, Vega's own cumulativeNormal keeps nine digits.)
FROM_ONE = {"cmgr", "annualised_growth", "apps_growth_needed", "p_target_one_driver"}

# Medians, standard deviations, correlation, retention, target: drivers alike; one far more certain than the
# other, with and without a shared shock; opposed; a target far above and far below; a day; ten years.
TWO_DRIVERS = [
    (18, 12, 0.147, 0.245, 0.5, 0.0, 30),
    (14, 16, 0.15, 0.25, 0.5, 0.05, 32),
    (18, 12, 0.147, 0.245, 0.95, 0.0, 30),
    (18, 12, 0.147, 0.147, 0.95, 0.0, 33),
    (18, 12, 0.147, 0.245, -0.9, 0.0, 31),
    (18, 12, 0.001, 0.245, 0.5, 0.0, 33),
    (18, 12, 0.147, 0.001, 0.5, 0.0, 33),
    (18, 12, 0.001, 0.245, 0.5, 0.08, 33),
    (29, 1, 0.147, 0.6, 0.0, 0.0, 25),
    (1, 29, 0.147, 0.3, 0.0, 0.1, 45),
    (18, 12, 0.147, 0.245, 0.5, 0.0, 60),
    (18, 12, 0.147, 0.245, 0.5, 0.0, 14),
    (6e-7, 4e-7, 0.01, 0.018, 0.5, 0.0, 1e-6),
    (6e11, 4e11, 0.657, 1.095, 0.5, 0.1, 1.5e12),
]
PARAMETERS = ["services", "apps", "sd_services", "sd_apps", "correlation", "sd_retention", "target"]
CASES = [dict(zip(PARAMETERS, map(float, case), strict=True)) for case in TWO_DRIVERS]
CHANCES = [two_drivers(**case) for case in CASES]


def parameters(name: str) -> list[str]:
    return list(inspect.signature(getattr(formulas, name)).parameters)[1:]


@cache
def exact(name: str, row: tuple[tuple[str, float], ...]) -> float:
    return float(ORACLES[name](**{k: mp.mpf(v) for k, v in row}))


def agree(name: str, table: list[dict[str, float]], got: list[float], least: float = 0.0) -> None:
    """Compare to 1e-9, and to `least` of the amounts where a difference may cancel."""
    assert len(got) == len(table)
    for row, value in zip(table, got, strict=True):
        floor = 1e-15 if name in FROM_ONE else least * max(map(abs, row.values()))
        assert value == pytest.approx(exact(name, tuple(row.items())), rel=1e-9, abs=floor), (name, row)


def test_every_formula_has_an_oracle():
    assert sorted(NAMES) == sorted(
        [*ORACLES, "p_target_two_drivers", "quantile_two_drivers", "shortfall_two_drivers"]
    )


@pytest.mark.parametrize("name", ORACLES)
def test_floats_and_arrays_agree_with_fifty_digits(name):
    table = rows(name, parameters(name), 60)
    formula = getattr(formulas, name)
    agree(name, table, [formula(FLOATS, **row) for row in table])
    columns = {key: np.array([row[key] for row in table]) for key in table[0]}
    agree(name, table, list(formula(NUMPY, **columns)))


@pytest.mark.parametrize("name", ORACLES)
def test_vega_agrees_with_fifty_digits(name):
    table = rows(name, parameters(name), 30)
    text = vega(getattr(formulas, name), **{key: f"datum.{key}" for key in parameters(name)})
    agree(name, table, vega_values({"result": text}, table)["result"])


def test_excel_agrees_with_fifty_digits(tmp_path):
    sheets = {}
    for name in ORACLES:
        cells = {key: f"cell.{key}" for key in parameters(name)}
        sheets[name] = rows(name, parameters(name), 30), {"result": excel(getattr(formulas, name), **cells)}
    cells = {key: f"cell.{key}" for key in PARAMETERS}
    chain = steps(formulas.p_target_two_drivers, "excel", prefix="cell.", **cells)
    sheets["chain"] = CASES, {name.removeprefix("cell."): text for name, text in chain.items()}
    # In one cell too, when the names are short.
    short = dict(zip(PARAMETERS, "ABCDEFG", strict=True))
    text = excel(formulas.p_target_two_drivers, **{key: f"{column}2" for key, column in short.items()})
    sheets["one_cell"] = CASES[:1], {"result": text}

    results = recalculated(tmp_path, sheets)
    for name in ORACLES:
        # A spreadsheet takes two numbers that differ in the last bits for equal, and their difference for 0.
        least = 4e-15 if name == "net_new_arr" else 0.0
        agree(name, sheets[name][0], results[name]["result"], least)
    assert results["chain"]["p_target_two_drivers"] == pytest.approx(CHANCES, abs=1e-9)
    assert results["one_cell"]["result"] == pytest.approx(CHANCES[:1], abs=1e-9)


def test_the_chance_with_two_drivers_agrees_with_adaptive_quadrature():
    floats = [formulas.p_target_two_drivers(FLOATS, **case) for case in CASES]
    assert floats == pytest.approx(CHANCES, abs=1e-11)
    columns = {key: np.array([case[key] for case in CASES]) for key in PARAMETERS}
    assert formulas.p_target_two_drivers(NUMPY, **columns) == pytest.approx(CHANCES, abs=1e-11)


def test_vega_agrees_on_the_chance_with_two_drivers():
    names = {key: f"datum.{key}" for key in PARAMETERS}
    chain = steps(formulas.p_target_two_drivers, "vega", prefix="datum.", **names)
    chain = {name.removeprefix("datum."): text for name, text in chain.items()}
    assert vega_values(chain, CASES)["p_target_two_drivers"] == pytest.approx(CHANCES, abs=1e-9)


# The fan is asked where both drivers are uncertain; a level is judged by the chance of at least that level.
FAN = [case | {"probability": p} for case in CASES[:6] + CASES[8:10] for p in (0.05, 0.5, 0.95)]
for _case in FAN:
    del _case["target"]


def chances_left(levels: list[float]) -> list[float]:
    cases = zip(FAN, levels, strict=True)
    return [
        1 - two_drivers(target=level, **{k: v for k, v in case.items() if k != "probability"})
        for case, level in cases
    ]


def test_a_quantile_with_two_drivers_leaves_the_chance_asked_for():
    wanted = [case["probability"] for case in FAN]
    levels = [formulas.quantile_two_drivers(FLOATS, **case) for case in FAN]
    assert chances_left(levels) == pytest.approx(wanted, abs=1e-6)
    columns = {key: np.array([case[key] for case in FAN]) for key in FAN[0]}
    assert formulas.quantile_two_drivers(NUMPY, **columns) == pytest.approx(levels, rel=1e-11)


def test_vega_agrees_on_the_quantile_with_two_drivers():
    names = {key: f"datum.{key}" for key in FAN[0]}
    chain = steps(formulas.quantile_two_drivers, "vega", prefix="datum.q_", **names)
    chain = {name.removeprefix("datum."): text for name, text in chain.items()}
    levels = [formulas.quantile_two_drivers(FLOATS, **case) for case in FAN]
    assert vega_values(chain, FAN)["quantile_two_drivers"] == pytest.approx(levels, rel=1e-8)


def test_three_eighths_of_the_terms_are_enough_for_a_drawing():
    names = {key: f"datum.{key}" for key in FAN[0]}
    chain = steps(formulas.quantile_two_drivers, "vega", prefix="datum.q_", nodes=36, **names)
    chain = {name.removeprefix("datum."): text for name, text in chain.items()}
    whole = steps(formulas.quantile_two_drivers, "vega", prefix="datum.q_", **names)
    assert sum(map(len, chain.values())) < 0.45 * sum(map(len, whole.values()))
    levels = [formulas.quantile_two_drivers(FLOATS, **case) for case in FAN]
    # A pixel of a chart of 330 is 3e-3 of its level.
    assert vega_values(chain, FAN)["quantile_two_drivers"] == pytest.approx(levels, rel=5e-4)


def test_a_search_is_too_long_for_one_text():
    with pytest.raises(ValueError, match="steps"):
        vega(formulas.quantile_two_drivers)


def test_without_uncertainty_every_quantile_is_the_sum():
    certain = dict.fromkeys(("sd_services", "sd_apps", "sd_retention"), 0.0)
    assert formulas.quantile_two_drivers(FLOATS, 18, 12, correlation=0.5, probability=0.05, **certain) == 30


@pytest.mark.parametrize(
    "change",
    [{"sd_services": 0.0}, {"sd_apps": 0.0}, {"sd_services": 0.0, "correlation": -0.95}],
)
def test_one_certain_driver_leaves_a_closed_form(change):
    case = CASES[0] | change
    certain, uncertain, sd = "services", "apps", case["sd_apps"]
    if case["sd_apps"] == 0:
        certain, uncertain, sd = "apps", "services", case["sd_services"]
    want = formulas.p_target_one_driver(FLOATS, case[uncertain], sd, case["target"] - case[certain])
    assert formulas.p_target_two_drivers(FLOATS, **case) == pytest.approx(want, abs=1e-9)


def test_retention_alone_moves_both_drivers_as_one():
    case = CASES[0] | {"sd_services": 0.0, "sd_apps": 0.0, "sd_retention": 0.2, "target": 33.0}
    want = formulas.p_target_one_driver(FLOATS, 30, 0.2, 33)
    assert formulas.p_target_two_drivers(FLOATS, **case) == pytest.approx(want, abs=1e-12)


@pytest.mark.parametrize(("target", "chance"), [(29.9, 1), (30, 1), (30.1, 0)])
def test_without_uncertainty_the_target_is_met_or_not(target, chance):
    case = CASES[0] | {"sd_services": 0.0, "sd_apps": 0.0, "sd_retention": 0.0, "target": target}
    assert formulas.p_target_two_drivers(FLOATS, **case) == chance
    assert formulas.p_target_one_driver(FLOATS, 30, 0.0, target) == chance


@pytest.mark.parametrize("gap", [0.0, 1e-15, 1e-12, 1e-9, 1e-6])
def test_recognised_revenue_keeps_its_digits_on_a_nearly_flat_path(gap):
    level = 10 * (1 + gap)
    want = (10 + level) / 2 * 6 / 12  # the mean of the ends, to the second order of the gap
    for shape, ceiling in (("exponential", ()), ("s_curve", (40,))):
        revenue = getattr(formulas, f"revenue_{shape}")(FLOATS, 10, level, *ceiling, 6, 0, 6)
        assert revenue == pytest.approx(want, rel=2e-13)


def test_inverses_undo_the_formulas():
    grown = formulas.level_reached(FLOATS, 10, 0.15, 6)
    assert formulas.cmgr(FLOATS, 10, grown, 6) == pytest.approx(0.15, rel=1e-12)
    assert formulas.start_needed(FLOATS, grown, 0.15, 6) == pytest.approx(10, rel=1e-12)
    assert formulas.months_at_growth(FLOATS, 10, grown, 0.15) == pytest.approx(6, rel=1e-12)
    price = formulas.token_price(FLOATS, 30, 0.8, formulas.tokens_per_day(FLOATS, 30, 0.8, 4))
    assert price == pytest.approx(4, rel=1e-12)
    growth = formulas.apps_growth_needed(FLOATS, 30, 14, 4, 6)
    assert 14 + formulas.apps(FLOATS, 10, 0.4, growth, 6) == pytest.approx(30, rel=1e-12)
    level = formulas.quantile_one_driver(FLOATS, 28, 0.2, 0.05)
    assert formulas.p_target_one_driver(FLOATS, 28, 0.2, level) == pytest.approx(0.95, rel=1e-12)


@pytest.mark.parametrize("shape", ["exponential", "linear", "s_curve"])
def test_the_date_of_a_level_is_where_the_path_is_at_it(shape):
    ends = (10, 30, 40, 6) if shape == "s_curve" else (10, 30, 6)
    for t in (0.25, 3.0, 5.75):
        level = getattr(formulas, shape)(FLOATS, *ends, t)
        assert getattr(formulas, f"months_{shape}")(FLOATS, *ends, level) == pytest.approx(t, rel=1e-12)


def test_churn_alone_is_what_gross_new_arr_replaces():
    # A flat path: what is won is what is lost, at the intensity that a month of churn comes to.
    lost = formulas.gross_new_arr(FLOATS, 0, 0.02, formulas.revenue_exponential(FLOATS, 10, 10, 12, 0, 12))
    assert lost == pytest.approx(-math.log(0.98) * 10 * 12, rel=1e-12)
    # Left alone, a flat 10 becomes 10 * GRR; winning nothing, net new is that loss and gross new is zero.
    left = 10 * formulas.grr(FLOATS, 0.02, 12)
    revenue = formulas.revenue_exponential(FLOATS, 10, left, 12, 0, 12)
    assert formulas.gross_new_arr(FLOATS, left - 10, 0.02, revenue) == pytest.approx(0, abs=1e-12)
    # And with expansion alone on top, the customers already there account for all of it.
    kept = 10 * formulas.nrr(FLOATS, 0.02, 0.03, 12)
    revenue = formulas.revenue_exponential(FLOATS, 10, kept, 12, 0, 12)
    won = formulas.gross_new_arr(FLOATS, kept - 10, 0.02, revenue)
    assert won == pytest.approx(formulas.expansion_arr(FLOATS, 0.02, 0.03, revenue), rel=1e-12)
