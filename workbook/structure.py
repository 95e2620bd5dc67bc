"""Structure: who belongs to whom on a day, what changed between two days, and who feeds whom.

Who manages a unit and in which segment its results are reported are two hierarchies: the tree is that of
management; a segment is never drawn as a parent.
"""

from __future__ import annotations

import datetime as dt
import math
import re
import textwrap
from typing import Any

import altair as alt
import pandas as pd

from workbook import diagram, evidence, style, words
from workbook.dates import read_day
from workbook.dossier import Dossier
from workbook.style import COLORS, Language

__all__ = ["chain_chart", "changes", "org_chart", "org_chart_by_date", "timeline_chart", "units"]

RECENT = pd.Timedelta(days=90)
"""A unit younger than this on the day of an org chart is marked as new."""
_HALF = (0.46, 0.42)
"""Half the width and height of a box of the org chart, in columns and rows."""
_COLUMN, _WIDEST = 232, 880
"""Pixels of a column of the org chart, and of all of them where there are many."""
BY_THEN = " by then"
"""Added to a change whose source gives no day: it had happened by the day shown."""
SEGMENT = "segment"
"""Kind of a unit that only says how results are reported."""


def units(book: Dossier, *, at: str | dt.date, lang: Language = "en") -> pd.DataFrame:
    """Return the units alive on a day with the unit each is part of and who leads it.

    A row holds where start <= day < end; an empty start means "before the period covered". Segments are
    no units of management: they stand in the column `reports_in` of those whose results they hold.

    Returns
    -------
    pandas.DataFrame
        Columns unit, name, name_zh, kind, role, formed, parent (empty for the top of the group and where
        no parent is known on `as_of`), lead (names, in the language asked for, of
        those who head the whole of it), claim, reports_in (names of segments, empty where none is known).

    Raises
    ------
    ValueError
        If `at` is not a date.

    Examples
    --------
    >>> import workbook as wb
    >>> table = units(wb.open(), at="2026-06-30")
    >>> bool(table["unit"].is_unique)
    True
    """
    day = pd.Timestamp(read_day("at", at))
    alive = _managed(_in_force(book.org_units, day, "formed", "dissolved"))
    roles = _in_force(book.roles, day)
    roles = roles[roles["leads"].astype(bool)]
    people = book.people.set_index("id")
    names = words.localised(people, "name", lang)
    reported = _reporting(book, day, lang).groupby("child")["segment"].agg("; ".join).to_dict()
    leads = roles["person"].map(names).groupby(roles["unit"]).agg(lambda s: ", ".join(dict.fromkeys(s)))
    parent = alive["id"].map(pd.Series(_parents(book, day), dtype="str"))
    return (
        pd.DataFrame(
            {
                "unit": alive["id"],
                "name": alive["name"],
                "name_zh": alive["name_zh"],
                "kind": alive["kind"].astype("str"),
                "role": alive["role"],
                "formed": alive["formed"],
                "parent": parent.where(parent.isin(alive["id"])),
                "lead": [leads.get(unit, "") for unit in alive["id"]],
                "claim": alive["claim"],
                "reports_in": [reported.get(unit, "") for unit in alive["id"]],
            }
        )
        .astype({"lead": "str", "reports_in": "str"})
        .reset_index(drop=True)
    )


def _parents(book: Dossier, day: pd.Timestamp) -> dict[str, str]:
    """Return which unit each is part of on a day, whatever the order of the rows.

    Of two sides of a dispute the one that stands counts, and neither while it is open. In a view of an
    earlier day the end of a link may not have been known: the newest counts, and no older one closes a loop.
    """
    links = _in_force(book.org_links, day)
    links = links[links["relation"] == "part_of"].sort_values("start", ascending=False, kind="stable")
    gives_way: set[tuple[str, str]] = set()
    for row in book.disputes.to_dict("records"):
        if row["standing"] != "resolved_for":
            gives_way.add((row["claim"], row["against"]))
        if row["standing"] != "resolved_against":
            gives_way.add((row["against"], row["claim"]))
    parents: dict[str, str] = {}
    for child, rivals in links.groupby("child", sort=False):
        for parent, claim in zip(rivals["parent"], rivals["claim"], strict=True):
            above = parent
            while above in parents:
                above = parents[above]
            if above != child and not any((claim, other) in gives_way for other in rivals["claim"]):
                parents[str(child)] = parent
                break
    return parents


def _in_force(table: pd.DataFrame, day: pd.Timestamp, start: str = "start", end: str = "end") -> pd.DataFrame:
    begun = table[start].isna() | (table[start] <= day)
    return table[begun & (table[end].isna() | (day < table[end]))]


