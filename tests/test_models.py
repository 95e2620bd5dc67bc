from pathlib import Path

import pytest

import workbook as wb
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
    ):
        with pytest.raises(ValueError, match=f"no {table} in"):
            chart(other)
    with pytest.raises(ValueError, match="units in use: RMB per 1M tokens, USD per 1M tokens"):
        models.prices_chart(book, unit="EUR per 1M tokens")
