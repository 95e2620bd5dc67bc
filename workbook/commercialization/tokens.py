"""What would have to be true: the tokens a day that a run rate takes at list prices."""

from __future__ import annotations

import datetime as dt

import altair as alt
import pandas as pd

from workbook import facts, style, words
from workbook.arr import FLOATS, formulas
from workbook.commercialization import series
from workbook.commercialization.assumptions import assumed
from workbook.commercialization.run_rate import arr_points, observed, rounded, scope
from workbook.dates import read_day
from workbook.dossier import Dossier
from workbook.style import COLORS, Language


def tokens_needed(
    book: Dossier,
    *,
    vendor: str | None = None,
    since: str | dt.date | None = None,
    levels: list[float] | None = None,
    output_share: float | None = None,
    token_share: float | None = None,
) -> pd.DataFrame:
    """Tabulate the tokens a day that each run rate takes at each model's list price: what must be true.

    A list price is blended from the prices for tokens read and written, by the share of the billed tokens
    that are written. Nobody pays list price for everything, so the true volume is larger.

    Parameters
    ----------
    book
        The dossier.
    vendor
        Only this vendor's models; None: all in the dossier.
    since
        Only prices seen for this day or later (ISO text or a date); None: all.
    levels
        Run rates, bn of the currency of the dossier's run rate; None: its latest observation and its targets.
    output_share, token_share
        Share of the billed tokens that are written, and of the run rate billed by the token, 0 to 1; None:
        the dossier's assumptions "output-share" and "token-share".

    Returns
    -------
    pandas.DataFrame
        One row a list price and run rate: model, region, tier, date, price (blended, per million tokens, in
        the run rate's currency), arr, tokens_per_day (trillion), input_claim, output_claim. Units in
        `attrs["units"]`, the claims of exchange rates in `attrs["rate_claims"]`.

    Raises
    ------
    ValueError
        If there is no pair of list prices, no exchange rate that is needed, or no assumption to fall back on.

    Examples
    --------
    >>> table = tokens_needed(book, levels=[5], token_share=1)
    >>> ours = table[table["model"] == "Lumen 2"]
    >>> ours[["price", "arr", "tokens_per_day"]].values.tolist()
    [[3.15, 5.0, 4.349]]
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
        actual = points[observed(points, scope(points))].tail(1)
        levels = sorted({*actual["value"], *points.loc[points["kind"] == "guidance", "value"]})
    prices = _list_prices(book, vendor, since)
    rates, rate_claims = _rates(book, currency, prices)
    written = float(shares["output_share"] or 0)
    prices["price"] = (prices["input"] * (1 - written) + prices["output"] * written) * prices["currency"].map(
        rates
    )
    rows = [
        {
            **{name: price[name] for name in ("model", "region", "tier", "date")},
            "price": rounded(price["price"], 4),
            "arr": level,
            "tokens_per_day": rounded(
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
    table.attrs["rate_claims"] = rate_claims
    return table


def _list_prices(book: Dossier, vendor: str | None, since: str | dt.date | None) -> pd.DataFrame:
    """Pair the latest list prices for reading and writing of each model, tier and region."""
    prices = book.prices
    prices = prices[prices["list_price"]]
    if vendor is not None:
        if vendor not in set(prices["vendor"]):
            vendors = ", ".join(sorted(set(prices["vendor"]))) or "nobody"
            raise ValueError(f"no list price of vendor {vendor!r}; there are those of {vendors}")
        prices = prices[prices["vendor"] == vendor]
    if since is not None:
        prices = prices[prices["date"] >= pd.Timestamp(read_day("since", since))]
    prices = prices.astype({"unit": "str", "region": "str", "direction": "str"})
    key = ["vendor", "model", "region", "tier", "unit"]
    prices = prices.sort_values("date").drop_duplicates([*key, "direction"], keep="last")
    sides = {
        side: prices.loc[prices["direction"] == side, [*key, "date", "value", "claim"]].rename(
            columns={"value": side, "claim": f"{side}_claim"}
        )
        for side in ("input", "output")
    }
    pairs = sides["input"].merge(sides["output"].drop(columns="date"), on=key)
    if pairs.empty:
        raise ValueError(
            f"no model in the prices of {book!r} has both an input and an output list price"
            + (f" seen since {since}" if since else "")
            + "; try an earlier since or a later as_of"
        )
    return pairs.assign(currency=pairs["unit"].str.split().str[0])


def _rates(book: Dossier, currency: str, prices: pd.DataFrame) -> tuple[dict[str, float], list[str]]:
    """Return what one of each price's currency is worth in the run rate's, and the claims that say so."""
    rates, claims = {currency: 1.0}, []
    for other in sorted(set(prices["currency"]) - {currency}):
        rates[other], claim = _rate(book, currency, other)
        claims.append(claim)
    return rates, claims


def _rate(book: Dossier, currency: str, other: str) -> tuple[float, str]:
    """Return the latest exchange rate, and its claim: of a unit such as "CNY per USD", either way round."""
    # RMB is the everyday name of CNY, which exchange rates are quoted in.
    home, away = (code.replace("RMB", "CNY") for code in (currency, other))
    claims = book.claims
    claims = claims[claims["value"].notna()].sort_values("event_date")
    for unit, turned in ((f"{home} per {away}", False), (f"{away} per {home}", True)):
        found = claims[claims["unit"] == unit]
        if len(found):
            value = float(found["value"].iloc[-1])
            return (1 / value if turned else value), str(found["id"].iloc[-1])
    raise ValueError(
        f"prices in {other} need a claim with the unit '{home} per {away}' or '{away} per {home}'"
    )


def tokens_chart(
    book: Dossier,
    *,
    vendor: str | None = None,
    since: str | dt.date | None = None,
    lang: Language = "en",
    title: str | None = None,
) -> alt.LayerChart:
    """Draw the tokens a day that the last target takes at list prices, against volumes that were stated.

    Each model stands at its latest list price in a region. Volumes are of others, or hold a provider's own
    use too: they give the scale, no part of the run rate.

    Parameters
    ----------
    book
        The dossier.
    vendor
        Whose prices, as for `tokens_needed`.
    since
        First day of the prices, as for `tokens_needed`.
    lang
        "en" or "zh", for every text of the chart.
    title
        A title in place of the one that states the finding.

    Raises
    ------
    ValueError
        As `tokens_needed`, and if the dossier has no target.

    Examples
    --------
    >>> tokens_chart(book).to_dict()["layer"][0]["layer"][-1]["encoding"]["x"]["scale"]["type"]
    'log'
    """
    points = arr_points(book)
    targets = points[points["kind"] == "guidance"]
    if targets.empty:
        raise ValueError(f"no guidance of the run rate in {book!r}; try a later as_of")
    subject = facts.named(book, scope(points), lang)
    target = targets.iloc[-1]
    table = tokens_needed(book, vendor=vendor, since=since, levels=[float(target["value"])])
    unit, currency = points.attrs["units"]["value"], table.attrs["units"]["price"].split()[0]
    # A model is drawn at its latest price; an earlier one of another tier would be written over it.
    model = table.groupby(["model", "region"])
    table = table[table["date"] == model["date"].transform("max")]
    several = table.duplicated(["model", "region"], keep=False)
    prices = [
        words.text(
            "tokens.price", lang, currency=words.currency_name(currency, lang), number=style.number(price, 2)
        )
        for price in table["price"]
    ]
    data = pd.DataFrame(
        {
            "row": table["model"]
            + ", "
            + table["region"].map(lambda region: words.word("region", region, lang))
            + (", " + table["tier"]).where(several, ""),
            "tokens": table["tokens_per_day"],
            "price": prices,
            "words": [
                f"{style.number(tokens, 1, lang=lang)} ({price})"
                for tokens, price in zip(table["tokens_per_day"], prices, strict=True)
            ],
            "tier": table["tier"],
        }
    )
    claims = [target["claim"], *table["input_claim"], *table["output_claim"]]
    claims += table.attrs["rate_claims"]
    low, high = float(data["tokens"].min()), float(data["tokens"].max())
    volumes = _volumes(book, lang)
    high = max([high, *volumes["tokens"]])
    x = alt.X(
        "tokens:Q",
        title=words.text("tokens.axis", lang),
        scale=alt.Scale(type="log", domain=[low / 2, high * 2.2], nice=False),
    )
    y = alt.Y("row:N", title=None, scale=alt.Scale(domain=list(dict.fromkeys(data["row"]))))
    base = alt.Chart(data)
    dots = [
        base.mark_circle(size=130, opacity=1, color=COLORS["derived"]).encode(
            x=x, y=y, tooltip=["row:N", "tier:N", "price:N", "tokens:Q"]
        ),
        base.mark_text(align="left", dx=10, fontSize=10).encode(x=x, y=y, text="words:N"),
    ]
    layers: list[alt.Chart] = []
    if len(volumes):
        claims += volumes["claim"].tolist()
        drawn = volumes.drop(columns="claim")
        rules = alt.Chart(drawn).mark_rule(color=COLORS["actual"], strokeDash=[4, 3])
        texts = alt.Chart(drawn).mark_text(
            align="right", angle=270, dx=-4, dy=-8, fontSize=10, color=COLORS["actual"]
        )
        layers += [
            rules.encode(x=x, tooltip=series.tooltip("subject")),
            texts.encode(x=x, y=alt.value(0), text="words:N"),
        ]
    level = style.money(float(target["value"]), unit, lang, target["bound"])
    span = (style.number(low, 1, lang=lang), style.number(float(data["tokens"].max()), 1, lang=lang))
    finding = words.text("tokens.finding", lang, subject=subject, level=level, low=span[0], high=span[1])
    return style.dress(
        alt.LayerChart(layer=[*layers, *dots]),
        title=title or finding,
        subtitle=words.text("tokens.note", lang),
        lang=lang,
        footer=facts.footer(book, claims, lang, marked=False),
        description=words.text("tokens.alt", lang, level=level, n=len(data)),
        width=620,
        height=alt.Step(30),
    )


def _volumes(book: Dossier, lang: Language) -> pd.DataFrame:
    """Return the latest volume stated by each provider."""
    columns = ["subject", "tokens", "words", "figure", "statement", "grade", "source", "claim"]
    if not facts.has(book, "tokens"):
        return pd.DataFrame(columns=columns)
    rows = facts.read(book, "tokens", peers=True).drop_duplicates("subject", keep="last")
    rows = rows.assign(tokens=rows["value"], figure=series.figures(rows, lang))
    rows["words"] = [
        words.text(
            "tokens.volume",
            lang,
            subject=facts.named(book, subject, lang),
            bound=words.BOUND_WORDS[lang][bound],
            number=style.number(value, 3, bound, lang),
            month=style.day(day, "month", lang),
        )
        for subject, day, bound, value in zip(
            rows["subject"], rows["period_end"], rows["bound"], rows["value"], strict=True
        )
    ]
    return rows.astype({"statement": "str", "grade": "str", "source": "str"})[columns]
