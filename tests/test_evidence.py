import json
import re
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pandas as pd
import pytest
from markdown_it import MarkdownIt
from nbconvert.filters import markdown2html

import workbook as wb
from tests.conftest import OTHER, write_dossier
from workbook import evidence

DAY = "2026-06-08"


def test_cite_says_who_what_when_how_sure_and_where(other: wb.Dossier) -> None:
    assert evidence.cite(other, "arr-first") == (
        "Northlight AG, “Northlight reorganises”, 2 Mar 2031, p. 2 (reported; page seen). https://example.com/a"
    )


def test_cite_names_the_claim_that_was_probably_meant(other: wb.Dossier) -> None:
    with pytest.raises(ValueError, match=r"no claim 'arr-frist' \(did you mean 'arr-first'"):
        evidence.cite(other, "arr-frist")


def test_cite_suggests_no_claim_for_a_word_in_common(other: wb.Dossier) -> None:
    # Many claims are about the run rate: that their ids have "arr" in them says nothing.
    with pytest.raises(ValueError, match="no claim 'how-the-arr-is-reckoned' in"):
        evidence.cite(other, "how-the-arr-is-reckoned")


def test_find_filters_and_sorts(other: wb.Dossier) -> None:
    assert list(evidence.find(other, metric="arr")["claim"]) == ["arr-doubt", "arr-first", "arr-goal"]
    assert list(evidence.find(other, text="FOLDED")["claim"]) == ["labs-renamed"]
    assert list(evidence.find(other, grade="guidance")["figure"]) == ["at least USD 5 bn"]
    with pytest.raises(ValueError, match=r"grade must be one of .*press.*, not 'rumour'$"):
        evidence.find(other, grade="rumour")
    with pytest.raises(ValueError, match=r"not 'guidence' \(did you mean 'guidance'\?\)"):
        evidence.find(other, grade="guidence")


def test_coverage_counts(other: wb.Dossier) -> None:
    table = evidence.coverage(other).set_index("theme")
    assert table.loc["structure", "claims"] == 2
    assert table.loc["commercialization", "with a figure"] == 3
    assert table.loc["commercialization", "in a dispute"] == 2
    assert table.loc["structure", "documents"] == 2


def test_coverage_says_how_much_of_each_document_was_seen(tmp_path: Path) -> None:
    """An excerpt is no page, and the day on which an undated document was retrieved is no day of publication."""
    tables = {name: [list(row) for row in rows] for name, rows in OTHER.items()}
    tables["sources"].append(
        ["hearsay", "", "Hearsay", "", "2031-11-30", "retrieved", "en", "social", "relay", ""]
    )
    tables["claims"].append(["labs-moved", "structure", "Northlight Labs moved to the coast.", "press", "hearsay", "", "2031-06-01", "day", "Northlight Labs", "", "", "", "", "", "", "", ""])  # fmt: skip
    row = evidence.coverage(wb.open(write_dossier(tmp_path, tables))).set_index("theme").loc["structure"]
    assert list(row[["claims", "seen as page", "seen as excerpt", "seen as relay", "undated"]]) == [
        3,
        1,
        1,
        1,
        1,
    ]
    assert [str(row["first document"]), str(row["last document"])] == ["2031-03-02", "2031-05-20"]


def graded(folder: Path, grades: list[str]) -> wb.Dossier:
    """A dossier of one claim for each grade given."""
    rows = [[f"claim-{i}", "structure", f"Northlight did thing {i}.", grade, "northlight-release", "", "2031-03-01", "day", "Northlight", "", "", "", "", "", "", "", ""] for i, grade in enumerate(grades)]  # fmt: skip
    for row in rows:
        row[-2] = "7" if row[3] == "derived" else ""
    return wb.open(write_dossier(folder, {"sources": OTHER["sources"], "claims": rows}))


