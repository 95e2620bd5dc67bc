"""One look and one wording for every chart: theme, palette, figures, dates, English and Chinese labels.

A chart function builds marks and hands them to `dress`, which adds what every chart here must carry:
a title that states the finding, a description (it becomes the alt text) and a source footer.
"""

from __future__ import annotations

import datetime as dt
import re
import textwrap
import unicodedata
from collections.abc import Iterable
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Context, Decimal
from functools import lru_cache
from typing import Any, Literal, cast

import altair as alt
import pandas as pd
from babel.dates import format_date
from babel.numbers import get_currency_name

from workbook.dossier import Dossier

__all__ = [
    "BOUND_SHAPES",
    "BOUND_WORDS",
    "COLORS",
    "GRADE_COLORS",
    "Language",
    "day",
    "dress",
    "enable",
    "figure",
    "footer",
    "label",
    "money",
    "newest",
    "number",
    "span",
    "theme",
    "themed",
    "wrap",
]

Language = Literal["en", "zh"]

FONT = "'Source Sans 3', 'Noto Sans', 'Noto Sans CJK SC', 'Microsoft YaHei', 'PingFang SC', Arial, sans-serif"
COLORS = {
    "actual": "#1f5a8a",  # what was reported
    "guidance": "#c8641b",  # what the company said would come
    "recast": "#6c9bbf",  # reported again on another basis
    "derived": "#8a8f98",  # computed by us
    "ink": "#222831",
    "muted": "#6b7280",
    "grid": "#e5e7eb",
    "alert": "#b3261e",
    "good": "#2e7d4f",
}
"""Colours by meaning; a colour means the same thing in every chart."""
GRADE_COLORS = {
    "reported": "#1f5a8a",
    "guidance": "#c8641b",
    "press": "#5b8c85",
    "derived": "#8a8f98",
    "opinion": "#9b7fb0",
    "illustration": "#c9c0a8",
    "assumption": "#d7d7d7",
}
CATEGORIES = ["#0f766e", "#7b5ea7", "#b58a00", "#4a8fa8", "#a8475c", "#6a994e", "#374151", "#b08968"]
"""For categories without a meaning of their own; distinguishable with the common colour-vision defects."""

