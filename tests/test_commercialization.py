"""Commercialization: hand-counted figures, bounds drawn as bounds, breaks as breaks, no subject known."""

import datetime as dt
import json
import math
import re
from pathlib import Path
from typing import Any

import altair as alt
import pandas as pd
import pytest
import vl_convert as vlc

import workbook as wb
from tests.conftest import LISTED, with_rows, write_dossier
from workbook import commercialization as c
from workbook.arr import Scenario, months_between
from workbook.commercialization.controls import controls, start_scenario
from workbook.commercialization.layers import field_values
from workbook.commercialization.readouts import readouts
from workbook.commercialization.windows import comparables
from workbook.jupyter import display
from workbook.whatif.drawing import panel_chart

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


# Cloud revenue ------------------------------------------------------------------------------------


def test_revenue_by_hand(book: wb.Dossier) -> None:
    # Read off data/claims.csv: what each document prints.
    table = c.by_quarter(book, "revenue", "growth")
    old = table[table["side"] == "as reported"].set_index("period_end")["revenue"]
    assert old["2024-09-30"] == 29610
    assert old["2026-03-31"] == 41626
    # The fiscal year 2024 printed 106,374 in all, without DingTalk: the June 2023 quarter, first printed with
    # it, was 25,065 on that scope, and 25,065 + 27,648 + 28,066 + 25,595 = 106,374.
    assert old["2023-06-30":"2024-03-31"].to_list() == [25065, 27648, 28066, 25595]
    first = c.by_quarter(wb.open(as_of="2023-11-15"), "revenue", "growth")  # the day before it was restated
    assert first["revenue"].tolist() == [25120]
    # The fiscal year 2025 printed 118,028 in all, the fiscal year 2026 158,132.
    assert old["2024-06-30":"2025-03-31"].sum() == 118028
    assert old["2025-06-30":"2026-03-31"].sum() == 158132
    new = table[table["side"] == "recast"].set_index("period_end")["revenue"].dropna()
    assert new.to_dict() == {pd.Timestamp("2025-06-30"): 33418, pd.Timestamp("2026-06-30"): 48437}
    # Both prints agree with the growth the company gave for the new segment.
    assert round(100 * (48437 / 33418 - 1)) == 45
    assert table.attrs["units"]["revenue"] == "RMB m"


def test_every_derived_quarter_is_marked(tmp_path: Path) -> None:
    # A dossier of its own: the bundled one has every quarter as printed since the release days were found.
    rows = [
        quarter("cloud_revenue", "2031-03-31", "100"),
        quarter("cloud_revenue", "2031-06-30", "110", "derived"),
        quarter("cloud_revenue", "2031-09-30", "120", "derived"),
    ]
    bars = marks(c.revenue_chart(company(tmp_path, metrics=rows)).to_dict(), "bar")[0]["rows"]
    assert {row["slot"] for row in bars if row["what"] == "computed by us"} == {"2031-06-30", "2031-09-30"}


@pytest.mark.parametrize(
    ("value", "bound", "en", "zh"),
    [
        ("15999.6", "at_least", "15.9", "159"),  # 15.9996 is rounded once, to the label's place
        ("16000.4", "at_most", "16.1", "161"),
        ("0.6", "exact", "0.0006", "0.006"),  # a small amount keeps its figures
    ],
)
def test_a_quarters_label_still_holds(tmp_path: Path, value: str, bound: str, en: str, zh: str) -> None:
    rows = [quarter("cloud_revenue", "2031-03-31", value, bound=bound)]
    book = company(tmp_path, metrics=rows)
    for lang, written in (("en", en), ("zh", zh)):
        (row,) = marks(c.revenue_chart(book, lang=lang).to_dict(), "bar")[0]["rows"]  # type: ignore[arg-type]
        assert row["written"] == written


@pytest.mark.parametrize(
    ("value", "bound", "en", "zh"),
    [
        ("3.96", "at_least", "up at least 3.96% on the year", "同比增长不低于3.96%"),
        ("-3.96", "exact", "down 3.96% on the year", "同比下降3.96%"),
        ("-3.9666", "at_most", "down at least 3.966% on the year", "同比下降不低于3.966%"),
        ("-3.9664", "at_least", "down at most 3.967% on the year", "同比下降不超过3.967%"),
    ],
)
def test_a_fall_is_told_by_its_sign(tmp_path: Path, value: str, bound: str, en: str, zh: str) -> None:
    rows = [quarter("cloud_revenue", "2031-03-31", "900")]
    rows.append(quarter("cloud_revenue_growth", "2031-03-31", value, bound=bound, unit="%"))
    book = company(tmp_path, metrics=rows)
    assert en in " ".join(c.revenue_chart(book).to_dict()["title"]["text"])
    assert zh in "".join(c.revenue_chart(book, lang="zh").to_dict()["title"]["text"])


def test_the_break_is_a_place_of_its_own(book: wb.Dossier) -> None:
    spec = c.revenue_chart(book).to_dict()
    places = marks(spec, "bar")[0]["encoding"]["x"]["scale"]["domain"]
    before, after = places[: places.index("break")], places[places.index("break") + 1 :]
    assert before == sorted(before)
    assert after == [
        "2025-06-30 recast",
        "2025-09-30 recast",
        "2025-12-31 recast",
        "2026-03-31 recast",
        "2026-06-30 recast",
    ]
    assert [row["slot"] for row in marks(spec, "rule")[0]["rows"]] == ["break"]
    kinds = {row["slot"]: row["what"] for row in marks(spec, "bar")[0]["rows"]}
    assert kinds["2025-06-30"] == "as reported"
    assert kinds["2025-06-30 recast"] == "year before, on the new basis"
    assert kinds["2026-06-30 recast"] == "new basis"


def test_a_quarter_without_a_figure_is_an_empty_place(tmp_path: Path) -> None:
    rows = [quarter("cloud_revenue", "2031-03-31", "100"), quarter("cloud_revenue", "2031-12-31", "160")]
    book = company(tmp_path, metrics=rows)
    table = c.by_quarter(book, "revenue", "growth")
    assert table["period_end"].dt.strftime("%Y-%m-%d").tolist() == [
        "2031-03-31",
        "2031-06-30",
        "2031-09-30",
        "2031-12-31",
    ]
    assert table["revenue"].isna().tolist() == [False, True, True, False]
    spec = c.revenue_chart(book).to_dict()
    gaps = [layer for layer in marks(spec, "text") if layer["mark"].get("text") == "not found"]
    assert [row["slot"] for row in gaps[0]["rows"]] == ["2031-06-30", "2031-09-30"]
    assert not marks(spec, "rule")  # one basis, no break


def test_a_year_is_no_quarter(tmp_path: Path) -> None:
    year = [
        "year",
        "Nimbus Cloud",
        "cloud_revenue",
        "actual",
        "400",
        "exact",
        "USD m",
        "2031-01-01",
        "2031-12-31",
        "as_reported",
    ]
    with pytest.raises(ValueError, match="no figure of the role revenue is for a quarter"):
        c.by_quarter(company(tmp_path, metrics=[year]), "revenue", "growth")