@pytest.mark.parametrize(
    ("grades", "english", "chinese"),
    [
        (
            ["reported", "guidance", "press", "opinion", "press"],
            "2 of 5 claims are companies' own statements or guidance; the rest are press and opinion",
            "5条陈述中，2条出自公司披露或指引，其余为媒体报道、评论",
        ),
        (
            ["reported", "press"],
            "1 of 2 claims is a company's own statement or guidance; the rest is press",
            "2条陈述中，1条出自公司披露或指引，其余为媒体报道",
        ),
        (
            ["reported", "press", "opinion", "illustration"],
            "1 of 4 claims is a company's own statement or guidance; the rest are press, opinion and illustration",
            "4条陈述中，1条出自公司披露或指引，其余为媒体报道、评论、示意",
        ),
        (
            ["reported", "guidance"],
            "All 2 claims are companies' own statements or guidance",
            "2条陈述均出自公司披露或指引",
        ),
        (
            ["guidance"],
            "The one claim is a company's own statement or guidance",
            "1条陈述均出自公司披露或指引",
        ),
        (
            ["press", "press"],
            "None of the 2 claims is a company's own statement or guidance; they are press",
            "2条陈述均非公司披露或指引，而是媒体报道",
        ),
        (
            ["opinion"],
            "The one claim is no company's own statement or guidance; it is opinion",
            "1条陈述均非公司披露或指引，而是评论",
        ),
    ],
)
def test_the_title_of_grades_counts_what_the_chart_shows(
    tmp_path: Path, grades: list[str], english: str, chinese: str
) -> None:
    book = graded(tmp_path, grades)
    spec = evidence.grades_chart(book).to_dict()
    assert " ".join(spec["title"]["text"]) == english
    drawn = spec["datasets"][spec["layer"][0]["data"]["name"]]
    assert sum(row["claims"] for row in drawn if row["grade"] in ("reported", "guidance")) == sum(
        grade in ("reported", "guidance") for grade in grades
    )
    assert "".join(evidence.grades_chart(book, lang="zh").to_dict()["title"]["text"]) == chinese


@pytest.mark.parametrize(
    ("on", "english", "chinese"),
    [
        ("2031-03-01", "0 of 5 dated claims were public by 1 Mar 2031", "5条载明日期的陈述中，0条当时已公开"),
        ("2031-03-02", "3 of 5 dated claims were public by 2 Mar 2031", "5条载明日期的陈述中，3条当时已公开"),
        (
            "2031-05-20",
            "5 of 5 dated claims were public by 20 May 2031",
            "5条载明日期的陈述中，5条当时已公开",
        ),
    ],
)
def test_the_title_of_what_was_known_counts_documents_out_by_then(
    other: wb.Dossier, on: str, english: str, chinese: str
) -> None:
    title = evidence.known_chart(other, on=on).to_dict()["title"]
    assert " ".join(title["text"]) == english
    assert "left out" not in " ".join(title["subtitle"])
    assert chinese in "".join(evidence.known_chart(other, on=on, lang="zh").to_dict()["title"]["text"])


@pytest.mark.parametrize("on", ["2025-06-01", "2026-03-31", "2026-06-08", "2026-08-20"])
def test_what_was_known_on_a_day_is_what_a_view_of_that_day_has(book: wb.Dossier, on: str) -> None:
    """A figure that another document printed first is known from then on, on the chart as in the view."""
    view = wb.open(as_of=on)
    title = " ".join(evidence.known_chart(book, on=on).to_dict()["title"]["text"])
    assert title.startswith(f"{len(view.claims)} of ")


@pytest.mark.parametrize(
    "draw", [evidence.grades_chart, lambda b, lang: evidence.known_chart(b, on=DAY, lang=lang)]
)
def test_a_chinese_chart_of_the_evidence_has_no_english_words(
    book: wb.Dossier, draw: Callable[..., Any]
) -> None:
    spec = draw(book, lang="zh").to_dict()
    rows = [row for table in spec["datasets"].values() for row in table]
    words = {row[column] for row in rows for column in ("theme", "grade") if column in row}
    assert words
    words |= set(re.findall(r'"title": "([^"]+)"', json.dumps(spec, ensure_ascii=False)))
    assert not [word for word in words if re.search("[A-Za-z]", word)]


def test_what_the_evidence_page_says_of_its_tables_holds(book: wb.Dossier) -> None:
    """The sentences below the first two tables of notebook 06."""
    claims = book.claims.set_index("theme")["grade"].astype("str")
    for theme in ("structure", "models", "talent"):  # "rest mostly on press"
        assert (claims[theme] == "press").mean() > 0.5
    own = claims.isin(["reported", "guidance"]).groupby("theme", observed=True).sum()
    assert own.idxmax() == "commercialization"  # "companies' own statements are most numerous in ..."
    relayed = evidence.coverage(book).set_index("theme")["seen as relay"]
    assert relayed["commercialization"] > relayed.sum() / 2  # "most of the relayed ones are there"


