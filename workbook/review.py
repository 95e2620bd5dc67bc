"""Warn of what should not be in a dossier: rows that open, and that a reader would still stumble over.

`workbook.open` refuses what cannot be. What should not be takes reading, so it is asked for: by
`workbook check`, which prints what `review` finds, rule by rule. Each rule is one function of this module.

====================  =======================================================================================
rule                  warns of
====================  =======================================================================================
statement and figure  a statement, in either language, in which no figure is the claim's value in its unit, or
                      whose figure lacks the word of its bound (at least, about ...; both ends of a range)
formula               a derived claim that its formula does not give, as a figure or as a bound
stands alone          a statement that begins with that, this, it ..., or speaks of "the digest" or "a news
                      site" without saying whose
title                 a source without a title
known late            a figure whose period ended long before the first day from which it is known: it was
                      public earlier, find the release
contradiction         two claims of one series, period, basis and kind that no value can satisfy and that are
                      in no dispute
one series a role     more than one series of the own subject under one role and length of period
told too early        a text that tells of a day later than its row was known, by a date, by a figure or by a
                      fiscal year; a claim that a document of a day before its own is to confirm
unknown metric        a figure of a metric that is in no series, with the nearest that is
====================  =======================================================================================
"""

from __future__ import annotations

import datetime as dt
import difflib
import itertools
import math
import re
from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal
from typing import Any, NamedTuple

import pandas as pd

from workbook.dossier import Dossier
from workbook.dossier.formula import (
    FormulaError,
    Quantity,
    calculate,
    inputs,
    interval,
    kind,
    measure,
    unreadable,
)
from workbook.dossier.joined import NO_DATUM, losing_sides
from workbook.dossier.package import foreign_keys
from workbook.dossier.period import months
from workbook.reading import (
    BOUNDS,
    COUNTED,
    DATES,
    FALL,
    MIRRORED,
    Figure,
    both_ends,
    date_parts,
    figure_slip,
    figures,
    names_with_digits,
    one_writing,
    whole_word,
)

__all__ = ["RULES", "listed", "review"]


class Found(NamedTuple):
    """One place that a rule bites on."""

    table: str
    id: str
    column: str
    detail: str


Row = dict[str, Any]


def review(book: Dossier) -> pd.DataFrame:
    """List what should not be in a dossier, though it opens.

    Returns
    -------
    DataFrame
        One row a place, with the columns file, id, column, rule and detail.

    Examples
    --------
    >>> import workbook as wb
    >>> list(review(wb.open()).columns)
    ['file', 'id', 'column', 'rule', 'detail']
    """
    rows = [
        (f"{found.table}.csv", found.id, found.column, rule, found.detail)
        for rule, check in RULES.items()
        for found in check(book)
    ]
    return pd.DataFrame(rows, columns=["file", "id", "column", "rule", "detail"])


def listed(found: pd.DataFrame, most: int | None = None) -> str:
    """Write what `review` found, rule by rule.

    Parameters
    ----------
    most
        How many places of a rule to list; None lists them all.

    Examples
    --------
    >>> import workbook as wb
    >>> print(listed(review(wb.open())[:0]))
    Warnings: 0
    """
    lines = [f"Warnings: {len(found)}"]
    for rule, rows in found.groupby("rule", sort=False):
        lines.append(f"  {rule}: {len(rows)}")
        lines += [f"    {row.file}, {row.id}, {row.column}: {row.detail}" for row in rows[:most].itertuples()]
        if most is not None and len(rows) > most:
            lines.append(f"    ... and {len(rows) - most} more; --all lists them")
    return "\n".join(lines)


def _table(book: Dossier, name: str) -> list[Row]:
    """Rows of a table, an empty cell as None."""
    frame: pd.DataFrame = getattr(book, name)
    return [
        {str(column): None if pd.isna(cell) else cell for column, cell in row.items()}
        for row in frame.astype("object").to_dict("records")
    ]


