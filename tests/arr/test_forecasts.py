"""The forecast on tables small enough to count by hand, and by a second way on the bundled dossier."""

import math

import mpmath as mp
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import lognorm

import workbook as wb
from workbook.arr import calibrate_volatility, forecast, months_between

L = math.log(2)


def table(*rows):
    """Make a table of comparables: company, date, value and, if it is no level, bound."""
    frame = pd.DataFrame([(*row, "about")[:4] for row in rows], columns=["company", "date", "value", "bound"])
    frame["date"] = pd.to_datetime(frame["date"])
    frame[["currency", "kind"]] = "USD", "run_rate"
    frame["claim"] = [f"c{n}" for n in range(len(frame))]
    return frame


# In doublings a month: A grows by 1, B by 1/2 (1, then none), C by 3/2. So the drift is 1 and the companies'
# standard deviation 1/2. Around the drift: B's second step strays by 1 in one month, C's by 1 in two, so that
# the squares per month add up to 1 + 1/2, over 4 - 1 degrees of freedom: 1/2. Around its own average only B
# can stray: 1/4 + 1/4 over 4 - 3.
TINY = table(
    ("A", "2025-01-31", 1),
    ("A", "2025-03-31", 4),
    ("B", "2025-01-31", 1),
    ("B", "2025-02-28", 2),
    ("B", "2025-03-31", 2),
    ("C", "2025-01-31", 1),
    ("C", "2025-03-31", 8),
    ("D", "2025-01-31", 5),  # one figure says nothing of growth
)


def test_a_table_counted_by_hand():
    found = forecast(10, 2, TINY)
    assert (found.companies, found.steps) == (3, 4)
    by_hand = {"drift": L, "between": L / 2, "within": L / math.sqrt(2), "volatility": L / math.sqrt(2)}
    assert {name: getattr(found, name) for name in by_hand} == pytest.approx(by_hand)
    # Two months: 2 doublings; variance 2 * 1/2 + 2^2 * (1/2)^2 / 3 = 4/3 of a doubling squared.
    assert found.median == pytest.approx(40)
    assert found.sd == pytest.approx(L * math.sqrt(4 / 3))
    assert found.chance(80) == pytest.approx(float(mp.ncdf(-mp.sqrt(3) / 2)), abs=1e-12)
    assert found.chance(40) == pytest.approx(0.5)
    assert found.after(4).median == pytest.approx(160)


def test_it_is_a_lognormal():
    found = forecast(10, 5, TINY)
    same = lognorm(found.sd, scale=found.median)
    for chance in (0.001, 0.05, 0.5, 0.8, 0.999):
        level = found.quantile(chance)
        assert level == pytest.approx(same.ppf(chance))
        assert found.chance(level) == pytest.approx(1 - chance)


@pytest.mark.parametrize(
    ("bound", "said"),
    [(bound, bound) for bound in ("exact", "about", "at_least", "at_most")] + [("between", "at_least")],
)
def test_the_bound_of_the_start_is_that_of_the_answer(bound, said):
    assert forecast(10, 2, TINY, bound=bound).bound == said


@given(st.floats(0.01, 1000), st.floats(0.1, 24), st.floats(1.01, 10))
def test_a_higher_start_never_lowers_the_chance(level, months, factor):
    """So that a floor under the start is a floor under the chance."""
    low, high = (forecast(start, months, TINY) for start in (level, level * factor))
    assert high.chance(20) >= low.chance(20)
    assert high.quantile(0.1) > low.quantile(0.1)


def test_figures_too_near_and_of_another_use_are_left_out():
    more = table(("A", "2025-02-10", 3.9), ("E", "2025-01-31", 1), ("E", "2025-03-31", 9))
    more["use"] = ["core", "infrastructure", "infrastructure"]
    assert forecast(10, 2, pd.concat([TINY.assign(use="core"), more])) == forecast(10, 2, TINY)


def test_of_two_figures_on_a_day_the_middle_counts():
    twice = table(("C", "2025-03-31", 4), ("C", "2025-03-31", 16))
    assert forecast(10, 2, pd.concat([TINY[TINY["value"] != 8], twice])) == forecast(10, 2, TINY)


def test_the_bundled_dossier_by_a_second_way():
    comparables = wb.open().comparables
    found = forecast(16, 4, comparables)
    rows = comparables[(comparables["use"] == "core") & (comparables["kind"] != "target")]
    companies = []
    for _, group in rows.groupby(["company", "currency"]):
        high = group["value_high"].fillna(group["value"])
        middle = np.sqrt(group.groupby("date")["value"].min() * high.groupby(group["date"]).max())
        kept = []
        for day in middle.index:
            if not kept or months_between(kept[-1], day) >= 1:
                kept.append(day)
        if len(kept) > 1:
            t = np.array([months_between(kept[0], day) for day in kept])
            companies.append((np.diff(t), np.diff(np.log(middle[kept].to_numpy()))))
    t, y = (np.concatenate(each) for each in zip(*companies, strict=True))
    drift = np.mean([y.sum() / t.sum() for t, y in companies])
    assert found.drift == pytest.approx(drift)
    assert found.between == pytest.approx(np.std([y.sum() / t.sum() for t, y in companies], ddof=1))
    assert found.volatility == pytest.approx(np.sqrt(np.sum((y - drift * t) ** 2 / t) / (len(t) - 1)))
    assert found.within == pytest.approx(calibrate_volatility(comparables).monthly)
    assert (found.companies, found.steps) == (len(companies), len(t))


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"level": 0}, "level is 0: it must be above 0"),
        ({"months": -1}, "months is -1: it must be above 0"),
        ({"months": math.nan}, "months is nan: it must be above 0"),
        ({"min_gap": 0}, "min_gap is 0: it must be above 0"),
        ({"bound": "atleast"}, r"bound is 'atleast': give one of .* \(did you mean 'at_least'"),
        ({"kinds": ["runrate"]}, "kinds is 'runrate': give one of"),
        ({"comparables": TINY[TINY["company"] != "C"]}, "fewer than 3 companies with two figures"),
        ({"comparables": TINY.drop(columns="date")}, "comparables has no column 'date'"),
    ],
)
def test_what_cannot_be_forecast(arguments, said):
    with pytest.raises(ValueError, match=said):
        forecast(**({"level": 10, "months": 2, "comparables": TINY} | arguments))


@pytest.mark.parametrize("probability", [0, 1, math.nan])
def test_a_quantile_is_of_a_chance(probability):
    with pytest.raises(ValueError, match="probability is"):
        forecast(10, 2, TINY).quantile(probability)
    with pytest.raises(ValueError, match="target is 0"):
        forecast(10, 2, TINY).chance(0)