def test_every_statement_is_understood_alone(book: wb.Dossier) -> None:
    """It names its subject, and whose digest it is that speaks."""
    texts = pd.concat([book.claims.set_index("id")["statement"], book.disputes.set_index("id")["why"]])
    assert not list(texts[texts.str.match(r"(That|This|It|They|These|The digest|The same|A second)\b")].index)


def test_disputes_show_both_sides(other: wb.Dossier) -> None:
    row = evidence.disputes(other).iloc[0]
    assert row["standing"] == "the claim stands"
    assert row["claim"].endswith("(reported, Northlight AG)")
    assert row["against"].endswith("(opinion, Daily Wire)")


@pytest.mark.parametrize(
    ("today", "what", "days"), [("2031-12-01", "target ahead", -30), ("2032-01-10", "target due", 10)]
)
def test_a_target_falls_due(other: wb.Dossier, today: str, what: str, days: int) -> None:
    row = evidence.stale(other, today).iloc[0]
    assert (row["what"], row["days"], row["claim"]) == (what, days, "arr-goal")


def quarters(count: int) -> dict[str, list[list[str]]]:
    """`count` quarters of revenue, each out 50 days after its end."""
    sources, claims = [], []
    for end in pd.date_range("2030-03-31", periods=count, freq="QE"):
        name = f"q-{end:%Y-%m}"
        start, out = end - pd.offsets.QuarterEnd() + pd.Timedelta(days=1), end + pd.Timedelta(days=50)
        sources.append([name, "", "Northlight AG", "https://example.com/q", f"{out:%Y-%m-%d}", "printed", "en", "release", "page", ""])  # fmt: skip
        claims.append([name, "commercialization", "Northlight printed a revenue.", "reported", name, "", f"{end:%Y-%m-%d}", "day", "Northlight", "revenue", "7", "exact", "USD m", f"{start:%Y-%m-%d}", f"{end:%Y-%m-%d}", "", ""])  # fmt: skip
    return {"sources": sources, "claims": claims}


def test_two_lengths_of_one_metric_are_told_apart(book: wb.Dossier) -> None:
    table = evidence.then_and_now(wb.open(as_of=DAY), book)
    spent = table[table["metric"] == "group_capex"].set_index("months")["now"]
    assert spent[15].endswith("(15 months to 30 Jun 2026)")
    assert spent[3].endswith("bn (30 Jun 2026)")


def test_an_event_of_the_calendar_names_its_subject(book: wb.Dossier) -> None:
    table = evidence.stale(book, "2026-11-23").set_index("figure")
    assert table.loc["Results of the September 2026 quarter", "subject"] == "Alibaba Cloud"
    assert (table["subject"] != "").all()


def test_a_series_that_has_gone_quiet_is_late(tmp_path: Path) -> None:
    """Six quarters to 2031-06-30; the next ended 92 days on and was due 50 days later, on 19 Nov 2031."""
    book = wb.open(write_dossier(tmp_path, quarters(6)))
    assert evidence.stale(book, "2031-11-01").empty
    late = evidence.stale(book, "2031-11-30").iloc[0]
    assert late["what"] == "series late"
    assert 9 <= late["days"] <= 13  # spacing is a median of quarters of 90 to 92 days


def test_three_quarters_are_no_series(tmp_path: Path) -> None:
    assert evidence.stale(wb.open(write_dossier(tmp_path, quarters(3))), "2035-01-01").empty


def test_a_target_is_answered_by_a_later_actual(tmp_path: Path) -> None:
    tables = {name: [list(row) for row in rows] for name, rows in OTHER.items()}
    tables["claims"].append(["arr-later", "commercialization", "Northlight put its ARR above USD 6 bn.", "press", "daily-wire", "", "2032-02-01", "day", "Northlight", "arr", "6", "at_least", "USD bn", "", "2032-02-01", "", ""])  # fmt: skip
    row = evidence.stale(wb.open(write_dossier(tmp_path, tables)), "2032-03-01").iloc[0]
    assert row["what"] == "target answered"
    assert row["answer"] == "at least USD 6 bn on 1 Feb 2032"


def test_a_target_is_not_answered_by_a_peer(tmp_path: Path) -> None:
    tables = {name: [list(row) for row in rows] for name, rows in OTHER.items()}
    tables["claims"].append(["peer-later", "commercialization", "Southlight put its ARR above USD 9 bn.", "press", "daily-wire", "", "2032-02-01", "day", "Southlight", "arr", "9", "at_least", "USD bn", "", "2032-02-01", "", ""])  # fmt: skip
    rows = evidence.stale(wb.open(write_dossier(tmp_path, tables)), "2032-03-01").set_index("claim")
    assert rows.loc["arr-goal", "what"] == "target due"
    assert rows.loc["arr-goal", "answer"] == ""


