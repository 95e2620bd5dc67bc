"""Small dossiers, whole and then corrupted: what the differential test draws from."""

import copy
import csv
import io
import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

ID = {"type": "string", "constraints": {"required": True, "unique": True, "pattern": "[a-z][a-z0-9-]*"}}
# What frictionless would otherwise guess from the file.
PLAIN = {"delimiter": ",", "quoteChar": '"', "doubleQuote": True, "skipInitialSpace": False}


def resource(name: str, fields: list[dict[str, Any]], **schema: Any) -> dict[str, Any]:
    described = {"fields": fields, "missingValues": [""], **schema}
    return {
        "name": name,
        "type": "table",
        "path": f"{name}.csv",
        "scheme": "file",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "dialect": dict(PLAIN),
        "schema": described,
    }


PACKAGE: dict[str, Any] = {
    "name": "papers-and-notes",
    "title": "Papers and notes",
    "created": "2026-11-23T00:00:00Z",
    "licenses": [{"name": "CC-BY-4.0", "path": "https://creativecommons.org/licenses/by/4.0/"}],
    "sources": [{"title": "Nobody"}],
    "resources": [
        resource(
            "papers",
            [
                {"name": "id", **ID},
                {"name": "url", "type": "string", "format": "uri"},
                {"name": "day", "type": "date", "constraints": {"required": True, "minimum": "2020-01-01"}},
                {"name": "kind", "type": "string", "constraints": {"enum": ["press", "filing", "文件"]}},
                {"name": "pages", "type": "integer", "constraints": {"minimum": 1, "maximum": 900}},
            ],
            primaryKey="id",
        ),
        resource(
            "notes",
            [
                {"name": "id", **ID, "example": "a-note"},
                {"name": "paper", "type": "string", "constraints": {"required": True}},
                {"name": "after", "type": "string"},
                {"name": "value", "type": "number", "constraints": {"minimum": -10, "maximum": 99.5}},
                {"name": "step", "type": "number", "constraints": {"enum": [0.5, 1, 2], "unique": True}},
                {"name": "seen", "type": "boolean"},
                {"name": "words", "type": "string", "constraints": {"minLength": 3, "maxLength": 40}},
            ],
            primaryKey=["id"],
            foreignKeys=[
                {"fields": "paper", "reference": {"resource": "papers", "fields": "id"}},
                {"fields": ["after"], "reference": {"resource": "", "fields": ["id"]}},
            ],
        ),
        resource("links", [{"name": "one", "type": "string"}, {"name": "two", "type": "string"}]),
    ],
}
TABLES: dict[str, list[list[str]]] = {
    "papers": [
        ["id", "url", "day", "kind", "pages"],
        ["release", "https://example.com/a?b=1", "2026-06-30", "press", "2"],
        ["filing", "", "2026-07-01", "filing", ""],
        ["gazette", "https://example.com/c", "2026-07-01", "文件", "12"],
    ],
    "notes": [
        ["id", "paper", "after", "value", "step", "seen", "words"],
        ["first", "release", "", "10", "0.5", "true", "Sold, as planned."],
        ["second", "release", "first", "-1.25", "1", "false", 'Called "a year of growth"'],
        ["third", "filing", "first", "", "", "", ""],
        ["fourth", "gazette", "third", "99.5", "2", "1", "云收入增长"],
    ],
    "links": [["one", "two"], ["a", "b"], ["a", ""]],
}
CELLS = [
    "", " ", "x", "X", "first", "release", "Release", "nobody", "0", "1", "1.0", "01", "+1", "-0", "1e2", "1e309", "1e-400",
    "NaN", "inf", "1_000", "1,000", "１２", "٣", "0x10", "99999999999999999999", "9223372036854775808", ".5", "5.", "0.50",
    "true", "True", "TRUE ", "yes", "2026-06-30", "2026-6-30", "20260630", "2026/7/31", "2026-02-30", "0001-01-01", "2019-12-31",
    "2026-06-30T00:00:00", "press", "Press", "press ", "文件", "http:", "example.com", "mailto:a@b.c", "http://a b", "http://[", "x" * 41,
    "two\nlines", 'a "quoted" word', "NA", "null", "a\x00b", "é", "\ufeff", "901", "99.50000000000000000001", "1.", "e5",
]  # fmt: skip
VALUES: list[Any] = [
    None, True, False, 0, 1, -1, 2.5, "", "x", "id", "1", "2026-06-30", [], {}, ["id"], [1], [""], ["", "NA"], ["id", "id"],
    {"a": 1}, [["id"]], [{}], [None], 10**20, "9" * 30, "[", "(?i)x", "a|b", "papers", ["papers"], "string", "number", "date", "any",
    "string/uri", "utf-8", "gbk", "default", [0.5, 1, 1.0], ["a", 1], [True, False], ["press", "filing", "文件", "x"], {"delimiter": ";"},
]  # fmt: skip
KEYS: dict[str, list[tuple[str, list[Any]]]] = {
    "package": [
        ("profile", ["data-package", "tabular-data-package", "x"]), ("$schema", ["https://datapackage.org/profiles/2.0/datapackage.json", "x"]),
        ("keywords", [["a"], [1], "a"]), ("homepage", ["https://example.com", 1]), ("version", ["1.0", 1]), ("id", ["x", 1]), ("image", ["a.png", 2]),
        ("contributors", [[{"title": "A"}], [{"email": "a@b.example"}], [{"email": "no"}], "a"]), ("created", ["2026-11-23", "now", "2026-11-23T00:00:00+08:00"]),
        ("licenses", [[{}], [{"title": "x"}]]), ("subject", ["A", 3]), ("currency", ["CNY", []]), ("fiscalYearEnd", ["03-31", {}]), ("parts", [[], [{"name": "x"}]]), ("custom", [1]), ("type", ["x"]), ("name", ["A b", "a/b", "Ünder"]),
    ],
    "resource": [
        ("profile", ["tabular-data-resource", "data-resource", "x"]), ("encoding", ["utf-8", "UTF-8", "gbk", "latin-1", "utf-16", 5]), ("data", [[["a"]], {}]),
        ("bytes", [1, 0, "1", 10**6]), ("hash", ["abc", "sha256:00", "md5:1", 7]), ("format", ["csv", "tsv", "xlsx"]), ("compression", ["gz", "no"]), ("innerpath", ["a"]),
        ("dialect", [{}, {"delimiter": ";"}, {"header": False}, {"commentChar": "#"}, {"skipInitialSpace": True}, {"quoteChar": "'"}, "dialect.json", 3, {"csv": {"delimiter": ";"}}]),
        ("path", ["papers.csv", ["papers.csv"], ["papers.csv", "notes.csv"], "../papers.csv", "/etc/passwd", "nowhere.csv", ".", "x" * 300 + ".csv", "http://example.com/a.csv"]),
        ("name", ["notes", "Papers", "a b", "a-b", "class", "tables", "p"]), ("schema", ["schema.json", "no.json", {}, {"fields": []}]), ("title", ["t", 1]), ("scheme", ["https"]),
        ("mediatype", ["text/csv", "x"]), ("type", ["table", "json", "x"]), ("sources", [[{"title": 1}]]), ("missingValues", [["-"]]), ("custom", [0]),
    ],
    "schema": [
        ("missingValues", [["NA"], ["", "NA", "press", "1"], [""], [], "NA", [1], ["", "first"], [{"value": "NA", "label": "x"}]]),
        ("primaryKey", ["id", ["id"], ["id", "paper"], "no", [], ["id", "id"], 3, ["one", "two"], ["day", "kind"], ["pages"]]),
        ("foreignKeys", [[], {}, [{"fields": "id", "reference": {"resource": "papers", "fields": "id"}}], [{"fields": "day", "reference": {"resource": "", "fields": "day"}}],
            [{"fields": ["id", "paper"], "reference": {"resource": "notes", "fields": ["id", "paper"]}}], [{"fields": "pages", "reference": {"resource": "notes", "fields": "step"}}],
            [{"fields": "id"}], [{"reference": {"resource": "papers", "fields": "id"}}], [3]]),
        ("fieldsMatch", ["exact", "subset", "superset", 1]), ("uniqueKeys", [[["id"]]]), ("name", ["x", "X y"]), ("fields", [[], {}, [{"name": "id"}]]), ("custom", [0]),
    ],
    "field": [
        ("type", ["string", "number", "integer", "boolean", "date", "any", "datetime", "year", "x", 3, None]), ("format", ["default", "any", "uri", "email", "%Y/%m/%d", "%d/%m/%Y", "binary", 4]),
        ("missingValues", [["", "x"], ["NA"], "x", [1]]), ("trueValues", [["1", "true", "yes"], ["x"], ["false"], [], "yes", [1]]), ("falseValues", [["false", "no"], ["true"], []]),
        ("decimalChar", [",", "."]), ("groupChar", [",", ""]), ("bareNumber", [True, False]), ("example", ["x", "1", 1, "2026-06-30", True, "2026/6/30"]), ("categories", [["a"]]),
        ("categoriesOrdered", [True, "x"]), ("untilKnown", [{}, {"id": None}, {"no": "x"}, 3]), ("rdfType", ["x", 1]), ("title", ["x", 1]), ("required", [True]), ("constraints", [{}, [], 3, None]),
        ("name", ["id", "", " id", "Id", 3, None, "value"]), ("floatNumber", [True]), ("custom", [0]),
    ],
    "constraints": [
        ("required", [True, False, "true", 1]), ("unique", [True, False, "yes", 0]), ("enum", [["press", "filing", "文件"], [1, 2, 12], ["1", "2", "12"], [], "a", [None], ["a", "a"], [0.5, 1, 2, 10], [True], ["2026-06-30", "2026-07-01"]]),
        ("pattern", ["[a-z]+", ".*", "(", "a|release|filing|gazette", "[a-z]{99999999999}", 3, "^[a-z]+$", "(?i)A"]), ("minimum", [0, 5, -5.5, "1", "x", "2026-07-01", "2020", None, True, [], 1e9]),
        ("maximum", [0, 12, 99.49, "99.5", "x", "2026-06-30", None, False, {}]), ("minLength", [0, 1, 5, -1, 2.5, "3", None]), ("maxLength", [0, 2, 100, "3", None, 10**30]),
        ("exclusiveMinimum", [0]), ("exclusiveMaximum", [5]), ("jsonSchema", [{}]), ("custom", [0]),
    ],
}  # fmt: skip


