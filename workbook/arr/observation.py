"""What became known of the run rate: a bound keeps or discards simulated paths, a point weighs them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workbook.dates import read_day

# float32 holds seven digits: a level this close to a bound meets it, as a plan without noise does.
ROUNDING = 1e-6
_ERRORS = {"about": 0.05, "exact": 0.005}
_BOUNDS = ("at_least", "at_most", *_ERRORS)


@dataclass(frozen=True)
class Observation:
    """What became known of the level on a date.

    Examples
    --------
    >>> print(Observation("2026-08-20", 16, "at_least"))
    arr at_least 16 on 2026-08-20
    """

    date: date
    """Day the level refers to, a date or ISO text; after the scenario's `start` and not after its `end`."""
    level: float
    """bn, above 0."""
    bound: str = "at_least"
    """As the source words it: "at_least", "at_most", "about" or "exact". Paths outside a bound are discarded;
    for the other two they are weighted by how near they come."""
    of: str = "arr"
    """What it measures: "arr", or the name of a driver ("services" and "apps" unless others are given)."""
    error: float | None = None
    """Standard deviation of the logarithm of an "about" or "exact" figure around the true level. An
    assumption: 5% and 0.5% when not given."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "date", read_day("date of an observation", self.date))
        if self.bound not in _BOUNDS:
            raise ValueError(f"bound of an observation is {self.bound!r}: give one of {', '.join(_BOUNDS)}")
        if not (self.level > 0 and math.isfinite(self.level)):
            raise ValueError(f"level of an observation is {self.level!r}: it must be above 0")
        if self.error is not None and not (0 < self.error < math.inf):
            raise ValueError(f"error of an observation is {self.error!r}: it must be above 0")

    def __str__(self) -> str:
        return f"{self.of} {self.bound} {self.level:g} on {self.date}"

    @property
    def weighs(self) -> bool:
        """Whether it weighs paths, where a bound keeps or discards them."""
        return self.bound in _ERRORS

    def likelihood(self, level: NDArray[np.float32]) -> NDArray[Any]:
        """Return how well simulated levels agree with it, 0 to 1."""
        if self.bound == "at_least":
            return level >= self.level * (1 - ROUNDING)
        if self.bound == "at_most":
            return level <= self.level * (1 + ROUNDING)
        error = self.error or _ERRORS[self.bound]
        return np.asarray(np.exp(-((np.log(level.astype(float) / self.level) / error) ** 2) / 2))
