import copy
import dataclasses
import inspect
import json
import math
import pickle
import re
import subprocess
import sys
from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbook import arr
from workbook.arr import Scenario
from workbook.arr.figures import FIGURE_UNITS
from workbook.arr.plan import RANGES, Plan

GUIDANCE = Scenario(start="2031-06-30", end="2031-12-31", start_arr=10, end_arr=30, currency="RMB")
FIGURES = [
    "multiple",
    "cmgr",
    "annualised_growth",
    "net_new_arr",
    "gross_new_arr",
    "recognised_revenue",
    "tokens_per_day",
    "p_target",
]


def test_the_summary_of_a_tripling_in_six_months_by_hand():
    summary = GUIDANCE.replace(churn=0.02, token_price=6, token_share=0.5, external_revenue=150).summary()
    assert list(summary.index[:8]) == FIGURES
    assert summary["multiple"] == 3
    assert summary["cmgr"] == pytest.approx(3 ** (1 / 6) - 1)
    assert summary["annualised_growth"] == pytest.approx(8)
    assert summary["net_new_arr"] == 20
    revenue = 20 / math.log(3) / 2  # the integral of 10 * 3^u over half a year
    assert summary["recognised_revenue"] == pytest.approx(revenue)
    assert summary["gross_new_arr"] == pytest.approx(20 - 12 * math.log(0.98) * revenue)
    assert summary["tokens_per_day"] == pytest.approx(15e9 / 6 * 1e6 / 365)
    assert summary["external_share"] == pytest.approx(0.2)
    assert summary["grr"] == pytest.approx(0.98**6)
    assert summary.attrs["units"]["net_new_arr"] == "RMB bn"
    assert set(summary.index) == set(FIGURE_UNITS)
    assert (
        summary.to_dict()
        == GUIDANCE.replace(churn=0.02, token_price=6, token_share=0.5, external_revenue=150).figures()
    )


def test_without_churn_gross_new_is_net_new():
    assert GUIDANCE.figures()["gross_new_arr"] == GUIDANCE.figures()["net_new_arr"]


def test_what_is_not_known_is_not_a_number():
    assert math.isnan(GUIDANCE.figures()["external_share"])
    assert math.isnan(GUIDANCE.replace(apps_share=0).figures()["apps_cmgr"])


def test_the_chance_agrees_with_a_large_simulation():
    # 2,000,000 draws: a standard error of 0.00035; four of them.
    rng = np.random.default_rng(5)
    shocks = rng.standard_normal((3, 2_000_000))
    s = GUIDANCE.replace(volatility_retention=0.05, target=32)
    own = shocks[0], s.correlation * shocks[0] + math.sqrt(1 - s.correlation**2) * shocks[1]
    month = math.sqrt(6)
    total = (
        18 * np.exp(s.volatility_services * month * own[0]) + 12 * np.exp(s.volatility_apps * month * own[1])
    ) * np.exp(s.volatility_retention * month * shocks[2])
    assert s.figures()["p_target"] == pytest.approx((total >= 32).mean(), abs=0.0014)


def test_the_median_of_a_single_driver_is_reached_every_other_time():
    for share in (0, 1):
        assert GUIDANCE.replace(apps_share=share).p_target() == pytest.approx(0.5, abs=5e-12)


def test_expected_growth_moves_the_chance_and_not_the_plan():
    slow = GUIDANCE.replace(services_growth=0.1, apps_growth=0.1)
    assert slow.path().equals(GUIDANCE.path())
    assert sum(slow.medians(6.0)) == pytest.approx(10 * 1.1**6)
    assert slow.p_target() < GUIDANCE.p_target()
    certain = slow.replace(volatility_services=0, volatility_apps=0)
    assert certain.p_target() == 0
    assert certain.p_target(17) == 1


# The path ----------------------------------------------------------------------------------------------------


def test_the_path_has_a_row_a_month_end_and_both_ends():
    path = GUIDANCE.replace(start="2031-06-12", end="2031-08-20").path()
    assert list(path.columns) == ["date", "arr", "services", "apps"]
    assert [str(day.date()) for day in path["date"]] == [
        "2031-06-12",
        "2031-06-30",
        "2031-07-31",
        "2031-08-20",
    ]
    assert path["date"].dtype.kind == "M"
    assert path["arr"].iloc[[0, -1]].tolist() == [10, 30]
    assert path.attrs["units"] == {"arr": "RMB bn", "services": "RMB bn", "apps": "RMB bn"}


