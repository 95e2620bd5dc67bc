"""The model read backwards: what would have to be true for a figure to come out."""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable
from datetime import date
from numbers import Real
from typing import Any

import numpy as np

from workbook.arr import chance, figures, formulas
from workbook.arr.calendar import add_months
from workbook.arr.operations import FLOATS
from workbook.arr.plan import Plan


def solve(scenario: Plan, field: str, **condition: Any) -> Any:
    """Return what `field` has to be for a condition to hold, all else as in the scenario.

    | field | condition | answer |
    | --- | --- | --- |
    | end_arr | cmgr | the level that growth reaches by `end` |
    | start_arr | cmgr | the level to start from to reach `end_arr` at that growth |
    | cmgr | any field, such as end_arr, start_arr or end | the growth between the two levels |
    | end | level, cmgr | the first day at that level: at that growth, or else on the scenario's own path |
    | apps_cmgr | end_arr, services_cmgr | the applications' growth that closes the gap |
    | token_price | tokens_per_day | the price at which that volume makes `end_arr` |
    | target | probability | the level reached with that chance |

    Parameters
    ----------
    scenario
        Where everything not in the condition is taken from.
    field
        One of the first column.
    **condition
        Of the second column: levels in bn, growth per month, tokens a day, a probability between 0 and 1.

    Returns
    -------
    float or datetime.date
        A date for "end".

    Raises
    ------
    ValueError
        When the field or the condition is not in the table, or when nothing can make it true, saying why.
    TypeError
        When "cmgr" is asked under a field that a scenario has not.

    Examples
    --------
    >>> from workbook.arr import Scenario
    >>> s = Scenario(start="2026-06-30", end="2026-12-31", start_arr=10, end_arr=30)
    >>> round(solve(s, "cmgr", end_arr=25), 6)
    0.164993
    >>> solve(s, "end", level=20)
    datetime.date(2026, 10, 25)
    """
    if field not in _QUESTIONS:
        raise ValueError(f"cannot solve for {field!r}: ask for one of {', '.join(_QUESTIONS)}")
    question = _QUESTIONS[field]
    try:
        inspect.signature(question).bind(scenario, **condition)
    except TypeError as error:
        raise ValueError(f"cannot solve for {field} from {condition}: {error}; {_usage(question)}") from None
    return question(scenario, **condition)


def _end_arr(scenario: Plan, *, cmgr: float) -> float:
    _within("cmgr", cmgr, -1)
    return float(formulas.level_reached(FLOATS, scenario.start_arr, cmgr, scenario.months))


def _start_arr(scenario: Plan, *, cmgr: float) -> float:
    _within("cmgr", cmgr, -1)
    return float(formulas.start_needed(FLOATS, scenario.end_arr, cmgr, scenario.months))


def _cmgr(scenario: Plan, **fields: Any) -> float:
    changed = scenario.replace(**fields)
    return float(formulas.cmgr(FLOATS, changed.start_arr, changed.end_arr, changed.months))


def _end(scenario: Plan, *, level: float | None = None, cmgr: float | None = None) -> date:
    level = scenario.end_arr if level is None else level
    _within("level", level, 0)
    if cmgr is not None:
        _within("cmgr", cmgr, -1)
    if level == scenario.start_arr:
        return scenario.start
    try:
        if cmgr is None:
            months = figures.months_to(FLOATS, scenario.fields, level)
        else:
            months = formulas.months_at_growth(FLOATS, scenario.start_arr, level, cmgr)
    except (ArithmeticError, ValueError):
        months = math.nan  # no growth, a flat path, or a level at or above the ceiling
    if not months >= 0:
        way = f"on the {scenario.shape} path" if cmgr is None else f"at cmgr {cmgr:g}"
        raise ValueError(f"level is {level:g}: {way} ARR never gets there after {scenario.start}")
    return add_months(scenario.start, months)


def _apps_cmgr(scenario: Plan, *, end_arr: float | None = None, services_cmgr: float | None = None) -> float:
    span = scenario.months
    end_arr = scenario.end_arr if end_arr is None else end_arr
    _within("end_arr", end_arr, 0)
    services_start, apps_start = scenario.drivers(0.0)
    if not apps_start:
        raise ValueError("apps_share is 0: there are no applications that could grow")
    services_end = scenario.drivers(span)[0]
    if services_cmgr is not None:
        _within("services_cmgr", services_cmgr, -1)
        services_end = formulas.level_reached(FLOATS, services_start, services_cmgr, span)
    if services_end > end_arr:
        raise ValueError(
            f"end_arr is {end_arr:g}: the services alone are at {services_end:g}, there is no gap to close"
        )
    return float(formulas.apps_growth_needed(FLOATS, end_arr, services_end, apps_start, span))


def _token_price(scenario: Plan, *, tokens_per_day: float) -> float:
    _within("tokens_per_day", tokens_per_day, 0)
    return float(formulas.token_price(FLOATS, scenario.end_arr, scenario.token_share, tokens_per_day))


def _target(scenario: Plan, *, probability: float) -> float:
    _within("probability", probability, 0, 1)
    return float(chance.quantiles(scenario, np.array([scenario.months]), [1 - probability])[0, 0])


_QUESTIONS: dict[str, Callable[..., Any]] = {
    "end_arr": _end_arr,
    "start_arr": _start_arr,
    "cmgr": _cmgr,
    "end": _end,
    "apps_cmgr": _apps_cmgr,
    "token_price": _token_price,
    "target": _target,
}


def _usage(question: Callable[..., Any]) -> str:
    names = list(inspect.signature(question).parameters)[1:]
    return f"give {' or '.join(names)}"


def _within(name: str, value: Any, low: float, high: float = math.inf) -> None:
    number = float(value) if isinstance(value, Real) else math.nan
    if not low < number < high:
        raise ValueError(f"{name} is {value!r}: it must be a number above {low} and below {high}")
