from pathlib import Path

import nbformat
import pytest

import workbook as wb
from tests.conftest import OTHER, write_dossier
from workbook.prose import check_notebook, check_text


@pytest.fixture(scope="module")
def dossier(tmp_path_factory: pytest.TempPathFactory) -> wb.Dossier:
    """Claims of every shape of figure: money, per cent, bound, count, rank, loss, period."""

    def claim(name: str, metric: str, value: str, bound: str, unit: str, start: str, end: str) -> list[str]:
        source = "northlight-release"
        text = f"Northlight said something of its {metric}."
        return [name, "commercialization", text, "reported", source, "", end, "day", "Northlight", metric, value, bound, unit, start, end, "", ""]  # fmt: skip

    rows = [
        claim("revenue", "revenue", "48437", "exact", "RMB m", "2031-01-01", "2031-03-31"),
        claim("goal", "arr", "30", "at_least", "RMB bn", "", "2031-12-31"),
        claim("growth", "growth", "40", "exact", "%", "2031-01-01", "2031-03-31"),
        claim("streak", "streak", "11", "exact", "quarters", "2031-01-01", "2031-03-31"),
        claim("rank", "rank", "5", "exact", "rank", "", "2031-05-01"),
        claim("loss", "ebita", "-13860", "exact", "RMB m", "2031-01-01", "2031-03-31"),
        claim("tokens", "tokens", "1.4", "about", "trillion tokens/day", "", "2031-03-01"),
        claim("payback", "payback", "3", "at_most", "years", "", "2031-03-01"),
        claim("multiple", "multiple", "10", "at_least", "x", "", "2031-03-01"),
        claim("price", "price", "2.5", "exact", "USD per 1M tokens", "", "2031-03-01"),
    ]
    tables = {**OTHER, "claims": OTHER["claims"] + rows}
    tables["roles"] = [
        ["doe-labs", "doe", "labs", "Chief scientist", "", "2031-03-01", "", "labs-formed", ""]
    ]
    return wb.open(write_dossier(tmp_path_factory.mktemp("prose"), tables))


def link(text: str, claim: str) -> str:
    return f"[{text}](06_evidence.ipynb#{claim})"


@pytest.mark.parametrize(
    ("text", "claim"),
    [
        ("RMB 48.4bn", "revenue"),
        ("RMB 48.4 bn", "revenue"),
        ("48,437 million yuan", "revenue"),
        ("RMB 48 billion", "revenue"),
        ("484.4亿元", "revenue"),
        ("more than RMB 30 bn", "goal"),
        ("30 bn yuan or above", "goal"),
        ("over 30 bn by 31 December 2031", "goal"),
        ("above RMB 30 bn by December 2031", "goal"),
        ("40%", "growth"),
        ("40 per cent in the March 2031 quarter", "growth"),
        ("eleven quarters", "streak"),
        ("the eleventh quarter", "streak"),
        ("11 quarters", "streak"),
        ("fifth", "rank"),
        ("5th", "rank"),
        ("a loss of RMB 13.86 bn", "loss"),
        ("RMB -13,860 m", "loss"),
        ("some 1.4 trillion tokens a day", "tokens"),
        ("within three years", "payback"),
        ("more than ten times", "multiple"),
        ("over 10x", "multiple"),
        ("USD 2.50", "price"),
        ("2 March 2031", "revenue"),  # the day its document was published
        ("2031-03-31", "revenue"),
        ("2031年3月", "revenue"),
        ("the two model teams", "labs-formed"),
        ("1 March 2031", "labs-formed"),
        ("chief scientist", "labs-formed"),
        ("Northlight Labs", "labs-formed"),
    ],
)
def test_a_true_figure_passes(dossier: wb.Dossier, text: str, claim: str) -> None:
    assert check_text(dossier, f"It was {link(text, claim)} then.") == []


