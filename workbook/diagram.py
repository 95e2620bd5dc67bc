"""Boxes and arrows: what the org chart, the chain and the flywheel are drawn with."""

from __future__ import annotations

import math
from typing import Any

import altair as alt
import pandas as pd

from workbook.style import COLORS

__all__ = ["Point", "arrow_heads", "boxes", "curve", "scales", "within"]

Point = tuple[float, float]


def scales(low: Point, high: Point) -> tuple[alt.Scale, alt.Scale]:
    """Return an x and a y scale over a plane whose y grows downwards, as on a screen.

    Examples
    --------
    >>> x, y = scales((0, 0), (4, 2))
    >>> x.domain, y.domain
    ([0, 4], [2, 0])
    """
    return (
        alt.Scale(domain=[low[0], high[0]], nice=False, zero=False),
        alt.Scale(domain=[high[1], low[1]], nice=False, zero=False),
    )


def boxes(
    nodes: pd.DataFrame,
    plane: tuple[alt.Scale, alt.Scale],
    half: Point,
    looks: dict[str, tuple[str, str]],
    tooltip: list[str] | None = None,
) -> list[alt.Chart]:
    """Draw rounded boxes with text in them.

    Parameters
    ----------
    nodes
        Columns x, y (centre), lines (text, lines parted by "|"), part (a key of `looks`).
    plane
        From `scales`.
    half
        Half the width and height of a box.
    looks
        Fill and text colour by part.

    Returns
    -------
    list of altair.Chart
        The boxes, the text.

    Examples
    --------
    >>> nodes = pd.DataFrame({"x": [0], "y": [0], "lines": ["a|b"], "part": ["new"]})
    >>> plane = scales((-1, -1), (1, 1))
    >>> [c.to_dict()["mark"]["type"] for c in boxes(nodes, plane, (1, 1), {"new": ("navy", "white")})]
    ['rect', 'text']
    """
    table = nodes.assign(
        x0=(nodes["x"] - half[0]).round(4),
        x1=(nodes["x"] + half[0]).round(4),
        y0=(nodes["y"] - half[1]).round(4),
        y1=(nodes["y"] + half[1]).round(4),
    )
    parts = list(looks)
    x, y = plane
    base = alt.Chart(table)
    fill = alt.Scale(domain=parts, range=[looks[p][0] for p in parts])
    ink = alt.Scale(domain=parts, range=[looks[p][1] for p in parts])
    # Vega writes lines downwards from the first, so the text is moved up by half its height.
    rise = alt.expr("-6.5 * (split(datum.lines, '|').length - 1)")
    extra: dict[str, Any] = {"tooltip": tooltip} if tooltip else {}
    return [
        base.mark_rect(cornerRadius=6, stroke=COLORS["actual"]).encode(
            x=alt.X("x0:Q", axis=None, scale=x),
            x2="x1:Q",
            y=alt.Y("y0:Q", axis=None, scale=y),
            y2="y1:Q",
            fill=alt.Fill("part:N", legend=None, scale=fill),
            **extra,
        ),
        base.mark_text(lineBreak="|", fontSize=11, lineHeight=13, baseline="middle", dy=rise).encode(
            x=alt.X("x:Q", axis=None, scale=x),
            y=alt.Y("y:Q", axis=None, scale=y),
            text="lines:N",
            color=alt.Color("part:N", legend=None, scale=ink),
            **extra,
        ),
    ]


def curve(start: Point, end: Point, bend: float, half: Point, steps: int = 40) -> list[Point]:
    """Return points of a bent line from box to box, without what lies inside either.

    The fewer steps, the coarser the bend.

    Examples
    --------
    >>> points = curve((0, 0), (4, 0), bend=0, half=(1, 1))
    >>> points[0][0] >= 1, points[-1][0] <= 3, {y for _, y in points}
    (True, True, {0.0})
    """
    (x0, y0), (x1, y1) = start, end
    middle = ((x0 + x1) / 2 + bend * (y1 - y0), (y0 + y1) / 2 - bend * (x1 - x0))
    points = []
    for i in range(steps + 1):
        t = i / steps
        a, b, c = (1 - t) ** 2, 2 * t * (1 - t), t**2
        points.append((a * x0 + b * middle[0] + c * x1, a * y0 + b * middle[1] + c * y1))
    return [p for p in points if not within(p, start, half, 0.03) and not within(p, end, half, 0.03)]


def within(point: Point, box: Point, half: Point, margin: float) -> bool:
    """Say whether a point lies in a box or within a margin of it.

    Examples
    --------
    >>> within((1.05, 0), (0, 0), (1, 1), 0.1), within((1.2, 0), (0, 0), (1, 1), 0.1)
    (True, False)
    """
    return abs(point[0] - box[0]) < half[0] + margin and abs(point[1] - box[1]) < half[1] + margin


def arrow_heads(points: list[Point]) -> dict[str, float]:
    """Return where the head of an arrow along the points sits, and its angle in degrees.

    Examples
    --------
    >>> arrow_heads([(0, 0), (1, 0)])
    {'x': 1, 'y': 0, 'angle': 90.0}
    """
    (xa, ya), (xb, yb) = points[-2], points[-1]
    angle = math.degrees(math.atan2(yb - ya, xb - xa)) + 90
    return {"x": round(xb, 4), "y": round(yb, 4), "angle": round(angle, 2)}
