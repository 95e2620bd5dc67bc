"""Check that prose cannot lie: every figure, date and post in a notebook's text is linked to its claim.

A link such as `[at least RMB 30 bn](06_evidence.ipynb#arr-guided-december-2026)` is read as a statement
about that claim. Its figures must equal the claim's value after unit and rounding ("RMB 48.4 bn" stands
for 48,437 RMB m, "RMB 48.9 bn" does not), its dates must be the claim's or its document's, and a bound
must keep its word. A number, or the title of a post, outside such a link is a slip.

What the reader sees is what is checked: the Markdown is rendered first, so that every way to write a link or
a figure counts. Figures in words are figures too, in English and Chinese: "thirty billion", "half of the
staff", "tripled", 三十亿元, 三成.

How a figure may be rounded: what is printed must follow from the claim. An exact figure, or one that is
"about", is rounded to the nearest at the printed precision. A floor (at_least) is rounded down and a ceiling
(at_most) up, by the sign of the value: at least 15.96 is "at least 15.9" or "at least 15", never "at least
16". A loss told without its sign turns the bound round with the rounding: of at most -13.86 one may say "a
loss of at least 13.8", of at least -13.86 "a loss of at most 13.9".
"""

from __future__ import annotations

import calendar
import datetime as dt
import re
import unicodedata
import urllib.parse
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, NamedTuple

import mistune
import nbformat
import pandas as pd

from workbook.dossier import Dossier

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


# Words --------------------------------------------------------------------------------------------