@pytest.mark.parametrize("shape", ["exponential", "linear", "s_curve"])
def test_a_path_of_any_shape_passes_through_both_levels(shape):
    path = GUIDANCE.replace(shape=shape, ceiling=45).path()
    assert len(path) == 7
    assert path["arr"].iloc[[0, -1]].tolist() == pytest.approx([10, 30], rel=1e-15)
    assert path["arr"].is_monotonic_increasing


def test_the_drivers_grow_as_told_and_the_services_take_the_rest():
    s = GUIDANCE.replace(apps_share=0.4, apps_cmgr=0.25)
    path = s.path()
    assert path["apps"].tolist() == pytest.approx([4 * 1.25**month for month in range(7)])
    assert s.figures()["apps_cmgr"] == pytest.approx(0.25)
    assert s.figures()["services_arr"] == pytest.approx(30 - 4 * 1.25**6)


LEVELS = st.floats(1e-6, 1e12)


@given(
    LEVELS, LEVELS, st.floats(0, 1), st.floats(-0.9, 3), st.sampled_from(["exponential", "linear", "s_curve"])
)
def test_the_drivers_add_up_to_the_last_bit(start, end, share, growth, shape):
    ceiling = 2 * max(start, end)
    s = GUIDANCE.replace(start_arr=start, end_arr=end, apps_share=share, shape=shape, ceiling=ceiling)
    if start * share * (1 + growth) ** 6 <= end:
        s = s.replace(apps_cmgr=growth)
    path = s.path()
    assert (path["services"] + path["apps"] == path["arr"]).all()
    assert (path[["services", "apps"]] >= 0).all(axis=None)


# Asking back -------------------------------------------------------------------------------------------------


def test_solving_and_putting_the_answer_back():
    assert GUIDANCE.replace(end_arr=GUIDANCE.solve("end_arr", cmgr=0.15)).figures()["cmgr"] == pytest.approx(
        0.15
    )
    assert GUIDANCE.replace(start_arr=GUIDANCE.solve("start_arr", cmgr=0.1)).figures()[
        "cmgr"
    ] == pytest.approx(0.1)
    assert GUIDANCE.solve("cmgr", end_arr=25) == pytest.approx(2.5 ** (1 / 6) - 1)
    assert GUIDANCE.solve("cmgr", start="2031-08-31", start_arr=16) == pytest.approx((30 / 16) ** (1 / 4) - 1)
    price = GUIDANCE.solve("token_price", tokens_per_day=20e12)
    assert GUIDANCE.replace(token_price=price).figures()["tokens_per_day"] == pytest.approx(20e12)
    level = GUIDANCE.solve("target", probability=0.8)
    assert GUIDANCE.p_target(level) == pytest.approx(0.8, abs=1e-10)


def test_the_applications_close_the_gap():
    growth = GUIDANCE.solve("apps_cmgr", end_arr=35)
    assert 18 + 4 * (1 + growth) ** 6 == pytest.approx(35)
    growth = GUIDANCE.solve("apps_cmgr", services_cmgr=0.1)
    assert 6 * 1.1**6 + 4 * (1 + growth) ** 6 == pytest.approx(30)
    assert GUIDANCE.replace(apps_cmgr=growth).figures()["services_cmgr"] == pytest.approx(0.1)


@pytest.mark.parametrize("shape", ["exponential", "linear", "s_curve"])
def test_the_day_a_level_is_reached_is_the_first_at_or_above_it(shape):
    s = GUIDANCE.replace(shape=shape, ceiling=45)
    day = s.solve("end", level=20)
    assert s.level(arr.months_between(s.start, day)) >= 20
    assert s.level(arr.months_between(s.start, date.fromordinal(day.toordinal() - 1))) < 20
    assert s.solve("end") == s.end
    assert s.solve("end", level=10) == s.start


def test_the_day_a_level_is_reached_at_a_growth():
    # 10 * 1.2^m = 30 after 6.0257 months: six bring us to 31 December, 0.0257 of 31 days to 1 January.
    assert GUIDANCE.solve("end", level=30, cmgr=0.2) == date(2032, 1, 1)
    assert GUIDANCE.solve("end", level=5, cmgr=-0.1) == arr.add_months(
        "2031-06-30", math.log(0.5) / math.log(0.9)
    )


