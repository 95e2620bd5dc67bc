"""Each rule is shown to bite, and to leave alone what is right."""

import csv
from pathlib import Path

import pandas as pd
import pytest

import workbook as wb
from tests.conftest import write_dossier
from workbook import style
from workbook.cli import main
from workbook.dossier import bundled
from workbook.review import RULES, listed, review


def columns(table: str) -> list[str]:
    with (bundled("data") / f"{table}.csv").open(encoding="utf-8", newline="") as stream:
        return next(csv.reader(stream))


def a_row(table: str, **cells: str) -> list[str]:
    """One row by its filled cells; a column the data package does not have is left out."""
    return [cells.get(column, "") for column in columns(table)]


SOURCE = {
    "id": "wire",
    "title": "Northlight in the news",
    "publisher": "Daily Wire",
    "url": "https://example.com/b",
    "published": "2031-05-20",
    "dated": "printed",
    "language": "en",
    "kind": "press",
    "seen": "page",
}
CLAIM = {
    "theme": "commercialization",
    "grade": "reported",
    "source": "wire",
    "precision": "day",
    "subject": "Northlight",
}
FIGURE = {**CLAIM, "metric": "arr", "bound": "exact", "unit": "USD m", "period_end": "2031-03-31"}


def opened(
    folder: Path,
    *claims: dict[str, str],
    sources: tuple[dict[str, str], ...] = (SOURCE,),
    **tables: list[dict[str, str]],
) -> wb.Dossier:
    """Open a dossier of these claims and tables."""
    rows = {
        "sources": [a_row("sources", **source) for source in sources],
        "claims": [a_row("claims", **claim) for claim in claims],
        **{name: [a_row(name, **row) for row in given] for name, given in tables.items()},
    }
    return wb.open(write_dossier(folder, rows, subject="Northlight", parts=[]))


def bites(book: "wb.Dossier | View", rule: str) -> list[str]:
    return [f"{found.id}.{found.column}: {found.detail}" for found in RULES[rule](book)]


class View:
    """A dossier with tables or columns that a data package may do without."""

    def __init__(self, book: wb.Dossier, **frames: pd.DataFrame) -> None:
        self._book, self._frames = book, frames
        self.tables = [*dict.fromkeys([*book.tables, *frames])]
        self.package, self.subjects, self.as_of = book.package, book.subjects, book.as_of

    def __getattr__(self, name: str) -> pd.DataFrame:
        frame = self._frames[name] if name in self._frames else getattr(self._book, name)
        return frame.copy()


# The statement and its figure


SAID = [
    ("45", "exact", "%", "The share of Northlight fell to 45% in the quarter."),
    ("48437", "exact", "RMB m", "Northlight had revenue of RMB 48.4 bn."),
    ("48437", "exact", "RMB m", "Northlight had revenue of RMB 48,437 million in the June 2026 quarter."),
    ("45", "exact", "%", "Revenue of Northlight rose 45% on the year to USD 3 bn."),
    ("10", "at_least", "USD bn", "Northlight put its ARR above USD 10 bn."),
    ("10", "at_least", "USD bn", "Northlight ran at USD 10 bn or more a year."),
    ("40", "at_least", "%", "Northlight guided to growth faster than 40%."),
    ("190", "about", "RMB bn", "Of the plan of RMB 380 billion roughly RMB 190 billion was spent."),
    ("10", "about", "USD bn", "The run rate of Northlight would approach USD 10 bn."),
    ("-13860", "at_most", "RMB m", "Northlight Labs made a loss of at least RMB 13.8 bn."),
    ("12", "exact", "quarters", "The June quarter was the twelfth in a row with triple-digit growth."),
    ("6", "about", "x", "Token use grew about 6x, up from 32K tokens."),
    ("3", "exact", "rank", "Qwen3-235B-A22B stood third of 259 overall with 1,437 points."),
    ("6.7817", "exact", "CNY per USD", "The parity was 6.7817 yuan to the dollar on 2026-08-21."),
]  # fmt: skip


