"""What was spent of a capital plan, period by period."""

from __future__ import annotations

from typing import Any

import pandas as pd

from workbook import facts
from workbook.dossier import Dossier
from workbook.dossier.joined import in_bn


def capex(book: Dossier, *, plan: str | None = None) -> pd.DataFrame:
    """Return what was spent since the plan was announced, period by period, beside the plan.

    Quarters that were found are taken as they are, and longer spans where only their sum is known; no day is
    counted twice, and a quarter that was not found is missing, not filled in. Of two figures for one plan
    (the same first and last day) the one published last counts.

    Parameters
    ----------
    book
        The dossier.
    plan
        Claim of the plan to hold the spending against; needed where the dossier has several.

    Returns
    -------
    pandas.DataFrame
        Columns period_start, period_end, spent (bn of the plan's currency), bound, cumulative, claim;
        `attrs` has the plan (level, bound, start, end, claim), the subject, the currency, `missing` (spans
        without a figure, as pairs of days) and `sum_bound`: what the sum is, "exact" or a bound; None where
        floors and ceilings, or roundings and gaps, are mixed, so that it bounds nothing; `stated`, the latest
        figure of the role capex_plan_spent (level, bound, end, claim), what the company itself counts towards
        the plan, or None.

    Raises
    ------
    ValueError
        If the dossier has no capex_plan, no capex within it, or several plans and none is named; if plan and
        spending are of two subjects or in two currencies.

    Examples
    --------
    >>> table = capex(book)
    >>> table[["spent", "cumulative"]].values.tolist()[:2]
    [[0.2, 0.2], [0.25, 0.45]]
    """
    rows = facts.read(book, "capex_plan", "capex_plan_spent", "capex")
    plans = rows[rows["role"] == "capex_plan"]
    if plan is not None:
        plans = plans[plans["claim"] == plan]
    else:
        plans = plans[plans["kind"] == "guidance"]
        span = ["period_start", "period_end"]
        plans = plans[plans["published"] == plans.groupby(span, dropna=False)["published"].transform("max")]
        plans = plans.drop_duplicates([*span, "value", "bound", "unit"])
    if plans.empty:
        raise ValueError(f"no guidance of the role capex_plan in {book!r}; try a later as_of")
    if len(plans) > 1:
        raise ValueError(f"several plans in {book!r}: name one of {', '.join(plans['claim'])} as plan")
    chosen = plans.iloc[0]
    actual = rows[(rows["kind"] == "actual") & (rows["period_end"] > chosen["period_start"])]
    spent, stated = (actual[actual["role"] == role] for role in ("capex", "capex_plan_spent"))
    spent = spent[facts.months(spent) == facts.months(spent).min()]  # quarters, not the years made of them
    if spent.empty:
        raise ValueError(
            f"no figure of the role capex since the plan of {chosen['period_start']:%Y-%m-%d} in {book!r}"
        )
    subject = facts.one_subject(pd.concat([plans, spent, stated]))
    currency = str(chosen["unit"]).split()[0]
    units = pd.concat([spent["unit"], stated["unit"]])
    if foreign := sorted(set(units.str.split().str[0]) - {currency}):
        raise ValueError(f"the plan is in {currency} and spending in {', '.join(foreign)}: use one currency")
    spent = spent.assign(
        length=spent["period_end"] - spent["period_start"],
        spent=[in_bn(v, u) for v, u in zip(spent["value"], spent["unit"], strict=True)],
    ).sort_values(["length", "published"])
    kept: list[dict[str, Any]] = []
    for row in spent.to_dict("records"):
        overlaps = [
            r
            for r in kept
            if r["period_start"] <= row["period_end"] and r["period_end"] >= row["period_start"]
        ]
        if not overlaps:
            kept.append({str(k): row[k] for k in ("period_start", "period_end", "spent", "bound", "claim")})
    table = pd.DataFrame(kept).sort_values("period_end", ignore_index=True)
    table["cumulative"] = table["spent"].cumsum().round(9)
    day = pd.Timedelta(days=1)
    ends = [chosen["period_start"] - day, *table["period_end"]]
    missing = [
        (end + day, start)
        for end, start in zip(ends, table["period_start"], strict=False)
        if start > end + day
    ]
    table.attrs = {
        "unit": "bn of the plan's currency",
        "currency": currency,
        "subject": subject,
        "level": in_bn(chosen["value"], chosen["unit"]),
        "bound": str(chosen["bound"]),
        "start": chosen["period_start"],
        "end": chosen["period_end"],
        "claim": chosen["claim"],
        "missing": missing,
        "sum_bound": _sum_bound(set(table["bound"]), bool(missing)),
        "stated": None,
    }
    for row in stated.tail(1).to_dict("records"):
        level = in_bn(row["value"], row["unit"])
        table.attrs["stated"] = {
            "level": level, "bound": row["bound"], "end": row["period_end"], "claim": row["claim"]
        }  # fmt: skip
    return table[["period_start", "period_end", "spent", "bound", "cumulative", "claim"]]


def _sum_bound(bounds: set[str], missing: bool) -> str | None:
    """Say what a sum of figures with these bounds is; a missing part, never negative, makes it a floor.

    Examples
    --------
    >>> _sum_bound({"exact"}, False), _sum_bound({"exact", "at_least"}, True), _sum_bound({"at_most"}, True)
    ('exact', 'at_least', None)
    """
    kinds = (bounds | ({"at_least"} if missing else set())) - {"exact"}
    if not kinds:
        return "exact"
    return kinds.pop() if len(kinds) == 1 else None
