"""Formulas of derived claims: which claims they name, and what they give.

A formula is made of claim ids, numbers, + - * / and brackets, such as
`group-capex-fiscal-2026 + group-capex-june-2026-quarter` or `100 * cloud-ebita / cloud-revenue`. Ids contain
hyphens, so a minus has a space on both sides. A conclusion without a figure lists the claims it is drawn
from, with commas.

- Each claim enters with its number, in its own unit: what changes the unit stands in the formula (`/ 1000`
  makes bn of m, `100 *` percent of a ratio), so that it recomputes as it reads.
- Figures in two units do not add up. A number by itself may be added to any: it is in the same unit.
- Each claim enters as the interval its bound leaves it: a sum of floors is a floor, a floor divided by a
  ceiling too, and what is computed from an "about" is about.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

__all__ = [
    "FormulaError",
    "Quantity",
    "calculate",
    "inputs",
    "interval",
    "kind",
    "measure",
    "unreadable",
]


class FormulaError(ValueError):
    """What is wrong with a formula, in words."""


@dataclass(frozen=True)
class Quantity:
    """What is known of a figure: between which ends it lies, and of what it is an amount."""

    low: float
    high: float
    about: bool = False
    """Whether an "about" is in it."""
    of: tuple[tuple[str, int], ...] = ()
    """Its units, with powers: (("RMB m", 1),) is an amount, (("RMB m", 1), ("USD m", -1)) a rate."""
    bare: bool = False
    """Whether it is made of numbers alone, which may be in any unit."""


_SCALES = {"m": 1e6, "million": 1e6, "bn": 1e9, "billion": 1e9, "tn": 1e12, "trillion": 1e12}
_MOST_BRACKETS = 50


def measure(unit: str) -> tuple[float, tuple[tuple[str, int], ...]]:
    """Return how many of what a claim's unit is.

    Examples
    --------
    >>> measure("RMB m"), measure("%"), measure("CNY per USD")
    ((1000000.0, (('RMB', 1),)), (0.01, ()), (1.0, (('RMB', 1), ('USD', -1))))
    """
    if unit in ("%", "x", ""):
        return (0.01 if unit == "%" else 1.0), ()
    factor = 1.0
    powers: list[tuple[str, int]] = []
    for part, power in zip(
        re.split(r" per |/", unit.replace("1M ", "million "), maxsplit=1), (1, -1), strict=False
    ):
        words = part.split()
        for word in words:
            factor *= _SCALES.get(word, 1.0) ** power
        named = " ".join(word for word in words if word not in _SCALES)
        # The yuan is RMB as a currency of amounts and CNY in exchange rates.
        powers += [("RMB" if named == "CNY" else named, power)] if named else []
    return factor, tuple(sorted(powers))


def kind(quantity: Quantity) -> tuple[tuple[str, int], ...]:
    """Return what a quantity counts, whatever the size of its units.

    Examples
    --------
    >>> kind(Quantity(1, 1, of=(("RMB m", 1), ("%", 1))))
    (('RMB', 1),)
    """
    powers: dict[str, int] = {}
    for unit, power in quantity.of:
        for word, own in measure(unit)[1]:
            powers[word] = powers.get(word, 0) + own * power
    return tuple(sorted((word, power) for word, power in powers.items() if power))


def interval(value: float, bound: str, high: float = math.nan) -> tuple[float, float]:
    """Return the ends between which a figure lies; "about" is taken as the figure itself.

    Examples
    --------
    >>> interval(10, "at_least"), interval(10, "between", 12)
    ((10, inf), (10, 12))
    """
    if bound == "between":
        return value, high
    return (-math.inf if bound == "at_most" else value), (math.inf if bound == "at_least" else value)


# Reading ------------------------------------------------------------------------------------------

_TOKEN = re.compile(
    r"\s*(?:(?P<number>\d+(?:\.\d+)?(?:e[+-]?\d+)?)(?![\w.,-])|(?P<claim>[a-z0-9][a-z0-9-]*)"
    r"|(?P<sign>[-+*/()]))"
)


def _tokens(formula: str) -> Iterator[re.Match[str]]:
    position = 0
    text = formula.rstrip()
    while position < len(text):
        found = _TOKEN.match(text, position)
        if not found:
            rest = text[position:].strip()
            raise FormulaError(f"claim ids, numbers, + - * / and brackets are read, not {rest[:30]!r}")
        yield found
        position = found.end()


def inputs(formula: str) -> list[str]:
    """Return the ids of the claims that a formula names, in its order, each once.

    What is no formula is not refused here: its words are no claims.

    Examples
    --------
    >>> inputs("100 * cloud-ebita / (cloud-revenue - 2.5e3)"), inputs("first, second")
    (['cloud-ebita', 'cloud-revenue'], ['first', 'second'])
    """
    return list(dict.fromkeys(found["claim"] for found in _TOKEN.finditer(formula) if found["claim"]))


def calculate(formula: str, figure: Callable[[str], Quantity]) -> Quantity:
    """Compute a formula.

    Parameters
    ----------
    figure
        What is known of a claim's figure, by its id.

    Raises
    ------
    FormulaError
        If the formula cannot be read, or adds what is in two units.

    Examples
    --------
    >>> floor = Quantity(10.0, math.inf)
    >>> calculate("2 * (arr-first + 5) / 3", lambda claim: floor)
    Quantity(low=10.0, high=inf, about=False, of=(), bare=False)
    """
    return _Reader(list(_tokens(formula)), figure).whole()


class _Reader:
    """Recursive descent: a sum of products of claims, numbers and sums in brackets."""

    def __init__(self, tokens: list[re.Match[str]], figure: Callable[[str], Quantity]) -> None:
        self._tokens, self._figure = tokens, figure
        self._at = self._depth = 0

    def whole(self) -> Quantity:
        result = self._sum()
        if self._at < len(self._tokens):
            raise FormulaError(f"an operator is missing before {self._tokens[self._at][0].strip()!r}")
        return result

    def _sign(self, *wanted: str) -> str:
        """Take the next token if it is one of the signs wanted."""
        if self._at < len(self._tokens) and self._tokens[self._at]["sign"] in wanted:
            self._at += 1
            return str(self._tokens[self._at - 1]["sign"])
        return ""

    def _sum(self) -> Quantity:
        total = self._product()
        while sign := self._sign("+", "-"):
            total = self._added(total, self._product(), -1 if sign == "-" else 1)
        return total

    def _product(self) -> Quantity:
        total = self._atom()
        while sign := self._sign("*", "/"):
            total = _multiplied(total, self._atom() if sign == "*" else _inverse(self._atom()))
        return total

    def _atom(self) -> Quantity:
        if self._sign("("):
            self._depth += 1
            if self._depth > _MOST_BRACKETS:
                raise FormulaError(f"brackets are more than {_MOST_BRACKETS} deep")
            inside = self._sum()
            if not self._sign(")"):
                raise FormulaError("a bracket is not closed")
            self._depth -= 1
            return inside
        if self._at == len(self._tokens):
            raise FormulaError("a claim id or a number is missing at the end")
        token = self._tokens[self._at]
        if token["sign"]:
            raise FormulaError(f"a claim id or a number is missing before {token['sign']!r}")
        self._at += 1
        if token["claim"]:
            return self._figure(token["claim"])
        return Quantity(float(token["number"]), float(token["number"]), bare=True)

    def _added(self, one: Quantity, two: Quantity, sign: int) -> Quantity:
        if one.of != two.of and not one.bare and not two.bare:
            raise FormulaError(f"{_named(one)} and {_named(two)} cannot be added or subtracted")
        low, high = (two.low, two.high) if sign > 0 else (-two.high, -two.low)
        of = two.of if one.bare else one.of
        return Quantity(one.low + low, one.high + high, one.about or two.about, of, one.bare and two.bare)


def _named(quantity: Quantity) -> str:
    words = (word if power == 1 else f"{word}^{power}" for word, power in quantity.of)
    return " ".join(words) or "a plain number"


def _multiplied(one: Quantity, two: Quantity) -> Quantity:
    # Nothing times no matter how much is nothing; Python makes nan of it.
    ends = [0.0 if 0.0 in (a, b) else a * b for a in (one.low, one.high) for b in (two.low, two.high)]
    powers = dict(one.of)
    for word, power in two.of:
        powers[word] = powers.get(word, 0) + power
    of = tuple(sorted((word, power) for word, power in powers.items() if power))
    return Quantity(min(ends), max(ends), one.about or two.about, of, one.bare and two.bare)


def _inverse(one: Quantity) -> Quantity:
    of = tuple((word, -power) for word, power in one.of)
    if one.low <= 0 <= one.high:
        return Quantity(-math.inf, math.inf, one.about, of, one.bare)
    return Quantity(1 / one.high, 1 / one.low, one.about, of, one.bare)


def unreadable(formula: str, figure: bool) -> str:
    """Say why a formula cannot be read; empty where it can.

    Parameters
    ----------
    figure
        Whether it computes a figure, or else lists what a conclusion is drawn from.

    Examples
    --------
    >>> unreadable("first, second", False), unreadable("4 * first", True)
    ('', '')
    >>> unreadable("4 x first", True)
    "an operator is missing before 'x'"
    """
    if not figure:
        if all(_TOKEN.fullmatch(part) and inputs(part) for part in formula.split(",")):
            return ""
        return "where there is no value, claim ids with commas between them are read"
    try:
        calculate(formula, lambda _: Quantity(1.0, 1.0, bare=True))
    except FormulaError as error:
        return str(error)
    return ""