@pytest.mark.parametrize(("value", "bound", "unit", "statement"), SAID)
def test_a_statement_that_carries_its_figure_passes(
    value: str, bound: str, unit: str, statement: str, tmp_path: Path
) -> None:
    claim = {**FIGURE, "id": "one", "value": value, "bound": bound, "unit": unit, "statement": statement}
    assert bites(opened(tmp_path, claim), "statement and figure") == []


MISSAID = [
    ("45", "exact", "%", "Revenue of Northlight fell 45% on the year.", "the value is a rise"),
    ("45", "about", "%", "Revenue of Northlight was down by about 45%.", "the value is a rise"),
    ("48437", "exact", "RMB m", "Northlight had revenue of RMB 48.9 bn.", "no figure"),
    ("48437", "exact", "RMB m", "Northlight had revenue of USD 48.4 bn.", "no figure"),
    ("48437", "exact", "RMB m", "Northlight had more revenue than ever.", "no figure"),
    ("45", "exact", "%", "Northlight had 45 customers.", "no figure"),
    # A date, a name or a count beside it is not the figure.
    ("8", "exact", "RMB bn", "On 8 June 2026 Northlight Labs was formed.", "no figure"),
    ("10", "at_least", "USD bn", "Northlight has an ARR of USD 10 bn.", "no word beside"),
    ("15960", "at_least", "RMB m", "Northlight put its ARR above RMB 16 bn.", "no figure"),
    ("190", "about", "RMB bn", "Northlight spent RMB 190 bn.", "no word beside"),
    ("5", "at_most", "%", "Northlight grew at least 5%.", "no word beside"),
    ("10", "exact", "USD bn", "Northlight has an ARR of about USD 10 bn.", "says about"),
]  # fmt: skip


@pytest.mark.parametrize(("value", "bound", "unit", "statement", "fault"), MISSAID)
def test_a_statement_that_says_another_figure_or_no_bound_is_told(
    value: str, bound: str, unit: str, statement: str, fault: str, tmp_path: Path
) -> None:
    claim = {**FIGURE, "id": "one", "value": value, "bound": bound, "unit": unit, "statement": statement}
    (bite,) = bites(opened(tmp_path, claim), "statement and figure")
    assert bite.startswith("one.statement: ")
    assert fault in bite


ZH = [
    ("48437", "exact", "RMB m", "阿里云收入484.37亿元，同比增长45%。", ""),
    ("48437", "exact", "RMB m", "阿里云收入48.44亿元。", "no figure"),
    ("16", "at_least", "RMB bn", "2026年8月ARR超过160亿元。", ""),
    ("16", "at_least", "RMB bn", "2026年8月ARR逾160亿元。", ""),
    ("30", "at_least", "RMB bn", "到年底ARR不低于300亿元。", ""),
    ("16", "at_least", "RMB bn", "2026年8月ARR为160亿元。", "no word beside"),
    ("190", "about", "RMB bn", "三年计划3,800亿元中已投入约1,900亿元。", ""),
    ("190", "about", "RMB bn", "已投入近1,900亿元。", ""),
    ("190", "about", "RMB bn", "已投入1,900亿元。", "no word beside"),
    ("1.2", "exact", "RMB bn", "收入为12亿美元。", "no figure"),
    ("3.8", "at_least", "RMB bn", "投入至少0.38万亿元。", "no figure"),
    ("2", "exact", "USD per 1M tokens", "Qwen3.8-Max输入标价为每百万词元2美元。", ""),
    ("-13860", "exact", "RMB m", "经调整EBITA亏损138.6亿元。", ""),
    ("-13860", "exact", "RMB m", "经调整EBITA为138.6亿元。", "no figure"),
    ("6", "about", "x", "词元用量增长约5倍。", ""),
    ("6", "about", "x", "词元用量增长约6倍。", "no figure"),
    ("2.5", "about", "years", "回本期由三年缩短至约两年半。", ""),
    ("12", "exact", "quarters", "AI相关产品收入连续12个季度同比增幅不低于100%。", ""),
]  # fmt: skip


