"""What the tables of `workbook.evidence` take on a dossier of 100,000 claims, and how that grows with it.

The dossier is the bundled one many times over, each copy under ids and subjects of its own, so that it keeps
the bundled mix of claims, documents, series and disputes whatever the form of the tables.

    python benchmarks/evidence.py            # 25,000, 50,000 and 100,000 claims, about five minutes
    python benchmarks/evidence.py 2 4        # so many copies instead
"""

import csv
import json
import re
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import workbook as wb
from workbook import evidence
from workbook.dossier import bundled

COPIES = (40, 80, 160)
ROUNDS = 3
THEN, TODAY = "2026-06-08", "2026-11-23"


def main() -> None:
    """Print a table: seconds of each function by size, and how many times the work of half the size it is."""
    sizes = [int(text) for text in sys.argv[1:]] or COPIES
    taken: dict[str, list[float]] = {}
    claims = []
    for copies in sizes:
        with tempfile.TemporaryDirectory() as folder:
            write_copies(Path(folder), copies)
            book, then = wb.open(folder), wb.open(folder, as_of=THEN)
        claims.append(len(book.claims))
        for name, call in calls(book, then).items():
            taken.setdefault(name, []).append(median_seconds(call))
    print("| seconds |" + "".join(f" {count:,} claims |" for count in claims) + " the last two, times |")
    print("| --- |" + " --- |" * (len(sizes) + 1))
    for name, times in taken.items():
        growth = f"{times[-1] / times[-2]:.1f}" if len(times) > 1 else ""
        print(f"| {name} |" + "".join(f" {seconds:.2f} |" for seconds in times) + f" {growth} |")


def calls(book: wb.Dossier, then: wb.Dossier) -> dict[str, Callable[[], object]]:
    """Name what is timed."""
    themes = list(book.claims["theme"].cat.categories)
    claim = book.claims["id"].iloc[-1]
    return {
        "`cards`, all themes": lambda: [evidence.cards(book, theme) for theme in themes],
        "`find`, no filter": lambda: evidence.find(book),
        '`find`, text="revenue"': lambda: evidence.find(book, text="revenue"),
        "`coverage`": lambda: evidence.coverage(book),
        "`disputes`": lambda: evidence.disputes(book),
        "`latest`": lambda: evidence.latest(book),
        "`then_and_now`": lambda: evidence.then_and_now(then, book),
        "`stale`": lambda: evidence.stale(book, TODAY),
        "`cite`, one claim": lambda: evidence.cite(book, claim),
        "`statements`, every claim": lambda: evidence.statements(book, book.claims["id"]),
        "`grades_chart`": lambda: evidence.grades_chart(book).to_dict(),
        "`known_chart`": lambda: evidence.known_chart(book, on=THEN).to_dict(),
    }


def median_seconds(call: Callable[[], object]) -> float:
    """Return the median of a few rounds, after one that fills what is kept."""
    call()
    times = []
    for _ in range(ROUNDS):
        start = time.process_time()
        call()
        times.append(time.process_time() - start)
    return statistics.median(times)


def write_copies(folder: Path, copies: int) -> None:
    """Write the bundled dossier so many times over; a table that rests on nothing else stands once."""
    data = bundled("data")
    package = json.loads((data / "datapackage.json").read_text(encoding="utf-8"))
    tables = {r["name"]: r for r in package["resources"]}
    keys = {name: t["schema"].get("foreignKeys", []) for name, t in tables.items()}
    repeated = {name for name in tables if keys[name]} | {"sources"}
    claims = set(wb.open().claims["id"])
    (folder / "datapackage.json").write_text(json.dumps(package), encoding="utf-8")
    for name, table in tables.items():
        with (data / table["path"]).open(encoding="utf-8", newline="") as stream:
            rows = list(csv.DictReader(stream))
        names = [field["name"] for field in table["schema"]["fields"]]
        own = {table["schema"].get("primaryKey", names[0]), "subject", "company", "vendor"}
        own |= {key["fields"] for key in keys[name] if key["reference"]["resource"] in repeated}
        with (folder / table["path"]).open("w", encoding="utf-8", newline="") as stream:
            writer = csv.DictWriter(stream, names, lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)
            for number in range(1, copies if name in repeated else 1):
                writer.writerows(_copied(row, own, f"-copy-{number}", claims) for row in rows)


def _copied(row: dict[str, str], own: set[str], mark: str, claims: set[str]) -> dict[str, str]:
    marked = {column: text + mark if column in own and text else text for column, text in row.items()}
    if row.get("formula"):
        marked["formula"] = re.sub(
            r"[\w-]+", lambda word: word[0] + (mark if word[0] in claims else ""), row["formula"]
        )
    return marked


if __name__ == "__main__":
    main()
