"""Files written whole or not at all, never over what someone else has just put there."""

from __future__ import annotations

import os
import secrets
import stat
from contextlib import suppress
from pathlib import Path

__all__ = ["write"]


def write(file: Path, content: bytes, *, replace: bool) -> None:
    """Write a file beside its place and move it there when all of it is written.

    A new file can be read by whom the user's umask says; one that is replaced keeps its mode, its owner and
    group where the system allows, and a symbolic link goes on pointing at it.

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
    place = Path(os.path.realpath(file)) if replace else file
    draft = place.with_name(f".{place.name}.{secrets.token_hex(4)}.part")
    before = place.stat() if replace and place.exists() else None
    try:
        # Never open to more than the file it replaces, not even while it is written.
        draft.touch(0o600 if before else 0o666, exist_ok=False)
        draft.write_bytes(content)
        if before:
            _keep_owner_and_mode(draft, before)
        if replace:
            os.replace(draft, place)
        else:
            _place_new(draft, place)
    except FileExistsError:
        raise FileExistsError(refused) from None
    finally:
        draft.unlink(missing_ok=True)


def _keep_owner_and_mode(draft: Path, before: os.stat_result) -> None:
    # A disk without modes, or a file of somebody else's: then the file as the system makes it has to do.
    with suppress(OSError):
        if hasattr(os, "chown") and (before.st_uid, before.st_gid) != (os.geteuid(), os.getegid()):
            os.chown(draft, before.st_uid, before.st_gid)
    with suppress(OSError):
        draft.chmod(stat.S_IMODE(before.st_mode))  # last: a change of owner takes bits away


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
