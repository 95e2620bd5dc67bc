"""What is written: whole, under its own name, and with the mode and links that were there."""

import errno
import json
import os
import shutil
import stat
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest

from workbook import arr, files
from workbook.cli import main
from workbook.dossier import bundled
from workbook.jupyter import notebooks, workspace

GUIDANCE = arr.Scenario(start="2026-06-30", end="2026-12-31", start_arr=10, end_arr=30)


def mode(file: Path) -> int:
    return stat.S_IMODE(file.stat().st_mode)


@pytest.fixture(params=[0o022, 0o027, 0o077])
def umask(request: pytest.FixtureRequest) -> Iterator[int]:
    before = os.umask(request.param)
    yield request.param
    os.umask(before)


@pytest.fixture(
    params=[None, PermissionError(errno.EPERM, "Operation not permitted"), OSError(errno.ENOTSUP, "")]
)
def disk(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """A disk with hard links, and two without."""
    if request.param:

        def no_hard_links(*_: object) -> None:
            raise request.param

        monkeypatch.setattr("os.link", no_hard_links)


def test_a_working_copy_is_for_whom_the_user_lets_read(tmp_path: Path, umask: int, disk: None) -> None:
    written, _ = workspace.copy_to(tmp_path / "mine")
    assert {mode(file) for file in written} == {0o666 & ~umask}
    assert not [file for file in (tmp_path / "mine").rglob("*") if file.is_file() and file not in written]


def test_a_file_that_is_replaced_keeps_its_mode(tmp_path: Path, umask: int) -> None:
    for kept in (0o640, 0o600, 0o664, 0o444):
        file = tmp_path / f"{kept:o}.toml"
        file.write_bytes(b"old")
        file.chmod(kept)
        files.write(file, b"new", replace=True)
        assert (file.read_bytes(), mode(file)) == (b"new", kept)


def test_a_draft_is_never_open_to_more_than_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "secret.toml"
    file.touch(0o600)
    seen = []
    write = Path.write_bytes

    def watched(path: Path, content: bytes) -> int:
        done = write(path, content)
        seen.append(mode(path))
        return done

    monkeypatch.setattr(Path, "write_bytes", watched)
    files.write(file, b"new", replace=True)
    assert seen == [0o600]


def test_a_disk_without_modes_is_written_to(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(errno.EPERM, "Operation not permitted")

    file = tmp_path / "s.toml"
    file.write_bytes(b"old")
    monkeypatch.setattr("os.chmod", refuse)
    monkeypatch.setattr(Path, "chmod", refuse)
    files.write(file, b"new", replace=True)
    assert file.read_bytes() == b"new"
    assert [each.name for each in tmp_path.iterdir()] == ["s.toml"]


def linked(folder: Path, name: str) -> tuple[Path, Path]:
    """A file in another folder, and a chain of two links to it."""
    (folder / "real").mkdir()
    real, between, link = folder / "real" / name, folder / "between", folder / name
    real.write_bytes(b"old")
    between.symlink_to(Path("real") / name)
    link.symlink_to("between")
    return real, link


def test_a_symbolic_link_goes_on_pointing_at_what_is_rewritten(tmp_path: Path) -> None:
    real, link = linked(tmp_path, "s.toml")
    arr.save(GUIDANCE, link)
    assert os.readlink(link) == "between"
    assert not real.is_symlink()
    assert arr.load(real) == GUIDANCE
    assert [each.name for each in real.parent.iterdir()] == ["s.toml"]
    with pytest.raises(FileExistsError, match="exists"):
        arr.save(GUIDANCE, link, replace=False)


def test_a_link_to_nothing_is_a_name_that_is_taken(tmp_path: Path, disk: None) -> None:
    link = tmp_path / "s.toml"
    link.symlink_to("nowhere.toml")
    with pytest.raises(FileExistsError, match=r"s\.toml exists"):
        files.write(link, b"new", replace=False)
    assert [each.name for each in tmp_path.iterdir()] == ["s.toml"]
    files.write(link, b"new", replace=True)
    assert (tmp_path / "nowhere.toml").read_bytes() == b"new"


def test_running_a_notebook_keeps_its_link_and_its_mode(tmp_path: Path) -> None:
    real, link = linked(tmp_path, "n.ipynb")
    made = nbformat.v4.new_notebook(metadata={"kernelspec": notebooks.KERNEL})
    made.cells = [nbformat.v4.new_code_cell("1 + 1")]
    nbformat.write(made, real)
    real.chmod(0o640)
    notebooks.execute(link)
    assert link.is_symlink()
    assert mode(real) == 0o640
    assert notebooks.policy(real) == []
    assert real.read_bytes().endswith(b"}\n")
    assert [each.name for each in real.parent.iterdir()] == ["n.ipynb"]


def test_only_one_place_writes_files() -> None:
    """What is written elsewhere would lose modes, links, or half of itself."""
    package = Path(files.__file__).parent
    writers = ("write_text(", "write_bytes(", "mkstemp(", ".replace(path)", "nbformat.write(", '"w"', '"wb"')
    found = {
        file.name
        for file in package.rglob("*.py")
        for line in file.read_text(encoding="utf-8").splitlines()
        if any(writer in line for writer in writers) and ">>>" not in line and "..." not in line
    }
    assert found == {"files.py"}


# A working copy beside data of the user's -----------------------------------------------------------


@pytest.mark.parametrize("theirs", ["datapackage.json", "claims.csv", "tables/own.csv"])
def test_a_dossier_of_the_users_gets_nothing_of_ours(tmp_path: Path, theirs: str) -> None:
    own = tmp_path / "data" / theirs
    own.parent.mkdir(parents=True)
    own.write_text("mine", encoding="utf-8")
    written, kept = workspace.copy_to(tmp_path)
    assert [file for file in (tmp_path / "data").rglob("*") if file.is_file()] == [own]
    assert own.read_text(encoding="utf-8") == "mine"
    assert {file.parent.name for file in written} == {"notebooks"}
    assert kept == ([own] if theirs in ("datapackage.json", "claims.csv") else [])


def test_a_folder_without_tables_gets_the_dossier(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "README.md").write_text("mine", encoding="utf-8")
    written, _ = workspace.copy_to(tmp_path)
    assert tmp_path / "data" / "datapackage.json" in written


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """What JupyterLab was started with, which is not started."""
    monkeypatch.setenv("JUPYTER_CONFIG_PATH", "")
    calls: list[list[str]] = []
    monkeypatch.setattr("jupyterlab.labapp.LabApp.launch_instance", calls.append)
    return calls


def test_lab_on_an_old_dossier_says_in_one_line_what_to_do(
    tmp_path: Path, started: list[list[str]], capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree(bundled("data"), tmp_path / "data")
    file = tmp_path / "data" / "datapackage.json"
    package = json.loads(file.read_text(encoding="utf-8"))
    package["resources"] = [
        table for table in package["resources"] if table["name"] not in ("series", "calendar")
    ]
    file.write_text(json.dumps(package | {"version": "1.0.0"}), encoding="utf-8")
    (tmp_path / "data" / "series.csv").unlink()
    assert main(["lab", str(tmp_path)]) == 0
    assert len(started) == 1
    assert not (tmp_path / "data" / "series.csv").exists()
    (told,) = [line for line in capsys.readouterr().out.splitlines() if "does not open" in line]
    assert "version" in told
    assert "CHANGELOG.md" in told


def test_lab_on_tables_without_a_package_says_so(
    tmp_path: Path, started: list[list[str]], capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "own.csv").write_text("a\n1\n", encoding="utf-8")
    assert main(["lab", str(tmp_path)]) == 0
    assert "has no datapackage.json; nothing was added to it" in capsys.readouterr().out


def test_lab_on_a_file_says_so(
    tmp_path: Path, started: list[list[str]], capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "mine").write_text("a file", encoding="utf-8")
    assert main(["lab", str(tmp_path / "mine")]) == 1
    assert "mine cannot be the working copy" in capsys.readouterr().err
    assert started == []


def test_lab_on_its_own_copy_has_nothing_to_say(
    tmp_path: Path, started: list[list[str]], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["lab", str(tmp_path)]) == 0
    assert main(["lab", str(tmp_path)]) == 0
    assert "does not open" not in capsys.readouterr().out
