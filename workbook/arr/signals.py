"""A scenario as Vega expressions: what `Scenario` computes in Python, a reader's browser computes again.

The fields of a `Scenario` are Vega signals of the same names (dates as ISO text, None as null). `figures` and
`fan` are what `workbook.arr.figures` makes of them.
"""

from __future__ import annotations

from workbook.arr import figures as scenario_figures
from workbook.arr import formulas
from workbook.arr.figures import Fields
from workbook.arr.operations import FLOATS, Ops
from workbook.arr.scenario import Scenario
from workbook.arr.symbols import Node, named

__all__ = ["chance", "date_after", "fan", "figures", "level", "local_day", "months"]


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


def _fields() -> Fields:
    """Return the fields of a `Scenario` as the signals of the same names."""
    nodes = {name: Node("name", (name,)) for name in Fields._fields}
    for name in ("apps_cmgr", "token_price", "external_revenue", "services_growth", "apps_growth"):
        nodes[f"{name}_given"] = Node("name", (f"isValid({name})",))
    nodes["linear"] = Node("name", ("shape == 'linear'",))
    nodes["s_curve"] = Node("name", ("shape == 's_curve'",))
    # A driver that is not there moves nothing, as in `Plan.fields`.
    for driver, there in {"services": "apps_share < 1", "apps": "apps_share > 0"}.items():
        given, nothing = nodes[f"volatility_{driver}"], Node("number", (0.0,))
        nodes[f"volatility_{driver}"] = Node("where", (Node("name", (there,)), given, nothing))
    nodes["target"] = Node("raw", ("isValid(target) ? target : end_arr",))
    nodes["unknown"] = Node("name", ("NaN",))
    return Fields(**nodes)


def level(t: str) -> str:
    """Write the planned ARR after `t` months; `months` is that signal of `figures`.

    Examples
    --------
    >>> level("3").count("start_arr * pow(end_arr / start_arr, 3 / months)")
    1
    """
    after = Node("name", (t,))
    return named(lambda o: o.let("level", scenario_figures.level(o, _fields(), after)), "vega")["level"]


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
    return {"months": months("start", "end")} | named(
        lambda o: scenario_figures.figures(o, _fields()), "vega"
    )


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
    ahead = (
        Node("number", (float(value),)) for value in scenario_figures.forecast_at_end(FLOATS, scenario.fields)
    )
    arguments = (*ahead, Node("name", (target,)))

    def compute(o: Ops) -> None:
        o.let("p_target", formulas.p_target_two_drivers(o, *arguments))

    return named(compute, "vega", prefix)


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
    row, chance = Node("name", ("datum.t",)), Node("name", (probability,))

    def compute(o: Ops) -> None:
        o.let("quantile", scenario_figures.quantile(o, _fields(), row, chance))

    written = named(compute, "vega", "datum.", nodes=36)
    return {name.removeprefix("datum."): text for name, text in written.items()}
