"""Break a text into lines of a chart, in English and in Chinese; Vega does not."""

from __future__ import annotations

import re
import textwrap
import unicodedata

__all__ = ["wrap"]

_ATOMS = re.compile(
    # An amount with its unit or a Latin word is never broken; no line begins with a closing mark or ends with
    # an opening one.
    r"[（“《]*(?:[\w.+,'’–−-]*[\d](?:[\d.,]*\d)?(?:万亿|亿|万)?(?:美元|港元|元|%|倍|个月|个季度|年|月|日)?"
    r"|[A-Za-z][A-Za-z.+'’–-]*|\s|.)[，。；：、）”》？！,.;:%)]*",
    re.ASCII | re.DOTALL,
)
_MONTHS = "Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec"
_AMOUNT_SPACES = re.compile(
    rf"(?<=\b[A-Z]{{3}}) (?=-?\d)|(?<=\d) (?=(?:m|bn|{_MONTHS})\b)|(?<=\b(?:{_MONTHS})) (?=\d{{4}}\b)"
)


def wrap(text: str, pixels: float, size: float = 12) -> list[str]:
    """Break a text into lines that fit a width; Vega does not wrap.

    A Chinese character is counted as two Latin ones. Chinese lines are made about equally long, so that no
    character is left alone on the last.

    Parameters
    ----------
    text
        The text, on one line.
    pixels
        Width of a line.
    size
        Height of the letters in pixels.

    Examples
    --------
    >>> wrap("one two three four", pixels=80, size=12)
    ['one two', 'three four']
    >>> wrap("it was RMB 30 bn on 8 Jun 2026", pixels=90, size=12)
    ['it was', 'RMB 30 bn on', '8 Jun 2026']
    >>> wrap("三年计划投入至少3,800亿元", pixels=130, size=12)
    ['三年计划投入', '至少3,800亿元']
    """
    columns = max(10, int(pixels / (size * 0.53)))
    if not any(_width(character) > 1 for character in text):
        # Amounts and dates are not broken: a space that `textwrap` does not know stands in for theirs.
        lines = textwrap.wrap(_AMOUNT_SPACES.sub("\xa0", text), columns, break_long_words=False)
        return [line.replace("\xa0", " ") for line in lines] or [""]
    atoms = _ATOMS.findall(text)
    fewest = len(_filled(atoms, columns))
    narrowest = next(width for width in range(1, columns + 1) if len(_filled(atoms, width)) <= fewest)
    return _filled(atoms, narrowest)


def _width(character: str) -> int:
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def _filled(atoms: list[str], columns: int) -> list[str]:
    """Fill lines of so many columns with what may not be broken."""
    lines = [""]
    for atom in atoms:
        if lines[-1] and sum(map(_width, (lines[-1] + atom).rstrip())) > columns:
            lines[-1] = lines[-1].rstrip()
            lines.append("")
        lines[-1] += atom if lines[-1] or len(lines) == 1 else atom.lstrip()
    return lines