BOUND_WORDS = {
    "en": {
        "exact": "",
        "at_least": "at least ",
        "at_most": "at most ",
        "about": "about ",
        "between": "from ",
    },
    "zh": {"exact": "", "at_least": "至少", "at_most": "至多", "about": "约", "between": "自"},
}
BOUND_SHAPES = {
    "exact": "circle",
    # A floor with an arrow up, a ceiling with an arrow down: the figure may lie anywhere that way.
    "at_least": "M-1,0L1,0M0,0L0,-2.4M-0.6,-1.7L0,-2.4L0.6,-1.7",
    "at_most": "M-1,0L1,0M0,0L0,2.4M-0.6,1.7L0,2.4L0.6,1.7",
    "about": "diamond",
    # A bracket from the low end upwards: the range has an upper end.
    "between": "M-1,0L1,0M0,0L0,-2.4M-1,-2.4L1,-2.4",
}
_LABELS: dict[str, dict[str, str]] = {
    "Sources": {"zh": "来源"},
    "as known on": {"zh": "截至"},
    "and {} more": {"zh": "等另外 {} 个"},
    "actual": {"zh": "实际"},
    "guidance": {"zh": "指引"},
    "quarter ended": {"zh": "季度截止"},
    "not found": {"zh": "未找到"},
    "quarterly revenue": {"zh": "季度收入"},
    "as reported": {"zh": "当期披露"},
    "computed by us": {"zh": "我们推算"},
    "new basis": {"zh": "新口径"},
    "year before, on the new basis": {"zh": "上年同期(新口径重列)"},
    "growth on the year": {"zh": "同比增速"},
    "total": {"zh": "合计"},
    "external customers": {"zh": "外部客户"},
    "exact": {"zh": "准确值"},
    "derived": {"zh": "推算"},
    "quarter ended, or date of the target": {"zh": "季度截止或目标日期"},
    "An arrow marks a floor: the share is at least that much, how much more is not said.": {
        "zh": "箭头表示下限：占比至少如此，高出多少并未披露。"
    },
    "count printed": {"zh": "当季公布的次数"},
    "implied by a later count": {"zh": "由后来的次数推知"},
    "multiple of its base quarter, at the least": {"zh": "相对基期季度的倍数(下限)"},
    "Each doubling on the year is chained to the one before; the true multiple is not given.": {
        "zh": "逐年翻倍相连所得的下限；真实倍数未披露。"
    },
    "Figures on the two sides of the dashed line are on different bases and are not comparable.": {
        "zh": "虚线两侧口径不同，不可比较。"
    },
    "annualised recurring revenue (ARR)": {"zh": "年化经常性收入（ARR）"},
    "observed": {"zh": "已披露"},
    "if both held exactly": {"zh": "若两者恰好成立"},
    "scenario": {"zh": "情景"},
    "trillion tokens a day": {"zh": "万亿tokens/日"},
    "list price, blended": {"zh": "混合标价"},
    "date": {"zh": "日期"},
    "old basis": {"zh": "旧口径"},
    "An arrow marks a floor; the dashed line joins two targets as if both held exactly.": {
        "zh": "箭头表示下限；虚线把两个目标当作恰好成立相连。"
    },
    "scope": {"zh": "口径"},
    "volatility a month": {"zh": "月波动率"},
    "Sliders move both levels; drag the red line for another target. Shaded: 5 to 95%, 25 to 75%.": {
        "zh": "滑块改变两端水平；拖动红线询问其他目标。阴影为5–95%与25–75%区间。"
    },
    "month": {"zh": "月份"},
    "log scale": {"zh": "对数坐标"},
    "international": {"zh": "国际"},
    "China": {"zh": "中国"},
    "Dots: our computation at a blended list price (in brackets). Lines: volumes stated.": {
        "zh": "点：按混合标价（括号内）推算；线：已披露的用量。"
    },
    "ARR at the start": {"zh": "起点ARR"},
    "ARR the plan ends on": {"zh": "计划终点ARR"},
    "share of applications": {"zh": "应用占比"},
    "churn": {"zh": "月流失率"},
    "expansion": {"zh": "月扩张率"},
    "token price": {"zh": "token价格"},
    "share billed by the token": {"zh": "按token计费占比"},
    "external cloud revenue": {"zh": "外部云收入"},
    "growth of model services": {"zh": "模型服务增速"},
    "growth of applications": {"zh": "应用增速"},
    "volatility of model services": {"zh": "模型服务波动率"},
    "volatility of applications": {"zh": "应用波动率"},
    "volatility of retention": {"zh": "留存波动率"},
    "correlation of the drivers": {"zh": "两驱动相关性"},
    "chance of the target": {"zh": "达标概率"},
    "gross new ARR": {"zh": "新增ARR总额"},
    "recognised revenue": {"zh": "确认收入"},
    "tokens a day": {"zh": "每日tokens"},
    "ARR as a share of external cloud revenue": {"zh": "ARR占外部云收入"},
    "lowest tried": {"zh": "取最低值"},
    "highest tried": {"zh": "取最高值"},
    "claims": {"zh": "陈述数"},
    "grade": {"zh": "级别"},
    "grades from the strongest to the weakest": {"zh": "级别由强到弱"},
    "structure": {"zh": "架构"},
    "strategy": {"zh": "战略"},
    "commercialization": {"zh": "商业化"},
    "models": {"zh": "模型"},
    "talent": {"zh": "人才"},
    "reported": {"zh": "公司披露"},
    "press": {"zh": "媒体报道"},
    "opinion": {"zh": "评论"},
    "illustration": {"zh": "示意"},
    "assumption": {"zh": "假设"},
    "open": {"zh": "开放"},
    "restricted": {"zh": "附条件开放"},
    "closed": {"zh": "不开放"},
    "disputed": {"zh": "说法不一"},
    "code": {"zh": "代码"},
    "text": {"zh": "文本"},
    "text and image": {"zh": "图文"},
    "text, image and video in": {"zh": "可读图文及视频"},
    "video": {"zh": "视频"},
    "video with sound": {"zh": "有声视频"},
    "trillion": {"zh": "万亿"},
    "input": {"zh": "输入"},
    "output": {"zh": "输出"},
    "One assumption at a time over its range (ends at the bars); line: as guided.": {
        "zh": "每次只变动一个假设（数值标于条端）；竖线为指引。"
    },
}
"""Chinese for the English labels that charts print; a chart module adds its own with `label`."""


