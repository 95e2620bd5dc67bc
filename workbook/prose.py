"""Check that prose cannot lie: every figure, date and post in a notebook's text is linked to its claim.

A link such as `[at least RMB 30 bn](06_evidence.ipynb#arr-guided-december-2026)` is read as a statement
about that claim. Its figures must equal the claim's value after unit and rounding ("RMB 48.4 bn" stands
for 48,437 RMB m, "RMB 48.9 bn" does not), its dates must be the claim's or its document's, and a bound
must keep its word. A number, or the title of a post, outside such a link is a slip.

What the reader sees is what is checked: the Markdown is rendered first, so that every way to write a link or
a figure counts. Figures in words are figures too, in English and Chinese: "thirty billion", "half of the
staff", "tripled", 三十亿元, 三成.
How a figure may be rounded is in `workbook.reading`.
"""

from __future__ import annotations

import re
import urllib.parse
from collections.abc import Iterator
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import mistune
import nbformat
import pandas as pd

from workbook.dossier import Dossier
from workbook.hints import closest
from workbook.reading import (
    AFTER,
    BOUNDS,
    COUNTED,
    DATES,
    FALL,
    MIRRORED,
    MONTH,
    QUANTITY,
    SCALE,
    SPAN,
    VAGUE,
    Figure,
    both_ends,
    date_parts,
    figure_slip,
    figures_in,
    names_with_digits,
    one_writing,
    whole_word,
)

__all__ = ["Slip", "check_notebook", "check_text"]


@dataclass(frozen=True)
class Slip:
    """One place where prose says more than its evidence."""

    file: str
    """Notebook."""
    cell: int
    """Cell, counted from 1 over all cells."""
    text: str
    """The words at fault."""
    rule: str
    """The rule they break."""

    def __str__(self) -> str:
        """Name file, cell, words and rule on one line."""
        return f"{self.file}, cell {self.cell}: {self.text!r}: {self.rule}"


# Marks of a link in the rendered text: open, words, to, target, close.
_OPEN, _TO, _CLOSE = "\ue000", "\ue001", "\ue002"
_LINK = re.compile(f"{_OPEN}(?P<text>[^{_OPEN}-{_CLOSE}]*){_TO}(?P<target>[^{_OPEN}-{_CLOSE}]*){_CLOSE}")
_EVIDENCE = re.compile(r"(?:[^#]*evidence\.ipynb)?#(?P<claim>[a-z0-9][a-z0-9-]*)")


def check_notebook(book: Dossier, path: str | Path) -> list[Slip]:
    """Read every markdown cell of a notebook; list the slips.

    Parameters
    ----------
    book
        The dossier whose claims the prose links to.
    path
        An `.ipynb` file.

    Raises
    ------
    ValueError
        If the file is no notebook.

    Examples
    --------
    >>> import tempfile
    >>> cell = nbformat.v4.new_markdown_cell("Sales were [EUR 1.5 bn](06_evidence.ipynb#sales-2031-06-28).")
    >>> path = Path(tempfile.mkdtemp()) / "note.ipynb"
    >>> _ = path.write_text(nbformat.writes(nbformat.v4.new_notebook(cells=[cell])))
    >>> print(check_notebook(book, path)[0])
    note.ipynb, cell 1: 'EUR 1.5 bn': figure differs: the claim says 1400 EUR m
    """
    path = Path(path)
    try:
        notebook = nbformat.read(path, as_version=4)  # type: ignore[no-untyped-call]
    except Exception as error:
        raise ValueError(f"{path} is not a notebook: {error}") from None
    return [
        Slip(path.name, number, text, rule)
        for number, cell in enumerate(notebook.cells, start=1)
        if cell.cell_type == "markdown"
        for text, rule in check_text(book, cell.source)
    ]


