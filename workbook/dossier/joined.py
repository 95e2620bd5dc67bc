"""Tables about figures, joined with the claims that carry the figures."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pandas as pd

__all__ = ["JOINED", "NO_DATUM", "in_bn", "losing_sides", "metrics"]

NO_DATUM = ("opinion", "illustration", "assumption")
"""Grades whose figures are said, but are no data."""
_CODES = {"RMB": "CNY"}
"""What units write by its everyday name and columns by its code."""


def metrics(claims: pd.DataFrame, series: pd.DataFrame, disputes: pd.DataFrame) -> pd.DataFrame:
    """Return the claims that are data of a series: one row a figure, subject and period.

    A claim counts where it has a value and the end of a period and its metric is one of `series`; where it is
    no opinion, illustration or assumption, no claim known revises it (`replaces`), and no dispute was settled
    against it.

    Returns
    -------
    pandas.DataFrame
        Columns claim, subject, metric, kind (actual or guidance), value, bound, unit, period_start,
        period_end, basis (as_reported, recast or derived) and value_high (of a range, else missing), in the
        order of the claims.
    """
    rows = claims[
        claims["value"].notna()
        & claims["period_end"].notna()
        & claims["metric"].isin(series["id"])
        & ~claims["grade"].isin(NO_DATUM)
        & ~claims["id"].isin(claims["replaces"])
        & ~claims["id"].isin(losing_sides(disputes))
    ]
    kind = rows["grade"].eq("guidance").map({True: "guidance", False: "actual"})
    basis = rows["basis"].astype("str").fillna("as_reported").mask(rows["grade"] == "derived", "derived")
    bases = pd.CategoricalDtype(["as_reported", "recast", "derived"])
    table = pd.DataFrame(
        {
            "claim": rows["id"],
            "subject": rows["subject"],
            "metric": rows["metric"],
            "kind": kind.astype(pd.CategoricalDtype(["actual", "guidance"])),
            "value": rows["value"],
            "bound": rows["bound"],
            "unit": rows["unit"],
            "period_start": rows["period_start"],
            "period_end": rows["period_end"],
            "basis": basis.astype(bases),
            "value_high": rows["value_high"],
        }
    )
    return table.reset_index(drop=True)


def losing_sides(disputes: pd.DataFrame) -> pd.Series[str]:
    """Return the claims against which a dispute was settled.

    Examples
    --------
    >>> table = {"claim": ["a", "b", "c"], "against": ["x", "y", "z"]}
    >>> table["standing"] = ["open", "resolved_for", "resolved_against"]
    >>> losing_sides(pd.DataFrame(table)).tolist()
    ['y', 'c']
    """
    settled = disputes[disputes["standing"] != "open"]
    return settled["against"].where(settled["standing"] == "resolved_for", settled["claim"])


def _prices(rows: pd.DataFrame, claims: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "claim": rows["claim"],
            "model": claims["subject"],
            "vendor": rows["vendor"],
            "direction": rows["direction"],
            "tier": rows["tier"],
            "region": rows["region"],
            "date": claims["period_end"],
            "value": claims["value"],
            "unit": claims["unit"],
            "list_price": rows["list_price"],
        }
    )


def _rankings(rows: pd.DataFrame, claims: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "claim": rows["claim"],
            "model": rows["model"],
            "board": rows["board"],
            "track": rows["track"],
            "date": claims["period_end"],
            "metric": claims["unit"],
            "value": claims["value"],
            "bound": claims["bound"],
            "independent": rows["independent"],
        }
    )


def _comparables(rows: pd.DataFrame, claims: pd.DataFrame) -> pd.DataFrame:
    unit = claims["unit"].str.split(" ", n=1)
    return pd.DataFrame(
        {
            "claim": rows["claim"],
            "company": claims["subject"],
            "date": claims["period_end"],
            "value": [in_bn(v, u) for v, u in zip(claims["value"], claims["unit"], strict=True)],
            "bound": claims["bound"],
            "currency": unit.str[0].replace(_CODES),
            "kind": rows["kind"],
            "use": rows["use"],
            "value_high": [in_bn(v, u) for v, u in zip(claims["value_high"], claims["unit"], strict=True)],
            "known": claims["known"],
        }
    )


def in_bn(value: float, unit: str) -> float:
    """Return an amount in bn, to the last digit as written.

    Examples
    --------
    >>> in_bn(291.5, "USD m"), in_bn(7.28, "USD bn")
    (0.2915, 7.28)
    """
    return float(Decimal(repr(float(value))).scaleb(-3)) if unit.endswith(" m") else float(value)


JOINED: dict[str, Callable[[pd.DataFrame, pd.DataFrame], pd.DataFrame]] = {
    "prices": _prices,
    "rankings": _rankings,
    "comparables": _comparables,
}
"""Table -> what makes whole rows of its rows and of the claims they name, which have the same index.

The claims have a column `known`: the day each became known."""
