"""One look for every chart: theme and palette, axes, lines of text, and what every chart carries."""

from workbook.style import limits
from workbook.style.axes import billions_axis, month_axis, span
from workbook.style.frame import dress, footer
from workbook.style.limits import newest
from workbook.style.lines import wrap
from workbook.style.theme import (
    BOUND_SHAPES,
    CATEGORIES,
    COLORS,
    FONT,
    GRADE_COLORS,
    enable,
    theme,
    themed,
)
from workbook.words import BOUND_WORDS, Language, billions, currency_name, day, figure, money, number

__all__ = [
    "BOUND_SHAPES",
    "BOUND_WORDS",
    "CATEGORIES",
    "COLORS",
    "FONT",
    "GRADE_COLORS",
    "Language",
    "billions",
    "billions_axis",
    "currency_name",
    "day",
    "dress",
    "enable",
    "figure",
    "footer",
    "limits",
    "money",
    "month_axis",
    "newest",
    "number",
    "span",
    "theme",
    "themed",
    "wrap",
]
