"""The flywheel as a causal-loop diagram: where everything stands, and the marks that draw it."""

from __future__ import annotations

import math
import textwrap
from typing import Any

import altair as alt
import pandas as pd

from workbook import diagram, style, words
from workbook.dossier import Dossier
from workbook.strategy.links import cycles, loops, needed
from workbook.style import COLORS, Language

UNIT = 106
"""Pixels of one step in the layout."""
BOX = (0.56, 0.19)
"""Half the width and height of a box, in steps."""


def _positions(links: pd.DataFrame) -> dict[str, tuple[float, float]]:
    """Place the longest loop on a circle, other loop nodes inside, what only feeds in outside."""
    closed = cycles(links)
    nodes = list(dict.fromkeys([*links["cause"], *links["effect"]]))
    ring = max(closed, key=len) if closed else nodes
    inside = [n for n in nodes if n not in ring and any(n in cycle for cycle in closed)]
    outside = [n for n in nodes if n not in ring and n not in inside]
    feeds = dict(zip(links["cause"][::-1], links["effect"][::-1], strict=True))
    # Inputs are placed left of the ring, so the quantity with most inputs is turned to the left.
    fed = max(ring, key=lambda n: sum(feeds.get(o) == n for o in outside))
    at = ring.index(fed)
    angles = {n: math.pi + 2 * math.pi * i / len(ring) for i, n in enumerate([*ring[at:], *ring[:at]])}
    places = {n: (1.55 * math.cos(a), 1.85 * math.sin(a)) for n, a in angles.items()}
    for i, node in enumerate(inside):
        places[node] = (-0.1, 0.6 * (i - (len(inside) - 1) / 2))
    level = [n for n in outside if feeds.get(n) in places]
    depth = 1
    while level:
        for target in dict.fromkeys(feeds[n] for n in level):
            group = [n for n in level if feeds[n] == target]
            x, y = places[target]
            side = -1 if x < 0.2 else 1
            for i, node in enumerate(group):
                places[node] = (x + side * 1.3, y + 0.78 * (i - (len(group) - 1) / 2))
        outside = [n for n in outside if n not in places]
        level = [n for n in outside if feeds.get(n) in places]
        depth += 1
    for i, node in enumerate(outside):  # effects that lead nowhere
        places[node] = (2.9, -1 + 0.6 * i)
    return places


def _sign_place(
    points: list[tuple[float, float]], places: dict[str, tuple[float, float]]
) -> tuple[float, float]:
    """Find room for a sign: on a long arrow, beside a short one, never on a box."""
    middle = len(points) // 2
    for step in range(middle):
        for i in (middle + step, middle - step):
            if 0 <= i < len(points) and not any(
                diagram.within(points[i], box, BOX, 0.1) for box in places.values()
            ):
                return points[i]
    x, y = points[middle]
    return x, y - 0.3


def flywheel_chart(book: Dossier, *, lang: Language = "en", title: str | None = None) -> alt.LayerChart:
    """Draw the flywheel as a causal-loop diagram: the longest loop as a ring, signed arrows.

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
        If the dossier has no link, as known on its `as_of`.

    Examples
    --------
    >>> spec = flywheel_chart(book).to_dict()
    >>> spec["description"].split(".")[0]
    'Causal-loop diagram: 3 quantities, 3 signed links'
    """
    links = needed(book)
    laid_out = layout(links)
    low, high = bounds(laid_out["boxes"])
    round_and_round = loops(book)
    reinforcing = int((round_and_round["polarity"] == "reinforcing").sum())
    balancing = len(round_and_round) - reinforcing
    strong = int(links["grade"].isin(["reported", "guidance"]).sum())
    finding = words.text(
        "flywheel.finding",
        lang,
        reinforcing=reinforcing,
        balancing=balancing,
        strong=strong,
        links=len(links),
    )
    return style.dress(
        alt.layer(*marks(laid_out, diagram.scales(low, high))).resolve_scale(color="independent"),
        title=title or finding,
        subtitle=words.text("flywheel.note", lang),
        lang=lang,
        footer=style.footer(book, links["claim"], lang=lang),
        description=words.text(
            "flywheel.alt", lang, boxes=len(laid_out["boxes"]), links=len(links), finding=finding
        ),
        width=round(UNIT * (high[0] - low[0])),
        height=round(UNIT * (high[1] - low[1])),
        below=8,
    )


