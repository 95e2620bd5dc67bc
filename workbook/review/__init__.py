"""Warn of what should not be in a dossier: rows that open, and that a reader would still stumble over.

`workbook.open` refuses a dossier that breaks a rule of its data package. The rules here are on what texts and
figures say; `workbook check` runs them and prints what they find. Each rule is one function.

====================  =======================================================================================
rule                  warns of
====================  =======================================================================================
statement and figure  a statement, in either language, in which no figure is the claim's value in its unit, or
                      whose figure lacks the word of its bound (at least, about ...; both ends of a range)
formula               a derived claim that its formula does not give, as a figure or as a bound
stands alone          a statement that begins with that, this, it ..., or speaks of "the digest" or "a news
                      site" without saying whose
title                 a source without a title
known late            a figure whose period ended long before the first day from which it is known: it was
                      public earlier, find the release
contradiction         two claims of one series, period, basis and kind that no value can satisfy and that are
                      in no dispute
one series a role     more than one series of the own subject under one role and length of period
told too early        a text that tells of a day later than its row was known, by a date, by a figure or by a
                      fiscal year; a claim that a document of a day before its own is to confirm
unknown metric        a figure of a metric that is in no series, with the nearest that is
====================  =======================================================================================
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pandas as pd

from workbook.dossier import Dossier
from workbook.review.days import told_too_early
from workbook.review.formulas import formula
from workbook.review.records import Found
from workbook.review.series import contradiction, known_late, one_series_a_role, unknown_metric
from workbook.review.statements import stands_alone, statement_and_figure, title

__all__ = ["RULES", "listed", "review"]


def review(book: Dossier) -> pd.DataFrame:
    """List what should not be in a dossier, though it opens.

    Returns
    -------
    DataFrame
        One row a place, with the columns file, id, column, rule and detail.

    Examples
    --------
    >>> list(review(book).columns)
    ['file', 'id', 'column', 'rule', 'detail']
    """
    rows = [
        (f"{found.table}.csv", found.id, found.column, rule, found.detail)
        for rule, check in RULES.items()
        for found in check(book)
    ]
    return pd.DataFrame(rows, columns=["file", "id", "column", "rule", "detail"])


def listed(found: pd.DataFrame, most: int | None = None) -> str:
    """Write what `review` found, rule by rule.

    Parameters
    ----------
    most
        How many places of a rule to list; None lists them all.

    Examples
    --------
    >>> print(listed(review(book)[:0]))
    Warnings: 0
    """
    lines = [f"Warnings: {len(found)}"]
    for rule, rows in found.groupby("rule", sort=False):
        lines.append(f"  {rule}: {len(rows)}")
        lines += [f"    {row.file}, {row.id}, {row.column}: {row.detail}" for row in rows[:most].itertuples()]
        if most is not None and len(rows) > most:
            lines.append(f"    ... and {len(rows) - most} more; --all lists them")
    return "\n".join(lines)


RULES: dict[str, Callable[[Dossier], Iterator[Found]]] = {
    "statement and figure": statement_and_figure,
    "formula": formula,
    "stands alone": stands_alone,
    "title": title,
    "known late": known_late,
    "contradiction": contradiction,
    "one series a role": one_series_a_role,
    "told too early": told_too_early,
    "unknown metric": unknown_metric,
}
"""Each rule by its short name, in the order in which they are listed."""
