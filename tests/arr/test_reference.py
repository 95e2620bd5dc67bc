"""The reference class on tables small enough to count by hand."""

import math

import numpy as np
import pandas as pd
import pytest
from scipy.stats import beta

from workbook.arr import base_rate, calibrate_volatility
from workbook.arr.reference import share_interval


def table(*rows):
    frame = pd.DataFrame(
        [(*row, "run_rate") if len(row) == 4 else row for row in rows],
        columns=["company", "date", "value", "bound", "kind"],
    )
    frame["date"] = pd.to_datetime(frame["date"])
    frame["currency"] = "USD"
    frame["claim"] = [f"{company.lower()}-{count}" for count, company in enumerate(frame["company"])]
    return frame


def outcomes(frame, **options):
    cases = base_rate(frame, **options).cases
    return dict(zip(cases["claims"].str.split(", ").str[0], cases["outcome"], strict=True))


# A window of six months from 31 January 2025 ends on 31 July.
@pytest.mark.parametrize(
    ("start", "end", "outcome"),
    [
        ((1.0, "about"), ("2025-07-31", 3.0, "about"), "reached"),
        ((1.0, "exact"), ("2025-07-31", 2.9, "exact"), "not reached"),
        ((1.0, "about"), ("2025-07-31", 3.0, "at_least"), "reached"),
        ((1.0, "about"), ("2025-07-31", 2.9, "at_least"), "undetermined"),  # may have been more
        ((1.0, "about"), ("2025-07-31", 3.5, "at_most"), "undetermined"),  # may have been less
        ((1.0, "about"), ("2025-07-31", 2.9, "at_most"), "not reached"),
        ((1.0, "at_least"), ("2025-07-31", 3.5, "about"), "undetermined"),  # may have started higher
        ((1.0, "at_least"), ("2025-07-31", 2.9, "about"), "not reached"),
        ((1.0, "at_most"), ("2025-07-31", 3.5, "about"), "reached"),
        ((1.0, "at_most"), ("2025-07-31", 2.9, "about"), "undetermined"),  # may have started lower
        ((0.1, "about"), ("2025-07-31", 0.3, "about"), "reached"),  # 0.3 < 3 * 0.1 in binary
        ((1.0, "about"), ("2025-09-30", 9.0, "about"), "undetermined"),  # 8 months between figures: too far
        ((1.0, "about"), ("2025-12-31", 2.9, "about"), "not reached"),  # not even by December
        ((1.0, "about"), ("2025-06-30", 9.0, "about"), "unfinished"),  # whatever happened, it is not over
    ],
)  # fmt: skip
def test_one_window(start, end, outcome):
    frame = table(("A", "2025-01-31", *start), ("A", *end))
    assert outcomes(frame)["a-0"] == outcome


def test_the_level_at_the_end_is_read_between_figures_near_enough():
    # From 2 on 30 June to 4 on 31 August: 2 * 2^(1/2) = 2.83 on 31 July.
    frame = table(
        ("A", "2025-01-31", 1, "about"), ("A", "2025-06-30", 2, "about"), ("A", "2025-08-31", 4, "about")
    )
    case = base_rate(frame).cases.iloc[0]
    assert (case["outcome"], case["how"]) == ("not reached", "interpolated")
    assert case["multiple_low"] == pytest.approx(2 * math.sqrt(2))
    assert case["multiple_high"] == pytest.approx(2 * math.sqrt(2))
    assert case["claims"] == "a-0, a-1, a-2"
    assert base_rate(frame, multiple=2.8).cases.iloc[0]["outcome"] == "reached"
    assert base_rate(frame, max_gap=1.5).cases.iloc[0]["outcome"] == "undetermined"


def test_a_multiple_reached_early_counts_and_a_window_that_is_over_later_too():
    frame = table(
        ("A", "2025-01-31", 1, "about"), ("A", "2025-04-30", 3.1, "about"), ("A", "2026-01-31", 3.2, "about")
    )
    case = base_rate(frame).cases.iloc[0]
    assert (case["outcome"], case["how"], case["claims"]) == ("reached", "observed", "a-0, a-1")


