"""Text in Vega expressions: a dossier's words reach one only as a string literal."""

from __future__ import annotations

import json

__all__ = ["quoted"]


def quoted(text: str) -> str:
    r"""Return a text as a string literal of a Vega expression, whatever stands in it.

    A JSON string in ASCII is one: quotes, backslashes and the line separators that end a line in Vega's
    grammar are escaped, and so is what would end a script in a page that holds the chart.

    Examples
    --------
    >>> print(quoted("it's \\ </script>"))
    "it's \\ <\/script>"
    """
    return json.dumps(text).replace("</", "<\\/")
