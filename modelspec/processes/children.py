"""Child processes that are given work as JSON lines and say what happens, an event a line.

The parent has a `ChildProcess` for each; a child has a `Channel`. A child ends when its input does:
its parent has ended then, in whatever way.
"""

from __future__ import annotations

import json
import os
import pickle
import signal
import subprocess
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from queue import SimpleQueue
from typing import IO, Any, NamedTuple, TextIO

from modelspec.diagnostics import CannotRunError, ModelspecError

Event = Mapping[str, Any]

PATIENCE = 60.0
"""Seconds that a child which trains has to save its checkpoint once it is to end."""


IS_WINDOWS = os.name == "nt"


class Message(NamedTuple):
    """What a child says; `content` is None when it has ended."""

    child: ChildProcess
    content: Event | None


class ChildProcess:
    """A process in a session of its own: an interrupt at the terminal is for its parent.

    Args:
        command: that is started.
        environment: of the process.
        messages: where what it says goes.
        stderr: as for `subprocess.Popen`; by default that of this process.

    Raises:
        OSError: it cannot be started.
    """

    def __init__(
        self,
        command: Sequence[str],
        environment: Mapping[str, str],
        messages: SimpleQueue[Message],
        *,
        stderr: int | IO[bytes] | None = None,
    ) -> None:
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=stderr,
            env=dict(environment),
            start_new_session=True,
            creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),  # of Windows
        )
        self._reader = threading.Thread(target=self._read, args=(messages,), daemon=True)
        self._reader.start()

    @property
    def pid(self) -> int:
        """The number of the process."""
        return self._process.pid

    @property
    def stderr(self) -> IO[bytes] | None:
        """What it prints, where it was started with `subprocess.PIPE` for it."""
        return self._process.stderr

    def _read(self, messages: SimpleQueue[Message]) -> None:
        assert self._process.stdout is not None
        with self._process.stdout as stream:
            for line in stream:
                try:
                    content = json.loads(line)
                except ValueError:  # cut short by its end
                    continue
                messages.put(Message(self, content))
        self._process.wait()
        messages.put(Message(self, None))

    def give(self, work: Event) -> None:
        """Write it a line; a child that has ended meanwhile says so by its message."""
        assert self._process.stdin is not None
        with suppress(OSError):  # it is dead, and its end is on the way
            self._process.stdin.write(json.dumps(work).encode() + b"\n")
            self._process.stdin.flush()

    def signal(self, number: int) -> None:
        """Send it a signal, unless it has ended."""
        if IS_WINDOWS:
            self.stop()
        elif self._process.poll() is None:
            self._process.send_signal(number)

    def stop(self, *, at_once: bool = False) -> None:
        """Let it save what it has and end, or kill it."""
        if self._process.poll() is not None:
            return
        if at_once or not IS_WINDOWS:
            (self._process.kill if at_once else self._process.terminate)()
        else:  # where `terminate` kills; the end of its input ends it too
            assert self._process.stdin is not None
            with suppress(OSError):
                self._process.stdin.close()

    def exit_code(self) -> int:
        """That of a process that has ended; below 0 after a signal."""
        return self._process.wait()

    def close(self, seconds: float) -> None:
        """Wait for its end, and kill it after some seconds."""
        assert self._process.stdin is not None
        with suppress(OSError):
            self._process.stdin.close()
        try:
            self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.stop(at_once=True)
            self._process.wait()
        self._reader.join(5)


def _signal_name(number: int) -> str:
    """Such as SIGKILL; "signal 99" for one that this system does not know."""
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"


def how_it_ended(code: int | None) -> str:
    """What a process did that ended, after its name: "was killed by SIGKILL", "ended with exit
    code 3".

    Args:
        code: its exit code; below 0 that of a signal.
    """
    if code is None or code >= 0:
        return f"ended with exit code {code}"
    name = _signal_name(-code)
    why = ", as the system does where memory is not enough" if name == "SIGKILL" else ""
    return f"was killed by {name}{why}"


def sendable(error: Exception) -> Exception:
    """An exception that another process can raise: this one, or one with its text."""
    try:
        pickle.loads(pickle.dumps(error))
    except Exception:  # whatever its class does
        kind = "" if isinstance(error, ModelspecError) else f"{type(error).__name__}: "
        return CannotRunError(f"{kind}{error}")
    return error


@contextmanager
def stops_handled(handle: Callable[[int], None]) -> Iterator[None]:
    """Call a function with the number of each SIGINT and SIGTERM that comes.

    Outside the main thread Python cannot handle signals, and nothing changes.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def handler(number: int, _: Any) -> None:
        handle(number)

    before = {one: signal.signal(one, handler) for one in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, previous in before.items():
            signal.signal(number, previous)


@contextmanager
def interrupts_blocked() -> Iterator[None]:
    """Put an interrupt off; processes started meanwhile never see one: the parent handles it.

    Without this, one that comes while a process still imports would print a traceback.
    """
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    from multiprocessing.resource_tracker import ensure_running

    ensure_running()  # the first process would start it, which lets interrupts in again
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def end_this_process() -> None:
    """Do what SIGTERM does: what trains saves its checkpoint first. For another thread to call."""
    if IS_WINDOWS:  # where `os.kill` ends a process without its handlers
        signal.raise_signal(signal.SIGTERM)
    else:
        os.kill(os.getpid(), signal.SIGTERM)


class Channel:
    """In a child: writes events, a line each."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    @classmethod
    def take_stdout(cls) -> Channel:
        """The channel of this process; what else it prints goes to standard error from now on."""
        stream = os.fdopen(os.dup(1), "w", encoding="utf-8")
        os.dup2(2, 1)
        return cls(stream)

    def send(self, event: str, **more: Any) -> None:
        """Write an event; the process that reads them may have ended."""
        with suppress(OSError):
            self._stream.write(json.dumps({"event": event, **more}) + "\n")
            self._stream.flush()
