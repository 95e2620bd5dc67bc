from pathlib import Path

import pandas as pd
import pytest
import vl_convert as vlc

import workbook as wb
from workbook import talent
from workbook.dossier import bundled
from workbook.jupyter.display import SCHEMA, VEGALITE


def test_the_june_announcement(book: wb.Dossier) -> None:
    """By hand: two heads up in Token Foundry and its teams, two new posts and one left for Zhou Jingren."""
    table = talent.moves(book, since="2026-06-08", until="2026-06-08")
    found = {(r.person, r.what, r.title) for r in table.itertuples()}
    assert found == {
        ("Wu Yongming", "takes up", "Head"),
        ("Zheng Bo", "takes up", "Leads the Happy Horse and Happy Oyster teams"),
        ("Zhou Jingren", "leaves", "Head"),
        ("Zhou Jingren", "takes up", "Chief scientist"),
        ("Zhou Jingren", "takes up", "Lead"),
    }


def test_a_post_ends_before_its_last_day(book: wb.Dossier) -> None:
    before = talent.holders(book, at="2026-06-07")
    after = talent.holders(book, at="2026-06-08")
    held = before[(before["person"] == "Zhou Jingren") & before["unit"].str.startswith("Tongyi")]
    assert list(held["title"]) == ["Head"]
    assert after[(after["person"] == "Zhou Jingren") & after["unit"].str.startswith("Tongyi")].empty


def test_gantt_names_each_person_once_and_leaves_unknown_starts_open(book: wb.Dossier) -> None:
    spec = talent.posts_chart(book).to_dict()
    rows = next(rows for rows in spec["datasets"].values() if "person_shown" in rows[0])
    names = [r["person_shown"] for r in rows if r["person_shown"]]
    assert len(names) == len(set(names)) == len({r["person"] for r in rows})
    lin = next(r for r in rows if r["person"] == "Lin Junyang")
    assert not lin["started"]
    assert lin["state"] == "ended"


def test_chinese_names(book: wb.Dossier) -> None:
    table = talent.holders(book, at="2026-06-30", lang="zh")
    assert {"吴泳铭", "周靖人"} <= set(table["person"])


def test_an_end_not_yet_known_leaves_the_post_held(other_folder: Path) -> None:
    early = wb.open(other_folder, as_of="2031-04-01")
    assert list(talent.holders(early, at="2031-06-01")["person"]) == ["Doe Jane"]


def test_the_slider_reads_each_post_by_its_days(book: wb.Dossier) -> None:
    """Every day of the slider, counted from the numbers in the chart and again by `holders`."""
    spec = talent.posts_by_date(book).to_dict()
    (slider,) = spec["params"]
    first = pd.Timestamp("2025-09-21")  # a year before Liu Dayiheng took up his post
    assert slider["bind"]["name"].strip() == "days after 21 Sep 2025"
    assert (slider["value"], slider["bind"]["max"]) == (365, 365)
    rows = next(rows for rows in spec["datasets"].values() if "person_shown" in rows[0])
    for day in range(0, 366, 5):
        held = [
            (r["person"], r["title"], r["unit"])
            for r in rows
            if (r["start_day"] is None or r["start_day"] <= day)
            and (r["end_day"] is None or day < r["end_day"])
        ]
        wanted = talent.holders(book, at=first + pd.Timedelta(days=day))
        assert sorted(held) == sorted(zip(wanted["person"], wanted["title"], wanted["unit"], strict=True))


def test_an_unknown_start_is_told_apart_from_a_post_held(book: wb.Dossier) -> None:
    """By hand, on 4 March 2026: Lin Junyang's post and both of Wu Zeming's have no start.

    He was named group CTO in December 2022, but the post was reported dropped in May 2023 and no one
    says when it came back, so the day of 2022 is not the start of the post he holds.
    """
    svg = vlc.vegalite_to_svg(
        {**moved_to(talent.posts_by_date(book).to_dict(), 164), "$schema": SCHEMA}, vl_version=VEGALITE
    )
    now = talent.holders(book, at="2026-03-04")
    assert set(now.loc[now["start"].isna(), "person"]) == {"Lin Junyang", "Wu Zeming"}
    known = now.dropna(subset="start")
    wanted = f"4 Mar 2026: {len(known)} posts held by {known['person'].nunique()} executives; 3 more without"
    assert wanted in svg
    assert svg.count('fill="#8fb3cf"') == 3
    assert svg.count('fill="#1f5a8a"') == len(known)


def moved_to(spec: dict, day: int) -> dict:  # type: ignore[type-arg]
    return {**spec, "params": [{**spec["params"][0], "value": day}]}


def test_a_report_the_company_denied_is_told_as_the_denial() -> None:
    """The reports of 13 June 2026 stand nowhere before the denial of the next day, and never as a move."""
    eve, day = (wb.open(bundled("data"), as_of=as_of) for as_of in ("2026-06-13", "2026-06-14"))
    assert "zhou-exit-reported" not in set(eve.claims["id"])
    told = wb.evidence.disputes(day).set_index("dispute").loc["zhou-stays-or-leaves"]
    assert told["standing"] == "the claim stands"
    assert "untrue" in told["claim"]
    assert "untrue" in told["against"]
    left = talent.moves(day, since="2026-06-09", until="2026-11-23")
    assert "Zhou Jingren" not in set(left["person"])


def test_dingtalk_changes_hands_on_one_day(book: wb.Dossier) -> None:
    table = talent.moves(book, since="2026-06-11", until="2026-06-11")
    assert {(r.person, r.what) for r in table.itertuples()} == {
        ("Chen Hang", "leaves"),
        ("Chen Yusen", "takes up"),
    }


def test_posts_of_another_company_by_date(other: wb.Dossier) -> None:
    spec = talent.posts_by_date(other, lang="zh").to_dict()
    assert spec["title"]["text"] == ["2031年3月1日，1位高管任1个职务（可改日期）"]


def test_errors(other: wb.Dossier, other_folder: Path) -> None:
    with pytest.raises(ValueError, match="must not come before since"):
        talent.moves(other, since="2031-05-01", until="2031-04-01")
    with pytest.raises(ValueError, match="no roles in"):
        talent.posts_chart(wb.open(other_folder, as_of="1999-01-01"))
    with pytest.raises(ValueError, match="no roles in"):
        talent.posts_by_date(wb.open(other_folder, as_of="1999-01-01"))
    assert isinstance(talent.posts(other).loc[0, "start"], pd.Timestamp)
