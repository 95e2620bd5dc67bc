"""Text in Vega expressions: a dossier's words reach one only as a string literal."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

__all__ = ["heading", "quoted", "renamed"]


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


def heading(text: str) -> str:
    r"""Return a text that is safe as the title of an axis or a legend, and looks the same.

    Vega-Lite writes such a title into the expression of a mark's description. It escapes quotes there, but
    neither a backslash nor what ends a line in Vega's grammar.

    Examples
    --------
    >>> print(heading("revenue, \\ bn"))
    revenue, ＼ bn
    """
    return re.sub(r"[\r\n\u2028\u2029]", " ", text).replace("\\", "＼")


def renamed(words: Mapping[str, str]) -> str:
    """Return the expression that shows a legend's values under other names; one without stays as it is.

    Examples
    --------
    >>> print(renamed({"the maker": "厂商自办"}))
    ({"the maker": "厂商自办"})[datum.value] || datum.label
    """
    return f"({json.dumps(words, ensure_ascii=False)})[datum.value] || datum.label"
