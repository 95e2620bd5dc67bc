"""A scenario as Vega expressions: what `Scenario` computes in Python, a reader's browser computes again.

The fields of a `Scenario` are Vega signals of the same names (dates as ISO text, None as null). `figures` and
`fan` are written with the formulas of `workbook.arr.formulas` and say with `o.where` what `Scenario` says
with `if`.
"""

from __future__ import annotations

from workbook.arr import formulas
from workbook.arr.operations import FLOATS, NODES, Number, Ops
from workbook.arr.scenario import Scenario
from workbook.arr.symbols import steps, vega

__all__ = ["chance", "date_after", "fan", "figures", "level", "local_day", "months"]

_DRIVERS = ("services", "apps")


def months(start: str, end: str) -> str:
    """Write `workbook.arr.months_between` of two dates, given as expressions of ISO text or UTC milliseconds.

    Examples
    --------
    >>> months("'2026-06-30'", "end").count("utcmonth")
    4
    """
    first, last = f"toDate({start})", f"toDate({end})"
    whole = f"12 * (utcyear({last}) - utcyear({first})) + utcmonth({last}) - utcmonth({first})"
    return f"{whole} + ({_part(last)} - {_part(first)})"


def _part(day: str) -> str:
    # Day 0 of the month after is the last of this one.
    return f"utcdate({day}) / utcdate(utc(utcyear({day}), utcmonth({day}) + 1, 0))"


def local_day(day: str) -> str:
    """Write midnight, where the reader is, of a day given as an expression of ISO text or UTC milliseconds.

    A time axis is labelled in the reader's own time; a date has to stand on its own day there.

    Examples
    --------
    >>> local_day("start")
    'time(datetime(utcyear(toDate(start)), utcmonth(toDate(start)), utcdate(toDate(start))))'
    """
    utc = f"toDate({day})"
    return f"time(datetime(utcyear({utc}), utcmonth({utc}), utcdate({utc})))"


def date_after(share: str) -> dict[str, str]:
    """Write the day at which a share of the way from `start` to `end` lies, for a row of data.

    Returns
    -------
    dict
        utc (milliseconds), t (months since the start) and date (midnight where the reader is, for a time
        axis), each using those before it as fields of `datum`.

    Examples
    --------
    >>> list(date_after("datum.share"))
    ['utc', 't', 'date']
    """
    first, last = "toDate(start)", "toDate(end)"
    day = 86_400_000
    return {
        "utc": f"{first} + {day} * round({share} * ({last} - {first}) / {day})",
        "t": months("start", "datum.utc"),
        "date": local_day("datum.utc"),
    }


def _level(
    o: Ops,
    linear: Number,
    s_curve: Number,
    start: Number,
    end: Number,
    ceiling: Number,
    span: Number,
    t: Number,
) -> Number:
    return o.where(
        linear,
        lambda: formulas.linear(o, start, end, span, t),
        lambda: o.where(
            s_curve,
            lambda: formulas.s_curve(o, start, end, ceiling, span, t),
            lambda: formulas.exponential(o, start, end, span, t),
        ),
    )


def _revenue(
    o: Ops, linear: Number, s_curve: Number, start: Number, end: Number, ceiling: Number, span: Number
) -> Number:
    return o.where(
        linear,
        lambda: formulas.revenue_linear(o, start, end, span, 0, span),
        lambda: o.where(
            s_curve,
            lambda: formulas.revenue_s_curve(o, start, end, ceiling, span, 0, span),
            lambda: formulas.revenue_exponential(o, start, end, span, 0, span),
        ),
    )


def _apps(
    o: Ops, own: Number, growth: Number, total: Number, start: Number, apps_share: Number, t: Number
) -> Number:
    return o.where(own, lambda: formulas.apps(o, start, apps_share, growth, t), lambda: total * apps_share)


def _median_services(
    o: Ops, own: Number, growth: Number, services: Number, start: Number, apps_share: Number, t: Number
) -> Number:
    return o.where(
        own, lambda: formulas.level_reached(o, start * (1 - apps_share), growth, t), lambda: services
    )


def _median_apps(
    o: Ops, own: Number, growth: Number, apps: Number, start: Number, apps_share: Number, t: Number
) -> Number:
    return o.where(own, lambda: formulas.apps(o, start, apps_share, growth, t), lambda: apps)


_PATH: dict[str, str | float] = {
    "linear": "shape == 'linear'",
    "s_curve": "shape == 's_curve'",
    "start": "start_arr",
    "end": "end_arr",
    "span": "months",
}
_ENDS: dict[str, str | float] = {"start": "start_arr", "end": "end_arr", "span": "months"}


def level(t: str) -> str:
    """Write the planned ARR after `t` months; `months` is that signal of `figures`.

    Examples
    --------
    >>> level("3").count("start_arr * pow(end_arr / start_arr, 3 / months)")
    1
    """
    return vega(_level, **_PATH, t=t)


