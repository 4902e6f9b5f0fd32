"""A run that did not come to its end, or is to go further, made ready to go on."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from modelspec.data import Data
from modelspec.data.feed import Position
from modelspec.diagnostics import Findings, UsageError
from modelspec.runs import COMPLETE, status_of
from modelspec.spec import Spec
from modelspec.spec.data import PYTHON, sources_of
from modelspec.spec.training import TrainingSpec
from modelspec.training.run import DIGESTS, digest, read_data


class NothingLeftError(UsageError):
    """The run is complete, and by its present spec there is nothing left to do."""


class Resumption(NamedTuple):
    """Where a training goes on.

    Attributes:
        state: as `state.Standing.capture` gave it; None begins anew.
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


def resumption(path: Path, training: TrainingSpec, *, same_callbacks: bool) -> Resumption:
    """Where the run in a folder stands.

    Args:
        path: the run folder.
        training: of the present spec.
        same_callbacks: whether the callbacks are configured as they were: one that has ended the
            training would end it again.

    Raises:
        UsageError: the folder holds no run; NothingLeftError: a complete one.
    """
    from .state import newest_state

    status = status_of(path)
    state, damaged = newest_state(path / "checkpoints")
    stopped = state is not None and state["stopped"] and same_callbacks
    if status.get("status") == COMPLETE and state is not None:
        done = state["place"][0]
        if stopped:
            message = f"the run in {path} is complete: a callback stopped it after epoch {done}"
            raise NothingLeftError(f"{message}. With other `callbacks` it can go on")
        if done >= training.epochs:
            message = f"the run in {path} is complete: it has all of its {done} epochs"
            raise NothingLeftError(f"{message}. To go on: --set training.epochs={done * 2}")
    return Resumption(state, stopped, damaged)


def check_data_unchanged(path: Path, data: Data, spec: Spec, findings: Findings) -> None:
    """A finding where the data is not what the run began with."""
    assert spec.data is not None
    kept = read_data(path).digests
    sources = sources_of(spec.data)
    for name in DIGESTS:
        if name in kept and getattr(data, name) is not None and digest(data, name) != kept[name]:
            source = sources.get(name, spec.data.train)
            why, hint = "its files changed", "bring the files back"
            if source.kind == PYTHON:
                why = f"`{source.options['function']}` gives other examples"
                hint = "a `shuffle` in it needs a seed, or can be left out: modelspec shuffles"
            message = f"the {name} split is not what it was when the run began: {why}"
            hint = f"{hint}; or train anew into another folder"
            findings.error(source.span, "data-changed", message, hint=hint)
            return