def write(folder: Path, package: Any, tables: dict[str, list[list[str]]]) -> None:
    (folder / "datapackage.json").write_text(json.dumps(package, ensure_ascii=False), encoding="utf-8")
    (folder / "schema.json").write_text(json.dumps(PACKAGE["resources"][0]["schema"]), encoding="utf-8")
    for name, rows in tables.items():
        (folder / f"{name}.csv").write_bytes(as_csv(rows))


def as_csv(rows: list[list[str]]) -> bytes:
    stream = io.StringIO(newline="")
    csv.writer(stream, lineterminator="\n").writerows(rows)
    return stream.getvalue().encode("utf-8", "surrogatepass")


def corrupt(folder: Path, draw: random.Random) -> str:
    """Write the dossier, corrupted once or twice; return what was done."""
    package, tables = copy.deepcopy(PACKAGE), copy.deepcopy(TABLES)
    done = []
    late: list[Callable[[], None]] = []
    for _ in range(draw.choice([1, 1, 2])):
        kind = draw.choice(["cell", "cell", "rows", "bytes", "key", "key", "key", "json", "text"])
        if kind == "cell":
            name = draw.choice([name for name, rows in tables.items() if rows])
            row = draw.choice(tables[name][1:] or tables[name])
            column = draw.randrange(len(row)) if row else 0
            value = draw.choice(CELLS)
            row[column : column + 1] = [value]
            done.append(f"{name}: cell {column} of {row[:1]} = {value!r}")
        elif kind == "rows":
            done.append(rows(tables, draw))
        elif kind == "bytes":
            name = draw.choice(list(tables))
            late.append(lambda name=name: done.append(damage(folder / f"{name}.csv", draw)))  # type: ignore[misc]
        elif kind == "key":
            done.append(key(package, draw))
        elif kind == "json":
            done.append(anywhere(package, draw))
        else:
            late.append(lambda: done.append(text(folder / "datapackage.json", draw)))
    write(folder, package, tables)
    for change in late:
        change()
    return "; ".join(done)


