"""What a what-if can change, with ranges and origin."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, NamedTuple

from workbook import style
from workbook.arr import Scenario
from workbook.arr.scenario import RANGES
from workbook.commercialization.readouts import fine
from workbook.commercialization.run_rate import arr_points, guidance
from workbook.dossier import Dossier
from workbook.style import Language

__all__ = ["CEILING_ROOM", "SHAPES", "Control", "controls", "start_scenario"]

CEILING_ROOM = 1.05
"""How many times the higher end of the path the ceiling of an S-curve is at least set to."""

SHAPES = {
    "exponential": {"en": "constant growth", "zh": "恒定增速"},
    "linear": {"en": "constant amount", "zh": "恒定增量"},
    "s_curve": {"en": "S-curve", "zh": "S曲线"},
}
"""Shapes of path, in words."""

_BASES = {
    "guidance": {"en": "guidance", "zh": "指引"},
    "observation": {"en": "observation", "zh": "披露值"},
    "assumption": {"en": "assumption", "zh": "假设"},
    "default": {"en": "illustration", "zh": "示例"},
}
_NO_ASSUMPTION = {
    "en": "The dossier assumes nothing here; a start value of the model's own.",
    "zh": "资料中没有相应假设，取模型自带的起始值。",
}


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


# Label in English and Chinese, decimals, reader's unit over the field's, step, fallback range, group.
_NUMBERS: dict[str, tuple[str, str, int, float, float, tuple[float, float], str]] = {
    "start_arr": ("ARR then, {unit}", "当时ARR，{unit}", 1, 1, 0.1, (0, 0), "from"),
    "end_arr": ("ARR then, {unit}", "当时ARR，{unit}", 1, 1, 0.1, (0, 0), "to"),
    "ceiling": ("Level the S-curve tends to, {unit}", "S曲线上限，{unit}", 1, 1, 0.5, (0, 0), "path"),
    "apps_share": ("AI applications, % of ARR at the start", "AI应用占起点ARR，%", 0, 100, 1, (0, 1), "main"),
    "churn": ("Churn, % of ARR a month", "月流失率，%", 1, 100, 0.1, (0, 0.2), "main"),
    "token_price": (
        "Token price, {currency} per million", "每百万tokens价格，{currency}", 2, 1, 0.05, (0.1, 40), "main"
    ),
    "volatility_services": (
        "Volatility of model services, % a month", "模型服务月波动率，%", 1, 100, 0.5, (0, 0.3), "main"
    ),
    "volatility_apps": (
        "Volatility of AI applications, % a month", "AI应用月波动率，%", 1, 100, 0.5, (0, 0.4), "main"
    ),
    "volatility_retention": (
        "Volatility of retention, % a month", "留存月波动率，%", 1, 100, 0.5, (0, 0.2), "more"
    ),
    "correlation": ("Correlation of the two drivers", "两驱动相关性", 2, 1, 0.05, (-0.9, 0.9), "more"),
    "expansion": ("Expansion, % of ARR a month", "月扩张率，%", 1, 100, 0.1, (0, 0.3), "more"),
    "token_share": ("Billed by the token, % of ARR", "按token计费占ARR，%", 0, 100, 1, (0, 1), "more"),
    "external_revenue": (
        "External cloud revenue, {unit} a year", "外部云年收入，{unit}", 0, 1, 1, (0, 0), "more"
    ),
    "target": (
        "Level whose chance is asked, {unit}", "询问达标概率的水平，{unit}", 1, 1, 0.1, (0, 0), "more"
    ),
}  # fmt: skip
_CHOICES = {
    "start": ("date", "from", "Date", "日期"),
    "end": ("date", "to", "Date", "日期"),
    "shape": ("shape", "path", "Path", "路径"),
}
_ORDER = ("start", "start_arr", "end", "end_arr", "shape", *list(_NUMBERS)[2:])


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
    assumed = book.assumptions.set_index("id")["value"]
    ceiling = max(float(assumed.get("ceiling", 2 * top)), CEILING_ROOM * top)
    return scenario.replace(target=scenario.end_arr, ceiling=ceiling), claims


def controls(book: Dossier, lang: Language = "en") -> list[Control]:
    """List the fields a what-if can change: their ranges, from the dossier's assumptions, and their origin.

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
    chinese = lang == "zh"
    points = {point["claim"]: point for point in arr_points(book).to_dict("records")}
    first, last = (_said(points[claim], f"{scenario.currency} bn", lang) for claim in claims)
    origins = {"start": first, "start_arr": first, "end": last, "end_arr": last, "target": last}
    origins["shape"] = Origin(
        "assumption",
        _BASES["assumption"][lang],
        "指引只给出两端，未说明路径。" if chinese else "Guidance gives two levels, not the way between them.",
    )
    known = {row["id"].replace("-", "_"): row for row in book.assumptions.to_dict("records")}
    listed = []
    for field in _ORDER:
        row = known.get(field)
        basis = "default" if row is None else "assumption"
        why = str(row["why"]) if row else _NO_ASSUMPTION[lang]
        origin = origins.get(field) or Origin(basis, _BASES[basis][lang], why)
        if field in _CHOICES:
            kind, group, *words = _CHOICES[field]
            listed.append(Control(field, words[chinese], kind, *origin, group=group))
        elif getattr(scenario, field) is not None:
            listed.append(_number(field, scenario, row, origin, chinese))
    return listed


def _said(point: dict[Any, Any], unit: str, lang: Language) -> Origin:
    basis = "guidance" if point["kind"] == "guidance" else "observation"
    figure = style.figure(float(point["value"]), unit, str(point["bound"]), lang, point["value_high"])
    day = style.day(point["date"], lang=lang)
    why = f"{figure}, {day}: {point['statement']} ({point['source']})"
    return Origin(basis, _BASES[basis][lang], why, str(point["claim"]))


def _number(
    field: str, scenario: Scenario, row: dict[Any, Any] | None, origin: Origin, chinese: bool
) -> Control:
    *labels, digits, scale, step, (low, high), group = _NUMBERS[field]
    value = float(getattr(scenario, field))
    if row is not None:
        percent = 100 if row["unit"] == "%" else 1
        low, high = float(row["low"]) / percent, float(row["high"]) / percent
    elif not high:
        low, high = value / 2, 2 * value
    allowed = RANGES[field]
    lang: Language = "zh" if chinese else "en"
    unit, units = style.billions(scenario.currency, lang)
    if "{unit}" in labels[chinese] and units > 1:
        scale, step, digits = scale * units, step * units, max(digits - 1, 0)
    if "{unit}" in labels[chinese]:
        digits, step = fine(value * scale, digits, step)
    name = str(labels[chinese]).format(unit=unit, currency=style.currency_name(scenario.currency, lang))
    least, most = float(allowed.left) * scale, float(allowed.right) * scale
    return Control(
        field,
        name,
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
        group=group,
    )


def _rule(least: float, most: float, closed: str, lang: Language) -> str:
    """Say between what a number has to be.

    Examples
    --------
    >>> _rule(0, 100, "left", "en"), _rule(0, math.inf, "neither", "en")
    ('at least 0 and below 100', 'above 0')
    """
    words = {
        "en": ("at least {:g}", "above {:g}", "at most {:g}", "below {:g}", " and "),
        "zh": ("不小于{:g}", "大于{:g}", "不大于{:g}", "小于{:g}", "且"),
    }[lang]
    parts = [words[closed not in ("left", "both")].format(least)]
    if not math.isinf(most):
        parts.append(words[2 + (closed not in ("right", "both"))].format(most))
    return words[-1].join(parts)
