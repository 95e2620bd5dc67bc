"""What the browser is told to compute is what Scenario computes."""

import dataclasses
import math
import random
import re
from datetime import date, timedelta

import pytest

from tests.arr.oracles import vega_values
from workbook.arr import Scenario, months_between, signals
from workbook.arr.chance import probability as exact


def fields(scenario: Scenario) -> dict:
    plain = dataclasses.asdict(scenario)
    return plain | {"start": str(scenario.start), "end": str(scenario.end)}


def scenarios(count: int) -> list[Scenario]:
    rng = random.Random(11)  # noqa: S311 (a repeatable draw, not a secret)
    drawn = []
    for number in range(count):
        start = date(2026, 1, 1) + timedelta(days=rng.randrange(500))
        levels = rng.uniform(5, 20), rng.uniform(5, 60)
        drawn.append(
            Scenario(
                start=start,
                end=start + timedelta(days=rng.randrange(20, 600)),
                start_arr=levels[0],
                end_arr=levels[1],
                shape=rng.choice(["exponential", "linear", "s_curve"]),
                ceiling=max(levels) * rng.uniform(1.05, 4),
                apps_share=rng.choice([0, 1, *(rng.random() for _ in range(6))]),
                apps_cmgr=-0.01 if number % 5 == 0 and levels[1] > levels[0] else None,
                churn=rng.uniform(0, 0.2),
                expansion=rng.uniform(0, 0.2),
                token_price=rng.uniform(0.1, 40),
                token_share=rng.random(),
                external_revenue=rng.choice([None, rng.uniform(50, 300)]),
                services_growth=rng.uniform(-0.1, 0.3) if number % 7 == 0 else None,
                apps_growth=rng.uniform(-0.1, 0.3) if number % 7 == 1 else None,
                volatility_services=rng.choice([0, rng.uniform(0.01, 0.3)]),
                volatility_apps=rng.uniform(0.01, 0.3),
                volatility_retention=rng.choice([0, rng.uniform(0, 0.1)]),
                correlation=rng.uniform(-0.9, 0.9),
                target=rng.choice([None, rng.uniform(10, 60)]),
            )
        )
    return drawn


def as_datum(texts: dict[str, str], names: list[str]) -> dict[str, str]:
    """Read signals as fields of a row, so that one Vega run computes many scenarios."""
    pattern = re.compile(rf"(?<![\w.'])({'|'.join(sorted(names, key=len, reverse=True))})\b(?!\()")
    return {name: pattern.sub(r"datum.\1", text) for name, text in texts.items()}


def test_vega_computes_the_figures_of_a_scenario():
    drawn = scenarios(60)
    written = signals.figures()
    rows = [fields(scenario) for scenario in drawn]
    results = vega_values(as_datum(written, [*rows[0], *written]), rows)
    assert {name.removeprefix("figure_") for name in written if name.startswith("figure_")} == set(
        drawn[0].figures()
    )
    for row, scenario in enumerate(drawn):
        for figure, wanted in scenario.figures().items():
            got = results[f"figure_{figure}"][row]
            if figure == "p_target":
                assert got == pytest.approx(wanted, abs=1e-8), (figure, scenario)
            else:
                assert got == pytest.approx(wanted, rel=1e-9, abs=1e-12, nan_ok=True), (figure, scenario)


@pytest.mark.parametrize("target", [29, 30, 31])
def test_a_driver_that_is_not_there_moves_nothing_in_vega(target):
    plan = Scenario(start="2026-06-30", end="2026-12-31", start_arr=10, end_arr=30, volatility_retention=0)
    alone = [{"apps_share": 0, "volatility_services": 0}, {"apps_share": 1, "volatility_apps": 0}]
    drawn = [plan.replace(**changes, target=target) for changes in alone]
    written = signals.figures()
    rows = [fields(scenario) for scenario in drawn]
    results = vega_values(as_datum(written, [*rows[0], *written]), rows)
    # What is left is certain, and ends on 30.
    assert results["figure_p_target"] == [float(target <= 30)] * 2


def test_vega_computes_the_fan_of_a_scenario():
    drawn = [s for s in scenarios(60) if 0 < s.apps_share < 1 and s.volatility_services][:12]
    for quantile, column in ((0.05, "5%"), (0.5, "50%"), (0.95, "95%")):
        written = signals.date_after("datum.share") | signals.fan(str(quantile))
        rows = [fields(s) | {"share": share, "months": s.months} for s in drawn for share in (0.3, 1)]
        names = [name for name in rows[0] if name != "share"]
        got = vega_values(as_datum(written, names), rows)
        for number, scenario in enumerate(drawn):
            span = (scenario.end - scenario.start).days
            for part, share in enumerate((0.3, 1)):
                # A half is rounded up by Vega and to the even by Python.
                day = scenario.start + timedelta(days=math.floor(span * share + 0.5))
                line = 2 * number + part
                assert got["t"][line] == pytest.approx(months_between(scenario.start, day), abs=1e-12)
                wanted = exact(scenario, [day]).fan[column].iloc[0]
                assert got["quantile"][line] == pytest.approx(wanted, rel=1e-3), scenario


@pytest.mark.parametrize("seed", range(3))
def test_vega_counts_months_as_the_calendar_does(seed):
    rng = random.Random(seed)  # noqa: S311
    days = [date(2019, 12, 31) + timedelta(days=rng.randrange(3000)) for _ in range(200)]
    days += [date(2024, 2, 29), date(2023, 2, 28), date(2026, 12, 31), date(2026, 6, 30)]
    rows = [{"a": str(a), "b": str(b)} for a, b in zip(days, reversed(days), strict=True)]
    got = vega_values({"months": signals.months("datum.a", "datum.b")}, rows)["months"]
    assert got == pytest.approx([months_between(row["a"], row["b"]) for row in rows], abs=1e-12)
