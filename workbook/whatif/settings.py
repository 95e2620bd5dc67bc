"""What the panel goes by, in Python and in the page: each number stands here, and `sent` tells the page."""

from __future__ import annotations

from typing import Any

from workbook import style
from workbook.commercialization.controls import CEILING_ROOM
from workbook.commercialization.readouts import ASKED_DIGITS
from workbook.style import Language

__all__ = [
    "LABEL",
    "MOST_MONTHS",
    "NAME_LENGTH",
    "PATHS",
    "PAUSE",
    "REST",
    "SAVED_ROOM",
    "STEPS_KEPT",
    "YEARS",
    "sent",
]

PATHS = 100_000
"""Simulated at every stop of the hand; a floor leaves some thousands of them."""
MOST_MONTHS = 240
"""Simulated at most: each of the paths has a level a month."""
STEPS_KEPT = 200
"""Edits that can be taken back."""
LABEL = 0.04
"""Height of a line of text, as a share of the level axis: names of saved paths keep that distance."""
SAVED_ROOM = 1.1
"""How far the level axis reaches above the highest saved scenario shown, as a multiple of its level."""
PAUSE = 0.04
"""Seconds the hand has to rest before a simulation begins."""
REST = 1.5
"""Seconds the hand has to rest before what it left is drawn for the notebook to keep."""
NAME_LENGTH = 60
"""Characters of a saved scenario's name, at most."""
YEARS = (1900, 2199)
"""First and last year that a date typed into the page may have."""


def sent(currency: str, lang: Language) -> dict[str, Any]:
    """Return what the page goes by.

    Examples
    --------
    >>> sent("RMB", "zh")["target_scale"], sent("RMB", "en")["steps_kept"]
    (10, 200)
    """
    return {
        "steps_kept": STEPS_KEPT,
        "name_length": NAME_LENGTH,
        "years": YEARS,
        "target_scale": style.billions(currency, lang)[1],  # reader's unit over the field's
        "asked_digits": ASKED_DIGITS,
        "ceiling_room": CEILING_ROOM,
        "ceiling_step": 0.1,  # what a ceiling that an end lifts is rounded up to
        "precision": 12,  # significant digits of a number that is set by hand
        "one_gesture": 800,  # ms within which changes of one field count as one step
        "between": 40,  # ms between two messages to the kernel while a hand moves
        "warm_up": 25,  # drawings before the first move: a browser compiles well what has run a few times
        "no_answer": 4000,  # ms after which a kernel that was asked something counts as busy or gone
    }