def layout(links: pd.DataFrame) -> dict[str, list[dict[str, Any]]]:
    """Lay the flywheel out: points of its curves, heads of its arrows with their signs, and its boxes."""
    places = _positions(links)
    curves: list[dict[str, Any]] = []
    heads: list[dict[str, Any]] = []
    steps = min(40, style.limits.MOST_ROWS // len(links) - 1)
    for number, link in enumerate(links.to_dict("records")):
        start, end = places[link["cause"]], places[link["effect"]]
        points = diagram.curve(start, end, 0.16, BOX, max(steps, 8))
        if len(points) < 2:
            continue
        tooltip = {k: link[k] for k in ("mechanism", "statement", "grade", "source")}
        tooltip["link"] = arrow(link["cause"], link["effect"])
        curves += [
            {
                "link": tooltip["link"],
                "number": number,
                "i": i,
                "x": round(x, 4),
                "y": round(y, 4),
                "sign": link["sign"],
            }
            for i, (x, y) in enumerate(points)
        ]
        xs, ys = _sign_place(points, places)
        heads.append(
            {
                **tooltip,
                **diagram.arrow_heads(points),
                "sign": link["sign"],
                "shown": {"+": "+", "-": "−"}[link["sign"]],
                "xs": round(xs, 4),
                "ys": round(ys, 4),
            }
        )
    ringed = {n for cycle in cycles(links) for n in cycle}
    boxes: list[dict[str, Any]] = [
        {
            "node": node,
            "lines": "|".join(textwrap.wrap(node, 19)),
            "x": round(x, 4),
            "y": round(y, 4),
            "part": "in a loop" if node in ringed else "feeds in",
        }
        for node, (x, y) in places.items()
    ]
    return {"curves": curves, "heads": heads, "boxes": boxes}


def arrow(*nodes: str) -> str:
    """Name a link, or a loop, by the quantities it joins."""
    return " → ".join(nodes)


def bounds(boxes: list[dict[str, Any]]) -> tuple[diagram.Point, diagram.Point]:
    """Return the corners of the plane that holds all boxes."""
    xs, ys = [b["x"] for b in boxes], [b["y"] for b in boxes]
    return (
        (min(xs) - BOX[0] - 0.1, min(ys) - BOX[1] - 0.2),
        (max(xs) + BOX[0] + 0.1, max(ys) + BOX[1] + 0.2),
    )


def marks(laid_out: dict[str, list[dict[str, Any]]], plane: tuple[alt.Scale, alt.Scale]) -> list[alt.Chart]:
    """Draw what `layout` places: curves, heads, the boxes and their text, discs under the signs, signs."""

    def x(field: str) -> alt.X:
        return alt.X(f"{field}:Q", axis=None, scale=plane[0])

    def y(field: str) -> alt.Y:
        return alt.Y(f"{field}:Q", axis=None, scale=plane[1])

    color = alt.Color(
        "sign:N",
        legend=None,
        scale=alt.Scale(domain=["+", "-"], range=[COLORS["muted"], COLORS["alert"]]),
    )
    fields = ["link:N", "mechanism:N", "statement:N", "grade:N", "source:N"]
    head = alt.Chart(pd.DataFrame(laid_out["heads"]))
    looks = {"in a loop": (COLORS["actual"], "white"), "feeds in": ("#eef3f7", COLORS["ink"])}
    return [
        alt.Chart(pd.DataFrame(laid_out["curves"]))
        .mark_line(strokeWidth=1.6)
        .encode(x=x("x"), y=y("y"), detail="number:N", order="i:Q", color=color),
        head.mark_point(shape="triangle", filled=True, size=90, opacity=1).encode(
            x=x("x"), y=y("y"), angle=alt.Angle("angle:Q", scale=None), color=color, tooltip=fields
        ),
        *diagram.boxes(pd.DataFrame(laid_out["boxes"]), plane, BOX, looks),
        head.mark_point(shape="circle", filled=True, size=170, color="white", opacity=1).encode(
            x=x("xs"), y=y("ys"), tooltip=fields
        ),
        head.mark_text(fontSize=15, fontWeight="bold").encode(
            x=x("xs"), y=y("ys"), text="shown:N", color=color, tooltip=fields
        ),
    ]