def _theme() -> alt.theme.ThemeConfig:
    text: Any = {
        "labelFont": FONT,
        "titleFont": FONT,
        "labelColor": COLORS["ink"],
        "titleColor": COLORS["muted"],
    }
    config: Any = {
        "config": {
            "background": "white",
            "font": FONT,
            "padding": 12,
            "view": {"stroke": None, "continuousWidth": 640, "continuousHeight": 320},
            "title": {
                "anchor": "start",
                "frame": "group",
                "fontSize": 16,
                "fontWeight": 600,
                "color": COLORS["ink"],
                "subtitleColor": COLORS["muted"],
                "subtitleFontSize": 12,
                "subtitlePadding": 4,
                "offset": 14,
            },
            "axis": {
                **text,
                "labelFontSize": 11,
                "titleFontSize": 11,
                "titleFontWeight": "normal",
                "gridColor": COLORS["grid"],
                "domainColor": COLORS["muted"],
                "tickColor": COLORS["muted"],
                "labelLimit": 260,
            },
            "axisX": {"labelAngle": 0, "labelOverlap": True},
            "legend": {**text, "labelFontSize": 11, "titleFontSize": 11, "orient": "top", "labelLimit": 320},
            "header": {**text, "labelFontSize": 12, "titleFontSize": 12},
            "range": {"category": CATEGORIES},
            "text": {"font": FONT, "fontSize": 11, "color": COLORS["ink"]},
        }
    }
    return cast("alt.theme.ThemeConfig", config)


theme = alt.theme.register("workbook", enable=False)(_theme)
"""The chart theme, registered with Altair as "workbook"; `enable` switches it on."""


def enable() -> None:
    """Switch the chart theme on for this session; `%load_ext workbook` does so too.

    Importing the library changes no global state, so a script that wants the look asks for it.

    Examples
    --------
    >>> enable()
    >>> alt.theme.active
    'workbook'
    """
    alt.theme.enable("workbook")


def themed() -> Any:
    """Return a context in which charts get the theme, leaving the session's own choice alone.

    Examples
    --------
    >>> with themed():
    ...     inside = alt.theme.active
    >>> inside
    'workbook'
    """
    return alt.theme.enable("workbook")


def span(first: dt.date | pd.Timestamp, last: dt.date | pd.Timestamp) -> alt.Scale:
    """Return the scale of a time axis that runs from one day to another.

    Both ends are given by themselves, in milliseconds: the Vega-Lite 5 of JupyterLab takes a `domain` of
    dates for two different domains as soon as a bar has a start and an end on that axis.

    Examples
    --------
    >>> span(dt.date(1970, 1, 2), dt.date(1970, 1, 3)).to_dict()
    {'domainMax': 172800000, 'domainMin': 86400000}
    """
    ends = [int(pd.Timestamp(day).timestamp() * 1000) for day in (first, last)]
    return alt.Scale(domainMin=ends[0], domainMax=ends[1])


def label(text: str, lang: Language = "en") -> str:
    """Return the printed form of an English label in the language asked for.

    A label without a Chinese form is printed in English rather than dropped.

    Examples
    --------
    >>> label("guidance", "zh")
    '指引'
    """
    return text if lang == "en" else _LABELS.get(text, {}).get(lang, text)


def day(value: dt.date | pd.Timestamp, precision: str = "day", lang: Language = "en") -> str:
    """Write a date no more exactly than it is known.

    Parameters
    ----------
    value
        The date; where only a month is known, any day of it.
    precision
        "day", "month", "quarter" or "year".

    Examples
    --------
    >>> day(dt.date(2026, 6, 8)), day(dt.date(2026, 4, 30), "month"), day(dt.date(2026, 6, 8), lang="zh")
    ('8 Jun 2026', 'Apr 2026', '2026年6月8日')
    """
    return _day(value, precision, lang)


