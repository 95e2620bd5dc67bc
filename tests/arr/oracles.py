"""What the formulas have to agree with, and two real programs that read their text.

The oracles are written from the definitions (logits, integrals, logarithms), not from the formulas.
"""

import json
import math
import os
import random
import re
import shutil
import subprocess
from collections.abc import Callable

import mpmath as mp
import openpyxl
import pytest
import vl_convert
import xlsxwriter

Row = dict[str, float]

mp.mp.dps = 50
LEVEL = "start", "end"


def _logistic(start, end, ceiling, span, t):
    logit = lambda level: mp.log(level / (ceiling - level))  # noqa: E731
    x = logit(start) + (logit(end) - logit(start)) * t / span
    return ceiling / (1 + mp.exp(-x))


def _geometric(start, end, span, t):
    return mp.exp(mp.log(start) + (mp.log(end) - mp.log(start)) * t / span)


def _integral(path: Callable, since, until):
    # Short pieces, on each of which the path is smooth; 30 digits take half the time of 50.
    with mp.workdps(30):
        return mp.quad(path, mp.linspace(since, until, 5)) / 12


def _sd_positive(median, sd, target):
    if sd == 0:
        return mp.mpf(median >= target)
    return mp.ncdf((mp.log(median) - mp.log(target)) / sd)


def _normal_quantile(p):
    return mp.sqrt(2) * mp.erfinv(2 * p - 1)


ORACLES: dict[str, Callable] = {
    "exponential": _geometric,
    "linear": lambda start, end, span, t: (start * (span - t) + end * t) / span,
    "s_curve": _logistic,
    "multiple": lambda start, end: end / start,
    "cmgr": lambda start, end, span: mp.expm1(mp.log(end / start) / span),
    "annualised_growth": lambda start, end, span: mp.expm1(12 * mp.log(end / start) / span),
    "net_new_arr": lambda start, end: end - start,
    "grr": lambda churn, months: mp.exp(months * mp.log(1 - churn)),
    "nrr": lambda churn, expansion, months: mp.exp(months * mp.log(1 - churn + expansion)),
    "gross_new_arr": lambda net_new, churn, revenue: net_new + 12 * revenue * -mp.log(1 - churn),
    "expansion_arr": lambda churn, expansion, revenue: (
        12 * revenue * (mp.log(1 - churn + expansion) - mp.log(1 - churn))
    ),
    "revenue_exponential": lambda start, end, span, since, until: _integral(
        lambda t: _geometric(start, end, span, t), since, until
    ),
    "revenue_linear": lambda start, end, span, since, until: _integral(
        lambda t: start + (end - start) / span * t, since, until
    ),
    "revenue_s_curve": lambda start, end, ceiling, span, since, until: _integral(
        lambda t: _logistic(start, end, ceiling, span, t), since, until
    ),
    "apps": lambda start, apps_share, apps_growth, t: (
        start * apps_share * mp.exp(t * mp.log(1 + apps_growth))
    ),
    "services": lambda total, apps: total - apps,
    # bn to one, a year to a day, a million tokens to one.
    "tokens_per_day": lambda arr, token_share, token_price: (
        arr * 10**9 * token_share / 365 / (token_price / 10**6)
    ),
    "token_price": lambda arr, token_share, tokens_per_day: (
        arr * 10**9 * token_share / (365 * tokens_per_day) * 10**6
    ),
    "external_share": lambda arr, external_revenue: arr / external_revenue,
    "level_reached": lambda start, growth, months: start * mp.exp(months * mp.log(1 + growth)),
    "start_needed": lambda end, growth, months: end * mp.exp(-months * mp.log(1 + growth)),
    "months_at_growth": lambda start, level, growth: (mp.log(level) - mp.log(start)) / mp.log(1 + growth),
    "months_exponential": lambda start, end, span, level: (
        span * (mp.log(level) - mp.log(start)) / (mp.log(end) - mp.log(start))
    ),
    "months_linear": lambda start, end, span, level: span * (level - start) / (end - start),
    "months_s_curve": lambda start, end, ceiling, span, level: (
        span
        * (mp.log(level / (ceiling - level)) - mp.log(start / (ceiling - start)))
        / (mp.log(end / (ceiling - end)) - mp.log(start / (ceiling - start)))
    ),
    "apps_growth_needed": lambda end, services_end, apps_start, span: mp.expm1(
        mp.log((end - services_end) / apps_start) / span
    ),
    "log_sd": lambda volatility, months: volatility * mp.sqrt(months),
    "p_target_one_driver": _sd_positive,
    "quantile_one_driver": lambda median, sd, probability: (
        median * mp.exp(sd * _normal_quantile(probability))
    ),
}


