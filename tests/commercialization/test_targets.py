"""Guidance and what it asks for, by hand."""

import math
from pathlib import Path

import pytest

import workbook as wb
from tests.commercialization.made import company, level
from tests.conftest import write_dossier
from workbook import commercialization as c

# The run rate -------------------------------------------------------------------------------------


def test_growth_between_the_targets_by_hand() -> None:
    table = c.implied_growth(wb.open(as_of="2026-06-30"))
    assert len(table) == 3  # 8, 10 and 30: three pairs
    last = table.iloc[-1]
    assert (last["months"], last["multiple"]) == (6, 3)
    assert last["cmgr"] == round(100 * (3 ** (1 / 6) - 1), 2) == 20.09
    assert last["annualised"] == 800  # 3 x 3 = 9 times a year
    assert last["reading"] == "as if both held exactly"


@pytest.mark.parametrize(
    ("first", "second", "reading"),
    [
        (("actual", "exact"), ("actual", "exact"), "exact"),
        (("actual", "at_least"), ("actual", "at_least"), "as if both held exactly"),
        (("actual", "exact"), ("actual", "at_least"), "at least"),
        (("actual", "at_least"), ("actual", "exact"), "at most"),
        (("actual", "at_least"), ("guidance", "at_least"), "needed to reach the target, at most"),
        (("actual", "exact"), ("guidance", "at_least"), "needed to reach the target"),
        (("guidance", "at_least"), ("actual", "at_least"), "as if both held exactly"),
    ],
)  # fmt: skip
def test_what_a_ratio_of_bounds_is_worth(
    tmp_path: Path, first: tuple[str, str], second: tuple[str, str], reading: str
) -> None:
    rows = [
        level("2031-06-30", "2", kind=first[0], bound=first[1]),
        level("2031-12-31", "3", kind=second[0], bound=second[1]),
    ]
    assert c.implied_growth(company(tmp_path, metrics=rows))["reading"].tolist() == [reading]


def test_guidance_of_june() -> None:
    book = wb.open(as_of="2026-06-30")
    scenario, claims = c.guidance(book)
    assert (scenario.start.isoformat(), scenario.end.isoformat()) == ("2026-06-30", "2026-12-31")
    assert (scenario.start_arr, scenario.end_arr, scenario.currency) == (10, 30, "RMB")
    assert claims == ["arr-guided-june-2026", "arr-guided-december-2026"]
    values = book.assumptions.set_index("id")["value"]
    assert scenario.churn == values["churn"]
    assert scenario.volatility_apps == values["volatility-apps"]
    # What the dossier assumes about the path is no part of the guidance.
    assert scenario.apps_cmgr is scenario.services_growth is None


def test_guidance_before_it_was_given() -> None:
    with pytest.raises(ValueError, match=r"no figure of the role run_rate.*later as_of"):
        c.guidance(wb.open(as_of="2026-05-12"))


def test_one_target_starts_from_the_latest_observation(other: wb.Dossier) -> None:
    scenario, claims = c.guidance(other)
    assert (scenario.start_arr, scenario.end_arr, scenario.currency) == (2, 5, "USD")
    assert claims == ["arr-first", "arr-goal"]
    assert scenario.months == pytest.approx(9 + 1 - 1 / 31)  # from the end of 1 March to the end of December


def test_a_restated_target_replaces_the_old_one(tmp_path: Path) -> None:
    sources = [
        [name, "", "Nimbus plc", f"https://example.com/{name}", day, "printed", "en", "release", "page", ""]
        for name, day in (("spring", "2031-04-01"), ("autumn", "2031-10-01"))
    ]
    claims = [
        [
            f"goal-{name}",
            "commercialization",
            f"Nimbus aims for USD {value} bn.",
            "guidance",
            name,
            "",
            "2031-12-31",
            "day",
            "Nimbus",
            "arr",
            value,
            "at_least",
            "USD bn",
            "",
            "2031-12-31",
            "",
            "",
        ]
        for name, value in (("spring", "5"), ("autumn", "4"))
    ]
    claims.append(
        [
            "level",
            "commercialization",
            "Nimbus is at USD 2 bn.",
            "reported",
            "spring",
            "",
            "2031-03-31",
            "day",
            "Nimbus",
            "arr",
            "2",
            "exact",
            "USD bn",
            "",
            "2031-03-31",
            "",
            "",
        ]
    )
    folder = write_dossier(tmp_path, {"sources": sources, "claims": claims})
    assert c.guidance(wb.open(folder))[0].end_arr == 4
    assert c.guidance(wb.open(folder, as_of="2031-09-30"))[0].end_arr == 5


def test_percent_assumptions_become_shares(tmp_path: Path) -> None:
    rows = [level("2031-06-30", "2"), level("2031-12-31", "3", kind="guidance")]
    book = company(tmp_path, metrics=rows, assumptions=[["churn", "2", "0", "5", "%", "A guess."]])
    assert c.guidance(book)[0].churn == 0.02


def test_what_august_changed(book: wb.Dossier) -> None:
    table = c.bound_effect(book).set_index("figure")
    # 20 August is a month and 20 of 31 days after 30 June.
    path = 10 * 3 ** ((1 + 20 / 31) / 6)
    left = 3 + 11 / 31 + 1
    assert table.loc["level on the day", ["guided", "observed"]].tolist() == [round(path, 3), 16]
    assert table.loc["multiple still needed", "observed"] == 30 / 16
    assert table.loc["CMGR still needed", "observed"] == round(100 * ((30 / 16) ** (1 / left) - 1), 3)
    assert table.loc["net new ARR still needed", ["observed", "reading"]].tolist() == [14, "at most"]
    assert table.loc["chance of the target", "observed"] > table.loc["chance of the target", "guided"]
    with pytest.raises(
        ValueError,
        match="no run rate of Bailian MaaS and AI applications observed between 2026-06-30 and 2026-12-31",
    ):
        c.bound_effect(wb.open(as_of="2026-06-30"))


def test_august_against_one_lognormal_driver(tmp_path: Path) -> None:
    # With the applications at nothing, two dates of one lognormal are bivariate normal: a closed form.
    from scipy.stats import multivariate_normal, norm

    rows = [
        level("2031-06-30", "10", kind="guidance"),
        level("2031-12-31", "30", kind="guidance"),
        level("2031-08-31", "16"),
    ]
    assumptions = [
        ["apps-share", "0", "0", "1", "share", "None."],
        ["volatility-services", "0.1", "0", "1", "per month", "A guess."],
    ]
    table = c.bound_effect(company(tmp_path, metrics=rows, assumptions=assumptions)).set_index("figure")
    seen = math.log(16 / (10 * 3 ** (2 / 6))) / (0.1 * 2**0.5)
    both = multivariate_normal.cdf([-seen, 0], cov=[[1, (2 / 6) ** 0.5], [(2 / 6) ** 0.5, 1]])
    assert table.loc["chance of at least what was seen", "guided"] == pytest.approx(norm.sf(seen), abs=6e-4)
    assert table.loc["chance of the target", "guided"] == pytest.approx(0.5, abs=6e-4)
    share = norm.sf(seen)
    noise = 4 * (0.25 / (1_000_000 * share)) ** 0.5
    assert table.loc["chance of the target", "observed"] == pytest.approx(both / share, abs=noise + 6e-4)
