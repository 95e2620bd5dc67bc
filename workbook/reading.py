"""Read the figures, dates and bounds of a text, English or Chinese, and hold them to a claim.

`prose` reads the text of notebooks with it, `review` the statements of the claims themselves.

How a figure may be rounded: what is printed must follow from the claim. An exact figure, or one that is
"about", is rounded to the nearest at the printed precision. A floor (at_least) is rounded down and a ceiling
(at_most) up, by the sign of the value: at least 15.96 is "at least 15.9" or "at least 15", never "at least
16". Where a loss is written without its minus sign, bound and rounding change sides: at most -13.86 is "a
loss of at least 13.8", at least -13.86 "a loss of at most 13.9".
"""

from __future__ import annotations

import calendar
import datetime as dt
import re
import unicodedata
from decimal import Decimal
from typing import Any, NamedTuple

from workbook.dossier import Dossier

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
BOUNDS = {
    "at_least": r"at least|(?<!no )(?:more|faster|higher|greater|larger|better|longer) than"
    r"|or more|over(?! (?:the|a|time|and)\b)|above|exceed\w*|pass(?:ed|es|ing)?|beyond|no less than|beat\w*"
    r"|top(?:s|ped|ping)?|\+|(?<!不)超过?|至少|逾|以上|突破|过半|多亿|余亿|不低于|不少于",
    "at_most": r"at most|no more than|or less|under(?! (?:the|an?)\b)|below|within(?! the\b)|up to"
    r"|(?<!no )less than|至多|不超过|不到|以内|不高于",
    "about": r"about|some(?! of\b)|around|roughly|near(?:ly|er)?|approximately|close to|approach\w*|almost"
    r"|大约|左右|(?<!最)近|约(?=\s*[-−\d一二三四五六七八九十两])",
}
MIRRORED = {"at_least": "at_most", "at_most": "at_least", "about": "about", "exact": "exact"}
FALL = (
    r"fall\w*|fell|down|declin\w*|loss\w*|lost|outflow|minus|negative|drop\w*|shrank|−"
    r"|亏|降|下滑|减少|缩减|流出|为负|负增长|跌"
)
MONTH = "|".join(sorted(_MONTHS, key=len, reverse=True))
DATES = re.compile(
    rf"""(?P<iso>\b\d{{4}}-\d\d-\d\d\b)
    |(?P<zh>\d{{4}}年(?:\d{{1,2}}月(?:\d{{1,2}}日)?)?)
    |\b(?P<d1>\d{{1,2}})\s+(?P<m1>{MONTH})\.?\s+(?P<y1>\d{{4}})\b
    |\b(?P<m2>{MONTH})\.?\s+(?P<d2>\d{{1,2}}),?\s+(?P<y2>\d{{4}})\b
    |\b(?P<d3>\d{{1,2}})\s+(?P<m3>{MONTH})\b
    |\b(?P<m4>{MONTH})\.?\s+(?P<y4>\d{{4}})\b
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
CHINESE = r"[〇零一二两三四五六七八九十][〇零一二两三四五六七八九十百千]*(?:点[〇零一二三四五六七八九]+)?"
SCALE = r"trillion|billion|million|thousand|bn|mn|tn|m\b|万亿|亿|万"
_NAMED = "yuan|renminbi|dollar|euro|pound|yen|元|人民币|美元|港元|欧元|英镑|日元|韩元"
AFTER = rf"%|per\s?cent|percent|[x×]\b|times|fold|倍|成|{_NAMED}|{_CODES}"
QUANTITY = re.compile(
    rf"""(?P<currency>{_CODES}|CNY|US\$|HK\$|人民币|[$¥€£])?\s*
    (?P<sign>[-−+])?(?P<number>\d[\d,]*(?:\.\d+)?|{_ENGLISH}|{CHINESE})
    (?:st|nd|rd|th|多|余)?[\s-]*
    (?P<scale>{SCALE})?\s*
    (?P<after>{AFTER})?""",
    re.IGNORECASE | re.VERBOSE,
)
SPAN = re.compile(r"[\s-]*(?P<noun>quarter|year|month|week|day|hour)s?\b|个?(?P<zh>季度|年|月|天|周)")
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
    rf"|(?:\d+|{CHINESE}|[百千])分之(?:\d+(?:\.\d+)?|{CHINESE}|百)|一半|半数|过半|减半",
    re.IGNORECASE,
)
_MULTIPLES = {"twice": 2, "thrice": 3, "doubl": 2, "tripl": 3, "trebl": 3, "quadrupl": 4, "quintupl": 5}
_MULTIPLE = re.compile(
    r"\b(?:twice|thrice|(?:doubl|tripl|trebl|quadrupl|quintupl|halv)(?:ed|ing))\b"
    # "Double" is a figure as a verb or before what is doubled, not in "double role" or "triple-digit growth".
    r"|(?:(?<=will )|(?<=would )|(?<=could )|(?<=can )|(?<=may )|(?<=must )|(?<=should )|(?<=to )|(?<=than )"
    r"|(?<=least )|(?<=about )|(?<=nearly )|(?<=almost ))"
    r"(?:double|triple|treble|quadruple|quintuple|halve)s?\b"
    r"(?![\s-]+(?:check|count|book)\w*)"
    r"|\b(?:(?:double|triple|treble|quadruple|quintuple)s?(?=[.,;:!?]|\s*$)"
    r"|(?:double|triple|treble|quadruple|quintuple|halve)s?(?=\s+(?:the|its|their|his|her|our|this|that|those"
    r"|what|every|each|again|in|by|to|from|within|over|revenue|RMB|USD|\d)\b))"
    r"|翻了?[一两二三四五]?[番倍]",
    re.IGNORECASE,
)
VAGUE = re.compile(
    r"\b(?:tens|dozens|hundreds|thousands|millions|billions|trillions)\b"
    r"|\b(?:few|several|couple of|multi)[\s-]*(?:hundred|thousand|(?:m|b|tr)illion)\b|[数几][十百千万亿]+"
    # 百亿元 and 上千万美元 are amounts without a digit; 万一 is none.
    rf"|(?<![\d〇零一二两三四五六七八九十百千万亿数几多余半.,])(?:[十百千]+(?:万亿|亿|万)|万亿)(?:{_NAMED}|级)|半个?[万亿]",
    re.IGNORECASE,
)


def one_writing(text: str) -> str:
    """Write full-width digits, ½ and the like, and years in Chinese numerals in one way."""
    text = re.sub(r"[^\W_]|[％＋－．￥＄]", lambda m: unicodedata.normalize("NFKC", m[0]), text)
    return re.sub(
        r"[〇零一二三四五六七八九]{4}年(?:[一二三四五六七八九十]+月(?:[一二三四五六七八九十]+日)?)?",
        lambda m: re.sub(CHINESE, lambda n: str(read_number(n[0])), m[0]),
        text,
    )


# Figures ------------------------------------------------------------------------------------------


class Figure(NamedTuple):
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


def read_number(words: str) -> Decimal:
    """Read a number written in digits, English words or Chinese numerals.

    Examples
    --------
    >>> [str(read_number(words)) for words in ("48,437", "two and a half", "三百八十")]
    ['48437', '2.5', '380']
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


def figures_in(text: str) -> list[Figure]:
    """Read every figure of a text, in the order in which they stand."""
    found = []
    for pattern, kind, read in ((_SHARE, "share", _share), (_MULTIPLE, "multiple", _multiple)):
        for m in pattern.finditer(text):
            number = read(m[0].lower())
            found.append(Figure(m[0], number, Decimal("0.01" if kind == "share" else "0.1"), kind, True, m))
        text = pattern.sub(lambda m: "\ue003" * len(m[0]), text)
    for m in QUANTITY.finditer(text):
        number = read_number(m["number"])
        step = Decimal(1).scaleb(min(int(number.as_tuple().exponent), 0))
        if m["number"][0].isdecimal():
            step = Decimal(1).scaleb(int(Decimal(m["number"].replace(",", "")).as_tuple().exponent))
        found.append(Figure(m[0].strip(), number, step, "quantity", _is_plain(m, number), m))
    return sorted(found, key=lambda figure: figure.match.start())


_RANGE = re.compile(
    r"(?P<low>\d[\d,.]*)\s*(?P<to>to|and|–|—|-|至|到|和)\s*(?P<more>[A-Z$¥€£]*\s*)(?P<high>\d[\d,.]*)"
    r"(?P<unit>\s*(?:trillion|billion|million|bn|mn|m\b|万亿|亿|万)?\s*(?:%|per\s?cent|percent|美元|元)?)"
)


def both_ends(text: str) -> str:
    """Write the unit that two ends of a range share at each of them.

    Examples
    --------
    >>> both_ends("USD 10 to 12 bn"), both_ends("45%–47%"), both_ends("100至120亿美元")
    ('USD 10 bn to 12 bn', '45%–47%', '100亿美元 至 120亿美元')
    """
    return _RANGE.sub(r"\g<low>\g<unit> \g<to> \g<more>\g<high>\g<unit>", text)


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
        rf"{SPAN.pattern}|[\s-]*(?:(?:percentage\s+|basis\s+)?point|hour|token)|个百分点", after
    )
    if counted and number > 1 and not re.search(rf"\b(?:{_ORDINALS})$", words):
        # "The second quarter", 三季度 and 三月 are periods.
        return counted["zh"] not in ("季度", "月") or counted[0].startswith("个")
    return number > 12 or match.string[: match.start("number")].endswith("factor of ")


