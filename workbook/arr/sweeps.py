"""Many scenarios, on whatever executes them."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import Executor
from typing import Any

import pandas as pd

from workbook.arr.scenario import Scenario
from workbook.arr.simulate import Simulation, simulate


def sweep(
    scenarios: Mapping[str, Scenario] | Iterable[Scenario],
    paths: int = 100_000,
    seed: int = 0,
    *,
    executor: Executor | None = None,
    progress: bool = False,
    **options: Any,
) -> pd.DataFrame:
    """Simulate each scenario and set the results side by side.

    All scenarios are drawn from the same seed, so that they differ by their assumptions and not by chance.
    The numbers are the same whatever executes them.

    Parameters
    ----------
    scenarios
        By name, or in order.
    paths, seed, options
        As for `simulate`.
    executor
        Anything that follows `concurrent.futures.Executor`: a process pool, or a Dask cluster's
        ``client.get_executor()``. One scenario is one task. None: one after the other in this process.
    progress
        Show a bar (needs tqdm).

    Returns
    -------
    pandas.DataFrame
        One row a scenario (index: its name or number): the fields in which the scenarios differ, then
        p_target, standard_error, expected_shortfall (bn), effective_sample_size, and the quantiles of ARR at
        the end (bn).

    Raises
    ------
    ValueError
        When there is no scenario, or as `simulate` does.
    ImportError
        When progress is asked for and tqdm is not installed.

    Examples
    --------
    >>> s = Scenario(start="2026-06-30", end="2026-12-31", start_arr=10, end_arr=30)
    >>> table = sweep({"plan": s, "less": s.replace(end_arr=25)}, paths=1000)
    >>> table.columns[:2].tolist(), table.index.tolist()
    (['end_arr', 'p_target'], ['plan', 'less'])
    """
    named = dict(scenarios) if isinstance(scenarios, Mapping) else dict(enumerate(scenarios))
    if not named:
        raise ValueError("scenarios is empty: give one or more")
    results = _results(list(named.values()), paths, seed, executor, options)
    if progress:
        results = _shown(results, len(named))
    rows = [
        {
            "p_target": result.p_target,
            "standard_error": result.standard_error,
            "expected_shortfall": result.expected_shortfall,
            "effective_sample_size": result.effective_sample_size,
            **result.fan.iloc[-1].to_dict(),
        }
        for result in results
    ]
    fields = pd.DataFrame([dataclasses.asdict(scenario) for scenario in named.values()], dtype=object)
    differing = fields.loc[:, [len(set(fields[name])) > 1 for name in fields]].infer_objects()
    table = pd.concat([differing, pd.DataFrame(rows)], axis=1)
    table.index = pd.Index(list(named), name="scenario")
    return table


def _results(
    scenarios: list[Scenario], paths: int, seed: int, executor: Executor | None, options: dict[str, Any]
) -> Iterator[Simulation]:
    if executor is None:
        yield from (simulate(scenario, paths, seed, **options) for scenario in scenarios)
        return
    futures = [executor.submit(simulate, scenario, paths, seed, **options) for scenario in scenarios]
    for future in futures:
        yield future.result()


def _shown(results: Iterator[Simulation], total: int) -> Iterator[Simulation]:
    try:
        from tqdm.auto import tqdm
    except ImportError as error:
        raise ImportError("progress needs tqdm: pip install 'token-foundry-workbook[uncertainty]'") from error
    return iter(tqdm(results, total=total, unit="scenario"))