# The statement and its figure -----------------------------------------------------------------------

_BEFORE, _AFTER = 60, 25  # characters of a text in which a figure's word may stand
# Names with digits that are in no table: GPT-5.5, V4, 32K.
_CODE_NAMES = re.compile(r"(?<![A-Za-z\d])(?:[A-Za-z]+-?\d[\w.]*(?:-\w+)*|\d+[KB]\b)(?<!\.)", re.ASCII)


def statement_and_figure(book: Dossier) -> Iterator[Found]:
    """Hold the figure of a statement to value, unit and bound, in both languages."""
    names = names_with_digits(book)
    for claim in _table(book, "claims"):
        if claim["value"] is None:
            continue
        for column in ("statement", "statement_zh"):
            if claim[column] and (fault := _figure_fault(claim, claim[column], names)):
                yield Found("claims", claim["id"], column, fault)


def _figure_fault(claim: Row, statement: str, names: re.Pattern[str]) -> str | None:
    text = both_ends(_CODE_NAMES.sub(" ", DATES.sub(" ", names.sub(" ", one_writing(statement)))))
    value, unit, bound = claim["value"], claim["unit"], claim["bound"]
    shown = f"{value:g} {unit}"
    if bound == "between":
        ends = [(value, "exact"), (claim["value_high"], "exact")]
        shown = f"{value:g} to {claim['value_high']} {unit}"
    else:
        ends = [(value, bound)]
    fell = value < 0 and bool(re.search(whole_word(FALL), text, re.IGNORECASE))
    for end, way in ends:
        said = [
            figure
            for figure in figures(text)
            if (figure.plain or unit in COUNTED)
            and not figure_slip(figure, fell, {"value": end, "unit": unit, "bound": way})
        ]
        if not said:
            return f"no figure of the statement is the value, {bound} {shown}: {statement}"
        if end > 0 and unit == "%" and all(map(_told_as_fall, said)):
            return f"the value is a rise, the statement tells a fall of {said[0].words}: {statement}"
        slips = [_bound_fault(figure, fell, way) for figure in said]
        if bound != "between" and all(slips):
            return f"{slips[0]}: {statement}"
    return None


def _told_as_fall(figure: Figure) -> bool:
    """Tell whether the figure is what something fell by, not what it fell to."""
    before = figure.match.string[: figure.match.start()]
    words = r"(?:\b(?:fell|declined|dropped|shrank|down)(?: by)?|同比?(?:下降|下滑|减少)了?)"
    return bool(
        re.search(rf"{words}\s*(?:(?:about|some|nearly|at (?:least|most)|more than|约)\s*)?$", before)
    )


def _bound_fault(figure: Figure, fell: bool, bound: str) -> str | None:
    before = figure.match.string[: figure.match.start()]
    if bound == "exact":
        for other in ("at_least", "at_most", "about"):
            if re.search(whole_word(BOUNDS[other]) + r"\s*$", before, re.IGNORECASE):
                return f"the value is exact, the statement says {other} {figure.words}"
        return None
    if fell and not figure.match.groupdict().get("sign"):
        bound = MIRRORED[bound]  # a loss told without its sign
    after = figure.match.string[figure.match.end() :]
    near = f"{before[-_BEFORE:]}{figure.match[0]}{after[:_AFTER]}"
    if re.search(whole_word(BOUNDS[bound]), near, re.IGNORECASE):
        return None
    return f"the value is {bound}, and no word beside {figure.words} says so"


# Formulas -------------------------------------------------------------------------------------------


def formula(book: Dossier) -> Iterator[Found]:
    """Hold a derived claim to what its formula gives, within rounding, and to the bound that follows."""
    claims = {row["id"]: row for row in _table(book, "claims")}
    for claim in claims.values():
        if claim["formula"] is None:
            continue
        for fault in _formula_faults(claim, claims):
            yield Found("claims", claim["id"], "formula", f"{fault}: {claim['formula']}")