@pytest.mark.parametrize(("value", "bound", "unit", "statement", "fault"), ZH)
def test_the_chinese_statement_is_held_to_the_figure_too(
    value: str, bound: str, unit: str, statement: str, fault: str, tmp_path: Path
) -> None:
    claim = {
        **FIGURE,
        "id": "one",
        "value": value,
        "bound": bound,
        "unit": unit,
        "statement": "A figure of Northlight.",
    }
    book = opened(tmp_path, claim)
    view = View(book, claims=book.claims.assign(statement_zh=statement))
    found = [bite for bite in bites(view, "statement and figure") if "statement_zh" in bite]
    assert [fault in bite for bite in found] == ([True] if fault else [])


def test_a_figure_as_charts_print_it_is_one_a_statement_may_say(book: wb.Dossier) -> None:
    claims = book.claims[book.claims["value"].notna()]
    columns = ("value", "unit", "bound", "value_high")
    rows = list(zip(*(claims[column].astype("object") for column in columns), strict=True))
    rows += [(10.0, unit, "between", 12.0) for unit in ("RMB m", "USD bn", "%")]
    claims = pd.concat([claims, claims.tail(3).assign(value=10, bound="between", value_high=12)])
    claims["unit"] = [unit for _, unit, *_ in rows]
    said = {
        lang: [f"{words}：{style.figure(*row[:3], lang, row[3])}" for row in rows]
        for lang, words in (("en", "In June 2026 it was"), ("zh", "2026年6月为"))
    }
    view = View(book, claims=claims.assign(statement=said["en"], statement_zh=said["zh"]))
    assert bites(view, "statement and figure") == []


@pytest.mark.parametrize(
    ("statement", "bitten"),
    [
        ("Northlight guided to an ARR of USD 10 bn to 12 bn.", False),
        ("Northlight guided to an ARR between 10 and 12 billion dollars.", False),
        ("Northlight guided to an ARR of USD 10–12 bn.", False),
        ("Northlight guided to an ARR of USD 10 bn.", True),
        ("Northlight guided to an ARR up to USD 12 bn.", True),
    ],
)
def test_of_a_range_both_ends_are_said(statement: str, bitten: bool, tmp_path: Path) -> None:
    book = opened(tmp_path, {**FIGURE, "id": "one", "value": "10", "unit": "USD bn", "statement": statement})
    claims = book.claims.assign(bound="between", value_high=12.0)
    assert bool(bites(View(book, claims=claims), "statement and figure")) == bitten


LATER = {**SOURCE, "id": "later", "published": "2032-01-10"}
OLD = {**FIGURE, "id": "old", "statement": "ARR was USD 10 m.", "value": "10", "source": "later"}


# Formulas


def derived(folder: Path, formula: str, value: str, bound: str = "exact", unit: str = "USD m") -> list[str]:
    """What the rule says of a claim derived from a revenue, a floor, a rounded cost, a share and Hong Kong dollars."""
    inputs = [
        {"id": "revenue", "value": "200", "statement": "Revenue was USD 200 m."},
        {
            "id": "floor",
            "value": "1.5",
            "bound": "at_least",
            "unit": "USD bn",
            "statement": "A figure of Northlight.",
        },
        {"id": "rough", "value": "50", "bound": "about", "statement": "A figure of Northlight."},
        {"id": "share-of-ai", "value": "35", "unit": "%", "statement": "A figure of Northlight."},
        {"id": "in-dollars", "value": "7", "unit": "HKD bn", "statement": "A figure of Northlight."},
    ]
    claims = [{**FIGURE, "metric": row["id"].replace("-", "_"), **row} for row in inputs]
    claims.append({**CLAIM, "id": "no-figure", "statement": "Northlight has revenue."})
    out = {"id": "out", "grade": "derived", "formula": "2 * revenue", "value": value, "bound": bound}
    out |= {"unit": unit, "statement": "A figure of Northlight."}
    return bites(with_formula(opened(folder, *claims, {**FIGURE, **out}), formula), "formula")


def with_formula(book: wb.Dossier, formula: str) -> View:
    """Give the derived claim another formula, one that opening may refuse."""
    claims = book.claims
    return View(
        book, claims=claims.assign(formula=claims["formula"].where(claims["formula"].isna(), formula))
    )