def check_text(book: Dossier, text: str) -> list[tuple[str, str]]:
    """List the slips of one piece of Markdown as (words, rule).

    Examples
    --------
    >>> check_text(book, "Revenue will triple to 30 bn.")
    [('30', 'a number must be a link to the claim that carries it'),
     ('triple', 'a number in words must be a link to the claim that carries it')]
    """
    claims: dict[str, dict[str, Any]] = {
        row["id"]: {str(k): v for k, v in row.items()} for row in book.claims.to_dict("records")
    }
    published = book.sources.set_index("id")["published"]
    titles = book.roles if "roles" in book.tables else pd.DataFrame({"title": [], "claim": []})
    names = names_with_digits(book)
    slips: list[tuple[str, str]] = []
    for sentence in _sentences(text):
        rest, position = "", 0
        plain = _LINK.sub(lambda m: m["text"], sentence)
        for link in _LINK.finditer(sentence):
            rest += sentence[position : link.start()]
            position = link.end()
            evidence = _EVIDENCE.fullmatch(link["target"])
            if not evidence:
                rest += link["text"]
            elif evidence["claim"] not in claims:
                near = closest(evidence["claim"], claims)
                slips.append((link["text"], f"there is no claim {evidence['claim']!r}{near} in this dossier"))
            else:
                claim = claims[evidence["claim"]]
                dates = [claim[c] for c in ("event_date", "period_start", "period_end")]
                dates.append(published[claim["source"]])
                before = _LINK.sub(lambda m: m["text"], sentence[: link.start()])[-60:]
                anchor = names.sub(" ", link["text"])
                slips += [(link["text"], rule) for rule in _link_slips(anchor, before, plain, claim, dates)]
                slips += list(_post_slips(link["text"], evidence["claim"], claim, titles))
            rest += " " if evidence else ""
        rest += sentence[position:]
        slips += list(_loose_slips(names.sub(" ", rest), titles))
    return slips


_render = mistune.create_markdown(escape=False, plugins=["table", "strikethrough", "url"])


class _Page(HTMLParser):
    """The text of a rendered page block by block, its links marked; code is left out where it is code."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.blocks: list[str] = []
        self._block, self._code, self._heading = "", "", False
        self._links: list[str] = []
        self._open: list[str] = []  # elements whose text is kept aside
        self.feed(page)
        self.close()
        self._end("")

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        if _BLOCKS.fullmatch(tag):
            self._end(tag)
        if tag == "a" and "href" in attributes:
            self._links.append(urllib.parse.unquote(attributes["href"]))
            self._block += _OPEN
        if tag in ("script", "style") or (tag == "code" and "class" not in attributes):
            self._open.append(tag)
        elif tag == "code":
            self._open.append("style")  # a fence that names its language is a program
        if tag == "ol" and attributes.get("start", "").isdigit() and int(attributes["start"]) > 9:
            self._block += attributes["start"] + " "  # a sentence that begins with a number
        if tag in ("td", "th", "br"):
            self._block += " "
        for name in ("alt", "title", "aria-label", "placeholder"):
            if attributes.get(name):
                # A tooltip or a label for screen readers is shown too, but is no part of the words of a link.
                self.blocks.append(attributes[name])

    def handle_endtag(self, tag: str) -> None:
        if tag == "a" and self._links:
            target = self._links.pop()
            begin = self._block.rfind(_OPEN)
            # A link whose words are its own address makes no statement.
            anchor = self._block[begin + 1 :]
            shown = " " if anchor in (target, f"mailto:{target}") else f"{_OPEN}{anchor}{_TO}{target}{_CLOSE}"
            self._block = self._block[:begin] + shown if begin >= 0 else self._block
        if tag in ("code", "script", "style") and self._open:
            if self._open.pop() == "code" and any(
                m["currency"] or m["scale"] or m["after"] for m in QUANTITY.finditer(self._code)
            ):
                self._block += self._code
            self._block += " "
            self._code = ""
        if _BLOCKS.fullmatch(tag):
            self._end(tag)

    def handle_data(self, data: str) -> None:
        if self._open:
            self._code += data if self._open[-1] == "code" else ""
        else:
            self._block += data

    def _end(self, tag: str) -> None:
        text = " ".join(self._block.split())
        if self._heading:
            numbered = _NUMBERED.match(text)
            text = text[numbered.end() :] if numbered else text
        if text:
            self.blocks.append(text)
        self._block, self._links, self._heading = "", [], bool(re.fullmatch("h[1-6]", tag))


_BLOCKS = re.compile(
    "address|article|aside|blockquote|caption|center|d[dltd]|details|div|fieldset|figcaption|figure|footer|form"
    "|h[1-6r]|header|legend|li|main|nav|ol|option|p|pre|section|summary|table|tr|ul"
)
_NUMBERED = re.compile(
    rf"(?:\d\d?\.|\d\d?(?:\.\d\d?)+\.?(?=\s+[^\Wa-z]))\s+"
    rf"(?!(?i:{SCALE}|{AFTER}|{MONTH}|quarter|year|month|week|day|point)s?\b)"
)


def _sentences(text: str) -> list[str]:
    """Render Markdown and split it at the end of a sentence, a paragraph, a row or a list item."""
    page = str(_render(re.sub(f"[{_OPEN}-{_CLOSE}]", " ", text)))
    inside = f"(?![^{_OPEN}]*{_TO})"
    sentences = [
        sentence
        for block in _Page(page).blocks
        for sentence in re.split(rf"(?<=[.!?;])\s+{inside}|(?<=[。！？；]){inside}", one_writing(block))
    ]
    return [sentence for sentence in sentences if sentence.strip()]


# Inside links -------------------------------------------------------------------------------------


def _link_slips(
    text: str, before: str, sentence: str, claim: dict[str, Any], dates: list[Any]
) -> Iterator[str]:
    known = [d.date() for d in dates if not pd.isna(d)]
    quantities = both_ends(DATES.sub(" ", text))
    for found in DATES.finditer(text):
        wanted = date_parts(found)
        if not any(all(getattr(d, part) == n for part, n in wanted.items()) for d in known):
            shown = ", ".join(d.isoformat() for d in sorted(set(known))) or "none"
            yield f"the date {found.group().strip()!r} is none of the claim's dates ({shown})"
    counted = str(claim["unit"]) in COUNTED
    own = [f for f in figures_in(quantities) if f.plain or counted]
    own = [f for f in own if not _of_statement(f, claim)]
    if not own:
        return
    if pd.isna(claim["value"]):
        yield "the claim carries no figure"
        return
    if claim["bound"] == "between":
        ends = [claim | {"value": claim[end], "bound": "exact"} for end in ("value", "value_high")]
        for end in ends:
            if not any(figure_slip(figure, False, end) is None for figure in own):
                yield f"the claim is a range: name both ends, {end['value']:g} {end['unit']} is not there"
        return
    fell = claim["value"] < 0 and re.search(whole_word(FALL), sentence, re.IGNORECASE)
    unsigned = any(f.kind != "quantity" or not f.match["sign"] for f in own)
    yield from [slip for f in own if (slip := figure_slip(f, bool(fell), claim))][:1]
    # A loss written without its minus sign turns the bound round.
    bound = MIRRORED[claim["bound"]] if fell and unsigned else claim["bound"]
    if bound != "exact" and not re.search(whole_word(BOUNDS[bound]), f"{before} {text}", re.IGNORECASE):
        wording = {
            "at_least": "at least / more than / above",
            "at_most": "at most / under",
            "about": "about / some",
        }
        yield f"the claim is a bound ({claim['bound']}): say {wording[bound]} in or before the link"
    for word in ("at_least", "at_most"):
        if bound == "exact" and re.search(whole_word(BOUNDS[word]), text, re.IGNORECASE):
            yield "the claim is exact, the link words it as a bound"


def _of_statement(figure: Figure, claim: dict[str, Any]) -> bool:
    """Whether a span of time, a share or a multiple beside the claim's own figure is in its statement."""
    unit, statement = str(claim["unit"]), str(claim["statement"])
    if figure.kind != "quantity":
        return unit not in ("%", "x") and figure.words.lower() in statement.lower()
    span = SPAN.match(figure.match.string, figure.match.end())
    if not span or figure.match["scale"] or figure.match["after"] or unit in COUNTED:
        return False
    counted = [
        (other.number, (SPAN.match(statement, other.match.end()) or {"noun": ""})["noun"])
        for other in figures_in(statement)
        if other.kind == "quantity"
    ]
    return (figure.number, span["noun"]) in counted


