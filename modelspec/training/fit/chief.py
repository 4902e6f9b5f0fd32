"""What the chief of several processes does for all of them, and what the others leave to it.

All processes call the functions here at the same point of a training. In one process alone they
do no more than what they are given.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from modelspec.diagnostics import CannotRunError, ModelspecError
from modelspec.runs import RunFolder, RunStatus
from modelspec.training.engine import present_engine

from .progress import Event

T = TypeVar("T")

WRITERS = ("CSVLogger", "ModelCheckpoint", "OrbaxCheckpoint", "RemoteMonitor", "TensorBoard")
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
    found: tuple[Any, ModelspecError | None] = (None, None)
    if is_chief():
        try:
            found = (decide(), None)
        except ModelspecError as reason:
            found = (None, reason)
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
    one that writes there is another that does nothing, as often as that would.
    """
    if is_chief():
        return list(callbacks)
    import keras

    from .loop import needs_every_step

    found = []
    for callback in callbacks:
        kind = type(callback)
        if kind.__name__ in WRITERS and kind.__module__.startswith("keras."):
            silent = keras.callbacks.Callback()
            silent.needs_every_step = needs_every_step(callback)
            found.append(silent)
        else:
            found.append(callback)
    return found


def refuse_lost_workers(error: Exception) -> None:
    """Raise what is to be said of an exception of TensorFlow, if another process was lost.

    Raises:
        CannotRunError: it was.
    """
    engine = present_engine()
    if engine.processes > 1 and type(error).__name__ in LOSSES:
        message = f"worker {engine.process} lost another of the {engine.processes} workers"
        raise CannotRunError(f"{message}: {_first_sentence(error)}") from error


def _first_sentence(error: Exception) -> str:
    text = str(getattr(error, "message", error)).strip()
    return text.splitlines()[0] if text else type(error).__name__
