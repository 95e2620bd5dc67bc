"""The same model in other tools, each in its own idiom; each returns P(target), to see that it is the same.

A function raises ImportError or FileNotFoundError when its tool is not installed.
"""

import json
import math
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd
from model import (
    APPS,
    GROWTH_APPS,
    GROWTH_SERVICES,
    MONTHS,
    QUANTILES,
    RHO,
    SD_APPS,
    SD_RETENTION,
    SD_SERVICES,
    SERVICES,
    TARGET,
)

HERE = Path(__file__).parent
REST = math.sqrt(1 - RHO**2)


def pandas_vectorised(paths: int) -> float:
    rng = np.random.default_rng(0)
    first, second, common = (pd.DataFrame(rng.standard_normal((paths, MONTHS))) for _ in range(3))
    services = SERVICES * np.exp(
        (math.log1p(GROWTH_SERVICES) + SD_SERVICES * first + SD_RETENTION * common).cumsum(axis=1)
    )
    apps = APPS * np.exp(
        (math.log1p(GROWTH_APPS) + SD_APPS * (RHO * first + REST * second) + SD_RETENTION * common).cumsum(
            axis=1
        )
    )
    total = services + apps
    total.quantile(list(QUANTILES))
    (TARGET - total[MONTHS - 1]).clip(lower=0).mean()
    return float((total[MONTHS - 1] >= TARGET).mean())


def pandas_loop(paths: int) -> float:
    """One path a row, one row a turn."""
    rng = np.random.default_rng(0)
    columns = [f"{name}{month}" for month in range(MONTHS) for name in ("a", "b", "r")]
    shocks = pd.DataFrame(rng.standard_normal((paths, 3 * MONTHS)), columns=columns)
    totals = pd.DataFrame(np.zeros((paths, MONTHS)))
    for index, row in shocks.iterrows():
        services, apps = SERVICES, APPS
        for month in range(MONTHS):
            first, second, common = row[f"a{month}"], row[f"b{month}"], SD_RETENTION * row[f"r{month}"]
            services *= (1 + GROWTH_SERVICES) * math.exp(SD_SERVICES * first + common)
            apps *= (1 + GROWTH_APPS) * math.exp(SD_APPS * (RHO * first + REST * second) + common)
            totals.iat[index, month] = services + apps  # noqa: PD009 (the idiom timed)
    totals.quantile(list(QUANTILES))
    (TARGET - totals[MONTHS - 1]).clip(lower=0).mean()
    return float((totals[MONTHS - 1] >= TARGET).mean())


def modelx(paths: int) -> float:
    import modelx as mx

    space = mx.new_model().new_space("Runs")
    space.np, space.rng, space.paths = np, np.random.default_rng(0), paths
    space.log_services, space.log_apps = math.log1p(GROWTH_SERVICES), math.log1p(GROWTH_APPS)
    space.sd_services, space.sd_apps, space.sd_retention = SD_SERVICES, SD_APPS, SD_RETENTION
    space.rho, space.rest, space.start_services, space.start_apps = RHO, REST, SERVICES, APPS
    space.target, space.last, space.wanted = TARGET, MONTHS, QUANTILES

    space.new_cells("shock", formula="lambda name, m: rng.standard_normal(paths)")
    space.new_cells(
        "services",
        formula="lambda m: start_services if m == 0 else services(m - 1) * np.exp(log_services"
        " + sd_services * shock('first', m) + sd_retention * shock('common', m))",
    )
    space.new_cells(
        "apps",
        formula="lambda m: start_apps if m == 0 else apps(m - 1) * np.exp(log_apps"
        " + sd_apps * (rho * shock('first', m) + rest * shock('second', m))"
        " + sd_retention * shock('common', m))",
    )
    space.new_cells("total", formula="lambda m: services(m) + apps(m)")
    space.new_cells("fan", formula="lambda m: np.quantile(total(m), wanted)")
    space.new_cells("shortfall", formula="lambda: np.maximum(target - total(last), 0).mean()")
    space.new_cells("p_target", formula="lambda: (total(last) >= target).mean()")
    for month in range(1, MONTHS + 1):
        space.fan(month)
    space.shortfall()
    return float(space.p_target())


