"""Models: releases, places on leaderboards, list prices, and what was claimed against what was measured."""

from __future__ import annotations

from workbook.models.choosing import comparables_chart
from workbook.models.measured import claims_vs_rankings
from workbook.models.prices import prices_chart
from workbook.models.rankings import rankings_chart
from workbook.models.releases import timeline_chart

__all__ = ["claims_vs_rankings", "comparables_chart", "prices_chart", "rankings_chart", "timeline_chart"]
