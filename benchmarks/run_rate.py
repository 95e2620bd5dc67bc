"""Time the run-rate model against its floor and its peers: python benchmarks/run_rate.py [section ...]."""

import math
import os
import platform
import subprocess
import sys
from collections.abc import Callable

import numpy as np
import peers
import single
from model import SCENARIO, alternated, floor, once

import workbook as wb
from workbook.arr import backtest, p_target_grid
from workbook.arr.backtests import BANDS, RESAMPLES
from workbook.arr.chance import probability
from workbook.arr.scores import crps, log_score, ndtr
from workbook.arr.simulate import simulate

MILLION = 1_000_000


def simulation() -> None:
    """One million paths against drawing their normals."""
    seconds = alternated(
        {
            "floor": lambda: floor(MILLION),
            "simulate, 1 thread": lambda: simulate(SCENARIO, MILLION),
            "simulate, 2 threads": lambda: simulate(SCENARIO, MILLION, threads=2),
            "probability: P, fan, shortfall": lambda: probability(SCENARIO),
        },
        rounds=9,
    )
    for name, each in seconds.items():
        print(f"{name:28} {each * 1e3:9.2f} ms {each / seconds['floor']:8.4f} x floor")


def memory() -> None:
    """Peak memory of a fresh process above what it had after importing, by VmHWM."""
    script = (
        "import sys; sys.path.insert(0, sys.argv[1])\n"
        "from model import SCENARIO\n"
        "from workbook.arr.simulate import simulate\n"
        "def peak():\n"
        "    lines = open('/proc/self/status').read().splitlines()\n"
        "    return int(next(line for line in lines if line.startswith('VmHWM')).split()[1]) / 1024\n"
        "before = peak()\n"
        "simulate(SCENARIO, int(sys.argv[2]), threads=int(sys.argv[3]))\n"
        "print(before, peak() - before)\n"
    )
    for paths, threads in ((MILLION, 1), (MILLION, 2), (10 * MILLION, 1), (10 * MILLION, 2)):
        command = [sys.executable, "-c", script, os.path.dirname(__file__), str(paths), str(threads)]
        before, grown = map(float, subprocess.check_output(command, text=True).split())
        print(f"{paths:>10,} paths, {threads} thread(s): {grown:5.1f} MB above {before:.0f} MB")


def other_tools() -> None:
    """The same model elsewhere; slow ones on fewer paths, scaled up in proportion."""
    exact = probability(SCENARIO).p_target
    seconds = alternated(
        {
            "simulate, 1 thread": lambda: simulate(SCENARIO, MILLION),
            "pandas, vectorised": lambda: peers.pandas_vectorised(MILLION),
            **({"modelx": lambda: peers.modelx(MILLION)} if _there("modelx") else {}),
        },
        rounds=5,
    )
    ours = seconds["simulate, 1 thread"]
    print(f"exact P(target) {exact:.5f}")
    for name, each in seconds.items():
        print(f"{name:32} {each * 1e3:10.0f} ms per million {each / ours:9.1f} x ours")
    slow: dict[str, tuple[int, Callable[[int], object]]] = {
        "squigglepy, its own correlation": (MILLION, peers.squigglepy),
        "pandas, row by row": (2_000, peers.pandas_loop),
        "Squiggle, engine only": (100_000, peers.squiggle),
        "LibreOffice, one path a row": (10_000, peers.libreoffice),
    }
    for name, (paths, run) in slow.items():
        try:
            taken, found = once(lambda run=run, paths=paths: run(paths))
        except (ImportError, FileNotFoundError) as error:
            print(f"{name:32} not run: {error}")
            continue
        if isinstance(found, tuple):
            found, taken = found
        # Five standard errors: a peer that computes another model is no peer.
        assert abs(found - exact) < 5 * math.sqrt(exact * (1 - exact) / paths), (name, found, exact)
        scaled = taken * MILLION / paths
        print(
            f"{name:32} {scaled * 1e3:10.0f} ms per million {scaled / ours:9.1f} x ours "
            f"({paths:,} run, P {found:.4f})"
        )


