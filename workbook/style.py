"""One look for every chart: theme, palette, lines of text, footer.

A chart function builds marks and hands them to `dress`, which adds what every chart here must carry:
a title that states the finding, a description (it becomes the alt text) and a source footer.
"""

from __future__ import annotations

import datetime as dt
import re
import textwrap
import unicodedata
from collections.abc import Iterable
from typing import Any, cast

import altair as alt
import pandas as pd

from workbook import words
from workbook.dossier import Dossier
from workbook.hints import closest
from workbook.words import BOUND_WORDS, Language, billions, currency_name, day, figure, money, number

__all__ = [
    "BOUND_SHAPES",
    "BOUND_WORDS",
    "COLORS",
    "GRADE_COLORS",
    "Language",
    "billions",
    "currency_name",
    "day",
    "dress",
    "enable",
    "figure",
    "footer",
    "money",
    "newest",
    "number",
    "span",
    "theme",
    "themed",
    "wrap",
]

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

BOUND_SHAPES = {
    "exact": "circle",
    # A floor with an arrow up, a ceiling with an arrow down: the figure may lie anywhere that way.
    "at_least": "M-1,0L1,0M0,0L0,-2.4M-0.6,-1.7L0,-2.4L0.6,-1.7",
    "at_most": "M-1,0L1,0M0,0L0,2.4M-0.6,1.7L0,2.4L0.6,1.7",
    "about": "diamond",
    # A bracket from the low end upwards: the range has an upper end.
    "between": "M-1,0L1,0M0,0L0,-2.4M-1,-2.4L1,-2.4",
}


def _theme() -> alt.theme.ThemeConfig:
    """Return the look of every chart, registered with Altair as "workbook"; `enable` switches it on."""
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
    form = words.entry("form.axis_month", lang)
    return alt.Axis(format=form, labelOverlap=True, labelSeparation=8, **options)


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
    >>> footer(wb.open(), ["token-foundry-formed"])
    'Sources: 36Kr, 8 Jun 2026.'
    """
    ids = set(claims)
    claimed = book.claims
    unknown = [f"{name}{closest(name, claimed['id'])}" for name in sorted(ids - set(claimed["id"]))]
    if unknown or not ids:
        raise ValueError(
            f"a footer needs claims that are in {book!r}; not there: {', '.join(unknown) or 'none given'}"
        )
    cited = book.sources[book.sources["id"].isin(claimed.loc[claimed["id"].isin(ids), "source"])]
    cited = cited.assign(undated=cited["dated"] == "retrieved")
    cited = cited.sort_values(["undated", "published", "id"], ascending=[True, False, True])
    names = [
        publisher
        if dated == "retrieved"
        else words.text("sources.document", lang, publisher=publisher, day=day(published, lang=lang))
        for publisher, published, dated in zip(
            cited["publisher"], cited["published"], cited["dated"], strict=True
        )
    ]
    names = list(dict.fromkeys(names))
    shown = names[:most]
    if len(names) > most:
        shown.append(words.text("sources.more", lang, n=len(names) - most))
    listed = words.text("join.items", lang).join(shown)
    known = words.text("sources.as_known", lang, day=day(book.as_of, lang=lang)) if book.as_of else ""
    return words.sentences([words.text("sources.footer", lang, names=listed), known], lang)


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
    told = words.text("sources.newest", lang, shown=most, whole=len(rows))
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
