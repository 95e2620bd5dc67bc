"""The run-rate model: formulas, scenarios, simulation; knows no dossier and no chart."""

from __future__ import annotations

from workbook.arr import calendar, formulas
from workbook.arr.calendar import add_months, month_ends, months_between
from workbook.arr.operations import FLOATS, NUMPY
from workbook.arr.scenario import Scenario
from workbook.arr.store import load, save
from workbook.arr.symbols import excel, latex, steps, vega

__all__ = [
    "FLOATS",
    "NUMPY",
    "Scenario",
    "add_months",
    "calendar",
    "excel",
    "formulas",
    "latex",
    "load",
    "month_ends",
    "months_between",
    "save",
    "steps",
    "vega",
]