def test_the_first_exact_print_counts(tmp_path: Path) -> None:
    rows = [
        quarter("cloud_revenue", "2031-03-31", "101", name="rounded", bound="about"),
        quarter("cloud_revenue", "2031-03-31", "100.4", name="printed"),
        quarter("cloud_revenue", "2031-03-31", "99", "derived", name="computed"),
    ]
    assert c.by_quarter(company(tmp_path, metrics=rows), "revenue", "growth")["revenue_claim"].tolist() == [
        "printed"
    ]


def test_two_units_are_no_series(tmp_path: Path) -> None:
    rows = [
        quarter("cloud_revenue", "2031-03-31", "100"),
        quarter("cloud_revenue", "2031-06-30", "1", unit="USD bn"),
    ]
    with pytest.raises(ValueError, match="USD bn and in USD m"):
        c.by_quarter(company(tmp_path, metrics=rows), "revenue", "growth")


def test_growth_lines_stop_at_gaps_and_at_the_break(tmp_path: Path) -> None:
    ends = ["2030-12-31", "2031-03-31", "2031-09-30"]
    rows = [quarter("cloud_revenue", "2030-12-31", "90")]
    rows += [quarter("cloud_revenue_growth", end, "9", unit="%") for end in ends]
    rows += [quarter("cloud_revenue_growth", "2031-12-31", "12", "recast", unit="%")]
    spec = c.growth_chart(company(tmp_path, metrics=rows)).to_dict()
    line = marks(spec, "line")[0]
    assert line["encoding"]["detail"]["field"] == "piece"
    pieces = [row["piece"] for row in line["rows"]]
    assert pieces[0] == pieces[1]
    assert len(set(pieces)) == 3


def test_growth_bounds_are_drawn_as_bounds(book: wb.Dossier) -> None:
    spec = c.growth_chart(book).to_dict()
    points = marks(spec, "point")[0]
    floors = [row for row in points["rows"] if row["bound"] == "at_least"]
    assert {(row["slot"], row["value"]) for row in floors} == {("2024-12-31", 11)}
    shapes = dict(
        zip(
            points["encoding"]["shape"]["scale"]["domain"],
            points["encoding"]["shape"]["scale"]["range"],
            strict=True,
        )
    )
    assert "L0,-2.4" in shapes["at_least"]  # Vega's y goes down: the arrow points up
    assert shapes["exact"] == "circle"


def test_a_margin_is_as_given_or_profit_over_revenue(tmp_path: Path) -> None:
    ends = ("2031-03-31", "2031-06-30", "2031-09-30", "2031-12-31")
    rows = [quarter("cloud_revenue", end, "200") for end in ends]
    rows += [
        quarter("cloud_adjusted_ebita", end, value)
        for end, value in zip(ends, ("10", "-25", "30", "40"), strict=True)
    ]
    rows[6][5] = "about"  # a profit that is not exact makes no margin
    rows += [quarter("cloud_adjusted_ebita_margin", "2031-12-31", "21", unit="%")]
    spec = c.margin_chart(company(tmp_path, metrics=rows)).to_dict()
    points = marks(spec, "point")[0]
    # 10 / 200 = 5%, -25 / 200 = -12.5%, and the company's own 21% goes before 40 / 200.
    drawn = [(row["value"], row["what"], row["piece"]) for row in points["rows"]]
    assert sorted(drawn) == [
        (-12.5, "computed by us", "as reported0"),
        (5, "computed by us", "as reported0"),
        (21, "as reported", "as reported1"),
    ]
    assert "rose from 5% in Mar 2031 to 21% in Dec 2031" in " ".join(spec["title"]["text"])


def test_margins_of_two_bases_are_not_set_against_one_another(tmp_path: Path) -> None:
    rows = [
        quarter("cloud_adjusted_ebita_margin", end, "5", unit="%") for end in ("2031-03-31", "2031-06-30")
    ]
    rows += [quarter("cloud_adjusted_ebita_margin", "2031-09-30", "9", "recast", unit="%")]
    title = " ".join(c.margin_chart(company(tmp_path, metrics=rows)).to_dict()["title"]["text"])
    assert title.endswith("was 9% in the quarter to Sep 2031, on a new basis")


def test_one_role_is_played_by_one_series(tmp_path: Path) -> None:
    rows = [quarter("lamps", "2031-03-31", "100"), quarter("bulbs", "2031-03-31", "90")]
    series = [{"id": name, "name": name, "unit": "money", "role": "revenue"} for name in ("lamps", "bulbs")]
    with pytest.raises(ValueError, match="bulbs and lamps both have the role revenue"):
        c.revenue_chart(company(tmp_path, metrics=rows, series=series))


# The AI part --------------------------------------------------------------------------------------


def test_shares_of_another_total_are_left_out(book: wb.Dossier) -> None:
    points = marks(c.share_chart(book).to_dict(), "point")[0]
    drawn = {(row["value"], row["bound"], row["what"]) for row in points["rows"]}
    # 35% of external revenue was said on the call of August 2026; 25.55% is of the segment and stays out.
    assert drawn == {
        (20, "at_least", "actual"),
        (30, "exact", "actual"),
        (35, "exact", "actual"),
        (50, "at_least", "guidance"),
    }
    assert points["encoding"]["y"]["title"] == "AI share of external cloud revenue, %"


def test_streak_by_hand(book: wb.Dossier) -> None:
    # Twelve quarters to June 2026: June 2026 is at least 2 x June 2025 is at least 2 x June 2024, the fourth
    # of the streak, which is at least 2 x June 2023. So 8; and 12,376 / 8 = 1,547.
    table = c.streak(book)
    assert len(table) == 12
    last, first = table.iloc[-1], table.iloc[0]
    assert (last["multiple_at_least"], last["base_period_end"]) == (8, pd.Timestamp("2023-06-30"))
    assert last["base_at_most"] == 1547
    assert (first["period_end"], first["multiple_at_least"]) == (pd.Timestamp("2023-09-30"), 2)
    # Every count that was printed agrees with the latest one counted back.
    printed = table.dropna(subset=["counted"])
    assert (printed["counted"] == printed["quarter"]).all()
    assert len(printed) == 8


@pytest.mark.parametrize("quarters", [1, 3, 4, 5, 8, 9])
def test_the_floor_is_met_by_revenue_that_just_doubles(tmp_path: Path, quarters: int) -> None:
    end = pd.Timestamp("2031-12-31")
    rows = [quarter("ai_triple_digit_streak", "2031-12-31", str(quarters), unit="quarters")]
    table = c.streak(company(tmp_path, metrics=rows))
    # The least revenue there can be: 1 before the streak and twice the year before within it.
    revenue = {}
    for k in range(-40, 1):
        within = k > -quarters
        revenue[end + pd.offsets.MonthEnd(3 * k) if k else end] = (
            2 * revenue[end + pd.offsets.MonthEnd(3 * (k - 4))] if within else 1.0
        )
    for row in table.itertuples():
        assert revenue[row.period_end] / revenue[row.base_period_end] == row.multiple_at_least


