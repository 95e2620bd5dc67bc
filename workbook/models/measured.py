"""Claims of a rank against the ranks that leaderboards printed."""

from __future__ import annotations

import re

import pandas as pd

from workbook import style
from workbook.dossier import Dossier


def claims_vs_rankings(book: Dossier) -> pd.DataFrame:
    """Set each claim of a model's rank against the ranks that independent leaderboards printed.

    Where a statement names the track of a list, such as coding, only lists of that track count, and the ranks
    named in a dispute about the claim.

    Parameters
    ----------
    book
        The dossier.

    Returns
    -------
    pandas.DataFrame
        A row for each claim of a place that is no row of the rankings table: claim, statement, grade,
        independent (the third-party places of models of the same family, newest first), verdict (of the
        disputes about it: lost in one it does not stand, else an open one leaves it open; empty where none
        was raised).

    Examples
    --------
    >>> claims_vs_rankings(book)[["claim", "verdict"]].values.tolist()[0]
    ['lumen-first', 'does not stand']
    """
    ranks = book.rankings
    listed = set(ranks["claim"])
    ranks = ranks[(ranks["metric"] == "rank") & ranks["independent"].astype("bool")]
    models = book.models.set_index("id")
    ranks = ranks.assign(name=ranks["model"].map(models["name"])).sort_values("date", ascending=False)
    rows = []
    for _, claim in book.claims[book.claims["metric"] == "rank"].iterrows():
        if claim["id"] in listed:
            continue
        family = str(claim["subject"]).lower().replace("-", "")
        same = ranks[ranks["name"].str.lower().str.replace("-", "").str.startswith(family)]
        raised = book.disputes[(book.disputes[["claim", "against"]] == claim["id"]).any(axis=1)]
        named = set(raised[["claim", "against", "settled_by"]].to_numpy().ravel())
        tracks = _tracks(str(claim["statement"]), same["track"])
        if tracks:
            same = same[same["track"].isin(tracks) | same["claim"].isin(named)]
        places = [
            f"{style.figure(r['value'], 'rank', r['bound'])}, {r['board']}, {r['track']}, "
            f"{style.day(r['date'])}"
            for _, r in same.iterrows()
        ]
        rows.append(
            {
                "claim": claim["id"],
                "statement": claim["statement"],
                "grade": str(claim["grade"]),
                "independent": "; ".join(places),
                "verdict": _verdict(claim["id"], raised),
            }
        )
    return pd.DataFrame(rows, columns=["claim", "statement", "grade", "independent", "verdict"])


def _tracks(statement: str, tracks: pd.Series[str]) -> set[str]:
    """Return the tracks that a statement names by what stands before their comma, the longest name first.

    Examples
    --------
    >>> lists = pd.Series(["text", "text to video, no sound", "coding, web"])
    >>> _tracks("First for text-to-video.", lists), _tracks("It leads in coding.", lists)
    ({'text to video, no sound'}, {'coding, web'})
    """
    plain = f" {re.sub(r'[^a-z0-9]+', ' ', statement.lower())} "
    heads = {track: track.split(",")[0].lower() for track in set(tracks)}
    found = {track: head for track, head in heads.items() if f" {head} " in plain}
    return {
        track
        for track, head in found.items()
        if not any(head != other and head in other for other in found.values())
    }


def _verdict(claim: str, disputes: pd.DataFrame) -> str:
    """Say whether a claim stands after all the disputes about it."""
    verdicts = set()
    for _, row in disputes.iterrows():
        won = "resolved_for" if row["claim"] == claim else "resolved_against"
        verdicts.add(
            "open" if row["standing"] == "open" else "stands" if row["standing"] == won else "does not stand"
        )
    return next((verdict for verdict in ("does not stand", "open", "stands") if verdict in verdicts), "")
