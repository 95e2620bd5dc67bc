r"""Every formula of the run-rate model, once.

Each is a plain function of an operations object `o` and number-likes (see `workbook.arr.operations`), so that
one text computes a slider move and a grid, and becomes a Vega expression, an Excel cell and a line of LaTeX.
Amounts are in bn of one currency, levels are ARR (annualised), times are months since the first dated level
(see `workbook.arr.calendar`), rates are per month unless the name says otherwise.
"""

from __future__ import annotations

from collections.abc import Callable

from workbook.arr.operations import Number, Ops

# Paths between two dated levels ------------------------------------------------------------------------


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


# Tokens and cloud revenue ------------------------------------------------------------------------------


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
    """Return the ARR as a share of a year's external cloud revenue.

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


def apps_growth_needed(o: Ops, end: Number, services_end: Number, apps_start: Number, span: Number) -> Number:
    """Return the applications' monthly growth that fills the gap the services leave to a total of `end`.

    Examples
    --------
    >>> from workbook.arr import FLOATS
    >>> round(apps_growth_needed(FLOATS, 30, 14, 4, 6), 5)
    0.25992
    """
    return o.pow((end - services_end) / apps_start, 1 / span) - 1


# Uncertainty: the logarithms of the drivers walk at random around their medians ------------------------

# Below this, two standard deviations of 1e-12 and of 0 differ by less than the rounding of the answer.
_NO_NOISE = 1e-12


def log_sd(o: Ops, volatility: Number, months: Number) -> Number:
    """Return the standard deviation of the log level after `months` of independent monthly shocks.

    Examples
    --------
    >>> from workbook.arr import FLOATS
    >>> log_sd(FLOATS, 0.1, 4)
    0.2
    """
    return volatility * o.pow(months, 0.5)


def p_target_one_driver(o: Ops, median: Number, sd: Number, target: Number) -> Number:
    """Return the chance that a lognormal level is at or above `target`.

    `sd` is the standard deviation of its logarithm; at 0 the level is the median.

    Examples
    --------
    >>> from workbook.arr import FLOATS
    >>> round(p_target_one_driver(FLOATS, 28, 0.2, 30), 4)
    0.3651
    """
    return o.where(sd > 0, lambda: o.cdf(o.log(median / target) / sd), lambda: _certain(o, median, target))


def quantile_one_driver(o: Ops, median: Number, sd: Number, probability: Number) -> Number:
    """Return the level a lognormal stays below with chance `probability`.

    Examples
    --------
    >>> from workbook.arr import FLOATS
    >>> round(quantile_one_driver(FLOATS, 28, 0.2, 0.05), 3)
    20.151
    """
    return median * o.exp(sd * o.quantile(probability))


def p_target_two_drivers(
    o: Ops,
    services: Number,
    apps: Number,
    sd_services: Number,
    sd_apps: Number,
    correlation: Number,
    sd_retention: Number,
    target: Number,
) -> Number:
    """Return the chance that the sum of two correlated lognormal drivers is at or above `target`.

    One normal variable Z is held fixed at a time; given it the rest is one more normal variable, whose chance
    has a closed form, and the mean over Z is a sum of 96 terms. The smoother the chance is in Z, the more
    accurate the sum. So Z is the logarithm of the drivers' ratio, on which the total depends least; unless
    one driver is far less certain than the other, when Z is the driver that moves the total less. Against
    quadrature with 1,200 nodes the error stayed below 2e-10 for volatilities up to 15% a month over a year
    and correlations within 0.9 (4,000 random cases, all but four of them below 1e-12).

    Parameters
    ----------
    services, apps
        Medians on the target's date, bn; above 0.
    sd_services, sd_apps
        Standard deviations of the logarithms (`log_sd`) from the drivers' own shocks.
    correlation
        Of those shocks; between -1 and 1, both excluded.
    sd_retention
        Standard deviation of a log shock common to both, independent of their own.
    target
        Level of the total, bn.

    Examples
    --------
    >>> from workbook.arr import FLOATS
    >>> round(p_target_two_drivers(FLOATS, 14, 16, 0.15, 0.25, 0.5, 0.05, 32), 4)
    0.373
    """
    return o.where(
        sd_services + sd_apps + sd_retention > 0,
        lambda: _two_drivers(o, services, apps, sd_services, sd_apps, correlation, sd_retention)(target),
        lambda: _certain(o, services + apps, target),
    )


def quantile_two_drivers(
    o: Ops,
    services: Number,
    apps: Number,
    sd_services: Number,
    sd_apps: Number,
    correlation: Number,
    sd_retention: Number,
    probability: Number,
) -> Number:
    """Return the level that the sum of two correlated lognormal drivers stays below with that chance.

    The normal score of the chance (`p_target_two_drivers`) is nearly a straight line in the logarithm of the
    level, so secant steps find it, the first with the slope of the linearised sum; once near, the rest of
    them cost nothing. Against `workbook.arr.exact` the relative error stayed below 1e-6 for volatilities up
    to 30% a month over half a year (3,000 random quantiles); with up to 40% over a year one quantile of 4,500
    was off by 1.6%, the next by 6e-4. Far too long for one cell or one expression: write it with `steps`.

    The other parameters are those of `p_target_two_drivers`.

    Examples
    --------
    >>> from workbook.arr import FLOATS
    >>> round(quantile_two_drivers(FLOATS, 14, 16, 0.15, 0.25, 0.5, 0.05, 0.627), 2)
    32.0
    """

    def uncertain() -> Number:
        chance = _two_drivers(o, services, apps, sd_services, sd_apps, correlation, sd_retention)
        wanted = o.let("wanted", o.quantile(probability))
        own_services, own_apps = services * sd_services, apps * sd_apps
        spread_sq = (
            own_services * own_services + own_apps * own_apps + 2 * correlation * own_services * own_apps
        )
        total = o.let("total", services + apps)
        slope = o.let("slope", o.pow(spread_sq / (total * total) + sd_retention * sd_retention, 0.5))

        def larger(at: Number) -> Number:
            shared = sd_retention * sd_retention
            return o.max(
                services * o.exp(o.pow(sd_services * sd_services + shared, 0.5) * at),
                apps * o.exp(o.pow(sd_apps * sd_apps + shared, 0.5) * at),
            )

        def score(level: Number, step: str) -> Number:
            # A chance of 0 or 1 has no score; these two are further out than any fan.
            return -o.quantile(o.max(1e-12, o.min(1 - 1e-12, chance(level, step))))

        # A total is above its larger part, and above K only where a part is above K / 2.
        least = o.let("least", larger(wanted))
        most = o.let("most", 2 * larger(o.quantile((1 + probability) / 2)))

        def moved(level: Number, by: Number) -> Number:
            return o.max(least, o.min(most, level * o.exp(by)))

        level = o.let("level_0", moved(total, slope * wanted))
        # Where nothing is uncertain there is nothing to search, and text computes every row.
        before, last = level, o.let("score_0", _either(o, slope > 0, score, level, "_0", wanted))
        level = o.let("level_1", moved(level, slope * (wanted - last)))
        for step in ("_1", "_2", "_3", "_4", "_5"):
            # A step from nearer than this has left no error to speak of: the rest of the search is free.
            far = o.abs(wanted - last) >= 1e-3
            now = o.let("score" + step, _either(o, far, score, level, step, wanted))
            slope = o.let("slope" + step, _secant(o, o.log(level / before), now - last, slope))
            before, last = level, now
            level = o.let("level" + step + "_next", moved(level, slope * (wanted - now)))
        return level

    return o.where(sd_services + sd_apps + sd_retention > 0, uncertain, lambda: services + apps)


def _either(
    o: Ops, needed: Number, score: Callable[..., Number], level: Number, step: str, wanted: Number
) -> Number:
    return o.where(needed, lambda: score(level, step), lambda: wanted)


def _secant(o: Ops, rise: Number, run: Number, otherwise: Number) -> Number:
    # Two points that have met define no line.
    return o.where(o.abs(run) > 1e-9, lambda: rise / run, lambda: otherwise)


def _two_drivers(
    o: Ops,
    services: Number,
    apps: Number,
    sd_services: Number,
    sd_apps: Number,
    correlation: Number,
    sd_retention: Number,
) -> Callable[..., Number]:
    """Return the chance of a total as a function of it, with what does not depend on the total named once."""
    own = sd_services * sd_apps
    common = sd_retention * sd_retention
    odd = 1 - correlation * correlation

    # Z is the ratio apps / services: the total is services * (1 + ratio).
    spread_sq = sd_services * sd_services + sd_apps * sd_apps - 2 * correlation * own
    ratio_sd = o.let("ratio_sd", o.pow(o.max(spread_sq, _NO_NOISE * _NO_NOISE), 0.5))
    ratio_tilt = o.let("ratio_tilt", sd_services * (correlation * sd_apps - sd_services) / ratio_sd)
    ratio_rest = o.let("ratio_rest", o.pow(o.pow(own / ratio_sd, 2) * odd + common, 0.5))
    steepest = o.max(o.abs(ratio_tilt), o.abs(ratio_tilt + ratio_sd))
    by_ratio = o.let("by_ratio", steepest < 6 * ratio_rest)

    # Z is the outer driver: the inner one has to make up target - outer.
    inner_services = o.let("inner_services", services * sd_services >= apps * sd_apps)
    inner = o.where(inner_services, lambda: services, lambda: apps)
    outer = o.where(inner_services, lambda: apps, lambda: services)
    sd_inner = o.let("sd_inner", o.where(inner_services, lambda: sd_services, lambda: sd_apps))
    sd_own = o.where(inner_services, lambda: sd_apps, lambda: sd_services)
    sd_own = o.let("sd_own", o.max(sd_own, _NO_NOISE))
    sd_outer = o.let("sd_outer", o.pow(sd_own * sd_own + common, 0.5))
    outer_tilt = (correlation * sd_inner * sd_own + common) / sd_outer
    outer_rest = o.pow(o.pow(sd_inner * sd_own, 2) * odd + common * spread_sq, 0.5) / sd_outer

    # Either way, with X a normal of its own, the target is met given Z when
    #   base + tilt * Z + rest * X + sign * ln(1 + sign * factor * e^(spread * Z)) >= 0.
    sign = o.let("sign", o.where(by_ratio, lambda: 1, lambda: -1))
    spread = o.let("spread", o.where(by_ratio, lambda: ratio_sd, lambda: sd_outer))
    tilt = o.let("tilt", o.where(by_ratio, lambda: ratio_tilt, lambda: outer_tilt))
    rest = o.let("rest", o.where(by_ratio, lambda: ratio_rest, lambda: outer_rest))

    def chance(target: Number, step: str = "") -> Number:
        base = o.let("base" + step, o.log(o.where(by_ratio, lambda: services, lambda: inner) / target))
        factor = o.let("factor" + step, o.where(by_ratio, lambda: apps / services, lambda: outer / target))

        def given(z: Number) -> Number:
            # Where the outer driver alone is above the target there is no gap: the least number stands for 0,
            # which has no logarithm.
            gap = o.positive(1 + sign * factor * o.exp(spread * z)) + 1e-300
            return o.cdf((base + tilt * z + sign * o.log(gap)) / rest)

        return o.expect(given)

    return chance


def _certain(o: Ops, level: Number, target: Number) -> Number:
    # A plan that ends on its target meets it, whatever the rounding of its last step.
    return o.where(level >= target * (1 - 1e-12), lambda: 1, lambda: 0)
