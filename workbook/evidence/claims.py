"""What claims say and where: references, filters, disputes, and a table for tooltips."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd

from workbook import style, words
from workbook.dossier import Dossier
from workbook.hints import closest
from workbook.words import Language

__all__ = [
    "cite",
    "described",
    "disputes",
    "facts",
    "figure_texts",
    "find",
    "looked_up",
    "references",
    "statements",
]


def cite(book: Dossier, claim: str, *, lang: Language = "en") -> str:
    """Return the reference behind a claim: who, what, when, how much of it we saw, where.

    Parameters
    ----------
    book
        The dossier.
    claim
        Id of the claim.
    lang
        "en" or "zh".

    Raises
    ------
    ValueError
        If the dossier, as known on its `as_of`, has no such claim.

    Examples
    --------
    >>> cite(book, "arr-guided-december").split(",")[0]
    'Northlight'
    """
    claims = book.claims
    rows = claims[claims["id"] == claim]
    if rows.empty:
        raise ValueError(f"no claim {claim!r}{closest(claim, claims['id'])} in {book!r}")
    return " ".join(references(book, rows, lang)[0])


def references(book: Dossier, claims: pd.DataFrame, lang: Language = "en") -> list[tuple[str, str]]:
    """Return of each claim the words of its reference, and the address or what stands for it."""
    documents = {}
    sources = book.sources
    for source in sources[sources["id"].isin(claims["source"])].to_dict("records"):
        precision = "month" if source["dated"] == "month" else "day"
        when = style.day(source["published"], precision, lang)
        when = words.text(f"reference.dated_{source['dated']}", lang, day=when)
        key = "reference.untitled" if pd.isna(source["title"]) else "reference.titled"
        document = words.text(key, lang, publisher=source["publisher"], title=source["title"], when=when)
        url = source["url"] if pd.notna(source["url"]) else words.text("reference.no_address", lang)
        documents[source["id"]] = document, words.text(f"reference.seen_{source['seen']}", lang), url
    found = []
    for source_id, place, grade in zip(claims["source"], claims["locator"], claims["grade"], strict=True):
        document, seen, url = documents[source_id]
        if pd.notna(place):
            document = words.text("join.between", lang).join([document, place])
        known = words.word("grade", grade, lang)
        found.append((words.text("reference.whole", lang, document=document, grade=known, seen=seen), url))
    return found


def statements(book: Dossier, claims: pd.Series[str]) -> pd.DataFrame:
    """Return what each claim says, how sure it is and who published it, for tables and tooltips.

    Parameters
    ----------
    book
        The dossier.
    claims
        Ids of claims; a missing id gives missing values.

    Returns
    -------
    pandas.DataFrame
        Columns statement, grade (as text), source (the publisher), on the index of `claims`.

    Examples
    --------
    >>> statements(book, book.metrics["claim"].head(1)).columns.to_list()
    ['statement', 'grade', 'source']
    """
    known = book.claims.set_index("id")
    publisher = book.sources.set_index("id")["publisher"]
    return pd.DataFrame(
        {
            "statement": looked_up(claims, known["statement"]),
            "grade": looked_up(claims, known["grade"].astype("str")),
            "source": looked_up(looked_up(claims, known["source"]), publisher),
        }
    )


def facts(book: Dossier, metric: str | None = None, subject: str | None = None) -> pd.DataFrame:
    """Return figures with what their claims and documents say, oldest first.

    Parameters
    ----------
    book
        The dossier.
    metric
        Id of a series; None: all of them.
    subject
        Whose figures; None: of every subject, peers too.

    Returns
    -------
    pandas.DataFrame
        The columns of `book.metrics` with name and role (of the series), statement, grade, source (the
        publisher), seen and published (when it was first known).

    Raises
    ------
    ValueError
        If the metric is no series of the dossier, or the subject has none of these figures; the error says
        which come near.

    Examples
    --------
    >>> rows = facts(book, "sales", "Northlight")
    >>> rows[["period_end", "value", "unit"]].astype(str).values.tolist()[-1]
    ['2031-06-28', '1400.0', 'EUR m']
    """
    rows = book.metrics
    if metric is not None:
        known = book.series["id"]
        if metric not in set(known):
            raise ValueError(f"no series {metric!r}{closest(metric, known)} in {book!r}")
        rows = rows[rows["metric"] == metric]
    if subject is not None:
        if subject not in set(rows["subject"]):
            of = f"{metric} of " if metric else "figure of "
            near = closest(subject, rows["subject"].unique())
            raise ValueError(f"no {of}{subject!r}{near} in {book!r}")
        rows = rows[rows["subject"] == subject]
    return described(book, rows)


def described(book: Dossier, rows: pd.DataFrame) -> pd.DataFrame:
    """Return rows of `book.metrics` with what `facts` adds to them, oldest first."""
    series = book.series.set_index("id")
    document = looked_up(rows["claim"], book.claims.set_index("id")["source"])
    texts = statements(book, rows["claim"])
    return rows.assign(
        name=looked_up(rows["metric"], series["name"]),
        role=looked_up(rows["metric"], series["role"]),
        **{str(column): texts[column] for column in texts},
        seen=looked_up(document, book.sources.set_index("id")["seen"].astype("str")),
        published=looked_up(rows["claim"], book.known["day"]),
    ).sort_values(["period_end", "published", "claim"], ignore_index=True)


def looked_up(keys: pd.Series[Any], column: pd.Series[Any]) -> pd.Series[Any]:
    """Return the value of a column for each key, in the column's own type even where there is no key."""
    # `keys.map(column)` fails where both are empty and the column is of dates.
    return pd.Series(column.reindex(keys).array, index=keys.index)


