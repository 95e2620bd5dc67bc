"""The backtest: what it knew on each day, its scores, and the record on the bundled dossier.

The record is pinned in `measured.csv`, and there alone. After a change of the comparables or of the method,
`python -m tests.arr.test_backtests` prints it and writes it anew: read what moved before you commit it.
"""

import math
import sys
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import scoringrules
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.stats import kstest, norm

import workbook as wb
from tests.arr.test_forecasts import TINY, table
from workbook.arr import backtest, forecast
from workbook.arr.backtests import firm
from workbook.arr.comparables import Step
from workbook.arr.rivals import NAIVE, TRIED, differing
from workbook.arr.scores import crps, log_score

MEASURED = Path(__file__).with_name("measured.csv")
LAW = ["drift", "between", "volatility", "companies", "steps", "mean", "sd"]


@cache
def comparables():
    return wb.open().comparables


@cache
def bundled():
    return backtest(comparables())


# The function that it runs, and what it knew --------------------------------------------------------


def test_every_case_is_the_forecast_on_what_was_known():
    known = comparables()
    firms = known["company"].map(firm)
    for case in bundled().cases[::5].to_dict("records"):
        seen = known[(known["known"] <= case["start"]) & (firms != firm(case["company"]))]
        found = forecast(case["level"], case["months"], seen)
        assert [getattr(found, name) for name in LAW] == pytest.approx([case[name] for name in LAW])
        assert 1 - found.chance(case["outcome"]) == pytest.approx(case["pit"], abs=1e-9)


@pytest.mark.parametrize("day", ["2025-06-30", "2026-02-28"])
def test_it_knew_what_a_view_of_the_dossier_knew(day):
    cases = bundled().cases[lambda cases: cases["start"] == day].drop_duplicates("company")
    seen = wb.open(as_of=day).comparables
    assert len(cases)
    for case in cases.to_dict("records"):
        found = forecast(1, case["months"], seen[seen["company"].map(firm) != firm(case["company"])])
        assert [getattr(found, name) for name in LAW] == pytest.approx([case[name] for name in LAW])


@given(st.dates(pd.Timestamp("2025-06-30").date(), pd.Timestamp("2026-07-31").date()), st.data())
@settings(max_examples=8, deadline=None)
def test_no_later_row_moves_an_earlier_window(day, data):
    rows = comparables()
    day = pd.Timestamp(day)
    later = rows["known"] > day
    factors = data.draw(st.lists(st.floats(0.1, 10), min_size=3, max_size=3))
    moved = rows.assign(value=rows["value"].where(~later, rows["value"] * np.resize(factors, len(rows))))
    gone = rows[~later | (np.arange(len(rows)) % 3 > 0)]
    key = ["company", "currency", "start", "end"]
    for changed in (moved, gone, pd.concat([rows, rows[later].assign(company="Newcomer")])):
        now = backtest(changed).cases.set_index(key)[LAW]
        then = bundled().cases.query("start <= @day").set_index(key)[LAW]
        both = then.index.intersection(now.index)
        assert len(both) > 10
        pd.testing.assert_frame_equal(now.loc[both], then.loc[both])


