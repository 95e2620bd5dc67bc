"""Field types and constraints of Table Schema: which texts they allow, and the pandas column they become."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pandas as pd

from workbook.dates import read_day

__all__ = ["CONSTRAINTS", "NUMBER", "TYPES", "Field", "broken_rules", "values"]

Field = dict[str, Any]
NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?")
_INTEGER = re.compile(r"[+-]?\d+")
_BOOLEANS = {"true": True, "True": True, "TRUE": True, "1": True}
_BOOLEANS |= {"false": False, "False": False, "FALSE": False, "0": False}


def _is_date(text: str) -> bool:
    try:
        return bool(read_day("a cell", text))
    except ValueError:
        return False


TYPES: dict[str, tuple[str, Callable[[str], bool]]] = {
    "string": ("text", lambda text: True),
    "number": ("a plain number such as 48437 or 1.25", lambda text: bool(NUMBER.fullmatch(text))),
    "integer": ("a whole number", lambda text: bool(_INTEGER.fullmatch(text))),
    "boolean": ("true or false", lambda text: text in _BOOLEANS),
    "date": ("a date such as 2026-06-30", _is_date),
}
CONSTRAINTS: dict[str, tuple[str, Callable[[str, Any], bool]]] = {
    "enum": ("must be one of {}", lambda text, allowed: text in allowed),
    "pattern": ("must match the pattern {}", lambda text, pattern: bool(re.fullmatch(pattern, text))),
    "minimum": ("must be at least {}", lambda text, least: float(text) >= least),
    "maximum": ("must be at most {}", lambda text, most: float(text) <= most),
    "minLength": ("must have at least {} characters", lambda text, least: len(text) >= least),
    "maxLength": ("must have at most {} characters", lambda text, most: len(text) <= most),
}


def values(texts: list[str], field: Field) -> pd.Series[Any]:
    """Turn checked texts into the column's dtype; an empty cell is a missing value."""
    kind = field.get("type", "string")
    given = pd.Series([text or None for text in texts], dtype="str")
    if kind == "date":
        return pd.to_datetime(given, format="%Y-%m-%d").astype("datetime64[us]")
    if kind == "number":
        return given.astype("float64")
    if kind == "integer":
        return pd.Series([int(text) if text else None for text in texts], dtype="Int64")
    if kind == "boolean":
        return pd.Series([_BOOLEANS[text] if text else None for text in texts], dtype="boolean")
    allowed = field.get("constraints", {}).get("enum")
    if allowed:
        return given.astype(pd.CategoricalDtype(allowed, ordered=field.get("categoriesOrdered", False)))
    return given


def broken_rules(text: str, field: Field, required: bool) -> Iterator[str]:
    """Say which of its field's rules one cell breaks."""
    wording, parses = TYPES[field.get("type", "string")]
    if not text:
        if required:
            yield "must not be empty"
    elif not parses(text):
        yield f"must be {wording}"
    else:
        for rule, limit in field.get("constraints", {}).items():
            if rule in CONSTRAINTS and not CONSTRAINTS[rule][1](text, limit):
                shown = ", ".join(limit) if isinstance(limit, list) else limit
                yield CONSTRAINTS[rule][0].format(shown)
