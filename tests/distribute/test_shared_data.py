"""What one process of a machine has prepared, in the others."""

from __future__ import annotations

import errno
import multiprocessing
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from shared_cases import die, fail, prepared_by, square_of

from modelspec.data.shared import Meeting, prepare_once, read_shared, write_shared
from modelspec.data.shared import meeting as meetings
from modelspec.diagnostics import CannotRunError, UsageError

Run = Callable[..., list[Any]]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where processes meet; nothing is left there."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    return tmp_path


@pytest.fixture
def processes(folder: Path) -> Iterator[Run]:
    """processes(prepare, 3) -> what each of three has of one call of a function."""

    def run(prepare: Callable[[], Any], count: int) -> list[Any]:
        context = multiprocessing.get_context("spawn")
        pipes, all_of_them = [], []
        for number in range(count):
            ours, theirs = context.Pipe()
            given = (theirs, prepare, str(folder), number, count)
            process = context.Process(target=prepared_by, args=given)
            process.start()
            theirs.close()
            pipes.append(ours)
            all_of_them.append(process)
        found = [received(pipe) for pipe in pipes]
        for process in all_of_them:
            process.join(30)
        return found

    yield run
    assert not list(folder.glob(f"{meetings.PREFIX}*"))
    assert not list(meetings.MEMORY.glob(f"{meetings.PREFIX}test-*"))


def received(pipe: Any) -> Any:
    """What a process says; None of one that ended without a word."""
    try:
        return pipe.recv() if pipe.poll(30) else None
    except EOFError:
        return None


def test_arrays_come_back_and_large_ones_are_mapped(tmp_path: Path) -> None:
    large = np.arange(40_000, dtype=np.float32).reshape(100, 400)
    words = np.asarray(["a", "b"], dtype=object)
    write_shared(tmp_path, {"a": large, "b": [large, large[:3]], "c": words})
    found = read_shared(tmp_path)
    assert np.array_equal(found["a"], large) and found["a"] is not large
    assert found["b"][0].base is not None and np.array_equal(found["b"][1], large[:3])
    assert found["c"].tolist() == ["a", "b"]
    assert len(list(tmp_path.glob("*.npy"))) == 1
    assert found["a"].flags.writeable and found["a"].ctypes.data % 64 == 0
    found["a"][0, 0] = 7  # in this process alone
    assert read_shared(tmp_path)["a"][0, 0] == 0


def test_one_process_prepares_and_all_have_it(processes: Run) -> None:
    found = processes(square_of, 3)
    assert len({maker for maker, _, _ in found}) == 1
    assert [total for _, total, _ in found] == [found[0][1]] * 3
    assert len({reader for _, _, reader in found}) == 3


def test_what_fails_fails_in_all(processes: Run) -> None:
    found = processes(fail, 2)
    assert [str(error) for error in found] == ["there is no such file"] * 2
    assert all(isinstance(error, UsageError) for error in found)


def test_the_others_are_told_when_the_first_one_dies(processes: Run, folder: Path) -> None:
    first, second = processes(die, 2)
    assert first is None
    assert isinstance(second, CannotRunError)
    message = "worker 0, which reads the data for this machine, ended before they were there"
    assert str(second) == message
    left = Meeting("test-other", 0, (0,))
    left.begin()  # and removes what the dead process left
    left.remove()


def test_what_cannot_be_sent_each_prepares(folder: Path) -> None:
    made: list[int] = []

    def prepare() -> Any:
        made.append(os.getpid())
        return lambda: 3

    first, second = (Meeting("test-apart", number, (0, 1)) for number in range(2))
    assert prepare_once(prepare, first)() == 3
    assert prepare_once(prepare, second)() == 3
    assert len(made) == 2


def test_a_full_disk_is_an_error_with_its_folder(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(meetings, "MEMORY", folder / "none")
    monkeypatch.setattr("modelspec.data.shared.prepared.write_shared", full)
    first = Meeting("test-full", 0, (0, 1))
    with pytest.raises(CannotRunError, match=f"share goes through .* in {folder}.*disk is full"):
        prepare_once(square_of, first)
    first.remove()


def test_a_first_process_that_never_comes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(meetings, "BEGIN_WITHIN", 0.0)
    with pytest.raises(CannotRunError, match=r"worker 2, .* has not begun within 0 seconds"):
        Meeting("test-never", 3, (2, 3)).wait()
