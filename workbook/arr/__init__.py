"""The run-rate model: formulas, scenarios, simulation; knows no dossier and no chart."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from workbook.arr import calendar, formulas
from workbook.arr.calendar import add_months, month_ends, months_between
from workbook.arr.operations import FLOATS, NUMPY
from workbook.arr.scenario import Scenario
from workbook.arr.store import load, save
from workbook.arr.symbols import excel, latex, steps, vega

if TYPE_CHECKING:
    from workbook.arr.exact import Probability

__all__ = [
    "FLOATS",
    "NUMPY",
    "Probability",
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

# What computes distributions loads when it is first asked for: a slider needs none of it.
_LATER = {"Probability": "workbook.arr.exact"}


def __getattr__(name: str) -> Any:
    """Load a part of the model when it is first used (PEP 562)."""
    if name in _LATER:
        return getattr(importlib.import_module(_LATER[name]), name)
    raise AttributeError(f"module 'workbook.arr' has no attribute {name!r}; it has: {', '.join(__all__)}")


def __dir__() -> list[str]:
    """List the parts that load later too."""
    return sorted({*globals(), *__all__})
