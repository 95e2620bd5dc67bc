"""What is wrong with a dossier, said so that it can be mended."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

__all__ = ["DossierError", "Problem"]


@dataclass(frozen=True)
class Problem:
    """One broken rule, at one place."""

    file: str
    """File name inside the dossier."""
    row: int | None
    """Row as a spreadsheet counts it: the header is row 1. None where the whole file is meant."""
    column: str | None
    """Column name. None where the whole row or file is meant."""
    rule: str
    """The rule, in words."""
    value: str
    """The offending text as it stands in the file."""
    hint: str = ""
    """How it can be mended, where that is known."""

    def __str__(self) -> str:
        """Name file, row, column, rule and value on one line."""
        place = self.file
        if self.row is not None:
            place += f", row {self.row}"
        if self.column is not None:
            place += f", column {self.column}"
        found = f" (found {self.value!r})" if self.value else ""
        return f"{place}: {self.rule}{found}" + (f"; {self.hint}" if self.hint else "")


class DossierError(ValueError):
    """Every rule a dossier breaks, listed in one go.

    Attributes
    ----------
    problems : list of Problem
        File, row, column, rule and value of each.
    """

    def __init__(self, path: Path, problems: list[Problem]) -> None:
        self.path = path
        self.problems = problems
        count = f"{len(problems)} broken rule" + ("s" if len(problems) > 1 else "")
        super().__init__(f"{count} in the dossier {path}:\n" + "\n".join(f"  {p}" for p in problems))
