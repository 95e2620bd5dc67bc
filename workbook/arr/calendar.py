"""The one convention of time: calendar months, counted from the end of a day to the end of a day.

A date is read as the end of that day, so month end to month end is a whole number (30 June to 31 December
is exactly 6) and a part of a month is its days over that month's days.
"""

from __future__ import annotations

import calendar
import functools
import math
from datetime import date

from workbook.dates import read_day

# A day is at least 1/31 of a month; a part of a day this small is rounding, not time.
_ROUNDING_DAYS = 1e-6


def months_between(start: date | str, end: date | str) -> float:
    """Count the months from one date to another; negative when `end` comes first.

    Examples
    --------
    >>> months_between("2026-06-30", "2026-12-31")
    6.0
    >>> months_between("2026-06-30", "2026-07-15") == 15 / 31
    True
    """
    first, last = read_day("start", start), read_day("end", end)
    whole = (last.year - first.year) * 12 + last.month - first.month
    return whole + (last.day / _days(last.year, last.month) - first.day / _days(first.year, first.month))


def add_months(start: date | str, months: float) -> date:
    """Return the first day by which `months` have passed since `start`.

    A part of a day counts as the whole day, so that a level reached at noon is dated that day. Undoes
    `months_between`.

    Raises
    ------
    ValueError
        When `months` is not finite or leads outside the years 1 to 9999.

    Examples
    --------
    >>> add_months("2026-06-30", 6)
    datetime.date(2026, 12, 31)
    >>> add_months("2026-06-30", 0.5)
    datetime.date(2026, 7, 16)
    """
    first = read_day("start", start)
    if not math.isfinite(months):
        raise ValueError(f"months is {months!r}: give a finite number of months")
    # The month in which the date falls, and how much of it has passed: in (0, 1], never 0, because the end of
    # a month's last day belongs to that month.
    position = first.day / _days(first.year, first.month) + months
    whole = math.floor(position)
    part = position - whole
    if part * 31 < _ROUNDING_DAYS:
        whole, part = whole - 1, 1.0
    year, month0 = divmod(first.year * 12 + first.month - 1 + whole, 12)
    if not 1 <= year <= 9999:
        raise ValueError(
            f"months is {months!r}: {months:g} months from {first} is outside the years 1 to 9999"
        )
    return date(year, month0 + 1, math.ceil(part * _days(year, month0 + 1) - _ROUNDING_DAYS))


def month_ends(start: date | str, end: date | str) -> list[date]:
    """List the month ends from `start` to `end`, both included where they are month ends.

    Examples
    --------
    >>> [str(day) for day in month_ends("2026-06-30", "2026-08-20")]
    ['2026-06-30', '2026-07-31']
    """
    first, last = read_day("start", start), read_day("end", end)
    ends = []
    for count in range(first.year * 12 + first.month - 1, last.year * 12 + last.month):
        year, month0 = divmod(count, 12)
        ends.append(date(year, month0 + 1, _days(year, month0 + 1)))
    return [day for day in ends if first <= day <= last]


@functools.cache
def _days(year: int, month: int) -> int:
    return calendar.monthrange(year, month)[1]
