"""A company that sells weather forecasts, made row by row, and what a chart draws of it."""

from pathlib import Path
from typing import Any

import pandas as pd

import workbook as wb
from tests.conftest import LISTED, write_dossier
from workbook import commercialization as c

CHARTS = [
    c.revenue_chart,
    c.growth_chart,
    c.margin_chart,
    c.share_chart,
    c.streak_chart,
    c.arr_chart,
    c.tokens_chart,
    c.tornado_chart,
    c.whatif_chart,
]


def layers(spec: dict[str, Any]) -> list[dict[str, Any]]:
    """Flatten the layers of a spec; the data of each is under "rows"."""
    found = []
    for layer in spec.get("layer", []):
        if "layer" in layer:
            found += layers({"datasets": spec.get("datasets", {}), **layer})
        else:
            name = layer.get("data", spec.get("data", {})).get("name")
            found.append({**layer, "rows": spec.get("datasets", {}).get(name, [])})
    return found


def marks(spec: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    return [layer for layer in layers(spec) if layer["mark"]["type"] == kind]


def company(folder: Path, metrics: list[list[str]] | None = None, **tables: list[Any]) -> wb.Dossier:
    """Write a dossier about a company that sells weather forecasts, with the metrics and prices given."""
    metrics = metrics or []
    claims = [
        [row[0], "commercialization", f"Nimbus: {row[2]} {row[4]}.", "guidance" if row[3] == "guidance" else "derived" if row[9] == "derived" else "reported", "nimbus", "", row[8], "day", row[1], row[2], row[4], row[5], row[6], row[7], row[8], "1 + 1" if row[9] == "derived" else "", ""]
        for row in metrics
    ]  # fmt: skip
    rows: list[Any] = [
        dict(zip(LISTED["claims"].split(), claim, strict=True)) | {"basis": row[9].replace("derived", "")}
        for claim, row in zip(claims, metrics, strict=True)
    ]
    rows += tables.pop("claims", [])
    if "prices" in tables:  # the figure stands in the claim
        keys_of = (
            "claim",
            "model",
            "vendor",
            "direction",
            "tier",
            "region",
            "date",
            "value",
            "unit",
            "list_price",
        )
        own = [dict(zip(keys_of, price, strict=True)) for price in tables.pop("prices")]
        tables["prices"] = [
            {k: v for k, v in row.items() if k not in ("model", "date", "value", "unit")} for row in own
        ]
    sources = [
        [
            "nimbus",
            "Nimbus results",
            "Nimbus plc",
            "https://example.com/n",
            "2032-01-10",
            "printed",
            "en",
            "release",
            "page",
            "",
        ]
    ]
    keys = {"subject": "Nimbus", "parts": [{"name": "Nimbus Cloud", "name_zh": "云雨"}]}
    return wb.open(write_dossier(folder, {"sources": sources, "claims": rows, **tables}, **keys))


def quarter(
    metric: str,
    end: str,
    value: str,
    basis: str = "as_reported",
    bound: str = "exact",
    unit: str = "USD m",
    name: str = "",
) -> list[str]:
    start = (pd.Timestamp(end) - pd.offsets.MonthBegin(3)).strftime("%Y-%m-%d")
    return [
        name or f"{metric.replace('_', '-')}-{end}-{basis.replace('_', '-')}",
        "Nimbus Cloud",
        metric,
        "actual",
        value,
        bound,
        unit,
        start,
        end,
        basis,
    ]


def level(
    end: str,
    value: str,
    *,
    kind: str = "actual",
    bound: str = "at_least",
    unit: str = "USD bn",
    subject: str = "Nimbus",
) -> list[str]:
    return [f"arr-{kind}-{end}", subject, "arr", kind, value, bound, unit, "", end, "as_reported"]


# Tokens -------------------------------------------------------------------------------------------


def priced(
    folder: Path, unit: str = "USD per 1M tokens", price: str = "", **tables: list[list[str]]
) -> wb.Dossier:
    prices, claims = [], []
    for side, value in (("input", price or "1"), ("output", price or "5")):
        claims.append(
            [
                f"price-{side}",
                "models",
                f"Cirrus lists {side} at {value}.",
                "press",
                "nimbus",
                "",
                "2031-06-30",
                "day",
                "Cirrus",
                f"{side}_price",
                value,
                "exact",
                unit,
                "",
                "2031-06-30",
                "",
                "",
            ]
        )
        prices.append(
            [
                f"price-{side}",
                "Cirrus",
                "Nimbus",
                side,
                "all",
                "international",
                "2031-06-30",
                value,
                unit,
                "true",
            ]
        )
    claims += tables.pop("claims", [])
    rows = [level("2031-06-30", "2"), level("2031-12-31", "3", kind="guidance")]
    return company(folder, metrics=rows, prices=prices, claims=claims, **tables)
