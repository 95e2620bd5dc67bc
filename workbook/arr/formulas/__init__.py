r"""Every formula of the run-rate model, once.

Each is a plain function of an operations object `o` and number-likes (see `workbook.arr.operations`), so that
one text computes a slider move and a grid, and becomes a Vega expression, an Excel cell and a line of LaTeX.
Amounts are in bn of one currency, levels are ARR (annualised), times are months since the first dated level
(see `workbook.arr.calendar`), rates are per month unless the name says otherwise.
"""

from workbook.arr.formulas.chance import (
    log_sd,
    p_target_one_driver,
    p_target_two_drivers,
    quantile_one_driver,
    quantile_two_drivers,
    shortfall_two_drivers,
)
from workbook.arr.formulas.growth import (
    annualised_growth,
    apps,
    apps_growth_needed,
    cmgr,
    expansion_arr,
    external_share,
    gross_new_arr,
    grr,
    level_reached,
    months_at_growth,
    multiple,
    net_new_arr,
    nrr,
    services,
    start_needed,
    token_price,
    tokens_per_day,
)
from workbook.arr.formulas.paths import (
    exponential,
    linear,
    months_exponential,
    months_linear,
    months_s_curve,
    revenue_exponential,
    revenue_linear,
    revenue_s_curve,
    s_curve,
)

__all__ = [
    "annualised_growth",
    "apps",
    "apps_growth_needed",
    "cmgr",
    "expansion_arr",
    "exponential",
    "external_share",
    "gross_new_arr",
    "grr",
    "level_reached",
    "linear",
    "log_sd",
    "months_at_growth",
    "months_exponential",
    "months_linear",
    "months_s_curve",
    "multiple",
    "net_new_arr",
    "nrr",
    "p_target_one_driver",
    "p_target_two_drivers",
    "quantile_one_driver",
    "quantile_two_drivers",
    "revenue_exponential",
    "revenue_linear",
    "revenue_s_curve",
    "s_curve",
    "services",
    "shortfall_two_drivers",
    "start_needed",
    "token_price",
    "tokens_per_day",
]
