"""Field types and constraints of Table Schema: which texts they allow, and the pandas column they become.

A rule is applied to the distinct texts of a column, since most columns repeat a few hundred texts.
"""

from __future__ import annotations

import datetime as dt
import difflib
import math
import operator
import re
from collections.abc import Callable, Hashable, Iterable
from collections.abc import Set as AbstractSet
from decimal import Decimal
from functools import partial
from itertools import filterfalse
from typing import Any
from urllib.parse import urlsplit

import numpy as np
import pandas as pd

from workbook.dates import read_day

__all__ = [
    "CONSTRAINTS",
    "FALSE",
    "NUMBER",
    "TRUE",
    "TYPES",
    "Field",
    "booleans",
    "by_value",
    "failures",
    "limit",
    "nearest",
    "rewritten",
    "typed",
    "values",
]

Field = dict[str, Any]
NUMBER = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?")
_INTEGER = re.compile(r"[+-]?[0-9]{1,30}")
_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"{}|\\^`]+")
_PLAIN_URI = re.compile(r"https?://[A-Za-z0-9.-]+(/[^\s<>\"{}|\\^`]*)?")  # nearly all; what follows is slow
_ADDRESS = "a web address such as https://example.com/page"
_EPOCH, _NAT = dt.date(1970, 1, 1), np.iinfo("int64").min
_POOL = 2000  # among so many texts is the nearest looked for: it is slow
TRUE, FALSE = ("true", "True", "TRUE", "1"), ("false", "False", "FALSE", "0")


def _any_text(text: str) -> bool:
    return True


def _is_date(text: str) -> bool:
    try:
        return bool(read_day("a cell", text))
    except ValueError:
        return False


def _is_uri(text: str) -> bool:
    if _PLAIN_URI.fullmatch(text):
        return True
    try:
        return bool(_URI.fullmatch(text)) and (urlsplit(text).port or 0) >= 0
    except ValueError:  # a port or a host in brackets that is none
        return False


def _is_number(text: str) -> bool:
    return bool(NUMBER.fullmatch(text)) and math.isfinite(float(text))


def _is_integer(text: str) -> bool:
    """Tell whether it is a whole number that the column's 64 bits hold."""
    return bool(_INTEGER.fullmatch(text)) and -(2**63) <= int(text) < 2**63


_ORDERED = ("number", "integer", "date")
# Type -> what a cell must be, the test of it, and what a limit or enumeration is compared by.
TYPES: dict[str, tuple[str, Callable[[str], bool], Callable[[str], Any]]] = {
    "string": ("text", _any_text, str),
    "number": ("a plain number such as 48437 or 1.25", _is_number, Decimal),
    "integer": ("a whole number within 64 bits", _is_integer, int),
    "boolean": ("true or false", _any_text, str),  # whose words the field itself may set
    "date": ("a date such as 2026-06-30", _is_date, dt.date.fromisoformat),
}
# Constraint -> its wording, the test that a limit makes, and the types it is for.
CONSTRAINTS: dict[str, tuple[str, Callable[[Any], Callable[[Any], bool]], tuple[str, ...]]] = {
    "enum": ("must be one of {}", lambda allowed: allowed.__contains__, tuple(TYPES)),
    "pattern": ("must match the pattern {}", lambda like: like.fullmatch, ("string",)),
    "minimum": ("must be at least {}", lambda least: partial(operator.le, least), _ORDERED),
    "maximum": ("must be at most {}", lambda most: partial(operator.ge, most), _ORDERED),
    "minLength": ("must have at least {} characters", lambda n: lambda text: len(text) >= n, ("string",)),
    "maxLength": ("must have at most {} characters", lambda n: lambda text: len(text) <= n, ("string",)),
}


def booleans(field: Field) -> dict[str, bool]:
    """Return the words of a column of true and false."""
    return dict.fromkeys(field.get("trueValues", TRUE), True) | dict.fromkeys(
        field.get("falseValues", FALSE), False
    )