def _share(words: str) -> Decimal:
    if "分之" in words:
        whole, part = words.split("分之")
        return read_number(part) / (read_number(whole) or 1)
    numbers = re.findall(r"\d+", words)
    if numbers:
        return Decimal(numbers[0]) / (Decimal(numbers[1]) or 1)
    parts = re.findall(r"[a-z]+", words)
    if len(parts) < 2:
        return Decimal("0.5")
    part = parts[-1].rstrip("s")
    return read_number(parts[0]) / (Decimal(_PARTS[part]) if part in _PARTS else read_number(parts[-1]) or 1)


def _multiple(words: str) -> Decimal:
    if words.startswith("halv"):
        return Decimal("0.5")
    if words[0] == "翻":
        return Decimal(2) ** next((_DIGITS[c] for c in words if c in _DIGITS), 1)
    return Decimal(next(n for stem, n in _MULTIPLES.items() if words.startswith(stem)))


# Against a claim ----------------------------------------------------------------------------------


def whole_word(alternatives: str) -> str:
    """Return the pattern of words such as those of `BOUNDS` that stand by themselves."""
    # A Chinese word may follow a Latin one without a space: ARR超过160亿元.
    return rf"(?:(?<![a-z])(?:{alternatives})(?![a-z])|(?=[^\x00-\x7f])(?:{alternatives}))"


