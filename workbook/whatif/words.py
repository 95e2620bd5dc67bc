"""The words of the panel that depend on what a dossier has; the catalogue has all of them."""

from __future__ import annotations

from typing import Any

import pandas as pd

from workbook import words
from workbook.arr.scenario import SHAPES
from workbook.commercialization import windows
from workbook.style import Language
from workbook.whatif.settings import YEARS

__all__ = ["companies", "page_words", "shapes"]


def page_words(points: pd.DataFrame, lang: Language) -> dict[str, Any]:
    """Return the words of the page by the last part of their keys, as its script asks for them.

    Parameters
    ----------
    points
        As from `arr_points`: the legend says what an arrow means where one is drawn.
    """
    legend = words.group("whatif.legend", lang)
    for mark, kind in (("guidance", "guidance"), ("observed", "actual")):
        bounds = set(points.loc[points["kind"] == kind, "bound"])
        legend[mark] += "".join(
            text for bound, text in words.group("whatif.arrow", lang).items() if bound in bounds
        )
    return words.group("whatif.page", lang) | {
        "legend": legend,
        "given": words.text("whatif.page.given", lang, seen="{}"),  # filled in as the dates move
        "year": words.text("whatif.page.year", lang, first=YEARS[0], last=YEARS[1]),
    }


def shapes(lang: Language) -> dict[str, str]:
    """Return the shapes of path in words.

    Examples
    --------
    >>> shapes("en")
    {'exponential': 'constant growth', 'linear': 'constant amount', 's_curve': 'S-curve'}
    """
    return {shape: words.text(f"shape.{shape}", lang) for shape in SHAPES}


def companies(table: pd.DataFrame, lang: Language) -> dict[str, str]:
    """Return whose windows can be drawn, with how many there are."""
    nobody = {"": words.text("whatif.none", lang)}
    if table.empty:
        return nobody
    counts = table.groupby("company")["window"].nunique()
    everyone = {"all": words.text("whatif.all_windows", lang, shown=windows.shown_of(table, lang))}
    each = {
        str(name): words.text("whatif.company", lang, company=name, n=count) for name, count in counts.items()
    }
    return nobody | everyone | each