def _drivers(t: str, total: str, prefix: str) -> dict[str, str]:
    """Write both drivers, their medians and standard deviations after `t` months; `prefix` before each."""
    names: dict[str, str | float] = {"start": "start_arr", "t": t}
    sd = {
        f"{prefix}sd_{name}": vega(formulas.log_sd, volatility=f"volatility_{name}", months=t)
        for name in (*_DRIVERS, "retention")
    }
    return {
        f"{prefix}apps": vega(_apps, own="isValid(apps_cmgr)", growth="apps_cmgr", total=total, **names),
        f"{prefix}services": f"max(0, {total} - {prefix}apps)",
        # A driver that is not there has no logarithm; a trillionth of the total stands for it.
        f"{prefix}median_services": f"max(1e-12 * {total}, "
        + vega(
            _median_services,
            own="isValid(services_growth)",
            growth="services_growth",
            services=f"{prefix}services",
            **names,
        )
        + ")",
        f"{prefix}median_apps": vega(
            _median_apps, own="isValid(apps_growth)", growth="apps_growth", apps=f"{prefix}apps", **names
        ),
        **sd,
    }


def _arguments(prefix: str) -> dict[str, str]:
    return {
        "services": f"{prefix}median_services",
        "apps": f"{prefix}median_apps",
        "sd_services": f"{prefix}sd_services",
        "sd_apps": f"{prefix}sd_apps",
        "sd_retention": f"{prefix}sd_retention",
    }


def figures() -> dict[str, str]:
    """Write the figures of `Scenario.figures`, and what they need, as expressions in an order to define them.

    Returns
    -------
    dict
        Signal name to Vega expression, each using the fields and those before it. `months`, then
        intermediate values, then ``figure_`` with the name of each figure.

    Examples
    --------
    >>> figures()["figure_cmgr"]
    'pow(end_arr / start_arr, 1 / months) - 1'
    """
    growth = {name: vega(getattr(formulas, name), **_ENDS) for name in ("cmgr", "annualised_growth")}
    written = {
        "months": months("start", "end"),
        **_drivers("months", "end_arr", "end_"),
        "services_at_start": "start_arr * (1 - apps_share)",
        "apps_at_start": "start_arr * apps_share",
        "target_asked": "isValid(target) ? target : end_arr",
        "figure_multiple": vega(formulas.multiple, start="start_arr", end="end_arr"),
        **{f"figure_{name}": text for name, text in growth.items()},
        "figure_net_new_arr": vega(formulas.net_new_arr, start="start_arr", end="end_arr"),
        "figure_recognised_revenue": vega(_revenue, **_PATH),
        "figure_gross_new_arr": vega(
            formulas.gross_new_arr, net_new="figure_net_new_arr", revenue="figure_recognised_revenue"
        ),
        "figure_expansion_arr": vega(formulas.expansion_arr, revenue="figure_recognised_revenue"),
        "figure_grr": vega(formulas.grr),
        "figure_nrr": vega(formulas.nrr),
        "figure_tokens_per_day": vega(formulas.tokens_per_day, arr="end_arr"),
        "figure_external_share": "isValid(external_revenue) ? "
        + vega(formulas.external_share, arr="end_arr")
        + " : NaN",
        "figure_services_arr": "end_services",
        "figure_apps_arr": "end_arr - end_services",
    }
    for driver in _DRIVERS:
        cmgr = vega(formulas.cmgr, start=f"{driver}_at_start", end=f"figure_{driver}_arr", span="months")
        written[f"figure_{driver}_cmgr"] = f"{driver}_at_start > 0 ? {cmgr} : NaN"
    chain = steps(
        formulas.p_target_two_drivers,
        "vega",
        prefix="p_",
        nodes=NODES,
        target="target_asked",
        **_arguments("end_"),
    )
    *before, (_, chance) = chain.items()
    return written | dict(before) | {"figure_p_target": chance}


def chance(scenario: Scenario, prefix: str, target: str) -> dict[str, str]:
    """Write the chance a fixed scenario has of a level, given as an expression.

    Returns
    -------
    dict
        As `figures`; the last name is `prefix` with ``p_target``.

    Examples
    --------
    >>> s = Scenario(start="2026-06-30", end="2026-12-31", start_arr=10, end_arr=30)
    >>> list(chance(s, "plan_", "target"))[-1]
    'plan_p_target'
    """
    span = scenario.months
    services, apps = scenario.medians(span)
    sds = {
        f"sd_{name}": formulas.log_sd(FLOATS, getattr(scenario, f"volatility_{name}"), span)
        for name in (*_DRIVERS, "retention")
    }
    chain = steps(
        formulas.p_target_two_drivers,
        "vega",
        prefix=prefix,
        services=max(1e-12 * (services + apps), services),
        apps=apps,
        correlation=scenario.correlation,
        target=target,
        **sds,
    )
    *before, (_, text) = chain.items()
    return dict(before) | {f"{prefix}p_target": text}


def fan(probability: str) -> dict[str, str]:
    """Write a quantile of the fan for a row of data that has `t`, months since the start.

    Returns
    -------
    dict
        Field name to Vega expression, each using the signals, the row and the fields before it; the last,
        `quantile`, is the level in bn.

    Examples
    --------
    >>> list(fan("0.95"))[-1]
    'quantile'
    """
    chain = steps(
        formulas.quantile_two_drivers,
        "vega",
        prefix="datum.",
        nodes=36,
        probability=probability,
        **_arguments("datum."),
    )
    *before, (_, quantile) = chain.items()
    written = {"datum.level": level("datum.t"), **_drivers("datum.t", "datum.level", "datum.")}
    return {name.removeprefix("datum."): text for name, text in (written | dict(before)).items()} | {
        "quantile": quantile
    }