@pytest.mark.parametrize(
    ("field", "condition", "message"),
    [
        ("growth", {}, "cannot solve for 'growth': ask for one of end_arr, start_arr, cmgr"),
        ("end_arr", {}, "cannot solve for end_arr .*'cmgr'; give cmgr"),
        ("end_arr", {"rate": 0.1}, "cannot solve for end_arr"),
        ("end_arr", {"cmgr": -1}, "cmgr is -1: it must be a number above -1"),
        ("end_arr", {"cmgr": "10%"}, "cmgr is '10%': it must be a number"),
        ("end", {"level": 0}, "level is 0: it must be a number above 0"),
        ("end", {"level": 30, "cmgr": 0}, "level is 30: at cmgr 0 ARR never gets there"),
        ("end", {"level": 30, "cmgr": -0.1}, "level is 30: at cmgr -0.1 ARR never gets there"),
        ("end", {"level": 5}, "level is 5: on the exponential path ARR never gets there after 2031-06-30"),
        ("end", {"level": 1e200, "cmgr": 1e-9}, "outside the years"),
        ("apps_cmgr", {"end_arr": 10}, "end_arr is 10: the services alone are at 18"),
        ("token_price", {"tokens_per_day": -1}, "tokens_per_day is -1: it must be a number above 0"),
        ("target", {"probability": 80}, "probability is 80: it must be a number above 0 and below 1"),
        ("target", {"probability": "high"}, "probability is 'high': it must be a number above 0 and below 1"),
    ],
)
def test_a_question_without_an_answer_says_why(field, condition, message):
    with pytest.raises(ValueError, match=message):
        GUIDANCE.solve(field, **condition)


def test_a_level_above_the_ceiling_or_off_a_flat_path_is_never_reached():
    with pytest.raises(ValueError, match="on the s_curve path ARR never gets there"):
        GUIDANCE.replace(shape="s_curve", ceiling=40).solve("end", level=50)
    for shape in ("exponential", "linear", "s_curve"):
        with pytest.raises(ValueError, match="never gets there"):
            GUIDANCE.replace(end_arr=10, shape=shape, ceiling=40).solve("end", level=20)
    with pytest.raises(ValueError, match="apps_share is 0"):
        GUIDANCE.replace(apps_share=0).solve("apps_cmgr")


# Comparing ---------------------------------------------------------------------------------------------------


def test_comparing_gives_what_the_other_would_change():
    table = GUIDANCE.compare(GUIDANCE.replace(end_arr=25))
    assert list(table.columns) == ["figure", "this", "other", "change"]
    row = table.set_index("figure").loc["net_new_arr"]
    assert row.tolist() == [20, 15, -5]
    assert GUIDANCE.compare(GUIDANCE)["change"].dropna().eq(0).all()
    with pytest.raises(ValueError, match="currency is RMB here and USD there"):
        GUIDANCE.compare(GUIDANCE.replace(currency="USD"))


def test_no_currency_is_taken_for_granted_nor_a_price() -> None:
    unnamed = Scenario(start="2031-06-30", end="2031-12-31", start_arr=10, end_arr=30)
    units = unnamed.summary().attrs["units"]
    assert (units["net_new_arr"], unnamed.path().attrs["units"]["arr"]) == ("bn", "bn")
    assert math.isnan(unnamed.figures()["tokens_per_day"])
    assert (
        unnamed.compare(GUIDANCE)["change"].dropna().eq(0).all()
    )  # what names no currency is in the other's


