import json
import re
import subprocess
import sys
from pathlib import Path

import altair as alt
import jupyterlab
import pandas as pd
import pytest

from workbook import style
from workbook.jupyter import display


@pytest.fixture
def chart() -> alt.Chart:
    data = pd.DataFrame({"quarter": ["a", "b"], "revenue": [1.5, 2.5]})
    return alt.Chart(data, description="Two bars.").mark_bar().encode(x="quarter:N", y="revenue:Q")


def test_bundle_has_what_jupyterlab_draws_and_what_others_show(chart: alt.Chart) -> None:
    data, metadata = display.bundle(chart.to_dict())
    spec = data[display.MIME]
    assert spec["$schema"].endswith("/v5.json")
    assert {"mark", "encoding", "data", "datasets"} <= set(spec)
    assert data["image/png"].startswith("iVBORw0KGgo")  # the PNG signature in base64
    assert metadata["image/png"]["alt"] == "Two bars."
    assert data["text/plain"] == "Chart: Two bars."
    assert metadata[display.MIME]["embed_options"]["actions"]["editor"] is False


def test_the_same_chart_gives_the_same_spec_each_time(chart: alt.Chart) -> None:
    first, second = (display.bundle(chart.to_dict())[0] for _ in range(2))
    assert first == second


def test_the_mime_type_is_one_that_the_installed_jupyterlab_draws() -> None:
    """When JupyterLab moves to the next Vega-Lite this fails, and one constant has to move with it."""
    static = Path(sys.prefix) / "share" / "jupyter" / "lab" / "static"
    types = set()
    for file in static.glob("*.js"):
        types |= set(re.findall(r"application/vnd\.vegalite\.v\d\+json", file.read_text(encoding="utf-8")))
    assert display.MIME in types, f"JupyterLab {jupyterlab.__version__} draws {sorted(types)}"
    assert max(types) == display.MIME


def test_loading_the_extension_switches_renderer_and_theme_and_back() -> None:
    code = (
        "import altair as alt, workbook;"
        "before = alt.renderers.active, alt.theme.active;"
        "workbook.load_ipython_extension(None); loaded = alt.renderers.active, alt.theme.active;"
        "from workbook.jupyter.display import unload_ipython_extension as off; off(None);"
        "print(before, loaded, (alt.renderers.active, alt.theme.active))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "('default', 'default') ('workbook', 'workbook') ('default', 'default')"


def test_dressed_charts_can_be_put_side_by_side(chart: alt.Chart) -> None:
    """A config inside the chart would forbid it; the theme is applied when a chart is shown."""
    dressed = style.dress(chart, title="A finding", footer="Sources: x.", description="Two bars.")
    spec = (dressed | dressed).to_dict()
    assert len(spec["hconcat"]) == 2
    assert json.dumps(spec).count("Sources: x.") == 2


@pytest.mark.parametrize(
    ("arguments", "written"),
    [
        ((48437, "RMB m"), "RMB 48.4 bn"),
        ((8971, "RMB m", "exact", "zh"), "89.71亿元"),
        ((380, "RMB bn", "at_least"), "at least RMB 380 bn"),
        ((380, "RMB bn", "at_least", "zh"), "不低于3,800亿元"),
        ((-848, "RMB m"), "RMB -848 m"),
        ((40, "%"), "40%"),
        ((3, "years", "at_most"), "at most 3 years"),
        ((5, "rank", "exact", "zh"), "第5名"),
        ((2.5, "USD per 1M tokens"), "USD 2.5 per million tokens"),
    ],
)
def test_figures_are_worded_with_unit_and_bound(arguments: tuple, written: str) -> None:  # type: ignore[type-arg]
    assert style.figure(*arguments) == written


def test_a_footer_names_documents_and_the_as_of_date(other_folder: Path) -> None:
    import workbook as wb

    book = wb.open(other_folder)
    assert style.footer(book, ["labs-formed", "labs-renamed", "arr-first"]) == (
        "Sources: Daily Wire, 20 May 2031; Northlight AG, 2 Mar 2031."
    )
    early = wb.open(other_folder, as_of="2031-04-01")
    assert style.footer(early, ["labs-formed"]).endswith("As known on 1 Apr 2031.")
    with pytest.raises(ValueError, match="labs-renamed"):
        style.footer(early, ["labs-renamed"])


def test_long_titles_are_wrapped_not_cut() -> None:
    text = "word " * 60
    lines = style.wrap(text.strip(), 640, 16)
    assert len(lines) > 3
    assert max(map(len, lines)) <= 640 / (16 * 0.53)
    assert " ".join(lines) == text.strip()
    chinese = "阿里巴巴升级大模型组织架构" * 8
    assert "".join(style.wrap(chinese, 640, 16)) == chinese