def slider() -> None:
    """One recompute of all figures."""
    ends = iter(np.linspace(20, 40, 1_000_000).tolist())
    engines = {
        "hand-fused floats": single.fused,
        "formulas, floats": single.from_formulas,
        "hand-fused floats with P": single.fused_with_chance,
        "Scenario: checks, figures, P": single.from_scenario,
        "pandas": single.pandas_frame(),
        **({"modelx": single.modelx()} if _there("modelx") else {}),
        **({"formulas (package), compiled": single.excel_formulas()} if _there("formulas") else {}),
    }
    for name, run in engines.items():
        assert np.allclose(run(33.0)[:12], single.fused(33.0), rtol=1e-12), name
    assert abs(single.from_scenario(33.0)[-1] - single.fused_with_chance(33.0)[-1]) < 1e-8

    def some(run: Callable[[float], object]) -> Callable[[], None]:
        def move() -> None:
            for _ in range(20):
                run(next(ends))

        return move

    seconds = alternated({name: some(run) for name, run in engines.items()}, rounds=51)
    ours = seconds["formulas, floats"]
    for name, each in seconds.items():
        fused = seconds["hand-fused floats with P" if name.endswith("P") else "hand-fused floats"]
        print(
            f"{name:32} {each / 20 * 1e6:9.1f} us {each / fused:8.1f} x hand-fused "
            f"{each / ours:8.1f} x formulas"
        )


def grid() -> None:
    """300 x 300 pairs of levels."""
    starts, ends = np.linspace(5, 20, 300), np.linspace(15, 60, 300)
    seconds = alternated(
        {
            "CMGR alone": lambda: (ends / starts[:, None]) ** (1 / 6) - 1,
            "P(target)": lambda: p_target_grid(SCENARIO, starts, ends),
        },
        rounds=51,
    )
    found, rng = p_target_grid(SCENARIO, starts, ends), np.random.default_rng(0)
    cells = rng.integers(300, size=(2_000, 2))
    error = max(
        abs(found[i, j] - probability(SCENARIO.replace(start_arr=starts[i], end_arr=ends[j])).p_target)
        for i, j in cells
    )
    for name, each in seconds.items():
        print(f"{name:12} {each * 1e3:7.2f} ms {each / seconds['CMGR alone']:6.1f} x CMGR")
    print(f"largest error of P(target) in {len(cells):,} cells picked at random: {error:.1e}")


def sobol() -> None:
    """Root mean square error of P(target) over 48 seeds."""
    exact = probability(SCENARIO).p_target
    for name, method, paths in (
        ("Sobol", "sobol", 4_096),
        ("random", "random", 4_096),
        ("random", "random", 65_536),
    ):
        errors = [simulate(SCENARIO, paths, seed, method=method).p_target - exact for seed in range(48)]
        print(f"{name:8} {paths:>7,} paths: {np.sqrt(np.mean(np.square(errors))):.2e}")


def record() -> None:
    """The backtest on the bundled dossier against one numpy pass over its windows' normals."""
    comparables = wb.open().comparables
    cases = backtest(comparables).cases
    observed, mean, sd = (cases[name].to_numpy() for name in ("growth", "mean", "sd"))
    rng = np.random.default_rng(0)

    def floor() -> None:
        z = (observed - mean) / sd
        ndtr(z), crps(observed, mean, sd), log_score(observed, mean, sd)

    def resampled() -> None:
        # As many resamples as the backtest draws, of windows instead of companies: coverage of three bands.
        away = np.abs(2 * ndtr((observed - mean) / sd) - 1)
        picked = away[rng.integers(away.size, size=(RESAMPLES, away.size))]
        [np.quantile((picked <= band).mean(axis=1), (0.025, 0.975)) for band in BANDS]

    seconds = alternated(
        {"one pass": floor, "pass, resampled": resampled, "backtest": lambda: backtest(comparables)},
        rounds=21,
    )
    for name, each in seconds.items():
        once, often = each / seconds["one pass"], each / seconds["pass, resampled"]
        print(f"{name:16} {each * 1e3:8.2f} ms {once:7.0f} x one pass {often:7.1f} x resampled")
    print(f"{len(cases)} windows")


def _there(package: str) -> bool:
    try:
        __import__(package)
    except ImportError:
        print(f"{package} is not installed: left out")
        return False
    return True


SECTIONS = {
    "simulation": simulation,
    "memory": memory,
    "peers": other_tools,
    "slider": slider,
    "grid": grid,
    "sobol": sobol,
    "record": record,
}

if __name__ == "__main__":
    unknown = set(sys.argv[1:]) - SECTIONS.keys()
    if unknown:
        sys.exit(f"no section {', '.join(sorted(unknown))}: give some of {', '.join(SECTIONS)}")
    print(f"Python {platform.python_version()}, numpy {np.__version__}, {os.cpu_count()} CPUs")
    print(f"load {os.getloadavg()[0]:.2f}")
    for section in sys.argv[1:] or SECTIONS:
        print(f"\n{section}: {(SECTIONS[section].__doc__ or '').splitlines()[0]}")
        SECTIONS[section]()
    print(f"\nload {os.getloadavg()[0]:.2f}")
