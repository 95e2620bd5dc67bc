"""Commercialization: cloud revenue, the AI share of it, the growth streak, the run rate and its targets."""

from __future__ import annotations

from workbook.commercialization.ai import ai_share_chart, streak, streak_chart
from workbook.commercialization.revenue import cloud_growth_chart, cloud_revenue, cloud_revenue_chart
from workbook.commercialization.run_rate import arr_points, assumed, bound_effect, guidance, implied_growth
from workbook.commercialization.sensitivity import sensitivity, tornado_chart
from workbook.commercialization.targets import arr_chart
from workbook.commercialization.tokens import tokens_chart, tokens_needed
from workbook.commercialization.whatif import whatif_chart

__all__ = [
    "ai_share_chart",
    "arr_chart",
    "arr_points",
    "assumed",
    "bound_effect",
    "cloud_growth_chart",
    "cloud_revenue",
    "cloud_revenue_chart",
    "guidance",
    "implied_growth",
    "sensitivity",
    "streak",
    "streak_chart",
    "tokens_chart",
    "tokens_needed",
    "tornado_chart",
    "whatif_chart",
]