def test_a_streak_is_drawn_as_a_floor(book: wb.Dossier) -> None:
    spec = c.streak_chart(book).to_dict()
    points = marks(spec, "point")[0]
    assert {row["bound"] for row in points["rows"]} == {"at_least"}
    assert "at least 8 times" in " ".join(spec["title"]["text"])
    assert "at most RMB 1.55 bn" in " ".join(spec["title"]["subtitle"])


def test_a_ceiling_is_rounded_up(tmp_path: Path) -> None:
    rows = [
        quarter("ai_triple_digit_streak", "2031-12-31", "12", unit="quarters"),
        quarter("ai_product_revenue", "2031-12-31", "1001"),
    ]
    spec = c.streak_chart(company(tmp_path, metrics=rows)).to_dict()
    assert "at most USD 125.13 m" in " ".join(spec["title"]["subtitle"])  # 125.125: "125.12" would be false


# The run rate -------------------------------------------------------------------------------------


def test_growth_between_the_targets_by_hand() -> None:
    table = c.implied_growth(wb.open(as_of="2026-06-30"))
    assert len(table) == 3  # 8, 10 and 30: three pairs
    last = table.iloc[-1]
    assert (last["months"], last["multiple"]) == (6, 3)
    assert last["cmgr"] == round(100 * (3 ** (1 / 6) - 1), 2) == 20.09
    assert last["annualised"] == 800  # 3 x 3 = 9 times a year
    assert last["reading"] == "as if both held exactly"


@pytest.mark.parametrize(
    ("first", "second", "reading"),
    [
        (("actual", "exact"), ("actual", "exact"), "exact"),
        (("actual", "at_least"), ("actual", "at_least"), "as if both held exactly"),
        (("actual", "exact"), ("actual", "at_least"), "at least"),
        (("actual", "at_least"), ("actual", "exact"), "at most"),
        (("actual", "at_least"), ("guidance", "at_least"), "needed to reach the target, at most"),
        (("actual", "exact"), ("guidance", "at_least"), "needed to reach the target"),
        (("guidance", "at_least"), ("actual", "at_least"), "as if both held exactly"),
    ],
)  # fmt: skip
def test_what_a_ratio_of_bounds_is_worth(
    tmp_path: Path, first: tuple[str, str], second: tuple[str, str], reading: str
) -> None:
    rows = [
        level("2031-06-30", "2", kind=first[0], bound=first[1]),
        level("2031-12-31", "3", kind=second[0], bound=second[1]),
    ]
    assert c.implied_growth(company(tmp_path, metrics=rows))["reading"].tolist() == [reading]


def test_guidance_of_june() -> None:
    book = wb.open(as_of="2026-06-30")
    scenario, claims = c.guidance(book)
    assert (scenario.start.isoformat(), scenario.end.isoformat()) == ("2026-06-30", "2026-12-31")
    assert (scenario.start_arr, scenario.end_arr, scenario.currency) == (10, 30, "RMB")
    assert claims == ["arr-guided-june-2026", "arr-guided-december-2026"]
    values = book.assumptions.set_index("id")["value"]
    assert scenario.churn == values["churn"]
    assert scenario.volatility_apps == values["volatility-apps"]
    # What the dossier assumes about the path is no part of the guidance.
    assert scenario.apps_cmgr is scenario.services_growth is None


def test_guidance_before_it_was_given() -> None:
    with pytest.raises(ValueError, match=r"no figure of the role run_rate.*later as_of"):
        c.guidance(wb.open(as_of="2026-05-12"))


def test_one_target_starts_from_the_latest_observation(other: wb.Dossier) -> None:
    scenario, claims = c.guidance(other)
    assert (scenario.start_arr, scenario.end_arr, scenario.currency) == (2, 5, "USD")
    assert claims == ["arr-first", "arr-goal"]
    assert scenario.months == pytest.approx(9 + 1 - 1 / 31)  # from the end of 1 March to the end of December


def test_a_restated_target_replaces_the_old_one(tmp_path: Path) -> None:
    sources = [
        [name, "", "Nimbus plc", f"https://example.com/{name}", day, "printed", "en", "release", "page", ""]
        for name, day in (("spring", "2031-04-01"), ("autumn", "2031-10-01"))
    ]
    claims = [
        [
            f"goal-{name}",
            "commercialization",
            f"Nimbus aims for USD {value} bn.",
            "guidance",
            name,
            "",
            "2031-12-31",
            "day",
            "Nimbus",
            "arr",
            value,
            "at_least",
            "USD bn",
            "",
            "2031-12-31",
            "",
            "",
        ]
        for name, value in (("spring", "5"), ("autumn", "4"))
    ]
    claims.append(
        [
            "level",
            "commercialization",
            "Nimbus is at USD 2 bn.",
            "reported",
            "spring",
            "",
            "2031-03-31",
            "day",
            "Nimbus",
            "arr",
            "2",
            "exact",
            "USD bn",
            "",
            "2031-03-31",
            "",
            "",
        ]
    )
    folder = write_dossier(tmp_path, {"sources": sources, "claims": claims})
    assert c.guidance(wb.open(folder))[0].end_arr == 4
    assert c.guidance(wb.open(folder, as_of="2031-09-30"))[0].end_arr == 5


def test_percent_assumptions_become_shares(tmp_path: Path) -> None:
    rows = [level("2031-06-30", "2"), level("2031-12-31", "3", kind="guidance")]
    book = company(tmp_path, metrics=rows, assumptions=[["churn", "2", "0", "5", "%", "A guess."]])
    assert c.guidance(book)[0].churn == 0.02


def test_what_august_changed(book: wb.Dossier) -> None:
    table = c.bound_effect(book).set_index("figure")
    # 20 August is a month and 20 of 31 days after 30 June.
    path = 10 * 3 ** ((1 + 20 / 31) / 6)
    left = 3 + 11 / 31 + 1
    assert table.loc["level on the day", ["guided", "observed"]].tolist() == [round(path, 3), 16]
    assert table.loc["multiple still needed", "observed"] == 30 / 16
    assert table.loc["CMGR still needed", "observed"] == round(100 * ((30 / 16) ** (1 / left) - 1), 3)
    assert table.loc["net new ARR still needed", ["observed", "reading"]].tolist() == [14, "at most"]
    assert table.loc["chance of the target", "observed"] > table.loc["chance of the target", "guided"]
    with pytest.raises(
        ValueError,
        match="no run rate of Bailian MaaS and AI applications observed between 2026-06-30 and 2026-12-31",
    ):
        c.bound_effect(wb.open(as_of="2026-06-30"))


