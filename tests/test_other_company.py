"""A maker of lamps, without cloud, tokens or a run rate: nothing it is shown knows of another company."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import altair as alt
import pytest

import workbook as wb
from tests.conftest import write_dossier
from tests.test_empty import FUNCTIONS, call
from workbook import cli, evidence, review, style

QUARTERS = ["2030-12-28", "2031-03-29", "2031-06-28", "2031-09-27"]  # 13 weeks each
STARTS = ["2030-09-29", "2030-12-29", "2031-03-30", "2031-06-29"]


def claim(ident: str, statement: str, theme: str = "commercialization", **cells: str) -> dict[str, str]:
    row = {"id": ident, "theme": theme, "statement": statement, "grade": "reported", "source": "results"}
    return row | {"event_date": "2031-09-27", "precision": "day", "subject": "Lumen Lamps"} | cells


def figures(metric: str, unit: str, *values: str, **cells: str) -> list[dict[str, str]]:
    return [
        claim(f"{metric.replace('_', '-')}-{end}", f"Lumen Lamps: {metric} of {value} {unit}.", metric=metric, value=value, unit=unit, bound="exact", basis="as_reported", period_start=start, period_end=end, event_date=end, **cells)
        for start, end, value in zip(STARTS, QUARTERS, values, strict=True)
    ]  # fmt: skip


@pytest.fixture(scope="module")
def lamps(tmp_path_factory: pytest.TempPathFactory) -> wb.Dossier:
    source = {"title": "Results", "publisher": "Lumen Lamps", "url": "https://example.com/l", "published": "2031-10-20", "dated": "printed", "language": "en", "kind": "release", "seen": "page"}  # fmt: skip
    plan = {"metric": "works", "unit": "EUR m", "bound": "about", "grade": "guidance"}
    claims = [
        claim("lab-formed", "Lumen Lamps put its two design teams into Lumen Lab.", "structure"),
        claim("doe-head", "Jane Doe heads Lumen Lab.", "talent"),
        claim("more-light", "Lumen Lamps expects brighter lamps to sell more.", "strategy", grade="guidance"),
        claim("glow-out", "Lumen Lamps brought out the lamp Glow 2.", "models"),
        *figures("lamp_revenue", "EUR m", "100", "110", "105", "130"),
        *figures("lamp_growth", "%", "4", "5", "6", "9"),
        *figures("lamp_profit", "EUR m", "8", "9", "-2", "13"),
        *figures("works_spent", "EUR m", "20", "25", "21", "30"),
        claim("works-plan", "Lumen Lamps plans works of EUR 400 m to 2033.", value="400", period_start="2030-09-29", period_end="2033-09-30", **plan),
    ]  # fmt: skip
    series = [
        ("lamp_revenue", "sales of lamps", "灯具销售额", "money", "revenue", "1"),
        ("lamp_growth", "growth of lamp sales", "灯具销售额增速", "%", "growth", "2"),
        ("lamp_profit", "profit on lamps", "灯具利润", "money", "operating_profit", "3"),
        ("works_spent", "spending on works", "厂房支出", "money", "capex", ""),
        ("works", "plan for works", "厂房计划", "money", "capex_plan", ""),
    ]
    tables: dict[str, list[Any]] = {
        "sources": [{"id": "results", **source}],
        "claims": claims,
        "series": [dict(zip(("id", "name", "name_zh", "unit", "role", "headline"), row, strict=True)) for row in series],
        "org_units": [
            {"id": "lumen", "name": "Lumen Lamps", "name_zh": "流明灯具", "kind": "group", "role": "Parent company.", "claim": "lab-formed"},
            {"id": "lab", "name": "Lumen Lab", "name_zh": "流明实验室", "kind": "laboratory", "role": "Designs lamps.", "formed": "2031-09-27", "claim": "lab-formed"},
        ],
        "org_links": [{"id": "lab-in-lumen", "child": "lab", "parent": "lumen", "relation": "part_of", "start": "2031-09-27", "claim": "lab-formed"}],
        "people": [{"id": "doe", "name": "Jane Doe", "name_zh": "简·多伊", "claim": "doe-head"}],
        "roles": [{"id": "doe-lab", "person": "doe", "unit": "lab", "title": "Head", "title_zh": "负责人", "leads": "true", "start": "2031-09-27", "claim": "doe-head"}],
        "flywheel": [
            {"id": "a", "cause": "brighter lamps", "effect": "sales", "sign": "+", "mechanism": "More is sold.", "claim": "more-light"},
            {"id": "b", "cause": "sales", "effect": "brighter lamps", "sign": "+", "mechanism": "Sales pay for design.", "claim": "more-light"},
        ],
    }  # fmt: skip
    keys = {"title": "Lumen Lamps", "subject": "Lumen Lamps", "parts": [], "currency": "EUR", "fiscalYearEnd": "09-30", "description": "A made-up dossier."}  # fmt: skip
    return wb.open(write_dossier(tmp_path_factory.mktemp("lamps"), tables, **keys))


def words_of_the_bundled(book: wb.Dossier) -> list[str]:
    """Names that only the bundled dossier can know, and what it counts in."""
    names = {
        *book.org_units["name"],
        *book.org_units["name_zh"],
        *book.claims["subject"],
        *book.series["name"],
    }
    names |= {*book.series["name_zh"], *book.series["id"], *book.models["name"], *book.models["vendor"]}
    known = {name for name in names if isinstance(name, str) and len(name) > 1}
    # A role is called as the library calls it, and one of the bundled series has the same name.
    known -= {"ARR", "capex_plan", "capex_plan_spent", "arr", "tokens_per_day", "token_share", "market_share"}
    return sorted(known | {"cloud", "RMB", "yuan", "人民币", "阿里", "百炼", "云业务", "MaaS", "Alibaba"})


def foreign(text: str, book: wb.Dossier) -> list[str]:
    return [
        name
        for name in words_of_the_bundled(book)
        if re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text, re.I)
    ]


def read(drawn: Any) -> str:
    """Everything a spec says."""
    return json.dumps(drawn.to_dict(), ensure_ascii=False, default=str)


def shown(function: Callable[..., Any], book: wb.Dossier, **options: Any) -> Any:
    """Return what a function gives, or what it says is missing."""
    try:
        return call(function, book, **options)
    except ValueError as error:
        return str(error)


CHARTS = [getattr(module, name) for module, name in FUNCTIONS if name.endswith(("_chart", "_by_date"))]
DRAWN = {
    "revenue_chart", "growth_chart", "margin_chart", "capex_chart", "org_chart", "org_changes_chart",
    "flywheel_chart", "strength_chart",
}  # fmt: skip
"""What has data; any other chart says in one line what is missing."""


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("function", CHARTS, ids=lambda function: function.__name__)
def test_a_chart_has_no_word_of_another_company(
    lamps: wb.Dossier, book: wb.Dossier, function: Callable[..., Any], lang: style.Language
) -> None:
    drawn = shown(function, lamps, lang=lang)
    assert isinstance(drawn, alt.TopLevelMixin) or function.__name__ not in DRAWN, drawn
    if isinstance(drawn, alt.TopLevelMixin):
        assert not re.search(r"(?i)(?<![a-z])(ai|arr|tokens?)(?![a-z])", read(drawn))
    assert foreign(read(drawn) if isinstance(drawn, alt.TopLevelMixin) else drawn, book) == []


def test_nor_has_a_card_a_check_or_a_panel(lamps: wb.Dossier, book: wb.Dossier) -> None:
    texts = [evidence.cards(lamps, theme) for theme in set(lamps.claims["theme"])]
    texts += [cli.summary(lamps, "2031-11-25"), review.listed(review.review(lamps))]
    texts += [str(shown(wb.WhatIf, lamps))]
    assert foreign(" ".join(map(str, texts)), book) == []


ASSUMED = [
    ("apps-share", "share of smart lamps", "智能灯占比", "0.3", "0", "1", "share"),
    ("churn", "subscribers lost", "订户流失率", "0.02", "0", "0.1", "per month"),
    ("volatility-services", "volatility of plain lamps", "普通灯波动率", "0.05", "0", "0.2", "per month"),
    ("external-revenue", "sales of a year", "年销售额", "2", "1", "4", "EUR bn"),
]
"""What the maker of lamps may assume of its subscriptions: there is no price by the token among it."""


def subscribed(folder: Path, assumptions: list[tuple[str, ...]]) -> wb.Dossier:
    """A maker of lamps that rents out light, for so much a year, and says how much it aims for."""
    source = {"id": "results", "title": "Results", "publisher": "Lumen Lamps", "url": "https://example.com/l", "published": "2031-10-20", "dated": "printed", "language": "en", "kind": "release", "seen": "page"}  # fmt: skip
    rent = {"metric": "rent", "unit": "EUR bn", "bound": "at_least"}
    columns = ("id", "name", "name_zh", "value", "low", "high", "unit")
    tables: dict[str, list[Any]] = {
        "sources": [source],
        "claims": [
            claim("rent-now", "Lumen Lamps rents out light for EUR 1 bn a year.", value="1", period_end="2031-09-27", **rent),
            claim("rent-goal", "Lumen Lamps aims for EUR 2 bn a year.", value="2", period_end="2032-09-25", **rent | {"grade": "guidance"}),
        ],
        "series": [{"id": "rent", "name": "rent of light", "name_zh": "灯光租金", "unit": "money", "role": "run_rate"}],
        "assumptions": [dict(zip(columns, row, strict=True)) | {"why": "A guess."} for row in assumptions],
    }  # fmt: skip
    keys = {"title": "Lumen Lamps", "subject": "Lumen Lamps", "parts": [], "currency": "EUR", "description": "A made-up dossier."}  # fmt: skip
    return wb.open(write_dossier(folder, tables, **keys))


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("assumptions", [[], ASSUMED], ids=["without", "with"])
def test_the_what_if_has_the_words_of_its_own_company(
    tmp_path: Path, book: wb.Dossier, assumptions: list[tuple[str, ...]], lang: style.Language
) -> None:
    lamps = subscribed(tmp_path / "lamps", assumptions)
    what = wb.WhatIf(lamps, folder=tmp_path / "none", lang=lang)
    parts = [what.words, what.controls, what.readouts, what.companies, what.observed, what.sources]
    texts = [json.dumps(part, ensure_ascii=False) for part in parts]
    texts += [read(wb.commercialization.whatif_chart(lamps, lang=lang)), what.as_stored()["text/html"]]
    said = re.sub(r"data:image/svg[^']*", "", " ".join(texts))
    assert foreign(said, book) == []
    assert "EUR" in said or "欧元" in said
    shown = {control["field"]: control["label"] for control in what.controls}
    read_out = {readout["figure"]: readout["label"] for readout in what.readouts}
    assert not {"token_price", "token_share"} & set(shown)
    assert "tokens_per_day" not in read_out
    labels = " ".join([*shown.values(), *read_out.values()])
    assert not re.search(r"(?i)token|词元|\bai\b|services|applications|服务|应用", labels)
    assert ("apps_share" in shown, "external_share" in read_out) == (bool(assumptions), bool(assumptions))
    if assumptions:
        names = {row[0].replace("-", "_"): row[1 + (lang == "zh")] for row in assumptions}
        for field in ("apps_share", "churn", "external_revenue"):
            assert names[field].casefold() in shown[field].casefold()
        assert names["external_revenue"] in read_out["external_share"]


def test_without_a_word_for_it_an_assumption_is_called_by_its_id(tmp_path: Path) -> None:
    lamps = subscribed(tmp_path, [("apps-share", "", "", "0.3", "0", "1", "share")])
    (label,) = [c["label"] for c in wb.WhatIf(lamps).controls if c["field"] == "apps_share"]
    assert label == "Apps share, %"
