"""Strategy: the flywheel as a causal-loop diagram, and the capital plan against what was spent."""

from __future__ import annotations

import math
import textwrap
from typing import Any

import altair as alt
import pandas as pd

from workbook import diagram, evidence, style
from workbook.dossier import Dossier
from workbook.style import COLORS, Language

__all__ = ["capex", "capex_chart", "flywheel", "flywheel_chart", "loops"]

UNIT = 106
"""Pixels of one step in the layout."""
BOX = (0.56, 0.19)
"""Half the width and height of a box, in steps."""


def flywheel(book: Dossier) -> pd.DataFrame:
    """Return the links of the flywheel with what each rests on.

    Returns
    -------
    pandas.DataFrame
        Columns cause, effect, sign, mechanism, claim, statement, grade, source.

    Raises
    ------
    ValueError
        If the dossier has no link, as known on its `as_of`.

    Examples
    --------
    >>> import workbook as wb
    >>> set(flywheel(wb.open())["sign"]) <= {"+", "-"}
    True
    """
    links = book.flywheel
    if links.empty:
        raise ValueError(f"no links of the flywheel in {book!r}; add rows, or try a later as_of")
    columns = links[["cause", "effect", "sign", "mechanism", "claim"]].astype({"sign": "str"})
    return columns.join(evidence.said(book, links["claim"]))


def loops(book: Dossier) -> pd.DataFrame:
    """Return the feedback loops of the flywheel, shortest first.

    A loop with an even number of negative links reinforces itself, one with an odd number balances
    (the polarity rule of causal-loop diagrams).

    Returns
    -------
    pandas.DataFrame
        Columns loop (nodes joined by arrows, from the first in the alphabet), polarity ("reinforcing" or
        "balancing"), length (links), weakest (the weakest grade among its links).

    Examples
    --------
    >>> import workbook as wb
    >>> bool((loops(wb.open())["length"] >= 2).all())
    True
    """
    links = flywheel(book)
    grades = list(book.claims["grade"].cat.categories)
    rows = []
    for cycle in _cycles(links):
        steps = list(zip(cycle, [*cycle[1:], cycle[0]], strict=True))
        used = links.set_index(["cause", "effect"]).loc[steps]
        negative = int((used["sign"] == "-").sum())
        rows.append(
            {
                "loop": " → ".join([*cycle, cycle[0]]),
                "polarity": "balancing" if negative % 2 else "reinforcing",
                "length": len(cycle),
                "weakest": max(used["grade"], key=grades.index),
            }
        )
    table = pd.DataFrame(rows, columns=["loop", "polarity", "length", "weakest"])
    return table.sort_values(["length", "loop"], ignore_index=True)


def _cycles(links: pd.DataFrame) -> list[list[str]]:
    """Find every simple cycle once: each starts at its first node in the alphabet."""
    following: dict[str, list[str]] = {}
    for cause, effect in zip(links["cause"], links["effect"], strict=True):
        following.setdefault(cause, []).append(effect)
    found: list[list[str]] = []

    def walk(path: list[str]) -> None:
        for node in following.get(path[-1], []):
            if node == path[0]:
                found.append(path)
            elif node > path[0] and node not in path:
                walk([*path, node])

    for start in sorted(following):
        walk([start])
    return found


