"""The organisation on a day, and with a slider over the days on which it changed."""

from __future__ import annotations

import datetime as dt
from typing import Any

import altair as alt
import pandas as pd

from workbook import style, words
from workbook.dates import read_day
from workbook.dossier import Dossier
from workbook.structure.organisation import BY_THEN, RECENT, changes, in_force, reporting, units
from workbook.structure.tree import COLUMN, WIDEST, column_count, placed, positions, tree_layers
from workbook.style import Language


def org_chart(
    book: Dossier, *, at: str | dt.date, lang: Language = "en", title: str | None = None
) -> alt.LayerChart:
    """Draw the organisation on a day as a tree, the top on the left; new units stand out.

    A unit whose parent is not known on the dossier's `as_of` stands alone in the first column.

    Parameters
    ----------
    book
        The dossier.
    at
        Day on which the units and ties are in force.
    lang
        "en" or "zh", for every text of the chart.
    title
        A title in place of the one that states the finding.

    Raises
    ------
    ValueError
        If no unit is alive on that day, or `at` is not a date.

    Examples
    --------
    >>> spec = org_chart(book, at="2031-06-30", lang="zh").to_dict()
    >>> "北光实验室" in str(spec["datasets"])
    True
    """
    day = pd.Timestamp(read_day("at", at))
    table = units(book, at=at, lang=lang)
    if in_force(book.org_units, day, "formed", "dissolved").empty:
        raise ValueError(f"no unit is alive on {day:%Y-%m-%d} in {book!r}; try another at or a later as_of")
    if table.empty:
        raise ValueError(
            f"nothing but segments on {day:%Y-%m-%d} in {book!r}; add the units they are made of"
        )
    nodes, ties = placed(table, day, lang)
    fresh = [n["name"] for n in nodes if n["part"] == "new"]
    orphans = int(table["parent"].isna().sum()) - 1
    finding = _count("org.finding", nodes, day, lang)
    note = words.text("org.note", lang)
    alone = words.text("org.orphans", lang, n=orphans) if orphans > 0 else ""
    layers, (columns, rows) = tree_layers(nodes, ties, lang)
    claims = set(table["claim"]) | set(reporting(book, day, lang)["claim"])
    return style.dress(
        alt.layer(*layers).resolve_scale(color="independent"),
        title=title or finding,
        subtitle=words.sentences([note, alone], lang),
        lang=lang,
        footer=style.footer(book, claims, lang=lang),
        description=words.sentences(_described(finding, fresh, nodes, lang), lang),
        width=round(min(COLUMN * columns, WIDEST)),
        height=round(51 * rows),
        below=6,
    )


def _described(finding: str, fresh: list[str], nodes: list[dict[str, Any]], lang: Language) -> list[str]:
    """Say what the tree shows, for those who cannot see it."""
    told = [words.text("org.alt", lang, finding=finding)]
    if fresh:
        told.append(words.text("org.alt_new", lang, units=words.text("join.list", lang).join(fresh)))
    segments = [(node["name"], node["segment"]) for node in nodes if node["segment"]]
    return told + [words.text("org.alt_segment", lang, unit=unit, segment=to) for unit, to in segments]


def _count(key: str, nodes: list[dict[str, Any]], day: pd.Timestamp, lang: Language) -> str:
    fresh = sum(node["part"] == "new" for node in nodes)
    units = words.text("org.units", lang, n=len(nodes))
    return words.text(key, lang, day=style.day(day, lang=lang), units=units, fresh=fresh, days=RECENT.days)


