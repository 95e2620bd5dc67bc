"""How good forecasts were that gave a normal law: proper scores, the lower the better."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Array: TypeAlias = NDArray[np.float64]


def ndtr(z: Array) -> Array:
    """Return the chance that a standard normal is at most `z`; SciPy loads with the first call."""
    from scipy.special import ndtr

    return np.asarray(ndtr(z))


def crps(observed: Array, mean: Array, sd: Array) -> Array:
    """Return the continuous ranked probability score of normal forecasts: the lower the better.

    Of a certain forecast it is the error; its unit is that of the outcome.

    Examples
    --------
    >>> crps(np.array([0.0]), np.array([0.0]), np.array([1.0])).round(4).tolist()
    [0.2337]
    """
    z = (observed - mean) / sd
    density = np.exp(-z * z / 2) / np.sqrt(2 * np.pi)
    return np.asarray(sd * (z * (2 * ndtr(z) - 1) + 2 * density - 1 / np.sqrt(np.pi)))


def log_score(observed: Array, mean: Array, sd: Array) -> Array:
    """Return less the logarithm of the density given to the outcome: the lower the better.

    Examples
    --------
    >>> log_score(np.array([0.0]), np.array([0.0]), np.array([1.0])).round(4).tolist()
    [0.9189]
    """
    return np.asarray(((observed - mean) / sd) ** 2 / 2 + np.log(sd * np.sqrt(2 * np.pi)))
