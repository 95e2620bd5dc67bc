"""What the dossier rests on: citations, grades, disputes, standing, coverage, and what is overdue."""

from workbook.evidence.cards import cards
from workbook.evidence.charts import coverage, grades_chart, known_chart
from workbook.evidence.claims import cite, disputes, facts, find, statements
from workbook.evidence.freshness import LAG_QUANTILE, latest, stale, then_and_now
from workbook.evidence.standing import relayed, standing

__all__ = [
    "LAG_QUANTILE",
    "cards",
    "cite",
    "coverage",
    "disputes",
    "facts",
    "find",
    "grades_chart",
    "known_chart",
    "latest",
    "relayed",
    "stale",
    "standing",
    "statements",
    "then_and_now",
]
