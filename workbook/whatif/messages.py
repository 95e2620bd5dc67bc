"""What the page asks the kernel for: to save the scenario it shows, or to read a saved one anew."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from workbook import words
from workbook.arr import Scenario
from workbook.style import Language

__all__ = ["answer"]


def answer(
    message: Any,
    read: Callable[[str], Scenario],
    save: Callable[[dict[str, Any], str, bool], Path],
    lang: Language,
) -> dict[str, Any] | None:
    """Do what a message of the page asks for, and return the answer to it; None for any other message.

    Parameters
    ----------
    message
        ``do`` (save or load) and ``name``; to save also the ``fields`` the page showed when it asked, which
        may still be on their way, and ``replace``.
    read
        Reads a saved scenario, and sends the page what it read before it is answered.
    save
        Saves fields under a name, over a scenario of that name or not.
    lang
        Language of the answer.

    Examples
    --------
    >>> answer({"do": "load", "name": " low "}, read=print, save=print, lang="en")
    low
    {'answer': '', 'loaded': 'low'}
    >>> answer({"do": "save", "name": "low"}, read=print, save=print, lang="en")
    {'answer': "'fields'", 'failed': True}
    """
    if not isinstance(message, dict) or message.get("do") not in ("save", "load"):
        return None
    name = str(message.get("name", "")).strip()
    try:
        if message["do"] == "load":
            read(name)
            return {"answer": "", "loaded": name}
        file = save(message["fields"], name, message.get("replace") is True)
    except FileExistsError as error:
        return {"answer": str(error), "failed": True, "exists": True}
    except (KeyError, OSError, TypeError, ValueError) as error:
        return {"answer": str(error), "failed": True}
    return {"answer": words.text("whatif.saved", lang, file=file)}
