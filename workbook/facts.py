"""Read a series out of a dossier: the figures of its own subjects, with what their claims say."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

import pandas as pd

from workbook import evidence, style, words
from workbook.dossier import Dossier
from workbook.dossier.period import months
from workbook.evidence.claims import described, looked_up
from workbook.words import Language

__all__ = [
    "footer",
    "has",
    "marks",
    "months",
    "moved",
    "named",
    "one_subject",
    "one_unit",
    "own",
    "read",
    "series_name",
]


def read(book: Dossier, role: str, *also: str, peers: bool = False) -> pd.DataFrame:
    """Return the figures of the series of these roles with what their claims and documents say, oldest first.

    Parameters
    ----------
    book
        The dossier.
    role, *also
        Roles of the table `series`.
    peers
        Also the figures of other subjects than the dossier's own.

    Returns
    -------
    pandas.DataFrame
        As `evidence.facts`.

    Raises
    ------
    ValueError
        If the dossier, as known on its `as_of`, has no figure of the first role; if one role is played by
        several series; if these roles have several subjects, none of them the dossier's own.

    Examples
    --------
    >>> read(book, "streak")[["metric", "value"]].values.tolist()[-1]
    ['doublings', 5.0]
    """
    rows = book.metrics
    rows = rows[_played(book, rows).isin([role, *also])]
    if not peers:
        rows = own(book, rows)
    rows = described(book, rows)
    if not (rows["role"] == role).any():
        raise ValueError(
            f"no figure of the role {role} in {book!r}: give a series that role and a claim of it, "
            "or try a later as_of"
        )
    for played, metrics in rows.groupby("role")["metric"]:
        if len(names := sorted(set(metrics))) > 1:
            raise ValueError(
                f"{' and '.join(names)} both have the role {played} in {book!r}: leave it to one"
            )
    categories = ("kind", "bound", "unit", "basis")
    return rows.astype(dict.fromkeys(categories, "str"))


def has(book: Dossier, role: str) -> bool:
    """Tell whether the dossier, as known on its `as_of`, has a figure of the role.

    Parameters
    ----------
    book
        The dossier.
    role
        A role, as in `series.role`.

    Examples
    --------
    >>> import workbook as wb
    >>> has(book, "margin"), has(wb.open(book.path, as_of="2020-01-01"), "margin")
    (True, False)
    """
    return bool((_played(book, book.metrics) == role).any())


def _played(book: Dossier, rows: pd.DataFrame) -> pd.Series[Any]:
    """Return the role of each row's series; missing where it has none."""
    return looked_up(rows["metric"], book.series.set_index("id")["role"])


def series_name(book: Dossier, role: str, lang: Language = "en") -> str:
    """Return what the dossier calls the series of a role; the role itself where it has none.

    Parameters
    ----------
    book
        The dossier.
    role
        A role, as in `series.role`.
    lang
        "en" or "zh", for names and texts.

    Examples
    --------
    >>> series_name(book, "ai_share"), series_name(book, "margin", "zh")
    ('AI share of outside sales', '利润率')
    """
    rows = book.series
    names = words.localised(rows, "name", lang)[rows["role"] == role].dropna()
    return str(names.iloc[0]) if len(names) else role.replace("_", " ")


def own(book: Dossier, rows: pd.DataFrame) -> pd.DataFrame:
    """Return the metrics rows of the dossier's own subjects: the figures of peers are left out.

    Where none of its own has a figure, the rows of the one subject that has are returned; a title names it.

    Parameters
    ----------
    book
        The dossier.
    rows
        Rows with a subject.

    Raises
    ------
    ValueError
        If none is of its own and there are several subjects; the error lists them.
    """
    kept = rows[rows["subject"].isin(list(book.subjects))]
    subjects = sorted(set(rows["subject"]))
    if kept.empty and len(subjects) > 1:
        metrics = " and ".join(sorted(set(rows["metric"])))
        raise ValueError(
            f"{metrics} is given for {' and for '.join(subjects)} in {book!r}: "
            "name the dossier's own subject (and its parts) in datapackage.json"
        )
    return rows if kept.empty else kept


