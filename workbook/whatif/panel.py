"""The widget: its traits are the fields of the scenario, which the page and Python both set."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import anywidget
import pandas as pd
import traitlets
from IPython.display import display

from workbook import commercialization, words
from workbook.arr import Scenario
from workbook.commercialization import controls, layers
from workbook.commercialization.readouts import Readout
from workbook.dossier import Dossier
from workbook.jupyter import stored
from workbook.style import Language
from workbook.whatif import comparison, history, messages, script, simulation
from workbook.whatif.contents import contents
from workbook.whatif.folder import Folder
from workbook.whatif.kept import Kept
from workbook.whatif.picture import Shown, page

__all__ = ["WhatIf"]

_FIELDS = [name for name in Scenario.__dataclass_fields__ if name != "currency"]
_display: Any = display  # untyped by IPython


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

    _esm = traitlets.Unicode().tag(sync=True)
    _css = traitlets.Unicode().tag(sync=True)

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
    token_price = traitlets.Float(None, allow_none=True).tag(sync=True)
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

    # What does not change: `contents`.
    fields = traitlets.List(traitlets.Unicode()).tag(sync=True)
    spec = traitlets.Dict().tag(sync=True)
    words = traitlets.Dict().tag(sync=True)
    controls = traitlets.List(traitlets.Dict()).tag(sync=True)
    readouts = traitlets.List(traitlets.Dict()).tag(sync=True)
    shapes = traitlets.Dict().tag(sync=True)
    settings = traitlets.Dict().tag(sync=True)
    companies = traitlets.Dict().tag(sync=True)
    guided = traitlets.Dict().tag(sync=True)
    observed = traitlets.List(traitlets.Dict()).tag(sync=True)
    sources = traitlets.Unicode().tag(sync=True)

    def __init__(
        self, book: Dossier, *, folder: str | Path = "scenarios", lang: Language = "en", **options: Any
    ) -> None:
        self.folder, self._lang = Path(folder), lang
        self._kept = Kept(self, self._shown, self.as_stored)
        self.guidance, self.claims = controls.start_scenario(book)
        self._ready = self._in_page = self._stepping = False
        points = commercialization.arr_points(book)
        given = list(simulation.observations(points, self.guidance.currency, lang))
        observed = [each for each, _ in given]
        self._simulation = simulation.Latest(
            lambda scenario: simulation.simulated(scenario, observed, lang),
            lambda result: self.set_trait("simulation", result),
        )
        super().__init__(
            **layers.field_values(self.guidance),
            **contents(book, self.guidance, self.claims, points, given, lang),
            fields=_FIELDS,
            **options,
        )
        self.scenario = self.guidance
        self._ready = True
        self.refresh_saved()
        self.on_msg(lambda _, message, __: self._asked(message))
        self._kept.begin()

    @traitlets.default("_esm")
    def _default_esm(self) -> str:
        return script.script()

    @traitlets.default("_css")
    def _default_css(self) -> str:
        return script.styles()

    # The scenario and its fields --------------------------------------------------------------------------

    def _fields(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in _FIELDS}

    def _made(self, **changes: Any) -> Scenario:
        return Scenario(currency=self.guidance.currency, **self._fields() | changes)

    @traitlets.validate(*_FIELDS)
    def _valid(self, proposal: Any) -> Any:
        if not self._ready:
            return proposal["value"]
        try:
            made = self._made(**{proposal["trait"].name: proposal["value"]})
        except (TypeError, ValueError) as error:
            raise traitlets.TraitError(str(error)) from error
        return layers.field_values(made)[proposal["trait"].name]

    @traitlets.validate("past")
    def _valid_past(self, proposal: Any) -> list[dict[str, Any]]:
        """Leave out a last step of the page that takes nothing back: its change was refused on the way."""
        steps: list[dict[str, Any]] = proposal["value"]
        return history.without_idle(steps, self._fields()) if self._in_page else steps

    @traitlets.validate("scenario")
    def _valid_scenario(self, proposal: Any) -> Scenario:
        scenario: Scenario = proposal["value"]
        if not scenario.currency:
            return scenario.replace(currency=self.guidance.currency)
        if scenario.currency != self.guidance.currency:
            raise traitlets.TraitError(
                f"scenario is in {scenario.currency} and the guidance in {self.guidance.currency}: convert it"
            )
        return scenario

    @traitlets.observe(*_FIELDS)
    def _fields_changed(self, _: Any) -> None:
        if self._ready:
            self.scenario = self._made()

    @traitlets.observe("scenario")
    def _scenario_changed(self, change: Any) -> None:
        if not self._ready:
            return
        before, after = layers.field_values(change["old"]), layers.field_values(change["new"])
        with self.hold_sync(), self.hold_trait_notifications():
            for name, value in after.items():
                setattr(self, name, value)
            # The page keeps its own steps: a drag is one, however many values it passes through.
            if not (self._in_page or self._stepping):
                self.past = history.added(self.past, history.changed(before, after))
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
        changes = getattr(self, origin)[-1]
        rest, more = history.taken(getattr(self, origin), getattr(self, other), self._fields())
        self._stepping = True
        try:
            with self.hold_sync():
                self.set_trait(other, more)
                self.set_trait(origin, rest)
                self.scenario = self._made(**changes)
        finally:
            self._stepping = False

    # Saved scenarios --------------------------------------------------------------------------------------

    def _scenarios(self) -> Folder:
        return Folder(self.folder, self.guidance.currency, self._lang)

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
        file = self._scenarios().save(scenario, name, replace=replace)
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
        return self._scenarios().read(name)

    def refresh_saved(self) -> None:
        """Read `folder` again; a scenario that breaks a rule or is in another currency is left out."""
        self.saved = self._scenarios().listed()
        self.compared = [name for name in self.compared if name in self.saved]

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
        folder = self._scenarios()
        read = {name: folder.read(name) for name in comparison.known(names, self.saved) or self.saved}
        return comparison.beside_saved(self.table(), read)

    def _asked(self, message: Any) -> None:
        """Do what the page asks for, and answer it."""

        def save(fields: dict[str, Any], name: str, replace: bool) -> Path:
            return self._save(self._made(**fields), name, replace)

        answer = messages.answer(message, self._read, save, self._lang)
        if answer is not None:
            self.send(answer)

    # Simulation -------------------------------------------------------------------------------------------

    @traitlets.observe("simulate")
    def _follow(self, _: Any = None) -> None:
        if self._ready and self.simulate:
            self._simulation.ask(self.scenario)

    # What is read and stored ------------------------------------------------------------------------------

    def table(self) -> pd.DataFrame:
        """Return the figures of the scenario beside the guidance's.

        Returns
        -------
        pandas.DataFrame
            figure, unit, guidance, now, change (now less guidance). The chance is of the same level in both.
        """
        return comparison.beside_guidance(self.scenario, self.guidance)

    def __repr__(self) -> str:
        """Say what is shown; the same each time, so a stored notebook can be compared."""
        s = self.scenario
        return (
            f"WhatIf({s.currency} {s.start_arr:g} bn on {s.start} to {s.currency} {s.end_arr:g} bn"
            f" on {s.end}, {words.text(f'shape.{s.shape}')})"
        )

    def _ipython_display_(self) -> None:
        """Show the panel and, hidden while it lives, what is seen without a kernel: picture and table."""
        self.refresh_saved()
        view, _ = self._repr_mimebundle_() or ({}, {})
        _display({stored.VIEW: view[stored.VIEW]}, raw=True)
        self._kept.add(self.model_id)

    def close(self) -> None:
        """Close the panel; what is stored of it stays."""
        self._kept.end()
        super().close()

    def as_stored(self) -> dict[str, str]:
        """Return what a notebook keeps of the panel: a picture and a table, as HTML, and a line of text."""
        legend = self.words["legend"]
        rows = [Readout(**row) for row in self.readouts]
        stands = page(self._shown(), self.table(), rows, self.spec, legend, self.sources, self._lang)
        return {"text/html": stands, "text/plain": repr(self)}

    def _shown(self) -> Shown:
        simulated = self.simulate and self.simulation.get("of") == self._fields()
        return Shown(
            scenario=self.scenario,
            compared={name: self.saved[name] for name in self.compared if name in self.saved},
            company=self.company,
            fan=self.simulation.get("fan") if simulated else None,
        )

    @traitlets.observe("scenario", "company", "compared", "saved", "simulate", "simulation")
    def _keep_soon(self, _: Any) -> None:
        if self._ready:
            self._kept.soon()
