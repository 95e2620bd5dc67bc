"""What would have to be true: the tokens a day that a run rate takes at list prices."""

from __future__ import annotations

import pandas as pd

from workbook.arr import FLOATS, formulas
from workbook.commercialization.run_rate import arr_points, assumed
from workbook.dossier import Dossier


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
        Share of the billed tokens that are written, and of the run rate billed by the token, 0 to 1; None:
        the dossier's assumptions "output-share" and "token-share".

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
            vendors = ", ".join(sorted(set(prices["vendor"]))) or "nobody"
            raise ValueError(f"no list price of vendor {vendor!r}; there are those of {vendors}")
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
    """Return each price's currency in the run rate's, and the claim of the exchange rate."""
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
