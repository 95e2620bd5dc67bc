import re
from pathlib import Path

import pytest
import vl_convert as vlc

import workbook as wb
from tests.conftest import OTHER, write_dossier
from workbook import strategy
from workbook.jupyter.display import SCHEMA, VEGALITE


@pytest.fixture
def wheel(tmp_path: Path) -> wb.Dossier:
    """Two loops by hand: a -> b -> a reinforces, a -> b -(-)-> c -> a balances; d only feeds in."""
    links = [
        ["a-b", "a", "b", "+", "why", "labs-formed"],
        ["b-a", "b", "a", "+", "why", "labs-formed"],
        ["b-c", "b", "c", "-", "why", "labs-renamed"],
        ["c-a", "c", "a", "+", "why", "arr-doubt"],
        ["d-a", "d", "a", "+", "why", "labs-formed"],
    ]
    return wb.open(write_dossier(tmp_path, {**OTHER, "flywheel": links}))


def test_loops_and_their_polarity_by_hand(wheel: wb.Dossier) -> None:
    table = strategy.loops(wheel)
    assert list(table["loop"]) == ["a → b → a", "a → b → c → a"]
    assert list(table["polarity"]) == ["reinforcing", "balancing"]
    assert list(table["weakest"]) == ["reported", "opinion"]  # a loop is as sure as its weakest link


def test_flywheel_draws_every_link_with_its_sign(wheel: wb.Dossier) -> None:
    spec = strategy.flywheel_chart(wheel).to_dict()
    heads = next(rows for rows in spec["datasets"].values() if "shown" in rows[0])
    assert {h["link"]: h["shown"] for h in heads} == {
        "a → b": "+",
        "b → a": "+",
        "b → c": "−",
        "c → a": "+",
        "d → a": "+",
    }
    boxes = next(rows for rows in spec["datasets"].values() if "part" in rows[0])
    assert {b["lines"] for b in boxes if b["part"] == "feeds in"} == {"d"}
    assert spec["title"]["text"][0].startswith("1 loops reinforce, 1 balance; 3 of 5 links")


def test_signs_of_the_bundled_flywheel_lie_on_no_box(book: wb.Dossier) -> None:
    spec = strategy.flywheel_chart(book).to_dict()
    heads = next(rows for rows in spec["datasets"].values() if "shown" in rows[0])
    boxes = next(rows for rows in spec["datasets"].values() if "part" in rows[0])
    hidden = [
        (h["link"], b["lines"])
        for h in heads
        for b in boxes
        if b["x0"] < h["xs"] < b["x1"] and b["y0"] < h["ys"] < b["y1"]
    ]
    assert hidden == []


def drawn(spec: dict, **values: object) -> list[str]:  # type: ignore[type-arg]
    """Give parameters other values, draw, and read the texts: what a reader's browser does."""
    params = [p | {"value": values.pop(p["name"], p["value"])} for p in spec["params"]]
    assert not values
    svg = vlc.vegalite_to_svg({**spec, "params": params, "$schema": SCHEMA}, vl_version=VEGALITE)
    return re.findall(r"<text[^>]*>([^<]*)</text>", svg)


def test_a_loop_returns_the_product_of_its_strengths(wheel: wb.Dossier) -> None:
    """By hand: a-b at 0.5 and the others at 1.5 give 0.5 * 1.5 = 0.75 and -0.5 * 1.5 * 1.5 = -1.125."""
    spec = strategy.strength_chart(wheel).to_dict()
    start = drawn(spec)
    assert "1% comes back as +1%: just keeps going" in start
    assert "1% comes back as −1%: swings on" in start
    texts = drawn(spec, chosen="a → b", strength=0.5, others=1.5)
    assert "1% comes back as +0.75%: dies out" in texts
    assert "1% comes back as −1.125%: swings wider" in texts
    assert "a → b at 0.5, every other link at 1.5: 0 of 1 reinforcing loops keep themselves going" in texts
    # A link outside a loop leaves it alone: 1.5 * 1.5 = 2.25.
    texts = drawn(spec, chosen="b → c", strength=0.25, others=1.5)
    assert "1% comes back as +2.25%: grows" in texts
    assert "1% comes back as −0.563%: pushes back, fades" in texts


