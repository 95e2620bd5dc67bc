"""What a what-if can change, with ranges and origin."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, NamedTuple

from workbook import style, words
from workbook.arr import Scenario
from workbook.arr.scenario import RANGES
from workbook.commercialization.assumptions import UNITS, assumed, assumption, assumption_name, ranges, used
from workbook.commercialization.readouts import fine
from workbook.commercialization.run_rate import arr_points, guidance
from workbook.dossier import Dossier
from workbook.style import Language

__all__ = ["CEILING_ROOM", "Control", "controls", "start_scenario"]

CEILING_ROOM = 1.05
"""How many times the higher end of the path the ceiling of an S-curve is at least set to."""


class Origin(NamedTuple):
    """Where a start value comes from."""

    basis: str
    """One of "guidance", "observation", "assumption" and "default", an illustration of the model's own."""
    basis_words: str
    """The same in the language asked for."""
    why: str
    """What the claim says, or why the assumption is what it is."""
    claim: str = ""
    """Id of the claim, if any."""


@dataclass(frozen=True)
class Control:
    """A field of the scenario that a reader may change. Numbers are in the reader's unit: field x `scale`."""

    field: str
    """Field of `Scenario`."""
    label: str
    """What it is, with its unit."""
    kind: str
    """What to choose from: a "number", a "date" or a "shape"."""
    basis: str
    basis_words: str
    why: str
    claim: str = ""
    """This and the three before it: the `Origin` of the start value."""
    low: float = 0
    """Lower end of the slider."""
    high: float = 1
    """Upper end."""
    step: float = 1
    """Smallest move."""
    digits: int = 0
    """Decimals shown."""
    scale: float = 1
    """Reader's unit over the field's: 100 for a share shown in percent."""
    least: float | None = None
    """Least the model takes, in the reader's unit; None: no limit."""
    most: float | None = None
    """Most the model takes."""
    closed: str = "both"
    """Which of the two the model takes itself: "left", "right", "both" or "neither"."""
    rule: str = ""
    """The model's limits, in words, for whoever breaks them."""
    group: str = "main"
    """Which controls it stands with: "from", "to", "path", "main", or "more", behind a fold."""


class _Form(NamedTuple):
    """How a field is shown."""

    group: str
    digits: int = 0
    step: float = 1


# Every field that a reader may change, in the order in which they are shown.
_FORMS = {
    "start": _Form("from"),
    "start_arr": _Form("from", 1, 0.1),
    "end": _Form("to"),
    "end_arr": _Form("to", 1, 0.1),
    "shape": _Form("path"),
    "ceiling": _Form("path", 1, 0.5),
    "apps_share": _Form("main"),
    "churn": _Form("main", 1, 0.1),
    "token_price": _Form("main", 2, 0.05),
    "volatility_services": _Form("main", 1, 0.5),
    "volatility_apps": _Form("main", 1, 0.5),
    "volatility_retention": _Form("more", 1, 0.5),
    "correlation": _Form("more", 2, 0.05),
    "expansion": _Form("more", 1, 0.1),
    "token_share": _Form("more"),
    "external_revenue": _Form("more"),
    "target": _Form("more", 1, 0.1),
}
_KINDS = {"start": "date", "end": "date", "shape": "shape"}
_OWN = ("start", "start_arr", "end", "end_arr", "shape", "ceiling", "target")
"""What every run rate has, and the catalogue names; the dossier names what it assumes."""
_FAN = "volatility_services"
"""Shown without an assumption too: the fan and every chance rest on it."""
_FAN_RANGE = (0, 0.3)


def start_scenario(book: Dossier) -> tuple[Scenario, list[str]]:
    """Return the scenario a what-if starts from: the guidance, and the claims it rests on.

    The level whose chance is asked stays the guided one, wherever the end of the path is moved; a ceiling
    for the S-curve is ready before that shape is chosen.

    Raises
    ------
    ValueError
        As `guidance`.

    Examples
    --------
    >>> import workbook as wb
    >>> scenario, claims = start_scenario(wb.open())
    >>> scenario.target == scenario.end_arr < scenario.ceiling
    True
    """
    scenario, claims = guidance(book)
    top = max(scenario.start_arr, scenario.end_arr)
    ceiling = max(assumed(book).get("ceiling", 2 * top), CEILING_ROOM * top)
    return scenario.replace(target=scenario.end_arr, ceiling=ceiling), claims