@pytest.mark.parametrize(
    ("text", "claim", "rule"),
    [
        ("RMB 48.9bn", "revenue", "figure differs"),
        ("RMB 484 bn", "revenue", "figure differs"),
        ("USD 48.4 bn", "revenue", "the claim is in RMB m, not USD"),
        ("48,437", "revenue", "give the scale"),
        ("RMB 48.4 m", "revenue", "figure differs"),
        ("more than RMB 48.4 bn", "revenue", "words it as a bound"),
        ("RMB 30 bn", "goal", "the claim is a bound (at_least)"),
        ("at most RMB 30 bn", "goal", "the claim is a bound (at_least)"),
        ("above RMB 30 bn by June 2031", "goal", "none of the claim's dates"),
        ("41%", "growth", "figure differs"),
        ("40", "growth", "unit differs"),
        ("40% in the June 2031 quarter", "growth", "none of the claim's dates"),
        ("twelve quarters", "streak", "figure differs"),
        ("4th", "rank", "figure differs"),
        ("fourth", "rank", "figure differs"),
        ("RMB 13.86 bn", "loss", "figure differs"),
        ("1.4 trillion tokens a day", "tokens", "the claim is a bound (about)"),
        ("three years", "payback", "the claim is a bound (at_most)"),
        ("3 teams", "labs-formed", "the claim carries no figure"),
        ("3 March 2031", "labs-formed", "none of the claim's dates"),
        ("chief scientist", "revenue", "does not speak of this post"),
        ("RMB 48.4 bn", "revenues", "there is no claim"),
    ],
)
def test_a_false_figure_fails(dossier: wb.Dossier, text: str, claim: str, rule: str) -> None:
    slips = check_text(dossier, f"It was {link(text, claim)} then.")
    assert len(slips) == 1
    assert slips[0][0] == text
    assert rule in slips[0][1]


def test_a_bound_word_before_the_link_counts_in_its_own_sentence_only(dossier: wb.Dossier) -> None:
    assert check_text(dossier, f"It aims for more than {link('RMB 30 bn', 'goal')}.") == []
    assert check_text(dossier, f"That is more than enough. It is {link('RMB 30 bn', 'goal')}.") != []


@pytest.mark.parametrize(
    "text",
    [
        "Revenue rose 40 per cent.",
        "In 2031 it changed.",
        "It rose for eleven quarters.",
        "Sales doubled.",
        "ARR is 30 bn ([source](https://example.com/30)).",
        "A table:\n\n| quarter | revenue |\n|---|---|\n| March | 48.4 |",
    ],
)
def test_a_number_without_a_link_fails(dossier: wb.Dossier, text: str) -> None:
    assert [rule for _, rule in check_text(dossier, text) if "must be a link" in rule]


def test_a_post_without_a_link_fails(dossier: wb.Dossier) -> None:
    assert check_text(dossier, "She is chief scientist now.") == [
        ("Chief scientist", "a post must be a link to the claim that names it")
    ]


@pytest.mark.parametrize(
    "text",
    [
        "## 3. Revenue",
        "1. first point\n2. second point",
        "See `df.head(10)` and 03_commercialization.ipynb.",
        "See [the next notebook](04_models.ipynb).",
        "```python\nx = 10\n```",
        "One question remains.",
    ],
)
def test_what_is_no_figure_passes(dossier: wb.Dossier, text: str) -> None:
    assert check_text(dossier, text) == []


def test_a_slip_names_notebook_and_cell(dossier: wb.Dossier, tmp_path: Path) -> None:
    notebook = nbformat.v4.new_notebook()
    notebook.cells = [
        nbformat.v4.new_markdown_cell("# Fine"),
        nbformat.v4.new_code_cell("x = 30"),
        nbformat.v4.new_markdown_cell("Revenue was 30."),
    ]
    nbformat.write(notebook, tmp_path / "mine.ipynb")
    slips = check_notebook(dossier, tmp_path / "mine.ipynb")
    assert [(s.file, s.cell, s.text) for s in slips] == [("mine.ipynb", 3, "30")]


def test_what_is_no_notebook_says_so(dossier: wb.Dossier, tmp_path: Path) -> None:
    (tmp_path / "x.ipynb").write_text("not json", encoding="utf-8")
    with pytest.raises(ValueError, match="not a notebook"):
        check_notebook(dossier, tmp_path / "x.ipynb")
