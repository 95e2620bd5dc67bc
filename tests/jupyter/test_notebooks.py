"""The committed notebooks prove themselves: run in order, strict outputs, prose that links to claims."""

import csv
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import nbformat
import pandas as pd
import pytest

import workbook as wb
from workbook.dossier import bundled
from workbook.jupyter import notebooks
from workbook.prose import check_notebook

NOTEBOOKS = sorted(bundled("notebooks").glob("*.ipynb"))
NAMES = [path.name for path in NOTEBOOKS]


def test_every_theme_has_its_notebook() -> None:
    assert NAMES == [
        "00_overview.ipynb",
        "01_structure.ipynb",
        "02_strategy.ipynb",
        "03_commercialization.ipynb",
        "04_models.ipynb",
        "05_talent.ipynb",
        "06_evidence.ipynb",
    ]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=NAMES)
def test_notebook_was_run_whole_and_in_order(path: Path) -> None:
    assert notebooks.policy(path) == []


@pytest.mark.parametrize("path", NOTEBOOKS, ids=NAMES)
def test_prose_says_what_its_claims_say(book: wb.Dossier, path: Path) -> None:
    assert [str(slip) for slip in check_notebook(book, path)] == []


def even_pace(book: wb.Dossier) -> bool:
    """Below an even pace at the end of every quarter but the last, above it there, as the company counts too."""
    table = wb.strategy.capex(book)
    plan = table.attrs
    pace = (table["period_end"] - plan["start"]) / (plan["end"] - plan["start"]) * plan["level"]
    *earlier, latest = (table["cumulative"] - pace).tolist()
    return max(earlier) < 0 < latest and plan["stated"]["level"] > pace.iloc[-1] and table["spent"].idxmax() == len(earlier)  # fmt: skip


def posts_and_people(book: wb.Dossier) -> bool:
    """Half as many posts again and more, and at most one person more."""
    before, today = (wb.talent.holders(book, at=day) for day in ("2026-03-01", "2026-11-23"))
    return len(today) >= 1.5 * len(before) and today["person"].nunique() <= before["person"].nunique() + 1


def two_days(book: wb.Dossier) -> bool:
    moves = wb.talent.moves(book, since="2026-03-01", until="2026-06-30")
    return pd.to_datetime(moves["date"]).isin(pd.to_datetime(["2026-04-08", "2026-06-08"])).mean() > 0.5


def floors(book: wb.Dossier) -> bool:
    growth = wb.commercialization.implied_growth(book)
    ends = pd.concat([growth["start"], growth["end"]])
    readings = growth["reading"].tolist()
    return ends.str.startswith("at least").all() and readings[-1].endswith("at most") and "as if both held exactly" in readings  # fmt: skip


def still_disputed(book: wb.Dossier) -> bool:
    clashes = wb.evidence.disputes(book)
    of_theirs = clashes["dispute"].str.contains(
        "foundry|institute|home|ath|qwen-unit|four-parts|support-group"
    )
    return (clashes.loc[of_theirs, "standing"] == "open").sum() > 1


def answered(book: wb.Dossier) -> bool:
    arr = (
        wb.evidence.stale(book, today="2026-11-23")
        .query("metric == 'arr' and what.str.startswith('target')")
        .set_index("due")["what"]
    )
    return dict(arr.astype("str")) == {
        pd.Timestamp("2026-06-30"): "target answered", pd.Timestamp("2026-12-31"): "target ahead"
    }  # fmt: skip


@pytest.mark.parametrize(
    ("name", "said", "holds"),
    [
        (
            "00_overview",
            "the year-end target is still ahead; June's was answered by August's bound",
            answered,
        ),
        ("01_structure", "what sources still dispute stands in the last table", still_disputed),
        ("02_strategy", "the bars end below an even pace in every quarter to", even_pace),
        ("03_commercialization", 'such a row holds only "as if both held exactly"', floors),
        ("05_talent", "# Talent: many more posts, hardly more people", posts_and_people),
        ("05_talent", "account for most rows", two_days),
    ],
)
def test_what_a_headline_says_the_table_beside_it_shows(
    book: wb.Dossier, name: str, said: str, holds: Callable[[wb.Dossier], bool]
) -> None:
    cells = nbformat.read(bundled("notebooks") / f"{name}.ipynb", as_version=4).cells
    assert any(said in cell.source for cell in cells)
    assert holds(book)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=NAMES)
def test_every_stored_chart_has_a_picture_with_alt_text(path: Path) -> None:
    from workbook.jupyter.display import MIME

    for cell in nbformat.read(path, as_version=4).cells:
        for output in cell.get("outputs", []):
            if MIME in output.get("data", {}):
                assert output.data["image/png"].startswith("iVBORw0KGgo")
                assert len(output.metadata["image/png"]["alt"]) > 20


