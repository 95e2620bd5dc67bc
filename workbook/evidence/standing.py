"""What a figure rests on: how many independent publishers, how much of their text was read, and disputes."""

from __future__ import annotations

from collections.abc import Iterable
from graphlib import TopologicalSorter
from typing import Any, NamedTuple

import pandas as pd

from workbook.dossier import Dossier
from workbook.dossier.formula import inputs
from workbook.dossier.period import months
from workbook.evidence.claims import figure_texts
from workbook.hints import closest

__all__ = ["relayed", "standing"]

_SEEN = ("page", "excerpt", "relay", "none")
"""How much of a document was read, the most first."""
_COLUMNS = {
    "headline": "Int64", "metric": "str", "name": "str", "kind": "str", "claim": "str", "subject": "str",
    "figure": "str", "period_end": "datetime64[us]", "known": "datetime64[us]", "publishers": "int64",
    "who": "str", "narrower": "int64", "seen": "str", "disputed": "bool", "single_relay": "bool",
}  # fmt: skip


class _Ground(NamedTuple):
    """What one claim rests on."""

    who: frozenset[str]
    narrower: frozenset[str]
    seen: str

    @property
    def single_relay(self) -> bool:
        """Whether at most one publisher prints it, in a text that we read only as passed on."""
        return len(self.who) < 2 and self.seen in ("relay", "none")


def standing(book: Dossier, claims: Iterable[str] | None = None) -> pd.DataFrame:
    """Return what the headline figures rest on, or the claims named.

    The headline figures are the newest actual and the newest guidance of each series that has a place in
    `series.headline`, of the dossier's own subjects. Publishers are independent where they speak for
    themselves: all that pass on the words of one origin count once, and a document that nobody opened counts
    not at all. A derived claim rests on the weakest claim it is computed from.

    Parameters
    ----------
    book
        The dossier.
    claims
        Ids of claims; None for the headline figures.

    Returns
    -------
    pandas.DataFrame
        One row a figure, in the order of the headlines or of `claims`: headline (place, missing where the
        series has none), metric, name (of the series), kind (actual or guidance; empty of what is no
        metric), claim, subject, figure, period_end, known (day of the first document that says it),
        publishers (how many independent ones print the same), who (they are), narrower (how many more print
        it of a narrower scope), seen (page, excerpt, relay or none: the most that was read of any of them),
        disputed (in a dispute that is open), single_relay (one publisher at most, read as relayed text only).

    Raises
    ------
    ValueError
        If the dossier, as known on its `as_of`, has no such claim.

    Examples
    --------
    >>> table = standing(book, ["arr-august"])
    >>> table[["figure", "disputed"]].values.tolist()
    [['at least EUR 3 bn', False]]
    """
    known = book.claims.set_index("id", drop=False)
    rows = book.metrics.set_index("claim", drop=False)
    ids = _headlines(book) if claims is None else list(claims)
    grounds = _grounds(book, ids)
    shown = known.loc[ids]
    open_ones = book.disputes[book.disputes["standing"] == "open"]
    disputed = {*open_ones["claim"], *open_ones["against"]}
    series = book.series.drop_duplicates("id").set_index("id")
    found = [grounds[claim] for claim in ids]
    table = pd.DataFrame(
        {
            "headline": shown["metric"].map(series["headline"]).to_numpy(),
            "metric": shown["metric"].to_numpy(),
            "name": shown["metric"].map(series["name"]).fillna(shown["metric"]).to_numpy(),
            "kind": shown["id"].map(rows["kind"].astype("str")).fillna("").to_numpy(),
            "claim": ids,
            "subject": shown["subject"].to_numpy(),
            "figure": figure_texts(shown).to_numpy(),
            "period_end": shown["period_end"].to_numpy(),
            "known": book.known["day"].reindex(ids).to_numpy(),
            "publishers": [len(ground.who) for ground in found],
            "who": [", ".join(sorted(ground.who)) for ground in found],
            "narrower": [len(ground.narrower - ground.who) for ground in found],
            "seen": [ground.seen for ground in found],
            "disputed": [claim in disputed for claim in ids],
            "single_relay": [ground.single_relay for ground in found],
        }
    )
    return table.astype(_COLUMNS)