def companies(rates, start="2025-01-31", months=12, known=None):
    """Make companies that grow by so much in odd months and by twice as much in even ones."""
    days = pd.date_range(start, periods=months + 1, freq="ME")
    frame = table(
        *(
            (name, day, math.exp(rate * (n + n // 2)))
            for name, rate in rates.items()
            for n, day in enumerate(days)
        )
    )
    return frame.assign(known=frame["date"] if known is None else pd.Timestamp(known))


def test_another_scope_of_a_company_is_left_out_with_it():
    four = companies({"A": 0.1, "A (cloud)": 0.9, "B": 0.2, "C": 0.3, "D": 0.1})
    cases = backtest(four).cases
    assert set(cases.loc[cases["company"].isin(["A", "A (cloud)"]), "companies"]) == {3}
    assert set(cases.loc[cases["company"] == "B", "companies"]) == {4}


def test_what_was_published_late_was_not_known():
    four = companies({"A": 0.1, "B": 0.2, "C": 0.3, "D": 0.1})
    on_time = backtest(four)
    late = four["known"].where(four["company"] != "D", pd.Timestamp("2025-09-30"))
    found = backtest(four.assign(known=late))
    cases = found.cases[found.cases["company"] == "A"]
    assert (cases["start"] >= "2025-09-30").all()  # before, B and C alone were known: too few
    assert found.left_out > on_time.left_out
    assert len(found.cases) + found.left_out == len(on_time.cases) + on_time.left_out


def test_a_window_lasts_from_two_months_to_fourteen():
    cases = backtest(companies({"A": 0.1, "B": 0.2, "C": 0.3, "D": 0.1}, months=20)).cases
    assert (cases["months"].min(), cases["months"].max()) == (2, 14)
    spans = cases.groupby("horizon")["months"].agg(["min", "max"])
    assert spans.T.to_dict("list") == {"2-4": [2, 3], "4-8": [4, 7], "8-14": [8, 14]}


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        (lambda frame: frame.drop(columns="known"), "no column 'known'"),
        (lambda frame: frame[frame["company"] != "D"], "no window of 2 to 14 months"),
        (lambda frame: frame.assign(value=1.0), "no window of 2 to 14 months"),
    ],
    ids=["no day of publication", "two others", "no growth, no spread"],
)
def test_what_cannot_be_tested(changed, said):
    with pytest.raises(ValueError, match=said):
        backtest(changed(companies({"A": 0.1, "B": 0.2, "C": 0.3, "D": 0.1})))


def test_its_arguments_are_checked():
    with pytest.raises(ValueError, match="min_gap is 0"):
        backtest(TINY.assign(known=TINY["date"]), min_gap=0)
    with pytest.raises(ValueError, match="split must be a date"):
        backtest(comparables(), split="2026")


# Scores and rivals ----------------------------------------------------------------------------------

NORMALS = [(0.0, 0.0, 1.0), (1.5, 0.2, 0.7), (-3.0, 1.0, 0.4), (0.31, 0.3, 2.0)]


@pytest.mark.parametrize(("observed", "mean", "sd"), NORMALS)
def test_scores_are_those_of_scoringrules_and_of_their_definition(observed, mean, sd):
    ours = crps(*map(np.array, (observed, mean, sd)))
    assert ours == pytest.approx(scoringrules.crps_normal(observed, mean, sd), rel=1e-12)
    below = quad(lambda x: norm.cdf(x, mean, sd) ** 2, -20, observed, epsabs=1e-12, limit=200)[0]
    above = quad(lambda x: norm.sf(x, mean, sd) ** 2, observed, 20, epsabs=1e-12, limit=200)[0]
    assert ours == pytest.approx(below + above, abs=1e-8)
    density = log_score(*map(np.array, (observed, mean, sd)))
    assert density == pytest.approx(scoringrules.logs_normal(observed, mean, sd), rel=1e-12)
    assert density == pytest.approx(-norm.logpdf(observed, mean, sd), rel=1e-12)


def test_of_equally_long_histories_the_variance_between_is_what_noise_leaves():
    # Two months each: rates 0.1, 0.2, 0.6 with mean 0.3 and variance 0.07, of which 0.02 / 2 is noise.
    histories = [[Step(2, 0.2)], [Step(1, 0.1), Step(1, 0.3)], [Step(2, 1.2)]]
    assert differing(histories, 0.02) == pytest.approx((0.3, 0.07 - 0.01 + 0.07 / 3))
    assert differing(histories, 0.2) == pytest.approx((0.3, 0.1 / 3))  # noise explains it all


def test_the_naive_forecasts_of_a_case_by_hand():
    case = bundled().cases.dropna(subset="mean, last step goes on").iloc[-1]
    rows = comparables().query("company == @case.company and use == 'core'")
    before = rows[(rows["date"] < case["start"]) & (rows["known"] <= case["start"])].iloc[-1]
    gone = wb.arr.months_between(before["date"], case["start"])
    rate = math.log(case["level"] / before["value"]) / gone
    assert case["mean, last step goes on"] == pytest.approx(rate * case["months"])
    assert case["mean, no spread"] == pytest.approx(case["drift"] * case["months"])
    for name in NAIVE:
        assert case[f"sd, {name}"] == pytest.approx(case["within"] * math.sqrt(case["months"]))


def test_scores_compare_on_the_same_windows():
    found = bundled()
    for row in found.scores[found.scores["method"] == "last step goes on"].to_dict("records"):
        told = found.cases.query("period == @row['period'] and horizon == @row['horizon']")
        told = told.dropna(subset="mean, last step goes on")
        law = told["growth"], told["mean, last step goes on"], told["sd, last step goes on"]
        assert row["windows"] == len(told)
        assert row["crps"] == pytest.approx(np.mean(scoringrules.crps_normal(*map(np.asarray, law))))
        assert row["forecast_crps"] == pytest.approx(told["crps"].mean())
        assert row["forecast_log_score"] == pytest.approx(told["log_score"].mean())


# Coverage -------------------------------------------------------------------------------------------


def simulated(spread, seed):
    """Make companies whose growth strays from one drift by `spread` a month, figures 1 to 3 months apart."""
    rng = np.random.default_rng(seed)
    rows = []
    for company in range(60):
        day, level = pd.Timestamp("2025-01-31"), 0.0
        while day < pd.Timestamp("2026-10-31"):
            rows.append((f"C{company}", day, math.exp(level)))
            gap = int(rng.integers(1, 4))
            day += pd.offsets.MonthEnd(gap)
            level += 0.1 * gap + spread * math.sqrt(gap) * rng.standard_normal()
    frame = table(*rows)
    return frame.assign(known=frame["date"])


def test_on_companies_that_grow_as_it_takes_them_to_its_bands_hold():
    found = backtest(simulated(0.2, seed=7))
    ours = found.coverage[found.coverage["method"] == "forecast"]
    assert len(ours) == 18
    error = np.sqrt(ours["band"] * (1 - ours["band"]) / ours["companies"])  # if a company counts once
    assert ((ours["covered"] - ours["band"]).abs() < 2 * error).all()
    # Of a company one window, since those of one company are alike.
    alone = found.cases.groupby("company").sample(1, random_state=7)
    assert kstest(alone["pit"], "uniform").pvalue > 0.05
    assert kstest(alone["pit"] / 2 + 0.25, "uniform").pvalue < 1e-3  # bands twice too wide would show


def test_intervals_resample_whole_companies():
    found = bundled()
    again, other = backtest(comparables()), backtest(comparables(), seed=1)
    pd.testing.assert_frame_equal(found.coverage, again.coverage)
    assert not found.coverage.equals(other.coverage)
    told = found.coverage
    assert ((told["low"] <= told["covered"]) & (told["covered"] <= told["high"])).all()
    # Two alike companies: however they are drawn, the share is the same.
    twins = companies({"A": 0.1, "B": 0.1, "C": 0.1, "D": 0.1})
    same = backtest(twins).coverage
    assert np.allclose(same["low"], same["covered"])
    assert np.allclose(same["high"], same["covered"])


def test_pit_and_coverage_are_one_count():
    found = bundled()
    for row in found.coverage.query("method == 'forecast'").to_dict("records"):
        told = found.cases.query("period == @row['period'] and horizon == @row['horizon']")
        inside = told["pit"].between((1 - row["band"]) / 2, (1 + row["band"]) / 2)
        assert row["covered"] == pytest.approx(inside.mean())
        assert row["companies"] == told["company"].map(firm).nunique()


# The record on the bundled dossier ------------------------------------------------------------------


def record():
    """Return what was measured: a row a period and horizon, misses in words."""
    found = bundled()
    wide = found.coverage.query("method == 'forecast'").pivot_table(
        index=["period", "horizon", "windows", "companies"], columns="band", values="covered"
    )
    wide.columns = [f"covered_{band:.0%}".rstrip("%") for band in wide]
    scores = found.scores.query("method == 'forecast'").set_index(wide.index.names)[["crps", "log_score"]]
    missed = found.misses.assign(words=lambda rows: (rows["miss"] + " " + rows["against"]).str.strip())
    words = missed.groupby(["period", "horizon"])["words"].agg("; ".join).rename("misses")
    return wide.join(scores).round(3).join(words).sort_index(level=["period", "horizon"]).to_csv()


def test_the_record_is_what_was_measured():
    assert record() == MEASURED.read_text(encoding="utf-8"), __doc__


def test_a_horizon_where_the_method_falls_short_is_listed():
    found = bundled()
    listed = set(zip(*(found.misses[name] for name in ("period", "horizon", "miss", "against")), strict=True))
    ours = found.coverage.query("method == 'forecast' and band == 0.9 and windows >= 10")
    short = ours[(ours["covered"] < 0.80) | (ours["covered"] > 0.98)]
    naive = found.scores[found.scores["method"].isin(NAIVE) & (found.scores["windows"] >= 10)]
    wanted = {(row["period"], row["horizon"], "band", "") for _, row in short.iterrows()} | {
        (row["period"], row["horizon"], score, row["method"])
        for _, row in naive.iterrows()
        for score in ("crps", "log_score")
        if row[score] < row[f"forecast_{score}"]
    }
    assert listed == wanted
    assert set(ours["horizon"]) == {"2-4", "4-8", "8-14"}


def test_the_method_is_the_one_that_the_windows_before_the_split_ask_for():
    """Of the methods whose 90% band held 80 to 98% at each horizon, the one with the best log score."""
    found = bundled()
    before = found.coverage.query("period == 'before' and band == 0.9 and windows >= 10")
    holds = before["covered"].between(0.80, 0.98).groupby(before["method"]).all()
    assert holds["forecast"]
    scores = found.scores.query("period == 'before'")
    for method in TRIED:
        tried = scores[scores["method"] == method]
        assert not holds[method] or tried["log_score"].mean() > tried["forecast_log_score"].mean(), method
    after = found.scores.query("period == 'after'")
    assert not set(TRIED) & set(after["method"])  # told of only where the choice was made


if __name__ == "__main__":
    MEASURED.write_text(record(), encoding="utf-8")
    sys.stdout.write(record())
