"""The one reader of dates: whatever a user gives as a day is read here, in one way."""

from __future__ import annotations

import datetime as dt
import re

__all__ = ["read_day"]


def read_day(name: str, value: str | dt.date) -> dt.date:
    """Read a day, given as a date or as ISO text.

    Nothing is guessed: 08/06/2026 is June for one reader and August for another, and the day of a moment in
    a time zone depends on where one stands.

    Parameters
    ----------
    name
        What the day is for, such as the name of an argument; the error begins with it.
    value
        Text such as "2026-06-30", a `datetime.date`, or a `datetime` or pandas `Timestamp` without a time
        zone, whose time of day is dropped.

    Raises
    ------
    ValueError
        If the value is anything else or no day of the calendar, naming what it is for, the value and what is
        accepted.

    Examples
    --------
    >>> read_day("at", "2026-06-30")
    datetime.date(2026, 6, 30)
    >>> read_day("at", "08/06/2026")
    Traceback (most recent call last):
    ValueError: at must be a date such as '2026-06-30' (ISO text, ...), not '08/06/2026'
    """
    given: object = value
    if isinstance(given, dt.datetime) and given.tzinfo is None:
        given = given.date()  # pandas' NaT stays what it is: a datetime that is no date
    if isinstance(given, dt.date) and not isinstance(given, dt.datetime):
        return given
    # By itself fromisoformat takes weeks and days without dashes too, from Python 3.11 on.
    if isinstance(given, str) and re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", given):
        try:
            return dt.date.fromisoformat(given)
        except ValueError:
            pass
    accepted = "ISO text, a date, or a datetime without a time zone"
    raise ValueError(f"{name} must be a date such as '2026-06-30' ({accepted}), not {value!r}")