def rows(tables: dict[str, list[list[str]]], draw: random.Random) -> str:
    name = draw.choice([name for name, rows in tables.items() if rows])
    table = tables[name]
    row = draw.randrange(len(table))
    what = draw.choice(
        [
            "drop",
            "double",
            "blank",
            "commas",
            "short",
            "long",
            "move",
            "space",
            "case",
            "header column",
            "column",
            "empty",
            "headless",
        ]
    )
    if what == "drop":
        del table[row]
    elif what == "double":
        table.append(list(table[row]))
    elif what == "blank":
        table.insert(row, [])
    elif what == "commas":
        table.insert(row, [""] * len(table[0]))
    elif what == "short":
        table[row] = table[row][:-1]
    elif what == "long":
        table[row] = [*table[row], ""]
    elif what == "move":
        table[0] = table[0][::-1]
    elif what == "space":
        table[0][0] = f" {table[0][0]}"
    elif what == "case":
        table[0][0] = table[0][0].upper()
    elif what == "header column":
        table[0].append("more")
    elif what == "column":
        for cells in table:
            cells.append("more")
    elif what == "empty":
        del table[:]
    else:
        del table[1:]
    return f"{name}: {what} {row}"


def damage(file: Path, draw: random.Random) -> str:
    content = file.read_bytes()
    place = draw.randrange(len(content) + 1)
    what = draw.choice(
        [
            "quote",
            "crlf",
            "cr",
            "bom",
            "gbk",
            "utf-16",
            "latin",
            "nul",
            "cut",
            "semicolons",
            "tabs",
            "newlines",
            "no end",
            "byte",
        ]
    )
    changed = {
        "quote": content[:place] + b'"' + content[place:],
        "crlf": content.replace(b"\n", b"\r\n"),
        "cr": content.replace(b"\n", b"\r"),
        "bom": b"\xef\xbb\xbf" + content,
        "gbk": content.decode("utf-8", "replace").encode("gb18030"),
        "utf-16": content.decode("utf-8", "replace").encode("utf-16"),
        "latin": content + "modèle\n".encode("latin-1", "replace"),
        "nul": content[:place] + b"\0" + content[place:],
        "cut": content[:place],
        "semicolons": content.replace(b",", b";"),
        "tabs": content.replace(b",", b"\t"),
        "newlines": content + b"\n" * draw.randrange(1, 4),
        "no end": content.rstrip(b"\n"),
        "byte": content[:place] + bytes([draw.randrange(256)]) + content[place:],
    }[what]
    file.write_bytes(changed)
    return f"{file.name}: {what} at {place}"


