"""The processes of a training on one machine, with workers that train nothing."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from modelspec import train
from modelspec.diagnostics import CannotRunError, UsageError
from modelspec.local_workers import LostWorkerError, WorkerGroup, group

FAKE = (sys.executable, str(Path(__file__).with_name("fake_worker.py")))


def run(*actions: str, advice: str = "") -> Any:
    """What a group gives, of which each worker does something."""
    return WorkerGroup(FAKE, len(actions), lambda: advice).run(actions)  # type: ignore[arg-type]


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """No patience with workers that do not end."""
    monkeypatch.setattr(group, "GRACE", 0.4)
    monkeypatch.setattr(group, "MOMENT", 0.2)


def test_the_result_is_that_of_the_chief(capfd: pytest.CaptureFixture[str]) -> None:
    result = run("print=hello trained", "print=W_careful trained")
    config = json.loads(result["TF_CONFIG"])
    assert result["number"] == 0
    assert config["task"] == {"type": "worker", "index": 0}
    addresses = config["cluster"]["worker"]
    assert len(set(addresses)) == 2
    assert all(re.fullmatch(r"127\.0\.0\.1:\d+", one) for one in addresses)
    assert int(result["OMP_NUM_THREADS"]) >= 1
    assert sorted(capfd.readouterr().err.splitlines()) == ["hello", "worker 1: W careful"]


def test_information_of_tensorflow_is_shown_of_the_chief_alone(
    capfd: pytest.CaptureFixture[str],
) -> None:
    chatter = "print=I0000_00:00:1795.331978_14191_port.cc:153]_oneDNN"
    run(f"{chatter} trained", f"{chatter} trained")
    assert len(capfd.readouterr().err.splitlines()) == 1


@pytest.mark.usefixtures("hasty")
def test_a_killed_worker_ends_all_and_is_named() -> None:
    with pytest.raises(LostWorkerError) as caught:
        run("wait=60", "kill=SIGKILL", "deaf wait=60", advice="resume it")
    how = "was killed by SIGKILL, as the system does where memory is not enough"
    assert str(caught.value) == f"worker 1 {how}; resume it"
    assert caught.value.exit_code == 3


def test_what_fails_in_consequence_is_not_blamed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(group, "MOMENT", 30)  # all end by themselves, in whatever order
    with pytest.raises(LostWorkerError, match=r"^worker 1 was killed by SIGSEGV$"):
        run("lost", "kill=SIGSEGV")
    with pytest.raises(LostWorkerError, match=r"^worker 0 was killed by SIGTERM$"):
        run("wait=0.3 kill=SIGTERM", "lost")
    with pytest.raises(LostWorkerError, match=r"^worker 2 ended with exit code 5$"):
        run("lost", "lost", "exit=5")


@pytest.mark.usefixtures("hasty")
def test_an_error_is_raised_as_the_worker_raised_it(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(CannotRunError, match=r"^the disk is full$"):
        run("error=the_disk_is_full", "wait=60")
    with pytest.raises(CannotRunError, match=r"^worker 1: the disk is full$"):
        run("wait=60", "error=the_disk_is_full")
    with pytest.raises(CannotRunError, match=r"^the disk is full$"):  # said once
        monkeypatch.setattr(group, "MOMENT", 30)
        run("wait=0.1 error=the_disk_is_full", "error=the_disk_is_full")


@pytest.mark.usefixtures("hasty")
def test_a_training_that_is_over_stays_good(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run("trained", "wait=60")["number"] == 0
    monkeypatch.setattr(group, "GRACE", 30)
    assert run("trained", "exit=5")["number"] == 0
    said = "warning: worker 1 failed when the training was over: ended with exit code 5\n"
    assert capfd.readouterr().err == said


PARENT = """
import sys
from modelspec.local_workers import WorkerGroup
try:
    WorkerGroup({command}, 2, lambda: "").run({actions})
except KeyboardInterrupt:
    sys.exit(99)
"""


def parent(actions: list[str]) -> subprocess.Popen[bytes]:
    """A process that runs a group."""
    code = PARENT.format(command=FAKE, actions=actions)
    return subprocess.Popen([sys.executable, "-c", code], start_new_session=True)


def wait_for(files: list[Path]) -> list[int]:
    """The numbers of processes that write them to files."""
    while not all(file.exists() and file.read_text() for file in files):
        time.sleep(0.02)
    return [int(file.read_text()) for file in files]


def is_alive(pid: int) -> bool:
    """Whether a process runs; a zombie does not."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


@pytest.mark.skipif(os.name != "posix", reason="processes are killed by signals")
def test_workers_end_with_their_parent(tmp_path: Path) -> None:
    files = [tmp_path / "0", tmp_path / "1"]
    process = parent([f"deaf pid={file} wait=60" for file in files])
    pids = wait_for(files)
    process.kill()
    process.wait()
    for _ in range(500):
        if not any(map(is_alive, pids)):
            return
        time.sleep(0.02)
    pytest.fail("workers live on")


@pytest.mark.skipif(os.name != "posix", reason="a group of processes gets a signal")
def test_ctrl_c_reaches_each_worker_once_and_the_second_one_kills(tmp_path: Path) -> None:
    files = [tmp_path / "0", tmp_path / "1"]
    process = parent([f"catch pid={file} wait=60" for file in files])
    pids = wait_for(files)
    os.killpg(process.pid, signal.SIGINT)
    assert process.wait(20) == 99
    assert not any(map(is_alive, pids))
    files = [tmp_path / "2", tmp_path / "3"]
    process = parent([f"deaf pid={file} wait=60" for file in files])
    pids = wait_for(files)
    os.killpg(process.pid, signal.SIGINT)
    time.sleep(0.5)
    assert process.poll() is None
    os.killpg(process.pid, signal.SIGINT)
    assert process.wait(20) == 99
    assert not any(map(is_alive, pids))


def test_options_of_ray_are_refused_without_it() -> None:
    with pytest.raises(UsageError, match='retries, cpus: only with the launcher "ray"'):
        train("spec.yaml", workers=2, retries=1, cpus=2)
