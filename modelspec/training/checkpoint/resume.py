"""Resuming a run: its newest state, whether its data changed, and the files of its CSVLoggers."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from modelspec.data import Data
from modelspec.data.feed import Position
from modelspec.diagnostics import Findings, UsageError, join_words
from modelspec.files import cannot_write, write_atomically
from modelspec.runs import RunStatus, read_status
from modelspec.spec import Spec
from modelspec.spec.data import PYTHON, sources_of
from modelspec.spec.training import TrainingSpec
from modelspec.training.data_record import changed_addresses, digest_of, read_data_record

from .state_file import newest_state


class NothingLeftError(UsageError):
    """The run is complete, and by its present spec there is nothing left to do."""


@dataclass(frozen=True, slots=True)
class PhaseStart:
    """Where a phase began.

    Attributes:
        index: of the phase, from 0.
        epoch: how many epochs were done then.
        planned: the epochs that each phase before it was to have.
    """

    index: int = 0
    epoch: int = 0
    planned: tuple[int, ...] = ()

    @classmethod
    def of_state(cls, state: Mapping[str, Any]) -> PhaseStart:
        """That of a checkpoint; those of older runs have no phases."""
        found = state.get("phase", {})
        planned = tuple(found.get("planned", ()))
        return cls(found.get("index", 0), found.get("epoch", 0), planned)

    def to_dict(self) -> dict[str, Any]:
        """Plain data for a checkpoint."""
        return {"index": self.index, "epoch": self.epoch, "planned": list(self.planned)}


class Resumption(NamedTuple):
    """Where a training is resumed.

    Attributes:
        state: as `TrainingState.capture` returned it; None starts from the beginning.
        stopped: whether a callback has ended the training.
        damaged: a sentence for each checkpoint that could not be read.
    """

    state: Mapping[str, Any] | None
    stopped: bool
    damaged: list[str]

    @property
    def start(self) -> Position:
        """What is done."""
        return Position() if self.state is None else Position(*self.state["place"])

    @property
    def phase(self) -> PhaseStart:
        """The phase that it was left in."""
        return PhaseStart() if self.state is None else PhaseStart.of_state(self.state)


def find_resumption(path: Path, training: TrainingSpec, *, same_callbacks: bool) -> Resumption:
    """Where the run in a folder can be resumed.

    Args:
        path: the run folder.
        training: of the present spec.
        same_callbacks: whether the callbacks are configured as they were: then one that has ended
            the training would end it again.

    Raises:
        UsageError: the folder is not a run folder; NothingLeftError: there is nothing left to do.
    """
    status = read_status(path)
    state, damaged = newest_state(path)
    stopped = state is not None and state["stopped"] and same_callbacks
    found = Resumption(state, stopped, damaged)
    _refuse_done_phases(found.phase, training)
    if status.get("status") == RunStatus.COMPLETE and state is not None:
        _refuse_complete(path, found, training)
    return found


def _refuse_complete(path: Path, found: Resumption, training: TrainingSpec) -> None:
    """Refuse to resume a complete run of which the spec, as it is now, leaves nothing to do."""
    phases, done = training.each_phase, found.start.epoch
    last = len(phases) - 1
    if found.phase.index < last:
        return
    if found.stopped:
        message = f"the run in {path} is complete: a callback stopped it after epoch {done}"
        raise NothingLeftError(f"{message}. With other `callbacks` it can go on")
    in_phase = done - found.phase.epoch
    if in_phase >= phases[last].epochs:
        message = f"the run in {path} is complete, with all of its {done} epochs"
        key = f"training.phases.{last}.epochs" if training.phases else "training.epochs"
        raise NothingLeftError(f"{message}. To go on: --set {key}={in_phase * 2}")


def _refuse_done_phases(start: PhaseStart, training: TrainingSpec) -> None:
    """Refuse other epochs of a phase that is over."""
    for number, (was, phase) in enumerate(zip(start.planned, training.phases, strict=False), 1):
        if was != phase.epochs:
            message = f"phase {number} is over: it was to have {was} epochs, and now {phase.epochs}"
            later = start.index + 1
            raise UsageError(f"{message}. Change the epochs of phase {later} or of a later one")


def check_data_unchanged(path: Path, data: Data, spec: Spec, findings: Findings) -> None:
    """Add a finding if a split is not the one that the run began with."""
    assert spec.data is not None
    sources = sources_of(spec.data)
    record = read_data_record(path)
    for split, digest in record.digests.items():
        if getattr(data, split) is None or digest_of(data, split) == digest:
            continue
        source = sources.get(split, spec.data.train)
        reason, hint = "its files changed", "bring the files back"
        changed = changed_addresses(record, data)
        if changed:
            reason = f"{join_words(changed, most=3)} changed"
            hint = "bring the former content back to the address"
        if source.kind == PYTHON:
            reason = f"`{source.options['function']}` gives other examples"
            hint = "a `shuffle` in it needs a seed, or can be left out: modelspec shuffles"
        message = f"the {split} split is not what it was when the run began: {reason}"
        hint = f"{hint}; or train anew into another folder"
        findings.error(source.span, "data-changed", message, hint=hint)
        return


def continue_csv_logs(callbacks: Sequence[Any], epochs: int) -> None:
    """Have each of Keras's CSVLoggers append to its file, which it would overwrite.

    Args:
        callbacks: those of the spec, before the training begins.
        epochs: how many are done. Rows beyond them come from a process that ended after it had
            written the row and before it had saved the epoch; they are deleted.

    Raises:
        CannotRunError: a file cannot be written.
    """
    for logger in _csv_loggers(callbacks):
        logger.append = True
        path = Path(logger.filename)
        try:
            if path.is_file():
                _keep_rows(path, logger.sep, epochs)
        except OSError as error:
            raise cannot_write(path, error) from error


def _keep_rows(path: Path, separator: str, epochs: int) -> None:
    with path.open(newline="", encoding="utf-8") as file:
        rows = list(csv.reader(file, delimiter=separator))
    done = [row for row in rows[1:] if row and row[0].isdigit() and int(row[0]) < epochs]
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=separator, lineterminator="\n").writerows([*rows[:1], *done])
    write_atomically(path, text.getvalue().encode())


def close_csv_logs(callbacks: Sequence[Any]) -> None:
    """Close the files, which Keras leaves open when a training ends early."""
    for logger in _csv_loggers(callbacks):
        if logger.csv_file is not None:
            logger.csv_file.close()


def _csv_loggers(callbacks: Sequence[Any]) -> list[Any]:
    import keras

    return [callback for callback in callbacks if isinstance(callback, keras.callbacks.CSVLogger)]
