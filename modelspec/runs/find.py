"""Which folders are runs."""

from __future__ import annotations

import os
from pathlib import Path

from modelspec.diagnostics import UsageError

STATUS = "run.json"


def is_run(folder: Path) -> bool:
    """Whether a folder holds a run, finished or not."""
    return (folder / STATUS).is_file()


def find_runs(folder: Path) -> list[Path]:
    """The run folders in or below a folder, by their paths.

    Raises:
        UsageError: there is no such folder, or no run in it.
    """
    if not folder.is_dir():
        what = "is a file; runs are in a folder" if folder.exists() else "is not there"
        raise UsageError(f"{folder} {what}")
    found = []
    for root, folders, _ in os.walk(folder):
        if is_run(Path(root)):
            found.append(Path(root))
            folders.clear()
        folders[:] = [name for name in folders if not name.startswith(".")]
    if not found:
        raise UsageError(f"there is no run below {folder}; `modelspec train` makes one")
    return sorted(found)


def held(folder: Path) -> bool:
    """Whether a process is training into a run folder; False where the system cannot tell."""
    try:
        import fcntl

        with (folder / ".lock").open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except (ImportError, OSError):
        return False
    return False
