"""Quantiles of numbers that come block by block and are not kept."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workbook.arr.chance import QUANTILES, Array

BINS = 8_192
SDS = 8.0


@dataclass(frozen=True)
class Bins:
    """Bins for levels around one median: float32 numbers that agree in all but their last `open` bits.

    Counting takes a shift of the bits, and counts of blocks add up in any order. Some 4,000 to 8,000 bins
    cover 8 standard deviations of the logarithm either way, 180 or more to each.

    Examples
    --------
    >>> bins = Bins.around(30.0, 0.2)
    >>> levels = (30 * np.exp(0.2 * np.linspace(-2, 2, 4001))).astype(np.float32)
    >>> bins.quantiles(bins.count(levels, None)).round(1)
    array([20.9, 24.6, 30. , 36.6, 43. ])
    """

    open: int
    """Bits that a bin leaves open."""
    first: int
    """The other bits of the first bin."""
    certain: float | None
    """The level, where nothing is uncertain."""

    @classmethod
    def around(cls, median: float, log_sd: float) -> Bins:
        """Cover 8 standard deviations either way; what lies beyond counts as at the edge."""
        reach = np.clip(math.log(median) + SDS * log_sd * np.array([-1, 1]), -85, 88)
        low, high = (int(bits) for bits in np.exp(reach).astype(np.float32).view(np.int32))
        spare = ((high - low) // (BINS - 2)).bit_length()
        return cls(spare, low >> spare, median if log_sd == 0 else None)

    def count(self, level: NDArray[np.float32], weights: Array | None) -> NDArray[Any]:
        """Return how many levels, or what weight of them, each bin holds."""
        index = level.view(np.int32) >> self.open
        index -= self.first
        np.clip(index, 0, BINS - 1, out=index)
        return np.bincount(index, weights, minlength=BINS)

    def quantiles(self, counts: NDArray[Any]) -> Array:
        """Return the levels below which the `QUANTILES` of the count lie."""
        if self.certain is not None:
            return np.full(len(QUANTILES), self.certain)
        edges = (np.arange(self.first, self.first + BINS + 1, dtype=np.int64) << self.open).astype(np.int32)
        levels = edges.view(np.float32).astype(float)
        below = np.concatenate([[0.0], counts.cumsum()])
        filled = np.concatenate([[True], counts > 0])  # over an empty bin the line would have no slope
        filled[:-1] |= filled[1:]
        return np.asarray(np.interp(np.array(QUANTILES) * below[-1], below[filled], levels[filled]))
