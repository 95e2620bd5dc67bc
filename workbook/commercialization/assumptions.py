"""What the dossier assumes about the run rate, by the fields of a scenario, in the dossier's own words."""

from __future__ import annotations

from typing import Any

from workbook import words
from workbook.dossier import Dossier
from workbook.style import Language

__all__ = ["UNITS", "assumed", "assumption", "assumption_name", "ranges", "used"]

UNITS = {
    "start_arr": "money",
    "end_arr": "money",
    "ceiling": "money",
    "target": "money",
    "external_revenue": "money_a_year",
    "apps_share": "share",
    "token_share": "share",
    "apps_cmgr": "month",
    "services_growth": "month",
    "apps_growth": "month",
    "churn": "month",
    "expansion": "month",
    "volatility_services": "month",
    "volatility_apps": "month",
    "volatility_retention": "month",
    "token_price": "price",
    "correlation": "number",
}
"""Kind of unit of each number of a scenario; shares and what is counted by the month are shown in percent."""
_NEEDS = {
    "volatility_apps": "apps_share",
    "correlation": "apps_share",
    "apps_growth": "apps_share",
    "token_share": "token_price",
}
"""What says nothing without another assumption."""


def assumed(book: Dossier) -> dict[str, float]:
    """Return the dossier's assumptions by name, hyphens as underscores; percentages as shares.

    Parameters
    ----------
    book
        The dossier.

    Examples
    --------
    >>> sorted(assumed(book))[:2]
    ['apps_cmgr', 'apps_growth']
    """
    return {field: row["value"] / _percent(row) for field, row in _rows(book).items()}


def used(book: Dossier) -> set[str]:
    """Return the fields that are assumed and that say something, with what else is assumed.

    Examples
    --------
    >>> import workbook as wb
    >>> "correlation" in used(wb.open())
    True
    """
    known = set(assumed(book))
    return {field for field in known if _NEEDS.get(field, field) in known}


def ranges(book: Dossier) -> dict[str, tuple[float, float]]:
    """Return the lowest and the highest value of each assumption that are worth trying.

    Examples
    --------
    >>> import workbook as wb
    >>> ranges(wb.open())["churn"]
    (0.0, 0.2)
    """
    return {
        field: (row["low"] / _percent(row), row["high"] / _percent(row)) for field, row in _rows(book).items()
    }


def assumption(book: Dossier, field: str) -> dict[str, Any] | None:
    """Return the row of a field's assumption, or None."""
    return _rows(book).get(field)


def assumption_name(book: Dossier, field: str, lang: Language = "en") -> str:
    """Return what the dossier calls an assumption; the field itself where it has no name for it.

    Examples
    --------
    >>> import workbook as wb
    >>> assumption_name(wb.open(), "token_price"), assumption_name(wb.open(), "churn", "zh")
    ('token price', 'ARR月流失率')
    """
    rows = book.assumptions
    names = words.localised(rows, "name", lang)[rows["id"] == field.replace("_", "-")].dropna()
    return str(names.iloc[0]) if len(names) else field.replace("_", " ")


def _rows(book: Dossier) -> dict[str, dict[str, Any]]:
    rows: list[dict[Any, Any]] = book.assumptions.to_dict("records")
    return {str(row["id"]).replace("-", "_"): row for row in rows}


def _percent(row: dict[str, Any]) -> int:
    return 100 if row["unit"] == "%" else 1
