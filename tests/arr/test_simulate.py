"""Simulated paths against the exact answers and closed forms; tolerances are five standard errors."""

import math
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from scipy.stats import multivariate_normal, norm, spearmanr, t

from workbook.arr import Driver, Observation, Scenario
from workbook.arr.chance import QUANTILES, probability
from workbook.arr.histogram import Bins
from workbook.arr.simulate import BLOCK, simulate
from workbook.arr.walks import random_walks, sobol_walks

PATHS = 200_000


def scenario(**changes):
    plan = {
        "start": "2026-06-30",
        "end": "2026-12-31",
        "start_arr": 10,
        "end_arr": 30,
        "services_growth": 0.16,
        "apps_growth": 0.26,
    }
    return Scenario(**(plan | changes))


def one_driver(**changes):
    return scenario(apps_share=0, **changes)


def close(share, expected, size=PATHS):
    return abs(share - expected) < 5 * math.sqrt(expected * (1 - expected) / size)


# Against the exact answer


@pytest.mark.parametrize(
    "changes",
    [{}, {"volatility_retention": 0.04}, {"correlation": -0.9}, {"apps_share": 1}, {"end": "2026-08-20", "target": 14}, {"shape": "linear", "services_growth": None, "apps_growth": None}],
    ids=["plain", "retention", "opposed", "one driver", "part of a month", "as planned"],
)  # fmt: skip
def test_agrees_with_the_exact_answer(changes):
    s = scenario(**changes)
    simulated, exact = simulate(s, PATHS, seed=11), probability(s)
    assert close(simulated.p_target, exact.p_target)
    assert simulated.standard_error == pytest.approx(
        math.sqrt(exact.p_target * (1 - exact.p_target) / PATHS), rel=0.02
    )
    # The shortfall lies between 0 and the target with a standard deviation below half of that.
    assert abs(simulated.expected_shortfall - exact.expected_shortfall) < 5 * 15 / math.sqrt(PATHS)
    for quantile, level in zip(QUANTILES, simulated.fan.iloc[-1], strict=True):
        assert close(1 - s.p_target(level), quantile)
    pd.testing.assert_frame_equal(simulated.fan, exact.fan, rtol=0.02)


def test_without_noise_every_path_is_the_plan():
    s = Scenario(
        start="2026-06-30",
        end="2026-12-31",
        start_arr=10,
        end_arr=30,
        volatility_services=0,
        volatility_apps=0,
    )
    result = simulate(s, 1000)
    assert (result.p_target, result.expected_shortfall, result.standard_error) == (
        1.0,
        pytest.approx(0, abs=1e-5),
        0.0,
    )
    assert result.fan["5%"].to_numpy() == pytest.approx(s.path()["arr"].to_numpy(), rel=1e-12)
    assert result.first_passage["first"].tolist() == [0, 0, 0, 0, 0, 0, 1]
    assert simulate(s.replace(target=30.001), 1000).p_target == 0.0


def test_a_target_already_met_is_passed_at_the_start():
    result = simulate(scenario(target=9), 1000)
    assert result.first_passage["by"].tolist() == [1.0] * 7
    assert result.first_passage["first"].iloc[0] == 1.0


# First passage


def test_first_passage_of_one_driver_is_bivariate_normal():
    s = one_driver(end="2026-08-31", target=14)
    result = simulate(s, PATHS, seed=3)
    scores = [math.log(14 / (10 * 1.16**m)) / (0.06 * math.sqrt(m)) for m in (1, 2)]
    below_both = multivariate_normal.cdf(scores, cov=[[1, math.sqrt(0.5)], [math.sqrt(0.5), 1]])
    passage = result.first_passage
    assert close(passage["by"].iloc[1], norm.cdf(-scores[0]))
    assert close(passage["by"].iloc[2], 1 - below_both)
    assert close(passage["at"].iloc[2], norm.cdf(-scores[1]))
    assert passage["first"].sum() == pytest.approx(passage["by"].iloc[2])
    assert passage["at"].iloc[2] == result.p_target


# Observations


