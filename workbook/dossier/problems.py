"""What is wrong with a dossier, said so that it can be mended."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

__all__ = ["DossierError", "Problem"]

_TOGETHER = 4  # from so many on, rows that break one rule share a line
_ROWS, _SAME, _LINES = 3, 5, 20  # rows named on such a line, lines about one column, lines in all


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
        """Name file, row, column, rule, value and remedy on one line."""
        place = self.file
        if self.row is not None:
            place += f", row {self.row}"
        if self.column is not None:
            place += f", column {self.column}"
        found = f" (found {_short(self.value)!r})" if self.value else ""
        return f"{place}: {self.rule}{found}" + (f"; {self.hint}" if self.hint else "")


class DossierError(ValueError):
    """Every rule a dossier breaks, found in one go.

    The message is for reading: rows that break one rule in one column share a line, and where there are many
    lines it says how many more there are.

    Attributes
    ----------
    problems : list of Problem
        All of them: file, row, column, rule, value and hint of each.
    """

    def __init__(self, path: Path, problems: list[Problem]) -> None:
        self.path = path
        self.problems = problems
        count = f"{len(problems):,} broken rule" + ("s" if len(problems) > 1 else "")
        super().__init__("\n  ".join([f"{count} in the dossier {path}:", *_lines(path, problems)]))


def _lines(path: Path, problems: list[Problem]) -> Iterator[str]:
    groups: dict[tuple[str, str | None, str, bool], list[Problem]] = {}
    for problem in problems:
        groups.setdefault((problem.file, problem.column, problem.rule, problem.row is None), []).append(
            problem
        )
    lines: list[tuple[str, str | None, str, int]] = []
    for (file, column, _, whole), group in groups.items():
        if whole or len(group) < _TOGETHER:
            lines += [(file, column, str(problem), 1) for problem in group]
        else:
            lines.append((file, column, _together(group), len(group)))
    shown = told = 0
    of_column: Counter[tuple[str, str | None]] = Counter()
    for file, column, line, count in lines:
        of_column[file, column] += 1
        if shown < _LINES and of_column[file, column] <= _SAME:
            shown, told = shown + 1, told + count
            yield line
    if told < len(problems):
        yield f"… and {len(problems) - told:,} more: workbook check {path} --all"


def _together(group: list[Problem]) -> str:
    """Say on one line what many rows have wrong, with the first of them and the remedy of the first."""
    first = group[0]
    place = first.file if first.column is None else f"{first.file}, column {first.column}"
    rows = ", ".join(str(problem.row) for problem in group[:_ROWS])
    values = list(dict.fromkeys(_short(problem.value) for problem in group if problem.value))
    found = ", ".join(map(repr, values[:_ROWS])) + (", …" if len(values) > _ROWS else "")
    line = f"{place}, {len(group):,} rows ({rows}, …): {first.rule}" + (f" (found {found})" if found else "")
    if not first.hint:
        return line
    alike = len({problem.hint for problem in group}) == 1
    return f"{line}; {first.hint}" if alike else f"{line}; for the first, {first.hint}"


def _short(text: str) -> str:
    return text if len(text) <= 120 else f"{text[:119]}…"
