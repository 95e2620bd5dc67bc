"""What the page is given of a dossier once, when a panel is made."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import pandas as pd

from workbook import facts, style
from workbook.arr import Observation, Scenario
from workbook.commercialization import controls, windows
from workbook.commercialization.layers import field_values
from workbook.commercialization.readouts import readouts
from workbook.dossier import Dossier
from workbook.style import Language
from workbook.whatif import settings
from workbook.whatif.drawing import panel_chart
from workbook.whatif.folder import figures
from workbook.whatif.words import companies, page_words, shapes

__all__ = ["contents"]


def contents(
    book: Dossier,
    guidance: Scenario,
    claims: list[str],
    points: pd.DataFrame,
    observed: list[tuple[Observation, str]],
    lang: Language,
) -> dict[str, Any]:
    """Return the traits of a panel that never change, by name.

    Parameters
    ----------
    book
        The dossier.
    guidance, claims
        As from `start_scenario`.
    points
        As from `arr_points`.
    observed
        What a simulation is given, with its words.
    lang
        "en" or "zh".
    """
    table = windows.comparables(book, lang=lang)
    with style.themed():
        spec = panel_chart(book, table, lang=lang).to_dict()
    return {
        "spec": spec,
        "settings": settings.sent(guidance.currency, lang),
        "words": page_words(points, lang),
        "controls": [asdict(control) for control in controls.controls(book, lang)],
        "readouts": [asdict(readout) for readout in readouts(book, guidance, lang)],
        "shapes": shapes(lang),
        "companies": companies(table, lang),
        "guided": {"fields": field_values(guidance), "figures": figures(guidance)},
        "observed": [{"date": str(each.date), "text": text} for each, text in observed],
        "sources": facts.footer(book, [*claims, *points["claim"]], lang),
    }