def test_august_against_one_lognormal_driver(tmp_path: Path) -> None:
    # With the applications at nothing, two dates of one lognormal are bivariate normal: a closed form.
    from scipy.stats import multivariate_normal, norm

    rows = [
        level("2031-06-30", "10", kind="guidance"),
        level("2031-12-31", "30", kind="guidance"),
        level("2031-08-31", "16"),
    ]
    assumptions = [
        ["apps-share", "0", "0", "1", "share", "None."],
        ["volatility-services", "0.1", "0", "1", "per month", "A guess."],
    ]
    table = c.bound_effect(company(tmp_path, metrics=rows, assumptions=assumptions)).set_index("figure")
    seen = math.log(16 / (10 * 3 ** (2 / 6))) / (0.1 * 2**0.5)
    both = multivariate_normal.cdf([-seen, 0], cov=[[1, (2 / 6) ** 0.5], [(2 / 6) ** 0.5, 1]])
    assert table.loc["chance of at least what was seen", "guided"] == pytest.approx(norm.sf(seen), abs=6e-4)
    assert table.loc["chance of the target", "guided"] == pytest.approx(0.5, abs=6e-4)
    share = norm.sf(seen)
    noise = 4 * (0.25 / (1_000_000 * share)) ** 0.5
    assert table.loc["chance of the target", "observed"] == pytest.approx(both / share, abs=noise + 6e-4)


def test_run_rate_points_are_bounds_and_targets_look_different(book: wb.Dossier) -> None:
    spec = c.arr_chart(book).to_dict()
    points = marks(spec, "point")[0]
    assert {(row["arr"], row["bound"], row["what"]) for row in points["rows"]} == {
        (8, "at_least", "observed"), (10, "at_least", "guidance"), (16, "at_least", "observed"), (30, "at_least", "guidance"),
    }  # fmt: skip
    scale = points["encoding"]["color"]["scale"]
    colors = dict(zip(scale["domain"], scale["range"], strict=True))
    assert colors == {"observed": wb.style.COLORS["actual"], "guidance": wb.style.COLORS["guidance"]}
    # August's figure has the scope of May's and of the targets, in the words of the call; no mark names one.
    assert all("scope" not in row["label"] for row in points["rows"])


def test_a_figure_of_a_part_says_of_which(tmp_path: Path) -> None:
    rows = [
        level("2031-06-30", "10", kind="guidance"),
        level("2031-12-31", "30", kind="guidance"),
        level("2031-08-31", "16", subject="Nimbus Cloud"),
    ]
    points = marks(c.arr_chart(company(tmp_path, metrics=rows)).to_dict(), "point")[0]
    labels = {row["arr"]: row["label"] for row in points["rows"]}
    assert "scope: Nimbus Cloud" in labels[16]
    assert all("scope" not in labels[value] for value in (10, 30))


def test_the_title_gives_the_growth_still_needed(book: wb.Dossier) -> None:
    needed = 100 * ((30 / 16) ** (1 / (4 + 11 / 31)) - 1)
    title = " ".join(c.arr_chart(book).to_dict()["title"]["text"])
    # A ceiling: rounded up.
    assert f"at most {math.ceil(10 * needed) / 10}% growth a month" in title


def test_a_target_that_is_reached_needs_no_growth(tmp_path: Path) -> None:
    rows = [level("2031-03-31", "31"), level("2031-12-31", "29.96", kind="guidance")]
    book = company(tmp_path, metrics=rows)
    said = " ".join(c.arr_chart(book).to_dict()["title"]["text"])
    # The target is a floor: 29.96 is not written 30.
    assert said.endswith(
        "was at least USD 31 bn on 31 Mar 2031: the target of USD 29.9 bn by Dec 2031 is reached"
    )
    tiny = [level("2031-03-31", "0.0002"), level("2031-12-31", "0.0003", kind="guidance")]
    axis = marks(c.arr_chart(company(tmp_path / "tiny", metrics=tiny)).to_dict(), "point")[0]["encoding"]["y"]
    assert axis["scale"]["domain"] == [0, pytest.approx(1.35 * 0.0003)]
    assert "已达到2031年12月的目标299.6亿美元" in "".join(
        c.arr_chart(book, lang="zh").to_dict()["title"]["text"]
    )


@pytest.mark.parametrize("chart", [c.arr_chart, c.whatif_chart])
def test_chinese_figures_of_the_points_are_chinese(book: wb.Dossier, chart: Any) -> None:
    spec = chart(book, lang="zh").to_dict()
    figures = {row["figure"] for rows in spec["datasets"].values() for row in rows if "figure" in row}
    assert "不低于160亿元" in figures
    assert not [figure for figure in figures if "RMB" in figure]


def test_scenarios_are_drawn_over_the_points(book: wb.Dossier) -> None:
    scenario, _ = c.guidance(book)
    low = scenario.replace(end_arr=25)
    spec = c.arr_chart(book, {"slower": low}).to_dict()
    line = [layer for layer in marks(spec, "line") if layer["rows"][0].get("what") == "slower"]
    assert [row["arr"] for row in line[0]["rows"]] == low.path()["arr"].round(6).tolist()
    dollars = Scenario(start="2026-06-30", end="2026-12-31", start_arr=1, end_arr=3, currency="USD")
    with pytest.raises(ValueError, match="slower is in USD"):
        c.arr_chart(book, {"slower": dollars})


def test_two_currencies_are_no_run_rate(tmp_path: Path) -> None:
    rows = [level("2031-06-30", "2"), level("2031-12-31", "3", unit="RMB bn")]
    with pytest.raises(ValueError, match="RMB and in USD"):
        c.arr_points(company(tmp_path, metrics=rows))


def test_millions_are_billions(tmp_path: Path) -> None:
    assert c.arr_points(company(tmp_path, metrics=[level("2031-06-30", "2500", unit="USD m")]))[
        "value"
    ].tolist() == [2.5]


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


def test_small_amounts_keep_their_figures(tmp_path: Path) -> None:
    """0.0003 bn buys 0.0003e9 / 2 x 1e6 tokens a year, 4.1e8 a day: 0.00041 trillion, not 0."""
    table = c.tokens_needed(priced(tmp_path), levels=[0.0003], output_share=0.25, token_share=1)
    assert table["tokens_per_day"].iloc[0] == pytest.approx(0.00041)
    shares = [[name, "0.5", "0", "1", "share", "Set."] for name in ("output-share", "token-share")]
    cheap = priced(tmp_path / "cheap", assumptions=shares, price="0.004")
    rows = [
        row for rows in c.tokens_chart(cheap).to_dict()["datasets"].values() for row in rows if "price" in row
    ]
    assert {row["price"] for row in rows} == {"USD 0.004"}
    assert all(row["words"].endswith("(USD 0.004)") for row in rows)


