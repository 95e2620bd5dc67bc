"""The what-if panel: move the run-rate targets, see the path and what it would take."""

from __future__ import annotations

import base64
import html
from pathlib import Path
from typing import Any, ClassVar

import anywidget
import ipywidgets
import traitlets
import vl_convert as vlc

from workbook import commercialization, display, style
from workbook.arr import Scenario
from workbook.dossier import Dossier

__all__ = ["WhatIf"]

_VIEW = (Path(__file__).parent / "vega_view.js").read_text(encoding="utf-8")
_SHAPES = {"exponential": "constant growth", "linear": "constant amount", "s_curve": "S-curve"}
FIGURES = {
    "multiple": ("Multiple", "{:.2f}x"),
    "cmgr": ("CMGR", "{:.1%}/month"),
    "net_new_arr": ("Net new ARR", "{currency} {:.1f} bn"),
    "gross_new_arr": ("Gross new ARR", "{currency} {:.1f} bn"),
    "recognised_revenue": ("Recognised revenue", "{currency} {:.1f} bn"),
    "tokens_per_day": ("Tokens a day, at the end", "{trillions:.1f} trillion"),
    "external_share": ("Share of external cloud", "{:.1%}"),
    "p_target": ("P(guided target)", "{:.0%}"),
}
"""Readouts: figure of `Scenario.summary`, its label, its format."""


class _VegaView(anywidget.AnyWidget):
    """Draws a Vega-Lite spec with the Vega that vl-convert carries; nothing is fetched."""

    _esm: ClassVar[str] = vlc.javascript_bundle(_VIEW)
    spec = traitlets.Dict().tag(sync=True)


class WhatIf(ipywidgets.VBox):  # type: ignore[misc]
    """A panel for what-if edits to the two run-rate targets.

    Typing a number works as well as sliding. The start is the guidance as known on the dossier's `as_of`.

    Parameters
    ----------
    book
        A dossier with guidance of the metric `arr` for two dates.

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
    >>> what.end_arr.value, float(what.scenario.summary()["multiple"])
    (25.0, 2.5)
    """

    scenario = traitlets.Instance(Scenario)

    def __init__(self, book: Dossier, **layout: Any) -> None:
        self._book = book
        guidance, self.claims = commercialization.guidance(book)
        # The chance asked for stays that of the guided level, wherever the end of the path is moved.
        self.guidance = guidance.replace(target=guidance.target or guidance.end_arr)
        ranges = book.assumptions.set_index("id")[["low", "high"]]
        start, end = (style.day(d) for d in (self.guidance.start, self.guidance.end))
        self.start_arr = self._slider("start-arr", f"ARR {start}, {self.guidance.currency} bn", ranges)
        self.end_arr = self._slider("end-arr", f"ARR {end}, {self.guidance.currency} bn", ranges)
        self.shape = ipywidgets.Dropdown(
            options=[(words, name) for name, words in _SHAPES.items() if name != "s_curve"],
            description="Path",
            style={"description_width": "14.5em"},
            layout={"width": "25em"},
        )
        self.reset_button = ipywidgets.Button(
            description="Back to the guidance",
            icon="undo",
            layout={"width": "auto", "margin": "2px 0 0 14em"},
        )
        self.reset_button.on_click(lambda _: self.reset())
        self.readout = ipywidgets.HTML(layout={"width": "30em"})
        self.chart = _VegaView()
        controls = ipywidgets.VBox([self.start_arr, self.end_arr, self.shape, self.reset_button])
        super().__init__(
            [self.chart, ipywidgets.HBox([controls, self.readout], layout={"flex_flow": "row wrap"})],
            **layout,
        )
        self.scenario = self.guidance
        for control, field in self._fields():
            control.observe(lambda change, field=field: self._edit(field, change["new"]), "value")

    def _slider(self, assumption: str, label: str, ranges: Any) -> ipywidgets.FloatSlider:
        low, high = ranges.loc[assumption]
        return ipywidgets.FloatSlider(
            min=low,
            max=high,
            value=low,
            step=0.1,
            readout_format=".1f",
            description=label,
            style={"description_width": "14.5em"},
            layout={"width": "30em"},
        )

    def _fields(self) -> list[tuple[ipywidgets.DOMWidget, str]]:
        return [(self.start_arr, "start_arr"), (self.end_arr, "end_arr"), (self.shape, "shape")]

    def _edit(self, field: str, value: Any) -> None:
        if getattr(self.scenario, field) != value:
            self.scenario = self.scenario.replace(**{field: value})

    @traitlets.observe("scenario")
    def _show(self, _: Any) -> None:
        for control, field in self._fields():
            value = getattr(self.scenario, field)
            if isinstance(
                control, ipywidgets.FloatSlider
            ):  # a scenario set by hand may lie outside the range
                control.min, control.max = min(control.min, value), max(control.max, value)
            control.value = value
        self.chart.spec = self._spec()
        self.readout.value = self._table()

    def _spec(self) -> dict[str, Any]:
        chart = commercialization.arr_chart(self._book, self.scenario)
        with style.themed():
            spec: dict[str, Any] = chart.to_dict()
        return spec

    def _table(self) -> str:
        rows = self.scenario.compare(self.guidance).set_index("figure")
        cells = []
        for figure, (label, form) in FIGURES.items():
            row: Any = rows.loc[figure]
            now, then = (
                form.format(value, currency=self.scenario.currency, trillions=value / 1e12)
                for value in (row["this"], row["other"])
            )
            right = "text-align:right;padding-left:1em;white-space:nowrap"
            cells.append(
                f"<tr style='line-height:1.5'><th scope='row' style='text-align:left'>{html.escape(label)}"
                "</th>"
                f"<td style='{right}'>{html.escape(now)}</td>"
                f"<td style='{right};opacity:.65'>{html.escape(then)}</td></tr>"
            )
        head = "<tr><th></th><th scope='col'>now</th><th scope='col'>guidance</th></tr>"
        note = "Guidance is a floor; churn, prices, mix and volatility are assumptions."
        return f"<table>{head}{''.join(cells)}</table><div style='opacity:.65'>{note}</div>"

    def reset(self) -> None:
        """Go back to the guidance."""
        self.scenario = self.guidance

    def table(self) -> Any:
        """Return the figures beside the guidance's as a DataFrame: figure, this, other, change."""
        return self.scenario.compare(self.guidance)

    def __repr__(self) -> str:
        """Say what is shown; the same each time, so a stored notebook can be compared."""
        s = self.scenario
        return (
            f"WhatIf({s.currency} {s.start_arr:g} bn on {s.start} to {s.currency} {s.end_arr:g} bn"
            f" on {s.end}, {_SHAPES[s.shape]})"
        )

    def _repr_mimebundle_(self, **options: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        """Add a picture for whoever opens the notebook without a kernel."""
        bundle = dict(super()._repr_mimebundle_(**options) or {})
        spec = self._spec()
        bundle["text/plain"] = repr(self)
        bundle["image/png"] = base64.b64encode(display.png(spec)).decode("ascii")
        return bundle, {"image/png": {"alt": spec["description"]}}
