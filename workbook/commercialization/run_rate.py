"""The run rate (ARR): what was said, what it implies, the scenario of the guidance, and the tokens it takes."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Mapping
from typing import Any

import altair as alt
import pandas as pd

from workbook import style
from workbook.arr import FLOATS, Scenario, formulas, months_between
from workbook.commercialization import series
from workbook.dossier import Dossier
from workbook.style import COLORS, Language

ARR = "arr"
_ASSUMED = (
    "apps_share",
    "churn",
    "expansion",
    "token_price",
    "token_share",
    "external_revenue",
    "volatility_services",
    "volatility_apps",
    "volatility_retention",
    "correlation",
)
"""Scenario fields that guidance leaves open and the dossier's assumptions fill."""


def arr_points(book: Dossier) -> pd.DataFrame:
    """Tabulate what was said about the run rate: observations and targets, in order of their dates.

    Of two statements about one date, of one kind and scope, the one published last counts.

    Returns
    -------
    pandas.DataFrame
        date, kind ("actual" or "guidance"), value (bn; currency in `attrs["units"]`), bound, subject (the
        scope), figure (value and bound in words), claim, statement, grade, source, published.

    Raises
    ------
    ValueError
        If the dossier, as known on its `as_of`, has no run rate, or has it in two currencies.

    Examples
    --------
    >>> import workbook as wb
    >>> arr_points(wb.open())[["kind", "figure"]].values.tolist()[:2]
    [['actual', 'at least RMB 8 bn'], ['guidance', 'at least RMB 10 bn']]
    """
    rows = series.read(book, ARR).drop_duplicates(["period_end", "kind", "subject"], keep="last")
    currencies = sorted({unit.split()[0] for unit in rows["unit"]})
    if len(currencies) > 1:
        raise ValueError(f"{ARR} is given in {' and in '.join(currencies)}: use one currency")
    table = pd.DataFrame(
        {
            "date": rows["period_end"],
            "kind": rows["kind"],
            "value": [
                value / {"m": 1000, "bn": 1}[unit.split()[1]]
                for value, unit in zip(rows["value"], rows["unit"], strict=True)
            ],
            "bound": rows["bound"],
            "subject": rows["subject"],
            "figure": series.figures(rows, "en"),
            "claim": rows["claim"],
            "statement": rows["statement"],
            "grade": rows["grade"],
            "source": rows["source"],
            "published": rows["published"],
        }
    ).sort_values(["date", "published"], ignore_index=True)
    table.attrs["units"] = {"value": f"{currencies[0]} bn"}
    return table


def implied_growth(book: Dossier) -> pd.DataFrame:
    """Tabulate the growth between each two dated run-rate figures, with what its bound is worth.

    The multiple and CMGR (compound monthly growth rate) are those that hold if both figures held exactly.
    Two floors bound no growth: the first may have been exceeded, the second too. Only a floor under what is
    there and a level still to be reached leave a ceiling on the growth still needed.

    Returns
    -------
    pandas.DataFrame
        One row a pair: start_date, end_date, start, end (figures in words), months, multiple, cmgr and
        annualised (percent), reading, same_scope (whether both figures are of one subject), start_claim,
        end_claim.

    Raises
    ------
    ValueError
        As `arr_points`, and if there is only one dated figure.

    Examples
    --------
    >>> import workbook as wb
    >>> table = implied_growth(wb.open(as_of="2026-06-30"))
    >>> table[["start", "end", "months", "multiple", "cmgr"]].values.tolist()[-1]
    ['at least RMB 10 bn', 'at least RMB 30 bn', 6.0, 3.0, 20.09]
    """
    points = arr_points(book)
    rows = []
    for start, end in itertools.combinations(points.to_dict("records"), 2):
        months = months_between(start["date"].date(), end["date"].date())
        if not months:
            continue
        levels = (float(start["value"]), float(end["value"]))
        rows.append(
            {
                "start_date": start["date"],
                "end_date": end["date"],
                "start": start["figure"],
                "end": end["figure"],
                "months": round(months, 2),
                "multiple": round(formulas.multiple(FLOATS, *levels), 3),
                "cmgr": round(100 * formulas.cmgr(FLOATS, *levels, months), 2),
                "annualised": round(100 * formulas.annualised_growth(FLOATS, *levels, months), 0),
                "reading": _reading(start, end),
                "same_scope": start["subject"] == end["subject"],
                "start_claim": start["claim"],
                "end_claim": end["claim"],
            }
        )
    if not rows:
        raise ValueError(f"growth needs two dated figures of {ARR}; {book!r} has {len(points)}")
    table = pd.DataFrame(rows)
    table.attrs["units"] = {
        "months": "months",
        "multiple": "x",
        "cmgr": "% a month",
        "annualised": "% a year",
    }
    return table