COUNTED = ("quarters", "rank", "x", "years", "months", "units")
"""Units in which a claim counts something, so that a small number in words is one too."""


def date_parts(found: re.Match[str]) -> dict[str, int]:
    """Read a match of `DATES`: year, month and day, as far as they are given.

    Examples
    --------
    >>> date_parts(DATES.search("in August 2026"))
    {'year': 2026, 'month': 8}
    """
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


def figure_slip(figure: Figure, fell: bool, claim: dict[str, Any]) -> str | None:
    """Say what is wrong with a figure that is to stand for a claim's value; None where it may.

    Parameters
    ----------
    fell
        Whether the text tells a negative value without its sign, as a loss or a fall.
    claim
        Its `value`, `unit` and `bound`.

    Examples
    --------
    >>> claim = {"value": 48437, "unit": "RMB m", "bound": "exact"}
    >>> [figure_slip(figure, False, claim) for figure in figures_in("RMB 48.4 bn, 484.37亿元, RMB 48.9 bn")]
    [None, None, 'figure differs: the claim says 48437 RMB m']
    """
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
        if after == "倍" and re.search(
            r"(?:增长|增加|上涨|上升|提高|多)了?(?:约|近|逾|超过?|至少)?$", match.string[: match.start()]
        ):
            number += 1
        sign = match["sign"]
    if sign in ("-", "−") or (fell and not sign):
        number = -number
    off = value - number
    if {"at_least": 0 <= off < step, "at_most": -step < off <= 0}.get(bound, abs(off) <= step / 2):
        return None
    if abs(off) < step and bound in MIRRORED and abs(off) <= step / 2:
        return f"rounded past the bound ({bound}): the claim says {shown}"
    return f"figure differs: the claim says {shown}"


# Names --------------------------------------------------------------------------------------------


def names_with_digits(book: Dossier) -> re.Pattern[str]:
    """Return the pattern of the dossier's proper names with digits in them: they are no figures."""
    names = set(book.claims["subject"])
    for table, columns in {"models": ("name", "family"), "prices": ("model",)}.items():
        if table in book.tables:
            frame = getattr(book, table)
            names |= {name for column in columns if column in frame for name in frame[column].dropna()}
    # The longest first, so that no name is left over from another; a pattern of nothing matches nowhere.
    numbered = sorted((n for n in names if re.search(r"\d", n)), key=len, reverse=True)
    return re.compile("|".join(map(re.escape, numbered)) or "(?!)", re.IGNORECASE)
