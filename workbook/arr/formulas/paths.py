"""The shapes of a path between two dated levels: level, recognised revenue, and when a level is reached."""

from __future__ import annotations

from workbook.arr.operations import Number, Ops


def exponential(o: Ops, start: Number, end: Number, span: Number, t: Number) -> Number:
    """Return the ARR `t` months after `start` when it grows at one rate to `end` over `span` months.

    Examples
    --------
    >>> from workbook.arr import FLOATS
    >>> round(exponential(FLOATS, 10, 30, 6, 3), 4)
    17.3205
    """
    return start * o.pow(end / start, t / span)


def linear(o: Ops, start: Number, end: Number, span: Number, t: Number) -> Number:
    """Return the ARR `t` months after `start` when the same amount is added every month.

    Examples
    --------
    >>> from workbook.arr import FLOATS
    >>> linear(FLOATS, 10, 30, 6, 3)
    20.0
    """
    return start + (end - start) * t / span


def s_curve(o: Ops, start: Number, end: Number, ceiling: Number, span: Number, t: Number) -> Number:
    """Return the ARR on the logistic curve through both dated levels that tends to `ceiling`.

    `ceiling` is above both levels. The room left over the level reached shrinks or grows at one rate.

    Examples
    --------
    >>> from workbook.arr import FLOATS
    >>> round(s_curve(FLOATS, 10, 30, 40, 6, 3), 9)
    20.0
    """
    return ceiling / (1 + exponential(o, (ceiling - start) / start, (ceiling - end) / end, span, t))


# Recognised revenue: the integral of ARR / 12 over the months `since` to `until` -----------------------


def revenue_exponential(
    o: Ops, start: Number, end: Number, span: Number, since: Number, until: Number
) -> Number:
    """Return the revenue recognised on the exponential path, bn.

    Examples
    --------
    >>> from workbook.arr import FLOATS
    >>> round(revenue_exponential(FLOATS, 10, 30, 6, 0, 6), 4)
    9.1024
    """
    growth = o.let("growth", o.pow(end / start, (until - since) / span))
    return exponential(o, start, end, span, since) * (until - since) / 12 * _mean_factor(o, growth)


def revenue_linear(o: Ops, start: Number, end: Number, span: Number, since: Number, until: Number) -> Number:
    """Return the revenue recognised on the linear path, bn.

    Examples
    --------
    >>> from workbook.arr import FLOATS
    >>> revenue_linear(FLOATS, 10, 30, 6, 0, 6)
    10.0
    """
    ends = linear(o, start, end, span, since) + linear(o, start, end, span, until)
    return ends / 2 * (until - since) / 12


def revenue_s_curve(
    o: Ops, start: Number, end: Number, ceiling: Number, span: Number, since: Number, until: Number
) -> Number:
    """Return the revenue recognised on the logistic path, bn.

    Examples
    --------
    >>> from workbook.arr import FLOATS
    >>> round(revenue_s_curve(FLOATS, 10, 30, 40, 6, 0, 6), 9)
    10.0
    """
    # With odds = level / (ceiling - level), the integral is ln((1 + odds_1) / (1 + odds_0)) over the growth
    # of ln(odds): both logarithms vanish on a flat path, and so each is taken relative to its own argument.
    first = o.let("first", s_curve(o, start, end, ceiling, span, since))
    growth = o.let(
        "growth", o.pow(end / start * ((ceiling - start) / (ceiling - end)), (until - since) / span)
    )
    room = o.let("room", 1 + first / ceiling * (growth - 1))
    return first * (until - since) / 12 * _mean_factor(o, growth) / _mean_factor(o, room)


def _mean_factor(o: Ops, ratio: Number) -> Number:
    # (ratio - 1) / ln(ratio), 1 at a ratio of 1. Rounding the ratio moves top and bottom alike (W. Kahan's
    # device for expm1 and log1p, which neither Vega nor Excel has), so it is accurate however near 1 it is.
    return o.where(ratio == 1, lambda: 1, lambda: (ratio - 1) / o.log(ratio))


# When a level is reached ------------------------------------------------------------------------------


def months_exponential(o: Ops, start: Number, end: Number, span: Number, level: Number) -> Number:
    """Return when the exponential path is at `level`, in months since its start.

    Examples
    --------
    >>> from workbook.arr import FLOATS
    >>> round(months_exponential(FLOATS, 10, 30, 6, 20), 3)
    3.786
    """
    return span * o.log(level / start) / o.log(end / start)


def months_linear(o: Ops, start: Number, end: Number, span: Number, level: Number) -> Number:
    """Return when the linear path is at `level`, in months since its start.

    Examples
    --------
    >>> from workbook.arr import FLOATS
    >>> months_linear(FLOATS, 10, 30, 6, 25)
    4.5
    """
    return span * (level - start) / (end - start)


def months_s_curve(
    o: Ops, start: Number, end: Number, ceiling: Number, span: Number, level: Number
) -> Number:
    """Return when the logistic path is at `level`, in months since its start.

    Examples
    --------
    >>> from workbook.arr import FLOATS
    >>> round(months_s_curve(FLOATS, 10, 30, 40, 6, 20), 9)
    3.0
    """
    odds = level / (ceiling - level) * ((ceiling - start) / start)
    return span * o.log(odds) / o.log(end / (ceiling - end) * ((ceiling - start) / start))
