"""The what-if panel: every assumption of the run-rate targets under the hand, in the page and in Python."""

from __future__ import annotations

import asyncio
import base64
import datetime as dt
import html
import math
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any, ClassVar

import anywidget
import ipywidgets
import pandas as pd
import traitlets
import vl_convert as vlc
from IPython import get_ipython
from IPython.display import DisplayHandle, display

from workbook import arr, commercialization, facts, stored, style
from workbook.arr import Observation, Scenario
from workbook.commercialization import controls, run_rate, whatif
from workbook.display import svg
from workbook.dossier import Dossier
from workbook.style import Language

__all__ = ["WhatIf"]

_HERE = Path(__file__).parent
PATHS = 100_000
"""Simulated at every stop of the hand; a floor leaves some thousands of them."""
MOST_MONTHS = 240
"""Simulated at most: each of the paths has a level a month."""
STEPS_KEPT = 200
"""Edits that can be taken back."""
_LABEL = 0.04
"""Of the level axis, for a line of text."""
_PAUSE = 0.04
"""Seconds the hand has to rest before a simulation begins."""
_REST = 1.5
"""Seconds the hand has to rest before what it left is drawn for the notebook to keep."""
_NAME = re.compile(r"[\w][\w .()%+,：（）【】，、·–-]{0,59}")
_COLUMNS = ("figure", "unit", "guidance", "now")
"""Of a comparison; no scenario has such a name."""


