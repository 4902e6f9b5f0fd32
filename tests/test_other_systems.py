"""What differs on Windows, tried here by what Windows lacks; CI runs the tests there too."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from queue import SimpleQueue

import pytest

from modelspec.processes import ChildProcess, Message, children

READER = [sys.executable, "-c", "import sys; sys.stdin.read(); sys.exit(5)"]


@pytest.mark.skipif(os.name == "nt", reason="imitates Windows")
@pytest.mark.parametrize("how", ["stop", "signal"])
def test_a_child_is_asked_to_end_by_the_end_of_its_input(
    how: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(children, "IS_WINDOWS", True)
    messages: SimpleQueue[Message] = SimpleQueue()
    child = ChildProcess(READER, os.environ, messages)
    if how == "stop":
        child.stop()
    else:
        child.signal(2)
    assert messages.get(timeout=60).content is None
    assert child.exit_code() == 5
    child.stop()  # it has ended
    child.close(1)


def test_text_is_written_with_the_same_ends_of_lines_everywhere(tmp_path: Path) -> None:
    from modelspec.files import write_atomically

    write_atomically(tmp_path / "a.yaml", "a: 1\nb: 2\n")
    assert (tmp_path / "a.yaml").read_bytes() == b"a: 1\nb: 2\n"


@pytest.mark.tensorflow
def test_a_scratch_file_is_read_and_appended_without_pread(monkeypatch: pytest.MonkeyPatch) -> None:
    from modelspec.data.table.spill import ScratchFile

    monkeypatch.delattr(os, "pread", raising=False)
    file = ScratchFile()
    file.add(b"0123456789")
    assert file.read(2, 3) == b"234"
    file.add(b"ab")
    assert file.read(9, 3) == b"9ab"
    assert file.read(0, 2) == b"01"


def test_names_that_differ_in_case_alone_are_those_of_one_file() -> None:
    pytest.importorskip("numpy")
    from modelspec.training.predict.image_files import _are_different

    assert _are_different(["a.png", "b.png"])
    assert not _are_different(["a.png", "A.png"])
