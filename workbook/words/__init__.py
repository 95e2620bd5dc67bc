"""Words: one catalogue of texts a language, and how it writes numbers, money and days."""

from __future__ import annotations

from workbook.words.amounts import BOUND_WORDS, billions, currency_name, figure, money, number, titled
from workbook.words.catalogue import (
    LANGUAGES,
    PLAIN,
    Language,
    entry,
    expression,
    group,
    joined,
    keys,
    localised,
    sentences,
    text,
    word,
)
from workbook.words.days import day

__all__ = [
    "BOUND_WORDS",
    "LANGUAGES",
    "PLAIN",
    "Language",
    "billions",
    "currency_name",
    "day",
    "entry",
    "expression",
    "figure",
    "group",
    "joined",
    "keys",
    "localised",
    "money",
    "number",
    "sentences",
    "text",
    "titled",
    "word",
]
