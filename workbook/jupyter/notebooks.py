"""Run notebooks the one way they are committed, and check that what is committed was run so."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
from nbclient import NotebookClient

from workbook import files
from workbook.jupyter import stored

__all__ = ["execute", "policy"]

KERNEL = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
CELL_SECONDS = 120
"""Longest a cell may run before it counts as hung."""
_HOST = re.compile(r"(?:https?:)?//(?:cdn|unpkg|esm)\.|jsdelivr|cdnjs", re.IGNORECASE)


def execute(path: Path) -> None:
    """Run a notebook from top to bottom and write it back with its outputs.

    Widget state is dropped (it would grow the file and is dead without a kernel) and so is whatever
    differs between machines without meaning anything. The file is replaced in one move and keeps its mode;
    when a cell fails, the notebook on disk stays as it was.

    Raises
    ------
    nbclient.exceptions.CellExecutionError
        If a cell raises.
    """
    notebook = nbformat.read(path, as_version=4)  # type: ignore[no-untyped-call]
    notebook.metadata = nbformat.from_dict({"kernelspec": KERNEL, "language_info": {"name": "python"}})  # type: ignore[no-untyped-call]
    client = NotebookClient(
        notebook,
        timeout=CELL_SECONDS,
        kernel_name=KERNEL["name"],
        resources={"metadata": {"path": str(path.parent)}},
        record_timing=False,
    )
    client.execute()
    stored.drop_views(notebook)
    notebook.metadata = nbformat.from_dict({"kernelspec": KERNEL, "language_info": {"name": "python"}})  # type: ignore[no-untyped-call]
    text = nbformat.writes(notebook)  # type: ignore[no-untyped-call]
    files.write(path, f"{text.rstrip()}\n".encode(), replace=True)


def policy(path: Path) -> list[str]:
    """List what keeps a notebook from being a proof of itself; an empty list is a pass.

    nbval passes a cell that was never run, so this is checked before it: every code cell run once, in
    order, without error or stderr; our kernel; no widget state; nothing that needs a content host.
    """
    notebook = nbformat.read(path, as_version=4)  # type: ignore[no-untyped-call]
    return [f"{path.name}: {problem}" for problem in _broken(notebook)]


def _broken(notebook: Any) -> Iterator[str]:
    if notebook.metadata.get("kernelspec", {}).get("name") != KERNEL["name"]:
        yield f"kernelspec must be {KERNEL['name']}"
    if "widgets" in notebook.metadata:
        yield "metadata.widgets must be dropped"
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    for count, cell in enumerate(code, start=1):
        where = f"code cell {count} ({cell.source.splitlines()[0] if cell.source else 'empty'})"
        if cell.execution_count != count:
            yield f"{where}: must be run in order; its count is {cell.execution_count}"
        if cell.source.rstrip().endswith(";"):
            yield f"{where}: a trailing ';' hushes nothing under nbval; assign to _ instead"
        for output in cell.outputs:
            if output.output_type == "error":
                yield f"{where}: raised {output.ename}"
            if output.get("name") == "stderr":
                yield f"{where}: wrote to stderr: {output.text.strip()[:80]}"
            if _HOST.search(str(output.get("data", ""))):
                yield f"{where}: its output names a content host"
