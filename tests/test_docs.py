"""What the documents say of the code is so."""

import importlib
import inspect
import json
import re
import runpy
from pathlib import Path

import pytest

import workbook as wb
from workbook import cli
from workbook.dossier import bundled

ROOT = Path(__file__).parents[1]
DOCS = ("README.md", "CONTRIBUTING.md", "docs/architecture.md", "docs/reference.md")


def test_the_reference_is_that_of_the_code() -> None:
    written = runpy.run_path(str(ROOT / "docs" / "reference.py"))["written"]()
    assert (ROOT / "docs" / "reference.md").read_text(encoding="utf-8") == written, (
        "run python docs/reference.py"
    )
    package = json.loads((bundled("data") / "datapackage.json").read_text(encoding="utf-8"))
    for resource in package["resources"]:
        assert f"**`{resource['name']}`**" in written
        for field in resource["schema"]["fields"]:
            assert f"- `{field['name']}` (" in written
    for theme in ("structure", "strategy", "commercialization", "models", "talent", "evidence"):
        for name in getattr(wb, theme).__all__:
            assert re.search(rf"- `{name}[(`]", written), f"{theme}.{name}"


@pytest.mark.parametrize("document", DOCS)
def test_what_a_document_links_to_is_there(document: str) -> None:
    text = (ROOT / document).read_text(encoding="utf-8")
    for target in re.findall(r"\]\((?!http)([^)#]+)", text):
        assert ((ROOT / document).parent / target).exists(), target


@pytest.mark.parametrize("document", ["README.md", "CONTRIBUTING.md", "docs/architecture.md"])
def test_what_a_document_names_is_there(document: str) -> None:
    """A path in backticks, a `module.name` of the library, a `workbook` command with its options."""
    text = (ROOT / document).read_text(encoding="utf-8")
    named = set(re.findall(r"`([^`\n]+)`", text))
    for path in {
        name
        for name in named
        if re.fullmatch(r"[\w./-]+\.(py|csv|json|toml|md|ipynb)|[\w.]+(/[\w.]+)*/", name)
    }:
        places = [ROOT, ROOT / "workbook", ROOT / "data", ROOT / "notebooks", ROOT / "workbook" / "words"]
        places.append(ROOT / "workbook" / "dossier")
        # A file of the reader's own, or a folder that the text tells how to make, is none of ours.
        if not re.match(r"my_|scenarios/|page\.html", path):
            assert any((place / path).exists() for place in places), path
    themes = "evidence|structure|strategy|commercialization|models|talent|style|words"
    for name in {name for name in named if re.fullmatch(rf"({themes})\.\w+(\(.*\))?", name)}:
        module, _, attribute = name.partition(".")
        assert hasattr(getattr(wb, module), attribute.split("(")[0]), name
    known = cli.parser().format_help()
    for command in re.findall(r"`workbook (\w+)", text):
        assert command in known, command


THEMES = ("evidence", "structure", "strategy", "commercialization", "models", "talent", "style")
PUBLIC = {
    f"{theme}.{name}": value
    for theme in THEMES
    for name, value in vars(importlib.import_module(f"workbook.{theme}")).items()
    if inspect.isfunction(value) and value.__module__.startswith(f"workbook.{theme}")
}


@pytest.mark.parametrize("name", sorted(name for name in PUBLIC if not name.split(".")[1].startswith("_")))
def test_each_parameter_of_a_public_function_is_documented(name: str) -> None:
    """Of every chart and table function: which days are picked, in which language, under which title."""
    section = re.search(r"Parameters\n-+\n(.*?)(\n\n\w+\n-+\n|\Z)", inspect.getdoc(PUBLIC[name]) or "", re.S)
    heads = re.findall(r"^(\S.*)$", section[1] if section else "", re.M)
    documented = [parameter.strip() for head in heads for parameter in head.split(",")]
    kinds = {"VAR_POSITIONAL": "*", "VAR_KEYWORD": "**"}
    parameters = inspect.signature(PUBLIC[name]).parameters.values()
    assert documented == [kinds.get(each.kind.name, "") + each.name for each in parameters]