def _formula_faults(claim: Row, claims: dict[str, Row]) -> Iterator[str]:
    computed = claim["value"] is not None
    if fault := unreadable(claim["formula"], computed):
        yield fault
        return
    named = {name: claims.get(name) for name in inputs(claim["formula"])}
    faults = [f"there is no claim {name}" for name, row in named.items() if row is None]
    if computed:
        faults += [f"{name} has no value" for name, row in named.items() if row and row["value"] is None]
    if faults or not computed:
        yield from faults
        return
    try:
        result = calculate(claim["formula"], lambda name: _quantity(claims[name]))
    except FormulaError as error:
        yield str(error)
        return
    if not result.bare and kind(result) != measure(claim["unit"])[1]:
        yield f"it gives another kind of figure than {claim['unit']}"
    else:
        yield from _result_faults(claim, result.low, result.high, result.about)


def _quantity(claim: Row) -> Quantity:
    low, high = interval(claim["value"], claim["bound"], claim["value_high"] or math.nan)
    # A percentage is a plain number: 100 + 45%.
    of = ((claim["unit"], 1),) if measure(claim["unit"])[1] else ()
    return Quantity(low, high, claim["bound"] == "about", of)


def _result_faults(claim: Row, low: float, high: float, about: bool) -> Iterator[str]:
    """Hold what a formula gives to what its claim says."""
    value, bound = claim["value"], claim["bound"]
    step = 10.0 ** int(Decimal(repr(float(value))).normalize().as_tuple().exponent)
    step = min(step, 1.0)
    slack = 1e-9 * max(abs(value), step)
    given = f"{low:.6g}" if math.isclose(low, high) else f"{low:.6g} to {high:.6g}"
    if math.isinf(low) and math.isinf(high):
        yield "no bound follows from those of the claims it names"
        return
    # A floor rounds down and a ceiling up; what is exact or about, to the nearest.
    holds = {
        "at_least": -slack <= low - value < step,
        "at_most": -slack <= value - high < step,
        "between": abs(low - value) <= step / 2 + slack
        and abs(high - (claim["value_high"] or math.nan)) <= step / 2 + slack,
    }.get(bound, abs(low - value) <= step / 2 + slack and abs(high - value) <= step / 2 + slack)
    if not holds:
        yield f"it gives {given} {claim['unit']}, the claim says {bound} {value:g}"
    elif bound == "exact" and about:
        yield "it rests on an about, so that the claim is about too"


# Statements and sources -----------------------------------------------------------------------------

_WRITING = (
    "digest|article|page|site|report|analysis|commentary|note|paper|post|summary|column|newsletter|story"
)
_LEANING = re.compile(
    r"(?:That|This|It|Its|These|Those|He|His|She|Her|They|Their|The same|Such|Both"
    r"|The former|The latter|Here)\b"
    r"|这|该|此|它|他|她|其(?![他中余])|上述|前述|同样|同一|前者|后者",
)
_WHOSE = r"(?![\w-])(?!\s+(?:of|by|from|in|on)\b)"
_NAMELESS = re.compile(
    rf"^(?:One|An?)(?:\s+(?:[a-z-]+|English|Chinese|Japanese)){{0,3}}?\s+(?:{_WRITING}){_WHOSE}"
    rf"|\b[Tt]he\s+(?:{_WRITING}){_WHOSE}"
    r"|(?<![的》])(?:本文|文章|摘要|网页|页面)(?=[^，。；]{0,4}[称说指认写给列])"
)


def stands_alone(book: Dossier) -> Iterator[Found]:
    """Find statements that lean on another, or do not say whose word they pass on."""
    for claim in _table(book, "claims"):
        for column in ("statement", "statement_zh"):
            text = str(claim[column] or "")
            if found := _LEANING.match(text):
                yield Found("claims", claim["id"], column, f"begins with {found[0]!r}: {text}")
            elif (found := _NAMELESS.search(text)) and not _introduced(found, text):
                yield Found("claims", claim["id"], column, f"does not say whose {found[0]!r}: {text}")


