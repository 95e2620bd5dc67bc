"""The outputs of a notebook that stand for a panel's views, redrawn when what they show has changed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from IPython.display import DisplayHandle, display

from workbook.jupyter import stored
from workbook.whatif.settings import REST

__all__ = ["Kept"]

_display: Any = display  # untyped by IPython


class Kept:
    """Pictures and tables of one panel.

    Parameters
    ----------
    shown
        Says what there is to see; equal answers look the same.
    page
        Draws it, as output by MIME type.
    """

    def __init__(self, shown: Callable[[], Any], page: Callable[[], dict[str, str]]) -> None:
        self._shown, self._page = shown, page
        self._outputs: list[tuple[DisplayHandle, dict[str, str]]] = []
        self._of: Any = None
        self._resting: asyncio.Task[None] | None = None

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

    def clear(self) -> None:
        """Leave what is stored as it is."""
        self._outputs = []

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
