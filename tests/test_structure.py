from pathlib import Path

import pandas as pd
import pytest

import workbook as wb
from tests.conftest import OTHER, write_dossier
from workbook import structure
from workbook.dossier import bundled


@pytest.mark.parametrize("at", ["2026-03-01", "2026-04-10", "2026-06-30", "2026-11-23"])
def test_every_unit_has_one_place_and_only_the_group_is_on_top(book: wb.Dossier, at: str) -> None:
    table = structure.units(book, at=at)
    assert table["unit"].is_unique
    assert list(table.loc[table["parent"].isna(), "name"]) == ["Alibaba Group"]


def test_the_june_merger(book: wb.Dossier) -> None:
    before = set(structure.units(book, at="2026-06-07")["name"])
    after = structure.units(book, at="2026-06-08").set_index("name")
    merged = {"Tongyi Large Model Business Unit", "Future Life Laboratory"}
    assert merged <= before
    assert not merged & set(after.index)
    assert after.loc["Token Foundry Business Unit", "lead"] == "Wu Yongming"
    table = structure.changes(book, before="2026-06-07", after="2026-06-08")
    joined = table[table["what"] == "merged into"]
    assert set(joined["unit"]) == merged
    assert set(joined["to"]) == {"Token Foundry Business Unit"}
    assert set(table.loc[table["what"] == "created", "unit"]) == {
        "Token Foundry Business Unit",
        "Alibaba AI Future Research Institute",
    }


def test_the_head_of_a_part_does_not_lead_the_whole(book: wb.Dossier) -> None:
    """Liu Dayiheng heads the Qwen LLM project in Token Foundry, not Token Foundry."""
    leads = structure.units(book, at="2026-11-23").set_index("unit")["lead"]
    assert leads["token-foundry"] == "Wu Yongming"
    assert leads["ai-future-research-institute"] == "Zhou Jingren"
    assert leads["cloud-intelligence-group"] == "Wu Yongming"


def test_when_it_was_true_is_not_when_it_was_known() -> None:
    """In June no document had yet placed Token Foundry inside the hub; it stands by itself."""
    june = wb.open(bundled("data"), as_of="2026-06-30")
    table = structure.units(june, at="2026-06-30").set_index("unit")
    assert pd.isna(table.loc["token-foundry", "parent"])
    assert structure.org_chart(june, at="2026-06-30").to_dict()["title"]["subtitle"]


def test_org_chart_marks_what_is_new_and_names_it_in_chinese(book: wb.Dossier) -> None:
    spec = structure.org_chart(book, at="2026-06-30", lang="zh").to_dict()
    rows = next(rows for rows in spec["datasets"].values() if "part" in rows[0])
    new = {row["name"] for row in rows if row["part"] == "new"}
    assert "Token Foundry事业部" in new
    assert "阿里巴巴集团" not in new
    assert {row["lead"] for row in rows} == {"", "吴泳铭", "周靖人", "吴嘉"}
    assert spec["layer"][-1]["mark"]["text"][0].startswith("来源")


def test_boxes_of_the_tree_do_not_overlap(book: wb.Dossier) -> None:
    spec = structure.org_chart(book, at="2026-06-30").to_dict()
    rows = next(rows for rows in spec["datasets"].values() if "part" in rows[0])
    for i, a in enumerate(rows):
        for b in rows[i + 1 :]:
            apart = a["x1"] <= b["x0"] or b["x1"] <= a["x0"] or a["y1"] <= b["y0"] or b["y1"] <= a["y0"]
            assert apart, (a["name"], b["name"])


def test_moves_are_told_from_creations(book: wb.Dossier) -> None:
    table = structure.changes(book, before="2026-03-01", after="2026-03-31").set_index("unit")
    assert table.loc["Tongyi Lab", "what"] == "moved"
    assert table.loc["Tongyi Lab", "to"] == "Alibaba Token Hub (ATH)"
    assert table.loc["Alibaba Token Hub (ATH)", "what"] == "created"