def _reading(start: Mapping[Any, Any], end: Mapping[Any, Any]) -> str:
    """Say what the growth between two bounds is worth."""
    below, above = start["bound"], end["bound"]
    if start["kind"] == "actual" and end["kind"] == "guidance" and below in ("exact", "at_least"):
        # A target is a level to reach, whatever may come on top of it.
        return "needed to reach the target" + (", at most" if below == "at_least" else "")
    if below == above == "exact":
        return "exact"
    if below in ("exact", "at_most") and above in ("exact", "at_least"):
        return "at least"
    if below in ("exact", "at_least") and above in ("exact", "at_most"):
        return "at most"
    return "as if both held exactly; the bounds allow more and less"


def assumed(book: Dossier) -> dict[str, float]:
    """Return the dossier's assumptions by name, hyphens as underscores; percentages as shares.

    Examples
    --------
    >>> import workbook as wb
    >>> sorted(assumed(wb.open()))[:2]
    ['apps_cmgr', 'apps_growth']
    """
    return {
        row["id"].replace("-", "_"): row["value"] / (100 if row["unit"] == "%" else 1)
        for row in book.assumptions.to_dict("records")
    }


def guidance(book: Dossier) -> tuple[Scenario, list[str]]:
    """Return the scenario of the guidance, as it stood on the dossier's `as_of`, and the claims it rests on.

    It leads from the second last target to the last; where there is one target only, from the latest
    observation before it. Both are taken at their face, bounds as levels: the least that was promised.
    What guidance leaves open (retention, prices, drivers, volatility) comes from the dossier's assumptions,
    and from the defaults of `Scenario` where it has none.

    Raises
    ------
    ValueError
        If no target, or no level to start from, was known.

    Examples
    --------
    >>> import workbook as wb
    >>> scenario, claims = guidance(wb.open(as_of="2026-06-30"))
    >>> scenario.start_arr, scenario.end_arr, scenario.months, claims
    (10.0, 30.0, 6.0, ['arr-guided-june-2026', 'arr-guided-december-2026'])
    """
    points = arr_points(book)
    targets = points[points["kind"] == "guidance"].drop_duplicates("date", keep="last")
    if targets.empty:
        raise ValueError(f"no guidance of {ARR} in the metrics of {book!r}; try a later as_of")
    end = targets.iloc[-1]
    starts = targets.iloc[:-1]
    if starts.empty:
        starts = points[(points["kind"] == "actual") & (points["date"] < end["date"])]
    if starts.empty:
        raise ValueError(f"one target of {ARR} and no earlier level to start from in {book!r}")
    start = starts.iloc[-1]
    fields = {name: value for name, value in assumed(book).items() if name in _ASSUMED}
    scenario = Scenario(
        start=start["date"].date(),
        end=end["date"].date(),
        start_arr=float(start["value"]),
        end_arr=float(end["value"]),
        currency=points.attrs["units"]["value"].split()[0],
        **fields,
    )
    return scenario, [start["claim"], end["claim"]]


