"""Places on leaderboards."""

from __future__ import annotations

import math

import altair as alt

from workbook import facts, style, words
from workbook.dossier import Dossier
from workbook.expressions import renamed
from workbook.models.rows import LINE_AXIS, TOLD, WIDTH, in_order, needed, own_vendor, packed_lines
from workbook.style import Language


def rankings_chart(book: Dossier, *, lang: Language = "en", title: str | None = None) -> alt.LayerChart:
    """Draw places on leaderboards on their day; each is shown with its date, board and track.

    A line for each model on each list: its places in the order of their days, then its name.

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
        If the dossier has no ranks, as known on its `as_of`.

    Examples
    --------
    >>> spec = rankings_chart(book).to_dict()
    >>> spec["layer"][0]["layer"][0]["encoding"]["x"]["title"]
    'day the place was seen'
    """
    rows = needed(book, "rankings")
    rows = rows[rows["metric"] == "rank"]
    if rows.empty:
        raise ValueError(f"no ranks in {book!r}; add rows to rankings, or try a later as_of")
    rows, left_out = style.newest(rows, rows["date"], lang)
    known = book.models.set_index("id")
    rows = rows.assign(
        name=rows["model"].map(known["name"]),
        vendor=rows["model"].map(known["vendor"]).astype("str"),
        list=rows["board"] + " · " + rows["track"],
        place=[style.figure(v, "rank", b, lang) for v, b in zip(rows["value"], rows["bound"], strict=True)],
        ran=rows["independent"].map({True: "third_party", False: "maker"}).astype("str"),
    ).sort_values(["list", "date"], ignore_index=True)
    comma = words.text("join.between", lang)
    again = words.text("figure.rank_again", lang)
    paths = rows.groupby(["list", "name"], sort=False).agg(
        first=("date", "min"), last=("date", "max"), places=("place", list)
    )
    paths = paths.reset_index()
    # In English the word stands once, before the first place of a path.
    paths["label"] = [
        " → ".join([places[0], *(place.removeprefix(again) for place in places[1:])]) + comma + name
        for places, name in zip(paths["places"], paths["name"], strict=True)
    ]
    paths["row"], scale = packed_lines(
        paths, key="list", start="first", end="last", text="label", pixels=WIDTH
    )
    rows = rows.merge(paths[["list", "name", "row", "label", "last"]], on=["list", "name"])
    rows["text"] = rows["label"].where(rows["date"] == rows["last"], "")
    newest = rows[rows["date"] == rows.groupby("list")["date"].transform("max")]
    own = own_vendor(book, rows["vendor"])
    lists, ever, still = (
        set(table.loc[(table["vendor"] == own) & (table["value"] <= worst), "list"])
        for table, worst in ((rows, math.inf), (rows, 1), (newest, 1))
    )
    finding = words.text(
        "rankings." + ("still" if still else "no_longer" if ever else "never"),
        lang,
        whose=own,
        n=len(lists),
        ever=len(ever),
        still=len(still),
    )
    # The legend has no entry for what is not drawn.
    ran = {"third_party": style.COLORS["actual"], "maker": style.COLORS["guidance"]}
    whose = {who: words.text(f"rankings.{who}", lang) for who in ran}
    ran = {who: color for who, color in ran.items() if who in set(rows["ran"])}
    base = alt.Chart(in_order(rows, "list")).encode(
        x=alt.X("date:T", title=words.text("rankings.axis", lang), scale=scale, axis=style.month_axis(lang)),
        y=LINE_AXIS,
        tooltip=["name:N", "board:N", "track:N", "place:N", alt.Tooltip("date:T", format="%Y-%m-%d"), *TOLD],
    )
    path = (
        alt.Chart(in_order(paths, "list")[["row", "first", "last"]])
        .mark_rule(color=style.COLORS["derived"], opacity=0.4, strokeWidth=3)
        .encode(
            x=alt.X("first:T", title=words.text("rankings.axis", lang), scale=scale),
            x2="last:T",
            y=LINE_AXIS,
        )
    )
    points = base.mark_circle(size=70, opacity=1).encode(
        color=alt.Color(
            "ran:N",
            title=words.text("rankings.run_by", lang),
            legend=alt.Legend(labelExpr=renamed(whose), orient="top"),
            scale=alt.Scale(domain=list(ran), range=list(ran.values())),
        )
    )
    texts = base.mark_text(align="left", dx=8, fontSize=10).encode(text="text:N")
    return style.dress(
        alt.layer(path, points, texts),
        title=title or finding,
        subtitle=words.text("rankings.note", lang) + left_out,
        lang=lang,
        footer=facts.footer(book, rows["claim"], lang, marked=False),
        description=words.text("rankings.alt", lang, n=len(rows), finding=finding),
        width=WIDTH,
        height=alt.Step(18),
    )
