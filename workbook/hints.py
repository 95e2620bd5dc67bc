"""What an error adds about a misspelt name."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

__all__ = ["closest", "question"]

_MANY = 2000
"""Comparing with more names than this takes too long: then only those of the same length and ends count."""


def question(name: object, names: Iterable[object]) -> str:
    """Ask whether the most similar of the names was meant; empty where none is similar.

    Examples
    --------
    >>> question("reportd", ["reported", "guidance"])
    "did you mean 'reported'?"
    """
    text, near = str(name), [str(other) for other in names]
    if len(near) > _MANY:
        near = [other for other in near if abs(len(other) - len(text)) <= 3]
        near = [other for other in near if other[:4] == text[:4] or other[-4:] == text[-4:]][:_MANY]
    found = difflib.get_close_matches(text, near, n=1)
    return f"did you mean {found[0]!r}?" if found else ""


def closest(name: object, names: Iterable[object]) -> str:
    """Ask the same in brackets, to follow the name in the sentence of an error.

    Examples
    --------
    >>> closest("arr-guided-2026", ["arr-guided-december-2026", "zhou-partner-2025"])
    " (did you mean 'arr-guided-december-2026'?)"
    >>> closest("revenue", ["arr"])
    ''
    """
    asked = question(name, names)
    return f" ({asked})" if asked else ""