def test_at_least_then_target_is_bivariate_normal():
    s = one_driver(end="2026-10-31", target=20)
    result = simulate(s, PATHS, seed=5, observed=[("2026-08-31", 14, "at_least")])
    seen, wanted = (
        (math.log(10 * 1.16**m / level)) / (0.06 * math.sqrt(m)) for m, level in ((2, 14), (4, 20))
    )
    both = multivariate_normal.cdf([seen, wanted], cov=[[1, math.sqrt(0.5)], [math.sqrt(0.5), 1]])
    assert close(result.effective_sample_size / PATHS, norm.cdf(seen))
    assert close(result.p_target, both / norm.cdf(seen), result.effective_sample_size)
    assert result.fan.loc["2026-08-31", "5%"] > 14


def test_at_most_keeps_the_other_paths():
    s, day = one_driver(end="2026-10-31", target=20), "2026-08-31"
    kinds = [simulate(s, PATHS, seed=5, observed=[(day, 14, bound)]) for bound in ("at_least", "at_most")]
    whole = simulate(s, PATHS, seed=5)
    assert sum(kind.effective_sample_size for kind in kinds) == PATHS
    met = sum(kind.p_target * kind.effective_sample_size for kind in kinds)
    assert met / PATHS == pytest.approx(whole.p_target, abs=1e-12)


@pytest.mark.parametrize(("bound", "error"), [("about", 0.05), ("about", 0.1), ("exact", 0.02)])
def test_a_figure_with_an_error_weighs_as_bayes_does(bound, error):
    # Normal prior of the log level, normal error: the posterior is normal with the precisions added.
    s = one_driver(end="2026-10-31", target=20)
    result = simulate(s, PATHS, seed=7, observed=[Observation("2026-08-31", 14, bound, error=error)])
    prior, variance = math.log(10 * 1.16**2), 0.06**2 * 2
    gain = variance / (variance + error**2)
    mean = prior + gain * (math.log(14) - prior) + 2 * math.log(1.16)
    sd = math.sqrt(variance * (1 - gain) + 0.06**2 * 2)
    assert close(result.p_target, norm.cdf((mean - math.log(20)) / sd), result.effective_sample_size)
    assert result.effective_sample_size < PATHS
    assert result.fan["50%"].iloc[-1] == pytest.approx(math.exp(mean), rel=0.003)


def test_observation_of_one_driver_leaves_an_independent_one_as_it_was():
    s = scenario(correlation=0, target=20)
    result = simulate(s, PATHS, seed=9, observed=[Observation("2026-12-31", 16, "at_least", of="services")])
    seen = math.log(6 * 1.16**6 / 16) / (0.06 * math.sqrt(6))
    assert close(result.effective_sample_size / PATHS, norm.cdf(seen))
    # The applications alone reach 4 where they did before: with services of 16 or more the total is met.
    apps = norm.cdf(math.log(4 * 1.26**6 / 4) / (0.1 * math.sqrt(6)))
    assert result.p_target >= apps - 5 * math.sqrt(apps * (1 - apps) / result.effective_sample_size)


def test_an_observation_between_month_ends_gets_a_date_of_its_own():
    result = simulate(scenario(), 1000, observed=[("2026-08-20", 10, "at_least")])
    assert "2026-08-20" in result.fan.index.astype(str)
    assert result.first_passage.index.equals(result.fan.index)


def test_observations_no_path_meets_are_named():
    with pytest.raises(
        ValueError, match=r"observed is met by none of 1,000 paths: arr at_least 500 on 2026-08-31"
    ):
        simulate(scenario(), 1000, observed=[("2026-08-31", 500, "at_least")])


# More drivers, fat tails


def test_drivers_that_move_as_one_are_one_lognormal():
    s = scenario(target=28, volatility_retention=0.03)
    drivers = [
        Driver(name, start, 0.18, 0.08) for name, start in (("models", 5), ("agents", 3), ("tools", 2))
    ]
    result = simulate(s, PATHS, seed=2, drivers=drivers, correlation=np.ones((3, 3)))
    chance = norm.cdf(math.log(10 * 1.18**6 / 28) / (math.hypot(0.08, 0.03) * math.sqrt(6)))
    assert close(result.p_target, chance)


