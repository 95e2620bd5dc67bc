"""Scenarios as files: one TOML file each, readable in a diff."""

from __future__ import annotations

import dataclasses
import os
import re
import tomllib
from pathlib import Path

import tomli_w

from workbook import files
from workbook.arr.scenario import Scenario


def save(scenario: Scenario, path: str | os.PathLike[str], *, replace: bool = True) -> Path:
    """Write a scenario to a TOML file, one field a line, replacing the file only when all is written.

    Fields that are None are left out.

    Parameters
    ----------
    scenario
        What to write.
    path
        Where to; its directory has to exist.
    replace
        Whether a file that is there may be replaced. Where not, of two processes that save one new name at
        once the second is refused.

    Returns
    -------
    pathlib.Path
        The file written.

    Raises
    ------
    FileExistsError
        When the file is there and `replace` is false, naming it.
    OSError
        When the file cannot be written; what was there is left as it was.

    Examples
    --------
    >>> import tempfile
    >>> s = Scenario(start="2026-06-30", end="2026-12-31", start_arr=10, end_arr=30)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = save(s, folder + "/guidance.toml")
    ...     print(file.read_text().splitlines()[:3], load(file) == s)
    ['start = 2026-06-30', 'end = 2026-12-31', 'start_arr = 10.0'] True
    """
    file = Path(path)
    fields = {name: value for name, value in dataclasses.asdict(scenario).items() if value is not None}
    files.write(file, tomli_w.dumps(fields).encode("utf-8"), replace=replace)
    return file


def load(path: str | os.PathLike[str]) -> Scenario:
    r"""Read a scenario from a TOML file; a field that is not there has its default.

    Raises
    ------
    FileNotFoundError
        When there is no such file.
    ValueError
        When the file is no TOML or breaks a rule of `Scenario`, naming the file, the line, the field and the
        rule.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = Path(folder, "s.toml")
    ...     _ = file.write_text('start = 2026-06-30\nend = 2026-12-31\nstart_arr = 10\nend_arr = -30\n')
    ...     try:
    ...         load(file)
    ...     except ValueError as error:
    ...         print(str(error).removeprefix(folder))
    /s.toml, line 4: end_arr is -30: it must be in (0, inf)
    """
    file = Path(path)
    try:
        text = file.read_text(encoding="utf-8-sig")  # Windows' Notepad may begin it with a byte order mark
        return Scenario(**tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise ValueError(f"{file}: not valid TOML: {error}") from error
    except UnicodeDecodeError as error:
        raise ValueError(f"{file}: not UTF-8 text: {error}") from error
    except (TypeError, ValueError) as error:
        raise ValueError(f"{file}{_line(text, str(error))}: {error}") from error


def _line(text: str, message: str) -> str:
    # Scenario's errors name the field first, or in quotes when it has no such field.
    field = re.match(r"(?:a scenario has no field )?'?([^' ]+)", message)
    keys = [line.partition("=")[0].strip(" \t\"'") for line in text.splitlines()]
    return f", line {keys.index(field[1]) + 1}" if field and field[1] in keys else ""
