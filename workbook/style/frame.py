"""What every chart carries: a title that states the finding, an alt text, and a footer that names sources.

A chart function builds marks and hands them to `dress`.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import altair as alt
import pandas as pd

from workbook import words
from workbook.dossier import Dossier
from workbook.hints import closest
from workbook.style import limits
from workbook.style.lines import wrap
from workbook.style.theme import COLORS
from workbook.words import Language, day

__all__ = ["dress", "footer"]


def footer(book: Dossier, claims: Iterable[str], lang: Language = "en", most: int = 5) -> str:
    """Name the sources behind a chart: publisher and date of each, the latest first, and the as-of date.

    Parameters
    ----------
    book
        The dossier.
    claims
        Ids of the claims the chart rests on.
    lang
        "en" or "zh", for every text of the chart.
    most
        How many documents to name before "and n more".

    Raises
    ------
    ValueError
        If no claim is given, or one is not in the dossier as known on its `as_of`.

    Examples
    --------
    >>> footer(book, ["lab-formed"])
    'Sources: Northlight, 3 Mar 2031.'
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
    cuts: dict[int, tuple[pd.DataFrame, str]] = {}
    chart = limits.within(chart, cuts, lang)
    subtitle += "".join(dict.fromkeys(note for _, note in cuts.values()))
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