def key(package: dict[str, Any], draw: random.Random) -> str:
    level = draw.choice(
        [
            "package",
            "resource",
            "schema",
            "schema",
            "field",
            "field",
            "constraints",
            "constraints",
            "constraints",
        ]
    )
    at: Any = package
    where = [level]
    if level != "package":
        at = (
            draw.choice(package.get("resources") or [None])
            if isinstance(package.get("resources"), list)
            else None
        )
        where.append(str(at.get("name") if isinstance(at, dict) else at))
    if level in ("schema", "field", "constraints") and isinstance(at, dict):
        at = at.get("schema")
    if (
        level in ("field", "constraints")
        and isinstance(at, dict)
        and isinstance(at.get("fields"), list)
        and at["fields"]
    ):
        at = draw.choice(at["fields"])
        if isinstance(at, dict):
            where.append(str(at.get("name")))
            if level == "constraints":
                at = at.setdefault("constraints", {})
    name, values = draw.choice(KEYS[level])
    value = draw.choice(values)
    if isinstance(at, dict):
        at[name] = copy.deepcopy(value)
    return f"{' '.join(where)}: {name} = {value!r}"[:200]


def anywhere(package: Any, draw: random.Random) -> str:
    """Change, drop or misspell one value anywhere in the JSON document."""
    places: list[tuple[Any, Any, str]] = []

    def walk(node: Any, where: str) -> None:
        items = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
        for name, value in items:
            places.append((node, name, f"{where}.{name}"))
            walk(value, f"{where}.{name}")

    walk(package, "")
    node, name, where = draw.choice(places)
    what = draw.choice(["value", "value", "drop", "misspell", "wrap", "double"])
    if what == "drop":
        del node[name]
    elif what == "misspell" and isinstance(node, dict):
        node[f"{name}s"] = node.pop(name)
    elif what == "wrap":
        node[name] = [node[name]]
    elif what == "double" and isinstance(node, list):
        node.append(copy.deepcopy(node[name]))
    else:
        node[name] = copy.deepcopy(draw.choice(VALUES))
        what = f"= {node[name]!r}"[:80]
    return f"json {where} {what}"


def text(file: Path, draw: random.Random) -> str:
    given = file.read_bytes().decode("utf-8", "replace")
    place = draw.randrange(len(given) + 1)
    what = draw.choice(
        [
            "cut",
            "char",
            "nan",
            "1e309",
            "deep",
            "twice",
            "bom",
            "latin",
            "list",
            "nothing",
            "surrogate",
            "long integer",
        ]
    )
    changed: str | bytes = {
        "cut": given[:place],
        "char": given[:place] + draw.choice('",:{}[]x1\\') + given[place:],
        "nan": given.replace("99.5", draw.choice(["NaN", "Infinity", "-Infinity"])),
        "1e309": given.replace("99.5", "1e309"),
        "deep": given.replace('"Nobody"', "[" * 100_000 + "]" * 100_000),
        "twice": given.replace('"maximum": 99.5', '"maximum": 5, "maximum": 99.5'),
        "bom": "\ufeff" + given,
        "latin": given.replace("文件", "modèle").encode("latin-1", "replace"),
        "list": f"[{given}]",
        "nothing": "",
        "surrogate": given.replace('"Papers and notes"', r'"\ud800"'),
        "long integer": given.replace("99.5", "9" * 5000),
    }[what]
    file.write_bytes(changed if isinstance(changed, bytes) else changed.encode("utf-8"))
    return f"datapackage.json: {what} at {place}"