def bound_effect(book: Dossier) -> pd.DataFrame:
    """Compare the guidance with the latest floor observed on its way: what is still needed.

    Up to the day of the observation guidance asks for the level its own path has that day; a floor above it
    leaves less to do, a floor below it says little (the level may still be anywhere above).

    Returns
    -------
    pandas.DataFrame
        figure, guided (on the guidance's own path), observed (from the observation on), reading ("at
        least", "at most" or "exact", of observed), unit. Rows: level on the day, multiple still needed, CMGR
        still needed, net new ARR still needed. `attrs` has the day, the scenario and the claims.

    Raises
    ------
    ValueError
        As `guidance`, and if nothing was observed between the start and the end of the guidance.

    Examples
    --------
    >>> import workbook as wb
    >>> bound_effect(wb.open())[["figure", "guided", "observed", "reading"]].values.tolist()[1]
    ['multiple still needed', 2.221, 1.875, 'at most']
    """
    scenario, claims = guidance(book)
    points = arr_points(book)
    points = points[(points["kind"] == "actual") & points["bound"].isin(["exact", "at_least"])]
    day = points["date"].dt.date
    points = points[(day > scenario.start) & (day < scenario.end)]
    if points.empty:
        raise ValueError(
            f"no {ARR} observed between {scenario.start} and {scenario.end} in {book!r}; try a later as_of"
        )
    seen = points.iloc[-1]
    date = seen["date"].date()
    left = months_between(date, scenario.end)
    levels = (float(scenario.level(months_between(scenario.start, date))), float(seen["value"]))
    end = scenario.end_arr
    bn = f"{scenario.currency} bn"
    rows = [
        ("level on the day", levels, bn),
        ("multiple still needed", [formulas.multiple(FLOATS, level, end) for level in levels], "x"),
        (
            "CMGR still needed",
            [100 * formulas.cmgr(FLOATS, level, end, left) for level in levels],
            "% a month",
        ),
        ("net new ARR still needed", [formulas.net_new_arr(FLOATS, level, end) for level in levels], bn),
    ]
    words = ("exact", "exact") if seen["bound"] == "exact" else ("at least", "at most")
    table = pd.DataFrame(
        [
            {
                "figure": name,
                "guided": round(guided, 3),
                "observed": round(observed, 3),
                "reading": words[number > 0],
                "unit": unit,
            }
            for number, (name, (guided, observed), unit) in enumerate(rows)
        ]
    )
    table.attrs |= {
        "date": date,
        "months_left": left,
        "scenario": scenario,
        "claims": [*claims, seen["claim"]],
    }
    return table


