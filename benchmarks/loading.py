"""How fast and in how much memory a large dossier opens: ours, pandas.read_csv and frictionless.

    python benchmarks/loading.py                 # 321,000 rows, about three minutes
    python benchmarks/loading.py --rows 50000 --turns 3

Each measurement is a process of its own, and contenders take turns: the machine is shared, so ratios within
one run count, not times. pandas reads the same files with its C engine, guesses types and checks nothing.
"""

from __future__ import annotations

import argparse
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import large_dossier


def ours(folder: Path) -> float:
    """Open, check and build every table; return the size of the tables in MB."""
    import workbook as wb

    book = wb.open(folder)
    tables = [getattr(book, name) for name in book.tables]
    return float(sum(table.memory_usage(deep=True).sum() for table in tables)) / 1e6


def pandas(folder: Path) -> float:
    import pandas as pd

    tables = [pd.read_csv(file) for file in sorted(folder.glob("*.csv"))]
    return float(sum(table.memory_usage(deep=True).sum() for table in tables)) / 1e6


def frictionless(folder: Path) -> float:
    from frictionless import Package

    report = Package(str(folder / "datapackage.json")).validate()
    assert report.valid, report.flatten(["rowNumber", "fieldName", "note"])[:5]
    return 0.0


def bundled(folder: Path) -> float:
    from workbook.dossier import bundled as of

    return ours(of("data"))


CONTENDERS: dict[str, Callable[[Path], float]] = {
    "ours": ours,
    "pandas": pandas,
    "frictionless": frictionless,
    "bundled": bundled,
}
FIGURES = ("seconds", "cpu", "peak", "size")


def measure(name: str, folder: Path) -> dict[str, float]:
    """Measure one contender in this process, after its imports."""
    import pandas  # noqa: F401 - what both import is in no figure

    import workbook  # noqa: F401

    if name == "frictionless":
        import frictionless  # noqa: F401
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    start, spent = time.perf_counter(), time.process_time()
    size = CONTENDERS[name](folder)
    seconds, cpu = time.perf_counter() - start, time.process_time() - spent
    peak = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1e3
    return {"seconds": seconds, "cpu": cpu, "peak": peak, "size": size}


def turn(name: str, folder: Path) -> dict[str, float]:
    command = [sys.executable, __file__, "--only", name, "--folder", str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    found: dict[str, float] = json.loads(done.stdout)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=large_dossier.ROWS)
    parser.add_argument("--turns", type=int, default=5)
    parser.add_argument("--only", choices=CONTENDERS)
    parser.add_argument("--folder", type=Path)
    given = parser.parse_args()
    if given.only:
        print(json.dumps(measure(given.only, given.folder)))
        return
    with tempfile.TemporaryDirectory() as folder:
        rows = large_dossier.write(Path(folder), given.rows)
        size = sum(file.stat().st_size for file in Path(folder).glob("*.csv")) / 1e6
        print(f"{rows:,} rows, {size:.0f} MB of CSV, {given.turns} turns\n")
        turns = [{name: turn(name, Path(folder)) for name in ("ours", "pandas")} for _ in range(given.turns)]
        slow = turn("frictionless", Path(folder))
        small = [turn("bundled", Path(folder))["seconds"] for _ in range(given.turns)]
    middle = {
        name: {
            what: statistics.median(t[name][what] for t in turns)
            for what in ("seconds", "cpu", "peak", "size")
        }
        for name in ("ours", "pandas")
    } | {"frictionless": slow}
    print("| | s | processor s | peak MB | tables MB |\n| --- | --- | --- | --- | --- |")
    for name, found in middle.items():
        seconds = [f"{found[what]:.2f}" for what in FIGURES[:2]]
        shown = seconds + [f"{found[what]:.0f}" for what in FIGURES[2:]]
        print(f"| {name} | {' | '.join(shown)} |")
    ratios = sorted(t["ours"]["cpu"] / t["pandas"]["cpu"] for t in turns)
    mine = middle["ours"]
    least, most = ratios[0], ratios[-1]
    print(f"\nours / pandas, processor time: {statistics.median(ratios):.2f} ({least:.2f} to {most:.2f})")
    print(f"frictionless / ours: {slow['cpu'] / mine['cpu']:.1f}")
    print(f"peak memory / tables: {mine['peak'] / mine['size']:.2f}")
    print(f"the bundled dossier with all tables: {statistics.median(small) * 1000:.0f} ms")


if __name__ == "__main__":
    main()
