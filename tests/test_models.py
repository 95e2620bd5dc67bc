from pathlib import Path

import pytest

import workbook as wb
from tests.conftest import OTHER, write_dossier
from workbook import models
from workbook.dossier import bundled


def data(spec: dict, column: str) -> list[dict]:  # type: ignore[type-arg]
    return next(rows for rows in spec["datasets"].values() if column in rows[0])


def test_timeline_has_every_release_and_no_name_over_another(book: wb.Dossier) -> None:
    spec = models.timeline_chart(book).to_dict()
    rows = data(spec, "row")
    assert len(rows) == len(book.models)
    by_row: dict[str, list[dict]] = {}  # type: ignore[type-arg]
    for row in sorted(rows, key=lambda r: r["released"]):
        by_row.setdefault(row["row"], []).append(row)
    assert all(r["modality"] == key.split("|")[0] for key, group in by_row.items() for r in group)
    for group in by_row.values():
        assert len({r["released"] for r in group}) == len(group)


def test_a_disputed_licence_is_neither_open_nor_closed(book: wb.Dossier) -> None:
    spec = models.timeline_chart(book).to_dict()
    row = next(r for r in data(spec, "row") if r["name"] == "HappyHorse-1.0")
    assert row["openness"] == "disputed"


def test_rankings_carry_board_track_and_day(book: wb.Dossier) -> None:
    rows = data(models.rankings_chart(book).to_dict(), "label")
    fifth = next(r for r in rows if r["name"] == "Qwen3.7-Max")
    assert fifth["label"] == "rank 5, Qwen3.7-Max"
    assert fifth["list"] == "Artificial Analysis Intelligence Index v4.0 · overall"
    assert fifth["date"].startswith("2026-05")


@pytest.mark.parametrize("unit", ["USD per 1M tokens", "RMB per 1M tokens"])
def test_prices_never_mix_currencies(book: wb.Dossier, unit: str) -> None:
    spec = models.prices_chart(book, unit=unit).to_dict()
    rows = data(spec, "direction")
    assert {r["unit"] for r in rows} == {unit}
    assert all(r["list_price"] for r in rows)
    assert unit in spec["layer"][0]["layer"][1]["encoding"]["x"]["title"]


@pytest.fixture
def lists(tmp_path: Path) -> wb.Dossier:
    """Northlight's two models against two others: one with a price that was cut, one with two tiers."""
    listed = [
        ("Polar 1", "Northlight", "output", "all", "2031-01-01", "9"),
        ("Polar 2", "Northlight", "output", "all", "2031-02-01", "6"),
        ("Polar 2", "Northlight", "input", "all", "2031-02-01", "2"),
        ("Dune", "Sand", "output", "all", "2031-01-01", "8"),
        ("Dune", "Sand", "output", "all", "2031-02-01", "2"),
        ("Reef", "Sea", "output", "high", "2031-02-01", "20"),
        ("Reef", "Sea", "output", "low", "2031-02-01", "10"),
    ]
    unit = "USD per 1M tokens"
    prices, claims = [], []
    for number, (model, vendor, direction, tier, day, value) in enumerate(listed):
        prices.append(
            [f"p{number}", model, vendor, direction, tier, "international", day, value, unit, "true"]
        )
        said = f"{model} lists at {value} for {direction}, {tier}."
        claim = [f"p{number}", "models", said, "press", "daily-wire", "", day, "day", model, "list_price"]
        claims.append([*claim, value, "exact", unit, "", day, "", ""])
    tables = {**OTHER, "claims": [*OTHER["claims"], *claims], "prices": prices}
    return wb.open(write_dossier(tmp_path / "lists", tables))


def test_comparables_start_with_the_latest_list_price_of_every_other_vendor(lists: wb.Dossier) -> None:
    """By hand: Polar 2, the newest, lists at 6; Dune at 2 after its cut, Reef at 10: the median is 6."""
    spec = models.comparables_chart(lists).to_dict()
    counted, compared = spec["params"]
    assert compared["value"] == "Polar 2 (Feb 2031)"
    assert compared["bind"]["options"] == ["Polar 1 (Jan 2031)", "Polar 2 (Feb 2031)"]
    assert counted["value"] == [{"row": "Dune (Feb 2031)"}, {"row": "Reef (Feb 2031)"}]
    assert counted["select"]["toggle"] == "true"
    assert "Polar 2 (Feb 2031) lists 1.00 times the median output price" in " ".join(spec["title"]["text"])
    prices = {(r["row"], r["direction"]): r["value"] for r in data(spec, "direction")}
    assert prices[("Dune (Feb 2031)", "output")] == 2
    assert prices[("Reef (Feb 2031)", "output")] == 10


def test_there_is_nothing_to_compare_with_in_one_vendors_list(book: wb.Dossier) -> None:
    with pytest.raises(ValueError, match="of another vendor than Alibaba"):
        models.comparables_chart(book, unit="RMB per 1M tokens")


def test_the_world_lead_in_coding_does_not_stand(book: wb.Dossier) -> None:
    table = models.claims_vs_rankings(book).set_index("claim")
    row = table.loc["starting-article-coding-lead"]
    assert row["verdict"] == "does not stand"
    assert row["independent"].startswith("rank 5, Artificial Analysis Intelligence Index v4.0")


def test_before_the_release_it_was_not_there() -> None:
    early = wb.open(bundled("data"), as_of="2025-01-01")
    assert "Qwen3.7-Max" not in set(early.models["name"])


def test_without_rows_it_says_which_are_missing(
    other: wb.Dossier, book: wb.Dossier, other_folder: Path
) -> None:
    for chart, table in (
        (models.timeline_chart, "models"),
        (models.rankings_chart, "rankings"),
        (models.prices_chart, "prices"),
        (models.comparables_chart, "prices"),
    ):
        with pytest.raises(ValueError, match=f"no {table} in"):
            chart(other)
    with pytest.raises(ValueError, match="units in use: RMB per 1M tokens, USD per 1M tokens"):
        models.prices_chart(book, unit="EUR per 1M tokens")