class WhatIf(anywidget.AnyWidget):
    """A panel for what-if edits to the run-rate targets, with the guidance to compare with.

    Every field of the scenario is a trait of its name, which Python and `ipywidgets.jslink` can read and set;
    what has a closed form is recomputed in the page without waiting for the kernel. Edits by hand and from
    Python can be undone; those of a widget linked in the page are that widget's own.

    Parameters
    ----------
    book
        A dossier with guidance of the metric `arr`.
    folder
        Where `save` keeps scenarios, one TOML file each; made when first needed.
    lang
        "en" or "zh".
    **options
        What every widget takes, such as `layout`.

    Attributes
    ----------
    scenario : workbook.arr.Scenario
        The scenario shown; observe it, or set it and the panel follows.
    guidance : workbook.arr.Scenario
        The scenario of the guidance, against which changes are shown.
    claims : list of str
        Ids of the claims the guidance rests on.

    Raises
    ------
    ValueError
        If the dossier, as known on its `as_of`, has no guidance to start from.

    Examples
    --------
    >>> import workbook as wb
    >>> what = wb.WhatIf(wb.open())
    >>> what.scenario = what.scenario.replace(end_arr=25)
    >>> what.end_arr, float(what.scenario.summary()["multiple"])
    (25.0, 2.5)
    >>> what.undo()
    >>> what.scenario == what.guidance
    True
    """

    _esm: ClassVar[str] = vlc.javascript_bundle((_HERE / "whatif.js").read_text(encoding="utf-8"))
    _css: ClassVar[str] = (_HERE / "whatif.css").read_text(encoding="utf-8")

    scenario = traitlets.Instance(Scenario)

    start = traitlets.Unicode().tag(sync=True)
    end = traitlets.Unicode().tag(sync=True)
    start_arr = traitlets.Float().tag(sync=True)
    end_arr = traitlets.Float().tag(sync=True)
    shape = traitlets.Unicode().tag(sync=True)
    ceiling = traitlets.Float(None, allow_none=True).tag(sync=True)
    apps_share = traitlets.Float().tag(sync=True)
    apps_cmgr = traitlets.Float(None, allow_none=True).tag(sync=True)
    churn = traitlets.Float().tag(sync=True)
    expansion = traitlets.Float().tag(sync=True)
    token_price = traitlets.Float().tag(sync=True)
    token_share = traitlets.Float().tag(sync=True)
    external_revenue = traitlets.Float(None, allow_none=True).tag(sync=True)
    services_growth = traitlets.Float(None, allow_none=True).tag(sync=True)
    apps_growth = traitlets.Float(None, allow_none=True).tag(sync=True)
    volatility_services = traitlets.Float().tag(sync=True)
    volatility_apps = traitlets.Float().tag(sync=True)
    correlation = traitlets.Float().tag(sync=True)
    volatility_retention = traitlets.Float().tag(sync=True)
    target = traitlets.Float(None, allow_none=True).tag(sync=True)

    past = traitlets.List(traitlets.Dict()).tag(sync=True)
    """For each step back the fields it changed, with the values they had."""
    future = traitlets.List(traitlets.Dict()).tag(sync=True)
    """For each step forward again, likewise."""
    simulate = traitlets.Bool(False).tag(sync=True)
    """Whether paths are simulated, given what was observed since the start; follows in the kernel."""
    simulation = traitlets.Dict().tag(sync=True)
    """The last simulation, with the fields (`of`) it was made from."""
    saved = traitlets.Dict().tag(sync=True)
    """Scenarios in `folder` by name: fields, figures and path."""
    compared = traitlets.List(traitlets.Unicode()).tag(sync=True)
    """Names of the saved scenarios shown beside this one."""
    company = traitlets.Unicode().tag(sync=True)
    """Whose windows are drawn from the start on: a company of the comparables, "all" or ""."""

    # What does not change.
    fields = traitlets.List(traitlets.Unicode()).tag(sync=True)
    spec = traitlets.Dict().tag(sync=True)
    words = traitlets.Dict().tag(sync=True)
    controls = traitlets.List(traitlets.Dict()).tag(sync=True)
    readouts = traitlets.List(traitlets.Dict()).tag(sync=True)
    shapes = traitlets.Dict().tag(sync=True)
    palette = traitlets.List(traitlets.Unicode()).tag(sync=True)
    companies = traitlets.Dict().tag(sync=True)
    guided = traitlets.Dict().tag(sync=True)
    observed = traitlets.List(traitlets.Dict()).tag(sync=True)
    sources = traitlets.Unicode().tag(sync=True)

    def __init__(
        self, book: Dossier, *, folder: str | Path = "scenarios", lang: Language = "en", **options: Any
    ) -> None:
        self._book, self._lang = book, lang
        self.folder = Path(folder)
        self.guidance, self.claims = controls.start_scenario(book)
        self._readouts = controls.readouts(self.guidance, lang)
        self._ready = self._in_page = self._stepping = False
        self._wanted: Scenario | None = None
        self._task: asyncio.Task[None] | None = None
        self._kept: list[tuple[DisplayHandle, dict[str, str]]] = []
        self._kept_of: tuple[Any, ...] = ()
        self._resting: asyncio.Task[None] | None = None
        points = commercialization.arr_points(book)
        self._seen = list(self._observations(points))
        words = _WORDS[lang] | {"legend": _legend(points, lang)}
        table = whatif.comparables(book)
        with style.themed():
            spec = whatif.panel_chart(book, table, lang=lang).to_dict()
        (top,) = (each["value"] for each in spec["params"] if each["name"] == "top")
        windows = table.groupby("company")["window"].nunique()
        super().__init__(
            **whatif.field_values(self.guidance),
            fields=list(whatif.field_values(self.guidance)),
            spec=spec,
            words=words,
            controls=[asdict(control) for control in controls.controls(book, lang)],
            readouts=[asdict(readout) for readout in self._readouts],
            palette=style.CATEGORIES[1:7],
            shapes={name: forms[lang] for name, forms in controls.SHAPES.items()},
            companies={"": words["none"], "all": f"{words['all']} ({whatif.shown_of(table, lang)})"}
            | {name: f"{name} ({count})" for name, count in windows.items()}
            if len(table)
            else {"": words["none"]},
            guided={
                "fields": whatif.field_values(self.guidance),
                "figures": _figures(self.guidance),
                "top": top,
            },
            observed=[{"date": str(seen.date), "text": text} for seen, text in self._seen],
            sources=facts.footer(book, [*self.claims, *points["claim"]], lang),
            **options,
        )
        self.scenario = self.guidance
        self._ready = True
        self.refresh_saved()
        self.on_msg(self._asked)
        shell = get_ipython()
        if shell is not None:
            shell.events.register("post_run_cell", self._cell_ran)

    def _observations(self, points: pd.DataFrame) -> Iterator[tuple[Observation, str]]:
        """Yield what was observed of the subject that the guidance is of, with its words."""
        for row in points[run_rate.observed(points, run_rate.scope(points))].to_dict("records"):
            # Of a range the low end is what the model is held to.
            bound = "at_least" if row["bound"] == "between" else row["bound"]
            seen = Observation(row["date"].date(), float(row["value"]), bound)
            unit = f"{self.guidance.currency} bn"
            figure = style.figure(seen.level, unit, row["bound"], self._lang, row["value_high"])
            yield seen, f"{figure}{row['mark']}, {style.day(seen.date, lang=self._lang)}"

    # The scenario and its fields --------------------------------------------------------------------------

    def _fields(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.fields}

    def _made(self, **changes: Any) -> Scenario:
        return Scenario(currency=self.guidance.currency, **self._fields() | changes)

    @traitlets.validate(*(name for name in Scenario.__dataclass_fields__ if name != "currency"))
    def _valid(self, proposal: Any) -> Any:
        if not self._ready:
            return proposal["value"]
        try:
            made = self._made(**{proposal["trait"].name: proposal["value"]})
        except (TypeError, ValueError) as error:
            raise traitlets.TraitError(str(error)) from error
        return whatif.field_values(made)[proposal["trait"].name]

    @traitlets.validate("past")
    def _valid_past(self, proposal: Any) -> list[dict[str, Any]]:
        """Leave out a last step of the page that takes nothing back: its change was refused on the way."""
        steps: list[dict[str, Any]] = proposal["value"]
        now = self._fields()
        idle = self._in_page and steps and all(now[name] == value for name, value in steps[-1].items())
        return steps[:-1] if idle else steps

    @traitlets.validate("scenario")
    def _valid_scenario(self, proposal: Any) -> Scenario:
        scenario: Scenario = proposal["value"]
        if scenario.currency != self.guidance.currency:
            raise traitlets.TraitError(
                f"scenario is in {scenario.currency} and the guidance in {self.guidance.currency}: convert it"
            )
        return scenario

    @traitlets.observe(*(name for name in Scenario.__dataclass_fields__ if name != "currency"))
    def _fields_changed(self, _: Any) -> None:
        if self._ready:
            self.scenario = self._made()

    @traitlets.observe("scenario")
    def _scenario_changed(self, change: Any) -> None:
        if not self._ready:
            return
        before, after = whatif.field_values(change["old"]), whatif.field_values(change["new"])
        with self.hold_sync(), self.hold_trait_notifications():
            for name, value in after.items():
                setattr(self, name, value)
            # The page keeps its own steps: a drag is one, however many values it passes through.
            if not (self._in_page or self._stepping):
                self.past = [*self.past[1 - STEPS_KEPT :], {k: v for k, v in before.items() if v != after[k]}]
                self.future = []
        self._follow()

    def set_state(self, sync_data: dict[str, Any]) -> None:
        """Take over what the page sends; what the model refuses is sent back as it was."""
        self._in_page = True
        try:
            super().set_state(sync_data)
        except traitlets.TraitError as error:
            self.send({"answer": str(error), "failed": True})
            self.send_state(list(sync_data))
        finally:
            self._in_page = False

    def reset(self) -> None:
        """Go back to the guidance."""
        self.scenario = self.guidance

    def undo(self) -> None:
        """Take back the last change; nothing happens when there is none."""
        self._step("past", "future")

    def redo(self) -> None:
        """Make the change again that was taken back last."""
        self._step("future", "past")

    def _step(self, origin: str, other: str) -> None:
        if not getattr(self, origin):
            return
        *rest, changes = getattr(self, origin)
        with self._steps(), self.hold_sync():
            setattr(self, other, [*getattr(self, other), {name: getattr(self, name) for name in changes}])
            setattr(self, origin, rest)
            self.scenario = self._made(**changes)

    @contextmanager
    def _steps(self) -> Iterator[None]:
        self._stepping = True
        try:
            yield
        finally:
            self._stepping = False

    # Saved scenarios --------------------------------------------------------------------------------------

    def save(self, name: str, *, replace: bool = False) -> Path:
        """Write the scenario to ``folder/name.toml``.

        Parameters
        ----------
        name
            Letters of any script, digits, spaces and ``.()%+,-`` or their full-width forms; at most 60, and
            not the name of a column of `compare`.
        replace
            Whether a scenario of that name may be replaced.

        Raises
        ------
        ValueError
            When the name breaks the rule.
        FileExistsError
            When there is one of that name and `replace` is false.
        """
        return self._save(self.scenario, name, replace)

    def _save(self, scenario: Scenario, name: str, replace: bool) -> Path:
        file = self._file(name)
        self.folder.mkdir(parents=True, exist_ok=True)
        try:
            arr.save(scenario, file, replace=replace)
        except FileExistsError:
            raise FileExistsError(_WORDS[self._lang]["exists"].format(file)) from None
        self.refresh_saved()
        return file

    def load(self, name: str) -> None:
        """Show a saved scenario, as its file is now.

        Raises
        ------
        FileNotFoundError
            When there is none of that name.
        ValueError
            When the name or the file breaks a rule, naming the file, the line and the rule, or when the
            scenario is in another currency than the guidance.
        """
        self.scenario = self._read(name)

    def _read(self, name: str) -> Scenario:
        """Read a saved scenario, and `folder` again: others may have replaced what was read before."""
        self.refresh_saved()
        scenario, currency = arr.load(self._file(name)), self.guidance.currency
        if scenario.currency != currency:
            raise ValueError(f"{self._file(name)} is in {scenario.currency} and the guidance in {currency}")
        return scenario

    def refresh_saved(self) -> None:
        """Read `folder` again; a scenario that breaks a rule or is in another currency is left out."""
        found = {}
        for file in sorted(self.folder.glob("*.toml")):
            try:
                scenario = arr.load(file)
            except (ValueError, OSError):
                continue
            if scenario.currency == self.guidance.currency and _NAME.fullmatch(file.stem):
                path = scenario.path()
                found[file.stem] = {
                    "fields": whatif.field_values(scenario),
                    "figures": _figures(scenario),
                    "path": [
                        [str(day.date()), arr] for day, arr in zip(path["date"], path["arr"], strict=True)
                    ],
                }
        self.saved = found
        self.compared = [name for name in self.compared if name in found]

    @traitlets.observe("compared")
    def _compared_changed(self, _: Any) -> None:
        if self._ready:
            self.refresh_saved()

    def compare(self, *names: str) -> pd.DataFrame:
        """Return the figures of the guidance, of this scenario and of saved ones, a column each.

        Parameters
        ----------
        *names
            Saved scenarios; all of them when none is named.

        Returns
        -------
        pandas.DataFrame
            figure, unit, guidance, now, then one column a name. Chances are of the level each one asks for.

        Raises
        ------
        KeyError
            When there is no saved scenario of a name.
        """
        self.refresh_saved()
        for name in names:
            if name not in self.saved:
                raise KeyError(f"no saved scenario {name!r}: there is {', '.join(self.saved) or 'none'}")
        table = self.table()[list(_COLUMNS)]
        for name in names or self.saved:
            table[name] = arr.load(self._file(name)).summary().array
        return table

    def _file(self, name: str) -> Path:
        if not _NAME.fullmatch(name) or name != name.strip() or name in _COLUMNS:
            raise ValueError(_WORDS[self._lang]["name_rule"].format(name))
        return self.folder / f"{name}.toml"

    def _asked(self, _: Any, message: Any, __: Any) -> None:
        words = _WORDS[self._lang]
        if not isinstance(message, dict) or message.get("do") not in ("save", "load"):
            return
        name = str(message.get("name", "")).strip()
        try:
            if message["do"] == "load":  # the page shows it, from what it is sent before this answer
                self._read(name)
                self.send({"answer": "", "loaded": name})
                return
            # What the page showed when it asked; its fields may still be on their way.
            scenario = self._made(**message["fields"])
            file = self._save(scenario, name, message.get("replace") is True)
        except FileExistsError as error:
            self.send({"answer": str(error), "failed": True, "exists": True})
        except (KeyError, OSError, TypeError, ValueError) as error:
            self.send({"answer": str(error), "failed": True})
        else:
            self.send({"answer": f"{words['saved']} {file}"})

    # Simulation -------------------------------------------------------------------------------------------

    @traitlets.observe("simulate")
    def _simulate_changed(self, _: Any) -> None:
        if self._ready:
            self._follow()

    def _follow(self) -> None:
        """Simulate the scenario as it is now: soon where an event loop runs, at once where none does."""
        if not self.simulate:
            return
        self._wanted = self.scenario
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            self.simulation = self._simulated(self.scenario)
            return
        if self._task is None or self._task.done():
            self._task = loop.create_task(self._simulate_latest())

    async def _simulate_latest(self) -> None:
        while (wanted := self._wanted) is not None:
            await asyncio.sleep(_PAUSE)
            if wanted is not self._wanted:  # the hand moved on
                continue
            result = await asyncio.get_running_loop().run_in_executor(_POOL, self._simulated, wanted)
            if wanted is self._wanted:
                self._wanted = None
                self.simulation = result

    def _simulated(self, scenario: Scenario) -> dict[str, Any]:
        words = _WORDS[self._lang]
        seen = [each for each, _ in self._seen if scenario.start < each.date <= scenario.end]
        of = whatif.field_values(scenario)
        if not seen:
            return {"of": of, "why": words["none_seen"]}
        if scenario.months > MOST_MONTHS:
            return {"of": of, "why": words["too_long"].format(MOST_MONTHS)}
        try:
            result = scenario.simulate(PATHS, observed=seen)
        except ValueError:
            return {"of": of, "why": words["none_agree"].format(f"{PATHS:,}")}
        fan = result.fan
        (label,) = (readout.label for readout in self._readouts if readout.figure == "p_target")
        return {
            "of": of,
            "p_target": result.p_target,
            "standard_error": result.standard_error,
            "fan": [
                {"date": str(day.date()), "low": low, "mid": mid, "high": high}
                for day, low, mid, high in zip(fan.index, fan["5%"], fan["50%"], fan["95%"], strict=True)
            ],
            "words": words["simulated"].format(
                what=label.replace("{target}", self._asked_of(of)),
                chance=f"{result.p_target:.0%}",
                error=f"{100 * result.standard_error:.1f}",
                kept=f"{result.effective_sample_size:,.0f}",
                paths=f"{result.paths:,}",
            ),
        }

    def _asked_of(self, fields: dict[str, Any]) -> str:
        """Write the level whose chance a scenario asks for, as the label of the chance takes it."""
        level = (fields["target"] or fields["end_arr"]) * _WORDS[self._lang]["target_scale"]
        return f"{float(f'{level:.6g}'):.12g}"

    # What is read and stored ------------------------------------------------------------------------------

    def table(self) -> pd.DataFrame:
        """Return the figures of the scenario beside the guidance's.

        Returns
        -------
        pandas.DataFrame
            figure, unit, guidance, now, change (now less guidance). The chance is of the same level in both.
        """
        now, then = self.scenario, self.guidance.replace(target=self.scenario.target or self.scenario.end_arr)
        rows = then.compare(now)
        units = now.summary().attrs["units"]
        return pd.DataFrame(
            {
                "figure": rows["figure"],
                "unit": rows["figure"].map(units),
                "guidance": rows["this"],
                "now": rows["other"],
                "change": rows["change"],
            }
        )

    def __repr__(self) -> str:
        """Say what is shown; the same each time, so a stored notebook can be compared."""
        s = self.scenario
        return (
            f"WhatIf({s.currency} {s.start_arr:g} bn on {s.start} to {s.currency} {s.end_arr:g} bn"
            f" on {s.end}, {controls.SHAPES[s.shape]['en']})"
        )

    def _picture(self) -> str:
        spec = {**self.spec, "params": [dict(param) for param in self.spec["params"]]}
        saved: list[dict[str, Any]] = [
            {
                "name": name,
                "color": self.palette[list(self.saved).index(name) % len(self.palette)],
                "date": _local_day(day),
                "arr": level,
            }
            for name in self.compared
            if name in self.saved
            for day, level in self.saved[name]["path"]
        ]
        fan = self.simulation["fan"] if self._simulation_shown() else []
        simulated = [{**row, "date": _local_day(row["date"])} for row in fan]
        values = self._fields() | {"compared": self.company}
        values["top"] = max(
            self.guided["top"],
            1.35 * max(self.start_arr, self.end_arr),
            *(1.1 * row["arr"] for row in saved),
        )
        # Names stand at the ends of their paths, one above the other where the ends are near.
        last, places = -math.inf, {}
        for level, name in sorted(
            (row["arr"], row["name"]) for row in {row["name"]: row for row in saved}.values()
        ):
            places[name] = last = max(level, last + _LABEL * values["top"])
        saved = [row | {"label": places[row["name"]]} for row in saved]
        spec["datasets"] = {**spec["datasets"], "saved": saved, "simulated": simulated}
        values["saved_first"] = min((row["date"] for row in saved), default=None)
        values["saved_last"] = max((row["date"] for row in saved), default=None)
        for param in spec["params"]:
            if param["name"] in values:
                param["value"] = values[param["name"]]
        return svg(spec)

    def _ipython_display_(self) -> None:
        """Show the panel and, hidden while it lives, what is seen without a kernel: picture and table."""
        self.refresh_saved()
        view, _ = self._repr_mimebundle_() or ({}, {})
        _display({stored.VIEW: view[stored.VIEW]}, raw=True)
        self._keep(self)

    def _cell_ran(self, result: Any) -> None:
        """Store what a cell shows of the panel inside another widget, and what it changed of it elsewhere."""
        shown = getattr(result, "result", None)
        if isinstance(shown, ipywidgets.Widget) and shown is not self and self in _within(shown):
            self._keep(shown)
        drawn_of = self._drawn_of()
        if self._kept and self._kept_of != drawn_of:
            self._kept_of = drawn_of
            self._write_kept(self.as_stored())

    def _keep(self, shown: ipywidgets.Widget) -> None:
        """Store a picture and a table for the view of a widget that is the panel or has it inside."""
        metadata = {stored.INSTEAD: shown.model_id}
        handle = _display(self.as_stored(), raw=True, metadata=metadata, display_id=True)
        self._kept.append((handle, metadata))
        self._kept_of = self._drawn_of()

    def close(self) -> None:
        """Close the panel; what is stored of it stays."""
        shell = get_ipython()
        if shell is not None and self._cell_ran in shell.events.callbacks["post_run_cell"]:
            shell.events.unregister("post_run_cell", self._cell_ran)
        self._kept = []
        super().close()

    def as_stored(self) -> dict[str, str]:
        """Return what a notebook keeps of the panel: a picture and a table, as HTML, and a line of text."""
        words = _WORDS[self._lang]
        figures = self.table().set_index("figure")
        asked = self._asked_of(self._fields())
        compared = {name: self.saved[name] for name in self.compared if name in self.saved}
        cell = "<td style='text-align:right;padding-left:1.5em'>{}</td>"
        rows = ""
        for readout in self._readouts:
            row: Any = figures.loc[readout.figure]
            texts = [
                readout.write(row["now"]),
                readout.write(row["guidance"]),
                readout.write_change(row["change"]),
            ]
            for each in compared.values():
                value, other = each["figures"][readout.figure], self._asked_of(each["fields"])
                of = f" ({words['of']} {other})" if readout.figure == "p_target" and other != asked else ""
                texts.append(readout.write(float("nan") if value is None else value) + of)
            head = html.escape(readout.label.replace("{target}", asked))
            cells = "".join(cell.format(html.escape(text)) for text in texts)
            rows += f"<tr><th scope='row' style='text-align:left'>{head}</th>{cells}</tr>"
        heads = "".join(
            f"<th scope='col' style='text-align:right;padding-left:1.5em'>{html.escape(name)}</th>"
            for name in (words["now"], words["guidance"], words["change"], *compared)
        )
        said = html.escape(self._said())
        reading = words["reading"].format(**self.words["legend"])
        reading += words["simulation_reading"] if self._simulation_shown() else ""
        reading += words["company_reading"] if self.company else ""
        picture = base64.b64encode(self._picture().encode()).decode("ascii")
        page = (
            "<div class='wb-stored'>"
            f"<img src='data:image/svg+xml;base64,{picture}' alt='{said}' width='720'>"
            f"<p>{html.escape(reading)}</p>"
            f"<table><caption style='text-align:left'>{said}</caption><tr><th></th>{heads}</tr>{rows}</table>"
            f"<p>{html.escape(self.sources)}</p></div>"
        )
        return {"text/html": page, "text/plain": repr(self)}

    def _said(self) -> str:
        s, lang = self.scenario, self._lang
        unit = f"{s.currency} bn"
        ends = [
            f"{style.money(level, unit, lang)} ({style.day(day, lang=lang)})"
            for day, level in ((s.start, s.start_arr), (s.end, s.end_arr))
        ]
        comma = ", " if lang == "en" else "，"
        return f"{_WORDS[lang]['panel']}: {' → '.join(ends)}{comma}{controls.SHAPES[s.shape][lang]}"

    def _simulation_shown(self) -> bool:
        return self.simulate and "fan" in self.simulation and self.simulation["of"] == self._fields()

    def _drawn_of(self) -> tuple[Any, ...]:
        compared = tuple(str(self.saved.get(name)) for name in self.compared)
        return self.scenario, self.company, compared, self._simulation_shown()

    @traitlets.observe("scenario", "company", "compared", "saved", "simulate", "simulation")
    def _keep_soon(self, _: Any) -> None:
        if self._ready and self._kept and (self._resting is None or self._resting.done()):
            with suppress(RuntimeError):  # no event loop, no page
                self._resting = asyncio.get_running_loop().create_task(self._keep_at_rest())

    async def _keep_at_rest(self) -> None:
        """Store what is shown, once the hand has rested."""
        while self._kept_of != (drawn_of := self._drawn_of()):
            await asyncio.sleep(_REST)
            if drawn_of == self._drawn_of():
                page = await asyncio.to_thread(self.as_stored)
                if drawn_of == self._drawn_of():
                    self._kept_of = drawn_of
                    self._write_kept(page)

    def _write_kept(self, page: dict[str, str]) -> None:
        for handle, metadata in self._kept:
            handle.update(page, raw=True, metadata=metadata)  # type: ignore[no-untyped-call]