def tokens_needed(
    book: Dossier,
    *,
    vendor: str | None = None,
    levels: list[float] | None = None,
    output_share: float | None = None,
    token_share: float | None = None,
) -> pd.DataFrame:
    """Tabulate the tokens a day that each run rate takes at each model's list price: what must be true.

    A list price is blended from the prices for tokens read and written, by the share of the billed tokens
    that are written. Nobody pays list price for everything, so the true volume is larger.

    Parameters
    ----------
    vendor
        Only this vendor's models; None: all in the dossier.
    levels
        Run rates, bn of the currency of the dossier's run rate; None: its latest observation and its targets.
    output_share, token_share
        Share of the billed tokens that are written, and of the run rate billed by the token, 0 to 1; None: the
        dossier's assumptions "output-share" and "token-share".

    Returns
    -------
    pandas.DataFrame
        One row a list price and run rate: model, region, tier, price (blended, per million tokens, in the
        run rate's currency), arr, tokens_per_day (trillion), input_claim, output_claim. Units in
        `attrs["units"]`, the exchange rate's claim in `attrs["rate_claim"]`.

    Raises
    ------
    ValueError
        If there is no pair of list prices, no exchange rate that is needed, or no assumption to fall back on.

    Examples
    --------
    >>> import workbook as wb
    >>> table = tokens_needed(wb.open(), levels=[30], token_share=1)
    >>> bool((table["tokens_per_day"] > 0).all())
    True
    """
    points = arr_points(book)
    currency = points.attrs["units"]["value"].split()[0]
    assumptions = assumed(book)
    shares = {"output_share": output_share, "token_share": token_share}
    for name, share in shares.items():
        share = assumptions.get(name) if share is None else share
        if share is None or not 0 <= share <= 1:
            raise ValueError(
                f"{name} is {share}: give a share from 0 to 1, or an assumption {name.replace('_', '-')!r}"
            )
        shares[name] = share
    if levels is None:
        actual = points[points["kind"] == "actual"].tail(1)
        levels = sorted({*actual["value"], *points.loc[points["kind"] == "guidance", "value"]})
    prices = _list_prices(book, vendor)
    rate, rate_claim = _rate(book, currency, prices)
    written = float(shares["output_share"] or 0)
    prices["price"] = (prices["input"] * (1 - written) + prices["output"] * written) * prices["currency"].map(
        rate
    )
    rows = [
        {
            **{name: price[name] for name in ("model", "region", "tier")},
            "price": round(price["price"], 4),
            "arr": level,
            "tokens_per_day": round(
                formulas.tokens_per_day(FLOATS, level, shares["token_share"], price["price"]) / 1e12, 3
            ),
            "input_claim": price["input_claim"],
            "output_claim": price["output_claim"],
        }
        for price in prices.sort_values(["price", "model"], ascending=[False, True]).to_dict("records")
        for level in levels
    ]
    table = pd.DataFrame(rows)
    table.attrs["units"] = {
        "price": f"{currency} per 1M tokens",
        "arr": f"{currency} bn",
        "tokens_per_day": "trillion tokens/day",
    }
    table.attrs["rate_claim"] = rate_claim
    return table


def _list_prices(book: Dossier, vendor: str | None) -> pd.DataFrame:
    """Pair the latest list prices for reading and writing of each model, tier and region."""
    prices = book.prices
    prices = prices[prices["list_price"]]
    if vendor is not None:
        if vendor not in set(prices["vendor"]):
            raise ValueError(
                f"no list price of vendor {vendor!r}; there are those of {', '.join(sorted(set(prices['vendor'])))}"
            )
        prices = prices[prices["vendor"] == vendor]
    prices = prices.astype({"unit": "str", "region": "str", "direction": "str"})
    key = ["vendor", "model", "region", "tier", "unit"]
    prices = prices.sort_values("date").drop_duplicates([*key, "direction"], keep="last")
    sides = {
        side: prices.loc[prices["direction"] == side, [*key, "value", "claim"]].rename(
            columns={"value": side, "claim": f"{side}_claim"}
        )
        for side in ("input", "output")
    }
    pairs = sides["input"].merge(sides["output"], on=key)
    if pairs.empty:
        raise ValueError(f"no model in the prices of {book!r} has list prices for both input and output")
    return pairs.assign(currency=pairs["unit"].str.split().str[0])


def _rate(book: Dossier, currency: str, prices: pd.DataFrame) -> tuple[dict[str, float], str | None]:
    """Return what one unit of each price's currency is in the run rate's, and the claim of the exchange rate."""
    foreign = sorted(set(prices["currency"]) - {currency})
    if not foreign:
        return {currency: 1.0}, None
    claims = book.claims
    rates = claims[(claims["unit"] == "CNY per USD") & claims["value"].notna()].sort_values("event_date")
    if rates.empty:
        raise ValueError(f"prices in {', '.join(foreign)} need a claim with the unit 'CNY per USD'")
    per_dollar = float(rates["value"].iloc[-1])
    yuan = {"RMB": 1.0, "USD": per_dollar}
    return {name: yuan[name] / yuan[currency] for name in yuan}, str(rates["id"].iloc[-1])


