"""One line, three executors, the same numbers."""

import multiprocessing
import sys
from concurrent.futures import ProcessPoolExecutor

import pandas as pd
import pytest

from workbook.arr import Scenario, sweep
from workbook.arr.simulate import BLOCK, simulate

BASE = Scenario(
    start="2026-06-30", end="2026-12-31", start_arr=10, end_arr=30, services_growth=0.16, apps_growth=0.26
)
SCENARIOS = {
    "as it is": BASE,
    "calmer": BASE.replace(volatility_apps=0.05),
    "lower target": BASE.replace(target=28),
}
PATHS = BLOCK + 500
OPTIONS = {"observed": [("2026-08-31", 13, "at_least")]}


@pytest.fixture(scope="module")
def in_process():
    return sweep(SCENARIOS, PATHS, seed=5, **OPTIONS)


def test_rows_are_the_simulations(in_process):
    assert in_process.index.tolist() == list(SCENARIOS)
    for name, scenario in SCENARIOS.items():
        result = simulate(scenario, PATHS, seed=5, **OPTIONS)
        row = in_process.loc[name]
        assert (row["p_target"], row["expected_shortfall"]) == (result.p_target, result.expected_shortfall)
        assert row[list(result.fan)].tolist() == result.fan.iloc[-1].tolist()


def test_fields_that_differ_come_first(in_process):
    assert in_process.columns[:3].tolist() == ["volatility_apps", "target", "p_target"]
    assert in_process["volatility_apps"].tolist() == [0.10, 0.05, 0.10]
    assert in_process["target"].isna().tolist() == [True, True, False]


def test_a_process_pool_gives_the_same(in_process):
    with ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("spawn")) as pool:
        table = sweep(SCENARIOS, PATHS, seed=5, executor=pool, **OPTIONS)
    pd.testing.assert_frame_equal(table, in_process, check_exact=True)


def test_a_dask_cluster_gives_the_same(in_process, tmp_path):
    distributed = pytest.importorskip("distributed")
    cluster = distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, host="127.0.0.1", dashboard_address=None, local_directory=tmp_path
    )
    with cluster, distributed.Client(cluster) as client:
        table = sweep(SCENARIOS, PATHS, seed=5, executor=client.get_executor(), **OPTIONS)
    pd.testing.assert_frame_equal(table, in_process, check_exact=True)


def test_scenarios_in_a_row_are_numbered():
    table = sweep([BASE, BASE.replace(end_arr=25)], paths=500)
    assert table.index.tolist() == [0, 1]


def test_progress_is_shown_when_asked_for(capsys, in_process):
    table = sweep(SCENARIOS, PATHS, seed=5, progress=True, **OPTIONS)
    assert "3/3" in capsys.readouterr().err
    pd.testing.assert_frame_equal(table, in_process, check_exact=True)


def test_progress_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "tqdm.auto", None)
    with pytest.raises(ImportError, match="progress needs tqdm"):
        sweep([BASE], paths=100, progress=True)


def test_nothing_to_sweep_is_an_error():
    with pytest.raises(ValueError, match="scenarios is empty: give one or more"):
        sweep([])


def test_a_wrong_option_raises_through_the_executor():
    with (
        pytest.raises(ValueError, match="method is 'halton'"),
        ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool,
    ):
        sweep([BASE], paths=100, executor=pool, method="halton")