def _introduced(found: re.Match[str], text: str) -> bool:
    """Tell whether "the digest" was said to be somebody's earlier in the statement."""
    noun = found[0].split()[-1]
    return bool(re.search(rf"['’]s\s+(?:\w+\s+)?{noun}\b|\b{noun}\s+(?:of|by)\b", text[: found.start()]))


def title(book: Dossier) -> Iterator[Found]:
    """Find sources without the title under which a reader can find them."""
    for source in _table(book, "sources"):
        if source["title"] is None:
            said = f"{source['publisher']}, {source['published']:%Y-%m-%d}, seen {source['seen']}"
            yield Found("sources", source["id"], "title", said)


# When it was known ----------------------------------------------------------------------------------

_LATE = 200  # days from the end of a period to its figure: annual reports take half of that


def known_late(book: Dossier) -> Iterator[Found]:
    """Find figures known long after their period: the source is not the first that had them."""
    known = book.known["day"].to_dict()
    lost = set(losing_sides(book.disputes))
    late: list[tuple[Row, int]] = []
    in_time: dict[Any, list[Row]] = {}
    for claim in _table(book, "claims"):
        if claim["value"] is None or claim["period_end"] is None or claim["formula"] is not None:
            continue  # what is computed is known as early as what it is computed from
        days = (known[claim["id"]] - claim["period_end"]).days
        if days <= _LATE:
            in_time.setdefault(_series(claim), []).append(claim)
        # A misprint has no release, and a figure is recast when the next year's is told.
        elif claim["id"] not in lost and claim["basis"] != "recast":
            late.append((claim, days))
    for claim, days in late:
        if not any(_agree(claim, other) for other in in_time.get(_series(claim), [])):
            said = f"the period ended {days} days before {known[claim['id']]:%Y-%m-%d}: find the release"
            yield Found("claims", claim["id"], "source", said)


def told_too_early(book: Dossier) -> Iterator[Found]:
    """Find texts that tell of a day later than their row was known: an earlier view would show them.

    A text tells of a later day by a date, by a figure that its company gave later only, or by a fiscal year
    that had not ended. A claim tells of its own day too: a document of an earlier day can only confirm the
    figure of another.
    """
    known = book.known["day"].to_dict()
    claims = {row["id"]: row for row in _table(book, "claims")}
    about = {
        name: {row[column] for column in ("event_date", "period_end") if row[column]}
        for name, row in claims.items()
    }
    by_whom = book.known["source"].to_dict()
    guided = {name for name, row in claims.items() if row["grade"] == "guidance"}
    first = _first_told(claims.values(), known)
    for table in book.tables:
        if table == "sources" or not (texts := _texts(book, table)):
            continue
        keys = _keys(book, table) + ([("id", _PROSE)] if table == "claims" else [])
        for row, column in itertools.product(_table(book, table), texts):
            # A text that reverts with an end or a verdict is known from that day on.
            rests_on = [row[key] for key, alone in keys if row[key] in known and column in alone]
            if not rests_on or not row[column]:
                continue
            if "statement" in column and row["source"] == by_whom[row["id"]]:
                continue  # what the first document said of days ahead
            since = max(known[claim] for claim in rests_on)
            # The day a target is set for is told with it.
            told = set().union(*(about[claim] for claim in rests_on))
            later = [
                found[0]
                for found in DATES.finditer(row[column])
                if (day := _first_day(found)) and day > since and not any(_is(found, other) for other in told)
            ]
            of = {claims[claim]["subject"] for claim in rests_on}
            later += [said for said, day in _figures_told(row[column], of, first) if day > since]
            if not guided.intersection(rests_on):  # guidance is about years ahead
                ended = _years_ended(row[column], book.package.get("fiscalYearEnd", "12-31"))
                later += [said for said, day in ended if day > since and day not in told]
            for said in dict.fromkeys(later):
                detail = f"tells of {said}, known from {since:%Y-%m-%d}: {row[column]}"
                yield Found(table, str(next(iter(row.values()))), column, detail)
    for name, row in claims.items():
        day = row["event_date"]
        if row["grade"] != "guidance" and row["precision"] == "day" and day and day > known[name]:
            detail = f"is of {day:%Y-%m-%d}, and a document of {known[name]:%Y-%m-%d} is to say the same"
            yield Found("claims", name, "event_date", detail)


