"""Formulas of derived claims: which claims they name."""

from __future__ import annotations

import re

from workbook.dossier.schema import NUMBER

__all__ = ["inputs"]


def inputs(formula: str) -> list[str]:
    """Return the ids of the claims that a formula names, in its order, each once.

    Ids may hold hyphens, so a minus stands between spaces; what is no number is an id.

    Examples
    --------
    >>> inputs("100 * cloud-ebita / (cloud-revenue - 2.5e3)")
    ['cloud-ebita', 'cloud-revenue']
    """
    words = re.findall(r"[a-z0-9.][a-z0-9.+-]*", formula, re.IGNORECASE)
    return list(dict.fromkeys(word for word in words if not NUMBER.fullmatch(word)))
