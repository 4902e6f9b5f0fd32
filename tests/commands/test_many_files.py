"""Many files on several processes: the same output, no silence when one dies, a clean stop."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import slow_or_dying

from modelspec.api.validation import validate as validation
from modelspec.api.validation import validate_files
from modelspec.cli import run
from modelspec.diagnostics.problems import CannotRunError, UsageError
from modelspec.processes import map_in_processes

SPEC = """\
modelspec: 1
params: {{spare{number}: 8}}
model:
  sequential:
    input: {{shape: [8]}}
    layers:
      - Dense: {{units: {units}}}
"""


@pytest.fixture
def files(tmp_path: Path) -> list[str]:
    names = []
    for number in range(12):
        path = tmp_path / f"{number:02}.yaml"
        path.write_text(SPEC.format(number=number, units="no" if number % 3 == 0 else 3))
        names.append(str(path))
    return names


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Start processes after the first file, however short the work is."""
    monkeypatch.setattr(validation, "WARM_UP", 0.0)
    monkeypatch.setattr(validation, "WORTH", 0.0)


def test_results_come_in_the_order_of_the_items() -> None:
    assert map_in_processes(slow_or_dying.doubled, range(20), 3) == [2 * n for n in range(20)]


def test_several_processes_work() -> None:
    pids = map_in_processes(slow_or_dying.worker, range(8), 2)
    assert len(set(pids)) == 2
    assert os.getpid() not in pids


def test_there_are_no_more_processes_than_items() -> None:
    assert len(map_in_processes(slow_or_dying.worker, [1], 8)) == 1
    assert map_in_processes(slow_or_dying.worker, [], 8) == []


def test_a_process_that_dies_is_an_error() -> None:
    with pytest.raises(CannotRunError, match=r"3: the process .* ended early \(exit code 7\)"):
        map_in_processes(slow_or_dying.dies, range(6), 2)


def test_a_process_that_is_killed_is_an_error() -> None:
    with pytest.raises(CannotRunError, match=r"ended early \(signal 9\)"):
        map_in_processes(slow_or_dying.killed, range(6), 2)


def test_what_a_function_raises_on_purpose_comes_through() -> None:
    with pytest.raises(UsageError, match="no such thing as 3"):
        map_in_processes(slow_or_dying.wrong_use, range(6), 2)


def test_a_bug_in_a_process_is_told_in_full() -> None:
    with pytest.raises(CannotRunError, match=r"(?s)3: Traceback.*ZeroDivisionError"):
        map_in_processes(slow_or_dying.has_a_bug, range(6), 2)


def test_findings_are_the_same_on_several_processes(files: list[str], at_once: None) -> None:
    alone = validate_files(files)
    together = validate_files(files, processes=3)
    assert together == alone
    assert len(alone) > len(files)
    assert validate_files(files, {"name": "x y"}, processes=2) == validate_files(
        files, {"name": "x y"}
    )


def test_few_files_start_no_process(files: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(validation, "monotonic", lambda: 0.0)  # however busy the machine is
    monkeypatch.setitem(sys.modules, "modelspec.processes.mapping", None)
    assert validate_files(files, processes=None) == validate_files(files)


def test_standard_input_is_read_here(
    files: list[str], at_once: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Input:
        @staticmethod
        def read() -> str:
            return SPEC.format(number="_in", units=3)

    monkeypatch.setattr("sys.stdin", Input)
    found = validate_files([*files[:2], "-", *files[2:]], processes=2)
    assert "<stdin>" in {finding.span.file for finding in found}


def test_a_dead_process_makes_exit_code_3(
    files: list[str],
    at_once: None,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def die(*_: object) -> None:
        raise CannotRunError("a.yaml: the process that worked on it ended early (signal 9)")

    monkeypatch.setattr("modelspec.processes.map_in_processes", die)
    assert run(["validate", *files]) == 3
    out, err = capsys.readouterr()
    assert out == ""
    assert "ended early (signal 9)" in err


@pytest.mark.skipif(os.name == "nt", reason="signals of a process group")
def test_an_interrupt_stops_all_processes(tmp_path: Path) -> None:
    layers = "".join(f"      - Dense: {{units: {n}}}\n" for n in range(1, 400))
    for number in range(300):
        (tmp_path / f"{number}.yaml").write_text(SPEC.format(number=number, units=3) + layers)
    command = [sys.executable, "-m", "modelspec", "validate", str(tmp_path)]
    started = subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        preexec_fn=hear_interrupts,  # noqa: PLW1509  no thread runs here
    )
    wait_for_children(started.pid)
    assert started.poll() is None, "it ended before it could be interrupted"
    os.killpg(started.pid, signal.SIGINT)
    out, err = started.communicate(timeout=60)  # a busy machine is slow
    assert (started.returncode, out, err.strip()) == (130, "", "modelspec: interrupted")
    assert gone(started.pid), "a process is left over"


def hear_interrupts() -> None:
    """A shell's background jobs ignore SIGINT, and what they start does so too."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def wait_for_children(process: int) -> None:
    """Until a process has started others: on a busy machine that takes a while."""
    children = Path(f"/proc/{process}/task/{process}/children")
    for _ in range(1000):
        if not children.parent.is_dir() or children.read_text():
            break
        time.sleep(0.02)
    time.sleep(0.3 if children.parent.is_dir() else 2.5)  # they hear signals a little later


def gone(group: int) -> bool:
    """Whether no process of a group is left, shortly after."""
    for _ in range(100):
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.05)
    return False