@pytest.mark.parametrize(
    ("formula", "value", "bound", "unit"),
    [
        ("revenue + revenue", "400", "exact", "USD m"),
        ("4 * revenue / 1000", "0.8", "exact", "USD bn"),
        ("revenue - rough", "150", "about", "USD m"),
        ("revenue / 1000 + 1.5", "1.7", "exact", "USD bn"),
        ("floor + floor", "3", "at_least", "USD bn"),
        ("revenue / (1 + share-of-ai / 100)", "148.1", "about", "USD m"),
        ("100 * rough / revenue", "25", "about", "%"),
        ("revenue * share-of-ai / 100", "70", "exact", "USD m"),
        ("(floor + floor) / 2.75", "1.09", "at_least", "USD bn"),
        ("2 - floor", "0.5", "at_most", "USD bn"),
        ("revenue + 8", "208", "exact", "USD m"),
        ("4 * 1.82", "7.28", "about", "USD bn"),
        ("100 * revenue / 1000 / floor", "13.4", "at_most", "%"),
        ("(100 + share-of-ai) / 2", "67.5", "exact", "%"),
    ],
)
def test_a_formula_that_gives_its_claim_passes(
    formula: str, value: str, bound: str, unit: str, tmp_path: Path
) -> None:
    assert derived(tmp_path, formula, value, bound, unit) == []


@pytest.mark.parametrize(
    ("formula", "value", "bound", "unit", "fault"),
    [
        ("revenue + revenue", "401", "exact", "USD m", "it gives 400 USD m"),
        ("revenue - rough", "150", "exact", "USD m", "rests on an about"),
        ("0.2 + floor", "1.7", "exact", "USD bn", "it gives 1.7 to inf"),
        ("0.2 + floor", "1.8", "at_least", "USD bn", "it gives 1.7 to inf"),
        ("0.2 + floor", "1.7", "about", "USD bn", "it gives 1.7 to inf"),
        ("4 * revenue", "0.8", "exact", "USD bn", "it gives 800 USD bn"),
        ("rough / revenue", "25", "about", "%", "it gives 0.25 %"),
        ("floor - floor", "0", "exact", "USD m", "no bound follows"),
        ("revenue + floor", "1700", "at_least", "USD m", "USD m and USD bn cannot be added"),
        ("revenue + in-dollars", "207", "exact", "USD m", "USD m and HKD bn cannot be added"),
        ("revenue / 2", "100", "exact", "HKD bn", "another kind of figure"),
        ("revenue * in-dollars", "1400", "exact", "USD m", "another kind of figure"),
        ("revenue + no-figure", "200", "exact", "USD m", "no-figure has no value"),
        ("revenue + nowhere", "200", "exact", "USD m", "no claim nowhere"),
        ("revenue-rough", "150", "about", "USD m", "no claim revenue-rough"),
        ("2 x 3", "6", "exact", "USD m", "an operator is missing"),
        ("(revenue", "200", "exact", "USD m", "a bracket is not closed"),
        ("126,063 + 67,678", "193741", "exact", "USD m", "are read, not"),
    ],
)
def test_a_formula_that_does_not_is_told(
    formula: str, value: str, bound: str, unit: str, fault: str, tmp_path: Path
) -> None:
    (bite, *_) = derived(tmp_path, formula, value, bound, unit)
    assert bite.startswith("out.formula: ")
    assert fault in bite


def test_a_conclusion_without_a_figure_names_what_it_is_drawn_from(tmp_path: Path) -> None:
    first = {**CLAIM, "id": "first", "statement": "Northlight has a laboratory."}
    out = {**CLAIM, "id": "out", "grade": "derived", "statement": "By our reading.", "formula": "first"}
    book = opened(tmp_path, first, out)
    assert bites(with_formula(book, "first, first"), "formula") == []
    (bite,) = bites(with_formula(book, "first (as was said)"), "formula")
    assert "claim ids with commas" in bite
    (bite,) = bites(with_formula(book, "first, second"), "formula")
    assert "no claim second" in bite


