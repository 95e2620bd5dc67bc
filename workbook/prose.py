"""Check that prose cannot lie: every figure, date and post in a notebook's text is linked to its claim.

A link such as `[at least RMB 30 bn](06_evidence.ipynb#arr-guided-december-2026)` is read as a statement
about that claim. Its figures must equal the claim's value after unit and rounding ("RMB 48.4 bn" stands
for 48,437 RMB m, "RMB 48.9 bn" does not), its dates must be the claim's or its document's, and a bound
must keep its word. A number, or the title of a post, outside such a link is a slip.
"""

from __future__ import annotations

import calendar
import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

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
_CARDINALS: tuple[str, ...] = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_CARDINALS += ("eleven", "twelve")
_ORDINALS: tuple[str, ...] = (
    "first",
    "second",
    "third",
    "fourth",
    "fifth",
    "sixth",
    "seventh",
    "eighth",
    "ninth",
    "tenth",
)
_ORDINALS += ("eleventh", "twelfth")
_WORDS = {word: n for words in (_CARDINALS, _ORDINALS) for n, word in enumerate(words, start=1)}
_BOUNDS = {
    "at_least": r"at least|more than|over|above|exceed\w*|pass(?:ed|es|ing)?|beyond|no less than|beat\w*"
    r"|topp?\w*|\+|超过|超|至少|逾|以上|突破",
    "at_most": r"at most|no more than|under|below|within|up to|less than|至多|不超过|不到|以内",
    "about": r"about|some|around|roughly|nearly|approximately|close to|almost|约|左右|近",
}
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
_CURRENCIES = {"rmb": "RMB", "yuan": "RMB", "cny": "RMB", "元": "RMB", "us$": "USD", "usd": "USD", "$": "USD"}
_CURRENCIES |= {"美元": "USD", "hk$": "HKD", "hkd": "HKD", "港元": "HKD", "¥": "RMB"}
_SCALES = {"bn": 10**9, "billion": 10**9, "m": 10**6, "mn": 10**6, "million": 10**6, "tn": 10**12}
_SCALES |= {"trillion": 10**12, "亿": 10**8, "万亿": 10**12, "万": 10**4}
_QUANTITY = re.compile(
    rf"""(?P<currency>RMB|CNY|US\$|HK\$|USD|HKD|\$|¥)?\s*
    (?P<sign>[-−+])?(?P<number>\d[\d,]*(?:\.\d+)?|\b(?:{"|".join(_WORDS)})\b)
    (?:st|nd|rd|th)?[\s-]*
    (?P<scale>trillion|billion|million|bn|mn|tn|m\b|万亿|亿|万)?\s*
    (?P<after>%|per\s?cent|percent|[x×]\b|times|fold|yuan|元|美元|港元|RMB|USD)?""",
    re.IGNORECASE | re.VERBOSE,
)
_LINK = re.compile(r"\[(?P<text>[^\]]+)\]\((?P<target>[^)\s]*)\)")
_EVIDENCE = re.compile(r"(?:[^#]*evidence\.ipynb)?#(?P<claim>[a-z0-9][a-z0-9-]*)")
_COUNTED = re.compile(
    rf"\b(?:{'|'.join(_CARDINALS[1:])})[\s-]+(?:quarter|year|month|week|day|bn|billion|million|trillion|per\s?cent"
    r"|percent|times|fold|point)\w*|\b(?:twice|thrice|doubled|tripled|halved|twofold|threefold|tenfold)\b",
    re.IGNORECASE,
)


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
    [('30', 'a number must be a link to the claim that carries it')]
    """
    claims: dict[str, dict[str, Any]] = {
        row["id"]: {str(k): v for k, v in row.items()} for row in book.claims.to_dict("records")
    }
    published = book.sources.set_index("id")["published"]
    titles = book.roles if "roles" in book.tables else pd.DataFrame({"title": [], "claim": []})
    names = _names(book)
    slips: list[tuple[str, str]] = []
    for sentence in _sentences(_without_code(text)):
        rest, position = "", 0
        plain = _LINK.sub(lambda m: m["text"], sentence)
        for link in _LINK.finditer(sentence):
            rest += sentence[position : link.start()]
            position = link.end()
            evidence = _EVIDENCE.fullmatch(link["target"])
            if not evidence:
                rest += link["text"] if not re.search(r"\.ipynb|\.csv|\.md", link["target"]) else " "
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


def _without_code(text: str) -> str:
    text = re.sub(r"```.*?```|~~~.*?~~~", " ", text, flags=re.DOTALL)
    text = re.sub(r"<!--.*?-->", " ", text, flags=re.DOTALL)
    text = re.sub(r"`[^`]*`", " ", text)
    text = re.sub(r"^(#+\s*)\d+(?:\.\d+)*\.?\s", r"\1", text, flags=re.MULTILINE)  # section numbers
    return re.sub(r"^\s*\d+\.\s", " ", text, flags=re.MULTILINE)  # list numbers


def _sentences(text: str) -> list[str]:
    """Split at the end of a sentence, a paragraph or a list item, never inside a link."""
    parts = re.split(r"(?<=[.!?。！？;；])\s+(?![^\[]*\]\()|\n\s*\n|\n(?=\s*[-*|#])", text)
    return [part.replace("\n", " ") for part in parts if part.strip()]


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
    matches = [m for m in _QUANTITY.finditer(quantities) if m["number"][0].isdigit() or _counts(m, claim)]
    if not matches:
        return
    if pd.isna(claim["value"]):
        if any(m["number"][0].isdigit() for m in matches):
            yield "the claim carries no figure"
        return
    yield from [slip for m in matches if (slip := _quantity_slip(m, sentence, claim))][:1]
    if claim["bound"] != "exact" and not re.search(
        _word(_BOUNDS[claim["bound"]]), f"{before} {text}", re.IGNORECASE
    ):
        wording = {
            "at_least": "at least / more than / above",
            "at_most": "at most / under",
            "about": "about / some",
        }
        yield f"the claim is a bound ({claim['bound']}): say {wording[claim['bound']]} in or before the link"
    for bound in ("at_least", "at_most"):
        if claim["bound"] == "exact" and re.search(_word(_BOUNDS[bound]), text, re.IGNORECASE):
            yield "the claim is exact, the link words it as a bound"


def _word(alternatives: str) -> str:
    return rf"(?<![a-z])(?:{alternatives})(?![a-z])"


def _counts(match: re.Match[str], claim: dict[str, Any]) -> bool:
    """Read a number word as a number only where the claim counts something."""
    return not pd.isna(claim["value"]) and str(claim["unit"]) in (
        "quarters",
        "rank",
        "x",
        "years",
        "months",
        "units",
    )


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


def _quantity_slip(match: re.Match[str], sentence: str, claim: dict[str, Any]) -> str | None:
    unit, value = str(claim["unit"]), Decimal(repr(float(claim["value"])))
    shown = f"{claim['value']:g} {unit}"
    digits = match["number"].replace(",", "")
    number = Decimal(_WORDS[digits.lower()]) if digits.lower() in _WORDS else Decimal(digits)
    places = -Decimal(digits).as_tuple().exponent if digits[0].isdigit() else 0  # type: ignore[operator]
    step = Decimal(1).scaleb(-places)
    after = (match["after"] or "").lower().replace(" ", "")
    currency = _CURRENCIES.get((match["currency"] or "").lower()) or _CURRENCIES.get(after)
    scale = _SCALES.get((match["scale"] or "").lower())
    if currency and not unit.startswith(currency):
        return f"the claim is in {unit}, not {currency}"
    own = {"m": 10**6, "bn": 10**9, "million": 10**6, "trillion": 10**12, "billion": 10**9}
    own_scale = next((own[word] for word in re.split(r"[ /]", unit) if word in own), None)
    if own_scale and not unit.endswith("1M tokens"):
        if not scale:
            return f"give the scale: the claim says {shown}"
        number, step = number * scale / own_scale, step * scale / own_scale
    elif scale:
        number, step = number * scale, step * scale
    if (after in ("%", "percent")) != (unit == "%"):
        return f"unit differs: the claim says {shown}"
    if match["sign"] in ("-", "−"):
        number = -number
    elif value < 0 and re.search(_word(_FALL), sentence, re.IGNORECASE):
        value = -value
    if abs(value - number) > step / 2:
        return f"figure differs: the claim says {shown}"
    return None


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
    text = re.sub(r"\b\d\d_\w+\.ipynb\b", " ", text)
    for found in re.finditer(r"\d[\d.,]*\d|\d", text):
        yield found.group(), "a number must be a link to the claim that carries it"
    for found in _COUNTED.finditer(text):
        yield found.group(), "a number in words must be a link to the claim that carries it"
    for title in sorted({str(t) for t in roles["title"] if " " in str(t)}):
        if re.search(rf"\b{re.escape(title)}\b", text, re.IGNORECASE):
            yield title, "a post must be a link to the claim that names it"
