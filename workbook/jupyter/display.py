"""Show charts in JupyterLab without a network: the one output that draws live, untrusted and saved.

JupyterLab 4 bundles Vega-Lite 5 while Altair 6 writes Vega-Lite 6 (and a MIME type that no notebook can
save), so the spec goes out as Vega-Lite 5 under the type JupyterLab draws, with a PNG and its alt text
beside it for every reader that draws no Vega: code hosts, nbconvert, mail.
"""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

import altair as alt
import vl_convert as vlc

from workbook import style

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

__all__ = ["MIME", "SCHEMA", "bundle", "load_ipython_extension", "png", "svg", "unload_ipython_extension"]

MIME = "application/vnd.vegalite.v5+json"
"""The newest Vega-Lite type that JupyterLab 4 has a renderer for."""
SCHEMA = "https://vega.github.io/schema/vega-lite/v5.json"
"""Names the grammar; nothing is fetched from it."""
VEGALITE = "5.8"
"""The Vega-Lite that draws the PNG: of those in vl-convert the nearest to JupyterLab's 5.6."""
_EMBED = {"actions": {"export": True, "source": False, "compiled": False, "editor": False}}


def png(spec: dict[str, Any], scale: float = 1.5) -> bytes:
    """Draw a Vega-Lite spec as PNG, at `scale` pixels per chart pixel.

    Examples
    --------
    >>> chart = alt.Chart(alt.Data(values=[{"a": 1}])).mark_point().encode(x="a:Q")
    >>> png(chart.to_dict())[1:4]
    b'PNG'
    """
    image: bytes = vlc.vegalite_to_png({**spec, "$schema": SCHEMA}, vl_version=VEGALITE, scale=scale)
    return image


def svg(spec: dict[str, Any]) -> str:
    """Draw a Vega-Lite spec as SVG: for the what-if panel a quarter of the time of `png`.

    No other thread runs while vl-convert draws.

    Examples
    --------
    >>> chart = alt.Chart(alt.Data(values=[{"a": 1}])).mark_point().encode(x="a:Q")
    >>> svg(chart.to_dict())[:4]
    '<svg'
    """
    image: str = vlc.vegalite_to_svg({**spec, "$schema": SCHEMA}, vl_version=VEGALITE)
    return image


def bundle(spec: dict[str, Any], **_: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the MIME bundle of a chart and its metadata; Altair calls this as the renderer "workbook".

    Parameters
    ----------
    spec
        A Vega-Lite spec as Altair's `to_dict` gives it.

    Returns
    -------
    tuple of dict
        Data by MIME type (Vega-Lite 5, PNG in base64, one line of text), and metadata by MIME type
        (the alt text of the PNG, the menu without links that leave the machine).

    Examples
    --------
    >>> chart = alt.Chart(alt.Data(values=[{"a": 1}]), description="One point.").mark_point().encode(x="a:Q")
    >>> data, metadata = bundle(chart.to_dict())
    >>> sorted(data), metadata["image/png"]["alt"]
    (['application/vnd.vegalite.v5+json', 'image/png', 'text/plain'], 'One point.')
    """
    alt_text = spec.get("description") or "Chart without a description"
    data = {
        MIME: {**spec, "$schema": SCHEMA},
        "image/png": base64.b64encode(png(spec)).decode("ascii"),
        "text/plain": f"Chart: {alt_text}",
    }
    return data, {MIME: {"embed_options": _EMBED}, "image/png": {"alt": alt_text}}


alt.renderers.register("workbook", bundle)


def load_ipython_extension(ipython: InteractiveShell) -> None:
    """Show charts with our renderer and theme from here on: `%load_ext workbook`."""
    alt.renderers.enable("workbook")
    style.enable()


def unload_ipython_extension(ipython: InteractiveShell) -> None:
    """Go back to Altair's own renderer and theme: `%unload_ext workbook`."""
    alt.renderers.enable("default")
    alt.theme.enable("default")
