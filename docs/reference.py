"""Write `docs/reference.md` from the data package, the command line and the docstrings.

Run it after a change: `python docs/reference.py`. A test holds the file to the code.
"""

from __future__ import annotations

import argparse
import importlib
import inspect
import json
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

from workbook import cli
from workbook.dossier import bundled

FILE = Path(__file__).with_name("reference.md")
PACKAGES = (
    "workbook",
    *(
        f"workbook.{name}"
        for name in ("evidence", "structure", "strategy", "commercialization", "models", "talent")
    ),
    *(f"workbook.{name}" for name in ("arr", "style", "words")),
)


def commands() -> Iterator[str]:
    """Yield every command with its options and what they do."""
    (subparsers,) = (each for each in cli.parser()._actions if isinstance(each, argparse._SubParsersAction))
    helps = {choice.dest: choice.help for choice in subparsers._choices_actions}
    for name, command in subparsers.choices.items():
        yield f"**`workbook {name}`**: {helps[name]}."
        yield ""
        for action in command._actions:
            if not isinstance(action, argparse._HelpAction):
                yield f"- `{', '.join(action.option_strings) or action.dest}`: {action.help}"
        yield ""


def tables() -> Iterator[str]:
    """Yield every table with its columns."""
    package = json.loads((bundled("data") / "datapackage.json").read_text(encoding="utf-8"))
    for resource in package["resources"]:
        yield f"**`{resource['name']}`**: {resource['description']}"
        yield ""
        for field in resource["schema"]["fields"]:
            rules = field.get("constraints", {})
            listed = f" One of {', '.join(map(str, rules['enum']))}." if "enum" in rules else ""
            needed = ", required" if rules.get("required") else ""
            yield f"- `{field['name']}` ({field['type']}{needed}): {field['description']}{listed}"
        yield ""


def names(module: ModuleType) -> Iterator[str]:
    """Yield every public name of a package with its first line."""
    yield f"**`{module.__name__}`**"
    yield ""
    for name in module.__all__:
        value: Any = getattr(module, name)
        ours = getattr(value, "__module__", "").startswith("workbook")
        if ours and (inspect.isfunction(value) or inspect.isclass(value)):
            options = (
                f"({', '.join(inspect.signature(value).parameters)})" if inspect.isfunction(value) else ""
            )
            shown = name + options
            yield f"- `{shown}`: {(inspect.getdoc(value) or '').splitlines()[0]}"
        elif inspect.ismodule(value):
            yield f"- `{name}`: {(value.__doc__ or '').strip().splitlines()[0]}"
        else:
            yield f"- `{name}`"
    yield ""


def written() -> str:
    """Return the whole text."""
    parts = ["# Reference", "", "Written by `docs/reference.py`; do not edit.", "", "## Commands", ""]
    parts += [*commands(), "## Tables of a dossier", "", *tables(), "## Library", ""]
    for package in PACKAGES:
        parts += names(importlib.import_module(package))
    return "\n".join(parts).rstrip() + "\n"


if __name__ == "__main__":
    FILE.write_text(written(), encoding="utf-8")