def _first_told(
    claims: Iterable[Row], known: dict[Any, pd.Timestamp]
) -> dict[tuple[str, float], pd.Timestamp]:
    """Of each figure of a subject, whatever its unit, the day it was first known."""
    first: dict[tuple[str, float], pd.Timestamp] = {}
    for claim in claims:
        for figure in (claim["value"], claim["value_high"]):
            if figure is not None:
                of = claim["subject"], abs(figure)
                first[of] = min(first.get(of, known[claim["id"]]), known[claim["id"]])
    return first


_NUMBER = re.compile(r"(?<![\w.,])\d[\d,]*(?:\.\d+)?(?!\w|\.\d)")


def _figures_told(
    text: str, of: set[str], first: dict[tuple[str, float], pd.Timestamp]
) -> Iterator[tuple[str, pd.Timestamp]]:
    """Yield the figures of a text that are a claim's, of three digits or more: fewer meet by chance."""
    for found in _NUMBER.finditer(DATES.sub(" ", text)):
        number = found[0].replace(",", "")
        days = [first[subject, float(number)] for subject in of if (subject, float(number)) in first]
        if days and len(number.replace(".", "").strip("0")) >= 3:
            yield found[0].rstrip(","), min(days)


_FISCAL_YEAR = re.compile(r"\b(?:fiscal(?: year)?|FY) ?(\d{4})\b|(\d{4})财年", re.IGNORECASE)


def _years_ended(text: str, end: str) -> Iterator[tuple[str, pd.Timestamp]]:
    """Yield the fiscal years that a text names, with the day on which each ends."""
    for found in _FISCAL_YEAR.finditer(text):
        yield found[0], pd.Timestamp(f"{found[1] or found[2]}-{end}")


_PROSE = (
    "note",
    "why",
    "why_zh",
    "mechanism",
    "mechanism_zh",
    "title",
    "title_zh",
    "role",
    "role_zh",
    "name",
    "statement",
    "statement_zh",
    "rule",
)


def _texts(book: Dossier, table: str) -> list[str]:
    return [column for column in getattr(book, table).columns if column in _PROSE]


def _keys(book: Dossier, table: str) -> list[tuple[str, tuple[str, ...]]]:
    """Columns by which a row names claims, with those whose text stands once that claim is known."""
    keys = []
    for name, key, field in foreign_keys(book.package):
        if name == table and key["resource"] == "claims":
            reverts = field.get("untilKnown")
            keys.append((field["name"], _PROSE if reverts is None else tuple(reverts)))
    return keys


def _is(found: re.Match[str], day: pd.Timestamp) -> bool:
    return all(getattr(day, part) == number for part, number in date_parts(found).items())


def _first_day(found: re.Match[str]) -> pd.Timestamp | None:
    parts = date_parts(found)
    if "year" not in parts or "month" not in parts:
        return None
    try:
        return pd.Timestamp(dt.date(parts["year"], parts["month"], parts.get("day", 1)))
    except ValueError:  # 31 June
        return None


# Series ---------------------------------------------------------------------------------------------