_DAYS = {
    "en": {"day": "d MMM y", "month": "MMM y", "quarter": "MMM y", "year": "y"},
    "zh": {"day": "y年M月d日", "month": "y年M月", "quarter": "y年M月", "year": "y年"},
}


@lru_cache(maxsize=10_000)  # a table of 100,000 rows has the same few thousand days over and over
def _day(value: dt.date | pd.Timestamp, precision: str, lang: Language) -> str:
    written: str = format_date(value, _DAYS[lang][precision], locale="en" if lang == "en" else "zh_CN")
    return written


_WIDE = Context(prec=400)
_ROUNDING = {
    "exact": ROUND_HALF_UP,
    "about": ROUND_HALF_UP,
    "at_least": ROUND_FLOOR,
    "at_most": ROUND_CEILING,
    "between": ROUND_FLOOR,  # the low end
}


def number(value: float, digits: int = 1, bound: str = "exact", lang: Language = "en") -> str:
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


def money(value: float, unit: str, lang: Language = "en", bound: str = "exact") -> str:
    """Write an amount of money: millions from a thousand up as billions; in Chinese as 万, 亿 or 万亿.

    Examples
    --------
    >>> money(48437, "RMB m"), money(30, "RMB bn"), money(48437, "RMB m", "zh"), money(0.005, "USD bn", "zh")
    ('RMB 48.4 bn', 'RMB 30 bn', '484.37亿元', '500万美元')
    >>> money(193.754, "RMB bn", bound="at_least")
    'RMB 193.7 bn'
    """
    currency, scale = unit.split()
    millions = value * {"m": 1.0, "bn": 1000.0}[scale]
    if lang == "zh":
        step, digits, word = next(
            each for each in ((1e6, 2, "万亿"), (100, 2, "亿"), (0, 1, "万")) if abs(millions) >= each[0]
        )
        amount = number(millions / (step or 0.01), digits, bound, lang)
        return f"{amount}{word if value else ''}{currency_name(currency, lang)}"
    if abs(millions) >= 1000:
        return f"{currency} {number(millions / 1000, 1, bound)} bn"
    return f"{currency} {number(millions, 1, bound)} m"


def currency_name(currency: str, lang: Language = "en") -> str:
    """Write a currency as it follows an amount.

    Examples
    --------
    >>> currency_name("RMB"), currency_name("RMB", "zh"), currency_name("EUR", "zh")
    ('RMB', '元', '欧元')
    """
    if lang == "en":
        return currency
    return "元" if currency == "RMB" else get_currency_name(currency, locale="zh_CN")


def billions(currency: str, lang: Language = "en") -> tuple[str, int]:
    """Return the unit in which a language counts what the data holds in billions, and how many make one.

    Examples
    --------
    >>> billions("RMB"), billions("USD", "zh")
    (('RMB bn', 1), ('亿美元', 10))
    """
    return (f"{currency} bn", 1) if lang == "en" else (f"亿{currency_name(currency, lang)}", 10)


def titled(quantity: str, unit: str, lang: Language = "en") -> str:
    """Return the title of an axis: what is measured, and its unit.

    Examples
    --------
    >>> titled("quarterly revenue", "RMB bn"), titled("季度收入", "亿元", "zh")
    ('quarterly revenue, RMB bn', '季度收入（亿元）')
    """
    return f"{quantity}, {unit}" if lang == "en" else f"{quantity}（{unit}）"


def billions_axis(lang: Language = "en", **options: Any) -> alt.Axis:
    """Return an axis for amounts held in billions, labelled in the unit of `billions`.

    Examples
    --------
    >>> billions_axis("zh").to_dict()
    {'labelExpr': "format(10 * datum.value, ',')"}
    """
    _, scale = billions("RMB", lang)
    if scale != 1:
        options["labelExpr"] = f"format({scale} * datum.value, ',')"
    return alt.Axis(**options)


