"""Commercialization: revenue, margin, the AI share, the growth streak, the run rate and its targets."""

from __future__ import annotations

from workbook.commercialization.ai import share_chart, streak, streak_chart
from workbook.commercialization.assumptions import assumed
from workbook.commercialization.coverage import coverage_chart
from workbook.commercialization.lines import growth_chart, margin_chart
from workbook.commercialization.outlooks import Outlook, forecast_chart, outlook
from workbook.commercialization.quarters import by_quarter
from workbook.commercialization.revenue import revenue_chart
from workbook.commercialization.run_rate import arr_points, bound_effect, guidance, implied_growth
from workbook.commercialization.sensitivity import sensitivity, tornado_chart
from workbook.commercialization.targets import arr_chart
from workbook.commercialization.tokens import tokens_chart, tokens_needed
from workbook.commercialization.whatif import whatif_chart

__all__ = [
    "Outlook",
    "arr_chart",
    "arr_points",
    "assumed",
    "bound_effect",
    "by_quarter",
    "coverage_chart",
    "forecast_chart",
    "growth_chart",
    "guidance",
    "implied_growth",
    "margin_chart",
    "outlook",
    "revenue_chart",
    "sensitivity",
    "share_chart",
    "streak",
    "streak_chart",
    "tokens_chart",
    "tokens_needed",
    "tornado_chart",
    "whatif_chart",
]
