"""How often the bands of the forecast held on other companies."""

from __future__ import annotations

import altair as alt
import pandas as pd

from workbook import facts, style, words
from workbook.arr import Backtest, backtest
from workbook.arr.backtests import BANDS, CHOSEN, OURS
from workbook.dossier import Dossier
from workbook.style import COLORS, Language

PADDING = 0.25
"""Between two bands, as a share of what a band and its padding take."""


def coverage_chart(book: Dossier, *, lang: Language = "en", title: str | None = None) -> alt.LayerChart:
    """Draw how often the forecast's bands held, beside what they claim, by horizon, before and after 2026.

    Parameters
    ----------
    book
        A dossier with run rates of others.
    lang
        "en" or "zh".
    title
        Instead of the finding computed from the data.

    Raises
    ------
    ValueError
        As `workbook.arr.backtest`: where no window of another company can be forecast.

    Examples
    --------
    >>> import workbook as wb
    >>> coverage_chart(wb.open()).to_dict()["layer"][0]["layer"][0]["mark"]["type"]
    'rule'
    """
    try:
        tested = backtest(book.comparables)
    except ValueError as error:
        raise ValueError(f"{error}, in {book!r}") from error
    rows = tested.coverage[tested.coverage["method"] == OURS].reset_index(drop=True)
    spans = {
        span: words.text("coverage.span", lang, low=span.split("-")[0], high=span.split("-")[1])
        for span in rows["horizon"].unique()
    }
    day = style.day(CHOSEN, lang=lang)
    periods = {each: words.text(f"coverage.{each}", lang, day=day) for each in ("before", "after")}
    rows["row"] = [
        words.text("coverage.row", lang, span=spans[span], band=round(100 * share))
        for span, share in zip(rows["horizon"], rows["band"], strict=True)
    ]
    rows["counts"] = _counts(tested, rows, lang)
    rows["what"] = rows["period"].map(periods)
    for column in ("covered", "low", "high", "band"):
        rows[column] = (100 * rows[column]).round(4)
    shown = rows[["row", "what", "band", "covered", "low", "high", "counts"]]
    order = shown["row"].drop_duplicates().tolist()
    named = [name for name in periods.values() if name in set(shown["what"])]
    title_x, scale = words.text("coverage.axis", lang), alt.Scale(domain=[0, 100])
    x, low, band = (alt.X(f"{c}:Q", title=title_x, scale=scale) for c in ("covered", "low", "band"))
    y = alt.Y("row:N", title=None, sort=order, scale=alt.Scale(paddingInner=PADDING))
    offset = alt.YOffset("what:N", sort=named)
    colors = alt.Scale(domain=named, range=[COLORS["muted"], COLORS["actual"]][-len(named) :])
    color = alt.Color("what:N", title=None, scale=colors)
    base = alt.Chart(shown)
    tooltip = ["row:N", "what:N", alt.Tooltip("covered:Q", format=".0f"), "counts:N"]
    layers = [
        base.mark_rule(strokeWidth=3, opacity=0.45).encode(
            x=low, x2="high:Q", y=y, yOffset=offset, color=color
        ),
        base.mark_point(filled=True, size=80, opacity=1).encode(
            x=x, y=y, yOffset=offset, color=color, tooltip=tooltip
        ),
        alt.Chart(shown.drop_duplicates("row")[["row", "band"]])
        .mark_tick(color=COLORS["ink"], thickness=2, size=26)
        .encode(x=band, y=y),
        base.mark_text(align="left", dx=8, fontSize=10).encode(
            x=alt.value(alt.expr("width")), y=y, yOffset=offset, color=color, text="counts:N"
        ),
    ]
    widest = rows[rows["band"] == 100 * BANDS[-1]]
    period = "after" if (widest["period"] == "after").any() else "before"
    widest = widest[widest["period"] == period]
    finding = words.text(
        f"coverage.finding_{period}",
        lang,
        shares=words.joined([f"{share:.0f}%" for share in widest["covered"]], lang),
        spans=words.joined([spans[span] for span in widest["horizon"]], lang),
    )
    told = rows["covered"].map("{:.0f}%".format) + " (" + rows["what"] + ")"
    return style.dress(
        alt.LayerChart(layer=layers),
        title=title or finding,
        subtitle=words.text("coverage.note", lang, day=day),
        lang=lang,
        footer=facts.footer(book, _claims(tested.cases), lang, marked=False),
        description="Share of outcomes inside each band: " + "; ".join(rows["row"] + ": " + told) + ".",
        width=480,
        height=round(17 * len(named) * len(order) / (1 - PADDING)),
        below=48,
    )


def _counts(tested: Backtest, rows: pd.DataFrame, lang: Language) -> list[str]:
    """Say of each band how many outcomes it held, and of one that missed on which side."""
    bands = tested.misses[tested.misses["miss"] == "band"]
    missed = set(zip(bands["period"], bands["horizon"], strict=True))
    texts = []
    for row in rows.to_dict("records"):
        key = "coverage.counts"
        if row["band"] == BANDS[-1] and (row["period"], row["horizon"]) in missed:
            key += "_wide" if row["covered"] > row["band"] else "_narrow"
        held = round(row["covered"] * row["windows"])
        texts.append(words.text(key, lang, held=held, windows=row["windows"], companies=row["companies"]))
    return texts


def _claims(cases: pd.DataFrame) -> list[str]:
    return list(dict.fromkeys(claim for each in cases["claims"] for claim in each.split(", ")))
