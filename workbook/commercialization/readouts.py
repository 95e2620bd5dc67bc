"""The figures a what-if shows, with their form."""

from __future__ import annotations

import math
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import NamedTuple

from workbook import words
from workbook.arr import Scenario
from workbook.commercialization.assumptions import assumption_name, used
from workbook.dossier import Dossier
from workbook.style import Language

__all__ = ["ASKED_DIGITS", "Readout", "asked", "chance_label", "fine", "readouts"]

ASKED_DIGITS = 6
"""Significant digits of the level whose chance is asked."""


@dataclass(frozen=True)
class Readout:
    """A figure of `Scenario.summary` as it is shown: prefix, figure x `scale` to `digits`, suffix."""

    figure: str
    """Name in `Scenario.summary`."""
    label: str
    """What it is; ``{target}`` stands for the level asked for."""
    scale: float
    digits: int
    prefix: str = ""
    suffix: str = ""
    change: str = ""
    """What follows a change: percentage points where the figure is in percent, the suffix elsewhere."""

    def write(self, value: float) -> str:
        """Write a figure, or a dash where there is none."""
        if not math.isfinite(value):
            return "–"
        return f"{self.prefix}{self._number(value)}{self.suffix}"

    def write_change(self, change: float) -> str:
        """Write a change with its sign; one that rounds to nothing has none."""
        if not math.isfinite(change):
            return "–"
        number = self._number(change).removeprefix("−")
        sign = "−" if change < 0 else "+"
        return (sign if any(digit in number for digit in "123456789") else "") + number + self.change

    def _number(self, value: float) -> str:
        # Ties away from zero, as a browser rounds; Python's own formatting rounds them to even.
        places = Decimal(1).scaleb(-self.digits)
        rounded = Decimal(value * self.scale).quantize(places, ROUND_HALF_UP, Context(prec=400))
        return f"{rounded:,f}".replace("-", "−")


def asked(level: float, scale: float) -> str:
    """Write the level whose chance is asked, as the label of the chance takes it.

    Examples
    --------
    >>> asked(30, 1), asked(28.12345678, 10)
    ('30', '281.235')
    """
    return f"{float(f'{level * scale:.{ASKED_DIGITS}g}'):.12g}"


def fine(value: float, digits: int, step: float) -> tuple[int, float]:
    """Return the decimals and the step that a small amount needs to keep its figures and to be moved.

    Examples
    --------
    >>> fine(30, 1, 0.1), fine(0.0034, 1, 0.1)
    ((1, 0.1), (4, 0.0001))
    """
    if not 0 < value < 1:
        return digits, step
    figures = 1 - math.floor(math.log10(value))
    return figures, float(f"1e-{figures}")


class _Form(NamedTuple):
    """How a figure is shown: its form in the catalogue, scale, decimals, and the assumption it needs."""

    kind: str
    scale: float = 1
    digits: int | None = None  # None: those of the unit in which amounts are counted
    needs: str = ""


_FORMS = {
    "multiple": _Form("times", digits=2),
    "cmgr": _Form("month", 100, 1),
    "net_new_arr": _Form("money"),
    "gross_new_arr": _Form("money", needs="churn"),
    "recognised_revenue": _Form("money"),
    "tokens_per_day": _Form("trillion", 1e-12, needs="token_price"),
    "external_share": _Form("percent", 100, 1, needs="external_revenue"),
    "p_target": _Form("percent", 100, 0),
}


def readouts(book: Dossier, scenario: Scenario, lang: Language = "en") -> list[Readout]:
    """List the figures a what-if shows, in the words and units of a language.

    A figure that needs an assumption which the dossier does not have is none of them.

    Examples
    --------
    >>> import workbook as wb
    >>> s = Scenario(start="2026-06-30", end="2026-12-31", start_arr=10, end_arr=30, currency="RMB")
    >>> shown = {r.figure: r for r in readouts(wb.open(), s)}
    >>> shown["cmgr"].write(0.2009), shown["cmgr"].write_change(-0.012)
    ('20.1% a month', '−1.2 pp')
    """
    units = words.billions(scenario.currency, lang)[1]
    level = min(scenario.start_arr, scenario.end_arr)
    decimals = {"money": fine(units * level, 1 if units == 1 else 0, 1)[0], "trillion": fine(level, 1, 1)[0]}
    _, points = _around(words.text("readout.form.points", lang, number="{number}"))
    known = used(book)
    shown = []
    for figure, form in _FORMS.items():
        if form.needs and form.needs not in known:
            continue
        prefix, suffix = _around(_written(form.kind, scenario.currency, lang))
        shown.append(
            Readout(
                figure,
                _label(book, figure, scenario.currency, lang),
                form.scale * (units if form.kind == "money" else 1),
                decimals[form.kind] if form.digits is None else form.digits,
                prefix,
                suffix,
                points if form.kind in ("month", "percent") else suffix,
            )
        )
    return shown


def chance_label(currency: str, lang: Language, level: str = "{target}") -> str:
    """Return what the chance of a level is called.

    Examples
    --------
    >>> chance_label("RMB", "en", "30"), chance_label("RMB", "zh", "300")
    ('P(ARR of at least RMB 30 bn)', 'ARR不低于300亿元的概率')
    """
    written = _written("money", currency, lang).replace("{number}", level)
    return words.text("readout.p_target", lang, level=written)


def _label(book: Dossier, figure: str, currency: str, lang: Language) -> str:
    if figure == "p_target":
        return chance_label(currency, lang)
    revenue = assumption_name(book, "external_revenue", lang)
    return words.text(f"readout.{figure}", lang, revenue=revenue)


def _written(kind: str, currency: str, lang: Language) -> str:
    """Return the form of a figure with ``{number}`` for the number."""
    name = words.currency_name(currency, lang)
    return words.text(f"readout.form.{kind}", lang, currency=name, number="{number}")


def _around(form: str) -> tuple[str, str]:
    """Return what stands before a number and what stands behind it."""
    before, _, after = form.partition("{number}")
    return before, after