def arr_chart(
    book: Dossier,
    scenario: Scenario | Mapping[str, Scenario] | None = None,
    *,
    lang: Language = "en",
    title: str | None = None,
) -> alt.LayerChart:
    """Draw what was said about the run rate: floors as floors, targets as targets, with the growth between.

    Parameters
    ----------
    scenario
        A scenario, or several by name, whose paths are drawn over the points.
    lang
        "en" or "zh".
    title
        Instead of the finding computed from the data.

    Raises
    ------
    ValueError
        As `arr_points`, and if a scenario is in another currency.

    Examples
    --------
    >>> import workbook as wb
    >>> arr_chart(wb.open()).to_dict()["layer"][0]["layer"][1]["encoding"]["y"]["title"]
    'annualised recurring revenue (ARR), RMB bn'
    """
    points = arr_points(book)
    unit = points.attrs["units"]["value"]
    scope = (
        points["subject"].mode().iloc[0]
        if not (points["kind"] == "guidance").any()
        else (points.loc[points["kind"] == "guidance", "subject"].iloc[-1])
    )
    kinds = {"actual": style.label("observed", lang), "guidance": style.label("guidance", lang)}
    points["what"] = points["kind"].map(kinds)
    points["figure"] = [
        style.figure(float(value), unit, bound, lang)
        for value, bound in zip(points["value"], points["bound"], strict=True)
    ]
    points["label"] = [
        "|".join(
            [figure, style.day(date, "day", lang)]
            + (
                [f"{style.label('scope', lang)}: {series.named(book, subject, lang)}"]
                if subject != scope
                else []
            )
        )
        for figure, date, subject in zip(points["figure"], points["date"], points["subject"], strict=True)
    ]
    paths = _paths(scenario, unit, lang)
    top = max([float(points["value"].max()), *(float(p["arr"].max()) for p in paths.values())])
    x = alt.X(
        "date:T",
        title=None,
        axis=alt.Axis(format="%b %Y" if lang == "en" else "%Y年%-m月", tickCount="month", labelOverlap=True),
        scale=alt.Scale(padding=60),
    )
    y = alt.Y(
        "arr:Q",
        title=f"{style.label('annualised recurring revenue', lang)} (ARR), {unit}",
        scale=alt.Scale(domain=[0, round(top * 1.35, 3)]),
    )
    drawn = [kind for kind in kinds.values() if kind in set(points["what"])]
    color = alt.Color(
        "what:N",
        title=None,
        scale=alt.Scale(
            domain=[*drawn, *paths],
            range=[COLORS["actual" if kind == kinds["actual"] else "guidance"] for kind in drawn]
            + [style.CATEGORIES[i % len(style.CATEGORIES)] for i in range(len(paths))],
        ),
    )
    data = points.rename(columns={"value": "arr"})[
        ["date", "arr", "bound", "what", "label", "figure", "statement", "grade", "source"]
    ].astype({"statement": "str", "grade": "str", "source": "str"})
    layers = [
        *_target_lines(points, x, y, lang),
        alt.Chart(data)
        .mark_point(size=280, opacity=1, strokeWidth=2.2)
        .encode(
            x=x,
            y=y,
            color=color,
            shape=series.shape(lang, data["bound"], legend=False),
            tooltip=series.tooltip("what"),
        ),
        alt.Chart(data)
        .mark_text(dy=-34, baseline="bottom", lineBreak="|", lineHeight=13)
        .encode(x=x, y=y, color=color, text="label:N"),
    ]
    for name, path in paths.items():
        line = path[["date", "arr"]].assign(arr=path["arr"].round(6), what=name)
        layers.append(alt.Chart(line).mark_line(strokeWidth=2).encode(x=x, y=y, color=color))
    return style.dress(
        alt.LayerChart(layer=layers),
        title=title or _arr_finding(book, points, unit, lang),
        subtitle=style.label(_NOTE, lang),
        footer=style.footer(book, points["claim"], lang),
        description="Points: run rate by date: "
        + "; ".join(points["what"] + " " + points["label"].str.replace("|", ", ", regex=False))
        + ".",
        width=720,
        height=360,
        below=36,
    )


