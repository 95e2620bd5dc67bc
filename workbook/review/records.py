"""What every rule reads and yields: the rows of a table, and a place that a rule bites on."""

from __future__ import annotations

from typing import Any, NamedTuple

import pandas as pd

from workbook.dossier import Dossier

__all__ = ["Found", "Row", "records"]

Row = dict[str, Any]


class Found(NamedTuple):
    """One place that a rule bites on."""

    table: str
    id: str
    column: str
    detail: str


def records(book: Dossier, table: str) -> list[Row]:
    """Return the rows of a table, an empty cell as None."""
    frame: pd.DataFrame = getattr(book, table)
    return [
        {str(column): None if pd.isna(cell) else cell for column, cell in row.items()}
        for row in frame.astype("object").to_dict("records")
    ]
