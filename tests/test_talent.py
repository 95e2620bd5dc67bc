from pathlib import Path

import pandas as pd
import pytest

import workbook as wb
from workbook import talent


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


def test_errors(other: wb.Dossier, other_folder: Path) -> None:
    with pytest.raises(ValueError, match="must not come before since"):
        talent.moves(other, since="2031-05-01", until="2031-04-01")
    with pytest.raises(ValueError, match="no roles in"):
        talent.posts_chart(wb.open(other_folder, as_of="1999-01-01"))
    assert isinstance(talent.posts(other).loc[0, "start"], pd.Timestamp)
