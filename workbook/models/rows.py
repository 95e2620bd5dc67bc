"""What the charts of models share: rows with what their claims say, and lines on which names do not meet."""

from __future__ import annotations

import altair as alt
import pandas as pd

from workbook import evidence, style
from workbook.dossier import Dossier


def needed(book: Dossier, name: str) -> pd.DataFrame:
    """Return the rows of a table with what their claims say; a table without rows is a ValueError."""
    table: pd.DataFrame = getattr(book, name)
    if table.empty:
        raise ValueError(f"no {name} in {book!r}; add rows, or try a later as_of")
    categories = table.select_dtypes("category").columns
    texts = evidence.statements(book, table["claim"])
    return table.astype(dict.fromkeys(categories, "str")).join(texts)


TOLD = ["statement:N", "grade:N", "source:N"]


def own_vendor(book: Dossier, vendors: pd.Series[str]) -> str:
    """Return the vendor whose models the dossier follows: of those given, the one with most of its models.

    A peer may have more prices or places than the company followed, so these do not decide. Where the dossier
    lists no model of any of the vendors, it is the one with most rows.
    """
    counts = book.models["vendor"].value_counts()
    listed = counts[counts.index.isin(set(vendors))]
    return str((vendors.value_counts() if listed.empty else listed).sort_index().idxmax())


WIDTH = 760
_DOT = 12  # pixels from the axis to the first dot, so that the dot is not on the name of its row


def packed_lines(
    items: pd.DataFrame, *, key: str, start: str, end: str, text: str, pixels: int
) -> tuple[list[str], alt.Scale]:
    """Give every item a line of its group on which its text, written after its end, has room.

    Returns the lines, as group and number, and the scale on which the first dot and the last text fit.
    """
    first = items[start].min()
    spans = items.assign(
        left=(items[start] - first).dt.days,
        right=(items[end] - first).dt.days,
        wide=items[text].map(lambda words: 16 + sum(6.2 if char.isascii() else 10.5 for char in words)),
    )
    later = spans[spans["right"] > 0]
    day = float(((pixels - _DOT - later["wide"]) / later["right"]).min()) if len(later) else 1.0
    free: dict[tuple[str, int], float] = {}
    rows = {}
    for index, item in spans.sort_values(["left", "right"]).iterrows():
        line = 0
        while free.get((item[key], line), -1.0) > item["left"] * day:
            line += 1
        free[item[key], line] = item["right"] * day + item["wide"]
        rows[index] = f"{item[key]}|{line}"
    start_of_axis = first - pd.Timedelta(days=_DOT / day)
    scale = style.span(start_of_axis, start_of_axis + pd.Timedelta(days=pixels / day))
    return [rows[index] for index in items.index], scale


def in_order(items: pd.DataFrame, key: str) -> pd.DataFrame:
    """Sort items by the lines of `packed_lines`: groups in the order of the items, in each its lines.

    The axis takes the order of the data: a list of names to sort by would be one more expression with text of
    the dossier in it.
    """
    group = items[key].map({name: place for place, name in enumerate(dict.fromkeys(items[key]))})
    line = items["row"].str.rpartition("|")[2].astype("int")
    return items.assign(_group=group, _line=line).sort_values(["_group", "_line"], kind="stable")


LINE_AXIS = alt.Y(
    "row:N",
    title=None,
    sort=None,
    axis=alt.Axis(
        labelLimit=420,
        ticks=False,
        labelExpr="split(datum.value, '|')[1] == '0' ? split(datum.value, '|')[0] : ''",
    ),
)
