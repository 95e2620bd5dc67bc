"""Rules on what a statement says: its figure, and that it stands alone; and on the title of a source."""

from __future__ import annotations

import re
from collections.abc import Iterator

from workbook.dossier import Dossier
from workbook.reading import (
    BOUNDS,
    COUNTED,
    DATES,
    FALL,
    MIRRORED,
    Figure,
    both_ends,
    figure_slip,
    figures_in,
    names_with_digits,
    one_writing,
    whole_word,
)
from workbook.review.records import Found, Row, records

__all__ = ["stands_alone", "statement_and_figure", "title"]


_BEFORE, _AFTER = 60, 25  # characters of a text in which a figure's word may stand
# Names with digits that are in no table: GPT-5.5, V4, 32K.
_CODE_NAMES = re.compile(r"(?<![A-Za-z\d])(?:[A-Za-z]+-?\d[\w.]*(?:-\w+)*|\d+[KB]\b)(?<!\.)", re.ASCII)


def statement_and_figure(book: Dossier) -> Iterator[Found]:
    """Hold the figure of a statement to value, unit and bound, in both languages."""
    names = names_with_digits(book)
    for claim in records(book, "claims"):
        if claim["value"] is None:
            continue
        for column in ("statement", "statement_zh"):
            if claim[column] and (fault := _figure_fault(claim, claim[column], names)):
                yield Found("claims", claim["id"], column, fault)


def _figure_fault(claim: Row, statement: str, names: re.Pattern[str]) -> str | None:
    text = both_ends(_CODE_NAMES.sub(" ", DATES.sub(" ", names.sub(" ", one_writing(statement)))))
    value, unit, bound = claim["value"], claim["unit"], claim["bound"]
    shown = f"{value:g} {unit}"
    if bound == "between":
        ends = [(value, "exact"), (claim["value_high"], "exact")]
        shown = f"{value:g} to {claim['value_high']} {unit}"
    else:
        ends = [(value, bound)]
    fell = value < 0 and bool(re.search(whole_word(FALL), text, re.IGNORECASE))
    for end, way in ends:
        matching = [
            figure
            for figure in figures_in(text)
            if (figure.plain or unit in COUNTED)
            and not figure_slip(figure, fell, {"value": end, "unit": unit, "bound": way})
        ]
        if not matching:
            return f"no figure of the statement is the value, {bound} {shown}: {statement}"
        if end > 0 and unit == "%" and all(map(_is_fall, matching)):
            return f"the value is a rise, the statement tells a fall of {matching[0].words}: {statement}"
        slips = [_bound_fault(figure, fell, way) for figure in matching]
        if bound != "between" and all(slips):
            return f"{slips[0]}: {statement}"
    return None


def _is_fall(figure: Figure) -> bool:
    """Tell whether the figure is what something fell by, not what it fell to."""
    before = figure.match.string[: figure.match.start()]
    verbs = r"(?:\b(?:fell|declined|dropped|shrank|down)(?: by)?|同比?(?:下降|下滑|减少)了?)"
    return bool(
        re.search(rf"{verbs}\s*(?:(?:about|some|nearly|at (?:least|most)|more than|约)\s*)?$", before)
    )


def _bound_fault(figure: Figure, fell: bool, bound: str) -> str | None:
    before = figure.match.string[: figure.match.start()]
    if bound == "exact":
        for other in ("at_least", "at_most", "about"):
            if re.search(whole_word(BOUNDS[other]) + r"\s*$", before, re.IGNORECASE):
                return f"the value is exact, the statement says {other} {figure.words}"
        return None
    if fell and not figure.match.groupdict().get("sign"):
        bound = MIRRORED[bound]  # a loss written without its minus sign
    after = figure.match.string[figure.match.end() :]
    near = f"{before[-_BEFORE:]}{figure.match[0]}{after[:_AFTER]}"
    if re.search(whole_word(BOUNDS[bound]), near, re.IGNORECASE):
        return None
    return f"the value is {bound}, and no word beside {figure.words} says so"


_WRITING = (
    "digest|article|page|site|report|analysis|commentary|note|paper|post|summary|column|newsletter|story"
)
_LEANING = re.compile(
    r"(?:That|This|It|Its|These|Those|He|His|She|Her|They|Their|The same|Such|Both"
    r"|The former|The latter|Here)\b"
    r"|这|该|此|它|他|她|其(?![他中余])|上述|前述|同样|同一|前者|后者",
)
_WHOSE = r"(?![\w-])(?!\s+(?:of|by|from|in|on)\b)"
_NAMELESS = re.compile(
    rf"^(?:One|An?)(?:\s+(?:[a-z-]+|English|Chinese|Japanese)){{0,3}}?\s+(?:{_WRITING}){_WHOSE}"
    rf"|\b[Tt]he\s+(?:{_WRITING}){_WHOSE}"
    r"|(?<![的》])(?:本文|文章|摘要|网页|页面)(?=[^，。；]{0,4}[称说指认写给列])"
)


def stands_alone(book: Dossier) -> Iterator[Found]:
    """Find statements that lean on another, or do not say whose word they pass on."""
    for claim in records(book, "claims"):
        for column in ("statement", "statement_zh"):
            text = str(claim[column] or "")
            if found := _LEANING.match(text):
                yield Found("claims", claim["id"], column, f"begins with {found[0]!r}: {text}")
            elif (found := _NAMELESS.search(text)) and not _introduced(found, text):
                yield Found("claims", claim["id"], column, f"does not say whose {found[0]!r}: {text}")


def _introduced(found: re.Match[str], text: str) -> bool:
    """Tell whether an earlier part of the statement says whose digest "the digest" is."""
    noun = found[0].split()[-1]
    return bool(re.search(rf"['’]s\s+(?:\w+\s+)?{noun}\b|\b{noun}\s+(?:of|by)\b", text[: found.start()]))


def title(book: Dossier) -> Iterator[Found]:
    """Find sources without the title under which a reader can find them."""
    for source in records(book, "sources"):
        if source["title"] is None:
            detail = f"{source['publisher']}, {source['published']:%Y-%m-%d}, seen {source['seen']}"
            yield Found("sources", source["id"], "title", detail)