def _managed(units: pd.DataFrame) -> pd.DataFrame:
    return units[units["kind"].astype("str") != SEGMENT]


def _reporting(book: Dossier, day: pd.Timestamp, lang: Language) -> pd.DataFrame:
    """Return child, segment (its name) and claim of the reporting ties in force on a day."""
    links = _in_force(book.org_links, day)
    links = links[links["relation"] == "reports_in"]
    links = links[links["child"].isin(_managed(book.org_units)["id"])]
    names = {row["id"]: _called(row, lang) for row in book.org_units.to_dict("records")}
    return links.assign(segment=links["parent"].map(names))[["child", "segment", "claim"]]


def _vague(claims: pd.DataFrame) -> pd.Series[bool]:
    """Tell which claims give no day: what they report had happened by the day in the table, not on it."""
    return claims["precision"].notna() & (claims["precision"].astype("str") != "day")


def _called(row: Any, lang: Language) -> str:
    own = row.get(f"name_{lang}")
    return str(row["name"] if own is None or pd.isna(own) else own)


def _lines(name: str, lead: str, width: int) -> str:
    lines = (
        style.wrap(name, width * 6.2, 11)
        if re.search("[\u4e00-\u9fff]", name)
        else textwrap.wrap(name, width)
    )
    return "|".join([*lines[:2], *textwrap.wrap(lead, width + 4)[:1]])


def org_chart(
    book: Dossier, *, at: str | dt.date, lang: Language = "en", title: str | None = None
) -> alt.LayerChart:
    """Draw the organisation on a day as a tree, the top on the left; new units stand out.

    A unit whose parent is not known on the dossier's `as_of` stands in the first column by itself.

    Raises
    ------
    ValueError
        If no unit is alive on that day, or `at` is not a date.

    Examples
    --------
    >>> import workbook as wb
    >>> spec = org_chart(wb.open(), at="2026-06-30", lang="zh").to_dict()
    >>> "阿里巴巴集团" in str(spec["datasets"])
    True
    """
    day = pd.Timestamp(read_day("at", at))
    table = units(book, at=at, lang=lang)
    if _in_force(book.org_units, day, "formed", "dissolved").empty:
        raise ValueError(f"no unit is alive on {day:%Y-%m-%d} in {book!r}; try another at or a later as_of")
    if table.empty:
        raise ValueError(
            f"nothing but segments on {day:%Y-%m-%d} in {book!r}; add the units they are made of"
        )
    nodes, ties = _placed(table, day, lang)
    fresh = [n["name"] for n in nodes if n["part"] == "new"]
    orphans = int(table["parent"].isna().sum()) - 1
    finding = _count("org.finding", nodes, day, lang)
    note = words.text("org.note", lang)
    alone = words.text("org.orphans", lang, n=orphans) if orphans > 0 else ""
    layers, (columns, rows) = _tree_layers(nodes, ties, lang)
    claims = set(table["claim"]) | set(_reporting(book, day, lang)["claim"])
    return style.dress(
        alt.layer(*layers).resolve_scale(color="independent"),
        title=title or finding,
        subtitle=words.sentences([note, alone], lang),
        lang=lang,
        footer=style.footer(book, claims, lang=lang),
        description=(
            f"Organisation tree. {finding}. New: {', '.join(fresh) or 'none'}."
            + "".join(f" Results of {n['name']}: reported in {n['segment']}." for n in nodes if n["segment"])
        ),
        width=round(min(_COLUMN * columns, _WIDEST)),
        height=round(51 * rows),
        below=6,
    )


def _count(key: str, nodes: list[dict[str, Any]], day: pd.Timestamp, lang: Language) -> str:
    fresh = sum(node["part"] == "new" for node in nodes)
    units = words.text("org.units", lang, n=len(nodes))
    return words.text(key, lang, day=style.day(day, lang=lang), units=units, fresh=fresh, days=RECENT.days)


