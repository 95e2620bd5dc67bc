"""Numbers, money and figures as they are printed, in the words of a language."""

from __future__ import annotations

from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Context, Decimal

from babel.numbers import get_currency_name

from workbook.expressions import heading
from workbook.words.catalogue import LANGUAGES, PLAIN, Language, entry, text, word

__all__ = ["BOUND_WORDS", "billions", "currency_name", "figure", "money", "number", "titled"]

BOUND_WORDS = {
    lang: {
        bound: text(f"bound.{bound}", lang) for bound in ("exact", "at_least", "at_most", "about", "between")
    }
    for lang in LANGUAGES
}
"""What stands before a figure, by language and bound."""

_WIDE = Context(prec=400)
_ROUNDING = {
    "exact": ROUND_HALF_UP,
    "about": ROUND_HALF_UP,
    "at_least": ROUND_FLOOR,
    "at_most": ROUND_CEILING,
    "between": ROUND_FLOOR,  # the low end
}


def number(value: float, digits: int = 1, bound: str = "exact", lang: Language = PLAIN) -> str:
    """Write a number to some decimals, so that what is printed still holds.

    A floor is rounded down and a ceiling up, by sign: "at least 15.96" allows "at least 15.9", never
    "at least 16". A number that had to be rounded keeps its zeros, so 17.01 is not printed as an exact 17,
    and one far below its last decimal keeps two figures instead of becoming 0.

    Parameters
    ----------
    digits
        Decimals at most.
    bound
        As in the dossier's claims.

    Examples
    --------
    >>> number(193.754), number(193.754, bound="at_least"), number(-13.86, bound="at_most"), number(17.01)
    ('193.8', '193.7', '-13.8', '17.0')
    >>> number(30.0), number(0.0052)
    ('30', '0.0052')
    """
    # Twelve figures: what is beyond them is floating-point noise, which no floor may be rounded down for.
    exact = Decimal(f"{value:.12g}")
    if exact and exact.adjusted() < -digits + 1:
        digits = max(digits, 1 - exact.adjusted())
    rounded = exact.quantize(Decimal(1).scaleb(-digits), _ROUNDING[bound], _WIDE)
    if rounded == exact:
        digits = max(0, -int(exact.normalize().as_tuple().exponent))
    # English and Chinese group and part decimals alike, as Python does and forty times faster than Babel.
    return f"{rounded:,.{digits}f}"


def money(
    value: float, unit: str, lang: Language = PLAIN, bound: str = "exact", digits: int | None = None
) -> str:
    """Write an amount of money: millions from a thousand up as billions; in Chinese as 万, 亿 or 万亿.

    Parameters
    ----------
    digits
        Decimals at most; None keeps those of the language.

    Examples
    --------
    >>> money(48437, "RMB m"), money(30, "RMB bn"), money(48437, "RMB m", "zh"), money(0.005, "USD bn", "zh")
    ('RMB 48.4 bn', 'RMB 30 bn', '484.37亿元', '500万美元')
    >>> money(193.754, "RMB bn", bound="at_least")
    'RMB 193.7 bn'
    """
    currency, scale = unit.split()
    millions = value * {"m": 1.0, "bn": 1000.0}[scale]
    _, size, usual, step = next(each for each in entry("money.steps", lang) if abs(millions) >= each[0])
    return text(
        "money.amount" if value else "money.zero",
        lang,
        number=number(millions / size, usual if digits is None else digits, bound, lang),
        step=step,
        currency=currency_name(currency, lang),
    )


def currency_name(currency: str, lang: Language = PLAIN) -> str:
    """Write a currency as it follows an amount.

    Examples
    --------
    >>> currency_name("RMB"), currency_name("RMB", "zh"), currency_name("EUR", "zh")
    ('RMB', '元', '欧元')
    """
    named = word("currency", currency, lang)
    # English keeps the code.
    return named if named != currency or lang == PLAIN else str(get_currency_name(currency, locale=lang))


def billions(currency: str, lang: Language = PLAIN) -> tuple[str, int]:
    """Return the unit in which a language counts what the data holds in billions, and how many make one.

    Examples
    --------
    >>> billions("RMB"), billions("USD", "zh")
    (('RMB bn', 1), ('亿美元', 10))
    """
    unit = text("money.billions", lang, currency=currency_name(currency, lang))
    return unit, entry("money.billions_make", lang)


def titled(quantity: str, unit: str, lang: Language = PLAIN) -> str:
    """Return the title of an axis: what is measured, and its unit.

    Examples
    --------
    >>> titled("quarterly revenue", "RMB bn"), titled("季度收入", "亿元", "zh")
    ('quarterly revenue, RMB bn', '季度收入（亿元）')
    """
    return heading(text("join.axis", lang, quantity=quantity, unit=unit))


def figure(
    value: float, unit: str, bound: str = "exact", lang: Language = PLAIN, high: float | None = None
) -> str:
    """Write a figure with its unit and its bound, so that a bound is never read as a point.

    Floors are rounded down and ceilings up, as `number` does. Of a range (`bound` is between) both ends are
    named, the lower rounded down and the upper up; without `high` it reads as open above.

    Parameters
    ----------
    value, unit, bound
        As in the dossier's claims.
    high
        Upper end of a range, `value_high` of its claim; NaN is none.

    Examples
    --------
    >>> figure(10, "RMB bn", "at_least"), figure(40, "%"), figure(5, "rank")
    ('at least RMB 10 bn', '40%', 'rank 5')
    >>> figure(15.96, "RMB bn", "at_least"), figure(15.91, "RMB bn", "at_most", "zh")
    ('at least RMB 15.9 bn', '不超过159.1亿元')
    >>> figure(34, "%", "between", high=36), figure(34, "RMB bn", "between", "zh", 36)
    ('34% to 36%', '340亿元至360亿元')
    """
    if bound == "between" and high is not None and high == high:
        low = figure(value, unit, "at_least", lang).removeprefix(BOUND_WORDS[lang]["at_least"])
        top = figure(high, unit, "at_most", lang).removeprefix(BOUND_WORDS[lang]["at_most"])
        return text("figure.range", lang, low=low, high=top)
    words = BOUND_WORDS[lang][bound]
    currency, *scale = unit.split()
    if scale in (["m"], ["bn"]):
        return words + money(value, unit, lang, bound)
    written = number(value, 3, bound, lang)
    if unit == "%":
        return f"{words}{written}%"
    if unit.endswith(" per 1M tokens"):
        name = currency_name(currency, lang)
        return words + text("money.per_million_tokens", lang, currency=name, number=written)
    key = f"figure.{unit}" if unit in ("x", "rank") else "figure.other"
    return words + text(key, lang, number=written, unit=unit)