def controls(book: Dossier, lang: Language = "en") -> list[Control]:
    """List the fields a what-if can change: their ranges, from the dossier's assumptions, and their origin.

    What is of the model itself (dates, levels, path, and the volatility that the fan rests on) is always
    there; what else there is to change is what the dossier assumes, under its name there.

    Raises
    ------
    ValueError
        As `guidance`.

    Examples
    --------
    >>> import workbook as wb
    >>> {c.field: c.basis for c in controls(wb.open())}["end_arr"]
    'guidance'
    """
    scenario, claims = start_scenario(book)
    points = {point["claim"]: point for point in arr_points(book).to_dict("records")}
    first, last = (_said(points[claim], f"{scenario.currency} bn", lang) for claim in claims)
    origins = {"start": first, "start_arr": first, "end": last, "end_arr": last, "target": last}
    origins["shape"] = _origin("assumption", words.text("control.shape_why", lang), lang)
    fields = [field for field in _FORMS if field in {*_OWN, _FAN, *used(book)}]
    return [_control(book, field, scenario, origins.get(field), lang) for field in fields]


def _origin(basis: str, why: str, lang: Language, claim: str = "") -> Origin:
    return Origin(basis, words.text(f"basis.{basis}", lang), why, claim)


def _said(point: dict[Any, Any], unit: str, lang: Language) -> Origin:
    basis = "guidance" if point["kind"] == "guidance" else "observation"
    why = words.text(
        "control.said",
        lang,
        figure=style.figure(float(point["value"]), unit, str(point["bound"]), lang, point["value_high"]),
        day=style.day(point["date"], lang=lang),
        statement=point["statement"],
        source=point["source"],
    )
    return _origin(basis, why, lang, str(point["claim"]))


def _control(book: Dossier, field: str, scenario: Scenario, origin: Origin | None, lang: Language) -> Control:
    row, form = assumption(book, field), _FORMS[field]
    if origin is None:
        why = words.text("control.no_assumption", lang) if row is None else str(row["why"])
        origin = _origin("default" if row is None else "assumption", why, lang)
    label = _label(book, field, lang)
    if field in _KINDS:
        return Control(field, label, _KINDS[field], *origin, group=form.group)
    value = float(getattr(scenario, field))
    around = _FAN_RANGE if field == _FAN else (value / 2, 2 * value)
    low, high = ranges(book).get(field, around)
    unit, scale = _unit(field, scenario.currency, lang)
    digits, step = form.digits, form.step
    if UNITS[field].startswith("money"):
        if scale > 1:
            step, digits = step * scale, max(digits - 1, 0)
        digits, step = fine(value * scale, digits, step)
    allowed = RANGES[field]
    least, most = float(allowed.left) * scale, float(allowed.right) * scale
    return Control(
        field,
        words.titled(label, unit, lang) if unit else label,
        "number",
        *origin,
        low=round(min(low, value) * scale, 9),
        high=round(max(high, value) * scale, 9),
        step=step,
        digits=digits,
        scale=scale,
        least=least,
        most=None if math.isinf(most) else most,
        closed=str(allowed.closed),
        rule=_rule(least, most, str(allowed.closed), lang),
        group=form.group,
    )


def _label(book: Dossier, field: str, lang: Language) -> str:
    if field in _OWN or assumption(book, field) is None:
        return words.text(f"control.{field}", lang)
    name = assumption_name(book, field, lang)
    return name[0].upper() + name[1:]


def _unit(field: str, currency: str, lang: Language) -> tuple[str, float]:
    """Return the unit that a reader sets a field in, and how many of it are one of the field's own."""
    kind = UNITS[field]
    unit, units = words.billions(currency, lang)
    if kind == "money":
        return unit, units
    if kind == "number":
        return "", 1
    written = words.text(
        f"control.unit.{kind}", lang, unit=unit, currency=words.currency_name(currency, lang)
    )
    return written, {"money_a_year": units, "price": 1}.get(kind, 100)


def _rule(least: float, most: float, closed: str, lang: Language) -> str:
    """Say between what a number has to be.

    Examples
    --------
    >>> _rule(0, 100, "left", "en"), _rule(0, math.inf, "neither", "en")
    ('at least 0 and below 100', 'above 0')
    """
    low = "at_least" if closed in ("left", "both") else "above"
    high = "at_most" if closed in ("right", "both") else "below"
    bottom = words.text(f"rule.{low}", lang, number=least)
    if math.isinf(most):
        return bottom
    return words.text("rule.both", lang, least=bottom, most=words.text(f"rule.{high}", lang, number=most))
