"""A scenario's figures, put together once for every reading.

Handed Python floats these functions compute one scenario, handed arrays its path and fan, and handed the
nodes of `workbook.arr.symbols` they become the expressions that a reader's browser computes. Every choice a
scenario makes (its shape, whether applications grow at a rate of their own) is made here with `o.where`.
"""

from __future__ import annotations

from typing import NamedTuple

from workbook.arr import formulas
from workbook.arr.operations import Number, Ops

FIGURE_UNITS = {
    "multiple": "times",
    "cmgr": "per month",
    "annualised_growth": "per year",
    "net_new_arr": "{money}",
    "gross_new_arr": "{money}",
    "recognised_revenue": "{money}",
    "tokens_per_day": "tokens a day",
    "p_target": "probability",
    "expansion_arr": "{money}",
    "grr": "share",
    "nrr": "share",
    "services_arr": "{money}",
    "apps_arr": "{money}",
    "services_cmgr": "per month",
    "apps_cmgr": "per month",
    "external_share": "share",
}
"""The figures of `Scenario.summary`, in its order."""

# The forecast takes logarithms, and services that are not there have none: this part of the total stands in.
_NO_SERVICES = 1e-12


class Fields(NamedTuple):
    """What the figures are computed from: the fields of a scenario, and a test for each that may be None."""

    start_arr: Number
    end_arr: Number
    months: Number
    """From the start to the end."""
    linear: Number
    """Whether the path is linear."""
    s_curve: Number
    """Whether the path is an S-curve; where it is neither, it is exponential."""
    ceiling: Number
    apps_share: Number
    apps_cmgr: Number
    apps_cmgr_given: Number
    """Whether the applications' planned growth is given; the same for the four below."""
    churn: Number
    expansion: Number
    token_price: Number
    token_price_given: Number
    token_share: Number
    external_revenue: Number
    external_revenue_given: Number
    services_growth: Number
    services_growth_given: Number
    apps_growth: Number
    apps_growth_given: Number
    volatility_services: Number
    volatility_apps: Number
    volatility_retention: Number
    correlation: Number
    target: Number
    """The level whose chance is asked: the plan's end where no target is given."""
    unknown: Number
    """What stands for a figure that is not known: not a number."""


class Forecast(NamedTuple):
    """What the formulas of two uncertain drivers take, in their order."""

    services: Number
    apps: Number
    sd_services: Number
    sd_apps: Number
    correlation: Number
    sd_retention: Number


def level(o: Ops, s: Fields, t: Number) -> Number:
    """Return the planned ARR after `t` months, bn."""
    return o.where(
        s.linear,
        lambda: formulas.linear(o, s.start_arr, s.end_arr, s.months, t),
        lambda: o.where(
            s.s_curve,
            lambda: formulas.s_curve(o, s.start_arr, s.end_arr, s.ceiling, s.months, t),
            lambda: formulas.exponential(o, s.start_arr, s.end_arr, s.months, t),
        ),
    )


def months_to(o: Ops, s: Fields, arr: Number) -> Number:
    """Return when the planned path is at `arr`, in months since its start."""
    return o.where(
        s.linear,
        lambda: formulas.months_linear(o, s.start_arr, s.end_arr, s.months, arr),
        lambda: o.where(
            s.s_curve,
            lambda: formulas.months_s_curve(o, s.start_arr, s.end_arr, s.ceiling, s.months, arr),
            lambda: formulas.months_exponential(o, s.start_arr, s.end_arr, s.months, arr),
        ),
    )


def recognised_revenue(o: Ops, s: Fields) -> Number:
    """Return the revenue recognised from the start to the end, bn."""
    return o.where(
        s.linear,
        lambda: formulas.revenue_linear(o, s.start_arr, s.end_arr, s.months, 0, s.months),
        lambda: o.where(
            s.s_curve,
            lambda: formulas.revenue_s_curve(
                o.within("s_curve_"), s.start_arr, s.end_arr, s.ceiling, s.months, 0, s.months
            ),
            lambda: formulas.revenue_exponential(
                o.within("exponential_"), s.start_arr, s.end_arr, s.months, 0, s.months
            ),
        ),
    )


def drivers(o: Ops, s: Fields, total: Number, t: Number) -> tuple[Number, Number]:
    """Return what a planned total after `t` months is made of: model services and applications, bn.

    Applications that grow at a rate of their own may be above a small total by a rounding; services are then
    0.
    """
    apps = o.where(
        s.apps_cmgr_given,
        lambda: formulas.apps(o, s.start_arr, s.apps_share, s.apps_cmgr, t),
        lambda: total * s.apps_share,
    )
    apps = o.let("apps", apps)
    return o.let("services", o.positive(formulas.services(o, total, apps))), apps


