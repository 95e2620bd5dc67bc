"""Files written whole or not at all, and never over what someone else has just put there."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

__all__ = ["write"]


def write(file: Path, content: bytes, *, replace: bool) -> None:
    """Write a file beside its place and move it there when all of it is written.

    Parameters
    ----------
    file
        Where to; its directory has to exist.
    content
        What to write.
    replace
        Whether a file that is there may be replaced. Where not, of two processes that write one new file at
        once the second is refused.

    Raises
    ------
    FileExistsError
        If the file is there and `replace` is false, naming it.
    OSError
        If the file cannot be written; what was there is left as it was.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = Path(folder, "note.txt")
    ...     write(file, b"mine", replace=False)
    ...     try:
    ...         write(file, b"yours", replace=False)
    ...     except FileExistsError as error:
    ...         print(str(error).removeprefix(folder), file.read_text())
    /note.txt exists: give another name, or replace=True mine
    """
    refused = f"{file} exists: give another name, or replace=True"
    if not replace and file.exists():
        raise FileExistsError(refused)
    draft = file.with_name(f".{file.name}.{secrets.token_hex(4)}.part")
    try:
        draft.write_bytes(content)
        if replace:
            os.replace(draft, file)
        else:
            _place_new(draft, file)
    except FileExistsError:
        raise FileExistsError(refused) from None
    finally:
        draft.unlink(missing_ok=True)


def _place_new(draft: Path, file: Path) -> None:
    try:
        os.link(draft, file)  # in one step, and unlike a move it fails rather than replaces
    except FileExistsError:
        raise
    except OSError:  # a memory stick or a network folder without hard links: take the name first
        file.touch(exist_ok=False)
        try:
            os.replace(draft, file)
        except OSError:
            file.unlink()
            raise