# Inputs ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"start_arr": 0}, r"start_arr is 0: it must be in \(0, inf\)"),
        ({"end_arr": -30}, r"end_arr is -30: it must be in \(0, inf\)"),
        ({"end_arr": math.nan}, "end_arr is nan"),
        ({"end_arr": math.inf}, "end_arr is inf"),
        ({"end_arr": "30"}, "end_arr is '30': give a number"),
        ({"end_arr": None}, "end_arr is None: give a number"),
        ({"end_arr": True}, "end_arr is True: give a number"),
        ({"apps_share": 1.2}, r"apps_share is 1.2: it must be in \[0, 1\]"),
        ({"churn": 1}, r"churn is 1: it must be in \[0, 1\)"),
        ({"expansion": -0.1}, "expansion is -0.1"),
        ({"token_price": 0}, "token_price is 0"),
        ({"token_share": 2}, "token_share is 2"),
        ({"external_revenue": 0}, "external_revenue is 0"),
        ({"services_growth": -1}, "services_growth is -1"),
        ({"apps_growth": -2}, "apps_growth is -2"),
        ({"volatility_services": -0.1}, "volatility_services is -0.1"),
        ({"volatility_apps": 1.5}, "volatility_apps is 1.5"),
        ({"volatility_retention": -1}, "volatility_retention is -1"),
        ({"correlation": 1}, r"correlation is 1: it must be in \[-0.95, 0.95\]"),
        ({"target": 0}, "target is 0"),
        (
            {"shape": "scurve"},
            r"shape is 'scurve' \(did you mean 's_curve'\?\): give one of exponential, linear",
        ),
        ({"shape": ["linear"]}, "shape is "),
        ({"shape": "s_curve"}, "ceiling is None: an s_curve needs one above both levels, 30"),
        ({"shape": "s_curve", "ceiling": 30}, "ceiling is 30.0: an s_curve needs one above both levels, 30"),
        (
            {"apps_cmgr": 0.5},
            "apps_cmgr is 0.5: the applications alone would be at 45.5625 .* 0.399083 keeps",
        ),
        ({"end": "2031-06-30"}, "end is 2031-06-30: it must come after start, 2031-06-30"),
        ({"end": "December"}, "end must be a date"),
        ({"currency": " "}, "currency is ' ': name it"),
    ],
)
def test_a_value_out_of_range_is_named_with_its_range(change, message):
    with pytest.raises(ValueError, match=message):
        GUIDANCE.replace(**change)


def test_the_growth_named_in_the_error_is_the_most_there_can_be():
    with pytest.raises(ValueError, match="keeps them") as error:
        GUIDANCE.replace(apps_cmgr=0.5)
    most = float(re.search(r"at most ([\d.]+) keeps", str(error.value))[1])
    assert GUIDANCE.replace(apps_cmgr=most - 1e-6).figures()["services_arr"] == pytest.approx(0, abs=1e-3)


def test_a_field_that_does_not_exist_is_refused_with_a_hint():
    message = r"no field 'end_ar' \(did you mean 'end_arr'\?\): it has start, end, start_arr"
    with pytest.raises(TypeError, match=message):
        Scenario(start="2031-06-30", end="2031-12-31", start_arr=10, end_ar=30)
    with pytest.raises(TypeError, match="no field 'colour'"):
        GUIDANCE.replace(colour="red")
    with pytest.raises(TypeError, match="end_arr"):
        Scenario(start="2031-06-30", end="2031-12-31", start_arr=10)


def test_every_number_has_a_range_and_every_field_says_its_unit():
    fields = {field.name: str(field.type) for field in dataclasses.fields(Scenario)}
    assert {name for name, kind in fields.items() if "float" in kind} == set(RANGES)
    source = inspect.getsource(Plan)
    for name in fields:
        assert re.search(rf'^    {name}: .*\n    """\w', source, re.MULTILINE), f"{name} has no docstring"


def test_a_scenario_is_a_value():
    same = Scenario(
        start=date(2031, 6, 30),
        end=pd.Timestamp("2031-12-31"),
        start_arr=np.float64(10),
        end_arr=30,
        currency="RMB",
    )
    assert same == GUIDANCE
    assert len({same, GUIDANCE}) == 1
    assert pickle.loads(pickle.dumps(GUIDANCE)) == GUIDANCE  # noqa: S301 (our own bytes)
    assert copy.deepcopy(GUIDANCE) == GUIDANCE
    with pytest.raises(dataclasses.FrozenInstanceError):
        GUIDANCE.end_arr = 5


def test_the_package_brings_nothing_heavier_than_pandas():
    code = "import sys, json; from workbook import arr; arr.Scenario; print(json.dumps(sorted(sys.modules)))"
    loaded = set(
        json.loads(subprocess.run([sys.executable, "-c", code], capture_output=True, check=True).stdout)
    )
    assert loaded.isdisjoint(
        {"scipy", "altair", "ipywidgets", "sympy", "mpmath", "matplotlib", "dask", "SALib"}
    )
    assert len(set(arr.__all__)) == len(arr.__all__)
    assert all(hasattr(arr, name) for name in arr.__all__)
