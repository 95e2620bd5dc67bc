"""The evidence page: a card a claim, in Markdown that no text of a dossier can break."""

from __future__ import annotations

import html
import re
from typing import Any
from urllib.parse import quote

import pandas as pd

from workbook import words
from workbook.dossier import Dossier
from workbook.evidence.claims import figure_texts, references
from workbook.evidence.standing import standing
from workbook.hints import closest
from workbook.words import Language

__all__ = ["cards"]


def cards(book: Dossier, theme: str, *, lang: Language = "en") -> str:
    """Return one theme's claims as Markdown, a heading per claim: the anchor that links in prose reach.

    Text from the dossier is escaped, so that a statement cannot become markup; web addresses become links.
    What the dossier has in English only is marked as that.

    Parameters
    ----------
    book
        The dossier.
    theme
        Theme of the claims, as in `claims.theme`.
    lang
        "en" or "zh".

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
        why = _plain(_text(clash, "why", lang))
        stands = {"open": ("open", "open"), "resolved_for": ("this_stands", "other_stands")}
        on_claim, on_other = stands.get(clash["standing"], ("other_stands", "this_stands"))
        sides = ((clash["claim"], clash["against"], on_claim), (clash["against"], clash["claim"], on_other))
        for one, other, outcome in sides:
            note = words.text(
                "card.disputed",
                lang,
                standing=words.text(f"card.{outcome}", lang),
                other=f"[{other}](#{other})",
                why=why,
            )
            clashes.setdefault(one, []).append(note)
    grounds = standing(book, claims["id"]).to_dict("records")
    parts = []
    for claim, figure, (reference, address), ground in zip(
        claims.to_dict("records"),
        figure_texts(claims, lang),
        references(book, claims, lang),
        grounds,
        strict=True,
    ):
        lines = [f"#### {claim['id']}", "", _plain(_text(claim, "statement", lang))]
        if figure:
            lines.append(f"**{_plain(figure)}**")
        if pd.notna(claim["formula"]):
            lines.append(words.text("card.computed", lang, formula=_plain(claim["formula"])))
        lines.append(f"*{_plain(reference)} {_link(address)}*")
        if ground["publishers"] > 1 or ground["narrower"]:
            lines.append(_plain(_confirmed(ground, lang)))
        if pd.notna(claim["note"]):
            lines.append(words.text("card.note", lang, note=_plain(_text(claim, "note", lang))))
        lines += clashes.get(claim["id"], [])
        parts.append("\n".join(lines[:2]) + "\n" + "  \n".join(lines[2:]))
    return "\n\n".join(parts)


def _text(row: dict[Any, Any], column: str, lang: Language) -> str:
    """Return a text in a language; one that the dossier has in the plain language only says so."""
    own = row.get(f"{column}_{lang}")
    if lang == words.PLAIN or (own is not None and pd.notna(own)):
        return str(row[column] if lang == words.PLAIN else own)
    return words.text("card.plain_only", lang, text=row[column])


def _confirmed(ground: dict[Any, Any], lang: Language) -> str:
    """Say who prints the same, and how many more print it of a narrower scope."""
    parts = [words.text("card.printed", lang, n=ground["publishers"], who=ground["who"])]
    if ground["narrower"]:
        parts.append(words.text("card.narrower", lang, n=ground["narrower"]))
    return words.text("card.confirmed", lang, parts=words.text("join.items", lang).join(parts))


def _plain(text: str) -> str:
    """Escape what Markdown and HTML would take for markup, but for the web addresses in it."""
    # A stop after an address ends the sentence.
    pieces = re.split(r"(https?://[^\s<>，。；、）]+(?<![.,;:!?)]))", text)
    pieces[::2] = [
        re.sub(r"([\\`*_\[\]#|$~])", r"\\\1", html.escape(part, quote=False)) for part in pieces[::2]
    ]
    pieces[1::2] = [_link(address) for address in pieces[1::2]]
    return "".join(pieces)


def _link(address: str) -> str:
    """Write a web address in the one form in which Markdown takes every character for itself."""
    if not re.match("https?://", address):  # no other kind of address may become a link
        return _plain(address)
    # Characters that may not be in an address; JupyterLab reads text between two dollars as a formula.
    whole = re.sub(r'[\s<>"`{|}\\^$]', lambda found: quote(found[0]), address)
    return f"<{whole}>"
