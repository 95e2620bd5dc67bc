"""A large dossier: many copies of the bundled one, each a world of its own.

    python benchmarks/large_dossier.py FOLDER [ROWS]

Every copy has its own keys, and what refers to them follows, so that each rule that holds in the bundled
dossier holds here, whatever tables it has. Texts that hardly repeat in the bundled dossier (statements,
titles, addresses, notes) differ from copy to copy; what repeats there (enumerations, dates, publishers)
repeats here. Nothing is drawn at random: two runs write the same files.
"""

from __future__ import annotations

import csv
import json
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from workbook.dossier import bundled

ROWS = 321_000
Change = Callable[[str, int], str]


def write(folder: Path, rows: int = ROWS) -> int:
    """Write about so many rows over all tables; return how many."""
    package = json.loads((bundled("data") / "datapackage.json").read_text(encoding="utf-8"))
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "datapackage.json").write_text(json.dumps(package), encoding="utf-8")
    tables = {r["name"]: _read(bundled("data") / r["path"]) for r in package["resources"]}
    copies = max(1, round(rows / sum(map(len, tables.values()))))
    claims = {row["id"] for row in tables["claims"]}
    for resource in package["resources"]:
        name, fields = resource["name"], resource["schema"]["fields"]
        changes = [_change(package, name, field, tables[name], claims) for field in fields]
        with (folder / resource["path"]).open("w", encoding="utf-8", newline="") as stream:
            writer = csv.writer(stream, lineterminator="\n")
            writer.writerow([field["name"] for field in fields])
            for copy in range(copies):
                for row in tables[name]:
                    texts = zip(row.values(), changes, strict=True)
                    writer.writerow([change(text, copy) if text and copy else text for text, change in texts])
    return copies * sum(map(len, tables.values()))


def _read(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def _change(
    package: dict[str, Any], table: str, field: dict[str, Any], rows: list[dict[str, str]], claims: set[str]
) -> Change:
    """Say how a cell of one column differs from copy to copy."""
    key = _key(package, table, field["name"])
    if key is not None and key["type"] == "integer":
        return lambda text, copy: str(int(text) + 1000 * copy)
    if key is not None:
        pattern = key.get("constraints", {}).get("pattern", ".*")
        between = next(b for b in ("-", "_", "") if re.fullmatch(pattern, f"a{b}copy1"))
        return lambda text, copy: f"{text}{between}copy{copy}"
    if field["name"] == "formula":
        return lambda text, copy: re.sub(
            r"[a-z0-9][a-z0-9-]*",
            lambda word: f"{word[0]}-copy{copy}" if word[0] in claims else word[0],
            text,
        )
    texts = [row[field["name"]] for row in rows if row[field["name"]]]
    ruled = {"enum", "pattern"} & set(field.get("constraints", {})) or field.get("type", "string") != "string"
    if ruled or len(set(texts)) <= len(texts) / 2:
        return lambda text, copy: text
    if field.get("format") == "uri":
        return lambda text, copy: f"{text}#{copy}" if "#" not in text else f"{text}-{copy}"
    return lambda text, copy: f"{text} ({copy})"


def _key(package: dict[str, Any], table: str, column: str) -> dict[str, Any] | None:
    """Return the field whose values a column holds, where it is a key or refers to one."""
    schema = next(r["schema"] for r in package["resources"] if r["name"] == table)
    for key in schema.get("foreignKeys", []):
        fields, reference = key["fields"], key["reference"]
        if fields in (column, [column]):
            target = reference["fields"] if isinstance(reference["fields"], str) else reference["fields"][0]
            return _key(package, reference["resource"] or table, target)
    field: dict[str, Any] = next(f for f in schema["fields"] if f["name"] == column)
    primary = schema.get("primaryKey", [])
    is_key = column in ([primary] if isinstance(primary, str) else primary)
    return field if is_key or field.get("constraints", {}).get("unique") else None


if __name__ == "__main__":
    print(f"{write(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else ROWS):,} rows")