def relayed(book: Dossier, claims: Iterable[Any]) -> set[str]:
    """Return the claims that rest on at most one publisher, in a text that we read only as passed on.

    Parameters
    ----------
    book
        The dossier.
    claims
        Ids of claims; missing ones are passed over.

    Raises
    ------
    ValueError
        If the dossier, as known on its `as_of`, has no such claim.

    Examples
    --------
    >>> relayed(book, ["arr-august", "arr-guided-december"])
    {'arr-august'}
    """
    ids = {claim for claim in claims if isinstance(claim, str)}
    grounds = _grounds(book, ids)
    return {claim for claim in ids if grounds[claim].single_relay}


def _headlines(book: Dossier) -> list[str]:
    """Return the claims of the newest actual and guidance of each headline series of the own subjects."""
    series = book.series
    order = series.dropna(subset=["headline"]).set_index("id")["headline"]
    rows = book.metrics
    own = rows["subject"].isin(list(book.subjects)) if book.subjects else pd.Series(True, rows.index)
    rows = rows[rows["metric"].isin(order.index) & own]
    rows = rows.assign(place=rows["metric"].map(order).astype("int64"), length=months(rows))
    rows = rows.sort_values(["place", "kind", "period_end", "length"], ascending=[True, True, True, False])
    # The newest; of two that end on one day the shorter, as a quarter says more than its year.
    return rows.drop_duplicates(["metric", "kind"], keep="last")["claim"].tolist()


def _grounds(book: Dossier, ids: Iterable[str]) -> dict[str, _Ground]:
    """Return what each of these claims rests on, and the claims it is computed from."""
    claims = book.claims.set_index("id")
    if missing := [claim for claim in ids if claim not in claims.index]:
        names = ", ".join(f"{claim}{closest(claim, claims.index)}" for claim in missing)
        raise ValueError(f"no claim {names} in {book!r}")
    formulas = {str(claim): inputs(formula) for claim, formula in claims["formula"].dropna().items()}
    wanted: set[str] = set()
    left = [*ids]
    while left:
        claim = left.pop()
        if claim not in wanted:
            wanted.add(claim)
            left += formulas.get(claim, [])
    sources = book.sources.set_index("id")
    who = sources["origin"].fillna(sources["publisher"])
    own = dict(zip(claims.index, claims["source"], strict=True))
    seen = sources["seen"].astype("str").to_dict()
    documents: dict[str, list[tuple[str, str]]] = {claim: [] for claim in wanted}
    for claim in wanted:
        documents[claim].append((str(own[claim]), "same"))
    others = book.confirmations
    for row in others[others["claim"].isin(wanted)].to_dict("records"):
        documents[row["claim"]].append((row["source"], row["says"]))
    grounds: dict[str, _Ground] = {}
    for claim in TopologicalSorter({c: formulas.get(c, []) for c in wanted}).static_order():
        same = [source for source, says in documents[claim] if says == "same"]
        read = [source for source in same if seen[source] != "none"]
        more = [s for s, says in documents[claim] if says == "narrower" and seen[s] != "none"]
        itself = _Ground(
            frozenset(who[source] for source in read),
            frozenset(who[source] for source in more),
            min((seen[source] for source in same), key=_SEEN.index, default="none"),
        )
        # A derived claim that names no document of its own shows one of those it is computed from.
        parts = [grounds[name] for name in formulas.get(claim, [])]
        if own[claim] not in {source for name in formulas.get(claim, []) for source, _ in documents[name]}:
            parts.append(itself)
        weakest = min(parts, key=lambda ground: (len(ground.who), -_SEEN.index(ground.seen)))
        least = max((ground.seen for ground in parts), key=_SEEN.index)
        grounds[claim] = weakest._replace(seen=least)
    return grounds