def notebook(*sources: str) -> nbformat.NotebookNode:
    made = nbformat.v4.new_notebook(metadata={"kernelspec": notebooks.KERNEL})
    made.cells = [nbformat.v4.new_code_cell(source) for source in sources]
    return made


def test_execute_stores_outputs_and_no_widget_state(tmp_path: Path) -> None:
    path = tmp_path / "n.ipynb"
    nbformat.write(notebook("import ipywidgets", "ipywidgets.IntSlider(3)", "1 + 1"), path)
    notebooks.execute(path)
    ran = nbformat.read(path, as_version=4)
    assert "widgets" not in ran.metadata
    assert ran.cells[2].outputs[0].data["text/plain"] == "2"
    assert notebooks.policy(path) == []
    assert [p.name for p in tmp_path.iterdir()] == ["n.ipynb"]


def test_a_failing_notebook_stays_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "n.ipynb"
    nbformat.write(notebook("1 / 0"), path)
    before = path.read_bytes()
    with pytest.raises(Exception, match="ZeroDivisionError"):
        notebooks.execute(path)
    assert path.read_bytes() == before
    assert [p.name for p in tmp_path.iterdir()] == ["n.ipynb"]


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (lambda n: n.cells[1].update(execution_count=None), "must be run in order"),
        (lambda n: n.cells[0].update(execution_count=7), "must be run in order"),
        (lambda n: n.metadata.kernelspec.update(name="mine"), "kernelspec"),
        (lambda n: n.metadata.update(widgets={}), "metadata.widgets"),
        (lambda n: n.cells[0].update(source="1 + 1;"), "trailing ';'"),
        (
            lambda n: n.cells[0].update(
                outputs=[nbformat.v4.new_output("error", ename="ValueError", evalue="", traceback=[])]
            ),
            "raised ValueError",
        ),
        (
            lambda n: n.cells[0].update(
                outputs=[nbformat.v4.new_output("stream", name="stderr", text="careful")]
            ),
            "wrote to stderr: careful",
        ),
        (
            lambda n: n.cells[0].update(
                outputs=[
                    nbformat.v4.new_output(
                        "display_data", {"text/html": "<script src='https://cdn.example.com/x.js'>"}
                    )
                ]
            ),
            "content host",
        ),
    ],
)
def test_policy_names_what_is_wrong(tmp_path: Path, change, complaint: str) -> None:  # type: ignore[no-untyped-def]
    made = notebook("1 + 1", "2 + 2")
    for count, cell in enumerate(made.cells, start=1):
        cell.execution_count = count
    path = tmp_path / "n.ipynb"
    nbformat.write(made, path)
    assert notebooks.policy(path) == []
    change(made)
    path.write_text(nbformat.writes(made), encoding="utf-8")
    problems = notebooks.policy(path)
    assert len(problems) == 1
    assert complaint in problems[0]


def test_one_changed_number_in_the_dossier_fails_nbval(tmp_path: Path) -> None:
    """The revenue of one quarter, changed in a copy where claim and table still agree."""
    for name in ("data", "notebooks"):
        shutil.copytree(bundled(name), tmp_path / name)
    changed = {}
    for table, key in (("claims", "id"),):
        file = tmp_path / "data" / f"{table}.csv"
        with file.open(encoding="utf-8", newline="") as stream:
            rows = list(csv.DictReader(stream))
        for row in rows:
            if row["metric"] == "cloud_revenue" and row["value"] == "48437" and row[key]:
                row["value"] = "48438"
                changed[table] = changed.get(table, 0) + 1
        with file.open("w", encoding="utf-8", newline="") as stream:
            writer = csv.DictWriter(stream, rows[0].keys(), lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)
    assert changed == {"claims": 1}
    path = tmp_path / "notebooks" / "03_commercialization.ipynb"
    command = [
        sys.executable,
        "-m",
        "pytest",
        "--nbval",
        "--nbval-current-env",
        "-p",
        "no:cacheprovider",
        path,
    ]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 1, done.stdout
    # The one cell that draws the changed quarter, and no other.
    assert "03_commercialization.ipynb::Cell 1 " in done.stdout
    assert "1 failed" in done.stdout.splitlines()[-1]


def test_every_claim_has_an_anchor_and_every_link_finds_one(book: wb.Dossier) -> None:
    evidence = nbformat.read(bundled("notebooks") / "06_evidence.ipynb", as_version=4)
    text = "\n".join(
        output["data"].get("text/markdown", "")
        for cell in evidence.cells
        for output in cell.get("outputs", [])
        if "data" in output
    )
    anchors = re.findall(r"^#### (\S+)$", text, flags=re.MULTILINE)
    assert sorted(anchors) == sorted(book.claims["id"])
    links = set()
    for path in NOTEBOOKS:
        for cell in nbformat.read(path, as_version=4).cells:
            if cell.cell_type == "markdown":
                links |= set(re.findall(r"06_evidence\.ipynb#([a-z0-9-]+)", cell.source))
    assert len(links) > 50
    assert links <= set(anchors)
