"""The run-rate model: formulas, scenarios, simulation; knows no dossier and no chart."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from workbook.arr import calendar, formulas, signals
from workbook.arr.calendar import add_months, month_ends, months_between
from workbook.arr.operations import FLOATS, NUMPY
from workbook.arr.scenario import Scenario
from workbook.arr.store import load, save
from workbook.arr.symbols import excel, latex, steps, vega

if TYPE_CHECKING:
    from workbook.arr.chance import Probability
    from workbook.arr.grid import p_target_grid
    from workbook.arr.observation import Observation
    from workbook.arr.reference import BaseRate, base_rate
    from workbook.arr.simulate import Driver, Simulation
    from workbook.arr.sweeps import sweep
    from workbook.arr.swings import sobol_indices, tornado
    from workbook.arr.volatility import Volatility, calibrate_volatility

__all__ = [
    "FLOATS",
    "NUMPY",
    "BaseRate",
    "Driver",
    "Observation",
    "Probability",
    "Scenario",
    "Simulation",
    "Volatility",
    "add_months",
    "base_rate",
    "calendar",
    "calibrate_volatility",
    "excel",
    "formulas",
    "latex",
    "load",
    "month_ends",
    "months_between",
    "p_target_grid",
    "save",
    "signals",
    "sobol_indices",
    "steps",
    "sweep",
    "tornado",
    "vega",
]

# What computes distributions loads when it is first asked for: a slider needs none of it.
_LATER = {
    "BaseRate": "workbook.arr.reference",
    "Driver": "workbook.arr.simulate",
    "Observation": "workbook.arr.observation",
    "Probability": "workbook.arr.chance",
    "Simulation": "workbook.arr.simulate",
    "Volatility": "workbook.arr.volatility",
    "base_rate": "workbook.arr.reference",
    "calibrate_volatility": "workbook.arr.volatility",
    "p_target_grid": "workbook.arr.grid",
    "sobol_indices": "workbook.arr.swings",
    "sweep": "workbook.arr.sweeps",
    "tornado": "workbook.arr.swings",
}


def __getattr__(name: str) -> Any:
    """Load a part of the model when it is first used (PEP 562)."""
    if name in _LATER:
        return getattr(importlib.import_module(_LATER[name]), name)
    raise AttributeError(f"module 'workbook.arr' has no attribute {name!r}; it has: {', '.join(__all__)}")


def __dir__() -> list[str]:
    """List the parts that load later too."""
    return sorted({*globals(), *__all__})