def test_tokens_by_hand(tmp_path: Path) -> None:
    # A quarter of the tokens written: 0.75 x 1 + 0.25 x 5 = 2 dollars a million. 3 bn a year, half of it by
    # the token, buys 1.5e9 / 2 x 1e6 = 7.5e14 tokens a year, over 365 days 2.0548 trillion a day.
    table = c.tokens_needed(priced(tmp_path), levels=[3], output_share=0.25, token_share=0.5)
    assert table[["model", "price", "arr", "tokens_per_day"]].to_numpy().tolist() == [
        ["Cirrus", 2.0, 3, 2.055]
    ]
    assert table.attrs["units"]["price"] == "USD per 1M tokens"
    assert table.attrs["rate_claims"] == []


def test_prices_in_yuan_are_converted(tmp_path: Path) -> None:
    rate = [
        "rate",
        "commercialization",
        "The yuan stood at 8 to the dollar.",
        "press",
        "nimbus",
        "",
        "2031-06-30",
        "day",
        "CNY",
        "cny_per_usd",
        "8",
        "exact",
        "CNY per USD",
        "",
        "2031-06-30",
        "",
        "",
    ]
    book = priced(tmp_path / "a", "RMB per 1M tokens", claims=[rate])
    table = c.tokens_needed(book, levels=[3], output_share=0.25, token_share=0.5)
    assert table["price"].tolist() == [0.25]
    assert table.attrs["rate_claims"] == ["rate"]
    with pytest.raises(
        ValueError, match="prices in RMB need a claim with the unit 'USD per CNY' or 'CNY per USD'"
    ):
        c.tokens_needed(priced(tmp_path / "b", "RMB per 1M tokens"), output_share=0.25, token_share=0.5)


def test_tokens_without_what_they_need(tmp_path: Path) -> None:
    book = priced(tmp_path)
    with pytest.raises(ValueError, match=r"output_share is None: .*assumption 'output-share'"):
        c.tokens_needed(book)
    with pytest.raises(ValueError, match=r"token_share is 1.5: give a share from 0 to 1"):
        c.tokens_needed(book, output_share=0.2, token_share=1.5)
    with pytest.raises(ValueError, match="no list price of vendor 'Stratus'; there are those of Nimbus"):
        c.tokens_needed(book, vendor="Stratus", output_share=0.2, token_share=1)
    with pytest.raises(ValueError, match="no model in the prices"):
        c.tokens_needed(book, since="2031-07-01", output_share=0.2, token_share=1)


# Whose figure it is -------------------------------------------------------------------------------

PEER = {
    "cloud_revenue": ("61000", "exact", "RMB m", "actual"),
    "cloud_revenue_growth": ("3", "exact", "%", "actual"),
    "cloud_external_revenue_growth": ("2", "exact", "%", "actual"),
    "ai_share_of_external_revenue": ("77", "exact", "%", "actual"),
    "ai_triple_digit_streak": ("25", "exact", "quarters", "actual"),
    "ai_product_revenue": ("1", "exact", "RMB m", "actual"),
    "group_capex": ("900", "exact", "USD bn", "actual"),
    "capex_plan": ("9000", "at_most", "USD bn", "guidance"),
}


def peer_rows(subject: str) -> dict[str, list[dict[str, str]]]:
    """Rows of another subject under every metric the charts read, for the latest quarter and year-end."""
    figures = [(*each, name, "2026-04-01", "2026-06-30") for name, each in PEER.items()]
    figures += [("99", "exact", "RMB bn", kind, "arr", "", end) for kind, end in (
        ("actual", "2026-09-15"), ("guidance", "2026-12-31"), ("guidance", "2027-12-31")
    )]  # fmt: skip
    tables: dict[str, list[dict[str, str]]] = {"sources": [], "claims": []}
    tables["sources"].append(
        {"id": "peer-results", "publisher": "Peer", "url": "https://example.com/peer", "published": "2026-10-01",
         "dated": "printed", "language": "en", "kind": "release", "seen": "page"}
    )  # fmt: skip
    for number, (value, bound, unit, kind, metric, start, end) in enumerate(figures):
        figure = {"subject": subject, "metric": metric, "value": value, "bound": bound, "unit": unit,
                  "period_start": start, "period_end": end}  # fmt: skip
        grade = "guidance" if kind == "guidance" else "reported"
        claim = {"id": f"peer-{number}", "theme": "commercialization", "statement": f"A peer's figure {number}.",
                 "grade": grade, "source": "peer-results"}  # fmt: skip
        tables["claims"].append(figure | claim | {"basis": "recast" if start else "as_reported"})
    return tables


@pytest.mark.parametrize("chart", [*CHARTS, wb.strategy.capex_chart])
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_peer_is_never_the_company(tmp_path: Path, book: wb.Dossier, chart: Any, lang: str) -> None:
    peered = wb.open(with_rows(tmp_path / "peered", peer_rows("Peer Cloud")))
    assert len(peered.metrics) == len(book.metrics) + 11
    assert chart(peered, lang=lang).to_dict() == chart(book, lang=lang).to_dict()


def test_growth_of_another_part_is_not_written_beside_revenue(tmp_path: Path) -> None:
    rows = [quarter("cloud_revenue", "2031-03-31", "100"), quarter("cloud_revenue_growth", "2031-03-31", "7")]
    rows[1][1], rows[1][6] = "Nimbus", "%"
    with pytest.raises(
        ValueError, match=r"for Nimbus \(.*\) and for Nimbus Cloud \(.*one series needs one subject"
    ):
        c.revenue_chart(company(tmp_path, metrics=rows))


def test_one_product_does_not_start_from_the_run_rate_of_another(tmp_path: Path) -> None:
    rows = [level("2031-06-30", "50", subject="Nimbus Cloud"), level("2031-12-31", "3", kind="guidance")]
    with pytest.raises(
        ValueError, match=r"one target of the run rate \(Nimbus\) and no earlier level of the same"
    ):
        c.guidance(company(tmp_path / "one", metrics=rows))
    rows.append(level("2031-05-31", "2"))
    book = company(tmp_path / "two", metrics=rows)
    assert c.guidance(book)[0].start_arr == 2
    title = str(c.arr_chart(book).to_dict()["title"]["text"])
    assert "ARR of Nimbus was at least USD 2 bn" in " ".join(c.arr_chart(book).to_dict()["title"]["text"]), (
        title
    )
    rows.append([*level("2032-06-30", "9", kind="guidance", subject="Nimbus Cloud")])
    with pytest.raises(ValueError, match=r"the run rate is given for Nimbus .* and for Nimbus Cloud"):
        c.guidance(company(tmp_path / "three", metrics=rows))


def test_subjects_that_are_not_the_dossiers_are_listed(tmp_path: Path) -> None:
    rows = [quarter("cloud_revenue", "2031-03-31", "100"), quarter("cloud_revenue", "2031-06-30", "160")]
    rows[0][1], rows[1][1] = "Rain", "Snow"
    with pytest.raises(ValueError, match=r"given for Rain and for Snow .* in datapackage\.json"):
        c.by_quarter(company(tmp_path, metrics=rows), "revenue", "growth")