def one_subject(rows: pd.DataFrame) -> str:
    """Return the subject that all rows share.

    Parameters
    ----------
    rows
        Rows with a subject.

    Raises
    ------
    ValueError
        If they have several; the error lists them: no chart picks one in silence.
    """
    subjects: list[str] = sorted(set(rows["subject"]))
    if len(subjects) > 1:
        given = " and for ".join(f"{name} ({', '.join(_claims_of(rows, name))})" for name in subjects)
        metrics = " with ".join(sorted(set(rows["metric"])))
        raise ValueError(f"{metrics} is given for {given}: one series needs one subject")
    return subjects[0]


def _claims_of(rows: pd.DataFrame, subject: str) -> list[str]:
    claims = rows.loc[rows["subject"] == subject, "claim"].astype("str").tolist()
    return claims[:3] + ["..."] * (len(claims) > 3)


RELAYED = "†"
"""Written behind a figure that rests on one publisher, read as relayed text only."""


def marks(book: Dossier, claims: pd.Series[Any]) -> list[str]:
    """Return for each claim the mark of a figure that rests on one relayed source, or nothing.

    Parameters
    ----------
    book
        The dossier.
    claims
        Ids of claims, one for each point; empty where a point has none.

    Examples
    --------
    >>> marks(book, pd.Series(["arr-august", "arr-guided-december", None]))
    ['†', '', '']
    """
    relayed = evidence.relayed(book, claims)
    return [RELAYED if claim in relayed else "" for claim in claims]


def footer(book: Dossier, claims: Iterable[str], lang: Language = "en", *, marked: bool = True) -> str:
    """Name the sources behind a chart, and say which of its figures rest on one relayed source.

    Parameters
    ----------
    book
        The dossier.
    claims
        Ids of the claims the chart rests on.
    lang
        "en" or "zh", for names and texts.
    marked
        Whether the chart writes the mark behind such figures; else they are counted.

    Raises
    ------
    ValueError
        As `style.footer`.

    Examples
    --------
    >>> footer(book, ["arr-august"]).split(". ")[-1]
    '† rests on one publisher, read as relayed text only.'
    """
    ids = list(dict.fromkeys(claims))
    text = style.footer(book, ids, lang)
    weak = evidence.relayed(book, ids)
    if not weak:
        return text
    key = "sources.relayed" if marked else "sources.relayed_count"
    return words.sentences([text, words.text(key, lang, m=len(ids), n=len(weak))], lang)


def one_unit(rows: pd.DataFrame) -> str:
    """Return the unit all rows share.

    Parameters
    ----------
    rows
        Rows with a unit.

    Raises
    ------
    ValueError
        If they have several: a series in two units is no series.
    """
    units: list[str] = sorted(set(rows["unit"]))
    if len(units) > 1:
        raise ValueError(f"{rows['metric'].iloc[0]} is given in {' and in '.join(units)}: use one unit")
    return units[0]


def named(book: Dossier, subject: str, lang: Language) -> str:
    """Return the name of a subject in the language asked for, where the dossier has one.

    Parameters
    ----------
    book
        The dossier.
    subject
        Whose name.
    lang
        "en" or "zh", for names and texts.
    """
    if lang == words.PLAIN:
        return subject
    if book.subjects.get(subject):
        return book.subjects[subject]
    units = words.localised(book.org_units, "name", lang)[book.org_units["name"] == subject]
    return str(units.iloc[0]) if len(units) else subject


def moved(first: tuple[float, str], last: tuple[float, str]) -> str:
    """Say which way a figure went from one (value, bound) to another, as far as the bounds tell.

    Parameters
    ----------
    first, last
        Value and bound of the earlier and of the later figure.

    Examples
    --------
    >>> moved((4, "exact"), (45, "at_least")), moved((4, "at_least"), (45, "exact"))
    ('rose', 'went')
    """
    lows = [value if bound != "at_most" else -math.inf for value, bound in (first, last)]
    # The upper end of a range is not passed in, so it counts as unlimited.
    highs = [math.inf if bound in ("at_least", "between") else value for value, bound in (first, last)]
    if lows[1] > highs[0]:
        return "rose"
    return "fell" if highs[1] < lows[0] else "went"