def test_chain_goes_from_the_institute_to_use(book: wb.Dossier) -> None:
    spec = structure.chain_chart(book, at="2026-06-30").to_dict()
    rows = next(rows for rows in spec["datasets"].values() if "part" in rows[0])
    x = {row["lines"].replace("|", " "): row["x"] for row in rows}
    assert x["Alibaba AI Future Research Institute"] < x["Token Foundry Business Unit"]
    assert x["Token Foundry Business Unit"] < x["MaaS business line"] < x["Qwen unit"]


def test_timeline_draws_each_merger(book: wb.Dossier) -> None:
    spec = structure.timeline_chart(book).to_dict()
    mergers = next(rows for rows in spec["datasets"].values() if set(rows[0]) == {"date", "from", "to"})
    assert {("Tongyi Large Model Business Unit", "Token Foundry Business Unit")} <= {
        (m["from"], m["to"]) for m in mergers
    }


def rows(spec: dict, column: str) -> list[dict]:  # type: ignore[type-arg]
    return next(rows for rows in spec["datasets"].values() if column in rows[0])


def test_the_slider_has_a_step_for_every_date_on_which_anyone_moved(book: wb.Dossier) -> None:
    """The dates are found another way: by comparing who belongs to whom from each day in the tables to the next."""
    days = pd.concat([book.org_units["formed"], book.org_units["dissolved"]])
    days = pd.concat([days, book.org_links["start"], book.org_links["end"]]).dropna()
    moved = []
    for day in sorted(set(days)):
        before, after = (
            dict(structure.units(book, at=d)[["unit", "parent"]].fillna("").itertuples(index=False))
            for d in (day - pd.Timedelta(days=1), day)
        )
        moved += [day] if before != after else []
    spec = structure.org_chart_by_date(book).to_dict()
    (slider,) = spec["params"]
    assert slider["value"] == slider["bind"]["max"] == len(moved)
    counts = [row["count"] for row in rows(spec, "count")]
    assert [text.split(":")[0] for text in counts] == [wb.style.day(day) for day in moved]
    alive = [len(structure.units(book, at=day)) for day in moved]
    assert [int(text.split(": ")[1].split()[0]) for text in counts] == alive
    drawn = [sum(row["step"] == step for row in rows(spec, "lines")) for step in range(1, len(moved) + 1)]
    assert drawn == alive


def test_a_step_is_the_org_chart_of_its_day(book: wb.Dossier) -> None:
    still = rows(structure.org_chart(book, at="2026-06-08", lang="zh").to_dict(), "lines")
    spec = structure.org_chart_by_date(book, lang="zh").to_dict()
    (june,) = (row for row in rows(spec, "count") if row["count"].startswith("2026年6月8日"))
    step = [row for row in rows(spec, "lines") if row["step"] == june["step"]]
    assert [{k: v for k, v in row.items() if k != "step"} for row in step] == still
    assert june["told"].split("|") == [
        "新设：Token Foundry事业部；阿里巴巴AI未来研究院。",
        "并入：未来生活实验室→Token Foundry事业部；通义大模型事业部→Token Foundry事业部。",
    ]


def test_only_what_was_known_has_a_step() -> None:
    """The new segments of 20 August were not known in June."""
    june = wb.open(bundled("data"), as_of="2026-06-30")
    assert rows(structure.org_chart_by_date(june).to_dict(), "count")[-1]["count"].startswith("11 Jun 2026")


def test_another_company_works_too(other: wb.Dossier) -> None:
    assert "Northlight Labs" in str(structure.org_chart(other, at="2031-04-01").to_dict())
    with pytest.raises(ValueError, match="no working tie is in force on 2031-04-01"):
        structure.chain_chart(other, at="2031-04-01")
    told = [row["told"] for row in rows(structure.org_chart_by_date(other).to_dict(), "told")]
    assert told == ["Formed: Northlight Labs.", "Dissolved: Northlight Labs."]


def homes(tmp_path: Path, links: list[list[str]], disputes: list[list[str]]) -> Path:
    """Northlight with two more units; two documents, of 2 March and 20 May, say what belongs where."""
    units = [[u, u.title(), "", "team", "Works.", "", "", "labs-formed", ""] for u in ("north", "south")]
    own = [["s", "south", "northlight", "part_of", "", "", "labs-formed", ""], *links]
    more = {"org_units": units, "org_links": own, "disputes": disputes}
    tables = {name: [*rows, *more.get(name, [])] for name, rows in OTHER.items()}
    return write_dossier(tmp_path, tables)