def by_value(field: Field) -> Callable[[str], Hashable]:
    """Return what tells whether two texts of a column are one value: 1.0 and 1 are one number."""
    words = booleans(field)
    return words.__getitem__ if field.get("type") == "boolean" else TYPES[field.get("type", "string")][2]


def limit(rule: str, given: object, field: Field) -> Any:
    """Read the limit that a constraint of a field sets.

    Raises
    ------
    ValueError
        If it is none that a cell could be held to, saying what it must be.
    """
    if rule == "enum":
        if not isinstance(given, list) or not given:
            raise ValueError("must be a list of the values allowed")
        allowed = {typed(value, field): value for value in given}
        if len(allowed) < len(given):
            raise ValueError("must not list a value twice")
        return allowed
    if rule == "pattern":
        if not isinstance(given, str):
            raise ValueError("must be a regular expression")
        try:
            return re.compile(given)
        except (re.error, OverflowError, RecursionError) as error:
            raise ValueError(f"must be a regular expression: {error}") from None
    if rule in ("minLength", "maxLength"):
        if isinstance(given, bool) or not isinstance(given, int) or given < 0:
            raise ValueError("must be a number of characters")
        return given
    return typed(given, field)


def typed(given: object, field: Field) -> Any:
    """Read a value that the data package gives for a field: a number may stand there as one or as text."""
    kind = field.get("type", "string")
    wording, parses, value = TYPES[kind]
    if field.get("format") == "uri":
        wording, parses = _ADDRESS, _is_uri
    if kind == "boolean" and isinstance(given, bool):
        return given
    if kind in ("number", "integer") and isinstance(given, (int, float)) and not isinstance(given, bool):
        given = str(given)
    if kind == "boolean" and isinstance(given, str) and given in booleans(field):
        return booleans(field)[given]
    if kind == "boolean" or not isinstance(given, str) or not parses(given):
        raise ValueError(f"must be {wording}")
    return value(given)


def failures(texts: AbstractSet[str], field: Field) -> dict[str, list[str]]:
    """Return which of the texts, none of them empty, break rules of the field, and which rules those are."""
    kind, constraints = field.get("type", "string"), field.get("constraints", {})
    found: dict[str, list[str]] = {}
    wording, parses, value = TYPES[kind]
    if kind == "boolean":
        words = booleans(field)
        parses, value = words.__contains__, words.__getitem__
        wording = " or ".join(next(word for word in words if words[word] is meant) for meant in (True, False))
    elif field.get("format") == "uri":
        wording, parses = _ADDRESS, _is_uri
    if parses is not _any_text:
        found = {text: [f"must be {wording}"] for text in filterfalse(parses, texts)}
    given = texts - found.keys() if found else texts
    for rule in [rule for rule in constraints if rule in CONSTRAINTS]:
        said, test, _ = CONSTRAINTS[rule]
        holds, allowed = test(limit(rule, constraints[rule], field)), constraints[rule]
        shown = ", ".join(map(str, allowed)) if isinstance(allowed, list) else allowed
        fails = filterfalse(holds, given) if value is str else [t for t in given if not holds(value(t))]
        for text in fails:
            found.setdefault(text, []).append(said.format(shown))
    return found


def nearest(text: str, allowed: Iterable[str]) -> str:
    """Say which allowed text is nearest, or nothing where none is near.

    Examples
    --------
    >>> nearest("reportd", ["reported", "guidance"])
    "did you mean 'reported'?"
    """
    near = [other for other in allowed if abs(len(other) - len(text)) <= 3]
    if len(near) > _POOL:
        near = [other for other in near if other[:4] == text[:4] or other[-4:] == text[-4:]][:_POOL]
    found = difflib.get_close_matches(text, near, n=1)
    return f"did you mean {found[0]!r}?" if found else ""


