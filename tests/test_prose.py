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
        claim("floor", "arr", "15.96", "at_least", "RMB bn", "", "2031-12-31"),
        claim("capex", "capex", "193.754", "at_least", "RMB bn", "2031-01-01", "2031-12-31"),
        claim("ceiling", "cost", "15.96", "at_most", "RMB bn", "", "2031-12-31"),
        claim("roughly", "cost", "15.96", "about", "RMB bn", "", "2031-12-31"),
        claim("loss-floor", "ebita", "-13.86", "at_most", "RMB bn", "", "2031-12-31"),
        claim("loss-ceiling", "ebita", "-13.86", "at_least", "RMB bn", "", "2031-12-31"),
        claim("half", "share", "50", "exact", "%", "", "2031-12-31"),
        claim("third", "share", "34", "at_least", "%", "", "2031-12-31"),
        claim("triple", "multiple", "3", "exact", "x", "", "2031-12-31"),
        claim("streak-growth", "growth", "100", "at_least", "%", "2031-01-01", "2031-03-31"),
        claim("models", "models", "250", "exact", "units", "", "2031-12-31"),
        claim("dollars", "arr", "30", "exact", "USD bn", "", "2031-12-31"),
    ]
    rows.append(claim("in-five-years", "goal", "100", "at_least", "USD bn", "", "2036-12-31"))
    rows[-1][2] = "Northlight wants more than USD 100 bn within five years."
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
        ("亏损138.6亿元", "loss"),
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


# A printed bound must follow from the claim: by its amount, by its sign, in both languages.
@pytest.mark.parametrize(
    ("text", "claim", "true"),
    [
        ("at least RMB 15.96 bn", "floor", True),
        ("at least RMB 15.9 bn", "floor", True),
        ("at least RMB 15 bn", "floor", True),
        ("at least RMB 16 bn", "floor", False),
        ("at least RMB 16.0 bn", "floor", False),
        ("at least RMB 14 bn", "floor", False),
        ("至少159亿元", "floor", True),
        ("不低于159亿元", "floor", True),
        ("不低于160亿元", "floor", False),
        ("至少160亿元", "floor", False),
        ("至少一百五十九亿元", "floor", True),
        ("至少一百六十亿元", "floor", False),
        ("at least sixteen billion yuan", "floor", False),
        ("at least fifteen billion yuan", "floor", True),
        ("at least RMB 193 bn", "capex", True),
        ("at least RMB 193.7 bn", "capex", True),
        ("at least RMB 194 bn", "capex", False),
        ("at least RMB 193.8 bn", "capex", False),
        ("at most RMB 16 bn", "ceiling", True),
        ("at most RMB 15.9 bn", "ceiling", False),
        ("至多160亿元", "ceiling", True),
        ("不超过160亿元", "ceiling", True),
        ("不超过159亿元", "ceiling", False),
        ("至多159亿元", "ceiling", False),
        ("about RMB 16 bn", "roughly", True),
        ("about RMB 15 bn", "roughly", False),
        # A loss of 13.86 or more, and one of 13.86 or less.
        ("a loss of at least RMB 13.8 bn", "loss-floor", True),
        ("a loss of at least RMB 13.86 bn", "loss-floor", True),
        ("a loss of at least RMB 13.9 bn", "loss-floor", False),
        ("at most RMB -13.8 bn", "loss-floor", True),
        ("at most RMB -13.9 bn", "loss-floor", False),
        ("a loss of at most RMB 13.9 bn", "loss-ceiling", True),
        ("a loss of at most RMB 13.8 bn", "loss-ceiling", False),
        ("a loss of at least RMB 13.8 bn", "loss-ceiling", False),
        ("亏损至少138亿元", "loss-floor", True),
        ("亏损至少139亿元", "loss-floor", False),
        ("亏损至多139亿元", "loss-ceiling", True),
        ("亏损至多138亿元", "loss-ceiling", False),
        ("more than a third", "third", True),
        ("more than 35%", "third", False),
    ],
)
def test_a_floor_rounds_down_and_a_ceiling_up(dossier: wb.Dossier, text: str, claim: str, true: bool) -> None:
    assert (check_text(dossier, f"It was {link(text, claim)} then.") == []) == true


@pytest.mark.parametrize(
    ("text", "claim", "true"),
    [
        ("more than thirty billion yuan", "goal", True),
        ("more than forty billion yuan", "goal", False),
        ("more than thirty", "goal", False),  # without its scale
        ("超过三百亿元", "goal", True),
        ("超过三十亿元", "goal", False),
        ("不超过300亿元", "goal", False),
        ("no more than RMB 30 bn", "goal", False),
        ("forty per cent", "growth", True),
        ("fifty per cent", "growth", False),
        ("四成", "growth", True),
        ("百分之四十", "growth", True),
        ("三成", "growth", False),
        ("half of the staff", "half", True),
        ("一半", "half", True),
        ("five in ten", "half", True),
        ("two thirds", "half", False),
        ("half of the staff", "growth", False),
        ("tripled", "triple", True),
        ("threefold", "triple", True),
        ("三倍", "triple", True),
        ("增长两倍", "triple", True),
        ("doubled", "triple", False),
        ("翻番", "triple", False),
        ("at least doubled", "streak-growth", True),
        ("more than tripled", "streak-growth", False),
        ("tripled to more than RMB 30 bn", "goal", False),
        ("十一个季度", "streak", True),
        ("十二个季度", "streak", False),
        ("two hundred and fifty models", "models", True),
        ("two hundred and fifteen models", "models", False),
        ("two and a half dollars", "price", True),
        ("EUR 30 bn", "dollars", False),
        ("30 bn euros", "dollars", False),
        ("30 billion dollars", "dollars", True),
        ("half of the staff", "labs-formed", False),
        ("thirty billion", "labs-formed", False),
        # A span of time beside the figure is the claim's if its statement says it.
        ("five-year goal of more than USD 100 bn", "in-five-years", True),
        ("three-year goal of more than USD 100 bn", "in-five-years", False),
        ("二〇三一年三月", "revenue", True),
        ("二〇三二年三月", "revenue", False),
    ],
)
def test_a_figure_in_words_is_compared_as_one_in_digits(
    dossier: wb.Dossier, text: str, claim: str, true: bool
) -> None:
    assert (check_text(dossier, f"It was {link(text, claim)} then.") == []) == true


