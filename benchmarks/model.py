"""The model all compute: six months, two correlated drivers, a retention shock; P(target), fan, shortfall."""

import time
from collections.abc import Callable
from statistics import median

import numpy as np

from workbook.arr import Scenario

MONTHS = 6
SERVICES, APPS = 6.0, 4.0
GROWTH_SERVICES, GROWTH_APPS = 0.16, 0.26
SD_SERVICES, SD_APPS, RHO, SD_RETENTION = 0.06, 0.10, 0.5, 0.02
TARGET = 30.0
QUANTILES = (0.05, 0.25, 0.50, 0.75, 0.95)

SCENARIO = Scenario(
    start="2026-06-30",
    end="2026-12-31",
    start_arr=SERVICES + APPS,
    end_arr=TARGET,
    apps_share=APPS / (SERVICES + APPS),
    churn=0.02,
    expansion=0.03,
    services_growth=GROWTH_SERVICES,
    apps_growth=GROWTH_APPS,
    volatility_services=SD_SERVICES,
    volatility_apps=SD_APPS,
    correlation=RHO,
    volatility_retention=SD_RETENTION,
)

_buffer = np.empty(1 << 16)


def floor(paths: int, months: int = MONTHS) -> None:
    """Draw the model's own normals, three a path and month, and nothing else: float64 into one buffer."""
    rng = np.random.Generator(np.random.PCG64(0))
    left = 3 * paths * months
    while left > 0:
        rng.standard_normal(out=_buffer[: min(left, _buffer.size)])
        left -= _buffer.size


def alternated(contenders: dict[str, Callable[[], object]], rounds: int) -> dict[str, float]:
    """Return the median seconds of each, one call of every contender in each round, after one to warm up."""
    for run in contenders.values():
        run()
    seconds: dict[str, list[float]] = {name: [] for name in contenders}
    for _ in range(rounds):
        for name, run in contenders.items():
            started = time.perf_counter()
            run()
            seconds[name].append(time.perf_counter() - started)
    return {name: median(times) for name, times in seconds.items()}


def once(run: Callable[[], object]) -> tuple[float, object]:
    """Return the seconds of one call, and its result."""
    started = time.perf_counter()
    result = run()
    return time.perf_counter() - started, result
