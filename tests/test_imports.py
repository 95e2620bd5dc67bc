"""Imports run one way: no circle anywhere, and each room below those that may use it."""

import ast
import graphlib
from pathlib import Path

import workbook

ROOT = Path(workbook.__file__).parent
FILES = {
    ".".join(path.relative_to(ROOT.parent).with_suffix("").parts).removesuffix(".__init__"): path
    for path in ROOT.rglob("*.py")
}
# A room uses those on the shelves below its own and, within a shelf, whatever makes no circle. What is not named
# here (files, dates, expressions and the like) is a tool: it may be used from anywhere but above the shelf of the rooms it uses.
SHELVES = [
    {"cli", "__main__"},
    {"publish", "author", "whatif", "widgets", "jupyter", "review", "prose"},
    {"structure", "strategy", "commercialization", "models", "talent"},
    {"evidence", "facts", "arr", "style", "diagram"},
    {"words"},
    {"dossier"},
]  # fmt: skip
SHELF = {room: number for number, rooms in enumerate(SHELVES) for room in rooms}


def imported(name: str) -> set[str]:
    """List the modules of the package that a module imports, inside functions and for typing too."""
    package = name if FILES[name].name == "__init__.py" else name.rpartition(".")[0]
    found = set()
    for node in ast.walk(ast.parse(FILES[name].read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            above = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
            base = ".".join([*above, *([node.module] if node.module else [])])
            found |= {whole if (whole := f"{base}.{alias.name}") in FILES else base for alias in node.names}
    return {module for module in found if module in FILES and module != name}


IMPORTS = {name: imported(name) for name in FILES}


def test_no_import_leads_back_to_where_it_began():
    # The package's own __init__ hands out every part, and a part may ask it for the version.
    graph = {name: found - {"workbook"} for name, found in IMPORTS.items() if name != "workbook"}
    tuple(graphlib.TopologicalSorter(graph).static_order())  # raises CycleError, naming the circle


def test_rooms_use_only_those_below():
    rooms = [(name, name.split(".")[1]) for name in IMPORTS if "." in name]
    upwards = [
        f"{name} imports {other}"
        for name, room in rooms
        for other in IMPORTS[name]
        if "." in other and SHELF.get(other.split(".")[1], len(SHELVES)) < SHELF.get(room, 0)
    ]
    assert upwards == []


def test_the_model_knows_no_dossier_and_no_chart():
    outside = {
        other
        for name, found in IMPORTS.items()
        if name.startswith("workbook.arr")
        for other in found
        if not other.startswith("workbook.arr")
    }
    assert outside == {"workbook.dates", "workbook.files", "workbook.hints"}
