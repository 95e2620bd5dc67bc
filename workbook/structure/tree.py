"""The organisation as a tree: where its boxes stand, and the marks that draw them."""

from __future__ import annotations

import re
import textwrap
from typing import Any

import altair as alt
import pandas as pd

from workbook import diagram, style, words
from workbook.structure.organisation import RECENT, display_name
from workbook.style import COLORS, Language

HALF = (0.46, 0.42)
"""Half the width and height of a box of the org chart, in columns and rows."""
COLUMN, WIDEST = 232, 880
"""Pixels of a column of the org chart, and of all of them where there are many."""


def box_lines(name: str, lead: str, width: int) -> str:
    """Return the text of a box, its lines parted by "|": the name, and under it who leads."""
    lines = (
        style.wrap(name, width * 6.2, 11)
        if re.search("[\u4e00-\u9fff]", name)
        else textwrap.wrap(name, width)
    )
    return "|".join([*lines[:2], *textwrap.wrap(lead, width + 4)[:1]])


def placed(
    table: pd.DataFrame, day: pd.Timestamp, lang: Language, columns: int = 1
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Lay the units of a day out as a tree: their boxes, and the corners of the lines to their parents.

    Names are wrapped to the boxes of a chart of so many columns, or as many as the day has.
    """
    places = positions(table)
    columns = max(columns, column_count(places))
    letters = round(min(COLUMN, WIDEST / columns) * 2 * HALF[0] / 6.2)
    nodes = [
        {
            "x": x,
            "y": y,
            "lines": box_lines(display_name(row, lang), row["lead"], letters),
            "part": "new" if pd.notna(row["formed"]) and day - row["formed"] < RECENT else "standing",
            "name": display_name(row, lang),
            "kind": row["kind"],
            "role": row["role"],
            "lead": row["lead"],
            "segment": row["reports_in"],
        }
        for row, (x, y) in ((r, places[r["unit"]]) for r in table.to_dict("records"))
    ]
    ties = []
    for unit, parent in zip(table["unit"], table["parent"], strict=True):
        if pd.isna(parent):
            continue
        (xc, yc), (xp, yp) = places[unit], places[parent]
        bend = xp + HALF[0] + (xc - xp - 2 * HALF[0]) / 2
        corners = [(xp + HALF[0], yp), (bend, yp), (bend, yc), (xc - HALF[0], yc)]
        ties += [
            {"tie": unit, "i": i, "x": round(x, 4), "y": round(y, 4)} for i, (x, y) in enumerate(corners)
        ]
    return nodes, ties


def tree_layers(
    nodes: list[dict[str, Any]], ties: list[dict[str, Any]], lang: Language
) -> tuple[list[alt.Chart], diagram.Point]:
    """Draw boxes and lines from `placed`; return with them the columns and rows they take.

    A coloured edge of a box, with a legend, is the segment in which its results are reported.
    """
    columns, rows = max(n["x"] for n in nodes) + 1, max(n["y"] for n in nodes) + 1.2
    plane = diagram.scales((-0.5, -0.6), (columns - 0.5, rows - 0.6))
    layers: list[alt.Chart] = []
    if ties:
        layers.append(
            alt.Chart(pd.DataFrame(ties))
            .mark_line(color=COLORS["muted"], strokeWidth=1.2)
            .encode(
                x=alt.X("x:Q", axis=None, scale=plane[0]),
                y=alt.Y("y:Q", axis=None, scale=plane[1]),
                detail="tie:N",
                order="i:Q",
            )
        )
    looks = {"new": (COLORS["actual"], "white"), "standing": ("#eef3f7", COLORS["ink"])}
    tooltip = ["name:N", "kind:N", "role:N", "lead:N"]
    segments = sorted({n["segment"] for n in nodes} - {""})
    if segments:
        tooltip.append("segment:N")
    layers += diagram.boxes(pd.DataFrame(nodes), plane, HALF, looks, tooltip)
    if segments:
        edge = [{**n, "x0": n["x"] - HALF[0], "x1": n["x"] - HALF[0] + 0.035} for n in nodes if n["segment"]]
        table = pd.DataFrame(edge).assign(y0=lambda t: t["y"] - HALF[1], y1=lambda t: t["y"] + HALF[1])
        layers.append(
            alt.Chart(table.round(4))
            .mark_rect()
            .encode(
                x=alt.X("x0:Q", axis=None, scale=plane[0]),
                x2="x1:Q",
                y=alt.Y("y0:Q", axis=None, scale=plane[1]),
                y2="y1:Q",
                color=alt.Color(
                    "segment:N",
                    scale=alt.Scale(domain=segments, range=style.CATEGORIES[: len(segments)]),
                    legend=alt.Legend(
                        title=words.text("org.reported_in", lang),
                        orient="top",
                        labelLimit=300,
                    ),
                ),
                tooltip=["name:N", "segment:N"],
            )
        )
    return layers, (columns, rows)


def column_count(places: dict[str, diagram.Point]) -> int:
    """Return how many columns a tree takes."""
    return round(max((x for x, _ in places.values()), default=0)) + 1


def positions(table: pd.DataFrame) -> dict[str, diagram.Point]:
    """Place a leaf a row, a parent at the middle of its children, depth from left to right."""
    children: dict[str, list[str]] = {}
    for unit, parent in zip(table["unit"], table["parent"], strict=True):
        if pd.notna(parent):
            children.setdefault(parent, []).append(unit)
    size: dict[str, int] = {}

    def leaves(unit: str) -> int:
        size[unit] = sum(leaves(child) for child in children.get(unit, [])) or 1
        return size[unit]

    places: dict[str, diagram.Point] = {}
    below = 0.0

    def put(unit: str, depth: int) -> float:
        nonlocal below
        under = sorted(children.get(unit, []), key=lambda child: -size[child])
        if under:
            heights = [put(child, depth + 1) for child in under]
            y = (heights[0] + heights[-1]) / 2
        else:
            y, below = below, below + 1
        places[unit] = (float(depth), round(y, 4))
        return y

    roots = list(table.loc[table["parent"].isna(), "unit"])
    for root in sorted(roots, key=lambda unit: -leaves(unit)):
        put(root, 0)
    return places
