"""Days as they are printed, in the words of a language."""

from __future__ import annotations

import datetime as dt
from functools import lru_cache

import pandas as pd
from babel.dates import format_date

from workbook.words.catalogue import PLAIN, Language, entry

__all__ = ["day"]


def day(value: dt.date | pd.Timestamp, precision: str = "day", lang: Language = PLAIN) -> str:
    """Write a date no more exactly than it is known.

    Parameters
    ----------
    value
        The date; where only a month is known, any day of it.
    precision
        "day", "month", "quarter" or "year".

    Examples
    --------
    >>> day(dt.date(2026, 6, 8)), day(dt.date(2026, 4, 30), "month"), day(dt.date(2026, 6, 8), lang="zh")
    ('8 Jun 2026', 'Apr 2026', '2026年6月8日')
    """
    return _day(value, precision, lang)


@lru_cache(maxsize=10_000)  # a table of 100,000 rows has the same few thousand days over and over
def _day(value: dt.date | pd.Timestamp, precision: str, lang: Language) -> str:
    written: str = format_date(value, entry(f"form.{precision}", lang), locale=lang)
    return written
