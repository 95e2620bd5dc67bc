"""What a misspelt word was probably meant to be."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


def closest(word: object, words: Iterable[str]) -> str:
    """Say which of the words was probably meant, or nothing.

    Examples
    --------
    >>> closest("end_ar", ["start_arr", "end_arr"])
    " (did you mean 'end_arr'?)"
    """
    close = difflib.get_close_matches(str(word), list(words), n=1)
    return f" (did you mean {close[0]!r}?)" if close else ""