TWO_COMPANIES = table(
    ("A", "2025-01-31", 1, "about"),  # to July: 3.5, reached
    ("A", "2025-04-30", 2, "about"),  # to October: 4.5, not reached; overlaps the first
    ("A", "2025-07-31", 3.5, "about"),  # to January: 5, not reached
    ("A", "2025-10-31", 4.5, "about"),  # to April: nothing known
    ("A", "2026-01-31", 5, "about"),
    ("B", "2025-01-31", 10, "about"),  # to July: at least 20: undetermined
    ("B", "2025-07-31", 20, "at_least"),  # to January: 70, undetermined, for it may have started above 20
    ("B", "2026-01-31", 70, "about"),
    ("C", "2025-01-31", 1, "about"),  # to July: 2, not reached
    ("C", "2025-07-31", 2, "about"),
    ("D", "2025-01-31", 1, "about", "annual"),
    ("D", "2025-07-31", 9, "about", "target"),
)


def test_windows_are_counted_without_overlap():
    result = base_rate(TWO_COMPANIES)
    assert (result.reached, result.trials, result.undetermined) == (1, 3, 2)
    assert result.rate == pytest.approx(1 / 3)
    assert (result.lowest, result.highest) == (pytest.approx(1 / 5), pytest.approx(3 / 5))
    assert (result.low, result.high) == share_interval(1, 3)
    counted = result.cases[result.cases["counted"]]
    assert list(zip(counted["company"], counted["start"].dt.month, counted["outcome"], strict=True)) == [
        ("A", 1, "reached"),
        ("A", 7, "not reached"),
        ("B", 1, "undetermined"),
        ("B", 7, "undetermined"),
        ("C", 1, "not reached"),
    ]
    assert "D" not in set(result.cases["company"])


def test_companies_are_counted_once():
    result = base_rate(TWO_COMPANIES, count="companies")
    assert (result.reached, result.trials, result.undetermined) == (1, 2, 1)


def test_bounds_read_as_levels_settle_more():
    result = base_rate(TWO_COMPANIES, as_levels=True)
    # B: 10 to 20 not reached, 20 to 70 reached.
    assert (result.reached, result.trials, result.undetermined) == (2, 5, 0)


def test_scale_keeps_windows_that_start_within_it():
    assert set(base_rate(TWO_COMPANIES, scale={"USD": (5, 25)}).cases["company"]) == {"A", "B"}
    nothing = base_rate(TWO_COMPANIES, scale={"CNY": (1, 100)})
    assert (nothing.trials, nothing.low, nothing.high) == (0, 0.0, 1.0)
    assert math.isnan(nothing.rate)
    assert math.isnan(nothing.lowest)


def test_figures_of_one_date_are_read_from_the_lowest_to_the_highest():
    frame = table(
        ("A", "2025-01-31", 1, "about"), ("A", "2025-01-31", 1.2, "about"), ("A", "2025-07-31", 3.3, "about")
    )
    case = base_rate(frame).cases.iloc[0]
    assert case["outcome"] == "undetermined"
    assert (case["multiple_low"], case["multiple_high"]) == (pytest.approx(2.75), pytest.approx(3.3))


def test_companies_do_not_mix_currencies():
    frame = table(("A", "2025-01-31", 1, "about"), ("A", "2025-07-31", 7, "about"))
    frame.loc[1, "currency"] = "CNY"
    assert base_rate(frame).trials == 0


# R. G. Newcombe, Two-sided confidence intervals for the single proportion, Statistics in Medicine 17 (1998) 857-872,
# table I: the score interval (method 3) and the exact one (method 5).
@pytest.mark.parametrize(
    ("successes", "trials", "score", "exact"),
    [
        (81, 263, (0.2553, 0.3662), (0.2527, 0.3676)),
        (15, 148, (0.0624, 0.1605), (0.0578, 0.1617)),
        (0, 20, (0.0000, 0.1611), (0.0000, 0.1684)),
        (1, 29, (0.0061, 0.1718), (0.0009, 0.1776)),
    ],
)
def test_intervals_are_the_published_ones(successes, trials, score, exact):
    assert share_interval(successes, trials) == pytest.approx(score, abs=6e-5)
    assert share_interval(successes, trials, method="clopper-pearson") == pytest.approx(exact, abs=6e-5)


@pytest.mark.parametrize(
    ("successes", "trials", "confidence"), [(0, 1, 0.9), (3, 7, 0.95), (29, 30, 0.5), (30, 30, 0.99)]
)
def test_exact_interval_is_made_of_beta_quantiles(successes, trials, confidence):
    tail = (1 - confidence) / 2
    low = beta.ppf(tail, successes, trials - successes + 1) if successes else 0.0
    high = beta.ppf(1 - tail, successes + 1, trials - successes) if successes < trials else 1.0
    assert share_interval(successes, trials, confidence, "clopper-pearson") == pytest.approx(
        (low, high), abs=1e-12
    )