def medians(o: Ops, s: Fields, services: Number, apps: Number, t: Number) -> tuple[Number, Number]:
    """Return the medians of the forecast after `t` months, given what the plan has by then."""
    return (
        o.where(
            s.services_growth_given,
            lambda: formulas.level_reached(o, s.start_arr * (1 - s.apps_share), s.services_growth, t),
            lambda: services,
        ),
        o.where(
            s.apps_growth_given,
            lambda: formulas.apps(o, s.start_arr, s.apps_share, s.apps_growth, t),
            lambda: apps,
        ),
    )


def forecast(o: Ops, s: Fields, total: Number, services: Number, apps: Number, t: Number) -> Forecast:
    """Return medians and standard deviations after `t` months, given the planned total and its drivers."""
    services, apps = medians(o, s, services, apps, t)
    return Forecast(
        services=o.let("median_services", o.max(_NO_SERVICES * total, services)),
        apps=o.let("median_apps", apps),
        sd_services=o.let("sd_services", formulas.log_sd(o, s.volatility_services, t)),
        sd_apps=o.let("sd_apps", formulas.log_sd(o, s.volatility_apps, t)),
        correlation=s.correlation,
        sd_retention=o.let("sd_retention", formulas.log_sd(o, s.volatility_retention, t)),
    )


def forecast_at_end(o: Ops, s: Fields) -> Forecast:
    """Return medians and standard deviations at the plan's end."""
    services, apps = drivers(o, s, s.end_arr, s.months)
    return forecast(o, s, s.end_arr, services, apps, s.months)


def p_target(o: Ops, s: Fields) -> Number:
    """Return the chance that ARR is at the target or above at the end."""
    return formulas.p_target_two_drivers(o, *forecast_at_end(o, s), s.target)


def quantile(o: Ops, s: Fields, t: Number, probability: Number) -> Number:
    """Return the ARR that is undershot with a chance after `t` months, bn, by the search a browser can do."""
    total = o.let("level", level(o, s, t))
    services, apps = drivers(o, s, total, t)
    return formulas.quantile_two_drivers(o, *forecast(o, s, total, services, apps, t), probability)


def figures(o: Ops, s: Fields) -> dict[str, Number]:
    """Return the figures of `Scenario.summary`, by name.

    Examples
    --------
    >>> from workbook.arr import FLOATS, Scenario
    >>> s = Scenario(start="2026-06-30", end="2026-12-31", start_arr=10, end_arr=30)
    >>> figures(FLOATS, s.fields)["net_new_arr"]
    20.0
    """
    start, end, span = s.start_arr, s.end_arr, s.months
    figure = o.within("figure_").let
    at_end = o.within("end_")
    services, own_apps = drivers(at_end, s, end, span)
    ahead = forecast(at_end, s, end, services, own_apps, span)
    services_at_start = o.let("services_at_start", start * (1 - s.apps_share))
    apps_at_start = o.let("apps_at_start", start * s.apps_share)
    target = o.let("target_asked", s.target)

    def growth_of(first: Number, last: Number) -> Number:
        return o.where(first > 0, lambda: formulas.cmgr(o, first, last, span), lambda: s.unknown)

    found = {
        "multiple": figure("multiple", formulas.multiple(o, start, end)),
        "cmgr": figure("cmgr", formulas.cmgr(o, start, end, span)),
        "annualised_growth": figure("annualised_growth", formulas.annualised_growth(o, start, end, span)),
    }
    net_new = figure("net_new_arr", formulas.net_new_arr(o, start, end))
    revenue = figure("recognised_revenue", recognised_revenue(o.within("revenue_"), s))
    found |= {
        "net_new_arr": net_new,
        "recognised_revenue": revenue,
        "gross_new_arr": figure("gross_new_arr", formulas.gross_new_arr(o, net_new, s.churn, revenue)),
        "expansion_arr": figure("expansion_arr", formulas.expansion_arr(o, s.churn, s.expansion, revenue)),
        "grr": figure("grr", formulas.grr(o, s.churn, span)),
        "nrr": figure("nrr", formulas.nrr(o, s.churn, s.expansion, span)),
        "tokens_per_day": figure(
            "tokens_per_day",
            o.where(
                s.token_price_given,
                lambda: formulas.tokens_per_day(o, end, s.token_share, s.token_price),
                lambda: s.unknown,
            ),
        ),
        "external_share": figure(
            "external_share",
            o.where(
                s.external_revenue_given,
                lambda: formulas.external_share(o, end, s.external_revenue),
                lambda: s.unknown,
            ),
        ),
    }
    services, apps = figure("services_arr", services), figure("apps_arr", end - services)
    found |= {
        "services_arr": services,
        "apps_arr": apps,
        "services_cmgr": figure("services_cmgr", growth_of(services_at_start, services)),
        "apps_cmgr": figure("apps_cmgr", growth_of(apps_at_start, apps)),
        "p_target": figure("p_target", formulas.p_target_two_drivers(o.within("p_"), *ahead, target)),
    }
    return {name: found[name] for name in FIGURE_UNITS}
