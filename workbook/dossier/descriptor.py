"""The keys a data package may have: each is enforced, or says nothing that could be; others are refused."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping
from typing import Any

from workbook.dossier.schema import CONSTRAINTS, TYPES

__all__ = [
    "CONSTRAINT",
    "DIALECT",
    "FIELD",
    "FOREIGN_KEY",
    "PACKAGE",
    "REFERENCE",
    "RESOURCE",
    "SCHEMA",
    "UNSUPPORTED",
]

Check = Callable[[Any], str]
"""Says what a value must be, or nothing where it is that."""
_EMAIL = re.compile(r"[A-Za-z0-9._%+-]+@([A-Za-z0-9-]+\.)+[A-Za-z]{2,}")
_CREATED = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(Z|[+-][0-9]{2}:[0-9]{2})")
_PROFILES = [
    f"https://datapackage.org/profiles/{version}/{name}.json"
    for version in ("1.0", "2.0")
    for name in ("datapackage", "dataresource", "tableschema", "tabledialect")
]


def _text(given: Any) -> str:
    return "" if isinstance(given, str) else "must be text"


def _flag(given: Any) -> str:
    return "" if isinstance(given, bool) else "must be true or false"


def _object(given: Any) -> str:
    return "" if isinstance(given, dict) else "must be an object"


def _anything(given: Any) -> str:
    return ""  # held to the rest of the data package elsewhere


def _texts(given: Any) -> str:
    right = isinstance(given, list) and all(isinstance(text, str) for text in given)
    return "" if right else "must be a list of texts"


def _objects(given: Any) -> str:
    right = isinstance(given, list) and given and all(isinstance(item, dict) for item in given)
    return "" if right else "must be a list of objects, and not empty"


def _only(*allowed: Any) -> Check:
    """Allow some values, of their own type: true is not 1."""
    shown = f"not supported: must be {' or '.join(map(repr, allowed))}"
    return lambda given: "" if given in allowed and type(given) in map(type, allowed) else shown


def _name(given: Any) -> str:
    right = isinstance(given, str) and re.fullmatch(r"[-a-z0-9._/]+", given)
    return "" if right else "must be of small Latin letters, digits, and - . _ /"


def _table(given: Any) -> str:
    right = isinstance(given, str) and re.fullmatch("[a-z][a-z0-9_]*", given)
    return "" if right else "becomes an attribute, so it must be of small Latin letters, digits and _"


def _created(given: Any) -> str:
    try:
        if isinstance(given, str) and _CREATED.fullmatch(given) and dt.datetime.fromisoformat(given):
            return ""
    except ValueError:
        pass
    return "must be a moment such as 2026-11-23T00:00:00Z"


def _credits(*needed: str) -> Check:
    """Allow a list of objects of texts, each with one of the keys needed."""

    def check(given: Any) -> str:
        if not isinstance(given, list) or not all(isinstance(item, dict) for item in given):
            return "must be a list of objects"
        for item in given:
            for key, value in item.items():
                if _text(value) and (key != "roles" or _texts(value)):
                    return f"must be text throughout: {key} is not"
            if needed and not any(item.get(key) for key in needed):
                return f"must have {' or '.join(needed)} in each"
            if item.get("email") and not _EMAIL.fullmatch(item["email"]):
                return "must have an email that is an address"
        return ""

    return check


def _parts(given: Any) -> str:
    right = isinstance(given, list) and all(
        isinstance(part, dict)
        and set(part) in ({"name"}, {"name", "name_zh"})
        and all(isinstance(text, str) and text for text in part.values())
        for part in given
    )
    return "" if right else "must be a list of objects with a name and, if known, a name_zh"


def _subject(given: Any) -> str:
    return "" if isinstance(given, str) else "must be the name of the company the dossier is about"


def _missing(given: Any) -> str:
    if _texts(given):
        return _texts(given)
    return "" if "" in given else "must include the empty text: an empty cell is always a missing value here"


def _words(given: Any) -> str:
    right = not _texts(given) and given and "" not in given and len(set(given)) == len(given)
    return "" if right else "must be a list of different texts, none of them empty"


def _column(given: Any) -> str:
    right = isinstance(given, str) and given and given == given.strip()
    return "" if right else "must be text without spaces around it"


def _columns(given: Any) -> str:
    given = [given] if isinstance(given, str) else given
    right = isinstance(given, list) and given and not _texts(given) and len(set(given)) == len(given)
    return "" if right else "must be a column or a list of different columns"


def _keys(given: Any) -> str:
    right = isinstance(given, list) and all(isinstance(key, dict) for key in given)
    return "" if right else "must be a list of foreign keys"


def _until_known(given: Any) -> str:
    right = isinstance(given, dict) and all(text is None or isinstance(text, str) for text in given.values())
    return (
        "" if right else "must be an object of columns and what they had before: a text, or null for nothing"
    )


_WORDS: Mapping[str, Check] = {"$schema": _only(*_PROFILES), "title": _text, "description": _text}
_CREDITS: Mapping[str, Check] = {
    "homepage": _text,
    "licenses": _credits("name", "path"),
    "sources": _credits(),
    "contributors": _credits(),
}
# The keys of our own come last. Each is a key that Data Package allows and gives no meaning.
PACKAGE: Mapping[str, Check] = {
    **_WORDS,
    **_CREDITS,
    "name": _name,
    "id": _text,
    "profile": _only("data-package", "tabular-data-package"),
    "version": _text,
    "created": _created,
    "keywords": _texts,
    "image": _text,
    "resources": _objects,
    "subject": _subject,
    "parts": _parts,
    "currency": _text,
    "fiscalYearEnd": _text,
}
RESOURCE: Mapping[str, Check] = {
    **_WORDS,
    **_CREDITS,
    "name": _table,
    "path": _text,
    "type": _only("table"),
    "profile": _only("data-resource", "tabular-data-resource"),
    "scheme": _only("file"),
    "format": _only("csv"),
    "mediatype": _only("text/csv"),
    "encoding": _only("utf-8", "UTF-8", "utf8"),
    "bytes": _anything,
    "hash": _text,
    "dialect": _object,
    "schema": _anything,
}
DIALECT: Mapping[str, Check] = {
    **_WORDS,
    "csvddfVersion": _anything,
    "delimiter": _only(","),
    "lineTerminator": _only("\n", "\r\n"),
    "quoteChar": _only('"'),
    "doubleQuote": _only(True),
    "skipInitialSpace": _only(False),
    "header": _only(True),
    "headerRows": _only([1]),
    "caseSensitiveHeader": _only(True),
}
SCHEMA: Mapping[str, Check] = {
    **_WORDS,
    "name": _name,
    "fields": _objects,
    "fieldsMatch": _only("exact", ["exact"]),
    "primaryKey": _columns,
    "foreignKeys": _keys,
    "missingValues": _missing,
}
FOREIGN_KEY: Mapping[str, Check] = {"fields": _columns, "reference": _object}
REFERENCE: Mapping[str, Check] = {"resource": _text, "fields": _columns}
FIELD: Mapping[str, Check] = {
    "title": _text,
    "description": _text,
    "name": _column,
    "type": _only(*TYPES),
    "format": _text,
    "example": _anything,
    "rdfType": _text,
    "constraints": _object,
    "missingValues": _missing,
    "trueValues": _words,
    "falseValues": _words,
    "bareNumber": _only(True),
    "decimalChar": _only("."),
    "groupChar": _only(""),
    "categoriesOrdered": _flag,
    "badExample": _text,
    "untilKnown": _until_known,
}
CONSTRAINT: Mapping[str, Check] = {"required": _flag, "unique": _flag} | dict.fromkeys(CONSTRAINTS, _anything)
UNSUPPORTED: Mapping[str, str] = {
    "data": "a table is a CSV file",
    "compression": "a table is a plain file",
    "innerpath": "a table is a plain file",
    "extrapaths": "a table is one file",
    "uniqueKeys": "use constraints.unique, or a primaryKey of several columns",
    "categories": "list the values under constraints.enum",
    "required": "it belongs under constraints",
    "unique": "it belongs under constraints",
    "enum": "it belongs under constraints",
    "pattern": "it belongs under constraints",
    "exclusiveMinimum": "constraint is not supported, use minimum",
    "exclusiveMaximum": "constraint is not supported, use maximum",
    "jsonSchema": "constraint is not supported",
}
"""Keys that others use, and why they are refused; looked up where a level does not have them."""