_NOTE = "An arrow marks a floor; the dashed line joins two targets as if both held exactly."


def _paths(
    scenario: Scenario | Mapping[str, Scenario] | None, unit: str, lang: Language
) -> dict[str, pd.DataFrame]:
    if scenario is None:
        return {}
    named = {style.label("scenario", lang): scenario} if isinstance(scenario, Scenario) else scenario
    for name, each in named.items():
        if f"{each.currency} bn" != unit:
            raise ValueError(
                f"{name} is in {each.currency} and the dossier's run rate in {unit}: convert one"
            )
    return {name: each.path() for name, each in named.items()}


def _target_lines(points: pd.DataFrame, x: alt.X, y: alt.Y, lang: Language) -> list[alt.Chart]:
    """Join each two targets by the exponential path between them, and write its growth on it."""
    targets = points[points["kind"] == "guidance"].drop_duplicates("date", keep="last")
    layers = []
    for start, end in itertools.pairwise(targets.to_dict("records")):
        guided = Scenario(
            start=start["date"].date(), end=end["date"].date(), start_arr=start["value"], end_arr=end["value"]
        )
        path = guided.path()[["date", "arr"]].round({"arr": 6})
        figures = guided.figures()
        words = f"{figures['multiple']:.3g}x, {100 * figures['cmgr']:.1f}%"
        words += "/月" if lang == "zh" else " a month"
        middle = path.iloc[[len(path) // 2]]
        layers += [
            alt.Chart(path)
            .mark_line(strokeDash=[5, 4], strokeWidth=1.4, color=COLORS["guidance"])
            .encode(x=x, y=y),
            alt.Chart(middle)
            .mark_text(
                align="left",
                dx=10,
                dy=14,
                color=COLORS["guidance"],
                text=[words, style.label("if both held exactly", lang)],
                lineHeight=13,
            )
            .encode(x=x, y=y),
        ]
    return layers


def _arr_finding(book: Dossier, points: pd.DataFrame, unit: str, lang: Language) -> str:
    """State the growth still needed from the latest floor, or the growth that the targets imply."""
    actual = points[points["kind"] == "actual"]
    targets = points[points["kind"] == "guidance"]
    if targets.empty:
        last = actual.iloc[-1]
        day = style.day(last["date"], lang=lang)
        return f"{day}的ARR为{last['figure']}" if lang == "zh" else f"ARR was {last['figure']} on {day}"
    target = targets.iloc[-1]
    end = style.day(target["date"], "month", lang)
    floors = actual[(actual["date"] < target["date"]) & actual["bound"].isin(["exact", "at_least"])]
    if floors.empty:
        return (
            f"指引：{end}ARR{target['figure']}"
            if lang == "zh"
            else f"The target is an ARR of {target['figure']} by {end}"
        )
    floor = floors.iloc[-1]
    months = months_between(floor["date"].date(), target["date"].date())
    rate = 100 * formulas.cmgr(FLOATS, floor["value"], target["value"], months)
    day = style.day(floor["date"], lang=lang)
    level = style.figure(float(target["value"]), unit, "exact", lang)
    bounded = floor["bound"] == "at_least"
    scope = ""
    if floor["subject"] != target["subject"]:
        scope = f" ({series.named(book, floor['subject'], lang)})"
    if lang == "zh":
        most = "至多" if bounded else ""
        return f"{day}ARR为{floor['figure']}{scope}；{end}达到{level}{most}还需月增{rate:.1f}%"
    most = "at most " if bounded else ""
    said = f"ARR{scope} was {floor['figure']} on {day}"
    return f"{said}; {level} by {end} needs {most}{rate:.1f}% growth a month from there"
