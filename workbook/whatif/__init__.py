"""The what-if panel: every assumption of the run-rate targets under the hand, in the page and in Python."""

from __future__ import annotations

from workbook.whatif.panel import WhatIf

__all__ = ["WhatIf"]