@pytest.mark.parametrize(
    ("chart", "scope"),
    [
        (c.revenue_chart, "Alibaba Cloud"),
        (c.growth_chart, "Alibaba Cloud"),
        (c.share_chart, "Alibaba Cloud"),
        (c.streak_chart, "Alibaba Cloud"),
        (c.arr_chart, "Bailian MaaS and AI applications"),
        (c.tokens_chart, "Bailian MaaS and AI applications"),
        (c.whatif_chart, "Bailian MaaS and AI applications"),
        (wb.strategy.capex_chart, "Alibaba Group"),
    ],
)
def test_a_title_names_whose_figure_it_is(book: wb.Dossier, chart: Any, scope: str) -> None:
    assert scope in " ".join(chart(book).to_dict()["title"]["text"])


def test_a_model_stands_once_on_the_chart_of_tokens(book: wb.Dossier) -> None:
    """A model whose price was cut has several tiers; their texts were written over one another."""
    dots = marks(c.tokens_chart(book).to_dict(), "circle")[0]["rows"]
    rows = [row["row"] for row in dots]
    assert len(rows) == len(set(rows))
    table = c.tokens_needed(book, levels=[30])
    assert len(rows) < len(table)
    newest = table.sort_values("date").groupby(["model", "region"]).tail(1)
    assert {round(row["tokens"], 3) for row in dots} == set(newest["tokens_per_day"])
    chinese = marks(c.tokens_chart(book, lang="zh").to_dict(), "circle")[0]["rows"]
    assert all(row["price"].endswith("元") for row in chinese)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_mark_that_a_footer_explains_is_drawn(book: wb.Dossier, lang: Any) -> None:
    for draw in CHARTS:
        spec = draw(book, lang=lang).to_dict()
        footer = " ".join(spec["layer"][-1]["mark"]["text"])
        drawn = any("†" in json.dumps(rows, ensure_ascii=False) for rows in spec["datasets"].values())
        assert drawn == ("†" in footer), draw.__name__


# Sensitivity --------------------------------------------------------------------------------------


def test_the_tornado_by_hand(tmp_path: Path) -> None:
    # The target stays the guided 3 bn. A plan without applications and with one volatility that ends on 3.6 bn
    # meets it with chance Phi(ln(3.6 / 3) / (0.1 x sqrt 6)).
    from scipy.stats import norm

    rows = [level("2031-06-30", "2", kind="guidance"), level("2031-12-31", "3", kind="guidance")]
    assumptions = [
        ["end-arr", "3", "2.4", "3.6", "USD bn", "A guess."],
        ["apps-share", "0", "0", "0.1", "share", "None."],
        ["volatility-services", "10", "5", "20", "%", "A guess."],
        ["churn", "0.02", "0", "0.1", "per month", "Moves no chance."],
        ["ceiling", "9", "8", "10", "USD bn", "Not for this shape."],
    ]
    table = c.sensitivity(company(tmp_path, metrics=rows, assumptions=assumptions)).set_index("input")
    assert "churn" not in table.index
    assert "ceiling" not in table.index
    assert table.loc["end_arr", "at_high"] == pytest.approx(norm.cdf(math.log(3.6 / 3) / (0.1 * 6**0.5)))
    assert table.loc["end_arr", "at_low"] == pytest.approx(norm.cdf(math.log(2.4 / 3) / (0.1 * 6**0.5)))
    assert table.index[0] == "end_arr"


@pytest.mark.parametrize("figure", ["p_target", "gross_new_arr"])
def test_what_is_written_at_a_bar_has_room(book: wb.Dossier, figure: str) -> None:
    bars = marks(c.tornado_chart(book, figure=figure).to_dict(), "bar")[0]
    longest = max(len(row["tried"]) for row in bars["rows"])
    # A letter of this size is nearly 6 pixels wide, and 5 are between the bar and the text.
    assert bars["encoding"]["x"]["scale"]["padding"] >= 5 + 6 * longest


def test_the_tornado_reaches_both_ends(book: wb.Dossier) -> None:
    table = c.sensitivity(book, figure="gross_new_arr").set_index("input")
    low = book.assumptions.set_index("id").loc["churn", "low"]
    guided, _ = c.guidance(book)
    assert table.loc["churn", "at_low"] == guided.replace(churn=low).figures()["gross_new_arr"]
    bars = marks(c.tornado_chart(book, figure="gross_new_arr").to_dict(), "bar")[0]
    assert bars["encoding"]["x"]["title"] == "gross new ARR, RMB bn"
    assert bars["encoding"]["y"]["sort"][0] == "ARR the plan ends on"
    with pytest.raises(ValueError, match="figure is 'cmrg'"):
        c.sensitivity(book, figure="cmrg")


@pytest.mark.parametrize("figure", ["p_target", "gross_new_arr", "recognised_revenue"])
def test_every_bar_of_the_tornado_has_its_unit(book: wb.Dossier, figure: str) -> None:
    table = c.sensitivity(book, figure=figure).set_index("input")
    for lang, money in {"en": r"RMB [\d.]+ bn", "zh": r"[\d,.]+亿元"}.items():
        spec = c.tornado_chart(book, figure=figure, lang=lang).to_dict()
        tried = {row["tried"] for layer in marks(spec, "bar") for row in layer["rows"]}
        percent = {text for text in tried if re.fullmatch(r"[\d.]+%", text)}
        amounts = {text for text in tried if re.fullmatch(money, text)}
        bare = {text for text in tried if re.fullmatch(r"-?[\d.]+", text)}
        assert percent | amounts | bare == tried
        # A correlation has no unit; nothing else is bare.
        assert bool(bare) == ("correlation" in table.index)
        ends = {"en": {"RMB 10 bn", "RMB 60 bn"}, "zh": {"100亿元", "600亿元"}}[lang]
        assert ends <= amounts or "end_arr" not in table.index


# The what-if --------------------------------------------------------------------------------------


def drawn(spec: dict[str, Any], **values: float | str) -> list[str]:
    """Let a real Vega draw a spec, its parameters set, and return the texts on the chart."""
    for parameter in spec.get("params", []):
        if parameter["name"] in values:
            parameter["value"] = values[parameter["name"]]
    scene = vlc.vegalite_to_scenegraph(spec | {"$schema": display.SCHEMA}, vl_version=display.VEGALITE)
    texts: list[str] = []

    def walk(item: Any) -> None:
        if isinstance(item, dict):
            if isinstance(item.get("text"), str):
                texts.append(item["text"])
            for value in item.values():
                walk(value)
        elif isinstance(item, list):
            for value in item:
                walk(value)

    walk(scene)
    return texts


@pytest.fixture(scope="module")
def whatif(book: wb.Dossier) -> str:
    return json.dumps(c.whatif_chart(book).to_dict())