def test_only_links_in_a_loop_can_be_chosen_and_all_start_at_one(wheel: wb.Dossier) -> None:
    chosen, *sliders = strategy.strength_chart(wheel, lang="zh").to_dict()["params"]
    assert chosen["bind"]["options"] == ["a → b", "b → a", "b → c", "c → a"]
    assert [(s["value"], s["bind"]["min"], s["bind"]["max"]) for s in sliders] == [(1, 0, 2), (1, 0, 2)]


def test_the_chart_of_strengths_says_that_it_is_no_datum(book: wb.Dossier) -> None:
    title = strategy.strength_chart(book).to_dict()["title"]
    assert title["subtitle"][0].startswith("Illustration, no data")


def test_capex_counts_no_quarter_twice_and_fills_none(book: wb.Dossier) -> None:
    """By hand: 38.676 + 31.501 + 28.999 + 26.887 (126.063, fiscal 2026) + 67.678 = 193.741 RMB bn."""
    table = strategy.capex(book)
    assert list(table["spent"]) == [38.676, 31.501, 28.999, 26.887, 67.678]
    assert table["cumulative"].iloc[-1] == pytest.approx(193.741)
    ends = [f"{end:%Y-%m-%d}" for end in table["period_end"]]
    assert ends == ["2025-06-30", "2025-09-30", "2025-12-31", "2026-03-31", "2026-06-30"]


def capex_company(folder: Path, *figures: tuple[str, str, str, str, str]) -> wb.Dossier:
    """Figures are (metric, value, bound, first day, last day); a plan is guidance."""
    sources = [
        ["s", "", "Nimbus plc", "https://example.com/n", "2032-01-10", "printed", "en", "release", "page", ""]
    ]
    claims = []
    for number, (metric, value, bound, start, end) in enumerate(figures):
        kind = "guidance" if metric == "capex_plan" else "actual"
        unit = "USD bn" if not value.startswith("RMB") else "RMB bn"
        figure = [value.removeprefix("RMB"), bound, unit, start, end]
        grade = "guidance" if kind == "guidance" else "reported"
        claims.append(
            [
                f"c-{number}",
                "strategy",
                f"Nimbus figure {number}.",
                grade,
                "s",
                "",
                end,
                "day",
                "Nimbus",
                metric,
                *figure,
                "",
                "",
            ]
        )
    tables = {"sources": sources, "claims": claims}
    return wb.open(write_dossier(folder, tables, subject="Nimbus", parts=[]))


PLAN = ("capex_plan", "380", "at_least", "2031-01-01", "2033-12-31")
FIRST = ("group_capex", "93.754", "exact", "2031-01-01", "2031-03-31")
SECOND = ("group_capex", "100", "exact", "2031-04-01", "2031-06-30")


def test_a_sum_is_worded_as_what_its_parts_make_it(tmp_path: Path) -> None:
    def title(name: str, *figures: tuple[str, str, str, str, str]) -> str:
        return " ".join(
            strategy.capex_chart(capex_company(tmp_path / name, PLAN, *figures)).to_dict()["title"]["text"]
        )

    assert "of USD 193.8 bn in 6 of 36 months" in title("exact", FIRST, SECOND)
    late = ("group_capex", "100", "exact", "2031-07-01", "2031-09-30")
    assert "of at least USD 193.7 bn in 9 of" in title("gap", FIRST, late)
    floor = ("group_capex", "100", "at_least", "2031-04-01", "2031-06-30")
    assert "of at least USD 193.7 bn in 6 of" in title("floor", FIRST, floor)
    # 193.9999: rounded to thousandths first, it would be a floor of 194.
    near = ("group_capex", "100.2459", "at_least", "2031-04-01", "2031-06-30")
    assert "of at least USD 193.9 bn in 6 of" in title("near", FIRST, near)
    ceiling = ("group_capex", "100", "at_most", "2031-04-01", "2031-06-30")
    assert "of at most USD 193.8 bn in 6 of" in title("ceiling", FIRST, ceiling)
    assert "found in 9 of 36 months sums to USD 193.8 bn" in title(
        "mixed", FIRST, ("group_capex", "100", "at_most", *late[3:])
    )


