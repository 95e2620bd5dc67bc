import dataclasses
import errno
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbook import arr
from workbook.arr import Scenario

GUIDANCE = Scenario(start="2031-06-30", end="2031-12-31", start_arr=10, end_arr=30)
FILE = "start = 2031-06-30\nend = 2031-12-31\nstart_arr = 10\nend_arr = 30\n"


def test_a_scenario_comes_back_as_it_was(tmp_path):
    s = GUIDANCE.replace(
        currency="人民币",
        shape="s_curve",
        ceiling=0.1 + 0.2 + 40,
        apps_cmgr=0.1,
        target=25,
        external_revenue=150,
    )
    assert arr.load(arr.save(s, tmp_path / "s.toml")) == s
    assert arr.load(arr.save(GUIDANCE, tmp_path / "s.toml")) == GUIDANCE


@given(st.floats(1e-6, 1e12), st.floats(-0.9, 0.9), st.none() | st.floats(1e-6, 1e12))
def test_numbers_come_back_to_the_last_bit(level, correlation, target):

    s = GUIDANCE.replace(end_arr=level, correlation=correlation, target=target)
    with TemporaryDirectory() as folder:
        assert arr.load(arr.save(s, Path(folder, "s.toml"))) == s


def test_the_file_is_one_field_a_line_in_the_order_of_the_class(tmp_path):
    text = arr.save(GUIDANCE, tmp_path / "s.toml").read_text(encoding="utf-8")
    fields = [
        field.name for field in dataclasses.fields(Scenario) if getattr(GUIDANCE, field.name) is not None
    ]
    assert [line.split(" = ")[0] for line in text.splitlines()] == fields
    assert "start = 2031-06-30\n" in text
    changed = arr.save(GUIDANCE.replace(end_arr=25), tmp_path / "t.toml").read_text(encoding="utf-8")
    assert sum(a != b for a, b in zip(text.splitlines(), changed.splitlines(), strict=True)) == 1


def test_dates_may_be_text_and_defaults_may_be_left_out(tmp_path):
    file = tmp_path / "s.toml"
    file.write_text(FILE.replace("2031-12-31", '"2031-12-31"'), encoding="utf-8")
    assert arr.load(file) == GUIDANCE


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            FILE.replace("30\n", "-30\n").replace("06--30", "06-30"),
            r"s\.toml, line 4: end_arr is -30: it must be",
        ),
        (FILE + 'shape = "curve"\n', r"s\.toml, line 5: shape is 'curve' .*give one of exponential"),
        (
            FILE + "\n# our guess\nchurm = 0.1\n",
            r"s\.toml, line 7: a scenario has no field 'churm' \(did you mean 'churn'",
        ),
        (
            FILE.replace("2031-12-31", "2030-12-31"),
            r"s\.toml, line 2: end is 2030-12-31: it must come after start",
        ),
        (FILE.replace("end_arr = 30\n", ""), r"s\.toml: .*'end_arr'"),
        (FILE + "churn = \n", r"s\.toml: not valid TOML: .*line 5"),
        (FILE + "[assumptions]\nchurn = 0.1\n", r"a scenario has no field 'assumptions'"),
        (FILE + "churn = nan\n", r"s\.toml, line 5: churn is nan"),
    ],
)
def test_a_broken_file_is_named_with_line_and_field(tmp_path, text, message):
    file = tmp_path / "s.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=message):
        arr.load(file)


def test_what_is_no_text_or_no_file_is_said(tmp_path):
    (tmp_path / "s.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ValueError, match=r"s\.toml: not UTF-8 text"):
        arr.load(tmp_path / "s.toml")
    with pytest.raises(FileNotFoundError):
        arr.load(tmp_path / "none.toml")


def test_a_failed_save_leaves_the_old_file_and_nothing_else(tmp_path, monkeypatch):
    file = arr.save(GUIDANCE, tmp_path / "s.toml")

    def broken(*_):
        raise OSError("disk full")

    monkeypatch.setattr("os.replace", broken)
    with pytest.raises(OSError, match="disk full"):
        arr.save(GUIDANCE.replace(end_arr=25), file)
    assert arr.load(file) == GUIDANCE
    assert [path.name for path in tmp_path.iterdir()] == ["s.toml"]


def test_a_byte_order_mark_is_no_part_of_a_scenario(tmp_path):
    """As Windows' Notepad saves a file it was told to save as "UTF-8 with BOM"."""
    file = tmp_path / "s.toml"
    file.write_bytes(b"\xef\xbb\xbf" + FILE.replace("\n", "\r\n").encode())
    assert arr.load(file) == GUIDANCE
    file.write_bytes(b"\xef\xbb\xbf" + FILE.replace("30\n", "-30\n").replace("06--30", "06-30").encode())
    with pytest.raises(ValueError, match=r"s\.toml, line 4: end_arr is -30"):
        arr.load(file)


def no_hard_links(*_):
    raise OSError(errno.EPERM, "Operation not permitted")


@pytest.mark.parametrize("links", [True, False])
def test_a_new_name_is_not_taken_twice(tmp_path, monkeypatch, links):
    if not links:
        monkeypatch.setattr("os.link", no_hard_links)
    file = arr.save(GUIDANCE, tmp_path / "s.toml", replace=False)
    with pytest.raises(FileExistsError, match=r"s\.toml exists: give another name, or replace=True"):
        arr.save(GUIDANCE.replace(end_arr=25), file, replace=False)
    assert arr.load(file) == GUIDANCE
    arr.save(GUIDANCE.replace(end_arr=25), file, replace=True)
    assert arr.load(file).end_arr == 25
    assert [path.name for path in tmp_path.iterdir()] == ["s.toml"]


@pytest.mark.parametrize("links", [True, False])
def test_a_name_taken_while_the_file_is_written_is_left_to_the_other(tmp_path, monkeypatch, links):
    if not links:
        monkeypatch.setattr("os.link", no_hard_links)
    file = tmp_path / "s.toml"
    write = Path.write_bytes

    def write_as_another_does(path, content):
        file.write_text(FILE, encoding="utf-8")
        return write(path, content)

    monkeypatch.setattr(Path, "write_bytes", write_as_another_does)
    with pytest.raises(FileExistsError, match=r"s\.toml exists"):
        arr.save(GUIDANCE.replace(end_arr=25), file, replace=False)
    assert arr.load(file) == GUIDANCE
    assert [path.name for path in tmp_path.iterdir()] == ["s.toml"]


def test_a_failed_first_save_leaves_nothing(tmp_path, monkeypatch):
    monkeypatch.setattr("os.link", no_hard_links)
    monkeypatch.setattr("os.replace", no_hard_links)
    with pytest.raises(OSError, match="not permitted"):
        arr.save(GUIDANCE, tmp_path / "s.toml", replace=False)
    assert list(tmp_path.iterdir()) == []
