"""Corrupted dossiers, judged by our loader and by frictionless: we are never laxer, and stricter as listed.

A few hundred a run; `DOSSIERS=5000 pytest tests/dossier/test_against_frictionless.py` takes more, by hand.
"""

import contextlib
import json
import os
import random
import re
import warnings
from pathlib import Path

import frictionless
import pytest

import workbook as wb
from tests.dossier.corrupted import PACKAGE, TABLES, anywhere, corrupt, key, write
from workbook import dossier
from workbook.dossier.package import load, read_package, resource
from workbook.dossier.schema import values
from workbook.dossier.tables import read_tables, schema_problems

SEED, COUNT = int(os.environ.get("SEED", "20261125")), int(os.environ.get("DOSSIERS", "400"))
STRICTER = [  # (what the list in the documentation of workbook.dossier says, the rules that say so)
    ("JSON to the letter", r"must be JSON in UTF-8"),
    ("keys it does not know", r"is no key known here|must be one of the keys|must have the key"),
    ("keys it does not support", r"not supported"),
    ("values of another kind", r"must be (text|true or false|a list|a column|an object|the name of the company|the size|of md5|"
        r"of small Latin|a regular expression|a number of characters|a moment|text without)|must (not list|have) |"
        r"becomes an attribute|name becomes"),
    ("limits of another type", r"must be (text|a plain number|a whole number|true or false|a date)"),
    ("an empty cell is always missing", r"must include the empty text"),
    ("words for true and false", r"trueValues and falseValues|different texts"),
    ("own keys", r"must be (of a column|an object of columns|what|of a text column)|must name columns"),
    ("keys join texts of one type", r"must join (one column|columns)"),
    ("headers to the letter", r"header must be exactly"),
    ("quotes to the letter", r"must be CSV"),
    ("numbers and dates to the letter", r"must be (a plain number|a whole number|a date)"),
    ("the whole text matches a pattern", r"must match the pattern"),
    ("web addresses", r"must be a web address"),
    ("references as written", r"must stand in column"),
    ("every key column is filled", r"must not be empty"),
]  # fmt: skip


def ours(folder: Path) -> list[str]:
    """Return the rules that the loader finds broken; nothing but its own error may come out."""
    try:
        package = read_package(folder, load(folder), ())
    except wb.DossierError as error:
        return [problem.rule for problem in error.problems]
    tables, found = read_tables(folder, package)
    found += schema_problems(package, tables)
    if not found:  # what is valid can be read
        for name, table in tables.items():
            for field in resource(package, name)["schema"]["fields"]:
                assert len(values(table.columns[field["name"]], field)) == len(table)
    return [problem.rule for problem in found]


def theirs(folder: Path) -> bool | None:
    """Tell whether frictionless takes it; None where it falls over itself, which is no verdict."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return frictionless.Package(str(folder / "datapackage.json")).validate().valid
        except frictionless.FrictionlessException:
            return False
        except Exception:
            return None


def test_both_take_the_dossier_before_it_is_corrupted(tmp_path: Path) -> None:
    write(tmp_path, PACKAGE, TABLES)
    assert ours(tmp_path) == []
    assert theirs(tmp_path) is True


@pytest.mark.parametrize("part", range(8))
def test_never_laxer_and_stricter_only_as_listed(tmp_path: Path, part: int) -> None:
    laxer, unlisted, verdicts = [], [], []
    for number in range(part, COUNT, 8):
        folder = tmp_path / str(number)
        folder.mkdir()
        done = corrupt(folder, random.Random(SEED + number))  # noqa: S311
        rules, takes = ours(folder), theirs(folder)
        verdicts.append((takes, not rules))
        if takes is False and not rules:
            laxer.append((number, done))
        if takes and rules and not any(re.match(rule, rules[0]) for _, rule in STRICTER):
            unlisted.append((number, done, rules[0]))
    assert not laxer
    assert not unlisted
    assert {(False, False), (True, True)} <= set(
        verdicts
    )  # the corruptions are neither all seen nor all harmless


def test_the_list_of_what_is_stricter_stands_in_the_documentation() -> None:
    for words, _ in STRICTER:
        assert words in " ".join((dossier.__doc__ or "").split()), words


@pytest.mark.parametrize("part", range(4))
def test_nothing_but_a_dossier_error_comes_out(other_folder: Path, part: int) -> None:
    """The dossier that the library reads: any byte anywhere, any key of its data package, on any day."""
    files = sorted(other_folder.iterdir())
    whole = {file: file.read_bytes() for file in files}
    package = other_folder / "datapackage.json"
    draw = random.Random(SEED + part)  # noqa: S311
    for turn in range(COUNT // 8):
        file = package if turn % 2 else draw.choice(files)
        if turn % 2:
            described = json.loads(whole[package])
            draw.choice([key, anywhere])(described, draw)
            file.write_text(json.dumps(described), encoding="utf-8")
        else:
            file.write_bytes(scratched(whole[file], draw))
        for day in (None, "2031-04-01", "1999-01-01"):
            with contextlib.suppress(wb.DossierError):
                book = wb.open(other_folder, as_of=day)
                for name in book.tables:
                    getattr(book, name)
        file.write_bytes(whole[file])


def scratched(content: bytes, draw: random.Random) -> bytes:
    changed = bytearray(content)
    for _ in range(draw.choice([1, 1, 3])):
        place = draw.randrange(len(changed) + 1)
        signs = [b"", b'"', b",", b"\n", b"[", b"0", b"\xff", b"-"]
        changed[place : place + draw.choice([0, 1, 30])] = draw.choice(signs)
    return bytes(changed)
