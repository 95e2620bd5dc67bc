import re
from pathlib import Path

import pandas as pd
import pytest

import workbook as wb
from tests.conftest import OTHER, write_dossier
from workbook import structure, style
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
    # Chen Yusen runs DingTalk since 11 June.
    assert {row["lead"] for row in rows} == {"", "吴泳铭", "周靖人", "吴嘉", "陈宇森"}
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
    """The dates are found another way: by comparing who belongs to whom, and reports where, from each day in the tables to the next."""
    days = pd.concat([book.org_units["formed"], book.org_units["dissolved"]])
    days = pd.concat([days, book.org_links["start"], book.org_links["end"]]).dropna()
    moved = []
    for day in sorted(set(days)):
        before, after = (
            set(
                structure.units(book, at=d)[["unit", "parent", "reports_in"]]
                .fillna("")
                .itertuples(index=False)
            )
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

    def bare(row: dict) -> dict:  # type: ignore[type-arg]
        # Where a name is broken depends on how many columns share the width.
        return {k: re.sub(r"[| ]", "", v) if k == "lines" else v for k, v in row.items() if k != "step"}

    assert [bare(row) for row in step] == [bare(row) for row in still]
    assert june["told"].split("|") == [
        "新设：Token Foundry事业部；阿里巴巴AI未来研究院。",
        "并入：未来生活实验室→Token Foundry事业部；通义大模型事业部→Token Foundry事业部。",
    ]


def test_only_what_was_known_has_a_step() -> None:
    """The segments of 20 August were not known in June; the last page of then, of 12 June, puts DingTalk in the hub."""
    june = wb.open(bundled("data"), as_of="2026-06-30")
    last = rows(structure.org_chart_by_date(june).to_dict(), "count")[-1]
    assert last["count"].startswith("12 Jun 2026")
    assert last["told"] == "No day stated, so by then. Moved: DingTalk to Alibaba Token Hub (ATH)."
    assert not structure.units(june, at="2026-06-30")["reports_in"].any()


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


def test_a_segment_is_no_parent(book: wb.Dossier) -> None:
    """By hand from the call of 20 August 2026: three segments, and which of the units drawn are named in them."""
    day = "2026-08-20"
    table = structure.units(book, at=day).set_index("unit")
    assert "segment" not in set(table["kind"])
    assert {unit: name for unit, name in table["reports_in"].items() if name} == {
        "cloud-intelligence-group": "AI Cloud and Compute Services",
        "t-head": "AI Cloud and Compute Services",
        "qwen-unit": "AI Labs and Applications",
        "qwenwork-unit": "AI Labs and Applications",
        "china-ecommerce-group": "Alibaba E-commerce Group",
        "international-commerce-group": "Alibaba E-commerce Group",
    }
    assert table.loc["cloud-intelligence-group", "parent"] == "alibaba-group"
    for lang, word in {"en": "results reported in the segment", "zh": "业绩计入报告分部"}.items():
        spec = structure.org_chart(book, at=day, lang=lang).to_dict()  # type: ignore[arg-type]
        assert word in str(spec["layer"][0])
        assert len([row for row in rows(spec, "lines") if row["segment"]]) == 6
    changed = structure.changes(book, before="2026-08-19", after=day)
    assert set(changed["what"]) == {"reports in"}
    before = structure.org_chart(book, at="2026-08-19").to_dict()
    assert "results reported" not in str(before)


SEGMENT = [
    [
        "seg",
        "Works and Labs",
        "实验与工厂分部",
        "segment",
        "How results are reported.",
        "2031-04-01",
        "",
        "labs-renamed",
        "",
    ],
]


def test_reporting_of_another_company_is_drawn_as_reporting(tmp_path: Path) -> None:
    tables = {
        **OTHER,
        "org_units": [*OTHER["org_units"], *SEGMENT],
        "org_links": [
            *OTHER["org_links"],
            ["labs-report", "labs", "seg", "reports_in", "2031-04-01", "", "labs-renamed", ""],
        ],
    }
    book = wb.open(write_dossier(tmp_path / "reporting", tables))
    table = structure.units(book, at="2031-04-02", lang="zh").set_index("unit")
    assert list(table.index) == ["northlight", "labs"]
    assert table.loc["labs", ["parent", "reports_in"]].to_list() == ["northlight", "实验与工厂分部"]
    changed = structure.changes(book, before="2031-03-15", after="2031-04-15")
    assert changed[["what", "unit", "to"]].to_numpy().tolist() == [
        ["reports in", "Northlight Labs", "Works and Labs"]
    ]
    timeline = structure.timeline_chart(book, since="2031-01-01").to_dict()
    assert [row["state"] for row in rows(timeline, "state")] == ["ended", "segment"]
    # The segment of April is no coming or going of a unit: only March and May count.
    assert timeline["title"]["text"] == ["Units came or went on 2 dates from Mar 2031 to May 2031"]


def test_a_day_no_source_states_is_not_told_as_the_day(book: wb.Dossier) -> None:
    """A page of 12 June 2026 says DingTalk is in the hub now; 36Kr of 9 April says the same of Future Innovation."""
    table = structure.changes(book, before="2026-03-01", after="2026-08-31").set_index("unit")
    late = {unit for unit, what in table["what"].items() if what.endswith(" by then")}
    assert late == {
        "DingTalk",
        "Future Innovation unit",
        "Future Life Laboratory",
        "QwenWork unit",
        "Wukong unit",
    }
    assert table.loc["Tongyi Lab", "what"].to_list() == ["moved", "merged into"]
    chinese = structure.org_chart_by_date(book, lang="zh").to_dict()
    (june,) = (row for row in rows(chinese, "count") if row["count"].startswith("2026年6月12日"))
    assert june["told"].startswith("未载日期，至此已发生")


def test_one_team_under_two_names_is_drawn_once_since_that_is_known() -> None:
    """In May nobody had called the head of the consumer group president of the Qwen unit."""
    for as_of, teams in {
        "2026-05-31": {"qwen-unit", "qwen-consumer-group"},
        "2026-06-12": {"qwen-unit"},
    }.items():
        seen = structure.units(wb.open(bundled("data"), as_of=as_of), at="2026-05-31")["unit"]
        assert {unit for unit in seen if unit.startswith("qwen-")} == teams


def test_names_fit_their_boxes_however_many_columns(book: wb.Dossier) -> None:
    """A Latin letter of 11 pixels takes 6.2 at most on average; a chart of five columns has narrow boxes."""
    for spec in (
        structure.org_chart_by_date(book).to_dict(),
        structure.org_chart(book, at="2026-03-01").to_dict(),
    ):
        boxes = rows(spec, "lines")
        columns = max(row["x"] for row in boxes) + 1
        room = spec["width"] / columns * 0.92
        for row in boxes:
            for line in row["lines"].split("|"):
                if line != row["lead"]:
                    assert len(line) * 6.2 <= room + 6.2, (line, room)


def test_a_timeline_since_a_day_after_all_changes_says_so(other: wb.Dossier) -> None:
    with pytest.raises(ValueError, match=r"no unit was formed or dissolved since 2100-01-01 in <Dossier"):
        structure.timeline_chart(other, since="2100-01-01")


def test_the_slider_over_dates_keeps_whole_days_the_newest(
    book: wb.Dossier, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = structure.org_chart_by_date(book).to_dict()
    monkeypatch.setattr(style.limits, "MOST_ROWS", 200)
    spec = structure.org_chart_by_date(book).to_dict()
    steps = spec["params"][0]["bind"]["max"]
    earlier = whole["params"][0]["bind"]["max"] - steps
    assert steps > 0
    assert f"Earlier dates, left out: {earlier}." in " ".join(spec["title"]["subtitle"])
    told = [[row["told"] for row in rows(each, "told")] for each in (spec, whole)]
    assert told[0] == told[1][earlier:]
    units = [[row["step"] for row in rows(each, "lines")] for each in (spec, whole)]
    assert [units[0].count(step + 1) for step in range(steps)] == [
        units[1].count(earlier + step + 1) for step in range(steps)
    ]
