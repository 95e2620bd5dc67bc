"""Say why a file is no table: the line, and what has most likely happened to it in a spreadsheet."""

from __future__ import annotations

import codecs
import csv
import re
from contextlib import suppress
from pathlib import Path

from workbook.dossier.problems import Problem
from workbook.hints import question

__all__ = ["header_problem", "reading_problem"]

_SAVE = "save it as CSV UTF-8 (comma delimited)"
_SEPARATORS = {";": "semicolons", "\t": "tabs", "|": "bars"}


def reading_problem(folder: Path, file: str) -> Problem:
    """Explain a file that cannot be read as CSV in UTF-8."""
    try:
        content = (folder / file).read_bytes()
    except OSError as error:
        return Problem(file, None, None, f"must be a file that can be read: {error.strerror}", "")
    try:
        content.decode("utf-8")
    except UnicodeDecodeError as error:
        return _encoding_problem(file, content, error.start)
    line = 1
    with (folder / file).open(encoding="utf-8-sig", newline="") as stream:
        reader = csv.reader(stream, strict=True)
        try:
            for _ in reader:
                line = reader.line_num + 1
        except csv.Error as error:
            stream.seek(0)
            text = "".join(list(stream)[line - 1 : line]).rstrip("\r\n")
            rule = f"must be CSV: the row that begins on line {line} cannot be read ({error})"
            hint = 'a quote in it is not closed, or one inside a quoted cell is not written twice, as ""'
            if "field limit" in str(error):
                hint = f"a cell has more than {csv.field_size_limit():,} characters: is a quote not closed?"
            return Problem(file, None, None, rule, text, hint)
    return Problem(file, None, None, "must be CSV in UTF-8", "")


def _encoding_problem(file: str, content: bytes, start: int) -> Problem:
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return Problem(file, None, None, "must be CSV in UTF-8: it is UTF-16", "", _SAVE)
    if content.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        return Problem(file, None, None, "must be CSV in UTF-8: it is a workbook of a spreadsheet", "", _SAVE)
    if content.count(0) > len(content) / 4:  # of Latin letters every second byte, of Chinese ones fewer
        return Problem(file, None, None, "must be CSV in UTF-8: it is UTF-16", "", _SAVE)
    number = content.count(b"\n", 0, start) + 1
    line = content.split(b"\n")[number - 1].rstrip(b"\r")
    for encoding, name in _encodings(content):
        with suppress(UnicodeDecodeError):
            rule = f"must be CSV in UTF-8: line {number} is not, it looks like {name}"
            return Problem(file, None, None, rule, line.decode(encoding), _SAVE)
    rule = f"must be CSV in UTF-8: line {number} is not"
    return Problem(file, None, None, rule, line.decode("utf-8", "replace"), _SAVE)


def _encodings(content: bytes) -> list[tuple[str, str]]:
    """Name the encodings it may have, the likeliest first; none where it is UTF-8 with a few wrong bytes."""
    read = content.decode("utf-8", "replace")
    if sum(sign > "\x7f" for sign in read) > 2 * read.count("\ufffd"):
        return []
    chinese, western = ("gb18030", "GBK or GB18030, as Excel in China writes"), ("cp1252", "Windows-1252")
    # Chinese stands in pairs of such bytes and more, the letters of Western languages by themselves.
    alone = len(re.findall(rb"(?<![\x80-\xff])[\x80-\xff](?![\x80-\xff])", content))
    return [western, chinese] if 2 * alone > len(re.findall(rb"[\x80-\xff]", content)) else [chinese, western]


def header_problem(file: str, header: list[str], names: list[str]) -> Problem:
    """Explain a first row that is not the columns of the data package."""
    rule = f"header must be exactly the columns of datapackage.json: {','.join(names)}"
    return Problem(file, 1, None, rule, ",".join(header), _header_hint(header, names))


def _header_hint(header: list[str], names: list[str]) -> str:
    plain = [name.strip().strip("\ufeff").casefold() for name in header]
    if any("\0" in name for name in header):
        return f"the file is UTF-16: {_SAVE}"
    if not any(header):
        return "the file is empty" if not header else "the first row is blank: delete it"
    if len(header) == 1 and len(names) > 1:
        for sign, name in _SEPARATORS.items():
            if sign in header[0]:
                return f"the file is separated by {name}: {_SAVE}"
    if header[: len(names)] == names and not any(header[len(names) :]):
        return f"{len(header) - len(names)} blank columns follow: delete them"
    if plain == [name.casefold() for name in names]:
        wrong = [f"{name!r} as {right!r}" for name, right in zip(header, names, strict=True) if name != right]
        return f"write {', '.join(wrong)}"
    if sorted(header) == sorted(names):
        return "the columns stand in another order"
    lost = [name for name in names if name not in header]
    more = [name for name in header if name not in names]
    told = [f"it lacks {', '.join(lost)}"] if lost else []
    told += [f"it has {', '.join(map(repr, more))} too"] if more else []
    told += [f"for {name!r}, {near}" for name in more if (near := question(name, lost))]
    repeated = sorted({name for name in header if header.count(name) > 1})
    return "; ".join(told or [f"it has {', '.join(repeated)} more than once"])