def test_two_drivers_given_by_hand_are_the_scenario_s_own():
    s = scenario(volatility_retention=0.02)
    drivers = [Driver("services", 6, 0.16, 0.06), Driver("apps", 4, 0.26, 0.10)]
    given = simulate(s, 50_000, drivers=drivers)
    pd.testing.assert_frame_equal(given.fan, simulate(s, 50_000).fan, rtol=1e-6)


def test_student_t_shocks_of_one_month_follow_student_s_distribution():
    s = one_driver(end="2026-07-31", target=14)
    result = simulate(s, PATHS, seed=4, df=3)
    score = math.log(14 / 11.6) / 0.06
    assert close(result.p_target, t.sf(score * math.sqrt(3), 3))  # a t with 3 degrees has variance 3
    assert result.p_target > 3 * norm.sf(score)


def test_student_t_shocks_with_many_degrees_are_normal():
    s = one_driver()
    assert close(simulate(s, PATHS, seed=4, df=1e6).p_target, probability(s).p_target)


# Sobol points


def test_sobol_at_4096_is_no_worse_than_random_at_65536():
    s = scenario()
    exact = probability(s).p_target
    sobol = [simulate(s, 4096, seed, method="sobol").p_target - exact for seed in range(24)]
    plain = [simulate(s, 65_536, seed).p_target - exact for seed in range(24)]
    assert np.mean(np.square(sobol)) <= np.mean(np.square(plain))


def test_sobol_walks_are_brownian():
    months = np.array([0, 1, 2, 2.5, 4])
    walks = np.array([walk.copy() for walk in sobol_walks(months, 2, seed=1, skip=0, size=8192)])
    covariance = np.cov(walks.reshape(10, -1))
    expected = np.kron(np.minimum.outer(months, months), np.eye(2))
    assert covariance == pytest.approx(expected, abs=0.02)


def test_sobol_points_do_not_depend_on_the_block_they_are_drawn_in():
    months = np.arange(4.0)
    whole = np.array([walk.copy() for walk in sobol_walks(months, 2, seed=1, skip=0, size=512)])
    second = np.array([walk.copy() for walk in sobol_walks(months, 2, seed=1, skip=256, size=256)])
    assert (whole[:, :, 256:] == second).all()


def test_sobol_gives_no_standard_error():
    assert math.isnan(simulate(scenario(), 1024, method="sobol").standard_error)


# The same numbers


def same(a, b):
    pd.testing.assert_frame_equal(a.fan, b.fan, check_exact=True)
    pd.testing.assert_frame_equal(a.first_passage, b.first_passage, check_exact=True)
    assert (a.p_target, a.expected_shortfall, a.effective_sample_size) == (
        b.p_target,
        b.expected_shortfall,
        b.effective_sample_size,
    )


@pytest.mark.parametrize(
    "options",
    [{}, {"observed": [("2026-08-31", 13, "about")]}, {"df": 4.0}],
    ids=["plain", "weighted", "fat tails"],
)
def test_same_numbers_on_any_number_of_threads(options):
    s, paths = scenario(volatility_retention=0.02), 3 * BLOCK + 17
    first = simulate(s, paths, seed=42, **options)
    for threads in (1, 2, 5):
        same(first, simulate(s, paths, seed=42, threads=threads, **options))
    assert simulate(s, paths, seed=43, **options).p_target != first.p_target


def test_independent_inputs_have_no_rank_correlation():
    size = 50_000
    *_, last = random_walks(np.arange(3.0), 3, seed=0, block=0, size=size, df=None)
    *_, other = random_walks(np.arange(3.0), 3, seed=0, block=1, size=size, df=None)
    correlations = np.asarray(spearmanr(np.vstack([last, other]), axis=1).statistic)
    assert np.abs(correlations[np.triu_indices(6, 1)]).max() < 5 / math.sqrt(size)


def test_one_more_driver_leaves_the_others_normals_alone():
    *_, two = random_walks(np.arange(4.0), 2, seed=8, block=3, size=1000, df=None)
    *_, three = random_walks(np.arange(4.0), 3, seed=8, block=3, size=1000, df=None)
    assert (two == three[:2]).all()


