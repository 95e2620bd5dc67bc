from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbook.arr import add_months, month_ends, months_between

DAYS = st.dates(date(1990, 1, 1), date(2090, 12, 31))


@pytest.mark.parametrize(
    ("start", "end", "months"),
    [
        ("2026-06-30", "2026-12-31", 6),
        ("2026-06-30", "2026-08-20", 1 + 20 / 31),
        ("2024-01-31", "2024-02-29", 1),
        ("2024-02-29", "2025-02-28", 12),
        ("2026-06-10", "2026-06-11", 1 / 30),
        ("2026-12-31", "2027-01-01", 1 / 31),
        ("2026-12-31", "2026-06-30", -6),
        ("2026-06-30", "2026-06-30", 0),
        ("2026-01-31", "2036-01-31", 120),
    ],
)
def test_months_counted_by_hand(start, end, months):
    assert months_between(start, end) == pytest.approx(months, abs=1e-14)


def test_month_end_to_month_end_is_exactly_whole():
    ends = month_ends("2023-01-01", "2028-12-31")
    assert [months_between(ends[0], day) for day in ends] == list(range(72))


@given(DAYS, DAYS)
def test_adding_the_months_between_gives_the_date_back(start, end):
    assert add_months(start, months_between(start, end)) == end


@given(DAYS, DAYS, DAYS)
def test_spans_add_up(first, second, third):
    whole = months_between(first, third)
    assert months_between(first, second) + months_between(second, third) == pytest.approx(whole, abs=1e-12)


@given(DAYS, st.floats(0, 240))
def test_the_day_returned_is_the_first_that_is_late_enough(start, months):
    day = add_months(start, months)
    assert months_between(start, day) >= months - 1e-6
    assert months_between(start, day - timedelta(days=1)) < months


@given(DAYS, DAYS)
def test_month_ends_are_the_days_before_a_first(start, end):
    days = [start + timedelta(days=k) for k in range((end - start).days + 1)] if end >= start else []
    assert month_ends(start, end) == [day for day in days if (day + timedelta(days=1)).day == 1]


@pytest.mark.parametrize("months", [float("nan"), float("inf"), 1e6, -1e6])
def test_months_that_lead_nowhere_are_refused(months):
    with pytest.raises(ValueError, match="months is"):
        add_months("2026-06-30", months)