def rewritten(text: str, field: Field) -> str:
    """Say how a date or number of a spreadsheet is written here, where it can be read in one way only.

    Examples
    --------
    >>> rewritten("2015/7/31", {"type": "date"}), rewritten("48,437", {"type": "number"})
    ('write 2015-07-31', 'write 48437')
    """
    kind = field.get("type", "string")
    if kind == "date":
        date = re.fullmatch(
            r"([0-9]{4})[-/.年]([0-9]{1,2})[-/.月]([0-9]{1,2})日?( 0?0:00(:00)?)?", text.strip()
        )
        if date:
            iso = f"{date[1]}-{date[2]:0>2}-{date[3]:0>2}"
            return f"write {iso}" if _is_date(iso) else ""
        day = re.fullmatch(r"([0-9]{1,2})[-/.]([0-9]{1,2})[-/.]([0-9]{4})", text.strip())
        if day and int(day[1]) <= 12 and int(day[2]) <= 12 and day[1] != day[2]:
            return "which is the month cannot be told: write year-month-day"
        if day:
            month, of_month = (day[2], day[1]) if int(day[1]) > 12 else (day[1], day[2])
            iso = f"{day[3]}-{month:0>2}-{of_month:0>2}"
            return f"write {iso}" if _is_date(iso) else "write year-month-day"
        run = re.fullmatch(r"([0-9]{4})-?([0-9]{2})-?([0-9]{2})([T ]00:00(:00)?)?", text.strip())
        iso = "-".join(run.groups()[:3]) if run else ""
        if not run and re.fullmatch(r"[2-6][0-9]{4}", text):  # a day as Excel counts them
            iso = (dt.date(1899, 12, 30) + dt.timedelta(int(text))).isoformat()
            return f"write {iso}, if it is a day as a spreadsheet counts them"
        return f"write {iso}" if iso and _is_date(iso) else ""
    if kind in ("number", "integer"):
        plain = text.strip()
        if re.fullmatch(r"[+-]?[0-9]{1,3}(,[0-9]{3})+(\.[0-9]+)?", plain):
            plain = plain.replace(",", "")
        elif re.fullmatch(r"[+-]?[0-9]{1,3}([  ][0-9]{3})+(\.[0-9]+)?", plain):
            plain = re.sub("[  ]", "", plain)
        elif plain.endswith("%"):
            return "the unit says that it is per cent, the cell has the number alone"
        return f"write {plain}" if plain != text and TYPES[kind][1](plain) else ""
    return ""


def values(texts: list[str], field: Field) -> pd.Series[Any]:
    """Turn checked texts into the column's dtype; an empty cell is a missing value."""
    kind = field.get("type", "string")
    if kind == "number":
        return pd.Series(np.array([float(text or "nan") for text in texts], dtype="float64"))
    if kind == "date":
        days = {text: (dt.date.fromisoformat(text) - _EPOCH).days if text else _NAT for text in set(texts)}
        numbers = np.fromiter(map(days.__getitem__, texts), dtype="int64", count=len(texts))
        return pd.Series(numbers.view("datetime64[D]").astype("datetime64[us]"))
    if kind == "integer":
        missing = np.array([not text for text in texts], dtype=bool)
        whole = np.array([int(text or "0") for text in texts], dtype="int64")
        return pd.Series(pd.arrays.IntegerArray(whole, missing))
    if kind == "boolean":
        words = booleans(field) | {"": False}
        missing = np.array([not text for text in texts], dtype=bool)
        return pd.Series(
            pd.arrays.BooleanArray(np.array([words[text] for text in texts], dtype=bool), missing)
        )
    allowed = field.get("constraints", {}).get("enum")
    if allowed:
        places = {text: place for place, text in enumerate(allowed)} | {"": -1}
        codes = np.fromiter(map(places.__getitem__, texts), dtype="int32", count=len(texts))
        kinds = pd.CategoricalDtype(allowed, ordered=field.get("categoriesOrdered", False))
        return pd.Series(pd.Categorical.from_codes(codes, dtype=kinds))
    given = [text or None for text in texts] if "" in texts else texts
    return pd.Series(np.fromiter(given, dtype=object, count=len(texts)), dtype="str", copy=False)