def test_what_is_computed_is_known_once_its_inputs_are(tmp_path: Path) -> None:
    first = {**OLD, "id": "first"}
    twice = {
        **OLD,
        "id": "twice",
        "grade": "derived",
        "formula": "2 * first",
        "source": "wire",
        "value": "20",
    }
    for note, bitten in {"Told on 10 January 2032.": False, "Told on 11 January 2032.": True}.items():
        book = opened(tmp_path / str(bitten), first, {**twice, "note": note}, sources=(SOURCE, LATER))
        assert bool(bites(book, "told too early")) == bitten


# Statements and sources


@pytest.mark.parametrize(
    "statement",
    [
        "That puts the ARR above USD 2 bn.",
        "It was folded into Northlight Works.",
        "These units moved on 1 March 2031.",
        "He heads Northlight Labs.",
        "The same team makes the models.",
        "Such growth was last seen in 2030.",
        "The digest says Northlight leads in coding.",
        "Northlight leads in coding, the article says.",
        "One news site puts the margin at 15%.",
        "A digest gives both rates.",
    ],
)
def test_a_statement_that_leans_on_another_is_told(statement: str, tmp_path: Path) -> None:
    book = opened(tmp_path, {**CLAIM, "id": "one", "statement": statement})
    assert len(bites(book, "stands alone")) == 1


@pytest.mark.parametrize(
    "statement",
    [
        "Northlight put its ARR above USD 2 bn.",
        "Itochu is a customer.",
        "Thatcher Labs is part of Northlight.",
        "Newsai's digest of a Yicai article says that the digest's author is unknown.",
        "A digest by Daily Wire gives both rates.",
        "A Bernstein note reads the guidance as of the fiscal year.",
        "Northlight is said to have added the post-training team.",
        "A columnist puts the ARR nearer USD 1 bn.",
        "The note of Bernstein counts four units.",
    ],
)
def test_a_statement_that_stands_alone_passes(statement: str, tmp_path: Path) -> None:
    assert bites(opened(tmp_path, {**CLAIM, "id": "one", "statement": statement}), "stands alone") == []


def test_a_chinese_statement_stands_alone_too(tmp_path: Path) -> None:
    book = opened(tmp_path, {**CLAIM, "id": "one", "statement": "Northlight has two teams."})
    for statement, bitten in {
        "该部门由周靖人负责。": True,
        "文章称ARR超过160亿元。": True,
        "其他部门由周靖人负责。": False,
        "彭博的文章称ARR超过160亿元。": False,
        "阿里云ARR超过160亿元。": False,
    }.items():
        view = View(book, claims=book.claims.assign(statement_zh=statement))
        assert bool(bites(view, "stands alone")) == bitten, statement


def test_a_source_without_title_is_told(tmp_path: Path) -> None:
    claim = {**CLAIM, "id": "one", "statement": "Northlight has two teams."}
    assert bites(opened(tmp_path / "a", claim), "title") == []
    told = bites(opened(tmp_path / "b", claim, sources=({**SOURCE, "title": ""},)), "title")
    assert told == ["wire.title: Daily Wire, 2031-05-20, seen page"]


# When it was known


def test_a_figure_known_long_after_its_period_is_told(tmp_path: Path) -> None:
    both = (SOURCE, LATER)
    (bite,) = bites(opened(tmp_path / "a", OLD, sources=both), "known late")
    assert bite == "old.source: the period ended 285 days before 2032-01-10: find the release"
    assert bites(opened(tmp_path / "b", {**OLD, "source": "wire"}, sources=both), "known late") == []


def test_a_figure_known_in_time_from_elsewhere_is_left_alone(tmp_path: Path) -> None:
    both = (SOURCE, LATER)
    other = {**OLD, "id": "other", "source": "wire"}
    assert bites(opened(tmp_path / "a", OLD, other, sources=both), "known late") == []
    assert len(bites(opened(tmp_path / "b", OLD, {**other, "value": "11"}, sources=both), "known late")) == 1
    # A recast figure is told when the next year's is, and a misprint has no release.
    book = opened(tmp_path / "c", OLD, sources=both)
    assert bites(View(book, claims=book.claims.assign(basis="recast")), "known late") == []
    settled = {"id": "which", "claim": "old", "against": "other", "why": "Two figures."}
    settled |= {"standing": "resolved_against", "settled_by": "other"}
    book = opened(tmp_path / "d", OLD, {**other, "value": "11"}, sources=both, disputes=[settled])
    assert bites(book, "known late") == []


