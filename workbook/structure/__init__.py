"""Structure: who belongs to whom on a day, what changed between two days, and who feeds whom.

Who manages a unit and in which segment its results are reported are two hierarchies: the tree is that of
management; a segment is never drawn as a parent.
"""

from __future__ import annotations

from workbook.structure.chain import chain_chart
from workbook.structure.org_charts import org_chart, org_chart_by_date
from workbook.structure.organisation import changes, units
from workbook.structure.timeline import timeline_chart

__all__ = ["chain_chart", "changes", "org_chart", "org_chart_by_date", "timeline_chart", "units"]
