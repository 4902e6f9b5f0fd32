"""What the chief of several processes does for all of them, and what the others leave to it.

All processes call the functions here at the same point of a training. In one process alone they
do no more than what they are given.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

from modelspec.cluster import LostPeerError
from modelspec.diagnostics import ModelspecError
from modelspec.processes import sendable
from modelspec.runs import RunFile, RunFolder, RunStatus
from modelspec.training.engine import present_engine

from .progress import Event

T = TypeVar("T")

_TASK = re.compile(r"/task:(\d+)")
"""How TensorFlow names a process."""

WRITERS = ("CSVLogger", "ModelCheckpoint", "RemoteMonitor", "TensorBoard")
"""Callbacks of Keras that tell of a training and do not change it."""

LOSSES = ("UnavailableError", "DeadlineExceededError", "AbortedError", "CancelledError")
"""TensorFlow's exceptions of an exchange in which another process did not take part."""


def is_chief() -> bool:
    """Whether this process writes the run folder."""
    return present_engine().process == 0


def decided_by_chief(decide: Callable[[], T]) -> T:
    """What a function gives in the chief, in all processes; the others do not call it.

    Args:
        decide: its result can be pickled.

    Raises:
        ModelspecError: as the function raises it in the chief.
    """
    engine = present_engine()
    if engine.processes == 1:
        return decide()
    found: tuple[Any, Exception | None] = (None, None)
    if is_chief():
        try:
            found = (decide(), None)
        except ModelspecError as reason:
            found = (None, sendable(reason))
    value, raised = engine.broadcast(found)
    if raised is not None:
        raise raised
    result: T = value
    return result


def done_by_chief(do: Callable[[], None]) -> None:
    """Have the chief do something that writes, and all processes wait for it.

    Raises:
        ModelspecError: as the function raises it in the chief.
    """
    decided_by_chief(do)


class UnwrittenFolder(RunFolder):
    """The folder of a run in a process that is not the chief: it writes nothing there."""

    writes = False

    def create(self) -> None:
        """The chief makes it."""

    def resume(self) -> None:
        """The chief locks it."""

    def unlock(self) -> None:
        """The chief has the lock."""

    def write(self, name: str, content: Any) -> None:
        """The chief writes it."""

    def delete(self, name: str) -> None:
        """The chief deletes it."""

    def finish(self, status: RunStatus, **more: Any) -> None:
        """The chief says how it ended."""

    def abandon(self, status: RunStatus, **more: Any) -> None:
        """The chief says how it ended."""

    def roll_back(self) -> None:
        """The chief restores what was there."""


class SilentProgress:
    """Shows nothing: the chief does."""

    def begin_epoch(self, epoch: int, epochs: int, steps: int | None) -> None:
        """Nothing to show."""

    def step(self, done: int, logs: Any) -> None:
        """Nothing to show."""

    def report(self, event: Event) -> None:
        """Nothing to show."""

    def close(self) -> None:
        """Nothing to close."""


def own_callbacks(callbacks: Sequence[Any]) -> list[Any]:
    """The callbacks of this process: only those of the chief write.

    Those that change the training run in all processes, with the values of the chief. In place of
    one that writes, or of a class made from such a one, there is another that does nothing, as
    often as that would.
    """
    if is_chief():
        return list(callbacks)
    import keras

    from .loop import needs_every_step

    found = []
    for callback in callbacks:
        if any(_only_writes(kind) for kind in type(callback).__mro__):
            silent = keras.callbacks.Callback()
            silent.needs_every_step = needs_every_step(callback)
            found.append(silent)
        else:
            found.append(callback)
    return found


def _only_writes(kind: type) -> bool:
    return kind.__name__ in WRITERS and kind.__module__.startswith("keras.")


def refuse_lost_workers(error: Exception, run: Path) -> None:
    """Raise what is to be said of an exception of TensorFlow, if another process was lost.

    Args:
        error: that ended the training.
        run: its folder.

    Raises:
        LostPeerError: a process was lost.
    """
    engine = present_engine()
    if engine.processes == 1 or type(error).__name__ not in LOSSES:
        return
    tasks = {int(number) for number in _TASK.findall(str(error))} - {engine.process}
    who = f"worker {min(tasks)}" if len(tasks) == 1 else "another worker"
    message = f"worker {engine.process} of {engine.processes} waited for {who} in vain"
    what = f"the run can be resumed with: modelspec train --resume {run}"
    saved = any((run / name).exists() for name in (RunFile.LAST_STATE, RunFile.PREVIOUS_STATE))
    raise LostPeerError(f"{message}" + (f"; {what}" if saved else "")) from error