@pytest.mark.parametrize(("says", "bitten"), [("same", False), ("narrower", True)])
def test_a_confirmation_that_says_the_same_counts(says: str, bitten: bool, tmp_path: Path) -> None:
    confirmation = {"claim": "old", "source": "wire", "says": says}
    book = opened(tmp_path, OLD, sources=(SOURCE, LATER), confirmations=[confirmation])
    assert bool(bites(book, "known late")) == bitten


NOTED = {**CLAIM, "id": "one", "statement": "Northlight aims for USD 5 bn.", "period_end": "2031-12-31"}


@pytest.mark.parametrize(
    ("note", "bitten"),
    [
        ("Raised in August 2031.", True),
        ("Daily Wire of 21 May 2031 agrees.", True),
        ("2031年6月上调。", True),
        ("Corrected on 2031-06-01.", True),
        ("Daily Wire of 20 May 2031 agrees.", False),
        ("A report of May 2031 agrees.", False),
        ("The target is set for December 2031.", False),
        ("Nothing of a day here, of 2032 or otherwise.", False),
    ],
)
def test_a_text_that_tells_of_a_later_day_is_told(note: str, bitten: bool, tmp_path: Path) -> None:
    assert bool(bites(opened(tmp_path, {**NOTED, "note": note}), "told too early")) == bitten


def test_a_text_that_comes_with_a_verdict_is_known_from_that_day(tmp_path: Path) -> None:
    """`why` of a dispute stands with its two sides, unless the data package lets it revert."""
    claims = [{**NOTED, "id": each, "period_end": ""} for each in ("one", "two")]
    claims.append({**NOTED, "id": "verdict", "source": "later", "period_end": ""})
    dispute = {"id": "which", "claim": "one", "against": "two", "standing": "resolved_for"}
    dispute |= {"settled_by": "verdict", "why": "Settled on 1 January 2032."}
    book = opened(tmp_path, *claims, sources=(SOURCE, LATER), disputes=[dispute])
    assert bites(book, "told too early") == [
        "which.why: tells of 1 January 2032, known from 2031-05-20: Settled on 1 January 2032."
    ]
    for resource in book.package["resources"]:
        for field in resource["schema"]["fields"]:
            if resource["name"] == "disputes" and "untilKnown" in field:
                field["untilKnown"]["why"] = None
    assert bites(book, "told too early") == []


@pytest.mark.parametrize(
    ("note", "bitten"),
    [
        ("With 48,437 a quarter later it makes 90,000.", True),  # the later claim's figure
        ("It equals fiscal 2032 less the other three quarters.", True),
        ("2032财年减去其余三个季度。", True),
        ("Another company had 7,311 a quarter later.", False),  # not its subject's figure
        ("A report of that day has 31,400.", False),  # its own, and known
        ("The year had 48 weeks.", False),  # of two digits, which meet by chance
        ("The first quarter of fiscal 2031.", False),
    ],
)
def test_a_text_that_tells_of_a_later_figure_is_told(note: str, bitten: bool, tmp_path: Path) -> None:
    """A note that sums four quarters showed the last three in a view of the first."""
    claims = [
        {**FIGURE, "id": "one", "statement": "Northlight had 31,400.", "value": "31400", "note": note},
        {**FIGURE, "id": "two", "statement": "Northlight had 48,437.", "value": "48437", "source": "later"},
        {**FIGURE, "id": "other", "statement": "It had 7,311.", "subject": "Elsewhere", "value": "7311"},
    ]
    claims[1]["period_end"] = "2031-06-30"
    claims[2]["source"] = "later"
    found = bites(opened(tmp_path, *claims, sources=(SOURCE, LATER)), "told too early")
    assert [line.split(":")[0] for line in found] == ["one.note"] * bitten


