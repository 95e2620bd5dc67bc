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
from workbook.whatif.words import WORDS

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
    table = windows.comparables(book)
    with style.themed():
        spec = panel_chart(book, table, lang=lang).to_dict()
    return {
        "spec": spec,
        "settings": settings.sent(guidance.currency, lang),
        "words": _words(points, lang),
        "controls": [asdict(control) for control in controls.controls(book, lang)],
        "readouts": [asdict(readout) for readout in readouts(guidance, lang)],
        "shapes": {name: forms[lang] for name, forms in controls.SHAPES.items()},
        "companies": _companies(table, lang),
        "guided": {"fields": field_values(guidance), "figures": figures(guidance)},
        "observed": [{"date": str(each.date), "text": text} for each, text in observed],
        "sources": facts.footer(book, [*claims, *points["claim"]], lang),
    }


def _words(points: pd.DataFrame, lang: Language) -> dict[str, Any]:
    """Return the words of the page; the legend says what an arrow means where there is one."""
    words = WORDS[lang]
    legend = dict(words["legend"])
    for mark, kind in (("guidance", "guidance"), ("observed", "actual")):
        bounds = set(points.loc[points["kind"] == kind, "bound"])
        legend[mark] += "".join(text for bound, text in words["arrows"].items() if bound in bounds)
    return words | {"legend": legend, "year": words["year"].format(*settings.YEARS)}


def _companies(table: pd.DataFrame, lang: Language) -> dict[str, str]:
    """Return whose windows can be drawn, with how many there are."""
    words = WORDS[lang]
    if not len(table):
        return {"": words["none"]}
    counts = table.groupby("company")["window"].nunique()
    everyone = {"": words["none"], "all": f"{words['all']} ({windows.shown_of(table, lang)})"}
    return everyone | {str(name): f"{name} ({count})" for name, count in counts.items()}
