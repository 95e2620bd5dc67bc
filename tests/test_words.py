"""Every text stands in every language's catalogue, with the same places to fill, and is printed somewhere."""

import re
from pathlib import Path
from string import Formatter
from typing import Any

import pytest

import workbook
from workbook import words

LIBRARY = Path(workbook.__file__).parent
PAGE = "".join(file.read_text(encoding="utf-8") for file in LIBRARY.rglob("*.js"))
"""The what-if's script."""
CODE = {
    file.relative_to(LIBRARY).as_posix(): file.read_text(encoding="utf-8") for file in LIBRARY.rglob("*.py")
}


def places(found: Any) -> list[set[str]]:
    texts = found.values() if isinstance(found, dict) else [found]
    return [{name for _, name, _, _ in Formatter().parse(str(text)) if name} for text in texts]


@pytest.mark.parametrize("lang", words.LANGUAGES)
def test_each_language_has_the_same_texts_with_the_same_places(lang: str) -> None:
    assert words.keys(lang) == words.keys(words.PLAIN)
    for key in words.keys(lang):
        own, plain = (places(words.entry(key, each)) for each in (lang, words.PLAIN))
        # A text for exactly one may do without the number, and a language need not use all it is given.
        assert set.union(*own) <= set.union(*plain), key
    assert not [
        key
        for key in words.keys(lang)
        if words.entry(key, lang) == "" and not key.startswith(("join.", "bound.", "figure."))
    ]


def named(key: str) -> bool:
    """Tell whether the library asks for a key: as it stands, or with its last part put together."""
    group, _, last = key.rpartition(".")
    if (
        group == "whatif.page"
    ):  # sent whole; the script asks for one by one, by name or as what a rule returns
        return re.search(rf"\bwords\.{re.escape(last)}\b|\"{re.escape(last)}\"", PAGE) is not None
    code = "".join(CODE.values())
    patterns = [re.escape(f'"{key}"'), rf'f"{re.escape(group)}\.[^"]*{{']
    if "_" in last:
        patterns.append(rf'f"{re.escape(group)}\.{re.escape(last.split("_")[0])}_{{')
    patterns.append(rf'"{re.escape(group)}\." \+')
    patterns.append(rf'group\("{re.escape(group)}"')
    patterns.append(rf'word\("{re.escape(group)}"')
    patterns.append(r"word\(column" if group in ("theme", "grade", "modality", "openness") else r"(?!)")
    return any(re.search(pattern, code) for pattern in patterns)


def test_no_text_is_dead() -> None:
    assert [key for key in words.keys(words.PLAIN) if not named(key)] == []


def test_the_words_of_a_fixed_list_are_all_there(book: Any) -> None:
    for table, column, group in [
        ("claims", "theme", "theme"),
        ("claims", "grade", "grade"),
        ("claims", "bound", "bound"),
        ("models", "modality", "modality"),
        ("models", "openness", "openness"),
        ("prices", "region", "region"),
        ("prices", "direction", "direction"),
    ]:
        listed = getattr(book, table)[column].cat.categories
        assert {f"{group}.{value}" for value in listed} <= set(words.keys(words.PLAIN)), column


def test_what_is_missing_is_an_error_and_never_another_language() -> None:
    with pytest.raises(KeyError, match=r"grade\.rumour is in no line of words/zh\.toml"):
        words.text("grade.rumour", "zh")
    with pytest.raises(ValueError, match="lang is 'fr': it must be one of en, zh"):
        words.text("grade.press", "fr")
    with pytest.raises(KeyError, match="day"):
        words.text("timeline.by", "zh")


def test_no_module_chooses_words_by_language() -> None:
    choosing = re.compile(r"""lang == "(?!en"\s*$)|"en": |\[lang\](?!\[bound\]|\[kind\]|\["at_)""")
    found = [name for name, code in CODE.items() if not name.startswith("words/") and choosing.search(code)]
    assert found == []


def test_one_or_several() -> None:
    assert words.text("org.units", n=1) == "1 unit"
    assert words.text("org.units", n=0) == "0 units"
    assert words.text("org.units", "zh", n=1) == "1"


def test_an_expression_quotes_its_text_and_leaves_its_parts_to_the_browser() -> None:
    written = words.expression("strength.comes_back", "zh", back="datum.back", fate="datum.fate")
    assert written == '"1%\\u8f6c\\u4e00\\u5708\\u540e\\u4e3a" + datum.back + "%\\uff1a" + datum.fate'
