"""The run-rate model: formulas, scenarios, simulation. It imports no dossier and no chart.

SciPy, SALib and tqdm load when a function first needs them: a slider needs none of them.
"""

from __future__ import annotations

from workbook.arr import calendar, formulas, signals
from workbook.arr.backtests import Backtest, backtest
from workbook.arr.calendar import add_months, month_ends, months_between
from workbook.arr.chance import Probability
from workbook.arr.forecasts import Forecast, forecast
from workbook.arr.grid import p_target_grid
from workbook.arr.observation import Observation
from workbook.arr.operations import FLOATS, NUMPY
from workbook.arr.reference import BaseRate, base_rate
from workbook.arr.scenario import Scenario
from workbook.arr.simulate import Driver, Simulation
from workbook.arr.store import load, save
from workbook.arr.sweeps import sweep
from workbook.arr.swings import sobol_indices, tornado
from workbook.arr.symbols import excel, latex, steps, vega
from workbook.arr.volatility import Volatility, calibrate_volatility

__all__ = [
    "FLOATS",
    "NUMPY",
    "Backtest",
    "BaseRate",
    "Driver",
    "Forecast",
    "Observation",
    "Probability",
    "Scenario",
    "Simulation",
    "Volatility",
    "add_months",
    "backtest",
    "base_rate",
    "calendar",
    "calibrate_volatility",
    "excel",
    "forecast",
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