def org_chart_by_date(book: Dossier, *, lang: Language = "en", title: str | None = None) -> alt.LayerChart:
    """Draw the organisation with a slider for the date; under the tree stands what changed on that day.

    There is a step for every date in `changes`, as known on the dossier's `as_of`; the slider starts at the
    last. All steps are laid out in advance and the browser picks one, so no kernel is needed.

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
        If nothing in the organisation changed, as known on the dossier's `as_of`.

    Examples
    --------
    >>> spec = org_chart_by_date(book).to_dict()
    >>> spec["params"][0]["value"] == spec["params"][0]["bind"]["max"]
    True
    """
    changed = changes(book, before=pd.Timestamp.min, after=pd.Timestamp.max, lang=lang)
    if changed.empty:
        raise ValueError(f"no unit was formed, moved, merged or dissolved in {book!r}; try a later as_of")
    nodes: list[dict[str, Any]] = []
    ties: list[dict[str, Any]] = []
    news: list[dict[str, Any]] = []
    claims = set(changed["claim"].dropna())
    every = sorted(set(changed["date"]))
    tables: list[pd.DataFrame] = []
    for day in reversed(every):
        table = units(book, at=day, lang=lang)
        # Each unit has a line of four corners to its parent, a row of the table each.
        if tables and 4 * sum(map(len, [table, *tables])) > style.limits.MOST_ROWS:
            break
        tables.insert(0, table)
    days = every[-len(tables) :]
    most = max(column_count(positions(table)) for table in tables)
    for number, (day, table) in enumerate(zip(days, tables, strict=True), start=1):
        claims |= set(table["claim"]) | set(reporting(book, day, lang)["claim"])
        boxes, lines = placed(table, day, lang, most)
        nodes += [{"step": number, **box} for box in boxes]
        ties += [{"step": number, **line} for line in lines]
        sentences = _sentences(changed[changed["date"] == day], lang)
        news.append({"step": number, "count": _count("org.count", boxes, day, lang), "told": sentences})
    trees, (columns, rows) = tree_layers(nodes, ties, lang)
    width, size = round(min(COLUMN * columns, WIDEST)), 12
    summary = f"{news[-1]['count']}. {' '.join(news[-1]['told'])}"
    for row in news:
        row["told"] = "|".join(line for sentence in row["told"] for line in style.wrap(sentence, width, size))
    ends = [style.day(day, "month", lang) for day in (days[0], days[-1])]
    earlier = len(every) - len(days)
    anew = changed["what"].str.startswith("reports in").any()
    finding = words.text(
        "org.dates_finding_segments" if anew else "org.dates_finding",
        lang,
        n=len(news),
        first=ends[0],
        last=ends[1],
    )
    note = words.text("org.dates_note", lang)
    left_out = words.text("org.dates_earlier", lang, n=earlier) if earlier else ""
    step = alt.param(
        name="step",
        value=len(news),
        bind=alt.binding_range(
            min=1, max=len(news), step=1, name=words.text("org.dates_slider", lang, n=len(news))
        ),
    )
    text = alt.Chart(pd.DataFrame(news))
    texts = [
        text.mark_text(align="left", baseline="top", fontSize=size + 1, fontWeight="bold").encode(
            x=alt.value(0), y=alt.value(alt.expr("height + 4")), text="count:N"
        ),
        text.mark_text(align="left", baseline="top", fontSize=size, lineBreak="|", lineHeight=16).encode(
            x=alt.value(0), y=alt.value(alt.expr("height + 23")), text="told:N"
        ),
    ]
    chosen = [layer.transform_filter("datum.step == step") for layer in (*trees, *texts)]
    return style.dress(
        alt.layer(*chosen).resolve_scale(color="independent").add_params(step),
        title=title or finding,
        subtitle=words.sentences([note, left_out], lang),
        lang=lang,
        footer=style.footer(book, claims, lang=lang),
        description=words.text("org.dates_alt", lang, n=len(news), finding=finding, summary=summary),
        width=width,
        height=round(48 * rows),
        below=30 + 16 * max(n["told"].count("|") + 1 for n in news),
    )


def _sentences(changed: pd.DataFrame, lang: Language) -> list[str]:
    """Say what changed on one day, or by that day where none was stated, a sentence a kind of change."""
    sentences = []
    for what in ("created", "merged into", "moved", "dissolved", "reports in"):
        key = what.replace(" ", "_")
        for late in ("", BY_THEN):
            rows = changed[changed["what"] == what + late]
            if rows.empty:
                continue
            if what == "reports in":
                join = words.text("join.list", lang).join
                rows = rows.groupby("to")["unit"].agg(join).reset_index()
            some = [
                words.text(f"org.changed.pair_{key}", lang, unit=unit, to=to)
                if what in ("merged into", "moved", "reports in")
                else unit
                for unit, to in zip(rows["unit"], rows["to"], strict=True)
            ]
            units = words.text("join.items", lang).join(some)
            sentence = words.text(f"org.changed.{key}", lang, units=units)
            sentences.append(words.text("org.changed.undated", lang, sentence=sentence) if late else sentence)
    return sentences
