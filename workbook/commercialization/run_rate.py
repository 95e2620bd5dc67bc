"""The run rate (ARR): what was said, what it implies, the guidance as a scenario, the tokens it takes."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping
from typing import Any

import pandas as pd

from workbook import facts
from workbook.arr import FLOATS, Scenario, formulas, months_between
from workbook.commercialization import series
from workbook.commercialization.assumptions import assumed
from workbook.dossier import Dossier
from workbook.dossier.joined import in_bn
from workbook.style import Language

PATHS = 1_000_000
"""Simulated for a chance that has no closed form; a floor may leave few of them."""
# Fields that guidance leaves open and the dossier's assumptions fill. The drivers' expected growth is none of
# them: the guidance is the path.
_ASSUMED = {
    "apps_share",
    "churn",
    "expansion",
    "token_price",
    "token_share",
    "external_revenue",
    "volatility_services",
    "volatility_apps",
    "volatility_retention",
    "correlation",
}


def arr_points(book: Dossier, lang: Language = "en") -> pd.DataFrame:
    """Tabulate what was said about the run rate: observations and targets, in order of their dates.

    Of two statements about one date, of one kind and scope, the one published last counts.

    Parameters
    ----------
    book
        The dossier.
    lang
        "en" or "zh", for names and texts.

    Returns
    -------
    pandas.DataFrame
        date, kind ("actual" or "guidance"), value (bn; currency in `attrs["units"]`; of a range the low
        end), bound, value_high, subject (the scope), figure (value and bound in words), mark
        (of one relayed source), claim, statement, grade, source, published.

    Raises
    ------
    ValueError
        If the dossier, as known on its `as_of`, has no run rate, or has it in two currencies.

    Examples
    --------
    >>> arr_points(book)[["kind", "figure"]].values.tolist()[:2]
    [['actual', 'at least EUR 1.5 bn'], ['guidance', 'at least EUR 2 bn']]
    """
    rows = facts.read(book, "run_rate").drop_duplicates(["period_end", "kind", "subject"], keep="last")
    currencies = sorted({unit.split()[0] for unit in rows["unit"]})
    if len(currencies) > 1:
        raise ValueError(f"the run rate is given in {' and in '.join(currencies)}: use one currency")
    table = pd.DataFrame(
        {
            "date": rows["period_end"],
            "kind": rows["kind"],
            "value": [in_bn(value, unit) for value, unit in zip(rows["value"], rows["unit"], strict=True)],
            "bound": rows["bound"],
            "value_high": [
                in_bn(high, unit) for high, unit in zip(rows["value_high"], rows["unit"], strict=True)
            ],
            "subject": rows["subject"],
            "figure": series.figures(rows, lang),
            "mark": facts.marks(book, rows["claim"]),
            "claim": rows["claim"],
            "statement": rows["statement"],
            "grade": rows["grade"],
            "source": rows["source"],
            "published": rows["published"],
        }
    ).sort_values(["date", "published"], ignore_index=True)
    table.attrs["units"] = {"value": f"{currencies[0]} bn"}
    return table


def implied_growth(book: Dossier) -> pd.DataFrame:
    """Tabulate the growth between each two dated run-rate figures, with what its bound is worth.

    The multiple and CMGR (compound monthly growth rate) are those that hold if both figures held exactly.
    Two floors bound no growth: the first may have been exceeded, the second too. Only a floor under what is
    there and a level still to be reached leave a ceiling on the growth still needed. Floors are rounded down
    and ceilings up.

    Parameters
    ----------
    book
        The dossier.

    Returns
    -------
    pandas.DataFrame
        One row a pair: start_date, end_date, start, end (figures in words), months, multiple, cmgr and
        annualised (percent), reading, same_scope (whether both figures are of one subject), start_claim,
        end_claim.

    Raises
    ------
    ValueError
        As `arr_points`, and if there is only one dated figure.

    Examples
    --------
    >>> import workbook as wb
    >>> table = implied_growth(wb.open(book.path, as_of="2031-06-30"))
    >>> table[["start", "end", "months", "multiple", "cmgr"]].values.tolist()[-1]
    ['at least EUR 2 bn', 'at least EUR 5 bn', 5.94, 2.5, 16.69]
    """
    points = arr_points(book)
    rows = []
    for start, end in itertools.combinations(points.to_dict("records"), 2):
        months = months_between(start["date"].date(), end["date"].date())
        if not months:
            continue
        levels = (float(start["value"]), float(end["value"]))
        reading = _reading(start, end)
        rows.append(
            {
                "start_date": start["date"],
                "end_date": end["date"],
                "start": start["figure"],
                "end": end["figure"],
                "months": round(months, 2),
                "multiple": rounded(formulas.multiple(FLOATS, *levels), 3, reading),
                "cmgr": rounded(100 * formulas.cmgr(FLOATS, *levels, months), 2, reading),
                "annualised": rounded(100 * formulas.annualised_growth(FLOATS, *levels, months), 0, reading),
                "reading": reading,
                "same_scope": start["subject"] == end["subject"],
                "start_claim": start["claim"],
                "end_claim": end["claim"],
            }
        )
    if not rows:
        raise ValueError(f"growth needs two dated figures of the run rate; {book!r} has {len(points)}")
    table = pd.DataFrame(rows)
    table.attrs["units"] = {
        "months": "months",
        "multiple": "x",
        "cmgr": "% a month",
        "annualised": "% a year",
    }
    return table


def rounded(value: float, digits: int, reading: str = "exactly") -> float:
    """Round a floor down, a ceiling up, anything else to the nearest; a small figure keeps two digits."""
    if value and math.isfinite(value):
        digits = max(digits, 1 - math.floor(math.log10(abs(value))))
    scaled = round(value * 10.0**digits, 6)
    if reading == "at least":
        return math.floor(scaled) / 10.0**digits
    if reading.endswith("at most"):
        return math.ceil(scaled) / 10.0**digits
    return round(value, digits)


def _reading(start: Mapping[Any, Any], end: Mapping[Any, Any]) -> str:
    """Say what the growth between two bounds is worth."""
    below, above = start["bound"], end["bound"]
    if start["kind"] == "actual" and end["kind"] == "guidance" and below in ("exact", "at_least"):
        # A target is a level to reach, whatever may come on top of it.
        return "needed to reach the target" + (", at most" if below == "at_least" else "")
    if below == above == "exact":
        return "exact"
    if below in ("exact", "at_most") and above in ("exact", "at_least"):
        return "at least"
    if below in ("exact", "at_least") and above in ("exact", "at_most"):
        return "at most"
    return "as if both held exactly"


def guidance(book: Dossier) -> tuple[Scenario, list[str]]:
    """Return the scenario of the guidance, as it stood on the dossier's `as_of`, and the claims it rests on.

    It leads from the second last target to the last; where there is one target only, from the latest
    observation before it of the same subject: one product's path never starts from another's run rate. Both
    are taken at their face, bounds as levels: the least that was promised.
    What guidance leaves open (retention, prices, drivers, volatility) comes from the dossier's assumptions,
    and from the defaults of `Scenario` where it has none. Without an assumed share of applications there are
    none: the run rate is one driver.

    Parameters
    ----------
    book
        The dossier.

    Raises
    ------
    ValueError
        If no target, or no level to start from, was known, or targets were known of two subjects.

    Examples
    --------
    >>> import workbook as wb
    >>> scenario, claims = guidance(wb.open(book.path, as_of="2031-06-30"))
    >>> scenario.start_arr, scenario.end_arr, round(scenario.months, 2), claims
    (2.0, 5.0, 5.94, ['arr-guided-june', 'arr-guided-december'])
    """
    points = arr_points(book)
    targets = points[points["kind"] == "guidance"]
    if targets.empty:
        raise ValueError(f"no guidance of the run rate in {book!r}; try a later as_of")
    subject = scope(points)
    targets = targets.drop_duplicates("date", keep="last")
    end = targets.iloc[-1]
    starts = targets.iloc[:-1]
    if starts.empty:
        starts = points[observed(points, subject) & (points["date"] < end["date"])]
    if starts.empty:
        raise ValueError(
            f"one target of the run rate ({subject}) and no earlier level of the same in {book!r}"
        )
    start = starts.iloc[-1]
    fields: dict[str, Any] = {"apps_share": 0}
    fields |= {name: value for name, value in assumed(book).items() if name in _ASSUMED}
    scenario = Scenario(
        start=start["date"].date(),
        end=end["date"].date(),
        start_arr=float(start["value"]),
        end_arr=float(end["value"]),
        currency=points.attrs["units"]["value"].split()[0],
        **fields,
    )
    return scenario, [start["claim"], end["claim"]]


def scope(points: pd.DataFrame) -> str:
    """Return the subject of the targets among the points; of the observations where there is no target.

    Raises
    ------
    ValueError
        If there are several.
    """
    targets = points[points["kind"] == "guidance"]
    return facts.one_subject((points if targets.empty else targets).assign(metric="the run rate"))


def observed(points: pd.DataFrame, subject: str) -> pd.Series[bool]:
    """Tell which points are observations of a subject: those of another scope say nothing of it."""
    return (points["kind"] == "actual") & (points["subject"] == subject)


def bound_effect(book: Dossier) -> pd.DataFrame:
    """Compare the guidance with the latest floor observed on its way: what is still needed, how likely it is.

    On the day of the observation the guidance's own path has some level; a floor above it leaves less to do,
    a floor below it says little (the level may still be anywhere above). The chances are those of the model
    with the dossier's assumed volatilities around the guidance's path: what was seen, judged before it was,
    and the target, judged before and after. The last is simulated with the observation as a bound.

    Parameters
    ----------
    book
        The dossier.

    Returns
    -------
    pandas.DataFrame
        figure, guided (on the guidance's own path), observed (with the observation), reading (what
        `observed` is: "at least", "at most", "exact" or "given what was seen"), unit. Rows: level on the day;
        multiple, CMGR and net new ARR still needed; chance of what was seen, as judged at the start; chance
        of the target. `attrs` has the day, the months left, the scenario and the claims.

    Raises
    ------
    ValueError
        As `guidance`, and if nothing was observed between the start and the end of the guidance.

    Examples
    --------
    >>> bound_effect(book)[["figure", "guided", "observed", "reading"]].values.tolist()[1]
    ['multiple still needed', 1.872, 1.667, 'at most']
    """
    scenario, claims = guidance(book)
    points = arr_points(book)
    subject = scope(points)
    points = points[observed(points, subject) & points["bound"].isin(["exact", "at_least", "between"])]
    day = points["date"].dt.date
    points = points[(day > scenario.start) & (day < scenario.end)]
    if points.empty:
        raise ValueError(
            f"no run rate of {subject} observed between {scenario.start} and {scenario.end} in {book!r}; "
            "try a later as_of"
        )
    seen = points.replace({"bound": {"between": "at_least"}}).iloc[-1]  # of a range its low end
    date, floor, end = seen["date"].date(), float(seen["value"]), scenario.end_arr
    left = months_between(date, scenario.end)
    path = float(scenario.level(months_between(scenario.start, date)))
    bn = f"{scenario.currency} bn"
    words = ("exact", "exact") if seen["bound"] == "exact" else ("at least", "at most")
    levels = (path, floor)
    needed = {
        ("multiple still needed", "x"): [formulas.multiple(FLOATS, level, end) for level in levels],
        ("CMGR still needed", "% a month"): [
            100 * formulas.cmgr(FLOATS, level, end, left) for level in levels
        ],
        ("net new ARR still needed", bn): [formulas.net_new_arr(FLOATS, level, end) for level in levels],
    }
    rows = [("level on the day", *levels, words[0], bn)]
    rows += [(name, *values, words[1], unit) for (name, unit), values in needed.items()]
    beforehand = scenario.replace(end=date, end_arr=path).p_target(floor)
    after = scenario.simulate(PATHS, observed=[(date, floor, seen["bound"])]).p_target
    rows += [
        ("chance of at least what was seen", beforehand, 1.0, "given what was seen", "probability"),
        ("chance of the target", scenario.p_target(), after, "given what was seen", "probability"),
    ]
    table = pd.DataFrame(rows, columns=["figure", "guided", "observed", "reading", "unit"])
    # What is still needed is a ceiling where the level seen is a floor.
    table["guided"] = [rounded(value, 3) for value in table["guided"]]
    table["observed"] = [
        rounded(value, 3, reading) for value, reading in zip(table["observed"], table["reading"], strict=True)
    ]
    table.attrs |= {
        "date": date,
        "months_left": left,
        "scenario": scenario,
        "claims": [*claims, seen["claim"]],
    }
    return table
