"""What is newest, what changed since a day, and what is overdue."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd

from workbook import style
from workbook.dates import read_day
from workbook.dossier import Dossier
from workbook.dossier.period import months
from workbook.evidence.claims import figure_texts, looked_up

__all__ = ["LAG_QUANTILE", "latest", "stale", "then_and_now"]


_SERIES = ["subject", "metric", "months"]
"""A series is one metric of one subject over one length of period."""
_VERDICTS = ["target due", "event due", "series late", "target ahead", "event ahead", "target answered"]
LAG_QUANTILE = 0.9
"""A series counts as late once nine in ten of its own figures had come out by then."""


def latest(book: Dossier, *, kind: str = "actual") -> pd.DataFrame:
    """Return the newest figure of every series: one row per subject, metric and length of period.

    Parameters
    ----------
    book
        The dossier.
    kind
        "actual" or "guidance".

    Returns
    -------
    pandas.DataFrame
        Columns subject, metric, name (of the series), months (length of the period, 0 for a day), figure,
        period_end, basis, published, claim.

    Examples
    --------
    >>> latest(book, kind="guidance")[["metric", "figure"]].values.tolist()
    [['plan', 'at least EUR 3 bn'], ['run_rate', 'at least EUR 5 bn']]
    """
    rows = _dated(book)
    rows = rows[rows["kind"] == kind].sort_values(["period_end", "published"])
    newest = rows.drop_duplicates(_SERIES, keep="last")
    return pd.DataFrame(
        {
            "subject": newest["subject"],
            "metric": newest["metric"],
            "name": _names(book, newest["metric"]),
            "months": newest["months"],
            "figure": figure_texts(newest),
            "period_end": newest["period_end"].dt.date,
            "basis": newest["basis"].astype("str"),
            "published": newest["published"].dt.date,
            "claim": newest["claim"],
        }
    ).sort_values(_SERIES, ignore_index=True)


def then_and_now(then: Dossier, now: Dossier) -> pd.DataFrame:
    """Set the newest figure of each series as known on two days side by side.

    Parameters
    ----------
    then, now
        The same dossier opened with two values of `as_of`.

    Returns
    -------
    pandas.DataFrame
        Columns subject, metric, name, months, kind, then, now (figure and period end, of a period longer
        than a quarter with its months; empty where not known), claim (behind `now`); only series whose
        newest figure differs, new ones included.

    Examples
    --------
    >>> import workbook as wb
    >>> table = then_and_now(wb.open(book.path, as_of="2031-06-08"), book)
    >>> table.loc[table["metric"] == "sales", ["subject", "then", "now"]].values.tolist()[0]
    ['Northlight', 'EUR 1.3 bn (29 Mar 2031)', 'EUR 1.4 bn (28 Jun 2031)']
    """

    def read(book: Dossier) -> pd.DataFrame:
        rows = pd.concat([latest(book, kind=kind).assign(kind=kind) for kind in ("actual", "guidance")])
        # Series of one metric differ only in the length of their periods: one above a quarter is named.
        shown = [
            f"{figure} ({f'{months} months to ' if months > 3 else ''}{style.day(end)})"
            for figure, months, end in zip(rows["figure"], rows["months"], rows["period_end"], strict=True)
        ]
        rows["shown"] = pd.Series(shown, index=rows.index, dtype="str")
        return rows[[*_SERIES, "name", "kind", "shown", "claim"]]

    keys = [*_SERIES, "kind"]
    table = read(now).merge(read(then)[[*keys, "shown"]], on=keys, how="left", suffixes=("_now", "_then"))
    table["then"], table["now"] = table["shown_then"].fillna(""), table["shown_now"]
    changed = table[table["then"] != table["now"]]
    columns = ["subject", "metric", "name", "months", "kind", "then", "now", "claim"]
    return changed[columns].reset_index(drop=True)


def stale(book: Dossier, today: str | dt.date) -> pd.DataFrame:
    """List what should be known by a day and is not: targets past due, and series that have gone quiet.

    A target is due on its `period_end`; it is answered by the first actual of the same metric and subject
    for that day or later. A series of at least four periods is late when the next period, at its usual
    spacing, ended longer ago than nine in ten of its dated figures took to come out. An event of the calendar
    is due until a figure of its series is known for the end of its period, or later.

    Parameters
    ----------
    book
        The dossier.
    today
        The day to judge from, ISO text or a date.

    Returns
    -------
    pandas.DataFrame
        Columns what ("target due", "target answered", "target ahead", "series late", "event due", "event
        ahead"), subject, metric, name (of the series), figure (of an event what it is), due, days (overdue;
        negative: still to go), answer (figure that answers a target), claim.

    Raises
    ------
    ValueError
        If `today` is not a date.

    Examples
    --------
    >>> table = stale(book, today="2031-11-23")
    >>> row = table[table["claim"] == "arr-guided-december"].iloc[0]
    >>> row["what"], int(row["days"])
    ('target ahead', -34)
    """
    day = pd.Timestamp(read_day("today", today))
    rows = _dated(book)
    actual = rows[rows["kind"] == "actual"].sort_values("period_end")
    keys = ["metric", "subject"]
    targets = rows[rows["kind"] == "guidance"].sort_values("period_end", kind="stable")
    # The first actual of the same metric and subject for the day a target is due, or later.
    answers = actual[[*keys, "period_end"]].assign(end=actual["period_end"], reached=figure_texts(actual))
    targets = pd.merge_asof(targets, answers, on="period_end", by=keys, direction="forward")
    targets["due"] = targets["period_end"]
    ahead, none = targets["due"] > day, targets["end"].isna()
    targets["what"] = np.select([ahead, none], ["target ahead", "target due"], "target answered")
    replies = [
        f"{figure} on {style.day(end)}" if what == "target answered" else ""
        for what, figure, end in zip(targets["what"], targets["reached"], targets["end"], strict=True)
    ]
    targets["answer"] = pd.Series(replies, dtype="str")
    series, keys = actual[actual["months"] > 0], _SERIES
    ends = series.drop_duplicates([*keys, "period_end"])
    periods = ends.assign(spacing=ends.groupby(keys)["period_end"].diff()).groupby(keys)
    lag = (series["published"] - series["period_end"])[series["dated"]]
    usual = pd.DataFrame(
        {
            "due": periods["period_end"].last()
            + periods["spacing"].median()
            + lag.groupby([series[key] for key in keys]).quantile(LAG_QUANTILE)
        }
    )[periods.size() >= 4]
    late = series.drop_duplicates(_SERIES, keep="last").join(usual[usual["due"] < day], on=keys, how="inner")
    table = pd.concat([targets, late.assign(what="series late", answer="")], ignore_index=True)
    table["figure"] = figure_texts(table)
    table = pd.concat([table, _events(book, actual, day)], ignore_index=True)
    table["due"] = pd.to_datetime(table["due"]).dt.normalize()
    table["days"] = (day - table["due"]).dt.days
    table["what"] = pd.Categorical(table["what"], _VERDICTS, ordered=True)
    table = table.sort_values(["what", "due", "metric"], ignore_index=True).astype({"what": "str"})
    table["name"] = _names(book, table["metric"])
    return table[["what", "subject", "metric", "name", "figure", "due", "days", "answer", "claim"]]


def _events(book: Dossier, actual: pd.DataFrame, day: pd.Timestamp) -> pd.DataFrame:
    """Return the events of the calendar that no figure has answered."""
    events = book.calendar
    own = actual["subject"].isin(list(book.subjects)) if book.subjects else actual["claim"].notna()
    newest = actual[own].groupby("metric")["period_end"].max()
    answered = pd.to_datetime(events["series"].map(newest.to_dict())) >= events["period_end"]
    events = events[~answered]
    return pd.DataFrame(
        {
            "what": np.where(events["due"] > day, "event ahead", "event due"),
            "subject": looked_up(events["claim"], book.claims.set_index("id")["subject"]).fillna(""),
            "metric": events["series"].fillna(""),
            "figure": events["what"],
            "due": events["due"],
            "answer": "",
            "claim": events["claim"],
        }
    )


def _names(book: Dossier, metrics: pd.Series[str]) -> pd.Series[str]:
    """Return what the dossier calls each metric; empty where there is none."""
    return looked_up(metrics, book.series.set_index("id")["name"]).fillna("")


def _dated(book: Dossier) -> pd.DataFrame:
    """Metrics with the day their document came out, and whether that day was found at all."""
    rows = book.metrics
    source = looked_up(rows["claim"], book.claims.set_index("id")["source"])
    sources = book.sources.set_index("id")
    return rows.assign(
        months=months(rows),
        published=looked_up(source, sources["published"]),
        dated=looked_up(source, sources["dated"]).ne("retrieved"),
    )
