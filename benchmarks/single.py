"""One move of a slider: every closed-form figure for a new year-end level, in several engines."""

import math
import tempfile
from pathlib import Path

import pandas as pd
from model import (
    APPS,
    GROWTH_APPS,
    GROWTH_SERVICES,
    MONTHS,
    RHO,
    SCENARIO,
    SD_APPS,
    SD_RETENTION,
    SD_SERVICES,
    SERVICES,
)

from workbook.arr import FLOATS, formulas

START, CHURN, EXPANSION, PRICE = SERVICES + APPS, SCENARIO.churn, SCENARIO.expansion, SCENARIO.token_price
SHARE = APPS / START
NAMES = (
    "multiple",
    "cmgr",
    "annualised_growth",
    "net_new_arr",
    "recognised_revenue",
    "gross_new_arr",
    "expansion_arr",
    "tokens_per_day",
    "grr",
    "nrr",
    "services_arr",
    "apps_arr",
)


def fused(end: float) -> tuple[float, ...]:
    """Write the figures out by hand, sharing what can be shared."""
    ratio = end / START
    growth = ratio - 1
    log_ratio = math.log(ratio)
    revenue = START * MONTHS / 12 * (growth / log_ratio if growth else 1.0)
    net_new, log_kept, year = end - START, math.log(1 - CHURN), 12 * revenue
    apps = end * SHARE
    return (
        ratio,
        ratio ** (1 / MONTHS) - 1,
        ratio ** (12 / MONTHS) - 1,
        net_new,
        revenue,
        net_new - log_kept * year,
        (math.log(1 - CHURN + EXPANSION) - log_kept) * year,
        end / PRICE * 1e15 / 365,
        (1 - CHURN) ** MONTHS,
        (1 - CHURN + EXPANSION) ** MONTHS,
        end - apps,
        apps,
    )


_NODES = [(0.4 * k, 0.4 * math.exp(-((0.4 * k) ** 2) / 2) / math.sqrt(8 * math.pi)) for k in range(-21, 22)]
_X, _Y, _C = (sd * math.sqrt(MONTHS) for sd in (SD_SERVICES, SD_APPS, SD_RETENTION))
_SPREAD = math.sqrt(_X**2 + _Y**2 - 2 * RHO * _X * _Y)
_TILT = _X * (RHO * _Y - _X) / _SPREAD
_REST = -math.sqrt(2) * math.hypot(_X * _Y / _SPREAD * math.sqrt(1 - RHO**2), _C)
_MEDIANS = SERVICES * (1 + GROWTH_SERVICES) ** MONTHS, APPS * (1 + GROWTH_APPS) ** MONTHS
_TERMS = [
    (weight, _TILT * z + math.log1p(_MEDIANS[1] / _MEDIANS[0] * math.exp(_SPREAD * z)))
    for z, weight in _NODES
]


def fused_with_chance(end: float) -> tuple[float, ...]:
    """Add P(target), all that does not depend on the slider worked out beforehand."""
    base, erfc = math.log(_MEDIANS[0] / end), math.erfc
    return *fused(end), sum(weight * erfc((base + term) / _REST) for weight, term in _TERMS)


def from_formulas(end: float) -> tuple[float, ...]:
    """Call the formulas of the package with floats."""
    o = FLOATS
    revenue = formulas.revenue_exponential(o, START, end, MONTHS, 0, MONTHS)
    net_new, apps = formulas.net_new_arr(o, START, end), end * SHARE
    return (
        formulas.multiple(o, START, end),
        formulas.cmgr(o, START, end, MONTHS),
        formulas.annualised_growth(o, START, end, MONTHS),
        net_new,
        revenue,
        formulas.gross_new_arr(o, net_new, CHURN, revenue),
        formulas.expansion_arr(o, CHURN, EXPANSION, revenue),
        formulas.tokens_per_day(o, end, 1.0, PRICE),
        formulas.grr(o, CHURN, MONTHS),
        formulas.nrr(o, CHURN, EXPANSION, MONTHS),
        formulas.services(o, end, apps),
        apps,
    )


def from_scenario(end: float) -> tuple[float, ...]:
    """Change the scenario, checks and P(target) and all, as the panel does."""
    figures = SCENARIO.replace(end_arr=end).figures()
    return *(figures[name] for name in NAMES), figures["p_target"]


