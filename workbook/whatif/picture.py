"""What a notebook keeps of a panel: a picture and a table, drawn from the same spec as the live one."""

from __future__ import annotations

import base64
import html
from dataclasses import dataclass
from typing import Any

import pandas as pd

from workbook import style, words
from workbook.arr import Scenario
from workbook.commercialization.layers import field_values
from workbook.commercialization.readouts import Readout, asked
from workbook.style import Language

__all__ = ["Shown", "beside", "page", "picture"]


@dataclass(frozen=True)
class Shown:
    """What there is to see of a panel: two that are equal look the same."""

    scenario: Scenario
    compared: dict[str, dict[str, Any]]
    """Saved scenarios beside it, as `Folder.listed` gives them."""
    company: str
    """Whose windows are drawn."""
    fan: list[dict[str, Any]] | None
    """Rows of the simulation, where it is of this scenario."""


def beside(compared: dict[str, dict[str, Any]]) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """Return the rows of the data set `saved` and the parameters that go with them, as the page does.

    Examples
    --------
    >>> low = {"path": [["2026-06-30", 10.0], ["2026-12-31", 20.0]], "color": "#7b5ea7"}
    >>> rows, values = beside({"low": low})
    >>> rows[1], values
    ({'name': 'low', 'color': '#7b5ea7', 'day': '2026-12-31', 'arr': 20.0}, {'saved_first': '2026-06-30', 'saved_last': '2026-12-31', 'saved_highest': 20.0})
    """  # noqa: E501
    rows = [
        {"name": name, "color": each["color"], "day": day, "arr": level}
        for name, each in compared.items()
        for day, level in each["path"]
    ]
    days = [row["day"] for row in rows]
    return rows, {
        "saved_first": min(days, default=None),
        "saved_last": max(days, default=None),
        "saved_highest": max((row["arr"] for row in rows), default=0),
    }


def picture(spec: dict[str, Any], shown: Shown) -> str:
    """Draw the panel's spec as SVG, with the parameters and data that the page would give it."""
    from workbook.jupyter.display import (
        svg,
    )  # brings vl-convert, which an import of the panel does not wait for

    rows, values = beside(shown.compared)
    values |= field_values(shown.scenario) | {"compared": shown.company}
    params = [
        param | {"value": values[param["name"]]} if param["name"] in values else param
        for param in spec["params"]
    ]
    datasets = {**spec["datasets"], "saved": rows, "simulated": shown.fan or []}
    return svg({**spec, "params": params, "datasets": datasets})


def page(
    shown: Shown,
    table: pd.DataFrame,
    readouts: list[Readout],
    spec: dict[str, Any],
    legend: dict[str, str],
    sources: str,
    lang: Language,
) -> str:
    """Write picture and table as HTML; all text of the dossier is escaped."""
    said = words.group("whatif.page", lang)
    figures = table.set_index("figure")
    scale = style.billions(shown.scenario.currency, lang)[1]
    level = asked(shown.scenario.target or shown.scenario.end_arr, scale)
    cell = "<td style='text-align:right;padding-left:1.5em'>{}</td>"
    rows = ""
    for readout in readouts:
        row: Any = figures.loc[readout.figure]
        texts = [
            readout.write(row["now"]),
            readout.write(row["guidance"]),
            readout.write_change(row["change"]),
        ]
        for each in shown.compared.values():
            value, fields = each["figures"][readout.figure], each["fields"]
            other = asked(fields["target"] or fields["end_arr"], scale)
            of = f" ({said['of']} {other})" if readout.figure == "p_target" and other != level else ""
            texts.append(readout.write(float("nan") if value is None else value) + of)
        head = html.escape(readout.label.replace("{target}", level))
        cells = "".join(cell.format(html.escape(text)) for text in texts)
        rows += f"<tr><th scope='row' style='text-align:left'>{head}</th>{cells}</tr>"
    heads = "".join(
        f"<th scope='col' style='text-align:right;padding-left:1.5em'>{html.escape(name)}</th>"
        for name in (said["now"], said["guidance"], said["change"], *shown.compared)
    )
    scenario = html.escape(_scenario(shown.scenario, lang))
    reading = [words.text("whatif.reading", lang, **legend)]
    reading += [words.text("whatif.simulation_reading", lang)] if shown.fan is not None else []
    reading += [words.text("whatif.company_reading", lang)] if shown.company else []
    drawn = base64.b64encode(picture(spec, shown).encode()).decode("ascii")
    return (
        "<div class='wb-stored'>"
        f"<img src='data:image/svg+xml;base64,{drawn}' alt='{scenario}' width='720'>"
        f"<p>{html.escape(words.sentences(reading, lang))}</p>"
        f"<table><caption style='text-align:left'>{scenario}</caption><tr><th></th>{heads}</tr>{rows}</table>"
        f"<p>{html.escape(sources)}</p></div>"
    )


def _scenario(s: Scenario, lang: Language) -> str:
    unit = f"{s.currency} bn"
    start, end = (
        f"{style.money(level, unit, lang)} ({style.day(day, lang=lang)})"
        for day, level in ((s.start, s.start_arr), (s.end, s.end_arr))
    )
    panel, shape = words.text("whatif.page.panel", lang), words.text(f"shape.{s.shape}", lang)
    return words.text("whatif.scenario", lang, panel=panel, start=start, end=end, shape=shape)