def test_the_chart_computes_what_a_scenario_does(whatif: str, book: wb.Dossier) -> None:
    guided, _ = start_scenario(book)
    shown = readouts(book, guided)
    for start, end, volatility in ((10, 30, 6), (12, 45, 20), (15, 15, 5), (20, 12, 6)):
        texts = drawn(json.loads(whatif), start_arr=start, end_arr=end, volatility_services_shown=volatility)
        scenario = guided.replace(start_arr=start, end_arr=end, volatility_services=volatility / 100)
        first = texts.index("Multiple")
        # One column after the other: labels, as changed, guidance, change.
        columns = [texts[first + k * len(shown) : first + (k + 1) * len(shown)] for k in range(4)]
        now, then = scenario.figures(), guided.figures()
        assert columns[1] == [each.write(now[each.figure]) for each in shown]
        assert columns[2] == [each.write(then[each.figure]) for each in shown]
        assert columns[3] == [each.write_change(now[each.figure] - then[each.figure]) for each in shown]


def test_in_chinese_amounts_are_counted_in_hundreds_of_millions(book: wb.Dossier) -> None:
    """10 bn is 100亿, on the axis and in every control as in the figures: no 10 beside a 100."""
    known = {control.field: control for control in controls(book, "zh")}
    end = known["end_arr"]
    assert (end.label, end.scale, end.step, end.digits) == ("当日ARR（亿元）", 10, 1, 0)
    assert end.low <= 300 <= end.high
    assert known["token_price"].label == "词元价格（元/百万词元）"
    chart = c.whatif_chart(book, lang="zh").to_dict()
    start = {parameter["name"]: parameter for parameter in chart["params"]}
    assert (start["start_arr_shown"]["value"], start["start_arr"]["expr"]) == (100, "start_arr_shown / 10")
    texts = drawn(chart, end_arr_shown=450, ceiling_chosen=900, shape="s_curve")
    guided, _ = start_scenario(book)
    now = guided.replace(end_arr=45, ceiling=90, shape="s_curve").figures()
    for each in readouts(book, guided, "zh"):
        assert each.write(now[each.figure]) in texts
    assert {"100", "200", "600"} <= set(texts)
    assert not any("bn" in text for text in texts)


def test_an_axis_of_amounts_reads_like_the_labels_beside_it(book: wb.Dossier) -> None:
    for chart in (
        c.arr_chart(book, lang="zh"),
        c.revenue_chart(book, lang="zh"),
        c.tornado_chart(book, figure="net_new_arr", lang="zh"),
    ):
        texts = drawn(chart.to_dict())
        assert any(text.endswith("（亿元）") for text in texts)
        assert not any("RMB" in text for text in texts)


def test_the_target_is_dragged_on_the_chart(whatif: str) -> None:
    parameters = {parameter["name"]: parameter for parameter in json.loads(whatif)["params"]}
    select = parameters["drag"]["select"]
    assert (select["type"], select["encodings"]) == ("interval", ["y"])
    low, high = parameters["drag"]["value"]["y"]
    assert (low + high) / 2 == 30
    assert "drag.arr" in parameters["target"]["expr"]


def test_every_control_says_where_its_start_is_from(whatif: str) -> None:
    words = [
        p["bind"]["name"] for p in json.loads(whatif)["params"] if "bind" in p and p["name"] != "compared"
    ]
    assert len(words) == 16
    assert all(re.search(r"\((guidance|assumption)\) $", each) for each in words)


def test_figures_are_written_as_an_analyst_reads_them(book: wb.Dossier) -> None:
    scenario, _ = start_scenario(book)
    shown = {each.figure: each for each in readouts(book, scenario)}
    assert shown["net_new_arr"].write(20) == "RMB 20.0 bn"
    assert shown["net_new_arr"].write(-6.4) == "RMB −6.4 bn"
    assert shown["net_new_arr"].write_change(-6) == "−6.0 bn"
    assert shown["p_target"].write_change(0.0004) == "0 pp"  # rounds to nothing, so no sign
    assert shown["external_share"].write(math.nan) == "–"
    chinese = {each.figure: each for each in readouts(book, scenario, "zh")}
    assert chinese["net_new_arr"].write(20) == "200亿元"


@pytest.mark.parametrize(
    ("lang", "start", "net"), [("en", "0.0034", "USD 0.0022 bn"), ("zh", "0.034", "0.022亿美元")]
)
def test_the_what_if_of_a_small_company_keeps_its_figures(
    tmp_path: Path, lang: Any, start: str, net: str
) -> None:
    """From USD 3.4 m to 5.6 m: net new ARR is 2.2 m, 0.0022 bn or 0.022亿; sliders move by less than that."""
    rows = [level("2031-06-30", "0.0034"), level("2031-12-31", "0.0056", kind="guidance")]
    book = company(tmp_path, metrics=rows)
    scenario, _ = start_scenario(book)
    shown = {readout.figure: readout for readout in readouts(book, scenario, lang)}
    assert shown["net_new_arr"].write(scenario.summary()["net_new_arr"]) == net
    assert [each.step / each.scale for each in controls(book, lang) if each.field == "start_arr"] == [0.0001]
    assert f">{net}<" in vlc.vegalite_to_svg(c.whatif_chart(book, lang=lang).to_dict())
    panel = panel_chart(book, comparables(book), lang=lang)
    assert f">{start}<" in vlc.vegalite_to_svg(panel.to_dict())


def test_every_published_level_of_a_comparable_is_a_start(book: wb.Dossier) -> None:
    table = comparables(book, months=6)
    zhipu = table[table["company"] == "Zhipu"]
    # 0.1, 1 and 1.6 bn in February, July and August 2026: two starts, and nothing after the last.
    assert zhipu.groupby("window")["multiple"].apply(list).tolist() == [[1, 10, 16], [1, 1.6]]
    assert (table["t"] <= 6).all()


# All of them --------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("chart", CHARTS)
def test_every_chart_says_what_it_shows_and_where_it_is_from(book: wb.Dossier, chart: Any, lang: str) -> None:
    spec = chart(book, lang=lang).to_dict()
    assert spec["title"]["text"]
    assert len(spec["description"].encode()) > 30  # a Chinese character says more than a letter
    footer = " ".join(layers(spec)[-1]["mark"]["text"])
    assert footer.startswith("Sources: " if lang == "en" else "来源：")
    if lang == "zh":
        assert any("\u4e00" <= character <= "\u9fff" for character in "".join(spec["title"]["text"]))
    assert chart(book, lang=lang, title="Mine").to_dict()["title"]["text"] == ["Mine"]