def two_drivers(services, apps, sd_services, sd_apps, correlation, sd_retention, target) -> float:
    """P(services + apps >= target): adaptive quadrature of the textbook conditional normal, 30 digits."""
    with mp.workdps(30):
        var_services, var_apps = (
            mp.mpf(sd) ** 2 + mp.mpf(sd_retention) ** 2 for sd in (sd_services, sd_apps)
        )
        covariance = mp.mpf(correlation) * sd_services * sd_apps + mp.mpf(sd_retention) ** 2
        sd, rest = mp.sqrt(var_apps), mp.sqrt(var_services - covariance**2 / var_apps)

        def integrand(z):
            gap = target - apps * mp.exp(sd * z)
            if gap <= 0:  # the kink itself, as rounded
                return mp.npdf(z)
            return mp.npdf(z) * mp.ncdf((mp.log(services / gap) + covariance / sd * z) / rest)

        # Where the applications alone reach the target, and around where they and the median services do.
        kink = mp.log(mp.mpf(target) / apps) / sd
        points = {mp.mpf(k) for k in range(-10, 11)} | {kink}
        if target > services:
            turn, width = mp.log((mp.mpf(target) - services) / apps) / sd, rest * services / (sd * target)
            points |= {turn + side * k * width for side in (-1, 1) for k in (0, 2, 6, 20)}
        points = sorted(z for z in points if -10 <= z <= min(kink, 10))
        below = mp.quad(integrand, points) if len(points) > 1 else mp.mpf(0)
        return float(below + mp.ncdf(-kink))


def rows(formula: str, parameters: list[str], count: int) -> list[Row]:
    """Draw arguments over the widest range a formula is meant for, and put the edges first."""
    rng = random.Random(formula)  # noqa: S311 (a repeatable draw, not a secret)
    return [row for row in (*_edges(rng, parameters), *(_draw(rng, parameters) for _ in range(count))) if row]


def _draw(rng: random.Random, parameters: list[str], **fixed: float) -> Row:
    start = fixed.get("start", 10 ** rng.uniform(-6, 12))
    # Twelve powers of ten between the levels at the most, and what a day of them still leaves finite.
    span = fixed.get("span", rng.choice([rng.uniform(1 / 31, 120), rng.uniform(1, 24)]))
    reach = min(12, 20 * span)
    end = fixed.get("end", min(max(start * 10 ** rng.uniform(-reach, reach), 1e-6), 1e12))
    since, until = sorted(rng.uniform(0, span) for _ in range(2))
    value = {
        "start": start,
        "end": end,
        "span": span,
        "t": rng.uniform(0, span),
        "since": since,
        "until": until,
        "ceiling": max(start, end) * (1 + 10 ** rng.uniform(-3, 3)),
        "months": rng.uniform(1 / 31, 120),
        "churn": rng.uniform(0, 0.5),
        "expansion": rng.uniform(0, 0.5),
        "revenue": 10 ** rng.uniform(-6, 12),
        "net_new": 10 ** rng.uniform(-6, 12),
        "apps_share": rng.uniform(0, 1),
        "apps_growth": rng.uniform(-0.5, 1),
        "growth": rng.choice([-1, 1]) * rng.uniform(0.001, 0.5),
        "level": start * (end / start) ** rng.uniform(0.05, 0.95),
        "total": end,
        "apps": end * rng.uniform(0, 0.99),
        "arr": end,
        "token_share": rng.uniform(0.01, 1),
        "token_price": 10 ** rng.uniform(-2, 3),
        "tokens_per_day": 10 ** rng.uniform(6, 18),
        "external_revenue": 10 ** rng.uniform(-6, 12),
        "services_end": end * rng.uniform(0, 0.99),
        "apps_start": start * rng.uniform(0.01, 1),
        "volatility": rng.uniform(0, 1),
        "median": start,
        "sd": rng.uniform(0.01, 3),
        "target": start * 10 ** rng.uniform(-1, 1),
        "probability": rng.uniform(0.001, 0.999),
    } | fixed
    return {name: value[name] for name in parameters}


