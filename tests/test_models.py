import re
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import workbook as wb
from tests.conftest import OTHER, with_rows, write_dossier
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


def test_two_boards_list_happyhorse_as_closed(book: wb.Dossier) -> None:
    """Reseller pages called it open; Arena.ai and Artificial Analysis list it without weights."""
    row = next(r for r in data(models.timeline_chart(book).to_dict(), "row") if r["name"] == "HappyHorse-1.0")
    assert row["openness"] == "closed"


def test_no_name_leaves_the_plot_or_covers_the_next_dot(book: wb.Dossier) -> None:
    spec = models.timeline_chart(book).to_dict()
    scale = spec["layer"][0]["layer"][0]["encoding"]["x"]["scale"]
    pixel = spec["width"] / (scale["domainMax"] - scale["domainMin"])
    rows = sorted(data(spec, "row"), key=lambda r: r["released"])
    starts = [(pd.Timestamp(r["released"]).timestamp() * 1000 - scale["domainMin"]) * pixel for r in rows]
    free: dict[str, float] = {}
    for row, start in zip(rows, starts, strict=True):
        assert start > free.get(row["row"], 5)  # 5: half a dot
        free[row["row"]] = start + 7 + 5.5 * len(row["name"])  # as drawn: 7 to the right, 10 pixels high
        assert free[row["row"]] <= spec["width"]


def test_rankings_carry_board_track_and_day(book: wb.Dossier) -> None:
    """Arena.ai's coding list has Qwen3.7-Max fourth on 26 May 2026, seventh on 7 June, sixteenth on 16 July."""
    rows = data(models.rankings_chart(book).to_dict(), "label")
    path = [
        r for r in rows if r["name"] == "Qwen3.7-Max" and r["list"] == "Arena.ai · coding, web development"
    ]
    assert [(r["date"][:10], r["value"], r["text"]) for r in path] == [
        ("2026-05-26", 4, ""),
        ("2026-06-07", 7, ""),
        ("2026-07-16", 16, "rank 4 → 7 → 16, Qwen3.7-Max"),
    ]


def test_happyhorse_1_1_has_no_place_of_1_0(book: wb.Dossier) -> None:
    assert "happyhorse-1-1" not in set(book.rankings["model"])
    spring = book.rankings[(book.rankings["board"] == "Arena.ai") & (book.rankings["date"] == "2026-04-17")]
    assert set(spring["track"]) == {"text to video", "image to video"}
    assert set(spring["model"]) == {"happyhorse-1-0"}
    assert set(spring["value"]) == {2}


@pytest.fixture
def boards(tmp_path: Path) -> wb.Dossier:
    """Polar 1 is first on one list in January and third in March, second on another, fourth for all."""
    unit = ["exact", "rank"]
    seen = [
        ("web-january", "polar-1", "Board", "coding, web", "2031-01-10", "1"),
        ("web-march", "polar-1", "Board", "coding, web", "2031-03-10", "3"),
        ("text-march", "polar-1", "Board", "text", "2031-03-10", "2"),
        ("all-march", "polar-1", "Index", "overall", "2031-03-10", "4"),
    ]
    said = [
        ("says-coding", "Polar 1 leads in coding."),
        ("says-all", "Polar 1 leads the world."),
    ]
    head, wire = "models", ["press", "daily-wire", ""]
    claims = [
        [i, head, f"A place, {i}.", *wire, day, "day", "Polar 1", "rank", value, *unit, "", day, "", ""]
        for i, _, _, _, day, value in seen
    ]
    claims += [
        [i, head, text, *wire, "2031-03-10", "day", "Polar", "rank", "1", *unit, "", "2031-03-10", "", ""]
        for i, text in said
    ]
    claims.append(["out", head, "Polar 1 is out.", *wire, "2031-01-02", "day", "Polar 1", *[""] * 8])
    tables = {
        **OTHER,
        "claims": [*OTHER["claims"], *claims],
        "models": [
            ["polar-1", "Polar 1", "Northlight", "Polar", "2031-01-02", "day", "text", "disputed", "", "out"]
        ],
        "rankings": [[i, model, board, track, "true"] for i, model, board, track, *_ in seen],
        "disputes": [
            ["one", "web-march", "says-coding", "Third.", "resolved_for", "web-march"],
            ["two", "says-coding", "labs-formed", "Another.", "open", ""],
            ["three", "says-all", "labs-formed", "Another.", "open", ""],
            ["four", "says-all", "labs-renamed", "Another.", "resolved_for", "all-march"],
        ],
    }
    return wb.open(write_dossier(tmp_path / "boards", tables))


def test_a_claim_is_held_to_the_track_it_names(boards: wb.Dossier) -> None:
    table = models.claims_vs_rankings(boards).set_index("claim")
    assert table.loc["says-coding", "independent"] == (
        "rank 3, Board, coding, web, 10 Mar 2031; rank 1, Board, coding, web, 10 Jan 2031"
    )
    assert table.loc["says-all", "independent"].count("rank") == 4  # it names no track


def test_a_claim_lost_in_one_dispute_does_not_stand_and_an_open_one_leaves_it_open(
    boards: wb.Dossier,
) -> None:
    table = models.claims_vs_rankings(boards).set_index("claim")
    assert dict(table["verdict"]) == {"says-coding": "does not stand", "says-all": "open"}