def test_a_plan_is_never_picked_in_silence(tmp_path: Path) -> None:
    other = ("capex_plan", "500", "at_most", "2031-01-01", "2035-12-31")
    book = capex_company(tmp_path / "two", PLAN, other, FIRST)
    with pytest.raises(ValueError, match=r"several plans .* name one of c-0, c-1"):
        strategy.capex(book)
    assert strategy.capex(book, plan="c-0").attrs["level"] == 380
    assert strategy.capex(book, plan="c-1").attrs["bound"] == "at_most"
    with pytest.raises(ValueError, match="no guidance of the role capex_plan"):
        strategy.capex(book, plan="c-2")
    # Two figures for one span, published on one day: neither is newer.
    book = capex_company(tmp_path / "tie", PLAN, (PLAN[0], "500", *PLAN[2:]), FIRST)
    with pytest.raises(ValueError, match=r"several plans .* name one of c-0, c-1"):
        strategy.capex(book)
    assert strategy.capex(capex_company(tmp_path / "same", PLAN, PLAN, FIRST)).attrs["level"] == 380


@pytest.mark.parametrize(
    ("bound", "arrow"), [("at_least", "↑"), ("at_most", "↓"), ("exact", ""), ("about", "")]
)
def test_a_plan_has_the_arrow_of_its_bound(tmp_path: Path, bound: str, arrow: str) -> None:
    plan = (*PLAN[:2], bound, *PLAN[3:])
    text = str(strategy.capex_chart(capex_company(tmp_path, plan, FIRST)).to_dict())
    assert [each for each in "↑↓" if each in text] == [arrow] * bool(arrow)


def test_two_currencies_are_not_summed(tmp_path: Path) -> None:
    yuan = ("group_capex", "RMB100", "exact", "2031-04-01", "2031-06-30")
    with pytest.raises(ValueError, match="plan is in USD and spending in RMB"):
        strategy.capex(capex_company(tmp_path, PLAN, FIRST, yuan))


def test_a_small_plan_has_an_axis(tmp_path: Path) -> None:
    book = capex_company(tmp_path, (PLAN[0], "0.3", *PLAN[2:]), (FIRST[0], "0.0937", *FIRST[2:]))
    ends = re.findall(r"'domain': \[0, ([\d.]+)\]", str(strategy.capex_chart(book).to_dict()))
    assert {float(end) for end in ends} == {0.36}


def test_the_plan_is_drawn_as_a_floor_in_the_colour_of_guidance(book: wb.Dossier) -> None:
    spec = strategy.capex_chart(book).to_dict()
    text = str(spec)
    assert "the plan: at least RMB 380 bn" in text
    assert "not found" in text
    rules = [layer for layer in spec["layer"][0]["layer"] if layer["mark"]["type"] == "rule"]
    assert rules[0]["mark"]["color"] == wb.style.COLORS["guidance"]


def test_the_even_pace_is_named_where_nothing_else_is_written(book: wb.Dossier) -> None:
    """The company's own count is half of the plan: in the middle, where the name of the pace once stood."""
    spec = strategy.capex_chart(book).to_dict()
    texts = [
        rows[0] for rows in spec["datasets"].values() if len(rows) == 1 and {"text", "level"} <= set(rows[0])
    ]
    pace = next(row for row in texts if row["text"] == "even pace")
    assert all(abs(row["level"] - pace["level"]) > 40 for row in texts if row is not pace)


def test_without_rows_it_says_which_are_missing(other: wb.Dossier, tmp_path: Path) -> None:
    for chart in (strategy.flywheel_chart, strategy.strength_chart):
        with pytest.raises(ValueError, match="no links of the flywheel"):
            chart(other)
    line = [["a-b", "a", "b", "+", "why", "labs-formed"]]
    straight = wb.open(write_dossier(tmp_path / "line", {**OTHER, "flywheel": line}))
    with pytest.raises(ValueError, match="close no loop"):
        strategy.strength_chart(straight)
    with pytest.raises(ValueError, match="no figure of the role capex_plan"):
        strategy.capex_chart(other)
