"""Every place where a user gives a day reads it by the one reader, and refuses what it would have to guess."""

import datetime as dt
import importlib
import inspect
import pkgutil
from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest

import workbook as wb
from workbook import arr, cli
from workbook.arr import Observation, Scenario
from workbook.arr.chance import probability
from workbook.dates import read_day

S = Scenario(start="2031-06-30", end="2031-12-31", start_arr=10, end_arr=30)
TOKENS = wb.commercialization.tokens_needed, wb.commercialization.tokens_chart
PLACES: dict[tuple[str, str], Callable[[wb.Dossier, Any], object]] = {
    ("open", "as_of"): lambda book, day: wb.open(book.path, as_of=day),
    ("Dossier", "as_of"): lambda book, day: wb.Dossier(book.path, as_of=day),
    ("summary", "today"): lambda book, day: cli.summary(book, day),
    ("units", "at"): lambda book, day: wb.structure.units(book, at=day),
    ("org_chart", "at"): lambda book, day: wb.structure.org_chart(book, at=day),
    ("chain_chart", "at"): lambda book, day: wb.structure.chain_chart(book, at=day),
    ("changes", "before"): lambda book, day: wb.structure.changes(book, before=day, after="2031-06-30"),
    ("changes", "after"): lambda book, day: wb.structure.changes(book, before="2026-01-01", after=day),
    ("timeline_chart", "since"): lambda book, day: wb.structure.timeline_chart(book, since=day),
    ("holders", "at"): lambda book, day: wb.talent.holders(book, at=day),
    ("moves", "since"): lambda book, day: wb.talent.moves(book, since=day, until="2031-06-30"),
    ("moves", "until"): lambda book, day: wb.talent.moves(book, since="2026-01-01", until=day),
    ("posts_chart", "since"): lambda book, day: wb.talent.posts_chart(book, since=day),
    ("known_chart", "on"): lambda book, day: wb.evidence.known_chart(book, on=day),
    ("backtest", "split"): lambda book, day: wb.arr.backtest(book.comparables, split=day),
    ("stale", "today"): lambda book, day: wb.evidence.stale(book, day),
    ("tokens_needed", "since"): lambda book, day: TOKENS[0](book, since=day),
    ("tokens_chart", "since"): lambda book, day: TOKENS[1](book, since=day),
    ("Scenario", "start"): lambda book, day: S.replace(start=day),
    ("Scenario", "end"): lambda book, day: S.replace(end=day),
    ("Observation", "date"): lambda book, day: Observation(day, 16),
    ("months_between", "start"): lambda book, day: arr.months_between(day, "2031-06-30"),
    ("months_between", "end"): lambda book, day: arr.months_between("2031-06-30", day),
    ("add_months", "start"): lambda book, day: arr.add_months(day, 1),
    ("month_ends", "start"): lambda book, day: arr.month_ends(day, "2031-06-30"),
    ("month_ends", "end"): lambda book, day: arr.month_ends("2031-06-30", day),
    ("probability", "dates"): lambda book, day: probability(S, [day]),
}
NO_DAYS = [
    "08/06/2031", "8 June 2031", "20310608", "2031-W23-7", "2031-6-8", "2031-06-31", "2031-06-08T00:00", "", " 2031-06-08",
    20310608, 2031.5, True, pd.NaT, float("nan"), pd.Timestamp("2031-06-08 23:00", tz="UTC"),
    dt.datetime(2031, 6, 8, 23, tzinfo=dt.UTC), dt.time(8, 6), ("2031-06-08",),
]  # fmt: skip


def takes_days() -> dict[tuple[str, str], bool]:
    """Public function and parameter where a day is given -> whether it may be left out."""
    found = {}
    for module in pkgutil.walk_packages(wb.__path__, "workbook."):
        if module.name.endswith("__main__"):
            continue
        for name, thing in vars(importlib.import_module(module.name)).items():
            if name.startswith("_") or getattr(thing, "__module__", "") != module.name or not callable(thing):
                continue
            if isinstance(thing, type) and issubclass(thing, Exception):
                continue
            for parameter in inspect.signature(thing).parameters.values():
                types = str(parameter.annotation).replace("dt.date", "date")
                # What only takes dates is not handed a user's text: workbook.style writes them.
                if (
                    "date" in types.split(" | ") and "str" in types.split(" | ")
                ) or parameter.name == "dates":
                    found[name, parameter.name] = "None" in types
    return found


TAKES_DAYS = takes_days()
FIELDS = {
    ("Scenario", "start"),
    ("Scenario", "end"),
    ("Observation", "date"),
}  # annotated as what they become


def test_no_place_is_forgotten() -> None:
    read_by_the_reader = set(TAKES_DAYS) - {("read_day", "value")}
    assert read_by_the_reader == set(PLACES) - FIELDS


@pytest.mark.parametrize(("function", "argument"), PLACES)
def test_what_is_no_day_is_refused_wherever_a_day_is_asked_for(
    book: wb.Dossier, function: str, argument: str
) -> None:
    may_be_left_out = TAKES_DAYS.get((function, argument), False) and argument != "dates"
    for value in [*NO_DAYS, *([] if may_be_left_out else [None])]:
        with pytest.raises(ValueError, match=r"must be a date such as '2026-06-30' .*, not ") as caught:
            PLACES[function, argument](book, value)
        assert str(caught.value).startswith(argument), value
        assert str(caught.value).endswith(repr(value))


@pytest.mark.parametrize(
    "value",
    ["2031-06-08", dt.date(2031, 6, 8), dt.datetime(2031, 6, 8, 23, 59), pd.Timestamp("2031-06-08 23:59")],
)
def test_a_day_is_read_in_each_of_its_forms(other: wb.Dossier, value: Any) -> None:
    day = read_day("at", value)
    assert (type(day), day) == (dt.date, dt.date(2031, 6, 8))
    assert wb.Dossier(other.path, as_of=value).as_of == day
    assert S.replace(start=value).start == day


def test_the_hour_of_a_day_moves_nothing(other: wb.Dossier) -> None:
    """Northlight Labs was there from 1 March to 18 May."""
    days = ["2031-02-28 23:59", "2031-03-01 00:00", "2031-05-18 23:59", "2031-05-19 00:00"]
    there = ["labs" in set(wb.structure.units(other, at=pd.Timestamp(day))["unit"]) for day in days]
    assert there == [False, True, True, False]
    moves = wb.talent.moves(other, since=pd.Timestamp("2031-03-01 12:00"), until="2031-03-01")
    assert list(moves["what"]) == ["takes up"]
