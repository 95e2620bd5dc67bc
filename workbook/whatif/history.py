"""Steps back and forward: each is a dict of the fields that an edit changed, with their other values."""

from __future__ import annotations

from typing import Any

from workbook.whatif.settings import STEPS_KEPT

__all__ = ["added", "changed", "taken", "without_idle"]

Fields = dict[str, Any]


def changed(before: Fields, after: Fields) -> Fields:
    """Return what an edit changed, with the values from before it.

    Examples
    --------
    >>> changed({"end_arr": 30, "churn": 0.02}, {"end_arr": 40, "churn": 0.02})
    {'end_arr': 30}
    """
    return {name: value for name, value in before.items() if value != after[name]}


def added(past: list[Fields], step: Fields) -> list[Fields]:
    """Return the steps with one more; the oldest goes when there are too many."""
    return [*past[1 - STEPS_KEPT :], step]


def taken(origin: list[Fields], other: list[Fields], now: Fields) -> tuple[list[Fields], list[Fields]]:
    """Return both lists of steps after the last of `origin` was made, and can be made undone from `other`.

    Examples
    --------
    >>> taken([{"churn": 0.1}, {"end_arr": 30}], [], {"end_arr": 40, "churn": 0.02})
    ([{'churn': 0.1}], [{'end_arr': 40}])
    """
    *rest, step = origin
    return rest, [*other, {name: now[name] for name in step}]


def without_idle(steps: list[Fields], now: Fields) -> list[Fields]:
    """Leave out a last step that would change nothing.

    Examples
    --------
    >>> without_idle([{"end_arr": 40}, {"churn": 0.02}], {"end_arr": 30, "churn": 0.02})
    [{'end_arr': 40}]
    """
    idle = steps and not changed(steps[-1], now)
    return steps[:-1] if idle else steps
