import json
import os
import re
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
import zipfile
from pathlib import Path

import pytest

from tests.test_dossier import edit
from workbook.cli import main
from workbook.dossier import bundled
from workbook.jupyter import workspace

ROOT = Path(__file__).parent.parent


def test_check_sums_up_the_bundled_dossier(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "--today", "2026-11-23"]) == 0
    shown = capsys.readouterr().out
    for part in ("Rows: sources", "Claims by theme and grade", "Open disputes", "Overdue on 2026-11-23"):
        assert part in shown
    assert len(shown.splitlines()) <= 50  # one screen


def test_check_of_a_broken_dossier_lists_the_errors_and_fails(
    other_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    edit(other_folder / "claims.csv", 3, "grade", "rumour")
    assert main(["check", str(other_folder)]) == 1
    assert "claims.csv, row 3, column grade: must be one of reported" in capsys.readouterr().err


def test_check_of_what_is_no_dossier_fails(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", str(tmp_path)]) == 1
    assert "no datapackage.json" in capsys.readouterr().err


def test_check_reads_the_prose_of_a_users_notebooks(
    other_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    import nbformat

    mine = tmp_path / "mine"
    mine.mkdir()
    assert main(["check", str(other_folder), "--notebooks", str(mine)]) == 1
    notebook = nbformat.v4.new_notebook()
    notebook.cells = [nbformat.v4.new_markdown_cell("ARR is [above USD 2 bn](#arr-first).")]
    nbformat.write(notebook, mine / "note.ipynb")
    assert main(["check", str(other_folder), "--notebooks", str(mine)]) == 0
    notebook.cells[0].source = "ARR is [above USD 3 bn](#arr-first)."
    nbformat.write(notebook, mine / "note.ipynb")
    assert main(["check", str(other_folder), "--notebooks", str(mine)]) == 1
    assert "note.ipynb, cell 1: 'above USD 3 bn': figure differs" in capsys.readouterr().err


def test_a_working_copy_never_overwrites(tmp_path: Path) -> None:
    mine = tmp_path / "notebooks" / "00_overview.ipynb"
    mine.parent.mkdir()
    mine.write_text("mine", encoding="utf-8")
    written, kept = workspace.copy_to(tmp_path)
    assert kept == [mine]
    assert mine.read_text(encoding="utf-8") == "mine"
    assert {p.parent.name for p in written} == {"data", "notebooks"}
    assert (tmp_path / "data" / "claims.csv").read_bytes() == (bundled("data") / "claims.csv").read_bytes()


def test_a_working_copy_on_a_memory_stick_is_whole_and_can_be_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """exFAT knows no hard links."""

    def no_hard_links(*_: object) -> None:
        raise PermissionError("Operation not permitted")

    monkeypatch.setattr("os.link", no_hard_links)
    written, kept = workspace.copy_to(tmp_path / "mine")
    assert kept == []
    shipped = {p.name for name in ("data", "notebooks") for p in bundled(name).iterdir() if p.is_file()}
    assert {p.name for p in (tmp_path / "mine").rglob("*.*")} == {p.name for p in written} == shipped
    own = tmp_path / "own"
    own.touch()
    assert {file.stat().st_mode for file in written} == {own.stat().st_mode}  # not for their owner alone


def test_the_wheel_carries_dossier_and_notebooks(tmp_path: Path) -> None:
    build = "from hatchling.build import build_wheel; import sys; print(build_wheel(sys.argv[1]))"
    done = subprocess.run(
        [sys.executable, "-c", build, tmp_path], cwd=ROOT, capture_output=True, text=True, check=True
    )
    wheel = tmp_path / done.stdout.strip().splitlines()[-1]
    there = tmp_path / "site"
    zipfile.ZipFile(wheel).extractall(there)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    code = (
        f"import sys; sys.path.insert(0, {str(there)!r}); import workbook as wb;"
        "from workbook.jupyter import workspace; from pathlib import Path;"
        "book = wb.open(); print(wb.__file__, len(book.claims));"
        "written, kept = workspace.copy_to(Path('copy')); print(len(written), len(kept))"
    )
    done = subprocess.run(
        [sys.executable, "-I", "-c", code], cwd=elsewhere, capture_output=True, text=True, check=True
    )
    place, count = done.stdout.split()[:2]
    assert Path(place).is_relative_to(there)
    assert int(count) >= 120
    written = len(list((elsewhere / "copy").rglob("*.*")))
    shipped = [p for name in ("data", "notebooks") for p in bundled(name).iterdir() if p.is_file()]
    assert written == len(shipped)
    assert done.stdout.split()[2:] == [str(written), "0"]


def test_lab_binds_to_this_machine_and_asks_nothing_of_the_network(tmp_path: Path) -> None:
    arguments = workspace.lab_arguments(tmp_path)
    assert "--ServerApp.ip=localhost" in arguments
    assert "--LabApp.news_url=None" in arguments
    assert not [a for a in arguments if "token=" in a or "password" in a]  # JupyterLab makes its own token


@pytest.mark.parametrize(("user", "allowed"), [(0, True), (1000, False)])
def test_root_is_allowed_where_it_is_root_and_is_told_so(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    user: int,
    allowed: bool,
) -> None:
    monkeypatch.setattr("os.geteuid", lambda: user, raising=False)
    monkeypatch.setenv("JUPYTER_CONFIG_PATH", "")
    started: list[list[str]] = []
    monkeypatch.setattr("jupyterlab.labapp.LabApp.launch_instance", started.append)
    assert main(["lab", str(tmp_path / "mine"), "--no-browser"]) == 0
    assert [a for a in started[0] if "root=" in a] == (["--ServerApp.allow_root=True"] if allowed else [])
    assert "--ServerApp.ip=localhost" in started[0]
    assert ("Running as root" in capsys.readouterr().out) == allowed


def test_lab_starts_whoever_runs_it_and_opens_to_its_own_token_alone(tmp_path: Path) -> None:
    """A real JupyterLab: in a container this is root, in CI it is not."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "workbook", "lab", tmp_path / "mine", "--no-browser", f"--port={port}"]
    environment = os.environ | {"HOME": str(tmp_path / "home")}
    log = tmp_path / "lab.log"
    with log.open("w") as stream:
        server = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=stream, stderr=stream)
    try:
        for _ in range(120):
            said = log.read_text(encoding="utf-8")
            if found := re.search(rf"http://(localhost|127\.0\.0\.1):{port}/\S*[?]token=(\w+)", said):
                break
            assert server.poll() is None, said
            time.sleep(0.5)
        else:
            pytest.fail(said)
        api = f"http://127.0.0.1:{port}/api/contents"
        for _ in range(60):  # it tells its address a moment before it listens
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.5)
        with urllib.request.urlopen(f"{api}?token={found[2]}", timeout=10) as answer:
            assert answer.status == 200
        with pytest.raises(urllib.error.HTTPError, match="403"):
            urllib.request.urlopen(api, timeout=10).close()
        assert ("Running as root" in said) == (getattr(os, "geteuid", lambda: 1)() == 0)
    finally:
        server.terminate()
        server.wait(30)


@pytest.mark.parametrize("module", ["workbook", "workbook.cli"])
def test_the_command_runs_as_a_module_and_says_when_it_failed(module: str, other_folder: Path) -> None:
    def check(folder: Path) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", module, "check", folder, "--today", "2031-06-01"]
        return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)

    good, missing = check(other_folder), check(other_folder / "nonexistent")
    assert (good.returncode, good.stderr) == (0, "")
    assert "Overdue on 2031-06-01" in good.stdout
    assert missing.returncode == 1
    assert "no datapackage.json" in missing.stderr


@pytest.mark.parametrize(("option", "named"), [("--today", "today"), ("--as-of", "as_of")])
def test_a_day_on_the_command_line_is_not_guessed(
    other_folder: Path, capsys: pytest.CaptureFixture[str], option: str, named: str
) -> None:
    assert main(["check", str(other_folder), option, "08/06/2031"]) == 1
    assert f"{named} must be a date such as '2026-06-30'" in capsys.readouterr().err


def test_check_lists_every_broken_rule_in_full_or_for_a_machine(
    other_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for row in range(2, 7):
        edit(other_folder / "claims.csv", row, "event_date", f"2031/5/{row}")
    assert main(["check", str(other_folder)]) == 1
    assert "claims.csv, column event_date, 5 rows (2, 3, 4, …): must be a date" in capsys.readouterr().err
    assert main(["check", str(other_folder), "--all"]) == 1
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 5
    assert lines[4].startswith("claims.csv, row 6, column event_date: must be a date")
    assert main(["check", str(other_folder), "--format", "json"]) == 1
    listed = json.loads(capsys.readouterr().out)
    assert [(problem["row"], problem["value"]) for problem in listed] == [
        (n, f"2031/5/{n}") for n in range(2, 7)
    ]
    assert listed[0]["hint"] == "write 2031-05-02"
    assert listed[0]["severity"] == "error"


def test_a_view_before_the_first_document_is_summed_up(
    other_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["check", str(other_folder), "--as-of", "1990-01-01"]) == 0
    told = capsys.readouterr().out
    assert "Claims by theme and grade:\n  none\n" in told
    assert "Empty DataFrame" not in told


def test_for_a_machine_every_answer_of_check_is_a_list(
    other_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["check", str(other_folder), "--format", "json"]) == 0
    assert {problem["severity"] for problem in json.loads(capsys.readouterr().out)} == {"warning"}  # a title
    assert main(["check", str(tmp_path / "nowhere"), "--format", "json"]) == 1
    assert "no datapackage.json" in json.loads(capsys.readouterr().out)[0]["rule"]
    assert main(["check", str(other_folder), "--format", "json", "--notebooks", str(tmp_path)]) == 1
    assert "no notebook" in json.loads(capsys.readouterr().out)[0]["rule"]


def test_a_reader_that_has_seen_enough_is_no_error() -> None:
    command = [sys.executable, "-m", "workbook", "check", bundled("data"), "--format", "json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout
        assert process.stderr
        process.stdout.close()
        complaint = process.stderr.read()
    assert (process.returncode, complaint) == (1, "")