def test_latest_gives_the_newest_figure_of_each_series(other: wb.Dossier) -> None:
    assert list(evidence.latest(other)["figure"]) == ["at least USD 2 bn"]
    assert list(evidence.latest(other, kind="guidance")["figure"]) == ["at least USD 5 bn"]


def test_cards_have_an_anchor_per_claim_and_escape_markup(tmp_path: Path) -> None:
    tables = {name: [list(row) for row in rows] for name, rows in OTHER.items()}
    tables["claims"][0][2] = "Northlight <img src=x onerror=alert(1)> [link](javascript:x) *merged* teams."
    text = evidence.cards(wb.open(write_dossier(tmp_path, tables)), "structure")
    assert "#### labs-formed" in text
    assert "#### labs-renamed" in text
    assert "<img" not in text
    assert "&lt;img" in text
    assert r"\[link\](javascript" in text
    with pytest.raises(ValueError, match="no claims of theme 'talent'"):
        evidence.cards(wb.open(write_dossier(tmp_path, tables)), "talent")


class Links(HTMLParser):
    """Addresses a page links to, and its text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [value or "" for name, value in attrs if tag == "a" and name == "href"]

    def handle_data(self, data: str) -> None:
        self.text += data


RENDERERS = pytest.mark.parametrize("render", [MarkdownIt("commonmark").render, markdown2html], ids=["it", "nbconvert"])  # fmt: skip


@RENDERERS
def test_every_address_of_the_evidence_page_is_a_link_to_it(
    book: wb.Dossier, render: Callable[[str], str]
) -> None:
    claims = book.claims
    sources = book.sources.set_index("id")
    reached: list[str] = []
    for theme in claims["theme"].cat.categories:
        reached += [a for a in Links(render(evidence.cards(book, theme))).found if not a.startswith("#")]
    address = r"https?://\S+?(?=[.,;:)]*(?:\s|$))"
    texts = [*claims["note"].dropna(), *claims["locator"].dropna()]
    in_notes = [found for text in texts for found in re.findall(address, text)]
    wanted = list(claims["source"].map(sources["url"]).dropna())
    # A dollar sign is written %24 and an apostrophe may be %27, which is the same address.
    assert sorted(map(unquote, reached)) == sorted(map(unquote, wanted + in_notes))


ODD = [
    "https://example.com/a_b_c/*d*?x=1&y=[2]&copy=3#e_f~g",
    "https://example.com/page(2)/?l=de_DE",
    "https://example.com/ends(here)",
    "https://example.com/%E4%BA%91.",
]


@RENDERERS
@pytest.mark.parametrize("url", ODD)
def test_an_address_is_left_as_it_is_and_the_words_around_it_are_not_markup(
    tmp_path: Path, render: Callable[[str], str], url: str
) -> None:
    tables = {name: [list(row) for row in rows] for name, rows in OTHER.items()}
    tables["sources"][0][3] = url
    page = Links(render(evidence.cards(wb.open(write_dossier(tmp_path, tables)), "structure")))
    assert unquote(url) in [unquote(found) for found in page.found]  # a bracket may be written %5B
    assert "(reported; page seen)" in page.text


@RENDERERS
def test_an_address_in_a_sentence_is_a_link_without_the_stop(
    tmp_path: Path, render: Callable[[str], str]
) -> None:
    tables = {name: [list(row) for row in rows] for name, rows in OTHER.items()}
    tables["claims"][0][-1] = "Also at https://example.com/a_b. See _there_ (https://example.com/c_d)，见https://example.com/e_f。"  # fmt: skip
    page = Links(render(evidence.cards(wb.open(write_dossier(tmp_path, tables)), "structure")))
    assert {f"https://example.com/{part}" for part in ("a_b", "c_d", "e_f")} <= set(page.found)
    assert "/a_b. See _there_ (" in page.text


@RENDERERS
@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "data:text/html,<b>", "https://example.com/a><img src=x onerror=b>"]
)
def test_no_address_becomes_markup_or_another_kind_of_link(
    tmp_path: Path, render: Callable[[str], str], url: str
) -> None:
    tables = {name: [list(row) for row in rows] for name, rows in OTHER.items()}
    tables["sources"][0][3] = url
    folder = write_dossier(tmp_path, tables)
    if url.startswith("javascript:"):  # an address by its form
        html = render(evidence.cards(wb.open(folder), "structure"))
    else:
        with pytest.raises(wb.DossierError, match=r"sources.csv, row 2, column url: must be a web address"):
            wb.open(folder)
        package = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
        fields = package["resources"][0]["schema"]["fields"]
        next(field for field in fields if field["name"] == "url").pop("format")  # a dossier may ask for less
        (folder / "datapackage.json").write_text(json.dumps(package), encoding="utf-8")
        html = render(evidence.cards(wb.open(folder), "structure"))
    assert "<img" not in html
    assert all(found.startswith(("#", "https://")) for found in Links(html).found)


def test_grades_chart_stacks_from_strong_to_weak(other: wb.Dossier) -> None:
    spec = evidence.grades_chart(other).to_dict()
    bars = spec["layer"][0]
    assert bars["encoding"]["color"]["scale"]["domain"] == ["reported", "guidance", "press", "opinion"]
    assert spec["title"]["text"][0].startswith("3 of 5 claims are companies' own statements")
    assert "Northlight AG" in str(spec["layer"][1]["mark"]["text"])


def test_grades_chart_without_claims_says_so(other_folder: Path) -> None:
    with pytest.raises(ValueError, match="try a later as_of"):
        evidence.grades_chart(wb.open(other_folder, as_of="1999-01-01"))


# A large dossier ------------------------------------------------------------------------------------


def company(number: int) -> dict[str, list[list[str]]]:
    """A company with six quarters of revenue, a target that is answered, one that is not, and a dispute."""
    tables = quarters(6)
    mine = {"sources": [], "claims": [], "disputes": []}
    name = f"c{number}"
    mine["sources"] = [[f"{name}-{row[0]}", *row[1:]] for row in tables["sources"]]
    rows = [list(row) for row in tables["claims"]]
    for claim, end in (("met", "2031-03-31"), ("missed", "2031-09-30")):
        row = list(rows[-1])
        row[0], row[3], row[13], row[14] = claim, "guidance", "", end
        rows.append(row)
    for row in rows:
        source = row[4]
        row[0], row[4], row[8] = f"{name}-{row[0]}", f"{name}-{source}", f"Company {number}"
    mine["claims"] = rows
    mine["disputes"] = [[f"{name}-d", rows[0][0], rows[1][0], "Two levels.", "open", ""]]
    return mine


def companies(folder: Path, count: int) -> wb.Dossier:
    tables: dict[str, list[list[str]]] = {}
    for number in range(count):
        for name, rows in company(number).items():
            tables.setdefault(name, []).extend(rows)
    return wb.open(write_dossier(folder, tables))


@pytest.mark.parametrize(
    "call",
    [
        lambda book: evidence.cards(book, "commercialization"),
        evidence.find,
        evidence.coverage,
        evidence.disputes,
        evidence.latest,
        lambda book: evidence.then_and_now(book, book),
        lambda book: evidence.stale(book, "2031-12-31"),
        lambda book: evidence.statements(book, book.claims["id"]),
        lambda book: evidence.known_chart(book, on="2031-03-31"),
        evidence.grades_chart,
    ],
    ids=[
        "cards",
        "find",
        "coverage",
        "disputes",
        "latest",
        "then_and_now",
        "stale",
        "said",
        "known",
        "grades",
    ],
)
def test_no_table_is_read_filtered_or_indexed_once_for_each_row(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: Callable[[wb.Dossier], object]
) -> None:
    """What made the cards of a large dossier take minutes; the work then grows with its square."""
    counted: list[str] = []

    def watch(kind: type, name: str) -> None:
        plain = getattr(kind, name)

        def watched(self: object, *given: object, **named: object) -> object:
            counted.append(name)
            return plain(self, *given, **named)

        monkeypatch.setattr(kind, name, watched)

    books = [companies(tmp_path / f"{count}", count) for count in (3, 12)]
    watch(wb.Dossier, "__getattr__")
    watch(pd.DataFrame, "__getitem__")
    watch(pd.DataFrame, "set_index")
    watch(pd.DataFrame, "iterrows")
    work = []
    for book in books:
        call(book)  # a table is built when it is first asked for
        counted.clear()
        call(book)
        work.append(sorted(counted))
    assert work[0] == work[1]


def test_a_target_is_answered_by_the_first_actual_of_its_own_subject(tmp_path: Path) -> None:
    """Its last quarter ended on 30 June 2031; the next is 91 days long and comes out 50 days later."""
    table = evidence.stale(companies(tmp_path, 3), "2031-12-31")
    for number in range(3):
        rows = table[table["subject"] == f"Company {number}"].set_index("claim")
        assert rows.loc[f"c{number}-met", "answer"] == "USD 7 m on 31 Mar 2031"
        assert rows.loc[f"c{number}-missed", "what"] == "target due"
        assert list(rows.loc[rows["what"] == "series late", "due"]) == [pd.Timestamp("2031-11-18")]


def test_cards_cite_every_claim_and_name_both_sides_of_a_dispute(book: wb.Dossier) -> None:
    """Each by the way that asks for one claim alone."""
    clashes = book.disputes
    for theme in book.claims["theme"].cat.categories:
        ids = book.claims.loc[book.claims["theme"] == theme, "id"]
        cards = re.split(r"\n\n(?=#### )", evidence.cards(book, theme))
        assert [card.split("\n")[0] for card in cards] == [f"#### {claim}" for claim in ids]
        for claim, card in zip(ids, cards, strict=True):
            words = evidence.cite(book, claim).partition(" https://")[0]
            assert words in Links(markdown2html(card)).text
            mine = clashes[(clashes["claim"] == claim) | (clashes["against"] == claim)]
            others = set(mine["claim"]) | set(mine["against"])
            assert set(re.findall(r"Disputed \([\w ]+\): \[(.+?)\]", card)) == others - {claim}
            assert card.count("Disputed (") == len(mine)


def test_a_range_is_named_with_both_ends(tmp_path: Path) -> None:
    tables = {name: [list(row) for row in rows] for name, rows in OTHER.items()}
    goal = {"id": "goal", "theme": "commercialization", "statement": "Northlight guides to a margin of 34 to 36%.", "grade": "guidance", "source": "northlight-release", "subject": "Northlight", "metric": "margin", "value": "34", "value_high": "36", "bound": "between", "unit": "%", "period_end": "2031-12-31"}  # fmt: skip
    book = wb.open(write_dossier(tmp_path, tables | {"claims": [*tables["claims"], goal]}))
    assert "**34% to 36%**" in evidence.cards(book, "commercialization")
    assert "34% to 36%" in list(evidence.find(book)["figure"])
    assert "34% to 36%" in list(evidence.latest(book, kind="guidance")["figure"])


def test_a_document_nobody_opened_is_said_to_be_unseen(tmp_path: Path) -> None:
    tables = {name: [list(row) for row in rows] for name, rows in OTHER.items()}
    tables["sources"][0][8] = "none"
    book = wb.open(write_dossier(tmp_path, tables))
    assert "(reported; not seen)" in evidence.cite(book, "arr-first")


def test_a_theme_of_undated_documents_alone_has_no_days_of_publication(tmp_path: Path) -> None:
    tables = {name: [list(row) for row in rows] for name, rows in OTHER.items()}
    for row in tables["sources"]:
        row[5] = "retrieved"
    table = evidence.coverage(wb.open(write_dossier(tmp_path, tables)))
    assert (table["undated"] == table["claims"]).all()
    assert table[["first document", "last document"]].isna().all(axis=None)


def test_facts_join_a_figure_with_its_claim_its_document_and_its_series(book: wb.Dossier) -> None:
    row = evidence.facts(book, "cloud_revenue", "Alibaba Cloud").iloc[-1]
    claim = book.claims.set_index("id").loc[row["claim"]]
    assert (row["value"], row["unit"], row["role"], row["name"]) == (
        48437,
        "RMB m",
        "revenue",
        "cloud revenue",
    )
    assert row["statement"] == claim["statement"]
    assert row["source"] == book.sources.set_index("id")["publisher"][claim["source"]]
    assert row["published"] == pd.Timestamp("2026-08-20")  # the day of the results
    # Peers too, where no subject is named; every row of the table that other charts read.
    assert set(evidence.facts(book, "cloud_revenue")["subject"]) > {"Alibaba Cloud", "AWS"}
    assert len(evidence.facts(book)) == len(book.metrics)


def test_facts_say_what_comes_near(book: wb.Dossier) -> None:
    with pytest.raises(ValueError, match=r"no series 'cloud_revenu' \(did you mean 'cloud_revenue'"):
        evidence.facts(book, "cloud_revenu")
    with pytest.raises(
        ValueError, match=r"no cloud_revenue of 'Alibaba Clouds' \(did you mean 'Alibaba Cloud'"
    ):
        evidence.facts(book, "cloud_revenue", "Alibaba Clouds")
