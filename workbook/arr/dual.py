"""Numbers that carry their derivatives: handed to a formula, they give its exact gradient with its value.

Forward-mode automatic differentiation. A formula that has a branch for one point alone (such as the flat path
of recognised revenue) loses the derivative there, the branch being a constant: `sensitivity` goes round it.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from workbook.arr.operations import FLOATS, NORMAL_NODES, NORMAL_WEIGHTS

Gradient: TypeAlias = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Dual:
    """A value and its derivatives in some inputs.

    Examples
    --------
    >>> x = Dual(3.0, np.array([1.0]))
    >>> y = DUALS.pow(x, 2.0) + 1 / x
    >>> round(y.value, 6), y.slope.round(6).tolist()
    (9.333333, [5.888889])
    """

    value: float
    slope: Gradient

    def __add__(self, other: Dual | float) -> Dual:
        that = _dual(other, self)
        return Dual(self.value + that.value, self.slope + that.slope)

    def __sub__(self, other: Dual | float) -> Dual:
        that = _dual(other, self)
        return Dual(self.value - that.value, self.slope - that.slope)

    def __mul__(self, other: Dual | float) -> Dual:
        that = _dual(other, self)
        return Dual(self.value * that.value, self.slope * that.value + self.value * that.slope)

    def __truediv__(self, other: Dual | float) -> Dual:
        that = _dual(other, self)
        value = self.value / that.value
        return Dual(value, (self.slope - value * that.slope) / that.value)

    def __neg__(self) -> Dual:
        return Dual(-self.value, -self.slope)

    __radd__ = __add__
    __rmul__ = __mul__

    def __rsub__(self, other: float) -> Dual:
        return -self + other

    def __rtruediv__(self, other: float) -> Dual:
        return _dual(other, self) / self

    def __lt__(self, other: Dual | float) -> bool:
        return self.value < _value(other)

    def __le__(self, other: Dual | float) -> bool:
        return self.value <= _value(other)

    def __gt__(self, other: Dual | float) -> bool:
        return self.value > _value(other)

    def __ge__(self, other: Dual | float) -> bool:
        return self.value >= _value(other)

    def __eq__(self, other: object) -> bool:
        return bool(self.value == (other.value if isinstance(other, Dual) else other))

    __hash__ = None  # type: ignore[assignment]


def _value(x: Dual | float) -> float:
    return x.value if isinstance(x, Dual) else x


def _dual(x: Dual | float, like: Dual) -> Dual:
    return x if isinstance(x, Dual) else Dual(x, np.zeros_like(like.slope))


class _Duals:
    """The operations of `workbook.arr.operations`, on duals and floats alike."""

    def pow(self, x: Any, y: Any) -> Any:
        if not isinstance(x, Dual) and not isinstance(y, Dual):
            return FLOATS.pow(x, y)
        if not isinstance(y, Dual):
            value = FLOATS.pow(x.value, y)
            steepness = y * FLOATS.pow(x.value, y - 1) if x.value else (math.inf if y < 1 else float(y == 1))
            # What does not move the base does not move its root either, though the root is infinitely steep.
            return Dual(value, np.where(x.slope == 0, 0.0, steepness * np.where(x.slope == 0, 1.0, x.slope)))
        return self.exp(y * self.log(x))

    def exp(self, x: Any) -> Any:
        return self._chain(x, FLOATS.exp, FLOATS.exp)

    def log(self, x: Any) -> Any:
        return self._chain(x, math.log, lambda v: 1 / v)

    def abs(self, x: Any) -> Any:
        return self._chain(x, abs, lambda v: math.copysign(1, v))

    def max(self, x: Any, y: Any) -> Any:
        return x if _value(x) >= _value(y) else y

    def min(self, x: Any, y: Any) -> Any:
        return x if _value(x) <= _value(y) else y

    def positive(self, x: Any) -> Any:
        return self.max(x, 0.0 * x)

    def cdf(self, x: Any) -> Any:
        return self._chain(x, FLOATS.cdf, _density)

    def quantile(self, p: Any) -> Any:
        return self._chain(p, FLOATS.quantile, lambda v: 1 / _density(FLOATS.quantile(v)))

    def where(self, test: bool, yes: Callable[[], Any], no: Callable[[], Any]) -> Any:
        return yes() if test else no()

    def expect(self, f: Callable[[float], Any]) -> Any:
        terms = [weight * f(z) for z, weight in zip(NORMAL_NODES, NORMAL_WEIGHTS, strict=True)]
        return sum(terms[1:], start=terms[0])

    def let(self, name: str, value: Any) -> Any:
        return value

    def _chain(self, x: Any, f: Callable[[float], float], slope: Callable[[float], float]) -> Any:
        return Dual(f(x.value), slope(x.value) * x.slope) if isinstance(x, Dual) else f(x)


def _density(x: float) -> float:
    return math.exp(-x * x / 2) / math.sqrt(2 * math.pi)


DUALS = _Duals()
