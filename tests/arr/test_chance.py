"""The answers without sampling against adaptive quadrature of another integral, and against closed forms where they exist."""

import math
from itertools import pairwise

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.special import ndtr
from scipy.stats import norm

from workbook.arr import Scenario
from workbook.arr.chance import FAN_COLUMNS, QUANTILES, probability


def scenario(**changes):
    plan = {"start": "2026-06-30", "end": "2026-12-31", "start_arr": 10, "end_arr": 30}
    return Scenario(**(plan | changes))


FORECAST = {"services_growth": 0.16, "apps_growth": 0.26}


def adaptive(s, level, on=None):
    """P(total >= level) given the applications' shock, cut at the kink and at the steepest place."""
    months = s.months if on is None else on
    services, apps = (float(each) for each in s.medians(months))
    x, y, c = (
        v * math.sqrt(months) for v in (s.volatility_services, s.volatility_apps, s.volatility_retention)
    )
    sd_s, sd_a = math.hypot(x, c), math.hypot(y, c)
    rho = (s.correlation * x * y + c * c) / (sd_s * sd_a)
    rest = sd_s * math.sqrt(1 - rho * rho)
    kink = math.log(level / apps) / sd_a

    def given(z):
        gap = level - apps * math.exp(sd_a * z)
        chance = ndtr((math.log(services / gap) + rho * sd_s * z) / rest) if gap > 0 else 1.0
        return chance * math.exp(-z * z / 2) / math.sqrt(2 * math.pi)

    top = min(kink, 9.0)
    if top < -9:
        return 1.0
    grid = np.linspace(-9, top, 20_001)[:-1]
    score = np.log(services / (level - apps * np.exp(sd_a * grid))) + rho * sd_s * grid
    crossings = grid[:-1][np.sign(score[:-1]) != np.sign(score[1:])]
    cuts = sorted({-9.0, top, *(c + d for c in crossings for d in (-0.05, 0, 0.05) if -9 < c + d < top)})
    pieces = [quad(given, a, b, epsabs=1e-15, epsrel=1e-13, limit=500)[0] for a, b in pairwise(cuts)]
    return math.fsum(pieces) + float(ndtr(-kink))


CASES = {
    "typical": FORECAST,
    "retention": FORECAST | {"volatility_retention": 0.03},
    "as planned": {},
    "opposed": FORECAST | {"correlation": -0.95},
    "together": FORECAST | {"correlation": 0.95},
    "equal drivers": {"apps_share": 0.5, "volatility_services": 0.08, "volatility_apps": 0.08, "correlation": 0},
    "small applications": FORECAST | {"apps_share": 0.01},
    "small services": FORECAST | {"apps_share": 0.99},
    "three years": FORECAST | {"end": "2029-06-30", "target": 400},
    "ten years of large shocks": {"end": "2036-06-30", "volatility_services": 1.0, "volatility_apps": 0.7},
    "one day": {"end": "2026-07-01", "end_arr": 10.05, "target": 10.1},
    "applications nearly certain": {"volatility_apps": 0.0005, "target": 31},
    "services nearly certain": {"volatility_services": 1e-5, "target": 28},
    "certain driver, wild driver": {"end": "2036-06-30", "volatility_services": 0.8, "volatility_apps": 0.01, "target": 18},
}  # fmt: skip


@pytest.mark.filterwarnings("ignore::scipy.integrate.IntegrationWarning")
@pytest.mark.parametrize("name", CASES)
def test_p_target_agrees_with_adaptive_quadrature(name):
    s = scenario(**CASES[name])
    wanted = adaptive(s, s.target or s.end_arr)
    assert probability(s).p_target == pytest.approx(wanted, abs=1e-12)
    assert s.p_target() == probability(s).p_target


@pytest.mark.filterwarnings("ignore::scipy.integrate.IntegrationWarning")
@pytest.mark.parametrize(
    "name", ["typical", "retention", "opposed", "ten years of large shocks", "certain driver, wild driver"]
)
def test_fan_holds_the_quantiles(name):
    s = scenario(**CASES[name])
    fan = probability(s, dates=[s.dates()[1], s.end]).fan
    for months, (_, row) in zip((1.0, s.months), fan.iterrows(), strict=True):
        for quantile, level in zip(QUANTILES, row, strict=True):
            assert adaptive(s, level, on=months) == pytest.approx(1 - quantile, abs=1e-11)