def pandas_frame():
    """Keep the inputs in a one-row frame and add a column a figure."""

    def recompute(end: float) -> tuple[float, ...]:
        frame = pd.DataFrame({"start": [START], "end": [end]})
        frame["multiple"] = frame["end"] / frame["start"]
        frame["cmgr"] = frame["multiple"] ** (1 / MONTHS) - 1
        frame["annualised_growth"] = frame["multiple"] ** (12 / MONTHS) - 1
        frame["net_new_arr"] = frame["end"] - frame["start"]
        frame["recognised_revenue"] = (
            frame["start"] * MONTHS / 12 * (frame["multiple"] - 1) / frame["multiple"].map(math.log)
        )
        frame["gross_new_arr"] = frame["net_new_arr"] - math.log(1 - CHURN) * 12 * frame["recognised_revenue"]
        frame["expansion_arr"] = (
            math.log((1 - CHURN + EXPANSION) / (1 - CHURN)) * 12 * frame["recognised_revenue"]
        )
        frame["tokens_per_day"] = frame["end"] / PRICE * 1e15 / 365
        frame["grr"] = (1 - CHURN) ** MONTHS
        frame["nrr"] = (1 - CHURN + EXPANSION) ** MONTHS
        frame["apps_arr"] = frame["end"] * SHARE
        frame["services_arr"] = frame["end"] - frame["apps_arr"]
        return tuple(frame.loc[0, list(NAMES)])

    return recompute


def modelx():
    import modelx as mx

    space = mx.new_model().new_space("Plan")
    space.math, space.start, space.months, space.churn = math, START, MONTHS, CHURN
    space.expansion, space.price, space.share, space.end = EXPANSION, PRICE, SHARE, 30.0
    cells = {
        "multiple": "end / start",
        "cmgr": "multiple() ** (1 / months) - 1",
        "annualised_growth": "multiple() ** (12 / months) - 1",
        "net_new_arr": "end - start",
        "recognised_revenue": "start * months / 12 * (multiple() - 1) / math.log(multiple())",
        "gross_new_arr": "net_new_arr() - math.log(1 - churn) * 12 * recognised_revenue()",
        "expansion_arr": "math.log((1 - churn + expansion) / (1 - churn)) * 12 * recognised_revenue()",
        "tokens_per_day": "end / price * 1e15 / 365",
        "grr": "(1 - churn) ** months",
        "nrr": "(1 - churn + expansion) ** months",
        "services_arr": "end - apps_arr()",
        "apps_arr": "end * share",
    }
    made = [space.new_cells(name, formula=f"lambda: {text}") for name, text in cells.items()]

    def recompute(end: float) -> tuple[float, ...]:
        space.end = end
        return tuple(cell() for cell in made)

    return recompute


def excel_formulas():
    """Compile a one-sheet workbook once and recalculate it."""
    import formulas as engine
    import xlsxwriter

    texts = {
        "multiple": "=A2/A1",
        "cmgr": "=POWER(B1,1/6)-1",
        "annualised_growth": "=POWER(B1,12/6)-1",
        "net_new_arr": "=A2-A1",
        "recognised_revenue": "=A1*6/12*(B1-1)/LN(B1)",
        "gross_new_arr": "=B4-LN(1-A3)*12*B5",
        "expansion_arr": "=LN((1-A3+A4)/(1-A3))*12*B5",
        "tokens_per_day": "=A2/A5*1000000000000000/365",
        "grr": "=POWER(1-A3,6)",
        "nrr": "=POWER(1-A3+A4,6)",
        "services_arr": "=A2-B12",
        "apps_arr": "=A2*A6",
    }
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "plan.xlsx")
        with xlsxwriter.Workbook(path) as book:
            sheet = book.add_worksheet("Plan")
            for row, value in enumerate((START, 30.0, CHURN, EXPANSION, PRICE, SHARE)):
                sheet.write(row, 0, value)
            for row, text in enumerate(texts.values()):
                sheet.write_formula(row, 1, text, None, "")
        model = engine.ExcelModel().loads(str(path)).finish()
    cell = "'[plan.xlsx]PLAN'!{}".format
    compiled = model.compile(inputs=[cell("A2")], outputs=[cell(f"B{row}") for row in range(1, 13)])

    def recompute(end: float) -> tuple[float, ...]:
        return tuple(float(value.value[0, 0]) for value in compiled(end))

    return recompute
