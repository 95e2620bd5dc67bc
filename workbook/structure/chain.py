"""Who feeds whom: research, models, delivery, use."""

from __future__ import annotations

import datetime as dt
import math

import altair as alt
import pandas as pd

from workbook import diagram, style, words
from workbook.dates import read_day
from workbook.dossier import Dossier
from workbook.structure.organisation import display_name, in_force
from workbook.structure.tree import box_lines
from workbook.style import COLORS, Language


def chain_chart(
    book: Dossier, *, at: str | dt.date, lang: Language = "en", title: str | None = None
) -> alt.LayerChart:
    """Draw who feeds whom on a day, from left to right: research, models, delivery, use.

    Parameters
    ----------
    book
        The dossier.
    at
        Day on which the ties are in force.
    lang
        "en" or "zh", for every text of the chart.
    title
        A title in place of the one that states the finding.

    Raises
    ------
    ValueError
        If no working tie is in force on that day, or `at` is not a date.

    Examples
    --------
    >>> chain_chart(book, at="2031-06-30").to_dict()["description"].split(".")[0]
    'Chain of 3 units and 2 ties'
    """
    day = pd.Timestamp(read_day("at", at))
    links = in_force(book.org_links, day)
    links = links[links["relation"] == "works_with"]
    if links.empty:
        raise ValueError(f"no working tie is in force on {day:%Y-%m-%d} in {book!r}; try a later at or as_of")
    pairs = list(zip(links["child"], links["parent"], strict=True))
    column = dict.fromkeys([n for pair in pairs for n in pair], 0)
    for _ in column:  # the longest way to a node gives its column; a cycle stops at the number of nodes
        for child, parent in pairs:
            column[parent] = min(max(column[parent], column[child] + 1), len(column))
    for node in column:  # what only feeds in stands just before what it feeds
        after = [column[p] for c, p in pairs if c == node]
        if after and not any(p == node for _, p in pairs):
            column[node] = min(after) - 1
    half = (0.4, 0.32)
    places: dict[str, diagram.Point] = {}
    for depth in sorted(set(column.values())):
        stack = [n for n in column if column[n] == depth]
        fed = {n: [places[c][1] for c, p in pairs if p == n and c in places] for n in stack}
        # Units stand in the order of those that feed them, so that fewer arrows cross.
        stack.sort(key=lambda n: sum(fed[n]) / len(fed[n]) if fed[n] else math.inf)
        for i, node in enumerate(stack):
            places[node] = (float(depth), i - (len(stack) - 1) / 2)
    known = book.org_units.set_index("id")
    nodes = [
        {
            "x": x,
            "y": y,
            "part": "unit",
            "lines": box_lines(display_name(known.loc[node].to_dict(), lang), "", 20),
            "role": known.at[node, "role"],
        }
        for node, (x, y) in places.items()
    ]
    claims = book.claims.set_index("id")
    lines, heads = [], []
    for number, (child, parent, claim) in enumerate(
        zip(links["child"], links["parent"], links["claim"], strict=True)
    ):
        points = diagram.curve(places[child], places[parent], 0.0, half)
        lines += [
            {"tie": number, "i": i, "x": round(a, 4), "y": round(b, 4)}
            for i, (a, b) in enumerate((points[0], points[-1]))  # it is straight
        ]
        heads.append({**diagram.arrow_heads(points), "statement": claims.at[claim, "statement"]})
    xs, ys = [p[0] for p in places.values()], [p[1] for p in places.values()]
    plane = diagram.scales((min(xs) - 0.5, min(ys) - 0.5), (max(xs) + 0.5, max(ys) + 0.5))
    x, y = (alt.X("x:Q", axis=None, scale=plane[0]), alt.Y("y:Q", axis=None, scale=plane[1]))
    when = style.day(day, lang=lang)
    strong = int(links["claim"].map(claims["grade"]).isin(["reported", "guidance"]).sum())
    finding = words.text("chain.finding", lang, day=when, units=links["child"].nunique())
    ink = COLORS["muted"]
    drawing = alt.layer(
        alt.Chart(pd.DataFrame(lines)).mark_line(color=ink).encode(x=x, y=y, detail="tie:N", order="i:Q"),
        alt.Chart(pd.DataFrame(heads))
        .mark_point(shape="triangle", filled=True, size=90, color=ink, opacity=1)
        .encode(x=x, y=y, angle=alt.Angle("angle:Q", scale=None), tooltip=["statement:N"]),
        *diagram.boxes(pd.DataFrame(nodes), plane, half, {"unit": (COLORS["actual"], "white")}, ["role:N"]),
    ).resolve_scale(color="independent")
    return style.dress(
        drawing,
        title=title or finding,
        subtitle=words.text("chain.note", lang, strong=strong, ties=len(links)),
        lang=lang,
        footer=style.footer(book, links["claim"], lang=lang),
        description=words.text("chain.alt", lang, units=len(nodes), ties=len(links), finding=finding),
        width=round(min(175 * (max(xs) - min(xs) + 1), 860)),
        height=round(72 * (max(ys) - min(ys) + 1)),
        below=6,
    )
