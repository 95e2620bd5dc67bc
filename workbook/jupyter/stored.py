"""What a notebook keeps of a panel, and JupyterLab's part in it: dead views are left out of what is saved.

Without its kernel the view of a widget is an error message, "model not found". A panel, alone or inside
another widget, therefore has two outputs, the view and a picture with a table, which hides while the view
lives; a notebook is saved without the first.
"""

from __future__ import annotations

from typing import Any

__all__ = ["INSTEAD", "VIEW", "before_save", "drop_views"]

VIEW = "application/vnd.jupyter.widget-view+json"
"""The type of a widget's view."""
INSTEAD = "workbook_instead_of"
"""Metadata of a picture: the id of the model whose view it stands for."""


def drop_views(notebook: dict[str, Any]) -> None:
    """Leave out of a notebook the views that have a picture in their cell; the picture stays.

    Views of other widgets stay.

    Examples
    --------
    >>> view = {"data": {VIEW: {"model_id": "0a"}}, "metadata": {}}
    >>> picture = {"data": {"text/html": "a picture"}, "metadata": {INSTEAD: "0a"}}
    >>> cell = {"outputs": [view, picture]}
    >>> drop_views({"cells": [cell]})
    >>> cell["outputs"]
    [{'data': {'text/html': 'a picture'}, 'metadata': {}}]
    """
    for cell in notebook["cells"]:
        outputs = cell.get("outputs", [])
        # The id differs in each run and means nothing once the view is gone.
        drawn = {out["metadata"].pop(INSTEAD) for out in outputs if INSTEAD in out.get("metadata", {})}
        if drawn:
            cell["outputs"] = [
                out for out in outputs if out.get("data", {}).get(VIEW, {}).get("model_id") not in drawn
            ]


def before_save(model: dict[str, Any], **_: Any) -> None:
    """Drop dead views whenever a Jupyter server saves a notebook."""
    if model["type"] == "notebook" and model.get("content"):
        drop_views(model["content"])


def _jupyter_server_extension_points() -> list[dict[str, Any]]:
    return [{"module": __name__}]


def _load_jupyter_server_extension(server: Any) -> None:
    server.contents_manager.register_pre_save_hook(before_save)