@pytest.mark.parametrize(
    "name", ["typical", "retention", "opposed", "three years", "applications nearly certain"]
)
def test_shortfall_is_the_integral_of_the_chance_to_stay_below(name):
    # E max(K - T, 0) = integral of P(T < k) for k from 0 to K.
    s = scenario(**CASES[name])
    target = s.target or s.end_arr
    below = quad(lambda k: 1 - probability(s.replace(target=k)).p_target, target / 50, target, epsabs=1e-9)[0]
    assert probability(s).expected_shortfall == pytest.approx(below, abs=1e-8)


@pytest.mark.parametrize(
    "changes", [{"apps_share": 0.0}, {"apps_share": 1.0, "volatility_apps": 0.06}], ids=["services", "apps"]
)
def test_one_driver_is_lognormal(changes):
    s = scenario(**changes, services_growth=0.15, apps_growth=0.15, volatility_retention=0.02)
    result = probability(s)
    median, sd = 10 * 1.15**6, math.hypot(0.06, 0.02) * math.sqrt(6)
    d = math.log(median / 30) / sd
    assert result.p_target == pytest.approx(norm.cdf(d), abs=5e-12)
    assert result.fan.iloc[-1].to_numpy() == pytest.approx(
        median * np.exp(sd * norm.ppf(QUANTILES)), rel=1e-11
    )
    put = 30 * norm.cdf(-d) - median * math.exp(sd * sd / 2) * norm.cdf(-d - sd)
    assert result.expected_shortfall == pytest.approx(put, rel=1e-11)


def test_a_shock_to_retention_alone_moves_both_drivers_as_one():
    s = scenario(**FORECAST, volatility_services=0, volatility_apps=0, volatility_retention=0.05)
    level, sd = sum(s.medians(6.0)), 0.05 * math.sqrt(6)
    assert probability(s).p_target == pytest.approx(norm.cdf(math.log(level / 30) / sd), abs=5e-12)
    assert probability(s).fan["95%"].iloc[-1] == pytest.approx(
        level * math.exp(sd * norm.ppf(0.95)), rel=1e-11
    )


def test_one_certain_driver_only_shifts_the_other():
    s = scenario(**FORECAST, volatility_services=0)
    services, apps = s.medians(6.0)
    chance = norm.cdf(math.log(apps / (30 - services)) / (0.1 * math.sqrt(6)))
    assert probability(s).p_target == pytest.approx(chance, abs=5e-12)


def test_without_noise_the_plan_happens():
    s = scenario(volatility_services=0, volatility_apps=0)
    result = probability(s)
    assert (result.p_target, result.expected_shortfall) == (1.0, 0.0)
    assert result.fan.to_numpy() == pytest.approx(np.repeat(s.path()[["arr"]].to_numpy(), 5, axis=1))
    missed = probability(s.replace(target=31))
    assert missed.p_target == 0.0
    assert missed.expected_shortfall == pytest.approx(1.0)


def test_a_target_next_to_nothing_is_met_for_sure():
    result = probability(scenario(target=1e-9))
    assert result.p_target == pytest.approx(1.0, abs=1e-12)
    assert result.expected_shortfall == pytest.approx(0.0, abs=1e-15)


def test_fan_is_labelled_and_opens_from_the_start():
    fan = probability(scenario(currency="RMB")).fan
    assert [str(day.date()) for day in fan.index[[0, 1, -1]]] == ["2026-06-30", "2026-07-31", "2026-12-31"]
    assert list(fan.columns) == list(FAN_COLUMNS) == ["5%", "25%", "50%", "75%", "95%"]
    assert (fan.iloc[0] == 10).all()
    assert (np.diff((fan["95%"] / fan["5%"]).to_numpy()) > 0).all()
    assert fan.attrs["unit"] == "RMB bn"


@pytest.mark.parametrize("day", ["2026-06-29", "2027-01-01"])
def test_fan_refuses_dates_outside_the_scenario(day):
    with pytest.raises(ValueError, match=rf"dates has {day}: give dates from 2026-06-30 to 2026-12-31"):
        probability(scenario(), dates=[day])
