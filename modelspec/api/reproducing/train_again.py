"""Train a run again from its lock, and say what differs."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from modelspec.api.building import open_text
from modelspec.api.training import train_opened
from modelspec.diagnostics import UsageError
from modelspec.reproduction import (
    LockDifference,
    first_difference,
    read_lock,
    restore_variables,
)
from modelspec.runs import (
    RunFile,
    RunStatus,
    choose_folder,
    read_recorded_spec,
    read_status,
    why_incomplete,
)
from modelspec.spec.extensions import permit_extensions


@dataclass(frozen=True, slots=True)
class Reproduction:
    """How a training that was done again came out.

    Attributes:
        run: the run that was recorded.
        surroundings: versions, hardware and variables that are not as they were.
        data: splits whose data changed.
        outcome: the first epoch or variable that differs, as a sentence; None for none.
        again: the folder of the new run; None where it was not kept.
    """

    run: Path
    surroundings: tuple[LockDifference, ...]
    data: tuple[LockDifference, ...]
    outcome: str | None
    again: Path | None

    @property
    def is_same(self) -> bool:
        """Whether each epoch and all variables have the same bits."""
        return self.outcome is None

    @property
    def cause(self) -> str:
        """The first thing that differs: the data, the surroundings, or what came out."""
        for found in (*self.data, *self.surroundings):
            return str(found)
        return self.outcome or ""

    def to_dict(self) -> dict[str, object]:
        """Plain data for JSON."""
        return {
            "run": str(self.run),
            "same_bits": self.is_same,
            "surroundings": [str(found) for found in self.surroundings],
            "data": [str(found) for found in self.data],
            "outcome": self.outcome,
            "again": None if self.again is None else str(self.again),
        }


def reproduce(
    run: Path | str,
    output: Path | str | None = None,
    *,
    force: bool = False,
    allow_extensions: bool = False,
    log_format: str = "auto",
    say: Callable[[str], None] | None = None,
) -> Reproduction:
    """Train a complete run again from its lock.json, and compare the two.

    The spec is that of the run, with all defaults; its data is read where it lay. Variables of the
    environment that change bits are set as they were. TensorFlow must not have started yet.

    Args:
        run: the run folder.
        output: the folder of the new run; None keeps nothing of it.
        force: replace a run in `output`.
        allow_extensions: import the modules that the spec names, which runs their code.
        log_format: how progress is shown, as for `train`.
        say: takes what differs before the training begins, and what is set, as sentences.

    Raises:
        UsageError: it is not a complete run with a lock, or `output` is taken.
        SpecError: its data is gone or does not fit any more.
        CannotRunError: TensorFlow is missing, or the lock is damaged.
    """
    path = Path(run)
    lock = read_lock(path)
    status = read_status(path)
    if status.get("status") != RunStatus.COMPLETE:
        raise UsageError(f"the run in {path} {why_incomplete(status)}: there is no end to compare")
    record = read_recorded_spec(path)
    tell = say or (lambda sentence: None)
    for changed in restore_variables(lock.surroundings.get("variables", {})):
        tell(f"as in the lock: {changed}")
    with ExitStack() as stack:
        stack.enter_context(permit_extensions(allow_extensions))
        if output is None:
            top = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="modelspec-again-")))
            folder = top / "run"
        else:
            folder = choose_folder(Path(output), path.name, force=force)
        compiled = open_text(record.text, str(path / RunFile.EXPANDED_SPEC), record.spec)
        command = f"modelspec reproduce {path}"
        train_opened(compiled, folder, force=force, command=command, log_format=log_format)
        now = read_lock(folder)
        return Reproduction(
            path,
            tuple(lock.changes(now.surroundings)),
            tuple(lock.data_changes(now.data)),
            first_difference(path, folder),
            None if output is None else folder,
        )
