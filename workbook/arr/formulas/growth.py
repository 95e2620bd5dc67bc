"""Growth, retention, drivers, tokens, and what growth would have to be."""

from __future__ import annotations

from workbook.arr.operations import Number, Ops

# Growth ------------------------------------------------------------------------------------------------


def multiple(o: Ops, start: Number, end: Number) -> Number:
    """Return how many times the first level the second is.

    Examples
    --------
    >>> from workbook.arr import FLOATS
    >>> multiple(FLOATS, 10, 30)
    3.0
    """
    return end / start


def cmgr(o: Ops, start: Number, end: Number, span: Number) -> Number:
    """Return the compound monthly growth rate that leads from `start` to `end` in `span` months.

    Exact to 2e-16 of 1; near no growth that is a larger part of the rate itself.

    Examples
    --------
    >>> from workbook.arr import FLOATS
    >>> round(cmgr(FLOATS, 10, 30, 6), 6)
    0.200937
    """
    return o.pow(end / start, 1 / span) - 1


def annualised_growth(o: Ops, start: Number, end: Number, span: Number) -> Number:
    """Return the growth of a year at the same compound rate.

    Examples
    --------
    >>> from workbook.arr import FLOATS
    >>> annualised_growth(FLOATS, 10, 30, 6)
    8.0
    """
    return o.pow(end / start, 12 / span) - 1


def net_new_arr(o: Ops, start: Number, end: Number) -> Number:
    """Return the ARR added after losses.

    Examples
    --------
    >>> from workbook.arr import FLOATS
    >>> net_new_arr(FLOATS, 10, 30)
    20
    """
    return end - start


# Retention ---------------------------------------------------------------------------------------------


def grr(o: Ops, churn: Number, months: Number) -> Number:
    """Return gross revenue retention: what `months` of churn leave of the ARR there was.

    Examples
    --------
    >>> from workbook.arr import FLOATS
    >>> round(grr(FLOATS, 0.02, 12), 4)
    0.7847
    """
    return o.pow(1 - churn, months)


def nrr(o: Ops, churn: Number, expansion: Number, months: Number) -> Number:
    """Return net revenue retention: the same customers' ARR after `months` of churn and expansion.

    Examples
    --------
    >>> from workbook.arr import FLOATS
    >>> round(nrr(FLOATS, 0.02, 0.03, 12), 4)
    1.1268
    """
    return o.pow(1 - churn + expansion, months)


def gross_new_arr(o: Ops, net_new: Number, churn: Number, revenue: Number) -> Number:
    """Return the ARR that must be won, from new and present customers, to end up with `net_new`.

    Customers leave all the time and not on the last day of a month, at the constant intensity that makes GRR
    (1 - churn)^months; what leaves is that intensity times the integral of ARR, which is twelve times the
    recognised `revenue` of the same period. So it holds for every shape of path and for parts of months.
    (Churn counted on each month's opening balance alone leaves out what is won and lost within the month.)

    Examples
    --------
    >>> from workbook.arr import FLOATS
    >>> round(gross_new_arr(FLOATS, 20, 0.02, 9.1024), 3)
    22.207
    """
    return net_new - o.log(1 - churn) * 12 * revenue


def expansion_arr(o: Ops, churn: Number, expansion: Number, revenue: Number) -> Number:
    """Return the part of gross new ARR that comes from customers already there.

    The intensity is the one that makes NRR (1 - churn + expansion)^months.

    Examples
    --------
    >>> from workbook.arr import FLOATS
    >>> round(expansion_arr(FLOATS, 0.02, 0.03, 9.1024), 3)
    3.294
    """
    return o.log((1 - churn + expansion) / (1 - churn)) * 12 * revenue


# Drivers: model services and AI-native applications ----------------------------------------------------


def apps(o: Ops, start: Number, apps_share: Number, apps_growth: Number, t: Number) -> Number:
    """Return the applications' ARR after `t` months of growth of their own.

    Examples
    --------
    >>> from workbook.arr import FLOATS
    >>> round(apps(FLOATS, 10, 0.4, 0.26, 6), 4)
    16.006
    """
    return start * apps_share * o.pow(1 + apps_growth, t)


def services(o: Ops, total: Number, apps: Number) -> Number:
    """Return the model services' ARR: what the applications leave of the total.

    Examples
    --------
    >>> from workbook.arr import FLOATS
    >>> services(FLOATS, 30, 16)
    14
    """
    return total - apps


# Tokens and revenue ------------------------------------------------------------------------------------


def tokens_per_day(o: Ops, arr: Number, token_share: Number, token_price: Number) -> Number:
    """Return the tokens sold a day that an ARR implies.

    `arr` in bn, `token_share` the part of it billed by the token, `token_price` for a million tokens in the
    same currency; a year has 365 days.

    Examples
    --------
    >>> from workbook.arr import FLOATS
    >>> f"{tokens_per_day(FLOATS, 30, 1, 4) / 1e12:.2f} trillion"
    '20.55 trillion'
    """
    return arr * token_share / token_price * 1e15 / 365


def token_price(o: Ops, arr: Number, token_share: Number, tokens_per_day: Number) -> Number:
    """Return the price of a million tokens at which a volume a day makes an ARR.

    Examples
    --------
    >>> from workbook.arr import FLOATS
    >>> round(token_price(FLOATS, 30, 1, 20e12), 3)
    4.11
    """
    return arr * token_share / tokens_per_day * 1e15 / 365


def external_share(o: Ops, arr: Number, external_revenue: Number) -> Number:
    """Return the ARR as a share of a year's external revenue.

    Examples
    --------
    >>> from workbook.arr import FLOATS
    >>> external_share(FLOATS, 30, 150)
    0.2
    """
    return arr / external_revenue


# Inverses ----------------------------------------------------------------------------------------------


def level_reached(o: Ops, start: Number, growth: Number, months: Number) -> Number:
    """Return the ARR that monthly growth reaches.

    Examples
    --------
    >>> from workbook.arr import FLOATS
    >>> round(level_reached(FLOATS, 10, 0.15, 6), 4)
    23.1306
    """
    return start * o.pow(1 + growth, months)


def start_needed(o: Ops, end: Number, growth: Number, months: Number) -> Number:
    """Return the ARR to start from to reach `end` at that monthly growth.

    Examples
    --------
    >>> from workbook.arr import FLOATS
    >>> round(start_needed(FLOATS, 30, 0.15, 6), 4)
    12.9698
    """
    return end / o.pow(1 + growth, months)


def months_at_growth(o: Ops, start: Number, level: Number, growth: Number) -> Number:
    """Return the months that monthly growth takes to lead from `start` to `level`.

    Examples
    --------
    >>> from workbook.arr import FLOATS
    >>> round(months_at_growth(FLOATS, 10, 30, 0.15), 3)
    7.861
    """
    return o.log(level / start) / o.log(1 + growth)


def apps_growth_needed(o: Ops, end: Number, services_end: Number, apps_start: Number, span: Number) -> Number:
    """Return the applications' monthly growth that fills the gap the services leave to a total of `end`.

    Examples
    --------
    >>> from workbook.arr import FLOATS
    >>> round(apps_growth_needed(FLOATS, 30, 14, 4, 6), 5)
    0.25992
    """
    return o.pow((end - services_end) / apps_start, 1 / span) - 1
