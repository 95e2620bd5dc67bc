"""A dossier without rows, without tables, or seen before its first document: empty tables, and one line of error.

Every public function is found through `__all__`, so that a new one is held to it too.
"""

import inspect
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import altair as alt
import pandas as pd
import pytest

import workbook as wb
from tests.conftest import write_dossier
from workbook import (
    cli,
    commercialization,
    evidence,
    facts,
    models,
    prose,
    review,
    strategy,
    structure,
    talent,
)
from workbook.dossier import bundled

MODULES = (evidence, facts, structure, strategy, models, talent, commercialization, prose, review, cli)
FUNCTIONS = [
    (module, name)
    for module in MODULES
    for name in module.__all__
    if inspect.isfunction(getattr(module, name)) and "book" in str(inspect.signature(getattr(module, name)))
]
FUNCTIONS.append((evidence, "then_and_now"))
ASKED = {
    "book": None, "then": None, "now": None,
    "at": "2026-06-30", "on": "2026-06-08", "today": "2026-11-25", "before": "2026-01-01", "after": "2026-12-31",
    "since": "2026-01-01", "until": "2026-12-31",
    "theme": "structure", "claim": "token-foundry-formed", "claims": pd.Series(["token-foundry-formed"]),
    "metric": "arr", "role": "revenue", "subject": "Northlight", "lang": "en", "text": "ARR is above 10 bn yuan.", "file": "a.ipynb", "cell": 1,
    "path": bundled("notebooks") / "06_evidence.ipynb",
}  # fmt: skip
"""What is asked for, by the name of a parameter without a default; `rows` are metrics, `book` is the dossier."""
OF_A_SERIES = {
    "read", "arr_points", "bound_effect", "implied_growth", "by_quarter", "streak", "capex", "sensitivity", "tokens_needed", "guidance",
}  # fmt: skip
"""Tables worked out from one series: without it there is nothing to be empty, and the error names it."""
NEVER_EMPTY = {"statements"}  # a row for each claim asked for


def header_only(folder: Path) -> wb.Dossier:
    return wb.open(write_dossier(folder, {}))


def left_out(folder: Path) -> wb.Dossier:
    """Of the tables only the documents, and of the keys only what every dossier has to say."""
    write_dossier(folder, {})
    file = folder / "datapackage.json"
    package = json.loads(file.read_text(encoding="utf-8"))
    package["resources"] = [r for r in package["resources"] if r["name"] == "sources"]
    file.write_text(json.dumps({key: package[key] for key in ("version", "resources")}), encoding="utf-8")
    for table in folder.glob("*.csv"):
        if table.name != "sources.csv":
            table.unlink()
    return wb.open(folder)


def too_early(folder: Path) -> wb.Dossier:
    return wb.open(as_of="1990-01-01")


EMPTY = pytest.mark.parametrize("make", [header_only, left_out, too_early])


def call(function: Callable[..., Any], book: wb.Dossier, **options: Any) -> Any:
    """Call a function with what its parameters ask for; a parameter that nothing is known of is a KeyError."""
    given = {}
    for name, parameter in inspect.signature(function).parameters.items():
        if name in ("book", "then", "now"):
            given[name] = book
        elif name == "rows":
            given[name] = book.metrics
        elif parameter.default is parameter.empty and not str(parameter).startswith("*"):
            given[name] = ASKED[name]
    return function(**given, **options)


@EMPTY
@pytest.mark.parametrize(("module", "name"), FUNCTIONS, ids=lambda part: getattr(part, "__name__", part))
def test_without_rows_a_function_is_empty_or_says_what_is_missing(
    tmp_path: Path, book: wb.Dossier, make: Callable[[Path], wb.Dossier], module: Any, name: str
) -> None:
    found = outcome(getattr(module, name), make(tmp_path))
    if isinstance(found, ValueError):
        table = "DataFrame" in str(inspect.signature(getattr(module, name)).return_annotation)
        assert not table or name in OF_A_SERIES, found
    assert not isinstance(found, alt.TopLevelMixin), "a chart of nothing"
    if isinstance(found, pd.DataFrame) and name not in NEVER_EMPTY:
        whole = call(getattr(module, name), book)
        assert found.empty
        assert list(found.columns) == list(whole.columns)
        kinds = [[dtype.kind for dtype in frame.dtypes] for frame in (found, whole)]
        assert kinds[0] == kinds[1]


def outcome(function: Callable[..., Any], book: wb.Dossier) -> Any:
    """Return what a function gives, or its error: one line that says of which dossier something is missing."""
    try:
        return call(function, book)
    except ValueError as error:
        told = error
    assert type(told) is ValueError
    assert re.search("Dossier|datapackage.json", str(told))
    assert "\n" not in str(told)
    return told


@EMPTY
def test_the_panel_says_what_is_missing(tmp_path: Path, make: Callable[[Path], wb.Dossier]) -> None:
    with pytest.raises(ValueError, match=r"^[^\n]*Dossier[^\n]*$"):
        wb.WhatIf(make(tmp_path))


@EMPTY
def test_check_sums_up_what_is_there(tmp_path: Path, make: Callable[[Path], wb.Dossier]) -> None:
    text = cli.summary(make(tmp_path), "2026-11-25")
    assert "Open disputes: 0 of 0" in text
    assert "Overdue on 2026-11-25: 0" in text


@EMPTY
def test_every_table_of_the_form_is_there_with_its_columns(
    tmp_path: Path, book: wb.Dossier, make: Callable[[Path], wb.Dossier]
) -> None:
    empty = make(tmp_path)
    for name in book.tables:
        table, whole = getattr(empty, name), getattr(book, name)
        if name not in ("assumptions", "series", "calendar") or make is not too_early:
            assert table.empty, name
        assert list(table.columns) == list(whole.columns)
        assert [str(dtype) for dtype in table.dtypes] == [str(dtype) for dtype in whole.dtypes]
