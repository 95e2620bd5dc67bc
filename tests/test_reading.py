"""Reading figures and bounds; what notebooks and statements are held to with it is tested there."""

import re

import pytest

import workbook as wb
from workbook.reading import BOUNDS, both_ends, figure_slip, figures_in, names_with_digits, whole_word


@pytest.mark.parametrize(
    ("bound", "text", "found"),
    [
        ("at_least", "ARR超过160亿元", True),  # a Chinese word needs no space after a Latin one
        ("at_least", "revenue above RMB 16 bn", True),
        ("at_least", "growth faster than 40%", True),
        ("at_least", "no more than 40%", False),
        ("at_least", "the overall list", False),
        ("at_most", "ARR不超过160亿元", True),
        ("at_least", "ARR不超过160亿元", False),
        ("about", "净流出约-173亿元", True),
        ("about", "最近160亿元", False),
        ("about", "would approach USD 10 bn", True),
    ],
)
def test_the_word_of_a_bound_is_found_where_it_stands_by_itself(bound: str, text: str, found: bool) -> None:
    assert bool(re.search(whole_word(BOUNDS[bound]), text, re.IGNORECASE)) == found


@pytest.mark.parametrize(
    ("text", "ends"),
    [
        ("RMB 10 to 12 bn", [10, 12]),
        ("between 10 and 12 billion yuan", [10, 12]),
        ("100—120亿元", [10, 12]),
        ("RMB 900 million to 1.2 billion", [0.9, 1.2]),
    ],
)
def test_the_unit_that_two_ends_share_is_read_at_each(text: str, ends: list[float]) -> None:
    read = figures_in(both_ends(text))
    for figure, end in zip(read, ends, strict=True):
        assert figure_slip(figure, False, {"value": end, "unit": "RMB bn", "bound": "exact"}) is None


def test_names_with_digits_are_found_whole(book: wb.Dossier, other: wb.Dossier) -> None:
    named = names_with_digits(book).sub("", "Qwen3.7-Max stood fourth, Qwen2.5-Max 16th")
    assert not re.search(r"\d", named.replace("16th", ""))
    assert "16th" in named
    assert names_with_digits(other).sub("", "Qwen3.7-Max stood 4th") == "Qwen3.7-Max stood 4th"