def test_a_statement_of_a_later_document_is_told_where_an_earlier_one_makes_it_known(tmp_path: Path) -> None:
    said = {**FIGURE, "id": "one", "statement": "In August 2031 Northlight had 31,400.", "value": "31400"}
    confirmed = [{"claim": "one", "source": "wire", "says": "same"}]
    both = (SOURCE, LATER)
    book = opened(tmp_path / "a", {**said, "source": "later"}, sources=both, confirmations=confirmed)
    assert [line.split(":")[0] for line in bites(book, "told too early")] == ["one.statement"]
    book = opened(tmp_path / "b", {**said, "source": "later"}, sources=both)
    assert bites(book, "told too early") == []


@pytest.mark.parametrize(
    ("cells", "bitten"),
    [
        ({}, True),
        ({"precision": "month"}, False),
        ({"grade": "guidance"}, False),
        ({"event_date": "2031-05-20"}, False),
    ],
)
def test_a_document_of_an_earlier_day_cannot_say_the_same(
    cells: dict[str, str], bitten: bool, tmp_path: Path
) -> None:
    priced = {
        **FIGURE,
        "id": "one",
        "statement": "Northlight had 31,400.",
        "value": "31400",
        "source": "later",
    }
    priced |= {"event_date": "2031-06-30", "period_end": "2031-06-30", **cells}
    confirmed = [{"claim": "one", "source": "wire", "says": "same"}]
    book = opened(tmp_path, priced, sources=(SOURCE, LATER), confirmations=confirmed)
    assert bites(book, "told too early") == (
        ["one.event_date: is of 2031-06-30, and a document of 2031-05-20 is to say the same"]
        if bitten
        else []
    )


# Series


def pair(one: dict[str, str], two: dict[str, str]) -> list[dict[str, str]]:
    both = {"statement": "An ARR of Northlight.", "value": "10"}
    return [{**FIGURE, **both, "id": "one", **one}, {**FIGURE, **both, "id": "two", **two}]


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ({}, {"value": "11"}),
        ({}, {"value": "0.02", "unit": "USD bn"}),
        ({}, {"value": "11", "bound": "at_least"}),
        ({"bound": "at_most"}, {"value": "11", "bound": "at_least"}),
        ({"bound": "about"}, {"value": "40", "bound": "about"}),
    ],
)
def test_figures_that_cannot_both_be_true_are_told(
    one: dict[str, str], two: dict[str, str], tmp_path: Path
) -> None:
    (bite,) = bites(opened(tmp_path, *pair(one, two)), "contradiction")
    assert "of two, in no dispute" in bite


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ({}, {}),
        ({"value": "26549"}, {"value": "26.5", "unit": "USD bn"}),
        ({}, {"value": "8", "bound": "at_least"}),
        ({}, {"value": "11", "period_end": "2031-06-30"}),
        ({}, {"value": "11", "subject": "Another"}),
        ({}, {"value": "11", "unit": "HKD bn"}),
        ({}, {"value": "11", "grade": "guidance"}),
        ({}, {"value": "11", "grade": "opinion"}),
        ({"bound": "about"}, {"value": "12", "bound": "about"}),
    ],
)
def test_figures_that_can_both_be_true_pass(one: dict[str, str], two: dict[str, str], tmp_path: Path) -> None:
    assert bites(opened(tmp_path, *pair(one, two)), "contradiction") == []


def test_a_told_dispute_and_a_replaced_figure_are_no_contradiction(tmp_path: Path) -> None:
    claims = pair({}, {"value": "11"})
    dispute = {"id": "which", "claim": "one", "against": "two", "why": "Two figures.", "standing": "open"}
    assert bites(opened(tmp_path / "a", *claims, disputes=[dispute]), "contradiction") == []
    third = {**claims[1], "id": "third"}
    settled = dispute | {"standing": "resolved_against", "settled_by": "two"}
    # The losing side contradicts nobody any more.
    assert bites(opened(tmp_path / "b", *claims, third, disputes=[settled]), "contradiction") == []
    assert len(bites(opened(tmp_path / "c", *claims, third, disputes=[dispute]), "contradiction")) == 1
    book = opened(tmp_path / "d", *claims)
    view = View(book, claims=book.claims.assign(replaces=[None, "one"]))
    assert bites(view, "contradiction") == []
    view = View(book, claims=book.claims.assign(basis=["as_reported", "recast"]))
    assert bites(view, "contradiction") == []