def _edges(rng: random.Random, parameters: list[str]) -> list[Row]:
    edges: list[Row] = []
    solves_on_path = "level" in parameters and "end" in parameters
    if "end" in parameters and "start" in parameters:
        edges += [{"start": 1e-6, "end": 1e-3}, {"start": 1e12, "end": 1e10}, {"start": 10, "end": 30}]
        if not solves_on_path:  # a flat path is everywhere and never at a level
            flat = [{"start": x, "end": x} for x in (10, 1e-6, 1e12)]
            edges += [*flat, {"start": 10, "end": math.nextafter(10, 11)}, {"start": 10, "end": 10 + 1e-9}]
    if "span" in parameters:
        edges += [{"span": 1 / 31, "start": 10, "end": 10.5}, {"span": 120}, {"span": 6}]
    if "t" in parameters:
        edges += [{"t": 0}, {"span": 6, "t": 6}]
    if "since" in parameters:
        edges += [{"span": 6, "since": 0, "until": 6}, {"span": 6, "since": 2, "until": 2 + 1 / 31}]
        edges += [{"span": 6, "since": 3, "until": 3}]
    if "churn" in parameters:
        edges += [{"churn": 0}, {"churn": 1e-6}]
        edges += [{"churn": 0, "expansion": 0}] if "expansion" in parameters else []
    if "months" in parameters:
        edges += [{"months": 1 / 31}, {"months": 120}]
    if "sd" in parameters:
        edges += [{"sd": 1e-6, "median": 10, "target": 10}, {"probability": 0.5}]
    return [
        _draw(rng, parameters, **{k: float(v) for k, v in edge.items() if k in _known(parameters)})
        for edge in edges
    ]


def _known(parameters: list[str]) -> set[str]:
    return set(parameters) | {"start", "end", "span"}


# The real programs ------------------------------------------------------------------------------------------


def vega_values(texts: dict[str, str], rows: list[Row]) -> dict[str, list[float]]:
    """Let Vega compute expressions on rows of `datum`, and read the numbers off the scene it would draw.

    The expressions see one another's results in their order, as a chain of calculate transforms does.
    """
    spec = {
        "$schema": "https://vega.github.io/schema/vega/v5.json",
        "data": [
            {
                "name": "rows",
                "values": rows,
                "transform": [{"type": "formula", "as": name, "expr": text} for name, text in texts.items()],
            }
        ],
        "marks": [
            {
                "type": "text",
                "from": {"data": "rows"},
                "encode": {
                    "enter": {"text": {"signal": "'=' + " + " + ' ' + ".join(f"datum.{n}" for n in texts)}}
                },
            }
        ],
    }
    printed: list[str] = []

    def collect(item: object) -> None:
        if isinstance(item, dict):
            if str(item.get("text", "")).startswith("="):
                printed.append(item["text"].removeprefix("="))
            for child in item.values():
                collect(child)
        elif isinstance(item, list):
            for child in item:
                collect(child)

    collect(json.loads(json.dumps(vl_convert.vega_to_scenegraph(spec))))
    columns = zip(*(line.split(" ") for line in printed), strict=True)
    return {name: [_js_number(text) for text in column] for name, column in zip(texts, columns, strict=True)}


def _js_number(text: str) -> float:
    words = {"Infinity": math.inf, "-Infinity": -math.inf, "NaN": math.nan, "true": 1.0, "false": 0.0}
    return words[text] if text in words else float(text)


def recalculated(folder, sheets: dict[str, tuple[list[Row], dict[str, str]]]) -> dict[str, dict[str, list]]:
    """Write rows and formulas to a workbook, let LibreOffice recalculate it, and read the cells.

    `sheets` has for each sheet the rows, one a line from row 2, and the formulas, in which `cell.name` stands
    for the cell that holds that parameter, or the result of an earlier formula, on the same line.
    """
    soffice = shutil.which("soffice")
    if soffice is None:
        if os.environ.get("CI"):
            pytest.fail("LibreOffice is not installed: apt-get install libreoffice-calc-nogui")
        pytest.skip("LibreOffice is not installed: the Excel reading was not recalculated")
    source = folder / "formulas.xlsx"
    with xlsxwriter.Workbook(source, {"use_future_functions": True}) as book:
        for title, (table, formulas) in sheets.items():
            sheet = book.add_worksheet(title)
            names = [*table[0], *formulas]
            sheet.write_row(0, 0, names)
            for line, row in enumerate(table, start=1):
                here = {name: xlsxwriter.utility.xl_rowcol_to_cell(line, k) for k, name in enumerate(names)}
                sheet.write_row(line, 0, row.values())
                for name, text in formulas.items():
                    # An empty stored result makes LibreOffice compute; a stored 0 it would believe.
                    text = re.sub(r"\bcell\.(\w+)", lambda mark, here=here: here[mark[1]], text)
                    sheet.write_formula(here[name], "=" + text, None, "")
    command = [
        soffice,
        f"-env:UserInstallation=file://{folder}/profile",
        "--headless",
        "--convert-to",
        "xlsx",
    ]
    subprocess.run(
        [*command, "--outdir", folder / "out", source], check=True, capture_output=True, timeout=180
    )
    book = openpyxl.load_workbook(folder / "out" / source.name, data_only=True)
    result: dict[str, dict[str, list]] = {}
    for title, (table, formulas) in sheets.items():
        lines = list(book[title].iter_rows(min_row=2, values_only=True))
        first = len(table[0])
        result[title] = {name: [line[first + k] for line in lines] for k, name in enumerate(formulas)}
    return result
