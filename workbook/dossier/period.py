"""Lengths of periods: what tells a quarter's figure from a year's."""

from __future__ import annotations

import pandas as pd

__all__ = ["months"]


def months(rows: pd.DataFrame) -> pd.Series[int]:
    """Return the length of each row's period in months, 0 for a day: rows of one length make a series.

    Quarters and years of 13 and 52 or 53 weeks count as such.

    Examples
    --------
    >>> days = {"period_start": ["2026-04-01", "2024-12-29", None]}
    >>> days["period_end"] = ["2026-06-30", "2025-12-27", "2026-06-30"]
    >>> months(pd.DataFrame(days).apply(pd.to_datetime)).tolist()
    [3, 12, 0]
    """
    days = (rows["period_end"] - rows["period_start"]).dt.days + 1
    return (days / 30.4375).round().fillna(0).astype("int64")