def series(roles: dict[str, str]) -> pd.DataFrame:
    return pd.DataFrame({"id": list(roles), "role": list(roles.values())})


def test_more_than_one_series_of_a_role_and_length_is_told(tmp_path: Path) -> None:
    quarter, year = pd.Timestamp("2031-01-01"), pd.Timestamp("2030-04-01")
    rows = [
        ("c0", "sales", quarter, "Northlight"),
        ("c1", "turnover", quarter, "Northlight"),
        ("c2", "yearly_sales", year, "Northlight"),
        ("c3", "takings", quarter, "A peer"),
    ]
    metrics = pd.DataFrame(rows, columns=["claim", "metric", "period_start", "subject"])
    metrics = metrics.assign(period_end=pd.Timestamp("2031-03-31"))
    book = opened(tmp_path, {**CLAIM, "id": "one", "statement": "Northlight has two teams."})
    roles = dict.fromkeys(["sales", "turnover", "yearly_sales", "takings"], "revenue")
    assert bites(View(book, metrics=metrics, series=series(roles)), "one series a role") == [
        "sales.role: revenue over 3 months has sales (c0), turnover (c1)"
    ]
    roles["turnover"] = "billings"
    assert bites(View(book, metrics=metrics, series=series(roles)), "one series a role") == []


def test_a_metric_that_is_in_no_series_is_told_with_the_nearest(tmp_path: Path) -> None:
    book = opened(tmp_path, *pair({"metric": "cloud_revenu"}, {}))
    known = series({"cloud_revenue": "revenue", "arr": "run_rate"})
    assert bites(View(book, series=known), "unknown metric") == [
        "one.metric: cloud_revenu is in no series (did you mean 'cloud_revenue'?)"
    ]
    priced = pd.DataFrame({"claim": ["one"]})
    assert bites(View(book, series=known, prices=priced), "unknown metric") == []


# The whole


def test_what_is_left_in_the_bundled_dossier_is_what_can_be_explained(book: wb.Dossier) -> None:
    """Titles nobody saw, and old figures of other companies whose first release nobody found."""
    found = review(book)
    assert set(found["rule"]) <= {"title", "known late"}
    no_title = book.sources[book.sources["title"].isna()]
    assert set(found.loc[found["rule"] == "title", "id"]) == set(no_title["id"])


def test_a_view_of_an_earlier_day_is_reviewed_too() -> None:
    assert set(review(wb.open(as_of="2026-06-08"))["rule"]) <= {"title", "known late"}


def test_a_dossier_with_few_tables_is_reviewed(other: wb.Dossier) -> None:
    assert list(review(other)["rule"].unique()) == ["title"]


def test_each_rule_is_in_the_documentation() -> None:
    from workbook import review as module

    for rule in RULES:
        assert f"\n{rule}  " in str(module.__doc__)


def test_check_prints_warnings_by_rule_and_fails_on_them_only_when_strict(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    claim = {**CLAIM, "id": "one", "statement": "Northlight has two teams."}
    folder = opened(tmp_path / "untitled", claim, sources=({**SOURCE, "title": ""},)).path
    assert main(["check", str(folder)]) == 0
    shown = capsys.readouterr().out
    assert "Warnings: 1\n  title: 1\n    sources.csv, wire, title: " in shown
    assert main(["check", str(folder), "--strict"]) == 1
    capsys.readouterr()
    assert main(["check", str(opened(tmp_path / "titled", claim).path), "--strict"]) == 0
    assert "Warnings: 0" in capsys.readouterr().out


def test_a_long_list_is_cut_short_and_says_so() -> None:
    columns = ["file", "id", "column", "rule", "detail"]
    found = pd.DataFrame([["a.csv", f"r{n}", "c", "title", "d"] for n in range(5)], columns=columns)
    assert listed(found, 2).splitlines()[-1].strip() == "... and 3 more; --all lists them"
    assert len(listed(found).splitlines()) == 2 + 5