def contradiction(book: Dossier) -> Iterator[Found]:
    """Find figures of one series, period, basis and kind that cannot both be true, in no dispute."""
    told = {frozenset((row["claim"], row["against"])) for row in _table(book, "disputes")}
    claims = _table(book, "claims")
    passed = {*losing_sides(book.disputes), *(row["replaces"] for row in claims)}
    # A price or a rank is one of a tier or a board: its own table tells them apart.
    passed |= {row["claim"] for table in ("prices", "rankings") for row in _table(book, table)}
    groups: dict[Any, list[Row]] = {}
    for row in claims:
        if row["value"] is None or row["period_end"] is None or row["id"] in passed:
            continue
        if row["grade"] not in NO_DATUM:
            key = (*_series(row), row["basis"], row["grade"] == "guidance")
            groups.setdefault(key, []).append(row)
    for rows in groups.values():
        for one, two in itertools.combinations(rows, 2):
            if not _agree(one, two) and frozenset((one["id"], two["id"])) not in told:
                said = " against ".join(f"{r['bound']} {r['value']:g} {r['unit']}" for r in (one, two))
                yield Found("claims", one["id"], "value", f"{said} of {two['id']}, in no dispute")


def _series(claim: Row) -> tuple[Any, ...]:
    counts = measure(claim["unit"])[1]
    return claim["subject"], claim["metric"], claim["period_start"], claim["period_end"], counts


def _agree(one: Row, two: Row) -> bool:
    (low, high), (least, most) = _span(one), _span(two)
    return low <= most and least <= high


def _span(claim: Row) -> tuple[float, float]:
    """Return a figure's ends as printed: half a last decimal to a side, of an about its last digit."""
    factor, _ = measure(claim["unit"])
    last = int(Decimal(repr(float(claim["value"]))).normalize().as_tuple().exponent)
    low, high = interval(claim["value"], claim["bound"], claim["value_high"] or math.nan)
    # Less than half, so that 10 and 11 do not meet in the middle.
    slack = 10.0**last if claim["bound"] == "about" else 0.499 * 10.0 ** min(last, 0)
    if claim["bound"] in ("exact", "about"):
        low, high = low - slack, high + slack
    return low * factor, high * factor


def one_series_a_role(book: Dossier) -> Iterator[Found]:
    """Find roles under which a chart has more than one series of the own subject to take."""
    roles = {row["id"]: row["role"] for row in _table(book, "series") if row["role"]}
    under: dict[tuple[str, int], dict[str, str]] = {}
    rows = book.metrics
    for row, length in zip(_table(book, "metrics"), months(rows), strict=True):
        if row["metric"] in roles and row["subject"] in book.subjects:
            under.setdefault((roles[row["metric"]], length), {})[row["metric"]] = row["claim"]
    for (role, length), series in under.items():
        if len(series) > 1:
            said = ", ".join(f"{metric} ({claim})" for metric, claim in series.items())
            over = f"{length} months" if length else "a day"
            yield Found("series", next(iter(series)), "role", f"{role} over {over} has {said}")


def unknown_metric(book: Dossier) -> Iterator[Found]:
    """Find figures of a metric that is in no series, nor a price, a rank or a comparable."""
    series = [row["id"] for row in _table(book, "series")]
    if not series:
        return
    elsewhere = {row["claim"] for name in ("prices", "rankings", "comparables") for row in _table(book, name)}
    for claim in _table(book, "claims"):
        if claim["value"] is None or claim["period_end"] is None or claim["id"] in elsewhere:
            continue
        if claim["metric"] not in series and claim["grade"] not in NO_DATUM:
            near = difflib.get_close_matches(str(claim["metric"]), series, n=1)
            said = f"{claim['metric']} is in no series" + (f"; the nearest is {near[0]}" if near else "")
            yield Found("claims", claim["id"], "metric", said)


RULES: dict[str, Callable[[Dossier], Iterator[Found]]] = {
    "statement and figure": statement_and_figure,
    "formula": formula,
    "stands alone": stands_alone,
    "title": title,
    "known late": known_late,
    "contradiction": contradiction,
    "one series a role": one_series_a_role,
    "told too early": told_too_early,
    "unknown metric": unknown_metric,
}
"""Each rule by its short name, in the order in which they are told."""
