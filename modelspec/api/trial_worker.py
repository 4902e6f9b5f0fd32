"""`python -m modelspec.api.trial_worker`: trains the trials of a study, one after another.

It reads a job a line from standard input, as JSON, and writes events to standard output:
"ready"; "progress" with an event of the training; "trained", "failed" or "interrupted" at the end
of a job; "cannot-start" where no job can be trained now, which ends the study. All else that it
prints goes to standard error. It ends when its input does: the process of the study has ended then,
in whatever way, and what is in training saves a checkpoint.
"""

from __future__ import annotations

import io
import json
import os
import shutil
import signal
import sys
import threading
import time
import traceback
from collections.abc import Mapping
from pathlib import Path
from queue import SimpleQueue
from typing import Any, TextIO

from modelspec.diagnostics import CannotRunError, Severity, SpecError, UsageError
from modelspec.machine import own_process
from modelspec.processes import PATIENCE, Channel, end_this_process
from modelspec.runs import RunStatus, is_locked, member_folders, read_status


class _ProgressStream(io.TextIOBase):
    """Standard error, but the JSON lines of a training become events."""

    def __init__(self, channel: Channel, rest: TextIO) -> None:
        self._channel = channel
        self._rest = rest
        self._line = ""

    def write(self, text: str) -> int:
        *lines, self._line = (self._line + text).split("\n")
        for line in lines:
            try:
                content = json.loads(line) if line.startswith('{"event"') else None
            except ValueError:
                content = None
            if content is None:
                self._rest.write(line + "\n")
            else:
                self._channel.send("progress", progress=content)
        self._rest.flush()
        return len(text)


def main() -> int:
    """Train until standard input ends."""
    own_process()
    channel = Channel.take_stdout()
    sys.stderr = _ProgressStream(channel, sys.stderr)
    jobs: SimpleQueue[Mapping[str, Any] | None] = SimpleQueue()
    threading.Thread(target=_read_jobs, args=(sys.stdin, jobs), daemon=True).start()
    try:
        from modelspec.framework import start_keras

        start_keras()
    except CannotRunError as error:
        channel.send("cannot-start", reason=str(error))
        return error.exit_code
    channel.send("ready")
    while (job := jobs.get()) is not None:
        if not _work(job, channel):
            return 128 + signal.SIGTERM
    return 0


def _read_jobs(stream: TextIO, jobs: SimpleQueue[Mapping[str, Any] | None]) -> None:
    for line in stream:
        jobs.put(json.loads(line))
    _is_orphaned.set()
    jobs.put(None)
    if _is_at_work.is_set():
        end_this_process()
    time.sleep(PATIENCE)  # this thread does not keep the process alive
    os._exit(1)


_is_at_work, _is_orphaned = threading.Event(), threading.Event()
"""Set in this order and looked at in the other one: a job that comes with the end of the input is
interrupted, or does not begin."""


def _work(job: Mapping[str, Any], channel: Channel) -> bool:
    """Do a job; whether another one can follow."""
    from modelspec.tracking import CannotReportError
    from modelspec.training import InterruptedRunError

    began = time.monotonic()
    _is_at_work.set()
    if _is_orphaned.is_set():
        return False
    try:
        train_trial(job)
    except InterruptedRunError:
        channel.send("interrupted")
        return False
    except CannotReportError as error:  # so would all others: the trial is not to blame
        advice = f"when it can, resume with: modelspec tune --resume {Path(job['folder']).parent}"
        channel.send("cannot-start", reason=f"{error}; {advice}")
        return False
    except SpecError as error:
        reason, is_spec_error = _first_error(error), True
    except (CannotRunError, UsageError) as error:
        reason, is_spec_error = str(error), False
    except Exception as error:  # a bug must not end the study; its traceback is in the log
        traceback.print_exc()
        reason, is_spec_error = f"{type(error).__name__}: {error}", False
    else:
        channel.send("trained", seconds=time.monotonic() - began)
        return True
    finally:
        _is_at_work.clear()
        _clean_up()
    seconds = time.monotonic() - began
    channel.send("failed", seconds=seconds, reason=reason, is_spec_error=is_spec_error)
    return True


def _first_error(error: SpecError) -> str:
    """The first error that a spec or its data has, in a line."""
    errors = [one for one in error.findings if one.severity is Severity.ERROR]
    first = (errors or list(error.findings))[0]
    return f"{first.message} ({first.span.file}:{first.span.line}, {first.code})"


def _clean_up() -> None:
    """Let go of the model, so that the next one has the memory and the same names."""
    import keras

    keras.backend.clear_session()  # collects garbage too


def train_trial(job: Mapping[str, Any]) -> None:
    """Train a trial as `modelspec train` does, from its beginning or from where it was left.

    Args:
        job: `spec`, `overrides`, `folder` of the run, `pause_after` or None, `allow_extensions`.

    Raises:
        What `train` does.
    """
    from .training import train

    run, pause_after = Path(job["folder"]), job["pause_after"]
    _wait_until_free(run)
    allowed = bool(job.get("allow_extensions"))
    if run.exists():
        if _is_there(run, pause_after):
            return
        try:
            train(
                resume=run,
                pause_after=pause_after,
                command=job.get("command", ""),
                log_format="json",
                allow_extensions=allowed,
            )
            return
        except UsageError:  # it was killed before it had begun to train
            if is_locked(run):
                raise
            shutil.rmtree(run)
    train(
        job["spec"],
        output=run,
        overrides=job["overrides"],
        pause_after=pause_after,
        command=job.get("command", ""),
        log_format="json",
        allow_extensions=allowed,
    )


def _is_there(run: Path, pause_after: int | None) -> bool:
    """Whether a run was trained so far already."""
    try:
        status = read_status(run)
    except UsageError:
        return False
    if status.get("status") == RunStatus.COMPLETE:
        return True
    if status.get("status") != RunStatus.PAUSED or pause_after is None:
        return False
    members = member_folders(status)
    if members:
        return all(_is_there(run / name, pause_after) for name in members)
    return int(status.get("epochs", 0)) >= pause_after


def _wait_until_free(run: Path) -> None:
    """Wait until no process trains into a run folder: one whose study was killed is ending.

    Raises:
        CannotRunError: one still does.
    """
    end = time.monotonic() + 2 * PATIENCE
    while is_locked(run):
        if time.monotonic() > end:
            raise CannotRunError(f"another process is training in {run}")
        time.sleep(0.05)


if __name__ == "__main__":
    sys.exit(main())
