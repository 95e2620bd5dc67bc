"""Saved scenarios: a folder with one TOML file each, as the page and Python read it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from workbook import arr, style, words
from workbook.arr import Scenario
from workbook.commercialization.layers import field_values
from workbook.style import Language
from workbook.whatif.settings import NAME_LENGTH

__all__ = ["COLUMNS", "Folder", "figures"]

COLUMNS = ("figure", "unit", "guidance", "now")
"""Of a comparison; no scenario has such a name."""
_NAME = re.compile(rf"[\w][\w .()%+,：（）【】，、·–-]{{0,{NAME_LENGTH - 1}}}")
_COLORS = style.CATEGORIES[1:7]


@dataclass(frozen=True)
class Folder:
    """The scenarios in one currency that a folder holds."""

    path: Path
    currency: str
    lang: Language

    def file(self, name: str) -> Path:
        """Return the file of a name; ValueError when the name breaks the rule."""
        if not _NAME.fullmatch(name) or name != name.strip() or name in COLUMNS:
            raise ValueError(words.text("whatif.name_rule", self.lang, name=name, most=NAME_LENGTH))
        return self.path / f"{name}.toml"

    def save(self, scenario: Scenario, name: str, *, replace: bool) -> Path:
        """Write a scenario; FileExistsError when the name is taken and may not be replaced."""
        file = self.file(name)
        self.path.mkdir(parents=True, exist_ok=True)
        try:
            return arr.save(scenario, file, replace=replace)
        except FileExistsError:
            raise FileExistsError(words.text("whatif.exists", self.lang, file=file)) from None

    def read(self, name: str) -> Scenario:
        """Read a scenario; ValueError when it is in another currency."""
        file = self.file(name)
        scenario = _in(self.currency, arr.load(file))
        if scenario.currency != self.currency:
            raise ValueError(f"{file} is in {scenario.currency} and the guidance in {self.currency}")
        return scenario

    def listed(self) -> dict[str, dict[str, Any]]:
        """Read all of them, by name: fields, figures, path and colour; what cannot be read is left out."""
        found: dict[str, dict[str, Any]] = {}
        for file in sorted(self.path.glob("*.toml")):
            try:
                scenario = _in(self.currency, arr.load(file))
            except (ValueError, OSError):
                continue
            if scenario.currency == self.currency and _NAME.fullmatch(file.stem):
                path = scenario.path()
                found[file.stem] = {
                    "fields": field_values(scenario),
                    "figures": figures(scenario),
                    "path": [
                        [str(day.date()), level] for day, level in zip(path["date"], path["arr"], strict=True)
                    ],
                    "color": _COLORS[len(found) % len(_COLORS)],
                }
        return found


def _in(currency: str, scenario: Scenario) -> Scenario:
    """Return a scenario in a currency where it names none."""
    return scenario if scenario.currency else scenario.replace(currency=currency)


def figures(scenario: Scenario) -> dict[str, float | None]:
    """Return the figures of a scenario as JSON takes them: None where there is none."""
    return {name: value if value == value else None for name, value in scenario.figures().items()}