def month_axis(lang: Language = "en", **options: Any) -> alt.Axis:
    """Return a time axis whose every label says the month and the year.

    Examples
    --------
    >>> month_axis("zh", tickCount="month").to_dict()
    {'format': '%Y年%-m月', 'labelOverlap': True, 'labelSeparation': 8, 'tickCount': 'month'}
    """
    return alt.Axis(
        format="%b %Y" if lang == "en" else "%Y年%-m月", labelOverlap=True, labelSeparation=8, **options
    )


def figure(
    value: float, unit: str, bound: str = "exact", lang: Language = "en", high: float | None = None
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
    ('at least RMB 15.9 bn', '至多159.1亿元')
    >>> figure(34, "%", "between", high=36), figure(34, "RMB bn", "between", "zh", 36)
    ('34% to 36%', '340亿元至360亿元')
    """
    if bound == "between" and high is not None and high == high:
        low, top = figure(value, unit, "at_least", lang), figure(high, unit, "at_most", lang)
        low, top = (
            low.removeprefix(BOUND_WORDS[lang]["at_least"]),
            top.removeprefix(BOUND_WORDS[lang]["at_most"]),
        )
        return f"{low} to {top}" if lang == "en" else f"{low}至{top}"
    words = BOUND_WORDS[lang][bound]
    if unit.split()[-1] in ("m", "bn") and len(unit.split()) == 2:
        return words + money(value, unit, lang, bound)
    written = number(value, 3, bound, lang)
    if unit.endswith(" per 1M tokens"):
        currency = unit.split()[0]
        return (
            f"{words}{currency} {written} per million tokens"
            if lang == "en"
            else f"{words}{written}{currency_name(currency, lang)}/百万tokens"
        )
    if unit in ("%", "x"):
        times = "x" if lang == "en" else "倍"
        return f"{words}{written}{'%' if unit == '%' else times}"
    if unit == "rank":
        return f"{words}rank {written}" if lang == "en" else f"{words}第{written}名"
    return f"{words}{written} {unit}"


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
    if sum(map(_width, text)) - len(text) <= len(text) / 3:
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


def footer(book: Dossier, claims: Iterable[str], lang: Language = "en", most: int = 5) -> str:
    """Name the sources behind a chart: publisher and date of each, the latest first, and the as-of date.

    Parameters
    ----------
    book
        The dossier.
    claims
        Ids of the claims the chart rests on.
    most
        How many documents to name before "and n more".

    Raises
    ------
    ValueError
        If no claim is given, or one is not in the dossier as known on its `as_of`.

    Examples
    --------
    >>> import workbook as wb
    >>> text = footer(wb.open(), ["token-foundry-formed"])
    >>> text.startswith("Sources: ")
    True
    """
    ids = set(claims)
    known = book.claims
    unknown = sorted(ids - set(known["id"]))
    if unknown or not ids:
        raise ValueError(
            f"a footer needs claims that are in {book!r}; not there: {', '.join(unknown) or 'none given'}"
        )
    cited = book.sources[book.sources["id"].isin(known.loc[known["id"].isin(ids), "source"])]
    cited = cited.assign(undated=cited["dated"] == "retrieved")
    cited = cited.sort_values(["undated", "published", "id"], ascending=[True, False, True])
    names = [
        publisher if dated == "retrieved" else f"{publisher}, {day(published, lang=lang)}"
        for publisher, published, dated in zip(
            cited["publisher"], cited["published"], cited["dated"], strict=True
        )
    ]
    names = list(dict.fromkeys(names))
    shown = "; ".join(names[:most])
    if len(names) > most:
        shown += "; " + label("and {} more", lang).format(len(names) - most)
    text = f"{label('Sources', lang)}: {shown}."
    if book.as_of is not None:
        text += f" {label('as known on', lang).capitalize()} {day(book.as_of, lang=lang)}."
    return text


MOST_ROWS = 5000
"""Rows of a table that Altair lets into a chart; with more it raises an error."""
MOST_LINES = 500
"""Items of a chart that gives each a line of its own: more are no chart but a scroll."""


def newest(
    rows: pd.DataFrame, days: pd.Series[Any], lang: Language = "en", most: int | None = None
) -> tuple[pd.DataFrame, str]:
    """Return the newest rows, in their order, and what a subtitle has to say of the others.

    Parameters
    ----------
    rows
        The items of a chart.
    days
        The day of each; one without a day is the oldest.
    most
        How many to keep; None keeps `MOST_LINES`.

    Examples
    --------
    >>> rows = pd.DataFrame({"day": pd.to_datetime(["2026-01-01", "2024-01-01", "2025-01-01"])})
    >>> kept, told = newest(rows, rows["day"], most=2)
    >>> list(kept.index), told
    ([0, 2], ' Drawn: the newest 2 of 3; the others are left out.')
    """
    most = MOST_LINES if most is None else most
    if len(rows) <= most:
        return rows, ""
    places = days.reset_index(drop=True).sort_values(ascending=False, kind="stable").index[:most]
    told = {
        "en": f" Drawn: the newest {most:,} of {len(rows):,}; the others are left out.",
        "zh": f"仅绘出最新的{most:,}条，共{len(rows):,}条。",
    }[lang]
    return rows.iloc[sorted(places)], told


def _within_limit(chart: Any, told: dict[int, tuple[pd.DataFrame, str]], lang: Language) -> Any:
    """Return a chart without the rows that are too many for one, the oldest of each table."""
    data = chart.data
    if isinstance(data, pd.DataFrame) and len(data) > MOST_ROWS:
        if id(data) not in told:  # layers of one table keep one table
            dated = data.select_dtypes("datetime")
            days = dated.max(axis=1) if len(dated.columns) else pd.Series(pd.NaT, index=data.index)
            told[id(data)] = newest(data, days, lang, MOST_ROWS)
        chart = chart.copy(deep=False)
        chart.data = told[id(data)][0]
    if isinstance(chart, alt.LayerChart):
        layers = [_within_limit(layer, told, lang) for layer in chart.layer]
        if any(new is not old for new, old in zip(layers, chart.layer, strict=True)):
            chart = chart.copy(deep=False)
            chart.layer = layers
    return chart


def dress(
    chart: alt.Chart | alt.LayerChart | alt.FacetChart,
    *,
    title: str,
    footer: str,
    description: str,
    subtitle: str = "",
    width: int = 640,
    height: int | alt.Step = 320,
    below: int = 48,
    lang: Language = "en",
) -> alt.LayerChart:
    """Give a chart its title, alt text, source footer and size; returns a layered chart to go on editing.

    Of a table with more rows than a chart can have the newest are drawn, and the subtitle says so.

    Parameters
    ----------
    chart
        A single or layered view without size and title.
    title
        The finding in one sentence.
    footer
        Sources and date, from `footer`.
    description
        What is plotted, for those who cannot see it.
    subtitle
        Units, definitions, caveats.
    width, height
        Size of the plotting area in pixels; `height` may be a step per row.
    below
        Pixels between the plotting area and the footer: room for the x axis and its title.
    lang
        Language in which the subtitle says what is left out.

    Examples
    --------
    >>> bars = alt.Chart(pd.DataFrame({"a": [1]})).mark_bar().encode(x="a:Q")
    >>> dress(bars, title="One", footer="Sources: none.", description="One bar.").to_dict()["description"]
    'One bar.'
    """
    note = (
        alt.Chart(pd.DataFrame({"_": [0]}))
        .mark_text(
            align="left",
            baseline="top",
            fontSize=10,
            color=COLORS["muted"],
            lineHeight=13,
            text=wrap(footer, width, 10),
            tooltip=None,
        )
        .encode(x=alt.value(0), y=alt.value(alt.expr(f"height + {below}")))
    )
    told: dict[int, tuple[pd.DataFrame, str]] = {}
    chart = _within_limit(chart, told, lang)
    subtitle += "".join(dict.fromkeys(note for _, note in told.values()))
    heading: dict[str, Any] = {"text": wrap(title, width, 16)}
    if subtitle:
        heading["subtitle"] = wrap(subtitle, width, 12)
    return alt.LayerChart(
        layer=[chart, note],
        title=alt.TitleParams(**heading),
        description=description,
        width=width,
        height=height,
    )
