"""What a formula computes with: Python floats for one scenario, numpy arrays for grids.

A formula of `workbook.arr.formulas` is handed one of these, or the writer of `workbook.arr.symbols`, as its
first argument `o`, and does with it all that + - * / and comparing cannot.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable
from statistics import NormalDist
from typing import Any, Protocol, TypeAlias

import numpy as np

Number: TypeAlias = Any
"""A float, a numpy array or a node: whatever the operations object works on."""

Formula: TypeAlias = Callable[..., Number]
"""A function of an operations object and of number-likes, each of them named."""

# The midpoint rule for an expectation over a standard normal. The integrands die off like the normal density
# at both ends, so the rule converges faster than any power of the step, and its nodes are short decimals.
NORMAL_SPAN = 14.4
"""Standard deviations from end to end."""


@functools.cache
def normal_rule(count: int) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Return nodes and weights of the rule with `count` nodes, over `NORMAL_SPAN`.

    Examples
    --------
    >>> nodes, weights = normal_rule(96)
    >>> nodes[47:49], round(sum(weights), 10)
    ((-0.075, 0.075), 1.0)
    """
    step = NORMAL_SPAN / count
    nodes = tuple(round((k + 0.5 - count / 2) * step, 12) for k in range(count))
    return nodes, tuple(step * math.exp(-z * z / 2) / math.sqrt(2 * math.pi) for z in nodes)


NODES = 96
_STANDARD = NormalDist()
# All nodes at once are ten times as fast for a few numbers; for many they would not fit a processor's cache.
_FEW = 100_000


_SHARPEST = 128.0


def _rule_for(sharpness: float) -> tuple[tuple[float, ...], tuple[float, ...]]:
    # A step of 0.6 of the length over which f changes leaves an error below 2e-14 (found by trial on 6,000
    # random cases): 24 nodes for a sharpness of 1, doubled as often as needed. Texts have 96 for all.
    return normal_rule(24 << max(0, math.ceil(math.log2(min(sharpness, _SHARPEST)))))


class Ops(Protocol):
    """What a formula may do besides + - * / and comparing."""

    def pow(self, x: Number, y: Number, /) -> Number: ...  # noqa: D102
    def exp(self, x: Number, /) -> Number: ...  # noqa: D102
    def log(self, x: Number, /) -> Number: ...  # noqa: D102
    def abs(self, x: Number, /) -> Number: ...  # noqa: D102
    def max(self, x: Number, y: Number, /) -> Number: ...  # noqa: D102
    def min(self, x: Number, y: Number, /) -> Number: ...  # noqa: D102

    def positive(self, x: Number, /) -> Number:
        """Return `x` where it is above 0, and 0 elsewhere."""

    def cdf(self, x: Number, /) -> Number:
        """Return the chance that a standard normal is at most `x`."""

    def quantile(self, p: Number, /) -> Number:
        """Return the level a standard normal stays below with chance `p`."""

    def where(self, test: Number, yes: Callable[[], Number], no: Callable[[], Number], /) -> Number:
        """Choose; a branch not taken is not computed, except by numpy where the test is an array."""

    sharpest: float
    """Greatest sharpness that `expect` has the nodes for."""

    def expect(self, f: Callable[[Number], Number], sharpness: Number = 4, /) -> Number:
        """Return the mean of f(Z) over a standard normal Z.

        `sharpness` says how many times faster than the normal density f changes; text takes no notice of it.
        """

    def let(self, name: str, value: Number, /) -> Number:
        """Name an intermediate value, which text can then keep in a cell or a signal of its own."""

    def within(self, prefix: str, /) -> Ops:
        """Return the operations that put a prefix before every name given by `let`."""


class _Floats:
    """Python's own floats: the fastest for a single scenario."""

    sharpest = _SHARPEST
    log = staticmethod(math.log)
    abs = staticmethod(abs)
    max = staticmethod(max)
    min = staticmethod(min)

    def pow(self, x: float, y: float) -> float:
        try:
            return math.pow(x, y)
        except OverflowError:  # as numpy and Vega answer
            return math.inf

    def exp(self, x: float) -> float:
        try:
            return math.exp(x)
        except OverflowError:
            return math.inf

    def positive(self, x: float) -> float:
        return x if x > 0 else 0.0

    def cdf(self, x: float) -> float:
        return 0.5 * math.erfc(x * -math.sqrt(0.5))

    def quantile(self, p: float) -> float:
        return _STANDARD.inv_cdf(p)

    def where(self, test: bool, yes: Callable[[], float], no: Callable[[], float]) -> float:
        return yes() if test else no()

    def expect(self, f: Callable[[float], float], sharpness: float = 4) -> float:
        return sum([weight * f(z) for z, weight in zip(*_rule_for(sharpness), strict=True)])

    def let(self, name: str, value: float) -> float:
        return value

    def within(self, prefix: str) -> Ops:
        return self


class _Numpy:
    """Arrays of any shapes that broadcast."""

    sharpest = _SHARPEST
    pow, exp, log, abs = np.power, np.exp, np.log, np.abs
    max, min = np.maximum, np.minimum

    def positive(self, x: Number) -> Number:
        return np.maximum(x, 0)

    def cdf(self, x: Number) -> Number:
        from scipy.special import ndtr

        return ndtr(x)

    def quantile(self, p: Number) -> Number:
        from scipy.special import ndtri

        return ndtri(p)

    def where(self, test: Number, yes: Callable[[], Number], no: Callable[[], Number]) -> Number:
        if isinstance(test, bool):
            return yes() if test else no()
        # Both branches are computed, so the one not taken may divide by zero.
        with np.errstate(all="ignore"):
            return np.where(test, yes(), no())

    def expect(self, f: Callable[[Number], Number], sharpness: Number = 4) -> Number:
        nodes, weights = _rule_for(float(np.max(sharpness)))
        first = np.asarray(f(nodes[0]))
        if first.size * len(nodes) > _FEW:
            return sum(weight * f(z) for z, weight in zip(nodes, weights, strict=True))
        values = f(np.array(nodes).reshape(-1, *(1,) * first.ndim))
        return np.tensordot(weights, np.broadcast_to(values, (len(nodes), *first.shape)), 1)

    def let(self, name: str, value: Number) -> Number:
        return value

    def within(self, prefix: str) -> Ops:
        return self


FLOATS: Ops = _Floats()
NUMPY: Ops = _Numpy()
