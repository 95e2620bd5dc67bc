"""Random walks by block: pseudorandom, or Sobol points with the last date's sum first."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from workbook.arr.chance import Array

Floats: TypeAlias = NDArray[np.float32]

# Key of the stream that stretches Student-t shocks; the drivers' own count from 0.
_TAILS = 2**31


def random_walks(
    months: Array, drivers: int, seed: int, block: int, size: int, df: float | None
) -> Iterator[Floats]:
    """Yield the sums of standard normal shocks so far, date by date; one row a driver, one column a path.

    Each driver has a generator of its own. With `df`, a chi-squared variable stretches the shocks of all
    drivers in a step: Student's t, scaled to keep their standard deviation. The array yielded is reused.

    Examples
    --------
    >>> *_, last = random_walks(np.arange(7.0), 2, seed=0, block=0, size=10_000, df=None)
    >>> last.var(axis=1).round(1).tolist()
    [6.0, 6.0]
    """
    streams = [_generator(seed, driver, block) for driver in range(drivers)]
    tails = _generator(seed, _TAILS, block)
    walks = np.zeros((drivers, size), dtype=np.float32)
    yield walks
    shock = np.empty(size, dtype=np.float32)
    for length in np.diff(months):
        scale: Any = np.float32(math.sqrt(length))
        if df is not None:
            scale = np.sqrt(length * (df - 2) / tails.chisquare(df, size)).astype(np.float32)
        for walk, stream in zip(walks, streams, strict=True):
            stream.standard_normal(out=shock, dtype=np.float32)
            np.multiply(shock, scale, out=shock)
            walk += shock
        yield walks


def sobol_walks(months: Array, drivers: int, seed: int, skip: int, size: int) -> Iterator[Floats]:
    """Yield the same from scrambled Sobol points, from the one numbered `skip` on.

    The first dimensions, which are spread best, decide the sums on the last date, the next those halfway, and
    so on (Brownian bridge).

    Examples
    --------
    >>> *_, last = sobol_walks(np.arange(7.0), 2, seed=0, skip=0, size=1024)
    >>> last.var(axis=1).round(1).tolist()
    [6.0, 6.0]
    """
    from scipy.special import ndtri
    from scipy.stats import qmc

    steps = len(months) - 1
    points = qmc.Sobol(drivers * steps, scramble=True, rng=np.random.default_rng(seed))
    if skip:
        points.fast_forward(skip)
    # Points are multiples of 2^-30, 0 among them: their middles are not.
    normals = ndtri(points.random(size) + 2.0**-31).T.reshape(steps, drivers, size)
    walks = np.zeros((steps + 1, drivers, size), dtype=np.float32)
    walks[steps] = math.sqrt(months[steps]) * normals[0]
    shocks = iter(normals[1:])
    spans = [(0, steps)]
    for left, right in spans:  # grows as it is read: halves follow their wholes
        if right - left > 1:
            middle = (left + right) // 2
            before, after = months[middle] - months[left], months[right] - months[middle]
            share = before / (before + after)
            between = (1 - share) * walks[left] + share * walks[right]
            walks[middle] = between + math.sqrt(share * after) * next(shocks)
            spans += [(left, middle), (middle, right)]
    yield from walks


def _generator(seed: int, key: int, block: int) -> np.random.Generator:
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence(seed, spawn_key=(key, block))))
