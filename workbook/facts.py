"""Read a metric out of a dossier: the figures of its own subjects, with what their claims say."""

from __future__ import annotations

import math

import pandas as pd

from workbook import evidence
from workbook.dossier import Dossier
from workbook.dossier.period import months
from workbook.style import Language

__all__ = ["months", "moved", "named", "one_subject", "one_unit", "own", "read"]


def read(book: Dossier, metric: str, *also: str, peers: bool = False) -> pd.DataFrame:
    """Return the metrics rows of these names with what their claims and documents say, oldest first.

    Parameters
    ----------
    peers
        Also the rows of other subjects than the dossier's own.

    Raises
    ------
    ValueError
        If the dossier, as known on its `as_of`, has none of the first name; if it has these names for several
        subjects, none of them its own.
    """
    rows = book.metrics
    rows = rows[rows["metric"].isin([metric, *also])]
    if not peers:
        rows = own(book, rows)
    if not (rows["metric"] == metric).any():
        raise ValueError(f"no {metric} in the metrics of {book!r}; add a row of it, or try a later as_of")
    source = rows["claim"].map(book.claims.set_index("id")["source"])
    told = evidence.said(book, rows["claim"])
    return rows.assign(
        kind=rows["kind"].astype("str"),
        bound=rows["bound"].astype("str"),
        unit=rows["unit"].astype("str"),
        basis=rows["basis"].astype("str"),
        **{str(name): told[name] for name in told},
        published=source.map(book.sources.set_index("id")["published"]),
    ).sort_values(["period_end", "published", "claim"], ignore_index=True)


def own(book: Dossier, rows: pd.DataFrame) -> pd.DataFrame:
    """Return the metrics rows of the dossier's own subjects: a peer's figure is never the company's.

    Where none of its own has a figure, the rows of the one subject that has are returned; a title names it.

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


def one_unit(rows: pd.DataFrame) -> str:
    """Return the unit all rows share.

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
    """Return the name of a subject in the language asked for, where the dossier has one."""
    if lang == "en":
        return subject
    if book.subjects.get(subject):
        return book.subjects[subject]
    units = book.org_units.set_index("name")["name_zh"].dropna()
    return str(units.get(subject, subject))


def moved(first: tuple[float, str], last: tuple[float, str]) -> str:
    """Say which way a figure went from one (value, bound) to another, as far as the bounds tell.

    Examples
    --------
    >>> moved((4, "exact"), (45, "at_least")), moved((4, "at_least"), (45, "exact"))
    ('rose', 'went')
    """
    lows = [value if bound != "at_most" else -math.inf for value, bound in (first, last)]
    # The upper end of a range is not among what is given here, so it counts as open.
    highs = [math.inf if bound in ("at_least", "between") else value for value, bound in (first, last)]
    if lows[1] > highs[0]:
        return "rose"
    return "fell" if highs[1] < lows[0] else "went"
