"""Strategy: the flywheel as a causal-loop diagram, and the capital plan against what was spent."""

from __future__ import annotations

import math
import textwrap
from typing import Any

import altair as alt
import pandas as pd

from workbook import diagram, evidence, facts, style
from workbook.dossier import Dossier
from workbook.dossier.joined import in_bn
from workbook.style import COLORS, Language

__all__ = ["capex", "capex_chart", "flywheel", "flywheel_chart", "loops", "strength_chart"]

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

    Examples
    --------
    >>> import workbook as wb
    >>> set(flywheel(wb.open())["sign"]) <= {"+", "-"}
    True
    """
    links = book.flywheel
    columns = links[["cause", "effect", "sign", "mechanism", "claim"]].astype({"sign": "str"})
    return columns.join(evidence.said(book, links["claim"]))


def _links(book: Dossier) -> pd.DataFrame:
    links = flywheel(book)
    if links.empty:
        raise ValueError(f"no links of the flywheel in {book!r}; add rows, or try a later as_of")
    return links


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
    table = pd.DataFrame(rows, columns=["loop", "polarity", "length", "weakest"]).astype({"length": "int64"})
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
    links = _links(book)
    shapes = _shapes(links)
    low, high = _bounds(shapes["boxes"])
    round_and_round = loops(book)
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
    return style.dress(
        alt.layer(*_wheel(shapes, diagram.scales(low, high))).resolve_scale(color="independent"),
        title=title or words[0],
        subtitle=words[1],
        lang=lang,
        footer=style.footer(book, links["claim"], lang=lang),
        description=(
            f"Causal-loop diagram: {len(shapes['boxes'])} quantities, {len(links)} signed links. {words[0]}."
        ),
        width=round(UNIT * (high[0] - low[0])),
        height=round(UNIT * (high[1] - low[1])),
        below=8,
    )


def _shapes(links: pd.DataFrame) -> dict[str, list[dict[str, Any]]]:
    """Lay the flywheel out: points of its curves, heads of its arrows with their signs, and its boxes."""
    places = _positions(links)
    curves: list[dict[str, Any]] = []
    heads: list[dict[str, Any]] = []
    steps = min(40, style.MOST_ROWS // len(links) - 1)
    for number, link in enumerate(links.to_dict("records")):
        start, end = places[link["cause"]], places[link["effect"]]
        points = diagram.curve(start, end, 0.16, BOX, max(steps, 8))
        if len(points) < 2:
            continue
        told = {k: link[k] for k in ("mechanism", "statement", "grade", "source")}
        told["link"] = _arrow(link["cause"], link["effect"])
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
    return {"curves": curves, "heads": heads, "boxes": boxes}


def _arrow(*nodes: str) -> str:
    return " → ".join(nodes)


def _bounds(boxes: list[dict[str, Any]]) -> tuple[diagram.Point, diagram.Point]:
    xs, ys = [b["x"] for b in boxes], [b["y"] for b in boxes]
    return (
        (min(xs) - BOX[0] - 0.1, min(ys) - BOX[1] - 0.2),
        (max(xs) + BOX[0] + 0.1, max(ys) + BOX[1] + 0.2),
    )


def _wheel(shapes: dict[str, list[dict[str, Any]]], plane: tuple[alt.Scale, alt.Scale]) -> list[alt.Chart]:
    """Draw what `_shapes` laid out: curves, heads, the boxes and their text, discs under the signs, signs."""

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
    head = alt.Chart(pd.DataFrame(shapes["heads"]))
    looks = {"in a loop": (COLORS["actual"], "white"), "feeds in": ("#eef3f7", COLORS["ink"])}
    return [
        alt.Chart(pd.DataFrame(shapes["curves"]))
        .mark_line(strokeWidth=1.6)
        .encode(x=x("x"), y=y("y"), detail="number:N", order="i:Q", color=color),
        head.mark_point(shape="triangle", filled=True, size=90, opacity=1).encode(
            x=x("x"), y=y("y"), angle=alt.Angle("angle:Q", scale=None), color=color, tooltip=told_fields
        ),
        *diagram.boxes(pd.DataFrame(shapes["boxes"]), plane, BOX, looks),
        head.mark_point(shape="circle", filled=True, size=170, color="white", opacity=1).encode(
            x=x("xs"), y=y("ys"), tooltip=told_fields
        ),
        head.mark_text(fontSize=15, fontWeight="bold").encode(
            x=x("xs"), y=y("ys"), text="shown:N", color=color, tooltip=told_fields
        ),
    ]


# Strength of a link -------------------------------------------------------------------------------


def strength_chart(book: Dossier, *, lang: Language = "en", title: str | None = None) -> alt.LayerChart:
    """Draw the flywheel to play with: choose a link and its strength, see which loops keep themselves going.

    The model is an illustration and knows no datum. A link of strength s passes on s percent for one percent
    (an elasticity). Nobody has published one, so all of them are the reader's assumption and start at 1. One
    turn of a loop, taken by itself, multiplies a push by the product of its links' strengths and signs: a
    reinforcing loop keeps itself going only where that product is at least 1; a balancing loop answers a push
    with its opposite, and the swing fades where the product is below 1. All of it is computed in the reader's
    browser, without a kernel.

    Raises
    ------
    ValueError
        If the dossier has no link, or its links close no loop, as known on its `as_of`.

    Examples
    --------
    >>> import workbook as wb
    >>> spec = strength_chart(wb.open()).to_dict()
    >>> [parameter["name"] for parameter in spec["params"]]
    ['chosen', 'strength', 'others']
    """
    links = _links(book)
    cycles = sorted(_cycles(links), key=lambda cycle: (len(cycle), cycle))
    if not cycles:
        raise ValueError(
            f"the links of the flywheel close no loop in {book!r}; add rows, or try a later as_of"
        )
    signs = {
        _arrow(cause, effect): sign
        for cause, effect, sign in zip(links["cause"], links["effect"], links["sign"], strict=True)
    }
    used = [[_arrow(*pair) for pair in zip(c, [*c[1:], c[0]], strict=True)] for c in cycles]
    options = [link for link in signs if any(link in loop for loop in used)]
    shapes = _shapes(links)
    low, high = _bounds(shapes["boxes"])
    width = max(high[0] - low[0], 7.2)
    rows: list[dict[str, Any]] = []
    top = high[1] + 0.55
    for loop, cycle in zip(used, cycles, strict=True):
        lines = style.wrap(_arrow(*cycle, cycle[0]), 0.5 * width * UNIT, 11)
        deep = (13 * len(lines) + 8) / UNIT
        rows.append(
            {
                "lines": "|".join(lines),
                "links": f"|{'|'.join(loop)}|",
                "length": len(loop),
                "sign": math.prod(-1 if signs[link] == "-" else 1 for link in loop),
                "y": round(top + deep / 2, 4),
                "y0": round(top + deep / 2 - 0.08, 4),
                "y1": round(top + deep / 2 + 0.08, 4),
            }
        )
        top += deep
    plane = diagram.scales(low, (low[0] + width, top))
    words = {
        "en": (
            "With every link at strength 1 each reinforcing loop just keeps itself going: try a weaker link",
            "Illustration, no data: a link of strength 0.5 passes on 0.5% for 1%. Nobody has published one; "
            "all are yours to assume. Each loop is taken by itself, one turn at a time; bars stop at 2%.",
            ("link ", "its strength ", "strength of every other link "),
        ),
        "zh": (
            "各环节强度均为1时，每个增强回路恰能自我维持：试减弱其中一环",
            "仅为示意，并非数据：强度0.5表示上游变动1%只传导0.5%。强度均未公布，由读者假设；各回路单独计算一圈；条形至2%为止。",
            ("环节 ", "该环节强度 ", "其余各环节强度 "),
        ),
    }[lang]
    first = max(options, key=lambda link: sum(link in loop for loop in used))
    controls = [
        alt.param(name="chosen", value=first, bind=alt.binding_select(options=options, name=words[2][0])),
        *(
            alt.param(name=name, value=1, bind=alt.binding_range(min=0, max=2, step=0.05, name=said))
            for name, said in zip(("strength", "others"), words[2][1:], strict=True)
        ),
    ]
    curves, arrows, *others = _wheel(shapes, plane)
    wide = "datum.link == chosen ? 1 + 4 * strength : 1.6"
    drawing = [
        # The width of a line is its size: Vega-Lite 5 overlooks strokeWidth here.
        curves.transform_calculate(wide=wide).encode(size=alt.Size("wide:Q", scale=None, legend=None)),
        arrows.encode(size=alt.condition("datum.link == chosen", alt.value(260), alt.value(90))),
        *others,
        *_turns(rows, plane, low[0], width, lang),
    ]
    return style.dress(
        alt.layer(*drawing).resolve_scale(color="independent").add_params(*controls),
        title=title or words[0],
        subtitle=words[1],
        lang=lang,
        footer=style.footer(book, links["claim"], lang=lang),
        description=(
            f"Causal-loop diagram and bars: what comes back after a turn of each of {len(rows)} loops, with "
            f"strengths of links that the reader assumes by a list and sliders. {words[0]}."
        ),
        width=round(UNIT * width),
        height=round(UNIT * (top - low[1])),
        below=8,
    )


def _turns(
    rows: list[dict[str, Any]],
    plane: tuple[alt.Scale, alt.Scale],
    left: float,
    width: float,
    lang: Language,
) -> list[alt.Chart]:
    """Draw a bar for each loop, as long as what comes back after a turn, and say what becomes of it."""
    zero, unit = left + 0.52 * width, 0.1 * width
    words = {
        "en": (
            "grows",
            "just keeps going",
            "dies out",
            "swings wider",
            "swings on",
            "pushes back, fades",
            "'1% comes back as ' + datum.back + '%: ' + datum.fate",
            "chosen + ' at ' + strength + ', every other link at ' + others + ': '"
            " + datum.going + ' of ' + datum.all + ' reinforcing loops keep themselves going'",
        ),
        "zh": (
            "增长",
            "恰好维持",
            "衰减",
            "振荡加剧",
            "持续振荡",
            "反向抵消并减弱",
            "'1%转一圈后为' + datum.back + '%：' + datum.fate",
            "chosen + '取' + strength + '，其余环节取' + others + '：'"
            " + datum.all + '个增强回路中' + datum.going + '个能自我维持'",
        ),
    }[lang]
    up, even, down, wider, level, fades, comes_back, count = words
    base = alt.Chart(pd.DataFrame(rows)).transform_calculate(
        touched="indexof(datum.links, '|' + chosen + '|') >= 0",
    )
    base = base.transform_calculate(
        product="datum.touched ? strength * pow(others, datum.length - 1) : pow(others, datum.length)",
    )
    # Products of steps of 0.05 meet 1 only to rounding.
    base = base.transform_calculate(
        against="abs(datum.product - 1) < 1e-9 ? 1 : datum.product > 1 ? 0 : 2",
        going="datum.product > 1 - 1e-9 ? 1 : 0",
        start=f"{zero}",
        end=f"{zero} + {unit} * min(datum.product, 2)",
    )
    base = base.transform_calculate(
        fate=f"datum.sign > 0 ? ['{up}', '{even}', '{down}'][datum.against] "
        f": ['{wider}', '{level}', '{fades}'][datum.against]",
        back="format(datum.sign * datum.product, '+.3~f')",
        look="datum.sign < 0 ? 'balances' : datum.against < 2 ? 'keeps' : 'dies'",
    )
    base = base.transform_calculate(said=comes_back)
    y = alt.Y("y:Q", axis=None, scale=plane[1])
    shade = alt.condition("datum.touched", alt.value(COLORS["ink"]), alt.value(COLORS["muted"]))
    looks = {"keeps": COLORS["good"], "dies": COLORS["derived"], "balances": COLORS["alert"]}

    def x(place: float) -> alt.XDatum:
        return alt.XDatum(round(place, 4), axis=None, scale=plane[0])

    rule = alt.Chart(pd.DataFrame([{"y0": rows[0]["y0"] - 0.06, "y1": rows[-1]["y1"] + 0.06}]))
    y0 = alt.Y("y0:Q", axis=None, scale=plane[1])
    return [
        base.mark_text(
            align="left",
            baseline="middle",
            lineBreak="|",
            lineHeight=13,
            dy=alt.expr("-6.5 * (split(datum.lines, '|').length - 1)"),
        ).encode(x=x(left + 0.05), y=y, text="lines:N", color=shade),
        base.mark_rect().encode(
            x=alt.X("start:Q", axis=None, scale=plane[0]),
            x2="end:Q",
            y=y0,
            y2="y1:Q",
            color=alt.Color(
                "look:N", legend=None, scale=alt.Scale(domain=list(looks), range=list(looks.values()))
            ),
        ),
        rule.mark_rule(strokeDash=[3, 3], color=COLORS["ink"]).encode(x=x(zero + unit), y=y0, y2="y1:Q"),
        rule.mark_text(text="1%", baseline="bottom", dy=-2).encode(x=x(zero + unit), y=y0),
        base.mark_text(align="left", baseline="middle").encode(
            x=x(zero + 2.1 * unit), y=y, text="said:N", color=shade
        ),
        base.transform_filter("datum.sign > 0")
        .transform_aggregate(going="sum(going)", all="count()")
        .transform_calculate(said=count)
        .mark_text(align="left", baseline="middle", fontSize=13, fontWeight="bold")
        .encode(
            x=x(left + 0.05),
            y=alt.YDatum(round(rows[0]["y0"] - 0.36, 4), axis=None, scale=plane[1]),
            text="said:N",
        ),
    ]


# Capital plan -------------------------------------------------------------------------------------


def capex(book: Dossier, *, plan: str | None = None) -> pd.DataFrame:
    """Return what was spent since the plan was announced, period by period, beside the plan.

    Quarters that were found are taken as they are, and longer spans where only their sum is known; no day is
    counted twice, and a quarter that was not found is missing, not filled in. Of two figures for one plan
    (the same first and last day) the one published last counts.

    Parameters
    ----------
    plan
        Claim of the plan to hold the spending against; needed where the dossier has several.

    Returns
    -------
    pandas.DataFrame
        Columns period_start, period_end, spent (bn of the plan's currency), bound, cumulative, claim;
        `attrs` has the plan (level, bound, start, end, claim), the subject, the currency, `missing` (spans
        without a figure, as pairs of days) and `sum_bound`: what the sum is, "exact" or a bound; None where
        floors and ceilings, or roundings and gaps, are mixed, so that it bounds nothing; `stated`, the latest
        figure of the role capex_plan_spent (level, bound, end, claim), what the company itself counts towards
        the plan, or None.

    Raises
    ------
    ValueError
        If the dossier has no capex_plan, no capex within it, or several plans and none is named; if plan and
        spending are of two subjects or in two currencies.

    Examples
    --------
    >>> import workbook as wb
    >>> table = capex(wb.open())
    >>> bool(table["cumulative"].is_monotonic_increasing)
    True
    """
    rows = facts.read(book, "capex_plan", "capex_plan_spent", "capex")
    plans = rows[rows["role"] == "capex_plan"]
    if plan is not None:
        plans = plans[plans["claim"] == plan]
    else:
        plans = plans[plans["kind"] == "guidance"]
        span = ["period_start", "period_end"]
        plans = plans[plans["published"] == plans.groupby(span, dropna=False)["published"].transform("max")]
        plans = plans.drop_duplicates([*span, "value", "bound", "unit"])
    if plans.empty:
        raise ValueError(f"no guidance of the role capex_plan in {book!r}; try a later as_of")
    if len(plans) > 1:
        raise ValueError(f"several plans in {book!r}: name one of {', '.join(plans['claim'])} as plan")
    chosen = plans.iloc[0]
    actual = rows[(rows["kind"] == "actual") & (rows["period_end"] > chosen["period_start"])]
    spent, stated = (actual[actual["role"] == role] for role in ("capex", "capex_plan_spent"))
    spent = spent[facts.months(spent) == facts.months(spent).min()]  # quarters, not the years made of them
    if spent.empty:
        raise ValueError(
            f"no figure of the role capex since the plan of {chosen['period_start']:%Y-%m-%d} in {book!r}"
        )
    subject = facts.one_subject(pd.concat([plans, spent, stated]))
    currency = str(chosen["unit"]).split()[0]
    units = pd.concat([spent["unit"], stated["unit"]])
    if foreign := sorted(set(units.str.split().str[0]) - {currency}):
        raise ValueError(f"the plan is in {currency} and spending in {', '.join(foreign)}: use one currency")
    spent = spent.assign(
        length=spent["period_end"] - spent["period_start"],
        spent=[in_bn(v, u) for v, u in zip(spent["value"], spent["unit"], strict=True)],
    ).sort_values(["length", "published"])
    kept: list[dict[str, Any]] = []
    for row in spent.to_dict("records"):
        overlaps = [
            r
            for r in kept
            if r["period_start"] <= row["period_end"] and r["period_end"] >= row["period_start"]
        ]
        if not overlaps:
            kept.append({str(k): row[k] for k in ("period_start", "period_end", "spent", "bound", "claim")})
    table = pd.DataFrame(kept).sort_values("period_end", ignore_index=True)
    table["cumulative"] = table["spent"].cumsum().round(9)
    day = pd.Timedelta(days=1)
    ends = [chosen["period_start"] - day, *table["period_end"]]
    missing = [
        (end + day, start)
        for end, start in zip(ends, table["period_start"], strict=False)
        if start > end + day
    ]
    table.attrs = {
        "unit": "bn of the plan's currency",
        "currency": currency,
        "subject": subject,
        "level": in_bn(chosen["value"], chosen["unit"]),
        "bound": str(chosen["bound"]),
        "start": chosen["period_start"],
        "end": chosen["period_end"],
        "claim": chosen["claim"],
        "missing": missing,
        "sum_bound": _sum_bound(set(table["bound"]), bool(missing)),
        "stated": None,
    }
    for row in stated.tail(1).to_dict("records"):
        level = in_bn(row["value"], row["unit"])
        table.attrs["stated"] = {
            "level": level, "bound": row["bound"], "end": row["period_end"], "claim": row["claim"]
        }  # fmt: skip
    return table[["period_start", "period_end", "spent", "bound", "cumulative", "claim"]]


def _sum_bound(bounds: set[str], missing: bool) -> str | None:
    """Say what a sum of figures with these bounds is; a missing part, never negative, makes it a floor.

    Examples
    --------
    >>> _sum_bound({"exact"}, False), _sum_bound({"exact", "at_least"}, True), _sum_bound({"at_most"}, True)
    ('exact', 'at_least', None)
    """
    kinds = (bounds | ({"at_least"} if missing else set())) - {"exact"}
    if not kinds:
        return "exact"
    return kinds.pop() if len(kinds) == 1 else None


def capex_chart(
    book: Dossier, *, plan: str | None = None, lang: Language = "en", title: str | None = None
) -> alt.LayerChart:
    """Draw what was spent since the plan was announced against the plan, drawn as the bound it is.

    Parameters
    ----------
    plan
        As in `capex`.

    Raises
    ------
    ValueError
        As `capex`.

    Examples
    --------
    >>> import workbook as wb
    >>> capex_chart(wb.open()).to_dict()["layer"][0]["layer"][0]["encoding"]["y"]["title"]
    'RMB bn, cumulative since the plan'
    """
    table = capex(book, plan=plan)
    plan_of = table.attrs
    currency = plan_of["currency"]
    unit, units = style.billions(currency, lang)
    digits = 1 if units == 1 else 0
    claims = book.claims.set_index("id")
    bars = table.assign(
        before=(table["cumulative"] - table["spent"]).round(9),
        statement=table["claim"].map(claims["statement"]),
        shown=[
            style.BOUND_WORDS[lang][b] + style.number(v * units, digits, b, lang) + mark
            for b, v, mark in zip(
                table["bound"], table["spent"], facts.marks(book, table["claim"]), strict=True
            )
        ],
        next=table["period_end"] + pd.Timedelta(days=1),
        mid=table["period_start"] + (table["period_end"] - table["period_start"]) / 2,
    )
    gaps = [{"mid": first + (last - first) / 2} for first, last in plan_of["missing"]]
    total, last = table["cumulative"].iloc[-1], table["period_end"].iloc[-1]
    months = (last - plan_of["start"]).days / 30.4375
    whole = (plan_of["end"] - plan_of["start"]).days / 30.4375
    level = style.figure(plan_of["level"], f"{currency} bn", plan_of["bound"], lang)
    spent = style.figure(total, f"{currency} bn", plan_of["sum_bound"] or "exact", lang)
    subject = facts.named(book, plan_of["subject"], lang)
    span = f"{months:.0f} of {whole:.0f} months"
    stated = plan_of["stated"]
    if stated:
        spent_by = style.day(stated["end"], lang=lang)
        counted = style.figure(stated["level"], f"{currency} bn", stated["bound"], lang)
    words = {
        "en": (
            f"{subject} counts {counted} of a plan of {level} as spent by {spent_by}"
            if stated
            else f"{subject}: capital expenditure of {spent} in {span}; the plan is {level}"
            if plan_of["sum_bound"]
            else f"{subject}: capital expenditure found in {span} sums to {spent}; the plan is {level}",
            f"Bars: all {facts.series_name(book, 'capex')}, whether or not it counts towards the plan."
            + (" Periods not found are missing, so the sum is no total." if gaps else ""),
            f"{unit}, cumulative since the plan",
            "not found",
            "the plan",
            "counted by the company",
            "even pace",
        ),
        "zh": (
            f"{subject}自计：计划投入{level}，截至{spent_by}已投入{counted}"
            if stated
            else f"{subject}资本开支：{whole:.0f}个月中的前{months:.0f}个月{spent}，计划为{level}"
            if plan_of["sum_bound"]
            else f"{subject}资本开支：前{months:.0f}个月查到的合计{spent}，计划为{level}",
            f"柱为全部{facts.series_name(book, 'capex', 'zh')}，不论是否计入该计划。"
            + ("未查到的时段不计入，因此合计并非总额。" if gaps else ""),
            f"{unit}，计划以来累计",
            "未查到",
            "计划",
            "公司自计",
            "均匀投入",
        ),
    }[lang]
    x_scale = style.span(plan_of["start"] - pd.Timedelta(days=60), plan_of["end"])
    y_scale = alt.Scale(domain=[0, float(f"{1.2 * max(plan_of['level'], total):.6g}")])
    base = alt.Chart(bars)
    x = alt.X("period_start:T", title=None, scale=x_scale, axis=style.month_axis(lang))

    def mark(claim: str) -> str:
        return facts.marks(book, pd.Series([claim]))[0]

    target = pd.DataFrame(
        [
            {
                "start": plan_of["start"],
                "end": plan_of["end"],
                "level": plan_of["level"],
                "text": f"{words[4]}: {level}{mark(plan_of['claim'])}",
            }
        ]
    )
    layers: list[alt.Chart] = [
        base.mark_rect(color=COLORS["actual"]).encode(
            x=x,
            x2="next:T",
            y=alt.Y("before:Q", title=words[2], scale=y_scale, axis=style.billions_axis(lang)),
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
    ]
    # Even in time, from nothing on the first day to the plan's level on the last.
    pace = pd.DataFrame({"day": [plan_of["start"], plan_of["end"]], "level": [0, plan_of["level"]]})
    later = plan_of["start"] + 0.75 * (plan_of["end"] - plan_of["start"])
    label = pd.DataFrame([{"day": later, "level": 0.75 * plan_of["level"], "text": words[6]}])
    place: dict[str, Any] = {
        "x": alt.X("day:T", scale=x_scale),
        "y": alt.Y("level:Q", scale=y_scale),
    }
    layers += [
        alt.Chart(pace)
        .mark_line(color=COLORS["guidance"], strokeDash=[4, 4], strokeWidth=1.2)
        .encode(**place),
        alt.Chart(label)
        .mark_text(color=COLORS["guidance"], align="left", dx=8, dy=8)
        .encode(**place, text="text:N"),
    ]
    arrows: dict[str, tuple[str, Any]] = {"at_least": ("↑", "bottom"), "at_most": ("↓", "top")}
    if plan_of["bound"] in arrows:
        arrow, baseline = arrows[plan_of["bound"]]
        layers.append(
            alt.Chart(target)
            .mark_text(color=COLORS["guidance"], text=arrow, fontSize=20, baseline=baseline, dx=4)
            .encode(x=alt.X("start:T", scale=x_scale), y=alt.Y("level:Q", scale=y_scale))
        )
    if stated:
        said = f"{words[5]}: {counted}{mark(stated['claim'])}"
        counts = pd.DataFrame([{"end": stated["end"], "level": stated["level"], "text": said}])
        counts["statement"] = claims["statement"][stated["claim"]]
        own = alt.Chart(counts).encode(x=alt.X("end:T", scale=x_scale), y=alt.Y("level:Q", scale=y_scale))
        layers += [
            own.mark_point(
                shape=style.BOUND_SHAPES[stated["bound"]],
                size=130,
                filled=True,
                opacity=1,
                color=COLORS["derived"],
            ).encode(tooltip=["statement:N", "text:N"]),
            own.mark_text(align="left", dx=8, dy=30, color=COLORS["ink"]).encode(text="text:N"),
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
        lang=lang,
        footer=facts.footer(
            book, [*table["claim"], plan_of["claim"], *([stated["claim"]] if stated else [])], lang
        ),
        description=f"Stacked steps: capital expenditure since the plan, beside the plan. {words[0]}.",
        width=700,
        below=30,
    )