def _within(widget: ipywidgets.Widget) -> Iterator[ipywidgets.Widget]:
    """Yield a widget and all that it holds."""
    yield widget
    for child in getattr(widget, "children", ()):
        yield from _within(child)


_POOL = ThreadPoolExecutor(1, thread_name_prefix="what-if")


_display: Any = display  # untyped by IPython


def _local_day(day: str) -> float:
    """Return the start of a day where this runs, in milliseconds as Vega takes it."""
    return 1000 * dt.datetime.fromisoformat(day).timestamp()


def _legend(points: pd.DataFrame, lang: Language) -> dict[str, str]:
    """Return the words of the legend, with what an arrow means where there is one."""
    words = _WORDS[lang]
    legend = dict(words["legend"])
    for mark, kind in (("guidance", "guidance"), ("observed", "actual")):
        bounds = set(points.loc[points["kind"] == kind, "bound"])
        legend[mark] += "".join(text for bound, text in words["arrows"].items() if bound in bounds)
    return legend


def _figures(scenario: Scenario) -> dict[str, float | None]:
    return {name: value if value == value else None for name, value in scenario.figures().items()}


_WORDS: dict[str, dict[str, Any]] = {
    "en": {
        "panel": "What-if on the run-rate targets",
        "drawing": "Run rate over time with a fan of outcomes, the guidance and what was observed.",
        "from": "From",
        "to": "To",
        "path": "Path between",
        "assumptions": "Assumptions",
        "more": "More assumptions",
        "why": "Where a start value is from: point at its control, or move to it.",
        "figures": "Figures of the scenario",
        "figure": "Figure",
        "unit": "Unit",
        "now": "now",
        "guidance": "guidance",
        "change": "change",
        "undo": "Undo",
        "redo": "Redo",
        "reset": "Back to the guidance",
        "copy": "Copy as a table",
        "copied": "Copied: paste it into a spreadsheet.",
        "scenarios": "Saved scenarios",
        "name": "Name",
        "save": "Save",
        "replace": "Replace it",
        "load": "Load",
        "saved": "Saved as",
        "comparison": "Scenarios beside one another",
        "differ": "What differs",
        "comparables": "Other companies' growth",
        "none": "none",
        "all": "all windows",
        "not_copied": "Not copied: the browser allows no access to the clipboard.",
        "given": "Simulate, given what was observed between the two dates: {}",
        "nothing": "nothing",
        "none_seen": "Nothing was observed between the two dates: the chance in the table is all there is.",
        "none_agree": "None of {} paths agrees with what was observed.",
        "too_long": "More than {} months are not simulated.",
        "computing": "simulating …",
        "overdue": "No answer yet: the kernel is busy or gone.",
        "simulated": "{what} = {chance} ± {error} pp; {kept} of {paths} paths agree with what was seen",
        "no_kernel": "No answer: saving needs a running kernel.",
        "not_read": "No answer from the kernel: shown as this page last read it.",
        "order": "The second date has to come after the first.",
        "year": "A year is from 1900 to 2199.",
        "ceiling": "An S-curve tends to a level above both its ends.",
        "name_rule": "name is {!r}: give 1 to 60 letters, digits, spaces or .()%+,-, the first a letter or "
        "digit; figure, unit, guidance and now are taken",
        "exists": "{} exists: choose another name, or replace it",
        "legend": {
            "path": "this scenario: drag its ends",
            "guidance": "guidance",
            "fan": "5 to 95% and 25 to 75% of outcomes",
            "observed": "observed",
            "simulated": "simulated 5, 50 and 95%",
            "others": "other companies, from the same start",
        },
        "arrows": {
            "at_least": " (arrow up: at least)",
            "at_most": " (arrow down: at most)",
            "between": " (bracket: low end of a range)",
        },
        "reading": "Line: this scenario. Dashed orange: {guidance}. Shaded: {fan}. Blue: {observed}.",
        "simulation_reading": " Dotted and black: simulated 5, 50 and 95%.",
        "company_reading": " Grey: other companies, from the same start.",
        "of": "of",
        "target_scale": 1,
    },
    "zh": {
        "panel": "ARR目标假设分析",
        "drawing": "ARR走势、区间、指引与已披露值。",
        "from": "起点",
        "to": "终点",
        "path": "其间路径",
        "assumptions": "假设",
        "more": "更多假设",
        "why": "指向或选中某项，此处说明其起始值的来源。",
        "figures": "情景指标",
        "figure": "指标",
        "unit": "单位",
        "now": "改后",
        "guidance": "指引",
        "change": "变化",
        "undo": "撤销",
        "redo": "重做",
        "reset": "恢复指引",
        "copy": "复制为表格",
        "copied": "已复制，可粘贴到电子表格。",
        "scenarios": "已存情景",
        "name": "名称",
        "save": "保存",
        "replace": "覆盖",
        "load": "载入",
        "saved": "已存为",
        "comparison": "情景对照",
        "differ": "不同之处",
        "comparables": "其他公司的增长",
        "none": "不显示",
        "all": "全部时段",
        "not_copied": "未复制：浏览器不允许访问剪贴板。",
        "given": "按两个日期之间已披露的条件模拟：{}",
        "nothing": "无",
        "none_seen": "两个日期之间没有披露值：以表中概率为准。",
        "none_agree": "{}条路径无一与已披露相符。",
        "too_long": "超过{}个月不作模拟。",
        "computing": "模拟中…",
        "overdue": "尚无回应：内核繁忙或已停止。",
        "simulated": "{what}：{chance} ± {error}个百分点；{paths}条路径中{kept}条与已披露相符",
        "no_kernel": "没有回应：保存需要运行中的内核。",
        "not_read": "内核没有回应：所示为本页上次读取的内容。",
        "order": "第二个日期须晚于第一个。",
        "year": "年份须在1900至2199之间。",
        "ceiling": "S曲线的上限须高于两端。",
        "name_rule": "名称{!r}不可用：请用1至60个字母、汉字、数字、空格或.()%+,-，首字须为字母、汉字或数字；"
        "figure、unit、guidance、now已被占用",
        "exists": "{}已存在：请换名称，或选择覆盖",
        "legend": {
            "path": "本情景（可拖动两端）",
            "guidance": "指引",
            "fan": "5–95%与25–75%区间",
            "observed": "已披露",
            "simulated": "模拟的5%、50%、95%",
            "others": "其他公司，自同一起点",
        },
        "arrows": {
            "at_least": "（上箭头表示下限）",
            "at_most": "（下箭头表示上限）",
            "between": "（括线表示区间下限）",
        },
        "reading": "实线为本情景；橙色虚线为{guidance}；阴影为{fan}；蓝色为{observed}。",
        "simulation_reading": "点线与黑线为模拟的5%、50%、95%。",
        "company_reading": "灰线为其他公司，自同一起点。",
        "of": "目标",
        "target_scale": 10,
    },
}
