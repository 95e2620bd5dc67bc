"""The evidence page: a card a claim, in Markdown that no text of a dossier can break."""

from __future__ import annotations

import html
import re
from typing import Any
from urllib.parse import quote

import pandas as pd

from workbook.dossier import Dossier
from workbook.evidence.claims import figure_texts, references
from workbook.evidence.standing import standing
from workbook.hints import closest

__all__ = ["cards"]


def cards(book: Dossier, theme: str) -> str:
    """Return one theme's claims as Markdown, a heading per claim: the anchor that links in prose reach.

    Text from the dossier is escaped, so that a statement cannot become markup; web addresses become links.

    Parameters
    ----------
    book
        The dossier.
    theme
        Theme of the claims, as in `claims.theme`.

    Raises
    ------
    ValueError
        If the theme has no claims.

    Examples
    --------
    >>> "#### arr-guided-december" in cards(book, "commercialization")
    True
    """
    claims = book.claims[book.claims["theme"] == theme]
    if claims.empty:
        raise ValueError(
            f"no claims of theme {theme!r}{closest(theme, book.claims['theme'].unique())} in {book!r}"
        )
    clashes: dict[str, list[str]] = {}
    for clash in book.disputes.to_dict("records"):
        why = _plain(clash["why"])
        for one, other in ((clash["claim"], clash["against"]), (clash["against"], clash["claim"])):
            note = f"Disputed ({clash['standing']}): [{other}](#{other}). {why}"
            clashes.setdefault(one, []).append(note)
    grounds = standing(book, claims["id"]).to_dict("records")
    parts = []
    for claim, figure, (words, address), ground in zip(
        claims.to_dict("records"), figure_texts(claims), references(book, claims), grounds, strict=True
    ):
        lines = [f"#### {claim['id']}", "", _plain(claim["statement"])]
        if figure:
            lines.append(f"**{_plain(figure)}**")
        if pd.notna(claim["formula"]):
            lines.append(f"Computed: {_plain(claim['formula'])}.")
        lines.append(f"*{_plain(words)} {_link(address)}*")
        if ground["publishers"] > 1 or ground["narrower"]:
            lines.append(_plain(_confirmed(ground)))
        if pd.notna(claim["note"]):
            lines.append(f"Note: {_plain(claim['note'])}")
        lines += clashes.get(claim["id"], [])
        parts.append("\n".join(lines[:2]) + "\n" + "  \n".join(lines[2:]))
    return "\n\n".join(parts)


def _confirmed(ground: dict[Any, Any]) -> str:
    """Say who prints the same, and how many more print it of a narrower scope."""
    printed = f"Printed by {ground['who']}"
    if ground["publishers"] > 1:
        printed = f"{ground['publishers']} independent publishers print it: {ground['who']}"
    if ground["narrower"]:
        more = ground["narrower"]
        printed += f"; {more} more of a narrower scope" if more > 1 else "; one more of a narrower scope"
    return f"{printed}."


def _plain(text: str) -> str:
    """Escape what Markdown and HTML would take for markup, but for the web addresses in it."""
    # A full stop after an address is the end of the sentence, not of the address.
    words = re.split(r"(https?://[^\s<>，。；、）]+(?<![.,;:!?)]))", text)
    words[::2] = [
        re.sub(r"([\\`*_\[\]#|$~])", r"\\\1", html.escape(part, quote=False)) for part in words[::2]
    ]
    words[1::2] = [_link(address) for address in words[1::2]]
    return "".join(words)


def _link(address: str) -> str:
    """Write a web address in the one form in which Markdown takes every character for itself."""
    if not re.match("https?://", address):  # no other kind of address may become a link
        return _plain(address)
    # Characters that may not be in an address; JupyterLab reads text between two dollars as a formula.
    whole = re.sub(r'[\s<>"`{|}\\^$]', lambda found: quote(found[0]), address)
    return f"<{whole}>"
