"""Draw figures as what they are, exact, a bound or guidance, with what their claims say."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import altair as alt
import pandas as pd

from workbook import evidence, style, words
from workbook.dossier import Dossier
from workbook.style import Language


def shape(lang: Language, bounds: Iterable[str], *, legend: bool = True) -> alt.Shape:
    """Encode the column `bound` as a mark that shows which way the figure may lie."""
    kinds = [kind for kind in style.BOUND_SHAPES if kind in set(bounds)]
    names = {
        kind: words.BOUND_WORDS[lang][kind].strip() or words.text("legend.exact", lang) for kind in kinds
    }
    pairs = ",".join(f"'{kind}':'{name}'" for kind, name in names.items())
    key = alt.Legend(
        title=None, labelExpr=f"({{{pairs}}})[datum.value]", symbolSize=90, symbolFillColor="white"
    )
    return alt.Shape(
        "bound:N",
        scale=alt.Scale(domain=kinds, range=[style.BOUND_SHAPES[kind] for kind in kinds]),
        legend=key if legend and len(kinds) > 1 else None,
    )


def tooltip(*columns: str) -> list[alt.Tooltip]:
    """Show the figure and who says it."""
    return [alt.Tooltip(f"{name}:N") for name in (*columns, "figure", "statement", "grade", "source")]


def figures(rows: pd.DataFrame, lang: Language) -> list[str]:
    """Write every row's value with its unit and bound; of a range both ends, where the rows have them."""
    highs = rows["value_high"] if "value_high" in rows else [None] * len(rows)
    columns = (rows["value"], rows["unit"], rows["bound"], highs)
    return [
        style.figure(float(value), unit, bound, lang, high)
        for value, unit, bound, high in zip(*columns, strict=True)
    ]


def texts(rows: pd.DataFrame) -> dict[str, Any]:
    """Return the columns that tooltips show, as plain text."""
    return {name: rows[name].astype("str").tolist() for name in ("statement", "grade", "source")}


def statements(book: Dossier, claims: pd.Series[Any]) -> dict[str, list[str]]:
    """Return what the claims say, for tooltips; empty where there is no claim."""
    texts = evidence.statements(book, claims).fillna("")
    return {str(name): texts[name].astype("str").tolist() for name in texts}
