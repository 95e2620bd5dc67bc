"""One catalogue of texts a language, read from the files beside this one.

To add a language, add its file here, and columns such as `name_zh` to the dossier's tables.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from functools import cache
from importlib import resources
from typing import Any

import pandas as pd

from workbook.expressions import quoted

__all__ = [
    "LANGUAGES",
    "PLAIN",
    "Language",
    "entry",
    "expression",
    "group",
    "joined",
    "keys",
    "localised",
    "sentences",
    "text",
    "word",
]

Language = str
"""A language by the name of its catalogue: "en" or "zh"."""
PLAIN = "en"
"""The language of the columns that have no language in their name."""
LANGUAGES = tuple(
    sorted(
        file.name.removesuffix(".toml")
        for file in resources.files("workbook.words").iterdir()
        if file.name.endswith(".toml")
    )
)


@cache
def _catalogue(lang: Language) -> dict[str, Any]:
    if lang not in LANGUAGES:
        raise ValueError(f"lang is {lang!r}: it must be one of {', '.join(LANGUAGES)}")
    file = resources.files("workbook.words") / f"{lang}.toml"
    return dict(_flat(tomllib.loads(file.read_text(encoding="utf-8"))))


def _flat(table: dict[str, Any], path: str = "") -> Iterable[tuple[str, Any]]:
    for key, value in table.items():
        if isinstance(value, dict) and set(value) != {"one", "other"}:
            yield from _flat(value, f"{path}{key}.")
        else:
            yield path + key, value


def keys(lang: Language) -> list[str]:
    """Return the keys of a language's catalogue.

    Examples
    --------
    >>> "grade.guidance" in keys("en")
    True
    """
    return list(_catalogue(lang))


def entry(key: str, lang: Language = PLAIN) -> Any:
    """Return what the catalogue has under a key, as it is written there.

    Raises
    ------
    KeyError
        If it has no such key: nothing is printed in another language in silence.
    ValueError
        If there is no such language.

    Examples
    --------
    >>> entry("money.billions", "zh")
    '亿{currency}'
    """
    try:
        return _catalogue(lang)[key]
    except KeyError:
        raise KeyError(f"{key} is in no line of words/{lang}.toml") from None


def text(key: str, lang: Language = PLAIN, **values: Any) -> str:
    """Return a text with the values at their places.

    Parameters
    ----------
    key
        Place in the catalogue, such as "quarter.ended".
    values
        What stands at the placeholders; `n` also chooses between a text for one and for several.

    Raises
    ------
    KeyError
        If the catalogue has no such key, or a placeholder has no value.
    ValueError
        If there is no such language.

    Examples
    --------
    >>> text("grade.guidance", "zh"), text("org.units", n=1), text("org.units", n=3)
    ('公司指引', '1 unit', '3 units')
    """
    found = entry(key, lang)
    if isinstance(found, dict):
        found = found["one" if values["n"] == 1 else "other"]
    return str(found).format(**values)


def group(name: str, lang: Language = PLAIN) -> dict[str, str]:
    """Return the texts of a group by the last part of their keys, their places still open.

    Examples
    --------
    >>> group("direction", "zh")
    {'input': '输入', 'output': '输出'}
    """
    found = _catalogue(lang)
    return {key.rpartition(".")[2]: value for key, value in found.items() if key.rpartition(".")[0] == name}


def word(group: str, value: str, lang: Language = PLAIN) -> str:
    """Return the word for a value of a list that the data package fixes; another value is its own word.

    Examples
    --------
    >>> word("region", "China", "zh"), word("region", "Europe", "zh")
    ('中国内地', 'Europe')
    """
    found = _catalogue(lang).get(f"{group}.{value}", value)
    return str(found)


def expression(key: str, lang: Language = PLAIN, **parts: str) -> str:
    """Return a Vega expression that writes a text, its placeholders worked out in the browser.

    Parameters
    ----------
    parts
        The expression at each placeholder.

    Examples
    --------
    >>> expression("strength.comes_back", back="datum.back", fate="datum.fate")
    '"1% comes back as " + datum.back + "%: " + datum.fate'
    """
    pieces = re.split(r"\{(\w+)\}", str(entry(key, lang)))
    written = [parts[piece] if i % 2 else quoted(piece) for i, piece in enumerate(pieces) if piece]
    return " + ".join(written)


def joined(items: Iterable[str], lang: Language = PLAIN) -> str:
    """Return a list as a sentence has it.

    Examples
    --------
    >>> joined(["press", "opinion", "our own sums"]), joined(["媒体报道", "评论"], "zh")
    ('press, opinion and our own sums', '媒体报道、评论')
    """
    *most, last = list(items)
    return text("join.last", lang).join(filter(None, [text("join.list", lang).join(most), last]))


def sentences(parts: Iterable[str], lang: Language = PLAIN) -> str:
    """Return sentences one after another; empty ones are left out.

    Examples
    --------
    >>> sentences(["One.", "", "Two."]), sentences(["一。", "二。"], "zh")
    ('One. Two.', '一。二。')
    """
    return text("join.sentence", lang).join(filter(None, parts))


def localised(table: pd.DataFrame, column: str, lang: Language = PLAIN) -> pd.Series[Any]:
    """Return a column in a language, in the plain one where the table has nothing for it.

    Examples
    --------
    >>> table = pd.DataFrame({"name": ["Cloud", "Labs"], "name_zh": ["云", None]})
    >>> localised(table, "name", "zh").tolist()
    ['云', 'Labs']
    """
    own = f"{column}_{lang}"
    return table[own].fillna(table[column]) if own in table else table[column]
