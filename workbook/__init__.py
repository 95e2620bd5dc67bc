"""An analyst's workbook on a company that reorganises around AI.

>>> import workbook as wb
>>> book = wb.open()
>>> "claims" in book.tables
True

Importing the package loads nothing heavier than pandas; charts, widgets and the run-rate model load
when first used.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from workbook.dossier import Dossier, DossierError, open

if TYPE_CHECKING:
    from workbook import arr, commercialization, evidence, models, strategy, structure, style, talent
    from workbook.jupyter.display import load_ipython_extension
    from workbook.whatif import WhatIf

__all__ = [
    "Dossier",
    "DossierError",
    "WhatIf",
    "arr",
    "commercialization",
    "evidence",
    "load_ipython_extension",
    "models",
    "open",
    "strategy",
    "structure",
    "style",
    "talent",
]
__version__ = "0.1.0"

_ELSEWHERE = {"WhatIf": "workbook.whatif", "load_ipython_extension": "workbook.jupyter.display"}


def __getattr__(name: str) -> Any:
    """Load a part of the package when it is first used (PEP 562)."""
    if name in _ELSEWHERE:
        return getattr(importlib.import_module(_ELSEWHERE[name]), name)
    if name in __all__:
        return importlib.import_module(f"workbook.{name}")
    raise AttributeError(f"module 'workbook' has no attribute {name!r}; it has: {', '.join(__all__)}")


def __dir__() -> list[str]:
    """List the parts that load later too."""
    return [*globals(), *(name for name in __all__ if name not in globals())]
