"""No text of a dossier reaches a Vega expression except as a string literal."""

import csv
import inspect
import json
import re
import shutil
from collections.abc import Callable, Iterator
from typing import Any

import altair as alt
import pytest
import vl_convert

import workbook as wb
from workbook.commercialization.windows import comparables
from workbook.dossier import bundled
from workbook.expressions import quoted
from workbook.whatif.drawing import panel_chart

TOKEN = "zqx"  # noqa: S105
MARK = f"\"'\\{TOKEN}\u2028</script>"
"""What ends a string of either kind, an escape, a line of an expression and a script."""
CURRENCY = "USD" + MARK
MODULES = (wb.structure, wb.strategy, wb.commercialization, wb.models, wb.talent, wb.evidence)
ARGUMENTS: dict[str, dict[str, Any]] = {
    "structure.org_chart": {"at": "2026-06-30"},
    "structure.chain_chart": {"at": "2026-06-30"},
    "models.comparables_chart": {"unit": f"{CURRENCY} per 1M tokens"},
    "models.prices_chart": {"unit": f"{CURRENCY} per 1M tokens"},
    "commercialization.tokens_chart": {"vendor": f"Alibaba{MARK}"},
    "evidence.known_chart": {"on": "2026-06-08"},
}


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> wb.Dossier:
    """The bundled dossier with the mark at the end of every free text and in a currency."""
    folder = tmp_path_factory.mktemp("hostile") / "data"
    shutil.copytree(bundled("data"), folder)
    package = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
    for resource in package["resources"]:
        schema = resource["schema"]
        keys = {key["fields"] for key in schema.get("foreignKeys", [])} | {schema.get("primaryKey")}
        free = [
            field["name"]
            for field in schema["fields"]
            if field["type"] == "string" and field.get("format", "default") == "default"
            and field["name"] not in keys and not {"enum", "pattern"} & set(field.get("constraints", {}))
        ]  # fmt: skip
        for field in schema["fields"]:
            if field["name"] == "unit" and resource["name"] == "claims":
                field["constraints"] = {}  # a dossier may have any unit
        with (folder / resource["path"]).open(encoding="utf-8", newline="") as stream:
            rows = list(csv.DictReader(stream))
        for row in rows:
            row |= {name: row[name] + MARK for name in free if row[name]}
            # Of the company's own models the currency stays: its exchange rate has to be found.
            peer = resource["name"] == "claims" and not row["subject"].startswith("Qwen")
            if peer and row["unit"].startswith("USD per 1M"):
                row["unit"] = row["unit"].replace("USD", CURRENCY)
        with (folder / resource["path"]).open("w", encoding="utf-8", newline="") as stream:
            writer = csv.DictWriter(stream, [field["name"] for field in schema["fields"]])
            writer.writeheader()
            writer.writerows(rows)
    package["subject"] += MARK
    for part in package["parts"]:
        part |= {name: text + MARK for name, text in part.items()}
    (folder / "datapackage.json").write_text(json.dumps(package), encoding="utf-8")
    return wb.open(folder)


def charts() -> list[Any]:
    """Every function of a theme that draws a dossier, and the panel's drawing."""
    found = [
        pytest.param(lambda book, lang: panel_chart(book, comparables(book), lang=lang), {}, id="panel_chart")
    ]
    for module in MODULES:
        for name, function in inspect.getmembers(module, inspect.isfunction):
            if name.endswith(("_chart", "_by_date")):
                full = f"{module.__name__.removeprefix('workbook.')}.{name}"
                found.append(pytest.param(function, ARGUMENTS.get(full, {}), id=full))
    return found


def expressions(node: Any, key: str = "") -> Iterator[str]:
    """Every text of a spec that Vega reads as an expression."""
    if isinstance(node, dict):
        for name, value in node.items():
            if name not in ("datasets", "usermeta"):
                yield from expressions(value, name)
    elif isinstance(node, list):
        for value in node:
            yield from expressions(value, key)
    elif isinstance(node, str) and re.fullmatch("expr|.*Expr|calculate|filter|test|signal|update|init", key):
        yield node


def code(expression: str) -> str:
    """What is left of an expression without its string literals, as Vega's grammar has them."""
    return re.sub(r'"(?:[^"\\\n\u2028\u2029]|\\.)*"|' r"'(?:[^'\\\n\u2028\u2029]|\\.)*'", "''", expression)


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize(("draw", "arguments"), charts())
def test_text_of_a_dossier_is_never_part_of_an_expression(
    hostile: wb.Dossier, draw: Callable[..., alt.LayerChart], arguments: dict[str, Any], lang: str
) -> None:
    spec = draw(hostile, lang=lang, **arguments).to_dict()
    assert TOKEN in json.dumps(spec)  # the marked dossier is what was drawn
    for expression in expressions(spec):
        assert TOKEN not in code(expression)
    if lang == "en":
        assert "<svg" in vl_convert.vegalite_to_svg(spec)


@pytest.mark.parametrize(
    "text", ["it's", 'so "so"', "back\\slash", "line\nend\u2028\u2029", "</script>", "元"]
)
def test_a_quoted_text_is_read_back_by_vega(text: str) -> None:
    literal = quoted(text)
    assert code(literal) == "''"
    assert "</" not in literal
    # Vega says whether it read the same text: the bar has the length of the text.
    spec = {
        "data": {"values": [{"text": text}]},
        "transform": [{"calculate": f"datum.text === {literal} ? 'same' : 'other'", "as": "said"}],
        "mark": "text",
        "encoding": {"text": {"field": "said"}},
    }
    assert ">same<" in vl_convert.vegalite_to_svg(spec)