def test_quantiles_of_the_histogram_are_those_of_the_numbers():
    rng = np.random.default_rng(1)
    for sd in (1e-4, 0.02, 0.3, 4.0):
        levels = (30 * np.exp(sd * rng.standard_normal(200_000))).astype(np.float32)
        bins = Bins.around(30.0, sd)
        read = bins.quantiles(bins.count(levels[:120_000], None) + bins.count(levels[120_000:], None))
        off = np.log(read / np.quantile(levels.astype(float), QUANTILES)) / sd
        assert np.abs(off).max() < 1 / 180


def test_ten_times_the_paths_take_no_more_memory():
    script = (
        "import sys\n"
        "from workbook.arr import Scenario\n"
        "from workbook.arr.simulate import simulate\n"
        "high = lambda: int(next(l for l in open('/proc/self/status') if l.startswith('VmHWM')).split()[1])\n"
        "s = Scenario(start='2026-06-30', end='2026-12-31', start_arr=10, end_arr=30)\n"
        "before = high(); simulate(s, int(sys.argv[1])); print(high() - before)\n"
    )
    grown = [
        int(subprocess.check_output([sys.executable, "-c", script, paths])) / 1024
        for paths in ("200000", "2000000")
    ]
    assert max(grown) < 80  # MB
    assert grown[1] - grown[0] < 10


# Wrong input

OBSERVED = "2026-08-31"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"paths": 0}, "paths is 0: give a whole number, 1 or more"),
        ({"paths": 1e6}, r"paths is 1000000\.0: give a whole number"),
        ({"seed": -1}, "seed is -1: give a whole number, 0 or more"),
        ({"threads": True}, "threads is True: give a whole number, 1 or more"),
        ({"method": "halton"}, "method is 'halton': give 'random' or 'sobol'"),
        (
            {"method": "sobol", "paths": 1000},
            "paths is 1000: Sobol points come in powers of two, such as 1024",
        ),
        ({"method": "sobol", "paths": 1024, "df": 4}, "method is 'sobol': Student-t shocks"),
        ({"df": 2}, "df is 2: it must be above 2"),
        (
            {"observed": [("2026-06-30", 10)]},
            "date of an observation is 2026-06-30: it must be after 2026-06-30",
        ),
        ({"observed": [("2027-01-31", 10)]}, "date of an observation is 2027-01-31: .* not after 2026-12-31"),
        ({"observed": [("soon", 10)]}, "date of an observation must be a date"),
        ({"observed": [(OBSERVED, 0)]}, "level of an observation is 0: it must be above 0"),
        (
            {"observed": [(OBSERVED, 10, "over")]},
            "bound of an observation is 'over': give one of at_least, at_most",
        ),
        (
            {"observed": [(OBSERVED, 10, "about", "cloud")]},
            "of of an observation is 'cloud': give one of arr, services",
        ),
        (
            {"observed": [(OBSERVED, 10, "about", "arr", 0)]},
            "error of an observation is 0: it must be above 0",
        ),
        ({"drivers": []}, r"drivers are named \(\)"),
        ({"drivers": [Driver("a", 5, 0, 0), Driver("a", 5, 0, 0)]}, r"drivers are named \('a', 'a'\)"),
        ({"drivers": [Driver("a", 5, 0, 0)]}, "drivers start at 5 together: start_arr is 10"),
        ({"correlation": [[1, 2], [2, 1]]}, r"correlation is .*: give a symmetric 2 x 2 matrix"),
        ({"correlation": [[1]]}, r"correlation is \[\[1\.0\]\]: give a symmetric 2 x 2 matrix"),
    ],
)
def test_wrong_input_is_named(options, message):
    with pytest.raises(ValueError, match=message):
        simulate(scenario(), **({"paths": 100} | options))


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        (("a", 0, 0.1, 0.1), "start of driver 'a' is 0: it must be above 0"),
        (("a", 1, -1, 0.1), "growth of driver 'a' is -1: it must be above -1"),
        (("a", 1, 0.1, -0.1), r"volatility of driver 'a' is -0\.1: it must be 0 or more"),
        (("a", math.inf, 0.1, 0.1), "start of driver 'a' is inf"),
    ],
)
def test_wrong_driver_is_named(fields, message):
    with pytest.raises(ValueError, match=message):
        Driver(*fields)
