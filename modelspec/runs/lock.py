"""The lock of a run folder: one process at a time trains into it. Works on Windows too."""

from __future__ import annotations

import time
from pathlib import Path
from typing import BinaryIO

from .layout import RunFile


def lock_folder(path: Path) -> BinaryIO | None:
    """Lock a folder until the file that is returned is closed, or this process ends.

    Returns:
        The locked file; None where another process has the lock.

    Raises:
        OSError: the file of the lock cannot be written.
    """
    return lock_file(path / RunFile.LOCK)


def lock_file(path: Path) -> BinaryIO | None:
    """Lock a file, made if need be; the rest is as in `lock_folder`."""
    file = path.open("ab")
    if _try_lock(file):
        return file
    file.close()
    return None


def wait_for_lock(path: Path) -> BinaryIO:
    """Lock a file, made if need be, as soon as no other process has locked it; closing it ends it.

    Raises:
        OSError: the file cannot be written.
    """
    wait = 0.001
    while (file := lock_file(path)) is None:
        time.sleep(wait)
        wait = min(wait * 2, 0.1)
    return file


def is_locked(path: Path) -> bool:
    """Whether a process is training into a run folder."""
    return is_file_locked(path / RunFile.LOCK)


def is_file_locked(path: Path) -> bool:
    """Whether a process has locked a file."""
    try:
        with path.open("rb") as file:
            return not _try_lock(file)
    except OSError:  # there is no lock, or it is not ours to open
        return False


def _try_lock(file: BinaryIO) -> bool:
    """Lock a file, which closing it undoes; False where another process has locked it."""
    try:
        import fcntl
    except ImportError:
        return _try_lock_on_windows(file)
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _try_lock_on_windows(file: BinaryIO) -> bool:
    import importlib

    msvcrt = importlib.import_module("msvcrt")  # mypy knows the module on Windows only
    file.seek(0)  # it locks the byte at the position, which need not exist
    try:
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
    except OSError:
        return False
    return True