@pytest.mark.parametrize("chart", CHARTS)
def test_an_empty_dossier_says_what_is_missing(tmp_path: Path, chart: Any) -> None:
    claims = [
        [
            "nothing",
            "commercialization",
            "Nimbus said nothing.",
            "reported",
            "nimbus",
            "",
            "2031-01-01",
            "day",
            "Nimbus",
            "",
            "",
            "",
            "",
            "",
            "",
            "",
            "",
        ]
    ]
    with pytest.raises(ValueError, match=r"no figure of the role \w+ in .*as_of"):
        chart(company(tmp_path, claims=claims))


@pytest.mark.parametrize("chart", CHARTS)
def test_another_company(tmp_path: Path, chart: Any) -> None:
    rows = [
        quarter("cloud_revenue", end, value) for end, value in (("2031-03-31", "100"), ("2031-06-30", "130"))
    ]
    rows += [
        quarter("cloud_revenue_growth", "2031-06-30", "30", unit="%"),
        quarter("ai_share_of_external_revenue", "2031-06-30", "12", unit="%"),
        quarter("cloud_adjusted_ebita", "2031-06-30", "-26"),
    ]
    rows += [quarter("ai_triple_digit_streak", "2031-06-30", "2", unit="quarters")]
    rows += [level("2031-06-30", "2"), level("2031-12-31", "3", kind="guidance")]
    prices = [
        [
            f"price-{side}",
            "Cirrus",
            "Nimbus",
            side,
            "all",
            "international",
            "2031-06-30",
            "1",
            "USD per 1M tokens",
            "true",
        ]
        for side in ("input", "output")
    ]
    claims = [
        [
            f"price-{side}",
            "models",
            f"Cirrus lists {side} at 1.",
            "press",
            "nimbus",
            "",
            "2031-06-30",
            "day",
            "Cirrus",
            f"{side}_price",
            "1",
            "exact",
            "USD per 1M tokens",
            "",
            "2031-06-30",
            "",
            "",
        ]
        for side in ("input", "output")
    ]
    shares = [
        [name, "0.5", "0", "0.9", "share", "A guess."]
        for name in ("output-share", "token-share", "apps-share", "correlation")
    ]
    text = json.dumps(
        chart(company(tmp_path, metrics=rows, prices=prices, claims=claims, assumptions=shares)).to_dict()
    )
    assert "Nimbus plc" in text
    assert not [word for word in ("Alibaba", "RMB", "Bailian", "Qwen", "2026") if word in text]


def test_charts_go_on_being_edited(book: wb.Dossier) -> None:
    chart = c.arr_chart(book)
    assert isinstance(chart, alt.LayerChart)
    assert chart.properties(width=300).to_dict()["width"] == 300


def test_other_names_of_the_bundle_are_not_in_the_code() -> None:
    folder = Path(c.__file__).parent
    text = "\n".join(file.read_text(encoding="utf-8") for file in folder.glob("*.py"))
    code = "\n".join(line for line in text.splitlines() if ">>>" not in line)
    assert not [word for word in ("Alibaba", "Bailian", "Qwen", "Token Foundry") if word in code]


def test_the_made_up_company_of_the_other_tests(other: wb.Dossier) -> None:
    spec = c.arr_chart(other, lang="en").to_dict()
    assert {row["arr"] for row in marks(spec, "point")[0]["rows"]} == {2, 5}


def drawn_band(
    scenario: Scenario, book: wb.Dossier
) -> tuple[list[tuple[float, float]], list[tuple[float, float]]]:
    """Return the edges of the widest band as the panel's real Vega draws them: share of the way, level."""
    spec = panel_chart(book, comparables(book)).to_dict()
    top = max(60, 1.35 * scenario.end_arr, 1.35 * scenario.start_arr)
    values = field_values(scenario)
    for param in spec["params"]:
        if param["name"] in values:
            param["value"] = values[param["name"]]
    svg = display.svg(spec)
    paths = re.findall(r'mark-area[^>]*><path [^>]* d="([^"]+)"', svg)
    assert len(paths) == 2
    widest = max(paths, key=_height)
    edges = [_points(part) for part in re.split(r"L", widest.rstrip("Z"))]
    low, high = sorted(edges, key=lambda edge: -min(y for _, y in edge))
    left, right = min(x for x, _ in low), max(x for x, _ in low)
    scaled = [
        sorted(((x - left) / (right - left), top * (1 - y / 330)) for x, y in edge) for edge in (low, high)
    ]
    return scaled[0], scaled[1]


def _height(d: str) -> float:
    ys = [y for _, y in _points(d.replace("L", "M").rstrip("Z"))]
    return max(ys) - min(ys)


def _points(d: str) -> list[tuple[float, float]]:
    """Follow the Bezier curves of a path."""
    found: list[tuple[float, float]] = []
    for part in re.findall(r"[MC]?[^MC]+", d):
        numbers = [float(number) for number in re.findall(r"-?[\d.]+(?:e-?\d+)?", part)]
        ends = list(zip(numbers[::2], numbers[1::2], strict=True))
        if not part.startswith("C"):
            found += ends
            continue
        start = found[-1]
        for k in range(1, 41):
            u = k / 40
            weights = ((1 - u) ** 3, 3 * u * (1 - u) ** 2, 3 * u * u * (1 - u), u**3)
            found.append(
                tuple(
                    sum(w * p[axis] for w, p in zip(weights, (start, *ends), strict=True)) for axis in (0, 1)
                )  # type: ignore[arg-type]
            )
    return found


@pytest.mark.parametrize(
    ("pixels", "changes"),
    [
        (1.0, {}),
        (1.0, {"end_arr": 60}),
        (1.0, {"end_arr": 20}),
        (1.0, {"end_arr": 60, "end": "2028-06-30"}),
        (1.0, {"end_arr": 60, "shape": "linear"}),
        (1.0, {"start_arr": 40}),
        (1.8, {"end_arr": 60, "volatility_services": 0.3, "volatility_apps": 0.4}),
    ],
)
def test_the_fan_is_drawn_where_it_is(book: wb.Dossier, pixels: float, changes: dict[str, Any]) -> None:
    """The curve between the levels that are searched for stays by the exact quantiles.

    Months are of different lengths, which no smooth curve follows.
    """
    scenario = start_scenario(book)[0].replace(**changes)
    top = max(60, 1.35 * scenario.end_arr, 1.35 * scenario.start_arr)
    span = (scenario.end - scenario.start).days
    for edge, quantile in zip(drawn_band(scenario, book), ("5%", "95%"), strict=True):
        for days in range(span // 24, span, span // 24):
            day = scenario.start + dt.timedelta(days=days)
            level = float(scenario.level(months_between(scenario.start, day)))
            exact = scenario.replace(end=day, end_arr=level).probability().fan[quantile].iloc[-1]
            after = next(k for k, (share, _) in enumerate(edge) if share >= days / span)
            (x0, y0), (x1, y1) = edge[after - 1 : after + 1]
            drawn = y0 + (y1 - y0) * (days / span - x0) / (x1 - x0)
            if exact < top:
                assert drawn == pytest.approx(exact, abs=pixels * top / 330), (days, quantile)