IN_GROUP = ["g", "north", "northlight", "part_of", "2031-03-01", "", "labs-formed", ""]
IN_SOUTH = ["h", "north", "south", "part_of", "2031-03-01", "", "labs-renamed", ""]


@pytest.mark.parametrize("links", [[IN_GROUP, IN_SOUTH], [IN_SOUTH, IN_GROUP]])
@pytest.mark.parametrize(
    ("standing", "parent"), [("resolved_for", "south"), ("resolved_against", "northlight"), ("open", None)]
)
def test_a_disputed_parent_is_the_one_that_stands(
    tmp_path: Path, links: list[list[str]], standing: str, parent: str | None
) -> None:
    settled = "" if standing == "open" else "labs-renamed"
    dispute = ["whose", "labs-renamed", "labs-formed", "Two homes for one unit.", standing, settled]
    book = wb.open(homes(tmp_path, links, [dispute]))
    found = structure.units(book, at="2031-06-30").set_index("unit")["parent"]["north"]
    assert found == parent if parent else pd.isna(found)
    structure.org_chart(book, at="2031-06-30").to_dict()
    # Before the second document was out there was one parent and no dispute.
    early = wb.open(book.path, as_of="2031-04-01")
    assert structure.units(early, at="2031-06-30").set_index("unit")["parent"]["north"] == "northlight"


@pytest.mark.parametrize("swap", [False, True])
def test_where_an_end_was_not_known_yet_the_newest_parent_counts(tmp_path: Path, swap: bool) -> None:
    """The move of 1 April was in a document of 2 March, the end of the old link in one of 20 May."""
    old = ["g", "north", "northlight", "part_of", "", "2031-04-01", "labs-formed", "labs-renamed"]
    new = ["h", "north", "south", "part_of", "2031-04-01", "", "labs-formed", ""]
    folder = homes(tmp_path, [new, old] if swap else [old, new], [])
    for as_of in ("2031-04-01", "2031-06-01"):
        table = structure.units(wb.open(folder, as_of=as_of), at="2031-06-30").set_index("unit")
        assert table["parent"]["north"] == "south"


def test_where_an_end_was_not_known_yet_nothing_is_its_own_ancestor(tmp_path: Path) -> None:
    """South belonged to north, then north to south; in April the first was not known to have ended."""
    folder = homes(tmp_path, [["n", "north", "south", "part_of", "2031-04-01", "", "labs-formed", ""]], [])
    links = (folder / "org_links.csv").read_text(encoding="utf-8")
    old = "s,south,north,part_of,,2031-04-01,labs-formed,labs-renamed"
    links = links.replace("s,south,northlight,part_of,,,labs-formed,", old)
    (folder / "org_links.csv").write_text(links, encoding="utf-8")
    book = wb.open(folder, as_of="2031-04-10")
    table = structure.units(book, at="2031-04-10").set_index("unit")
    assert table["parent"]["north"] == "south"
    assert pd.isna(table["parent"]["south"])
    structure.org_chart(book, at="2031-04-10").to_dict()


def test_errors_say_what_to_try(other: wb.Dossier, other_folder: Path) -> None:
    with pytest.raises(ValueError, match="must come after before"):
        structure.changes(other, before="2031-04-01", after="2031-03-01")
    with pytest.raises(ValueError, match="at must be a date"):
        structure.units(other, at="soon")
    empty = wb.open(other_folder, as_of="1999-01-01")
    with pytest.raises(ValueError, match="no unit is alive on 2031-04-01"):
        structure.org_chart(empty, at="2031-04-01")
    with pytest.raises(ValueError, match="no unit was formed or dissolved"):
        structure.timeline_chart(empty)
    with pytest.raises(ValueError, match="no unit was formed, moved, merged or dissolved"):
        structure.org_chart_by_date(empty)
