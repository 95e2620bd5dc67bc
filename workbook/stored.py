"""What a notebook keeps of a panel, and JupyterLab's part in it: dead views are left out of what is saved.

Without its kernel the view of a widget is an error message, "model not found". A panel therefore shows two
outputs, its view and a picture with a table, which hides while the view lives; a notebook is saved without
the first.
"""

from __future__ import annotations

from typing import Any

__all__ = ["OURS", "VIEW", "before_save", "drop_views"]

VIEW = "application/vnd.jupyter.widget-view+json"
"""The type of a widget's view."""
OURS = "workbook_panel"
"""Metadata of an output that is a panel's view and has a picture after it."""


def drop_views(notebook: dict[str, Any]) -> None:
    """Leave out of a notebook the views of panels; what is stored after them stays.

    Views of other widgets stay.

    Examples
    --------
    >>> view = {"data": {VIEW: {}}, "metadata": {OURS: True}}
    >>> picture = {"data": {"text/html": "a picture"}, "metadata": {}}
    >>> cell = {"outputs": [view, picture]}
    >>> drop_views({"cells": [cell]})
    >>> [output["data"] for output in cell["outputs"]]
    [{'text/html': 'a picture'}]
    """
    for cell in notebook["cells"]:
        if "outputs" in cell:
            cell["outputs"] = [out for out in cell["outputs"] if OURS not in out.get("metadata", {})]


def before_save(model: dict[str, Any], **_: Any) -> None:
    """Drop dead views whenever a Jupyter server saves a notebook."""
    if model["type"] == "notebook" and model.get("content"):
        drop_views(model["content"])


def _jupyter_server_extension_points() -> list[dict[str, Any]]:
    return [{"module": __name__}]


def _load_jupyter_server_extension(server: Any) -> None:
    server.contents_manager.register_pre_save_hook(before_save)
