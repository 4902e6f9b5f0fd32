"""One process at a time trains into a folder, with the locks of Unix and those of Windows."""

from __future__ import annotations

import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from modelspec.diagnostics import UsageError
from modelspec.runs import RunFile, RunFolder
from modelspec.runs.lock import is_locked, lock_folder


class Windows:
    """What `msvcrt.locking` does: a second open file cannot lock the byte, closing frees it."""

    LK_NBLCK = 2

    def __init__(self) -> None:
        self.holder: int | None = None

    def locking(self, number: int, mode: int, count: int) -> None:
        assert (mode, count) == (self.LK_NBLCK, 1)
        if self.holder is not None and self.holder != number and _is_open(self.holder):
            raise PermissionError(13, "Permission denied")
        self.holder = number


def _is_open(number: int) -> bool:
    import os

    try:
        os.fstat(number)
    except OSError:
        return False
    return True


@pytest.fixture(params=["unix", "windows"])
def system(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    if request.param == "unix":
        pytest.importorskip("fcntl")
    else:
        windows = Windows()
        monkeypatch.setitem(sys.modules, "fcntl", None)
        monkeypatch.setitem(
            sys.modules,
            "msvcrt",
            SimpleNamespace(locking=windows.locking, LK_NBLCK=windows.LK_NBLCK),  # type: ignore[arg-type]
        )
    return str(request.param)


def test_a_second_process_is_refused(system: str, tmp_path: Path) -> None:
    assert not is_locked(tmp_path)
    folder = RunFolder(tmp_path)
    folder.resume()
    assert is_locked(tmp_path)
    assert lock_folder(tmp_path) is None
    with pytest.raises(UsageError, match="another process is training"):
        RunFolder(tmp_path).resume()
    folder.unlock()
    assert not is_locked(tmp_path)
    assert not (tmp_path / RunFile.LOCK).exists()
