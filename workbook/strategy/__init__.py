"""Strategy: the flywheel as a causal-loop diagram, and the capital plan against what was spent."""

from __future__ import annotations

from workbook.strategy.capital import capex
from workbook.strategy.capital_chart import capex_chart
from workbook.strategy.links import flywheel, loops
from workbook.strategy.strength import strength_chart
from workbook.strategy.wheel import flywheel_chart

__all__ = ["capex", "capex_chart", "flywheel", "flywheel_chart", "loops", "strength_chart"]