def _placed(
    table: pd.DataFrame, day: pd.Timestamp, lang: Language, columns: int = 1
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Lay the units of a day out as a tree: their boxes, and the corners of the lines to their parents.

    Names are wrapped to the boxes of a chart of so many columns, or as many as the day has.
    """
    places = _tree(table)
    columns = max(columns, _columns(places))
    letters = round(min(_COLUMN, _WIDEST / columns) * 2 * _HALF[0] / 6.2)
    nodes = [
        {
            "x": x,
            "y": y,
            "lines": _lines(_called(row, lang), row["lead"], letters),
            "part": "new" if pd.notna(row["formed"]) and day - row["formed"] < RECENT else "standing",
            "name": _called(row, lang),
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
        bend = xp + _HALF[0] + (xc - xp - 2 * _HALF[0]) / 2
        corners = [(xp + _HALF[0], yp), (bend, yp), (bend, yc), (xc - _HALF[0], yc)]
        ties += [
            {"tie": unit, "i": i, "x": round(x, 4), "y": round(y, 4)} for i, (x, y) in enumerate(corners)
        ]
    return nodes, ties


def _tree_layers(
    nodes: list[dict[str, Any]], ties: list[dict[str, Any]], lang: Language
) -> tuple[list[alt.Chart], diagram.Point]:
    """Draw boxes and lines from `_placed`; return with them the columns and rows they take.

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
    told = ["name:N", "kind:N", "role:N", "lead:N"]
    segments = sorted({n["segment"] for n in nodes} - {""})
    if segments:
        told.append("segment:N")
    layers += diagram.boxes(pd.DataFrame(nodes), plane, _HALF, looks, told)
    if segments:
        edge = [
            {**n, "x0": n["x"] - _HALF[0], "x1": n["x"] - _HALF[0] + 0.035} for n in nodes if n["segment"]
        ]
        table = pd.DataFrame(edge).assign(y0=lambda t: t["y"] - _HALF[1], y1=lambda t: t["y"] + _HALF[1])
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


def org_chart_by_date(book: Dossier, *, lang: Language = "en", title: str | None = None) -> alt.LayerChart:
    """Draw the organisation with a slider for the date; under the tree stands what changed on that day.

    There is a step for every date in `changes`, as known on the dossier's `as_of`; the slider starts at the
    last. Every step is laid out here, so that the reader's browser only chooses one: it needs no kernel.

    Raises
    ------
    ValueError
        If nothing in the organisation changed, as known on the dossier's `as_of`.

    Examples
    --------
    >>> import workbook as wb
    >>> spec = org_chart_by_date(wb.open()).to_dict()
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
        # A line to a parent has four corners.
        if tables and 4 * sum(map(len, [table, *tables])) > style.MOST_ROWS:
            break
        tables.insert(0, table)
    days = every[-len(tables) :]
    most = max(_columns(_tree(table)) for table in tables)
    for number, (day, table) in enumerate(zip(days, tables, strict=True), start=1):
        claims |= set(table["claim"]) | set(_reporting(book, day, lang)["claim"])
        boxes, lines = _placed(table, day, lang, most)
        nodes += [{"step": number, **box} for box in boxes]
        ties += [{"step": number, **line} for line in lines]
        told = _told(changed[changed["date"] == day], lang)
        news.append({"step": number, "count": _count("org.count", boxes, day, lang), "told": told})
    trees, (columns, rows) = _tree_layers(nodes, ties, lang)
    width, size = round(min(_COLUMN * columns, _WIDEST)), 12
    summary = f"{news[-1]['count']}. {' '.join(news[-1]['told'])}"
    for row in news:
        row["told"] = "|".join(line for said in row["told"] for line in style.wrap(said, width, size))
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
        description=(
            f"Organisation tree with a slider over {len(news)} dates. {finding}. Shown first: {summary}"
        ),
        width=width,
        height=round(48 * rows),
        below=30 + 16 * max(n["told"].count("|") + 1 for n in news),
    )


def _told(changed: pd.DataFrame, lang: Language) -> list[str]:
    """Say what changed on one day, or by that day where none was stated, a sentence a kind of change."""
    told = []
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
            told.append(words.text("org.changed.undated", lang, sentence=sentence) if late else sentence)
    return told


def _columns(places: dict[str, diagram.Point]) -> int:
    return round(max((x for x, _ in places.values()), default=0)) + 1


def _tree(table: pd.DataFrame) -> dict[str, diagram.Point]:
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


def changes(
    book: Dossier, *, before: str | dt.date, after: str | dt.date, lang: Language = "en"
) -> pd.DataFrame:
    """List what was created, merged, moved, dissolved or reported anew after one day and up to another.

    Returns
    -------
    pandas.DataFrame
        Columns date, what ("created", "merged into", "moved", "dissolved", "reports in", each with
        " by then" where the claim gives no day), unit, to (the successor, the new parent or the segment;
        both in the language asked for), claim, statement, source; oldest first.

    Raises
    ------
    ValueError
        If `after` does not come after `before`, or one of them is not a date.

    Examples
    --------
    >>> import workbook as wb
    >>> table = changes(wb.open(), before="2026-06-01", after="2026-06-30")
    >>> sorted(set(table["what"]))[:2]
    ['created', 'merged into']
    """
    since, until = (pd.Timestamp(read_day(*each)) for each in (("before", before), ("after", after)))
    if until <= since:
        raise ValueError(f"after ({until:%Y-%m-%d}) must come after before ({since:%Y-%m-%d})")
    names = {row["id"]: _called(row, lang) for row in book.org_units.to_dict("records")}
    links = book.org_links
    rows: list[dict[str, Any]] = []

    def inside(day: Any) -> bool:
        return bool(pd.notna(day) and since < day <= until)

    started = links[links["start"].between(since, until, inclusive="right")]
    merged = started[started["relation"] == "merged_into"]
    for link in merged.to_dict("records"):
        rows.append(
            {
                "date": link["start"],
                "what": "merged into",
                "unit": link["child"],
                "to": link["parent"],
                "claim": link["claim"],
            }
        )
    for unit in _managed(book.org_units).to_dict("records"):
        if inside(unit["formed"]):
            rows.append(
                {
                    "date": unit["formed"],
                    "what": "created",
                    "unit": unit["id"],
                    "to": None,
                    "claim": unit["claim"],
                }
            )
        if inside(unit["dissolved"]) and unit["id"] not in set(merged["child"]):
            rows.append(
                {
                    "date": unit["dissolved"],
                    "what": "dissolved",
                    "unit": unit["id"],
                    "to": None,
                    "claim": unit["ended_by"],
                }
            )
    part = links[links["relation"] == "part_of"]
    for link in started[started["relation"] == "part_of"].to_dict("records"):
        earlier = part[(part["child"] == link["child"]) & (part["end"] == link["start"])]
        if len(earlier):
            rows.append(
                {
                    "date": link["start"],
                    "what": "moved",
                    "unit": link["child"],
                    "to": link["parent"],
                    "claim": link["claim"],
                }
            )
    managed = set(_managed(book.org_units)["id"])
    for link in started[started["relation"] == "reports_in"].to_dict("records"):
        if link["child"] in managed:
            rows.append(
                {
                    "date": link["start"],
                    "what": "reports in",
                    "unit": link["child"],
                    "to": link["parent"],
                    "claim": link["claim"],
                }
            )
    vague = set(book.claims.loc[_vague(book.claims), "id"])
    for row in rows:
        row["what"] += BY_THEN if row["claim"] in vague else ""
    table = pd.DataFrame(rows, columns=["date", "what", "unit", "to", "claim"])
    table["date"] = pd.to_datetime(table["date"])
    told = evidence.said(book, table["claim"])
    return (
        table.assign(
            unit=table["unit"].map(names),
            to=table["to"].map(names).fillna(""),
            statement=told["statement"],
            source=told["source"],
        )
        .astype({"unit": "str", "to": "str"})
        .sort_values(["date", "what", "unit"], ignore_index=True)
    )


def timeline_chart(
    book: Dossier, *, since: str | dt.date | None = None, lang: Language = "en", title: str | None = None
) -> alt.LayerChart:
    """Draw the life of every unit that came or went, and the mergers between them.

    Segments have bars of another colour: that results are reported anew moves nobody, and is not counted.

    Parameters
    ----------
    since
        First day shown; a year before the last change when not given.

    Raises
    ------
    ValueError
        If no unit came or went, as known on the dossier's `as_of`, or `since` is not a date.

    Examples
    --------
    >>> import workbook as wb
    >>> timeline_chart(wb.open()).to_dict()["layer"][0]["layer"][0]["mark"]["type"]
    'bar'
    """
    lives = book.org_units
    lives = lives[lives["formed"].notna() | lives["dissolved"].notna()]
    if _managed(lives).empty:
        raise ValueError(f"no unit was formed or dissolved in {book!r}; try a later as_of")
    vague = set(book.claims.loc[_vague(book.claims), "id"])
    dates = pd.concat([lives["formed"], lives["dissolved"]]).dropna()
    first: Any = (
        dates.max() - pd.Timedelta(days=365) if since is None else pd.Timestamp(read_day("since", since))
    )
    last = dates.max() + pd.Timedelta(days=60)
    lives = lives[(lives["formed"].isna() | (lives["formed"] <= last)) & ~(lives["dissolved"] < first)]
    lives, left_out = style.newest(lives, lives[["formed", "dissolved"]].max(axis=1), lang)
    lives = lives.sort_values(["formed", "id"], na_position="first")
    table = pd.DataFrame(
        {
            "unit": lives["id"],
            "name": [_called(row, lang) for row in lives.to_dict("records")],
            "start": lives["formed"].fillna(first).clip(lower=first),
            "end": lives["dissolved"].fillna(last),
            "state": [
                "ended" if pd.notna(d) else "segment" if kind == SEGMENT else "standing"
                for d, kind in zip(lives["dissolved"], lives["kind"].astype("str"), strict=True)
            ],
            "formed": [
                ""
                if pd.isna(d)
                else words.text("timeline.by", lang, day=style.day(d, lang=lang))
                if claim in vague
                else style.day(d, lang=lang)
                for d, claim in zip(lives["formed"], lives["claim"], strict=True)
            ],
            "role": lives["role"],
        }
    )
    order = list(table["name"])
    links = book.org_links
    links = links[(links["relation"] == "merged_into") & links["start"].between(first, last)]
    place = dict(zip(table["unit"], table["name"], strict=True))
    mergers = pd.DataFrame(
        [
            {"date": r["start"], "from": place[r["child"]], "to": place[r["parent"]]}
            for r in links.to_dict("records")
            if r["child"] in place and r["parent"] in place
        ],
        columns=["date", "from", "to"],
    )
    moved = pd.concat([_managed(lives)["formed"], _managed(lives)["dissolved"]]).dropna()
    steps = sorted(set(moved[moved >= first]))
    if not steps:
        raise ValueError(f"no unit was formed or dissolved since {first:%Y-%m-%d} in {book!r}")
    reporting = bool((table["state"] == "segment").any())
    months = [style.day(step, "month", lang) for step in (steps[0], steps[-1])]
    finding = words.text("timeline.finding", lang, n=len(steps), first=months[0], last=months[1])
    notes = [words.text("timeline.note", lang), words.text("timeline.segments", lang) if reporting else ""]
    x = alt.X("start:T", title=None, scale=style.span(first, last), axis=style.month_axis(lang))
    y = alt.Y("name:N", title=None, scale=alt.Scale(domain=order), axis=alt.Axis(labelLimit=300))
    bars = (
        alt.Chart(table)
        .mark_bar(height=11)
        .encode(
            x=x,
            x2="end:T",
            y=y,
            color=alt.Color(
                "state:N",
                legend=None,
                scale=alt.Scale(
                    domain=["standing", "ended", "segment"],
                    range=[COLORS["actual"], "#b9cbdb", style.CATEGORIES[0]],
                ),
            ),
            tooltip=["name:N", "formed:N", "role:N"],
        )
    )
    layers: list[alt.Chart] = [bars]
    if len(mergers):
        at = alt.X("date:T")
        layers += [
            alt.Chart(mergers)
            .mark_rule(color=COLORS["alert"], strokeWidth=1.5)
            .encode(x=at, y=alt.Y("from:N"), y2="to:N"),
            alt.Chart(mergers)
            .mark_circle(color=COLORS["alert"], size=60, opacity=1)
            .encode(x=at, y=alt.Y("to:N"), tooltip=["from:N", "to:N", "date:T"]),
        ]
    return style.dress(
        alt.layer(*layers),
        title=title or finding,
        subtitle=words.sentences(notes, lang) + left_out,
        lang=lang,
        footer=style.footer(book, lives["claim"], lang=lang),
        description=f"Bars: lives of {len(table)} units, {len(mergers)} mergers. {finding}.",
        width=560,
        height=alt.Step(23),
        below=34,
    )


def chain_chart(
    book: Dossier, *, at: str | dt.date, lang: Language = "en", title: str | None = None
) -> alt.LayerChart:
    """Draw who feeds whom on a day, from left to right: research, models, delivery, use.

    Raises
    ------
    ValueError
        If no working tie is in force on that day, or `at` is not a date.

    Examples
    --------
    >>> import workbook as wb
    >>> chain_chart(wb.open(), at="2026-06-30").to_dict()["description"].startswith("Chain")
    True
    """
    day = pd.Timestamp(read_day("at", at))
    links = _in_force(book.org_links, day)
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
        # What is fed from above stands above, so that fewer arrows cross.
        stack.sort(key=lambda n: sum(fed[n]) / len(fed[n]) if fed[n] else math.inf)
        for i, node in enumerate(stack):
            places[node] = (float(depth), i - (len(stack) - 1) / 2)
    known = book.org_units.set_index("id")
    nodes = [
        {
            "x": x,
            "y": y,
            "part": "unit",
            "lines": _lines(_called(known.loc[node].to_dict(), lang), "", 20),
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
        description=f"Chain of {len(nodes)} units and {len(links)} ties. {finding}.",
        width=round(min(175 * (max(xs) - min(xs) + 1), 860)),
        height=round(72 * (max(ys) - min(ys) + 1)),
        below=6,
    )