def squigglepy(paths: int) -> float:
    import squigglepy as sq

    sq.set_seed(0)
    services, apps = np.full(paths, SERVICES), np.full(paths, APPS)
    for _ in range(MONTHS):
        pair = sq.correlate(
            (
                sq.norm(mean=math.log1p(GROWTH_SERVICES), sd=SD_SERVICES),
                sq.norm(mean=math.log1p(GROWTH_APPS), sd=SD_APPS),
            ),
            [[1, RHO], [RHO, 1]],
        )
        first, second = (sq.sample(each, n=paths) for each in pair)
        common = sq.sample(sq.norm(mean=0, sd=SD_RETENTION), n=paths)
        services, apps = services * np.exp(first + common), apps * np.exp(second + common)
        total = services + apps
        np.quantile(total, QUANTILES)
    np.maximum(TARGET - total, 0).mean()
    return float((total >= TARGET).mean())


def squiggle(paths: int) -> tuple[float, float]:
    """Return P(target) and the seconds of the engine alone, without starting node."""
    if not shutil.which("node") or not (HERE / "node_modules" / "@quri" / "squiggle-lang").exists():
        raise FileNotFoundError(
            "squiggle: npm install --no-save --no-package-lock --prefix benchmarks @quri/squiggle-lang@0.10.0"
        )
    output = subprocess.check_output(["node", "squiggle.mjs", str(paths)], cwd=HERE, text=True)
    found = json.loads(output.splitlines()[-1])
    return found["p_target"], found["seconds"]


def libreoffice(paths: int) -> tuple[float, float]:
    """Return P(target) and the seconds to load, recalculate and write, without starting the program."""
    import xlsxwriter

    office = shutil.which("soffice")
    if not office:
        raise FileNotFoundError("libreoffice: no soffice on the path")
    with tempfile.TemporaryDirectory() as folder:
        book, empty = Path(folder, "paths.xlsx"), Path(folder, "empty.xlsx")
        with xlsxwriter.Workbook(empty) as workbook:
            workbook.add_worksheet().write(0, 0, 1)
        with xlsxwriter.Workbook(book) as workbook:
            _one_path_a_row(workbook.add_worksheet(), paths)

        def convert(path: Path) -> float:
            started = time.perf_counter()
            command = [
                office,
                f"-env:UserInstallation=file://{folder}/profile",
                "--headless",
                "--convert-to",
                "csv",
                "--outdir",
                folder,
                str(path),
            ]
            subprocess.run(command, check=True, capture_output=True)
            return time.perf_counter() - started

        convert(empty)  # makes the profile
        start_up = convert(empty)
        seconds = convert(book) - start_up
        p_target = float(book.with_suffix(".csv").read_text().split(",", 1)[0])
    return p_target, seconds


def _one_path_a_row(sheet, paths: int) -> None:
    """Write three shocks, two drivers and a total a month in each row; the answers are in the first row."""
    from xlsxwriter.utility import xl_col_to_name as name

    for row in range(1, paths + 1):
        for month in range(MONTHS):
            first, second, common, services, apps, total = (6 * month + offset for offset in range(6))
            for column in (first, second, common):
                sheet.write_formula(row, column, "=NORMSINV(RAND())", None, "")
            cells = [f"{name(column)}{row + 1}" for column in (first, second, common)]
            before = (
                (SERVICES, APPS)
                if month == 0
                else (f"{name(services - 6)}{row + 1}", f"{name(apps - 6)}{row + 1}")
            )
            retention = f"{SD_RETENTION}*{cells[2]}"
            sheet.write_formula(
                row,
                services,
                f"={before[0]}*EXP({math.log1p(GROWTH_SERVICES)}+{SD_SERVICES}*{cells[0]}+{retention})",
                None,
                "",
            )
            sheet.write_formula(
                row,
                apps,
                f"={before[1]}*EXP({math.log1p(GROWTH_APPS)}+{SD_APPS}*({RHO}*{cells[0]}+{REST}*{cells[1]})+{retention})",
                None,
                "",
            )
            sheet.write_formula(row, total, f"={name(services)}{row + 1}+{name(apps)}{row + 1}", None, "")
    last = f"{name(6 * MONTHS - 1)}2:{name(6 * MONTHS - 1)}{paths + 1}"
    sheet.write_formula(0, 0, f'=COUNTIF({last},">={TARGET}")/{paths}', None, "")
    sheet.write_formula(0, 1, f"=SUMPRODUCT(({TARGET}-{last})*({last}<{TARGET}))/{paths}", None, "")
    for month in range(MONTHS):
        column = name(6 * month + 5)
        for index, quantile in enumerate(QUANTILES):
            sheet.write_formula(
                0, 2 + 5 * month + index, f"=PERCENTILE({column}2:{column}{paths + 1},{quantile})", None, ""
            )