@pytest.mark.parametrize("amount", ["30", "40"])
@pytest.mark.parametrize(
    "form",
    [
        "more than [RMB {} bn](06_evidence.ipynb#goal)",
        "more than [RMB {} bn](<06_evidence.ipynb#goal>)",
        "more than [RMB {} bn]( 06_evidence.ipynb#goal )",
        "more than [RMB {} bn](06_evidence.ipynb#goal 'the goal')",
        "more than [RMB **{}** bn](./06_evidence.ipynb#goal)",
        "more than [RMB {} bn](06%5Fevidence.ipynb#goal)",
        "more than [RMB\n{} bn](06_evidence.ipynb#goal)",
        "more than [RMB {} bn][goal]\n\n[goal]: 06_evidence.ipynb#goal",
        "more than [RMB {} bn][]\n\n[RMB {} bn]: <06_evidence.ipynb#goal>",
        "more than [RMB {} bn]\n\n[RMB {} bn]: 06_evidence.ipynb#goal 'the goal'",
        'more than <a href="06_evidence.ipynb#goal">RMB {} bn</a>',
        "<p>more than <a class=x href=06_evidence.ipynb#goal>RMB <b>{}</b> bn</a></p>",
        "## more than [RMB {} bn](06_evidence.ipynb#goal)",
        "| more than [RMB {} bn](06_evidence.ipynb#goal) | x |\n| --- | --- |\n| a | b |",
    ],
)
def test_every_way_to_write_a_link_is_read(dossier: wb.Dossier, form: str, amount: str) -> None:
    slips = check_text(dossier, form.replace("{}", amount))
    assert [rule for _, rule in slips] == (
        [] if amount == "30" else ["figure differs: the claim says 30 RMB bn"]
    )


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
        "It spent thirty billion yuan.",
        "It spent two hundred and fifty million.",
        "Half of the staff left.",
        "Two thirds of the staff left.",
        "A fifth was sold.",
        "A quarter of revenue is new.",
        "It grew by more than a quarter.",
        "Nine in ten stayed.",
        "Revenue will triple.",
        "Revenue tripled.",
        "It doubles every year.",
        "A dozen models came out.",
        "Thousands of customers left.",
        "It fell by a factor of three.",
        "Twenty-five teams moved.",
        "It took two and a half years.",
        "It rose tenfold.",
        *(
            f"It took {word} months."
            for word in ["two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven"]
        ),
        "投入三十亿元。",
        "三成收入来自海外。",
        "一半员工离开。",
        "收入翻番。",
        "收入增长两倍。",
        "三分之二的员工离开。",
        "占百分之三十。",
        "三年内收回。",
        "连续十二个季度增长。",
        "投入数百亿元。",
        "二〇三一年公布。",
        "投入百亿元。",
        "投入近千亿元。",
        "收入上千万美元。",
        "占千分之五。",
        "It spent several billion.",
        "It spent a couple of billion yuan.",
        "A multi-billion order.",
        "Revenue nearly doubles each year.",
        "投入３０亿元。",
        "It is ½ of the sum.",
        "It is &#51;0 bn.",
        "It is **3**0 bn.",
        "It is `30 bn`.",
        "It is ~~30 bn~~.",
        "## 30 bn by December",
        "## 2.5 Billion by December",
        "## 2031 in review",
        "## Thirty billion by December",
        "30 bn by December\n=====",
        "30. December was the day.",
        "[30 bn](04_models.ipynb)",
        "[30 bn](claims.csv)",
        "[30 bn][x]\n\n[x]: https://example.com",
        "![30 bn](plot.png)",
        "![30 bn](06_evidence.ipynb#goal)",
        "[the goal](06_evidence.ipynb#labs-formed '30 bn')",
        '<img src="plot.png" alt="30 bn">',
        "<a href='04_models.ipynb'>30 bn</a>",
        "<div>30 bn</div>",
        "<div>[30 bn](06_evidence.ipynb#goal)</div>",  # no link to the reader: inside HTML Markdown is text
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
        "## 2.3 Title",
        "### 2.3.1. Title",
        "## 12. 标题",
        "The June quarter and the second quarter, quarter by quarter.",
        "It was said in more than one quarter; a quarter without a figure stays empty.",
        "The second half of the plan and the half-year to March.",
        "A third party made a fifth model, the third step of the chain.",
        "Two model teams sat on either side of the break.",
        "A double role, and a streak of triple-digit growth.",
        "What does a million tokens cost? Prices are per million tokens.",
        "One announcement in April and one in June.",
        "See https://example.com/30 or <https://example.com/31>.",
        "[04_models](04_models.ipynb) and `Scenario(end_arr=30)`",
        "<!-- 30 bn -->",
        "千问与百炼十分不同，万一统一口径，第三季度和三季度在三月公布。",
        "Several models, a few boards and a couple of lists; multi-agent work.",
        "以亿元计，千问为单位。",
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
