"""The figures a what-if shows, with their form."""

from __future__ import annotations

import math
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import Any

from workbook import style
from workbook.arr import Scenario
from workbook.style import Language

__all__ = ["ASKED_DIGITS", "Readout", "asked", "fine", "readouts"]

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


def readouts(scenario: Scenario, lang: Language = "en") -> list[Readout]:
    """List the figures a what-if shows, in the words and units of a language.

    Examples
    --------
    >>> s = Scenario(start="2026-06-30", end="2026-12-31", start_arr=10, end_arr=30)
    >>> shown = {r.figure: r for r in readouts(s)}
    >>> shown["cmgr"].write(0.2009), shown["cmgr"].write_change(-0.012)
    ('20.1% a month', '−1.2 pp')
    """
    currency = scenario.currency
    level = min(scenario.start_arr, scenario.end_arr)
    decimals = fine(level, 1, 1)[0]
    if lang == "zh":
        unit, units = style.billions(currency, lang)
        digits = fine(units * level, 0, 1)[0]
        money: dict[str, Any] = {"scale": units, "digits": digits, "suffix": unit, "change": unit}
        points = "个百分点"
        return [
            Readout("multiple", "倍数", 1, 2, suffix="倍", change="倍"),
            Readout("cmgr", "月复合增速(CMGR)", 100, 1, suffix="%", change=points),
            Readout("net_new_arr", "净新增ARR", **money),
            Readout("gross_new_arr", "新增ARR总额", **money),
            Readout("recognised_revenue", "期内确认收入", **money),
            Readout("tokens_per_day", "期末每日tokens", 1e-12, decimals, suffix="万亿", change="万亿"),
            Readout("external_share", "期末ARR占外部云收入", 100, 1, suffix="%", change=points),
            Readout("p_target", "ARR不低于{target}亿的概率", 100, 0, suffix="%", change=points),
        ]
    bn: dict[str, Any] = {
        "scale": 1,
        "digits": decimals,
        "prefix": f"{currency} ",
        "suffix": " bn",
        "change": " bn",
    }
    return [
        Readout("multiple", "Multiple", 1, 2, suffix="x", change="x"),
        Readout("cmgr", "CMGR", 100, 1, suffix="% a month", change=" pp"),
        Readout("net_new_arr", "Net new ARR", **bn),
        Readout("gross_new_arr", "Gross new ARR", **bn),
        Readout("recognised_revenue", "Recognised revenue", **bn),
        Readout(
            "tokens_per_day",
            "Tokens a day at the end",
            1e-12,
            decimals,
            suffix=" trillion",
            change=" trillion",
        ),
        Readout("external_share", "ARR over external cloud revenue", 100, 1, suffix="%", change=" pp"),
        Readout("p_target", "P(ARR of at least {target} bn)", 100, 0, suffix="%", change=" pp"),
    ]
