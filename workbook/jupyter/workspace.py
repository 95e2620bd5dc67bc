"""A working copy of the notebooks and the dossier, and JupyterLab opened on it."""

from __future__ import annotations

import os
from pathlib import Path

from workbook import files
from workbook.dossier import bundled

__all__ = ["ALLOW_ROOT", "CONFIG", "copy_to", "has_dossier", "lab_arguments"]

CONFIG = Path(__file__).with_name("config")
"""Jupyter settings of ours: no news, outputs that do not vanish while scrolling, saving as in `stored`."""
ALLOW_ROOT = "--ServerApp.allow_root=True"
FIRST_NOTEBOOK = "notebooks/00_overview.ipynb"


def copy_to(folder: Path) -> tuple[list[Path], list[Path]]:
    """Copy the bundled dossier and notebooks into a folder, leaving every file that is there alone.

    Where `data` holds a table or a data package already, the dossier is the user's, and nothing of ours is
    added to it: tables of two dossiers, or of two forms, make none.

    Returns
    -------
    tuple of list of Path
        Files written, and files kept because they were there already.

    Raises
    ------
    OSError
        If the folder, or one inside it, is a file, or may not be written to.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as there:
    ...     written, kept = copy_to(Path(there) / "mine")
    ...     again, untouched = copy_to(Path(there) / "mine")
    >>> kept, again, len(untouched) == len(written) > 14
    ([], [], True)
    """
    written, kept = [], []
    theirs = has_dossier(folder)
    for name in ("data", "notebooks"):
        source = bundled(name)
        for file in sorted(p for p in source.iterdir() if p.suffix in (".csv", ".json", ".ipynb")):
            target = folder / name / file.name
            if name == "data" and theirs:
                kept += [target] * target.exists()
                continue
            target.parent.mkdir(parents=True, exist_ok=True)
            try:
                files.write(target, file.read_bytes(), replace=False)
                written.append(target)
            except FileExistsError:
                kept.append(target)
    return written, kept


def has_dossier(folder: Path) -> bool:
    """Tell whether the folder's `data` holds a table or a data package.

    Examples
    --------
    >>> has_dossier(bundled("data").parent), has_dossier(Path("nowhere"))
    (True, False)
    """
    return any(file.suffix in (".csv", ".json") for file in (folder / "data").rglob("*"))


def lab_arguments(folder: Path) -> list[str]:
    """Return the options JupyterLab is started with: on localhost, quiet towards the network.

    JupyterLab would otherwise ask for news, look for updates and list extensions, all from outside. Run as
    root, as in most containers, it would not start at all.

    Examples
    --------
    >>> "--ServerApp.ip=localhost" in lab_arguments(Path("mine"))
    True
    """
    return [
        *([ALLOW_ROOT] if hasattr(os, "geteuid") and os.geteuid() == 0 else []),  # Windows has no root
        f"--ServerApp.root_dir={folder}",
        "--ServerApp.ip=localhost",
        f"--LabApp.default_url=/lab/tree/{FIRST_NOTEBOOK}",
        "--LabApp.news_url=None",
        "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
        "--LabApp.extension_manager=readonly",
    ]