def _positions(links: pd.DataFrame) -> dict[str, tuple[float, float]]:
    """Place the longest loop on a circle, other loop nodes inside, what only feeds in outside."""
    cycles = _cycles(links)
    nodes = list(dict.fromkeys([*links["cause"], *links["effect"]]))
    ring = max(cycles, key=len) if cycles else nodes
    inside = [n for n in nodes if n not in ring and any(n in cycle for cycle in cycles)]
    outside = [n for n in nodes if n not in ring and n not in inside]
    feeds = dict(zip(links["cause"][::-1], links["effect"][::-1], strict=True))
    # The node that most is fed into from outside looks left, where the room is.
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

    Raises
    ------
    ValueError
        If the dossier has no link, as known on its `as_of`.

    Examples
    --------
    >>> import workbook as wb
    >>> spec = flywheel_chart(wb.open()).to_dict()
    >>> spec["description"].startswith("Causal-loop diagram")
    True
    """
    links = flywheel(book)
    places = _positions(links)
    round_and_round = loops(book)
    curves: list[dict[str, Any]] = []
    heads: list[dict[str, Any]] = []
    for number, link in enumerate(links.to_dict("records")):
        start, end = places[link["cause"]], places[link["effect"]]
        points = diagram.curve(start, end, 0.16, BOX)
        if len(points) < 2:
            continue
        told = {k: link[k] for k in ("mechanism", "statement", "grade", "source")}
        told["link"] = f"{link['cause']} → {link['effect']}"
        curves += [
            {
                "link": told["link"],
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
                **told,
                **diagram.arrow_heads(points),
                "sign": link["sign"],
                "shown": {"+": "+", "-": "−"}[link["sign"]],
                "xs": round(xs, 4),
                "ys": round(ys, 4),
            }
        )
    ringed = {n for cycle in _cycles(links) for n in cycle}
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
    low = [min(b["x"] for b in boxes) - BOX[0] - 0.1, min(b["y"] for b in boxes) - BOX[1] - 0.2]
    high = [max(b["x"] for b in boxes) + BOX[0] + 0.1, max(b["y"] for b in boxes) + BOX[1] + 0.2]
    plane = diagram.scales((low[0], low[1]), (high[0], high[1]))

    def x(field: str) -> alt.X:
        return alt.X(f"{field}:Q", axis=None, scale=plane[0])

    def y(field: str) -> alt.Y:
        return alt.Y(f"{field}:Q", axis=None, scale=plane[1])

    color = alt.Color(
        "sign:N",
        legend=None,
        scale=alt.Scale(domain=["+", "-"], range=[COLORS["muted"], COLORS["alert"]]),
    )
    told_fields = ["link:N", "mechanism:N", "statement:N", "grade:N", "source:N"]
    head = alt.Chart(pd.DataFrame(heads))
    looks = {"in a loop": (COLORS["actual"], "white"), "feeds in": ("#eef3f7", COLORS["ink"])}
    reinforcing = int((round_and_round["polarity"] == "reinforcing").sum())
    balancing = len(round_and_round) - reinforcing
    strong = int(links["grade"].isin(["reported", "guidance"]).sum())
    words = {
        "en": (
            f"{reinforcing} loops reinforce, {balancing} balance; {strong} of {len(links)} links "
            "rest on the company's own word",
            "+ more leads to more; − more leads to less. Dark boxes turn in a loop, light ones only feed in.",
        ),
        "zh": (
            f"{reinforcing}个增强回路，{balancing}个调节回路；{len(links)}条因果中{strong}条出自公司自身表述",
            "+ 表示同向，− 表示反向。深色方框处于回路之中，浅色仅为输入。",
        ),
    }[lang]
    drawing = alt.layer(
        alt.Chart(pd.DataFrame(curves))
        .mark_line(strokeWidth=1.6)
        .encode(x=x("x"), y=y("y"), detail="number:N", order="i:Q", color=color),
        head.mark_point(shape="triangle", filled=True, size=90, opacity=1).encode(
            x=x("x"), y=y("y"), angle=alt.Angle("angle:Q", scale=None), color=color, tooltip=told_fields
        ),
        *diagram.boxes(pd.DataFrame(boxes), plane, BOX, looks),
        head.mark_point(shape="circle", filled=True, size=170, color="white", opacity=1).encode(
            x=x("xs"), y=y("ys"), tooltip=told_fields
        ),
        head.mark_text(fontSize=15, fontWeight="bold").encode(
            x=x("xs"), y=y("ys"), text="shown:N", color=color, tooltip=told_fields
        ),
    ).resolve_scale(color="independent")
    return style.dress(
        drawing,
        title=title or words[0],
        subtitle=words[1],
        footer=style.footer(book, links["claim"], lang=lang),
        description=f"Causal-loop diagram: {len(places)} quantities, {len(links)} signed links. {words[0]}.",
        width=round(UNIT * (high[0] - low[0])),
        height=round(UNIT * (high[1] - low[1])),
        below=8,
    )


# Capital plan -------------------------------------------------------------------------------------


def capex(book: Dossier) -> pd.DataFrame:
    """Return what was spent since the plan was announced, period by period, beside the plan.

    Quarters that were found are taken as they are, and spans of two quarters where only their sum is
    known; a quarter inside such a span is not counted twice, and a quarter that was not found is missing,
    not filled in.

    Returns
    -------
    pandas.DataFrame
        Columns period_start, period_end, spent (RMB bn or the plan's currency), bound, cumulative, claim;
        `attrs` has the plan (level, bound, start, end, claim) and the unit.

    Raises
    ------
    ValueError
        If the dossier has no capex_plan, or no capex within it.

    Examples
    --------
    >>> import workbook as wb
    >>> table = capex(wb.open())
    >>> bool(table["cumulative"].is_monotonic_increasing)
    True
    """
    metrics = book.metrics
    plans = metrics[(metrics["metric"] == "capex_plan") & (metrics["kind"] == "guidance")]
    if plans.empty:
        raise ValueError(f"no capex_plan in the metrics of {book!r}; add a row of it, or try a later as_of")
    plan = plans.sort_values("period_end").iloc[-1]
    spent = metrics[metrics["metric"].isin(["group_capex", "group_capex_two_quarters"])]
    spent = spent[(spent["kind"] == "actual") & (spent["period_end"] > plan["period_start"])]
    if spent.empty:
        raise ValueError(f"no group_capex since the plan of {plan['period_start']:%Y-%m-%d} in {book!r}")
    spent = spent.assign(
        length=spent["period_end"] - spent["period_start"],
        spent=[_billions(v, u) for v, u in zip(spent["value"], spent["unit"], strict=True)],
        bound=spent["bound"].astype("str"),
    ).sort_values("length")
    rows: list[dict[str, Any]] = []
    for row in spent.to_dict("records"):
        inside = [
            r
            for r in rows
            if r["period_start"] >= row["period_start"] and r["period_end"] <= row["period_end"]
        ]
        if not inside:
            rows.append({str(k): row[k] for k in ("period_start", "period_end", "spent", "bound", "claim")})
    table = pd.DataFrame(rows).sort_values("period_end", ignore_index=True)
    table["cumulative"] = table["spent"].cumsum().round(3)
    table.attrs = {
        "unit": "bn of the plan's currency",
        "currency": str(plan["unit"]).split()[0],
        "level": _billions(plan["value"], plan["unit"]),
        "bound": str(plan["bound"]),
        "start": plan["period_start"],
        "end": plan["period_end"],
        "claim": plan["claim"],
    }
    return table[["period_start", "period_end", "spent", "bound", "cumulative", "claim"]]


def _billions(value: float, unit: str) -> float:
    return round(value / {"m": 1000, "bn": 1}[unit.split()[1]], 3)


def capex_chart(book: Dossier, *, lang: Language = "en", title: str | None = None) -> alt.LayerChart:
    """Draw what was spent since the plan was announced against the plan, which is a floor.

    Raises
    ------
    ValueError
        If the dossier has no capex_plan, or no capex within it.

    Examples
    --------
    >>> import workbook as wb
    >>> capex_chart(wb.open()).to_dict()["layer"][0]["layer"][0]["encoding"]["y"]["title"]
    'RMB bn, cumulative since the plan'
    """
    table = capex(book)
    plan = table.attrs
    currency = plan["currency"]
    claims = book.claims.set_index("id")
    bars = table.assign(
        before=(table["cumulative"] - table["spent"]).round(3),
        statement=table["claim"].map(claims["statement"]),
        shown=[
            f"{style.BOUND_WORDS[lang][b]}{v:,.1f}"
            for b, v in zip(table["bound"], table["spent"], strict=True)
        ],
        next=table["period_end"] + pd.Timedelta(days=1),
        mid=table["period_start"] + (table["period_end"] - table["period_start"]) / 2,
    )
    gaps = []
    for earlier, later in zip(bars["next"], bars["period_start"].iloc[1:], strict=False):
        if later > earlier:
            gaps.append({"mid": earlier + (later - earlier) / 2})
    if bars["period_start"].iloc[0] > plan["start"]:
        gaps.insert(0, {"mid": plan["start"] + (bars["period_start"].iloc[0] - plan["start"]) / 2})
    total, last = table["cumulative"].iloc[-1], table["period_end"].iloc[-1]
    months = (last - plan["start"]).days / 30.4375
    whole = (plan["end"] - plan["start"]).days / 30.4375
    floor = style.figure(plan["level"], f"{currency} bn", plan["bound"], lang)
    words = {
        "en": (
            f"At least {currency} {total:,.0f} bn of a plan of {floor} was spent "
            f"{months:.0f} months into {whole:.0f}",
            "Capital expenditure of the whole group; quarters not found are missing, so the sum is a floor.",
            f"{currency} bn, cumulative since the plan",
            "not found",
            "the plan",
        ),
        "zh": (
            f"计划{floor}，{whole:.0f}个月中的第{months:.0f}个月已至少投入{total * 10:,.0f}亿",
            "集团全部资本开支；未找到的季度不计入，因此合计为下限。",
            f"{currency} bn，计划以来累计",
            "未找到",
            "计划",
        ),
    }[lang]
    if currency == "RMB" and lang == "zh":
        words = (words[0] + "元", *words[1:])
    x_scale = style.span(plan["start"] - pd.Timedelta(days=60), plan["end"])
    y_scale = alt.Scale(domain=[0, round(plan["level"] * 1.2)])
    base = alt.Chart(bars)
    x = alt.X("period_start:T", title=None, scale=x_scale)
    target = pd.DataFrame(
        [{"start": plan["start"], "end": plan["end"], "level": plan["level"], "text": f"{words[4]}: {floor}"}]
    )
    layers: list[alt.Chart] = [
        base.mark_rect(color=COLORS["actual"]).encode(
            x=x,
            x2="next:T",
            y=alt.Y("before:Q", title=words[2], scale=y_scale),
            y2="cumulative:Q",
            tooltip=["statement:N", "shown:N", "cumulative:Q"],
        ),
        base.mark_text(baseline="bottom", dy=-4).encode(
            x=alt.X("mid:T", scale=x_scale), y=alt.Y("cumulative:Q", scale=y_scale), text="shown:N"
        ),
        alt.Chart(target)
        .mark_rule(color=COLORS["guidance"], strokeWidth=2)
        .encode(x=alt.X("start:T", scale=x_scale), x2="end:T", y=alt.Y("level:Q", scale=y_scale)),
        alt.Chart(target)
        .mark_text(color=COLORS["guidance"], align="right", baseline="bottom", dy=-5)
        .encode(x=alt.X("end:T", scale=x_scale), y=alt.Y("level:Q", scale=y_scale), text="text:N"),
        alt.Chart(target)
        .mark_text(color=COLORS["guidance"], text="↑", fontSize=20, baseline="bottom", dx=4)
        .encode(x=alt.X("start:T", scale=x_scale), y=alt.Y("level:Q", scale=y_scale)),
    ]
    if gaps:
        layers.append(
            alt.Chart(pd.DataFrame(gaps).assign(text=words[3]))
            .mark_text(color=COLORS["muted"], angle=270, align="left", baseline="middle")
            .encode(x=alt.X("mid:T", scale=x_scale), y=alt.value(alt.expr("height - 8")), text="text:N")
        )
    return style.dress(
        alt.layer(*layers),
        title=title or words[0],
        subtitle=words[1],
        footer=style.footer(book, [*table["claim"], plan["claim"]], lang=lang),
        description=f"Stacked steps: capital expenditure since the plan against its floor. {words[0]}.",
        width=700,
        below=30,
    )
