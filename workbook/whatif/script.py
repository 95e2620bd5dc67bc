"""What the page runs: our script with Vega around it, and its style sheet; read when first needed."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from workbook.commercialization import layers
from workbook.style import COLORS

__all__ = ["script", "styles"]

_STATIC = Path(__file__).parent / "static"


@cache
def script() -> str:
    """Return `static/panel.js` with the Vega that vl-convert carries, which it uses as `vegaEmbed`.

    Examples
    --------
    >>> "wb-whatif" in script()
    True
    """
    import vl_convert  # a second of work, which an import of the panel does not wait for

    bundled: str = vl_convert.javascript_bundle((_STATIC / "panel.js").read_text(encoding="utf-8"))
    return bundled


@cache
def styles() -> str:
    """Return `static/panel.css`, after the colours of the charts as variables.

    Examples
    --------
    >>> styles().splitlines()[0][:40]
    '.wb-whatif { --wb-actual: #1f5a8a; --wb-'
    """
    # One band of the fan lies over the other.
    clear = 1.0
    for opacity in layers.BANDS.values():
        clear *= 1 - opacity
    mixed = f"color-mix(in srgb, {layers.PATH} {100 * (1 - clear):.1f}%, white)"
    colors = COLORS | {"path": layers.PATH, "fan": mixed}
    variables = " ".join(f"--wb-{name}: {color};" for name, color in colors.items())
    return f".wb-whatif {{ {variables} }}\n" + (_STATIC / "panel.css").read_text(encoding="utf-8")
