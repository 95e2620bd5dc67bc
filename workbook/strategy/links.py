"""The flywheel: its links with what each rests on, and the loops they close."""

from __future__ import annotations

import pandas as pd

from workbook import evidence
from workbook.dossier import Dossier


def flywheel(book: Dossier) -> pd.DataFrame:
    """Return the links of the flywheel with what each rests on.

    Parameters
    ----------
    book
        The dossier.

    Returns
    -------
    pandas.DataFrame
        Columns cause, effect, sign, mechanism, claim, statement, grade, source.

    Examples
    --------
    >>> flywheel(book)[["cause", "effect", "sign"]].values.tolist()[0]
    ['Better models', 'Customers', '+']
    """
    links = book.flywheel
    columns = links[["cause", "effect", "sign", "mechanism", "claim"]].astype({"sign": "str"})
    return columns.join(evidence.statements(book, links["claim"]))


def needed(book: Dossier) -> pd.DataFrame:
    """Return the links, of which a chart needs one at least.

    Raises
    ------
    ValueError
        If the dossier has none, as known on its `as_of`.
    """
    links = flywheel(book)
    if links.empty:
        raise ValueError(f"no links of the flywheel in {book!r}; add rows, or try a later as_of")
    return links


def loops(book: Dossier) -> pd.DataFrame:
    """Return the feedback loops of the flywheel, shortest first.

    A loop with an even number of negative links reinforces itself, one with an odd number balances
    (the polarity rule of causal-loop diagrams).

    Parameters
    ----------
    book
        The dossier.

    Returns
    -------
    pandas.DataFrame
        Columns loop (nodes joined by arrows, from the first in the alphabet), polarity ("reinforcing" or
        "balancing"), length (links), weakest (the weakest grade among its links).

    Examples
    --------
    >>> loops(book)[["loop", "polarity", "weakest"]].values.tolist()[0]
    ['Better models → Customers → Sales → Better models', 'reinforcing', 'guidance']
    """
    links = flywheel(book)
    grades = list(book.claims["grade"].cat.categories)
    rows = []
    for cycle in cycles(links):
        steps = list(zip(cycle, [*cycle[1:], cycle[0]], strict=True))
        used = links.set_index(["cause", "effect"]).loc[steps]
        negative = int((used["sign"] == "-").sum())
        rows.append(
            {
                "loop": " → ".join([*cycle, cycle[0]]),
                "polarity": "balancing" if negative % 2 else "reinforcing",
                "length": len(cycle),
                "weakest": max(used["grade"], key=grades.index),
            }
        )
    table = pd.DataFrame(rows, columns=["loop", "polarity", "length", "weakest"]).astype({"length": "int64"})
    return table.sort_values(["length", "loop"], ignore_index=True)


def cycles(links: pd.DataFrame) -> list[list[str]]:
    """Find every simple cycle once: each starts at its first node in the alphabet."""
    following: dict[str, list[str]] = {}
    for cause, effect in zip(links["cause"], links["effect"], strict=True):
        following.setdefault(cause, []).append(effect)
    found: list[list[str]] = []

    def walk(path: list[str]) -> None:
        for node in following.get(path[-1], []):
            if node == path[0]:
                found.append(path)
            elif node > path[0] and node not in path:
                walk([*path, node])

    for start in sorted(following):
        walk([start])
    return found
