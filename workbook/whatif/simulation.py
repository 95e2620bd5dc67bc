"""The simulation that follows the hand, given what was observed since the start."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pandas as pd

from workbook import style, words
from workbook.arr import Observation, Scenario
from workbook.commercialization import run_rate
from workbook.commercialization.layers import field_values
from workbook.commercialization.readouts import asked, chance_label
from workbook.style import Language
from workbook.whatif.settings import MOST_MONTHS, PATHS, PAUSE

__all__ = ["Latest", "observations", "simulated"]

_POOL = ThreadPoolExecutor(1, thread_name_prefix="what-if")


def observations(points: pd.DataFrame, currency: str, lang: Language) -> Iterator[tuple[Observation, str]]:
    """Yield what was observed of the subject that the guidance is of, with its words."""
    for row in points[run_rate.observed(points, run_rate.scope(points))].to_dict("records"):
        # Of a range the low end is what the model is held to.
        bound = "at_least" if row["bound"] == "between" else row["bound"]
        seen = Observation(row["date"].date(), float(row["value"]), bound)
        figure = style.figure(seen.level, f"{currency} bn", row["bound"], lang, row["value_high"])
        day = style.day(seen.date, lang=lang)
        yield seen, words.text("whatif.observed", lang, figure=figure, mark=row["mark"], day=day)


def simulated(scenario: Scenario, observed: list[Observation], lang: Language) -> dict[str, Any]:
    """Simulate a scenario, given what was observed between its dates.

    Returns
    -------
    dict
        of (the fields it was made from), and either why there is none, or p_target, standard_error, fan
        (date, low, mid, high) and words.
    """
    of = field_values(scenario)
    seen = [each for each in observed if scenario.start < each.date <= scenario.end]
    if not seen:
        return {"of": of, "why": words.text("whatif.none_seen", lang)}
    if scenario.months > MOST_MONTHS:
        return {"of": of, "why": words.text("whatif.too_long", lang, months=MOST_MONTHS)}
    try:
        result = scenario.simulate(PATHS, observed=seen)
    except ValueError:
        return {"of": of, "why": words.text("whatif.none_agree", lang, paths=PATHS)}
    fan = result.fan
    scale = style.billions(scenario.currency, lang)[1]
    return {
        "of": of,
        "p_target": result.p_target,
        "standard_error": result.standard_error,
        "fan": [
            {"date": str(day.date()), "low": low, "mid": mid, "high": high}
            for day, low, mid, high in zip(fan.index, fan["5%"], fan["50%"], fan["95%"], strict=True)
        ],
        "words": words.text(
            "whatif.simulated",
            lang,
            what=chance_label(scenario.currency, lang, asked(scenario.target or scenario.end_arr, scale)),
            chance=result.p_target,
            error=100 * result.standard_error,
            kept=result.effective_sample_size,
            paths=result.paths,
        ),
    }


class Latest:
    """Work that follows a moving hand: done for the newest wish alone, once the hand has paused.

    Parameters
    ----------
    work
        What is done for a wish, in a thread of its own.
    done
        What takes its result.
    """

    def __init__(self, work: Callable[[Scenario], Any], done: Callable[[Any], None]) -> None:
        self._work, self._done = work, done
        self._wanted: Scenario | None = None
        self._task: asyncio.Task[None] | None = None

    def ask(self, wanted: Scenario) -> None:
        """Wish for a result: soon where an event loop runs, at once where none does."""
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            self._done(self._work(wanted))
            return
        self._wanted = wanted
        if self._task is None or self._task.done():
            self._task = loop.create_task(self._follow())

    async def rest(self) -> None:
        """Wait until nothing is under way."""
        if self._task is not None:
            await self._task

    async def _follow(self) -> None:
        while (wanted := self._wanted) is not None:
            await asyncio.sleep(PAUSE)
            if wanted is not self._wanted:  # the hand moved on
                continue
            result = await asyncio.get_running_loop().run_in_executor(_POOL, self._work, wanted)
            if wanted is self._wanted:
                self._wanted = None
                self._done(result)