def test_the_exact_interval_can_be_asked_for():
    result = base_rate(TWO_COMPANIES, interval="clopper-pearson", confidence=0.9)
    assert (result.low, result.high) == share_interval(1, 3, 0.9, "clopper-pearson")


# Volatility


def test_volatility_of_two_companies_by_hand():
    # A grows by 0.1, 0.3, 0.2 a month: mean 0.2, squares 0.01, 0.01, 0. B by 0.3 in one month and 0.3 in the next
    # two: 0.2 a month, squares 0.1^2 / 1 and 0.1^2 / 2. Degrees of freedom 2 and 1.
    a, b = np.exp([0, 0.1, 0.4, 0.6]), np.exp([0, 0.3, 0.6])
    frame = table(
        *(
            ("A", day, level, "about")
            for day, level in zip(["2025-01-31", "2025-02-28", "2025-03-31", "2025-04-30"], a, strict=True)
        ),
        *(
            ("B", day, level, "at_least")
            for day, level in zip(["2025-01-31", "2025-02-28", "2025-04-30"], b, strict=True)
        ),
    )
    result = calibrate_volatility(frame)
    assert result.monthly == pytest.approx(math.sqrt((0.02 + 0.015) / 3))
    assert result.steps == 3
    assert result.companies["volatility"].to_numpy() == pytest.approx(np.sqrt([0.02 / 2, 0.015]))
    assert result.companies["cmgr"].to_numpy() == pytest.approx(math.expm1(0.2))


def test_volatility_is_found_again_in_simulated_figures():
    rng = np.random.default_rng(6)
    days = pd.date_range("2015-01-31", periods=120, freq="ME")
    walks = {name: np.exp(np.cumsum(0.05 + 0.12 * rng.standard_normal(120))) for name in "ABCDEFGH"}
    frame = table(
        *(
            (name, day, level, "about")
            for name, walk in walks.items()
            for day, level in zip(days, walk, strict=True)
        )
    )
    # 8 * 118 degrees of freedom: one standard error of the estimate is 0.12 / sqrt(2 * 944).
    assert calibrate_volatility(frame).monthly == pytest.approx(0.12, abs=5 * 0.12 / math.sqrt(2 * 944))


def test_figures_too_near_each_other_are_left_out():
    frame = table(
        ("A", "2025-01-31", 1, "about"),
        ("A", "2025-02-03", 1.5, "about"),
        ("A", "2025-02-28", 1.1, "about"),
        ("A", "2025-03-31", 1.5, "about"),
    )
    assert calibrate_volatility(frame).steps == 1
    assert calibrate_volatility(frame, min_gap=0.01).steps == 2


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"multiple": 1}, "multiple is 1: it must be above 1"),
        ({"months": 0}, "months is 0: it must be above 0"),
        ({"max_gap": -1}, "max_gap is -1: it must be above 0"),
        ({"confidence": 95}, "confidence is 95: it must be between 0 and 1"),
        ({"count": "firms"}, "count is 'firms': give one of windows, companies"),
        ({"interval": "wald"}, "interval is 'wald': give one of wilson, clopper-pearson"),
        (
            {"kinds": ("runrate",)},
            r"kinds is 'runrate': give one of run_rate, .* \(did you mean 'run_rate'\?\)",
        ),
    ],
)
def test_wrong_arguments_are_named(change, message):
    with pytest.raises(ValueError, match=message):
        base_rate(TWO_COMPANIES, **change)


def test_wrong_tables_are_named():
    with pytest.raises(ValueError, match=r"comparables has no column 'claim' \(did you mean 'claims'\?\)"):
        base_rate(TWO_COMPANIES.rename(columns={"claim": "claims"}))
    with pytest.raises(ValueError, match=r"value of a-0 is 0\.0: it must be above 0"):
        calibrate_volatility(table(("A", "2025-01-31", 0.0, "about")))
    with pytest.raises(
        ValueError, match="comparables has no company with three figures of kind run_rate, quarter_x4"
    ):
        calibrate_volatility(table(("A", "2025-01-31", 1.0, "about"), ("A", "2025-07-31", 2.0, "about")))


@pytest.mark.parametrize(
    "days", [("08/06/2026", "08/12/2026"), ("20260608", "20261208"), (20260608, 20261208)]
)
def test_a_day_of_a_comparable_is_not_guessed(days):
    frame = table(("A", "2026-06-08", 1, "about"), ("A", "2026-12-08", 3, "about"))
    with pytest.raises(ValueError, match="date of a comparable must be a date such as"):
        base_rate(frame.assign(date=days))
    assert len(base_rate(frame.assign(date=["2026-06-08", "2026-12-08"])).cases) == 2