_MONTHS = {name.lower(): n for n, name in enumerate(calendar.month_name) if name}
_MONTHS |= {name.lower(): n for n, name in enumerate(calendar.month_abbr) if name}
# A table of number words is shorter than a reader of them, and no library reads both languages.
_ONES = "zero|one|two|three|four|five|six|seven|eight|nine"
_TEENS = "ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen"
_TENS = "twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety"
_ORDINALS = "first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|eleventh|twelfth"
_WORDS = {word: n for n, word in enumerate(f"{_ONES}|{_TEENS}".split("|"))}
_WORDS |= {word: 10 * n for n, word in enumerate(_TENS.split("|"), start=2)}
_WORDS |= {word: n for n, word in enumerate(_ORDINALS.split("|"), start=1)}
_SIZES = {"hundred": 100, "thousand": 1000, "dozen": 12}
_DIGITS = {numeral: n for n, numeral in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_PLACES = {"十": 10, "百": 100, "千": 1000}
_BOUNDS = {
    "at_least": r"at least|(?<!no )more than|over(?! (?:the|a|time|and)\b)|above|exceed\w*|pass(?:ed|es|ing)?"
    r"|beyond|no less than|beat\w*|top(?:s|ped|ping)?|\+|(?<!不)超过?|至少|逾|以上"
    r"|突破|过半|多亿|余亿|不低于|不少于",
    "at_most": r"at most|no more than|under(?! (?:the|an?)\b)|below|within(?! the\b)|up to|(?<!no )less than"
    r"|至多|不超过|不到|以内|不高于",
    "about": r"about|some(?! of\b)|around|roughly|nearly|approximately|close to|almost|大约|左右|(?<!最)近"
    r"|约(?=\s*[\d一二三四五六七八九十两])",
}
_MIRRORED = {"at_least": "at_most", "at_most": "at_least", "about": "about", "exact": "exact"}
_FALL = r"fall\w*|fell|down|declin\w*|loss\w*|lost|outflow|minus|negative|drop\w*|shrank|−"
_MONTH = "|".join(sorted(_MONTHS, key=len, reverse=True))
_DATES = re.compile(
    rf"""(?P<iso>\b\d{{4}}-\d\d-\d\d\b)
    |(?P<zh>\d{{4}}年(?:\d{{1,2}}月(?:\d{{1,2}}日)?)?)
    |\b(?P<d1>\d{{1,2}})\s+(?P<m1>{_MONTH})\.?\s+(?P<y1>\d{{4}})\b
    |\b(?P<m2>{_MONTH})\.?\s+(?P<d2>\d{{1,2}}),?\s+(?P<y2>\d{{4}})\b
    |\b(?P<d3>\d{{1,2}})\s+(?P<m3>{_MONTH})\b
    |\b(?P<m4>{_MONTH})\.?\s+(?P<y4>\d{{4}})\b
    |\b(?P<y5>(?:19|20)\d\d)\b(?![.,]?\d)""",
    re.IGNORECASE | re.VERBOSE,
)
_CODES = "RMB|USD|HKD|EUR|GBP|JPY|KRW"
_CURRENCIES = {code.lower(): code for code in _CODES.split("|")} | {"cny": "RMB", "us$": "USD", "hk$": "HKD"}
_CURRENCIES |= {
    "yuan": "RMB",
    "renminbi": "RMB",
    "dollar": "USD",
    "euro": "EUR",
    "pound": "GBP",
    "yen": "JPY",
}
_CURRENCIES |= {
    "元": "RMB",
    "人民币": "RMB",
    "美元": "USD",
    "港元": "HKD",
    "欧元": "EUR",
    "英镑": "GBP",
    "日元": "JPY",
}
_CURRENCIES |= {"¥": "RMB", "$": "USD", "€": "EUR", "£": "GBP", "韩元": "KRW"}
_SCALES = {"bn": 10**9, "billion": 10**9, "m": 10**6, "mn": 10**6, "million": 10**6, "tn": 10**12}
_SCALES |= {"trillion": 10**12, "thousand": 10**3, "亿": 10**8, "万亿": 10**12, "万": 10**4}
_BELOW_HUNDRED = rf"(?:(?:{_TENS})(?:[\s-]+(?:{_ORDINALS}|{_ONES}))?|{_TEENS}|{_ORDINALS}|{_ONES})"
_ILLION = r"(?=[\s-]+(?:thousand|(?:m|b|tr)illion)\b)"
_ENGLISH = (
    rf"\b(?:(?:(?:{_BELOW_HUNDRED}|an?)[\s-]+)?(?:hundred|thousand|dozen)"
    rf"(?:(?:\s+and)?[\s-]+(?:{_BELOW_HUNDRED}|hundred|thousand|dozen))*"
    rf"|{_BELOW_HUNDRED}(?:\s+point(?:\s+(?:{_ONES}))+|\s+and\s+a\s+half)?"
    rf"|an?{_ILLION}|half(?:[\s-]+an?)?{_ILLION})(?:\b|(?=fold))"
)
_CHINESE = r"[〇零一二两三四五六七八九十][〇零一二两三四五六七八九十百千]*(?:点[〇零一二三四五六七八九]+)?"
_SCALE = r"trillion|billion|million|thousand|bn|mn|tn|m\b|万亿|亿|万"
_NAMED = "yuan|renminbi|dollar|euro|pound|yen|元|人民币|美元|港元|欧元|英镑|日元|韩元"
_AFTER = rf"%|per\s?cent|percent|[x×]\b|times|fold|倍|成|{_NAMED}|{_CODES}"
_QUANTITY = re.compile(
    rf"""(?P<currency>{_CODES}|CNY|US\$|HK\$|人民币|[$¥€£])?\s*
    (?P<sign>[-−+])?(?P<number>\d[\d,]*(?:\.\d+)?|{_ENGLISH}|{_CHINESE})
    (?:st|nd|rd|th|多|余)?[\s-]*
    (?P<scale>{_SCALE})?\s*
    (?P<after>{_AFTER})?""",
    re.IGNORECASE | re.VERBOSE,
)
_SPAN = re.compile(r"[\s-]*(?P<noun>quarter|year|month|week|day|hour)s?\b|个?(?P<zh>季度|年|月|天|周)")
_PARTS = {"half": 2, "third": 3, "quarter": 4, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7}
_PARTS |= {"eighth": 8, "ninth": 9, "tenth": 10, "twentieth": 20, "hundredth": 100}
_COUNT = f"{_TEENS}|{_ONES}"
_SHARE = re.compile(
    # "the second half" and "the half-year" are periods, as "the June quarter" is.
    r"(?<!first )(?<!second )(?<!latter )(?<!former )(?<!last )(?<!next )(?<!this )(?<!either )"
    r"(?<!and a )\bhalf\b(?![\s-]+(?:years?|yearly|way|hearted|baked|finished|life|lives|time)\b)"
    r"(?![\s-]+(?:an?[\s-]+)?(?:thousand|(?:m|b|tr)illion)\b)"
    rf"|\b(?:{_COUNT})[\s-]+(?:thirds|fourths|fifths|sixths|sevenths|eighths|ninths|tenths)\b"
    # "A fifth of" is a share, "a fifth model" a place in a row.
    r"|\b(?:an?|one)[\s-]+(?:third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|twentieth|hundredth)\b"
    r"(?=[^\w\s-]|\s*$|\s+(?:of|less|more|lower|higher|cheaper|dearer|above|below|was|were|is|are|than|by|to"
    r"|in|and|or|as|on)\b)"
    rf"|\b(?:(?:an?|one)\s+quarter|(?:{_COUNT})[\s-]+quarters)(?=\s+of\s+(?:all|the|its|their|our|his|her)\b)"
    r"|\b(?:an?|one)\s+quarter(?=\s+(?:of|less|more|lower|higher|cheaper|dearer|above|below)\b)"
    r"|(?:(?<=than )|(?<=by )|(?<=about )|(?<=least ))a\s+quarter\b"
    rf"|\b(?:{_COUNT})\s+(?:in|out\s+of|in\s+every|of\s+every)\s+(?:{_COUNT})\b"
    r"|\d+\s*[/⁄]\s*\d+|\d+\s+out\s+of\s+\d+"
    rf"|(?:\d+|{_CHINESE}|百)分之(?:\d+(?:\.\d+)?|{_CHINESE}|百)|一半|半数|过半|减半",
    re.IGNORECASE,
)
_MULTIPLES = {"twice": 2, "thrice": 3, "doubl": 2, "tripl": 3, "trebl": 3, "quadrupl": 4, "quintupl": 5}
_MULTIPLE = re.compile(
    r"\b(?:twice|thrice|(?:doubl|tripl|trebl|quadrupl|quintupl|halv)(?:ed|ing))\b"
    # "Double" is a figure as a verb or before what is doubled, not in "double role" or "triple-digit growth".
    r"|(?:(?<=will )|(?<=would )|(?<=could )|(?<=can )|(?<=may )|(?<=must )|(?<=should )|(?<=to )|(?<=than )"
    r"|(?<=least )|(?<=about )|(?<=nearly )|(?<=almost ))(?:double|triple|treble|quadruple|quintuple|halve)\b"
    r"(?![\s-]+(?:check|count|book)\w*)"
    r"|\b(?:(?:double|triple|treble|quadruple|quintuple)s?(?=[.,;:!?]|\s*$)"
    r"|(?:double|triple|treble|quadruple|quintuple|halve)s?(?=\s+(?:the|its|their|his|her|our|this|that|those"
    r"|what|every|each|again|in|by|to|from|within|over|revenue|RMB|USD|\d)\b))"
    r"|翻了?[一两二三四五]?[番倍]",
    re.IGNORECASE,
)
_VAGUE = re.compile(
    r"\b(?:tens|dozens|hundreds|thousands|millions|billions|trillions)\b|[数几][十百千万亿]+", re.IGNORECASE
)
# What the rendered text is put into: a link's words between the first two, its target before the third.
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
    >>> import workbook as wb
    >>> from workbook.dossier import bundled
    >>> check_notebook(wb.open(), bundled("notebooks") / "06_evidence.ipynb")
    []
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
    >>> import workbook as wb
    >>> book = wb.open()
    >>> check_text(book, "Revenue will triple to 30 bn.")
    [('30', 'a number must be a link to the claim that carries it'),
     ('triple', 'a number in words must be a link to the claim that carries it')]
    """
    claims: dict[str, dict[str, Any]] = {
        row["id"]: {str(k): v for k, v in row.items()} for row in book.claims.to_dict("records")
    }
    published = book.sources.set_index("id")["published"]
    titles = book.roles if "roles" in book.tables else pd.DataFrame({"title": [], "claim": []})
    names = _names(book)
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
                slips.append((link["text"], f"there is no claim {evidence['claim']!r} in this dossier"))
            else:
                claim = claims[evidence["claim"]]
                dates = [claim[c] for c in ("event_date", "period_start", "period_end")]
                dates.append(published[claim["source"]])
                before = _LINK.sub(lambda m: m["text"], sentence[: link.start()])[-60:]
                said = _nameless(link["text"], names)
                slips += [(link["text"], rule) for rule in _link_slips(said, before, plain, claim, dates)]
                slips += list(_post_slips(link["text"], evidence["claim"], claim, titles))
            rest += " " if evidence else ""
        rest += sentence[position:]
        slips += list(_loose_slips(_nameless(rest, names), titles))
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
        told = {name: value or "" for name, value in attrs}
        if _BLOCKS.fullmatch(tag):
            self._end(tag)
        if tag == "a" and "href" in told:
            self._links.append(urllib.parse.unquote(told["href"]))
            self._block += _OPEN
        if tag in ("script", "style") or (tag == "code" and "class" not in told):
            self._open.append(tag)
        elif tag == "code":
            self._open.append("style")  # a fence that names its language is a program
        if tag == "ol" and told.get("start", "").isdigit() and int(told["start"]) > 9:
            self._block += told["start"] + " "  # a sentence that begins with a number
        if tag in ("td", "th", "br"):
            self._block += " "
        for name in ("alt", "title", "aria-label", "placeholder"):
            if told.get(name):
                # What a pointer or a reader's software says of a link stands outside of its words.
                self.blocks.append(told[name])

    def handle_endtag(self, tag: str) -> None:
        if tag == "a" and self._links:
            target = self._links.pop()
            begin = self._block.rfind(_OPEN)
            # An address shown as it is says nothing.
            said = self._block[begin + 1 :]
            shown = " " if said in (target, f"mailto:{target}") else f"{_OPEN}{said}{_TO}{target}{_CLOSE}"
            self._block = self._block[:begin] + shown if begin >= 0 else self._block
        if tag in ("code", "script", "style") and self._open:
            if self._open.pop() == "code" and any(
                m["currency"] or m["scale"] or m["after"] for m in _QUANTITY.finditer(self._code)
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
    rf"(?!(?i:{_SCALE}|{_AFTER}|{_MONTH}|quarter|year|month|week|day|point)s?\b)"
)


def _sentences(text: str) -> list[str]:
    """Render Markdown and split it at the end of a sentence, a paragraph, a row or a list item."""
    page = str(_render(re.sub(f"[{_OPEN}-{_CLOSE}]", " ", text)))
    inside = f"(?![^{_OPEN}]*{_TO})"
    sentences = [
        sentence
        for block in _Page(page).blocks
        for sentence in re.split(rf"(?<=[.!?;])\s+{inside}|(?<=[。！？；]){inside}", _one_writing(block))
    ]
    return [sentence for sentence in sentences if sentence.strip()]


def _one_writing(text: str) -> str:
    """Write full-width digits, ½ and the like, and years in Chinese numerals in one way."""
    text = re.sub(r"[^\W_]|[％＋－．￥＄]", lambda m: unicodedata.normalize("NFKC", m[0]), text)
    return re.sub(
        r"[〇零一二三四五六七八九]{4}年(?:[一二三四五六七八九十]+月(?:[一二三四五六七八九十]+日)?)?",
        lambda m: re.sub(_CHINESE, lambda n: str(_read(n[0])), m[0]),
        text,
    )


# Figures ------------------------------------------------------------------------------------------


class _Figure(NamedTuple):
    """A figure as it stands in a text."""

    words: str
    number: Decimal
    step: Decimal
    """What the last printed place counts."""
    kind: str
    """A "quantity", a "share" of one, or a "multiple"."""
    plain: bool
    """Whether it is a figure wherever it stands; "two" is one only where something is counted."""
    match: re.Match[str]


def _read(words: str) -> Decimal:
    """Read a number written in digits, English words or Chinese numerals.

    Examples
    --------
    >>> _read("48,437"), _read("two hundred and five"), _read("two and a half"), _read("三百八十")
    (Decimal('48437'), Decimal('205'), Decimal('2.5'), Decimal('380'))
    """
    if words[0].isdecimal():
        return Decimal(words.replace(",", ""))
    if words[0] in _DIGITS or words[0] in _PLACES:
        whole, _, part = words.partition("点")
        if len(whole) > 1 and not set(whole) & set(_PLACES):  # a year
            return Decimal("".join(str(_DIGITS[c]) for c in whole))
        total = digit = 0
        for c in whole:
            if c in _PLACES:
                total, digit = total + (digit or 1) * _PLACES[c], 0
            else:
                digit = _DIGITS[c]
        return Decimal(f"{total + digit}.{''.join(str(_DIGITS[c]) for c in part)}" if part else total + digit)
    total = current = 0
    first, _, part = words.lower().partition("point")
    for word in re.findall(r"[a-z]+", first.replace("and a half", "")):
        if word == "thousand":
            total, current = total + (current or 1) * 1000, 0
        elif word in _SIZES:
            current = (current or 1) * _SIZES[word]
        else:
            current += _WORDS.get(word, 0)
    whole_number = Decimal(total + current)
    if "half" in words.lower():
        return whole_number + Decimal("0.5")
    if part:
        return whole_number + Decimal("." + "".join(str(_WORDS[word]) for word in part.split()))
    return whole_number or Decimal(first.split("-")[0].strip() != "zero")


def _figures(text: str) -> list[_Figure]:
    """Read every figure of a text, in the order in which they stand."""
    found = []
    for pattern, kind, read in ((_SHARE, "share", _share), (_MULTIPLE, "multiple", _multiple)):
        for m in pattern.finditer(text):
            number = read(m[0].lower())
            found.append(_Figure(m[0], number, Decimal("0.01" if kind == "share" else "0.1"), kind, True, m))
        text = pattern.sub(lambda m: "\ue003" * len(m[0]), text)
    for m in _QUANTITY.finditer(text):
        number = _read(m["number"])
        step = Decimal(1).scaleb(min(int(number.as_tuple().exponent), 0))
        if m["number"][0].isdecimal():
            step = Decimal(1).scaleb(int(Decimal(m["number"].replace(",", "")).as_tuple().exponent))
        found.append(_Figure(m[0].strip(), number, step, "quantity", _is_plain(m, number), m))
    return sorted(found, key=lambda figure: figure.match.start())


def _is_plain(match: re.Match[str], number: Decimal) -> bool:
    words, after = match["number"].lower(), match.string[match.end() :]
    if words[0].isdecimal():
        return True
    if (match["scale"] or "").lower() == "million" and number == 1 and not match["currency"]:
        # "A million tokens" is what a price is for.
        return not re.match(r"\s*tokens?\b(?!\s+(?:a|per|each|every)\b)", after)
    if match["currency"] or match["scale"] or match["after"] or "dozen" in words:
        return True
    counted = re.match(
        rf"{_SPAN.pattern}|[\s-]*(?:(?:percentage\s+|basis\s+)?point|hour|token)|个百分点", after
    )
    if counted and number > 1 and not re.search(rf"\b(?:{_ORDINALS})$", words):
        # "The second quarter", 三季度 and 三月 are periods.
        return counted["zh"] not in ("季度", "月") or counted[0].startswith("个")
    return number > 12 or match.string[: match.start("number")].endswith("factor of ")


def _share(words: str) -> Decimal:
    if "分之" in words:
        whole, part = words.split("分之")
        return _read(part) / (_read(whole) or 1)
    numbers = re.findall(r"\d+", words)
    if numbers:
        return Decimal(numbers[0]) / (Decimal(numbers[1]) or 1)
    parts = re.findall(r"[a-z]+", words)
    if len(parts) < 2:
        return Decimal("0.5")
    part = parts[-1].rstrip("s")
    return _read(parts[0]) / (Decimal(_PARTS[part]) if part in _PARTS else _read(parts[-1]) or 1)


def _multiple(words: str) -> Decimal:
    if words.startswith("halv"):
        return Decimal("0.5")
    if words[0] == "翻":
        return Decimal(2) ** next((_DIGITS[c] for c in words if c in _DIGITS), 1)
    return Decimal(next(n for stem, n in _MULTIPLES.items() if words.startswith(stem)))


# Inside links -------------------------------------------------------------------------------------


def _link_slips(
    text: str, before: str, sentence: str, claim: dict[str, Any], dates: list[Any]
) -> Iterator[str]:
    known = [d.date() for d in dates if not pd.isna(d)]
    quantities = _DATES.sub(" ", text)
    for found in _DATES.finditer(text):
        wanted = _read_date(found)
        if not any(all(getattr(d, part) == n for part, n in wanted.items()) for d in known):
            shown = ", ".join(d.isoformat() for d in sorted(set(known))) or "none"
            yield f"the date {found.group().strip()!r} is none of the claim's dates ({shown})"
    counted = str(claim["unit"]) in _COUNTED
    figures = [f for f in _figures(quantities) if f.plain or counted]
    figures = [f for f in figures if not _also_said(f, claim)]
    if not figures:
        return
    if pd.isna(claim["value"]):
        yield "the claim carries no figure"
        return
    if claim["bound"] == "between":
        ends = [claim | {"value": claim[end], "bound": "exact"} for end in ("value", "value_high")]
        for end in ends:
            if not any(_figure_slip(figure, False, end) is None for figure in figures):
                yield f"the claim is a range: name both ends, {end['value']:g} {end['unit']} is not there"
        return
    fell = claim["value"] < 0 and re.search(_word(_FALL), sentence, re.IGNORECASE)
    unsigned = any(f.kind != "quantity" or not f.match["sign"] for f in figures)
    yield from [slip for f in figures if (slip := _figure_slip(f, bool(fell), claim))][:1]
    # A loss told without its sign turns the bound round.
    bound = _MIRRORED[claim["bound"]] if fell and unsigned else claim["bound"]
    if bound != "exact" and not re.search(_word(_BOUNDS[bound]), f"{before} {text}", re.IGNORECASE):
        wording = {
            "at_least": "at least / more than / above",
            "at_most": "at most / under",
            "about": "about / some",
        }
        yield f"the claim is a bound ({claim['bound']}): say {wording[bound]} in or before the link"
    for word in ("at_least", "at_most"):
        if bound == "exact" and re.search(_word(_BOUNDS[word]), text, re.IGNORECASE):
            yield "the claim is exact, the link words it as a bound"


def _word(alternatives: str) -> str:
    return rf"(?<![a-z])(?:{alternatives})(?![a-z])"


_COUNTED = ("quarters", "rank", "x", "years", "months", "units")
"""Units in which a claim counts something, so that a small number in words is one too."""


def _also_said(figure: _Figure, claim: dict[str, Any]) -> bool:
    """Whether a span of time, a share or a multiple beside the claim's own figure is in its statement."""
    unit, statement = str(claim["unit"]), str(claim["statement"])
    if figure.kind != "quantity":
        return unit not in ("%", "x") and figure.words.lower() in statement.lower()
    span = _SPAN.match(figure.match.string, figure.match.end())
    if not span or figure.match["scale"] or figure.match["after"] or unit in _COUNTED:
        return False
    said = [
        (other.number, (_SPAN.match(statement, other.match.end()) or {"noun": ""})["noun"])
        for other in _figures(statement)
        if other.kind == "quantity"
    ]
    return (figure.number, span["noun"]) in said


def _read_date(found: re.Match[str]) -> dict[str, int]:
    if found["iso"]:
        day = dt.date.fromisoformat(found["iso"])
        return {"year": day.year, "month": day.month, "day": day.day}
    if found["zh"]:
        return dict(zip(("year", "month", "day"), map(int, re.findall(r"\d+", found["zh"])), strict=False))
    for n in ["1", "2", "3", "4", "5"]:
        groups = {part: found.groupdict().get(f"{part[0]}{n}") for part in ("year", "month", "day")}
        if any(groups.values()):
            return {
                part: _MONTHS[value.lower()] if part == "month" else int(value)
                for part, value in groups.items()
                if value
            }
    raise AssertionError(found.group())


def _figure_slip(figure: _Figure, fell: bool, claim: dict[str, Any]) -> str | None:
    unit, value, bound = str(claim["unit"]), Decimal(repr(float(claim["value"]))), str(claim["bound"])
    shown = f"{claim['value']:g} {unit}"
    number, step = figure.number, figure.step
    if figure.kind != "quantity":
        if unit not in ("%", "x"):
            return f"unit differs: the claim says {shown}"
        if figure.kind == "multiple" and unit == "%":  # doubled is up by 100%
            number -= 1
        if figure.kind == "multiple" and bound in ("at_least", "at_most"):
            step = Decimal(1)
        percent = 100 if unit == "%" else 1
        number, step, sign = number * percent, step * percent, None
    else:
        match = figure.match
        after = (match["after"] or "").lower().replace(" ", "")
        scale = _SCALES.get((match["scale"] or "").lower())
        currency = _CURRENCIES.get((match["currency"] or "").lower()) or _CURRENCIES.get(after)
        if currency and currency != _CURRENCIES.get(unit.split()[0].lower(), unit.split()[0]):
            return f"the claim is in {unit}, not {currency}"
        own = {"m": 10**6, "bn": 10**9, "million": 10**6, "trillion": 10**12, "billion": 10**9}
        own_scale = next((own[word] for word in re.split(r"[ /]", unit) if word in own), None)
        if own_scale and not unit.endswith("1M tokens"):
            if not scale:
                return f"give the scale: the claim says {shown}"
            number, step = number * scale / own_scale, step * scale / own_scale
        elif scale:
            number, step = number * scale, step * scale
        if (after in ("%", "percent", "成")) != (unit == "%"):
            return f"unit differs: the claim says {shown}"
        if after == "成":
            number, step = number * 10, step * 10
        if after == "倍" and re.search(r"(?:增长|增加|上涨|上升|提高|多)了?$", match.string[: match.start()]):
            number += 1
        sign = match["sign"]
    if sign in ("-", "−") or (fell and not sign):
        number = -number
    off = value - number
    if {"at_least": 0 <= off < step, "at_most": -step < off <= 0}.get(bound, abs(off) <= step / 2):
        return None
    if abs(off) < step and bound in _MIRRORED and abs(off) <= step / 2:
        return f"rounded past the bound ({bound}): the claim says {shown}"
    return f"figure differs: the claim says {shown}"


def _post_slips(
    text: str, claim_id: str, claim: dict[str, Any], roles: pd.DataFrame
) -> Iterator[tuple[str, str]]:
    for title, group in roles.groupby("title"):
        if text.strip().lower() == str(title).lower():
            said = str(title).lower() in str(claim["statement"]).lower()
            if claim_id not in set(group["claim"]) and not said:
                yield text, f"claim {claim_id!r} does not speak of this post"


# Outside links ------------------------------------------------------------------------------------


def _names(book: Dossier) -> list[str]:
    """Proper names with digits in them, the longest first: they are no figures."""
    names = set(book.claims["subject"])
    if "models" in book.tables:
        names |= set(book.models["name"]) | set(book.models["family"])
    if "prices" in book.tables:
        names |= set(book.prices["model"])
    return sorted((n for n in names if re.search(r"\d", n)), key=len, reverse=True)


def _nameless(text: str, names: list[str]) -> str:
    for name in names:
        text = re.sub(re.escape(name), " ", text, flags=re.IGNORECASE)
    return text


def _loose_slips(text: str, roles: pd.DataFrame) -> Iterator[tuple[str, str]]:
    text = re.sub(r"\b\d\d_[a-z]\w*(?:\.ipynb\b)?", " ", text)
    for found in re.finditer(r"\d[\d.,]*\d|\d", text):
        yield found.group(), "a number must be a link to the claim that carries it"
    words = [f.words for f in _figures(text) if f.plain and not re.search(r"\d", f.words)]
    for said in [*words, *(m[0] for m in _VAGUE.finditer(text))]:
        yield said, "a number in words must be a link to the claim that carries it"
    for title in sorted({str(t) for t in roles["title"] if " " in str(t)}):
        if re.search(rf"\b{re.escape(title)}\b", text, re.IGNORECASE):
            yield title, "a post must be a link to the claim that names it"
