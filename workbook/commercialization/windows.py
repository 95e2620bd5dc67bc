"""Other companies' growth from each published run rate on."""

from __future__ import annotations

from typing import Any

import pandas as pd

from workbook import style, words
from workbook.arr import months_between
from workbook.dossier import Dossier
from workbook.style import Language

__all__ = ["comparables", "shown_of"]


def comparables(book: Dossier, months: float = 24, lang: Language = "en") -> pd.DataFrame:
    """Return what became of other companies from each published run rate on, as multiples of it.

    Every published level is a start, so that no company's best months are picked; a level that is only a
    target, or of no core company, is left out.

    Returns
    -------
    pandas.DataFrame
        company, window (company and start date), t (months since the window's start, up to `months`),
        multiple. A window has two points or more; none if the dossier has no such figures. Of more rows than
        a chart can have, the windows that began last; `attrs` has how many there are in all.

    Examples
    --------
    >>> import workbook as wb
    >>> table = comparables(wb.open())
    >>> table[["window", "t", "multiple"]].values.tolist()[:2]
    [['Anthropic, Oct 2023', 0.0, 1.0], ['Anthropic, Oct 2023', 3.0, 0.87]]
    """
    rows: list[dict[str, Any]] = []
    known = book.comparables
    known = known[known["use"] == "core"]
    for (company, _), figures in known[known["kind"] != "target"].groupby(["company", "currency"], sort=True):
        figures = figures.sort_values("date").drop_duplicates("date", keep="last")
        dated = [
            (day.date(), float(value)) for day, value in zip(figures["date"], figures["value"], strict=True)
        ]
        for number, (first, level) in enumerate(dated[:-1]):
            later = [(months_between(first, day), value / level) for day, value in dated[number:]]
            later = [(t, multiple) for t, multiple in later if t <= months]
            if len(later) > 1:
                month = style.day(first, "month", lang)
                window = words.text("windows.window", lang, company=company, month=month)
                each = {"company": company, "window": window, "first": first}
                rows += [each | {"t": round(t, 4), "multiple": round(multiple, 4)} for t, multiple in later]
    table = pd.DataFrame(rows, columns=["company", "window", "first", "t", "multiple"])
    longest = table.groupby(["first", "window"]).size().sort_index(ascending=False).cumsum()
    kept = longest[longest <= style.limits.MOST_ROWS].index.get_level_values("window")
    shown = table.loc[table["window"].isin(kept), ["company", "window", "t", "multiple"]]
    shown.attrs["windows"] = table["window"].nunique()
    return shown.reset_index(drop=True)


def shown_of(table: pd.DataFrame, lang: Language) -> str:
    """Say how many windows of `comparables` are shown, and of how many where not all are."""
    shown, whole = table["window"].nunique(), table.attrs["windows"]
    if shown == whole:
        return f"{shown}"
    return words.text("windows.newest", lang, shown=shown, whole=whole)