def find(
    book: Dossier,
    *,
    theme: str | None = None,
    grade: str | None = None,
    metric: str | None = None,
    subject: str | None = None,
    text: str | None = None,
) -> pd.DataFrame:
    """Return the claims that meet every filter given, newest first.

    Parameters
    ----------
    book
        The dossier.
    theme, grade, metric
        Exact values as in the claims table.
    subject, text
        A part of the subject, of the statement; upper and lower case are one.

    Returns
    -------
    pandas.DataFrame
        Columns claim, date, theme, grade, statement, figure (with unit and bound), publisher, seen, note.

    Raises
    ------
    ValueError
        If a theme, grade or metric is none of those in use; the error lists them.

    Examples
    --------
    >>> list(find(book, metric="run_rate", grade="guidance")["claim"])[:1]
    ['arr-guided-december']
    """
    claims = book.claims
    for column, wanted in {"theme": theme, "grade": grade, "metric": metric}.items():
        if wanted is None:
            continue
        if wanted not in set(claims[column].dropna()):
            allowed = sorted({str(v) for v in claims[column].dropna()})
            near = closest(wanted, allowed)
            raise ValueError(f"{column} must be one of {', '.join(allowed)}, not {wanted!r}{near}")
        claims = claims[claims[column] == wanted]
    for column, part in {"subject": subject, "statement": text}.items():
        if part is not None:
            claims = claims[claims[column].str.contains(part, case=False, regex=False, na=False)]
    sources = book.sources.set_index("id")
    table = pd.DataFrame(
        {
            "claim": claims["id"],
            "date": claims["event_date"].fillna(looked_up(claims["source"], sources["published"])),
            "theme": claims["theme"].astype("str"),
            "grade": claims["grade"].astype("str"),
            "statement": claims["statement"],
            "figure": figure_texts(claims),
            "publisher": claims["source"].map(sources["publisher"]),
            "seen": claims["source"].map(sources["seen"]).astype("str"),
            "note": claims["note"].fillna(""),
        }
    )
    # Sorting by one column after the other is twice as fast as by both at once.
    return table.sort_values("claim").sort_values("date", ascending=False, kind="stable", ignore_index=True)


def figure_texts(rows: pd.DataFrame, lang: Language = "en") -> pd.Series[str]:
    """Write the figure of each row with its unit and bound; empty where it has none."""
    # Lists, because taking one cell from a column of text takes as long as writing a figure.
    columns = (rows[column].to_list() for column in ("value", "unit", "bound", "value_high"))
    written = [
        "" if math.isnan(value) else style.figure(value, unit, bound, lang, high)
        for value, unit, bound, high in zip(*columns, strict=True)
    ]
    return pd.Series(written, index=rows.index, dtype="str")


def disputes(book: Dossier) -> pd.DataFrame:
    """List the claims that cannot both stand: open ones first, of these the ones that weigh most.

    Parameters
    ----------
    book
        The dossier.

    Returns
    -------
    pandas.DataFrame
        Columns dispute, standing ("open", or which side stands), weight (high where the outcome would change
        the view of the company, else low; empty where nobody said), claim and against (statement, grade and
        publisher of both sides), why.

    Examples
    --------
    >>> disputes(book)[["dispute", "standing", "weight"]].values.tolist()[0]
    ['data-centres', 'open', 'high']
    """

    def side(ids: pd.Series[str]) -> pd.Series[str]:
        texts = statements(book, ids)
        return texts["statement"] + " (" + texts["grade"] + ", " + texts["source"] + ")"

    table = book.disputes
    words = {"open": "open", "resolved_for": "the claim stands", "resolved_against": "the other stands"}
    listed = pd.DataFrame(
        {
            "dispute": table["id"],
            "standing": table["standing"].astype("str").map(words),
            "weight": table["weight"].astype("str").fillna(""),
            "claim": side(table["claim"]),
            "against": side(table["against"]),
            "why": table["why"],
        }
    )
    rank = (listed["standing"] != "open") * 2 + (listed["weight"] != "high")
    return listed.iloc[rank.argsort(kind="stable")].reset_index(drop=True)
