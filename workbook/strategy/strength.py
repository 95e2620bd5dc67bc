"""The flywheel with a slider: how strong a link has to be for a loop to keep itself going."""

from __future__ import annotations

import math
from typing import Any

import altair as alt
import pandas as pd

from workbook import diagram, style, words
from workbook.dossier import Dossier
from workbook.expressions import quoted
from workbook.strategy.links import cycles, needed
from workbook.strategy.wheel import UNIT, arrow, bounds, layout, marks
from workbook.style import COLORS, Language


def strength_chart(book: Dossier, *, lang: Language = "en", title: str | None = None) -> alt.LayerChart:
    """Draw the flywheel with a choice of link and strength, and which loops then keep themselves going.

    The model is an illustration and uses no figure of the dossier. A link of strength s passes on s percent
    for one percent (an elasticity). Nobody has published one, so each is the reader's assumption and starts
    at 1. One turn of a loop, taken by itself, multiplies a push by the product of its links' strengths and
    signs: a reinforcing loop keeps itself going only where that product is at least 1; a balancing loop
    answers a push with its opposite, and the swing fades where the product is below 1. The browser computes
    all of it, without a kernel.

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
        If the dossier has no link, or its links close no loop, as known on its `as_of`.

    Examples
    --------
    >>> spec = strength_chart(book).to_dict()
    >>> [parameter["name"] for parameter in spec["params"]]
    ['chosen', 'strength', 'others']
    """
    links = needed(book)
    closed = sorted(cycles(links), key=lambda cycle: (len(cycle), cycle))
    if not closed:
        raise ValueError(
            f"the links of the flywheel close no loop in {book!r}; add rows, or try a later as_of"
        )
    signs = {
        arrow(cause, effect): sign
        for cause, effect, sign in zip(links["cause"], links["effect"], links["sign"], strict=True)
    }
    used = [[arrow(*pair) for pair in zip(c, [*c[1:], c[0]], strict=True)] for c in closed]
    options = [link for link in signs if any(link in loop for loop in used)]
    laid_out = layout(links)
    low, high = bounds(laid_out["boxes"])
    width = max(high[0] - low[0], 7.2)
    rows: list[dict[str, Any]] = []
    top = high[1] + 0.55
    for loop, cycle in zip(used, closed, strict=True):
        lines = style.wrap(arrow(*cycle, cycle[0]), 0.5 * width * UNIT, 11)
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
    finding = words.text("strength.finding", lang)
    link, chosen, others = (words.text(f"strength.{name}", lang) for name in ("link", "chosen", "others"))
    first = max(options, key=lambda link: sum(link in loop for loop in used))
    controls = [
        alt.param(name="chosen", value=first, bind=alt.binding_select(options=options, name=link)),
        *(
            alt.param(name=name, value=1, bind=alt.binding_range(min=0, max=2, step=0.05, name=label))
            for name, label in (("strength", chosen), ("others", others))
        ),
    ]
    curves, arrows, *rest = marks(laid_out, plane)
    wide = "datum.link == chosen ? 1 + 4 * strength : 1.6"
    drawing = [
        # The width of a line is its size: Vega-Lite 5 overlooks strokeWidth here.
        curves.transform_calculate(wide=wide).encode(size=alt.Size("wide:Q", scale=None, legend=None)),
        arrows.encode(size=alt.condition("datum.link == chosen", alt.value(260), alt.value(90))),
        *rest,
        *_turns(rows, plane, low[0], width, lang),
    ]
    return style.dress(
        alt.layer(*drawing).resolve_scale(color="independent").add_params(*controls),
        title=title or finding,
        subtitle=words.text("strength.note", lang),
        lang=lang,
        footer=style.footer(book, links["claim"], lang=lang),
        description=words.text("strength.alt", lang, loops=len(rows), finding=finding),
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
    up, even, down, wider, level, fades = (
        quoted(words.text(f"strength.{fate}", lang))
        for fate in ("grows", "keeps_going", "dies_out", "swings_wider", "swings_on", "fades")
    )
    comes_back = words.expression("strength.comes_back", lang, back="datum.back", fate="datum.fate")
    count = words.expression(
        "strength.count",
        lang,
        **{name: name for name in ("chosen", "strength", "others")},
        **{name: f"datum.{name}" for name in ("going", "all")},
    )
    base = alt.Chart(pd.DataFrame(rows)).transform_calculate(
        touched="indexof(datum.links, '|' + chosen + '|') >= 0",
    )
    base = base.transform_calculate(
        product="datum.touched ? strength * pow(others, datum.length - 1) : pow(others, datum.length)",
    )
    # A product of strengths that should be 1 may differ from it by a rounding error.
    base = base.transform_calculate(
        against="abs(datum.product - 1) < 1e-9 ? 1 : datum.product > 1 ? 0 : 2",
        going="datum.product > 1 - 1e-9 ? 1 : 0",
        start=f"{zero}",
        end=f"{zero} + {unit} * min(datum.product, 2)",
    )
    base = base.transform_calculate(
        fate=f"datum.sign > 0 ? [{up}, {even}, {down}][datum.against] "
        f": [{wider}, {level}, {fades}][datum.against]",
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
