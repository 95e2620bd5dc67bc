"""The outputs of a notebook that stand for a panel's views, redrawn when what they show has changed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import ipywidgets
from IPython import get_ipython
from IPython.display import DisplayHandle, display

from workbook.jupyter import stored
from workbook.whatif.settings import REST

__all__ = ["Kept"]

_display: Any = display  # untyped by IPython


class Kept:
    """Pictures and tables of one panel.

    Parameters
    ----------
    panel
        The widget they stand for.
    shown
        Says what there is to see; equal answers look the same.
    page
        Draws it, as output by MIME type.
    """

    def __init__(
        self, panel: ipywidgets.Widget, shown: Callable[[], Any], page: Callable[[], dict[str, str]]
    ) -> None:
        self._panel, self._shown, self._page = panel, shown, page
        self._outputs: list[tuple[DisplayHandle, dict[str, str]]] = []
        self._of: Any = None
        self._resting: asyncio.Task[None] | None = None

    def begin(self) -> None:
        """Look after every cell for what it shows and changes of the panel."""
        shell = get_ipython()
        if shell is not None:
            shell.events.register("post_run_cell", self._cell_ran)

    def end(self) -> None:
        """Look no more; what is stored stays as it is."""
        shell = get_ipython()
        if shell is not None and self._cell_ran in shell.events.callbacks["post_run_cell"]:
            shell.events.unregister("post_run_cell", self._cell_ran)
        self._outputs = []

    def _cell_ran(self, result: Any) -> None:
        """Store what a cell shows of the panel inside another widget, and what it changed of it elsewhere."""
        shown = getattr(result, "result", None)
        if (
            isinstance(shown, ipywidgets.Widget)
            and shown is not self._panel
            and self._panel in _within(shown)
        ):
            self.add(shown.model_id)
        self.now()

    def add(self, model_id: str) -> None:
        """Store a picture and a table for the view of a model: the panel's, or of a widget that holds it."""
        metadata = {stored.INSTEAD: model_id}
        handle = _display(self._page(), raw=True, metadata=metadata, display_id=True)
        self._outputs.append((handle, metadata))
        self._of = self._shown()

    def now(self) -> None:
        """Draw anew what has changed."""
        shown = self._shown()
        if self._outputs and self._of != shown:
            self._write(self._page(), shown)

    def soon(self) -> None:
        """Draw anew what has changed once the hand has rested."""
        if self._outputs and (self._resting is None or self._resting.done()):
            with suppress(RuntimeError):  # no event loop, no page
                self._resting = asyncio.get_running_loop().create_task(self._at_rest())

    async def _at_rest(self) -> None:
        while self._of != (shown := self._shown()):
            await asyncio.sleep(REST)
            if shown == self._shown():
                page = await asyncio.to_thread(self._page)
                if shown == self._shown():
                    self._write(page, shown)

    def _write(self, page: dict[str, str], shown: Any) -> None:
        self._of = shown
        for handle, metadata in self._outputs:
            handle.update(page, raw=True, metadata=metadata)  # type: ignore[no-untyped-call]


def _within(widget: ipywidgets.Widget) -> Iterator[ipywidgets.Widget]:
    """Yield a widget and all that it holds."""
    yield widget
    for child in getattr(widget, "children", ()):
        yield from _within(child)