def test_first_places_are_counted_by_list_and_by_last_day(boards: wb.Dossier) -> None:
    """By hand: first on one of three lists, in January; by March on none."""
    spec = models.rankings_chart(boards).to_dict()
    title = " ".join(spec["title"]["text"])
    assert title == "Northlight: first on 1 of 3 lists at some time, on none of them on the last day seen"
    texts = {r["text"] for r in data(spec, "label")} - {""}
    assert texts == {"rank 1 → 3, Polar 1", "rank 2, Polar 1", "rank 4, Polar 1"}
    chinese = models.rankings_chart(boards, lang="zh").to_dict()["title"]["text"]
    assert "".join(chinese) == "Northlight模型在3份榜单中有1份曾居首位，最近所见均已不居首位"


def test_a_disputed_licence_is_neither_open_nor_closed(boards: wb.Dossier) -> None:
    spec = models.timeline_chart(boards).to_dict()
    assert " ".join(spec["title"]["text"]) == "1 release by Northlight: 1 disputed"
    assert data(spec, "row")[0]["openness"] == "disputed"


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_peer_with_more_rows_is_not_the_company(tmp_path: Path, book: wb.Dossier, lang: Any) -> None:
    """A peer with most of the prices, and first on the last day of every list."""
    day = {"event_date": "2026-12-31", "precision": "day", "period_end": "2026-12-31"}
    told = {"theme": "models", "grade": "press", "source": "aa-copy-2026-08-22", "subject": "Peer 1"} | day
    claims, prices, places = [], [], []
    for number in range(60):
        side = ("input", "output")[number % 2]
        figure = {"value": "1", "bound": "exact", "unit": "USD per 1M tokens"}
        claims.append({"id": f"peer-{number}", "statement": f"Peer 1 lists at 1, {number}.", "metric": f"{side}_price"} | figure | told | {"subject": f"Peer {number // 2}"})  # fmt: skip
        prices.append(
            {"claim": f"peer-{number}", "vendor": "Peer", "direction": side, "tier": "all", "region": "international",
             "list_price": "true"}
        )  # fmt: skip
    claims.append({"id": "peer-out", "statement": "Peer 1 came out in August."} | told)
    ranks = book.rankings[book.rankings["metric"] == "rank"]
    lists = ranks.drop_duplicates(["board", "track"])
    for number, (board, track) in enumerate(
        [*zip(lists["board"], lists["track"], strict=True), ("Other", "other")]
    ):
        figure = {"metric": "rank", "value": "1", "bound": "exact", "unit": "rank"}
        claims.append(
            {"id": f"place-{number}", "statement": f"Peer 1 is first, list {number}."} | figure | told
        )
        places.append({"claim": f"place-{number}", "model": "peer-1", "board": board, "track": track,
                       "independent": "true"})  # fmt: skip
    out = {"id": "peer-1", "name": "Peer 1", "vendor": "Peer", "family": "Peer", "released": "2026-12-31",
           "precision": "day", "modality": "text", "openness": "closed", "claim": "peer-out"}  # fmt: skip
    rows = {"claims": claims, "prices": prices, "models": [out], "rankings": places}
    peered = wb.open(with_rows(tmp_path / "peered", rows))

    def title(chart: Any, of: wb.Dossier) -> str:
        return " ".join(chart(of, lang=lang).to_dict()["title"]["text"])

    assert title(models.prices_chart, peered) == title(models.prices_chart, book)
    ever = len(ranks[ranks["value"] == 1].drop_duplicates(["board", "track"]))
    # On none of its lists is it first on the last day seen any more, and the peer's own list is none of them.
    assert title(models.rankings_chart, peered) in (
        f"Alibaba: first on {ever} of {len(lists)} lists at some time, on none of them on the last day seen",
        f"Alibaba模型在{len(lists)}份榜单中有{ever}份曾居首位，最近所见均已不居首位",
    )
    ours = [models.comparables_chart(of, lang=lang).to_dict()["params"][1] for of in (peered, book)]
    assert ours[0] == ours[1]
    assert "Peer" in title(models.timeline_chart, peered)


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
        prices.append([f"p{number}", vendor, direction, tier, "international", "true"])
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
    """Held to lists of coding alone; the last seen with Qwen3.7-Max is Arena.ai's of 16 July 2026."""
    table = models.claims_vs_rankings(book).set_index("claim")
    row = table.loc["starting-article-coding-lead"]
    assert row["verdict"] == "does not stand"
    places = row["independent"].split("; ")
    assert places[0] == "rank 16, Arena.ai, coding, web development, 16 Jul 2026"
    assert all(", coding, " in place for place in places)


def test_the_reader_of_the_reorganisations_day_had_the_places_of_that_day() -> None:
    then = wb.open(bundled("data"), as_of="2026-06-08")
    assert then.rankings["date"].max() == pd.Timestamp("2026-06-07")
    assert {"Qwen3.7-Max", "Qwen3.7-Plus", "HappyHorse-1.0"} <= set(then.models["name"])
    assert "Qwen3.8-Max" not in set(then.models["name"])


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


def test_the_legend_of_ranks_names_only_who_runs_a_board_that_is_drawn(book: wb.Dossier) -> None:
    independent = set(book.rankings["independent"])
    domain = next(
        layer["encoding"]["color"]["scale"]["domain"]
        for layer in models.rankings_chart(book).to_dict()["layer"][0]["layer"]
        if "color" in layer["encoding"]
    )
    assert len(domain) == len(independent)


def test_a_chinese_timeline_has_kinds_and_openness_in_chinese(book: wb.Dossier) -> None:
    spec = models.timeline_chart(book, lang="zh").to_dict()
    rows = [row for table in spec["datasets"].values() for row in table if "openness" in row]
    words = {row[column] for row in rows for column in ("openness", "modality")}
    assert words
    assert not [word for word in words if re.search("[A-Za-z]", word.replace("API", ""))]
