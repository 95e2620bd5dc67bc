"""The `workbook` command."""

from __future__ import annotations

import argparse
from pathlib import Path

from workbook.dossier import bundled

__all__ = ["main"]


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; returns the exit code."""
    parser = argparse.ArgumentParser(prog="workbook", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    run = commands.add_parser("run", help="run notebooks in order and store their outputs")
    run.add_argument("notebooks", nargs="*", type=Path, help="default: every notebook of the workbook")
    given = parser.parse_args(arguments)
    from workbook import notebooks

    for path in given.notebooks or sorted(bundled("notebooks").glob("*.ipynb")):
        print(f"running {path}")
        notebooks.execute(path)
    return 0