def _post_slips(
    text: str, claim_id: str, claim: dict[str, Any], roles: pd.DataFrame
) -> Iterator[tuple[str, str]]:
    for title, group in roles.groupby("title"):
        if text.strip().lower() == str(title).lower():
            named = str(title).lower() in str(claim["statement"]).lower()
            if claim_id not in set(group["claim"]) and not named:
                yield text, f"claim {claim_id!r} does not speak of this post"


# Outside links ------------------------------------------------------------------------------------


def _loose_slips(text: str, roles: pd.DataFrame) -> Iterator[tuple[str, str]]:
    text = re.sub(r"\b\d\d_[a-z]\w*(?:\.ipynb\b)?", " ", text)
    for found in re.finditer(r"\d[\d.,]*\d|\d", text):
        yield found.group(), "a number must be a link to the claim that carries it"
    words = [f.words for f in figures_in(text) if f.plain and not re.search(r"\d", f.words)]
    for figure in [*words, *(m[0] for m in VAGUE.finditer(text))]:
        yield figure, "a number in words must be a link to the claim that carries it"
    for title in sorted({str(t) for t in roles["title"] if " " in str(t)}):
        if re.search(rf"\b{re.escape(title)}\b", text, re.IGNORECASE):
            yield title, "a post must be a link to the claim that names it"
