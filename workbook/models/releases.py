"""Releases by day and modality."""

from __future__ import annotations

import altair as alt

from workbook import style, words
from workbook.dossier import Dossier
from workbook.models.rows import LINE_AXIS, TOLD, WIDTH, in_order, needed, packed_lines
from workbook.style import Language

OPENNESS = {
    "open": style.COLORS["good"],
    "restricted": "#b58a00",
    "closed": style.COLORS["actual"],
    "disputed": style.COLORS["alert"],
}
"""Colour by how far the weights are open."""


def timeline_chart(book: Dossier, *, lang: Language = "en", title: str | None = None) -> alt.LayerChart:
    """Draw releases over time by modality and openness.

    Parameters
    ----------
    book
        The dossier.
    lang
        "en" or "zh", for every text of the chart.
    title
        A title in place of the one that states the finding.

    Raises
    ------
    ValueError
        If the dossier has no models, as known on its `as_of`.

    Examples
    --------
    >>> chart = timeline_chart(book)
    >>> chart.to_dict()["layer"][0]["layer"][0]["encoding"]["color"]["field"]
    'openness'
    """
    models = needed(book, "models")
    models, left_out = style.newest(models, models["released"], lang)
    models = models.sort_values(["modality", "released"], ignore_index=True)
    shares = models["openness"].value_counts()
    makers = list(models["vendor"].value_counts().sort_index().index)
    shown = [level for level in OPENNESS if level in shares.index]
    openness = words.text("join.list", lang).join(
        words.text(f"releases.{level}", lang, n=shares[level]) for level in shown
    )
    finding = words.text(
        "releases.finding", lang, n=len(models), makers=words.joined(makers, lang), openness=openness
    )
    # The columns are translated, so that tooltips are in the language of the chart too.
    for column in ("modality", "openness"):
        models[column] = [words.word(column, value, lang) for value in models[column].astype("str")]
    models["row"], scale = packed_lines(
        models, key="modality", start="released", end="released", text="name", pixels=WIDTH
    )
    base = alt.Chart(in_order(models, "modality")).encode(
        x=alt.X(
            "released:T", title=words.text("releases.axis", lang), scale=scale, axis=style.month_axis(lang)
        ),
        y=LINE_AXIS,
        tooltip=["name:N", alt.Tooltip("released:T", format="%Y-%m-%d"), "openness:N", "licence:N", *TOLD],
    )
    points = base.mark_circle(size=70, opacity=1).encode(
        color=alt.Color(
            "openness:N",
            title=words.text("releases.weights", lang),
            scale=alt.Scale(
                domain=[words.word("openness", level, lang) for level in shown],
                range=[OPENNESS[level] for level in shown],
            ),
        )
    )
    names = base.mark_text(align="left", dx=7, fontSize=10).encode(text="name:N")
    return style.dress(
        alt.layer(points, names),
        title=title or finding,
        subtitle=left_out.strip(),
        lang=lang,
        footer=style.footer(book, models["claim"], lang=lang),
        description=words.text("releases.alt", lang, n=len(models), finding=finding),
        width=WIDTH,
        height=alt.Step(18),
    )
