"""What the run of a trial gave: the objectives at the epoch that the run uses."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import fmean

from modelspec.diagnostics import join_words
from modelspec.runs import RunRecord, RunStatus, member_folders, read_record, read_status
from modelspec.spec.training import large_is_good
from modelspec.spec.tune import STATIC

from .record import Objective, ProposalState
from .trials import Outcome


class _NoValueError(Exception):
    """A trial has no value of an objective; the text says why."""


def outcome_of(
    run: Path, objectives: Sequence[Objective], cost: Mapping[str, float], seconds: float
) -> Outcome:
    """Read a run that is paused or complete; one without finite objectives has failed.

    Args:
        run: its folder; one with a run for each fold or seed has the means over them.
        objectives: what is read.
        cost: what is known of it before the training.
        seconds: how long it was trained.

    Raises:
        UsageError: there is no such run.
    """
    status = read_status(run)
    folders = [run / name for name in member_folders(status)] or [run]
    records = [read_record(folder) for folder in folders]
    epochs = max(one.done for one in records)
    state = ProposalState.PAUSED
    if status.get("status") == RunStatus.COMPLETE:
        state = ProposalState.COMPLETE
    try:
        values = {one.name: _value(one.name, records, cost) for one in objectives}
    except _NoValueError as error:
        return Outcome(ProposalState.FAILED, {}, epochs, seconds, str(error))
    return Outcome(state, values, epochs, seconds)


def _value(name: str, records: Sequence[RunRecord], cost: Mapping[str, float]) -> float:
    if name in STATIC:
        if name not in cost:
            raise _NoValueError(f"{name} is not known before the training")
        return float(cost[name])
    return fmean(_logged(name, one) for one in records)


def _logged(name: str, record: RunRecord) -> float:
    """The value that a run logged at the epoch that it uses."""
    if name not in record.curves:
        known = join_words((f"`{one}`" for one in record.curves), most=10)
        raise _NoValueError(f"the training logs no `{name}`; it logs {known}")
    index = _used_index(record)
    value = record.curves[name][index]
    losses = record.curves.get("loss", [])
    if not math.isfinite(value):
        raise _NoValueError(f"{name} is {value} after epoch {record.epochs[index]}")
    if losses and not math.isfinite(losses[-1]):
        raise _NoValueError(f"the loss is {losses[-1]} after epoch {record.epochs[-1]}")
    return value


def _used_index(record: RunRecord) -> int:
    """The row of the epoch that the model of a run is of, or would be of if it ended now."""
    if record.used is not None:
        return record.epochs.index(record.used.epoch)
    training = record.spec.get("training", {})
    checkpoint = training.get("checkpoint") or {}
    monitor = checkpoint.get("monitor") or next(
        (name for name in ("val_loss", "loss") if name in record.curves), ""
    )
    if checkpoint.get("use") != "best" or monitor not in record.curves:
        return -1
    is_large = large_is_good(monitor)
    if monitor.removeprefix("val_") in (training.get("losses") or ()):  # whatever its name is
        is_large = False
    if checkpoint.get("mode") is not None:
        is_large = checkpoint["mode"] == "max"
    rows = [(v, n) for n, v in enumerate(record.curves[monitor]) if math.isfinite(v)]
    if not rows:
        return -1
    return min(rows, key=lambda row: (-row[0] if is_large else row[0], row[1]))[1]
