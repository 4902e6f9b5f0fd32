"""The trials of a study as its storage has them: one of Optuna's for each proposal.

What the study needs to go on is in attributes, each written once and whole: `point` when the trial
is made, `rung-N` when it was trained to epoch N, `result` when nothing more is to come.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from .record import Proposal, ProposalState
from .study_files import trial_folder

POINT, CLAIM, RESULT, RUNG = "point", "claim", "result", "rung-"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What training to some epoch gave.

    Attributes:
        state: PAUSED, COMPLETE or FAILED.
        objectives: the values by the objective's name; empty where it failed.
        epochs: how many are trained.
        seconds: how long it took since the last outcome.
        reason: why it failed.
    """

    state: ProposalState
    objectives: Mapping[str, float] = field(default_factory=dict)
    epochs: int = 0
    seconds: float = 0.0
    reason: str = ""

    def to_dict(self) -> dict[str, Any]:
        """As an attribute of the trial."""
        return {
            "state": str(self.state),
            "objectives": dict(self.objectives),
            "epochs": self.epochs,
            "seconds": round(self.seconds, 3),
            "reason": self.reason,
        }

    @classmethod
    def from_dict(cls, content: Mapping[str, Any]) -> Outcome:
        """Read what `to_dict` made."""
        return cls(**{**content, "state": ProposalState(content["state"])})


@dataclass(frozen=True, slots=True)
class Claim:
    """Which process trains a trial, and to which epoch."""

    owner: str
    until: int

    def to_dict(self) -> dict[str, Any]:
        """As an attribute of the trial."""
        return {"owner": self.owner, "until": self.until}


@dataclass(frozen=True, slots=True)
class PointRecord:
    """What is known of a proposal when it is made; the attributes are those of `Proposal`."""

    values: Mapping[str, Any]
    overrides: Mapping[str, Any]
    key: str
    cost: Mapping[str, float] = field(default_factory=dict)
    kind: str = ""
    finding: Mapping[str, Any] = field(default_factory=dict)
    violation: float = 0.0
    duplicate_of: int | None = None
    bracket: int | None = None

    def to_dict(self) -> dict[str, Any]:
        """As an attribute of the trial."""
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, slots=True)
class StudyTrial:
    """A proposal and what is known of it.

    Attributes:
        number: in order of the proposals.
        id: in the storage.
        point: what was proposed.
        claim: who trains it; None where nobody does.
        rungs: the epochs that it was to be trained to, to what that gave.
        result: the last outcome, after which nothing comes; None before.
        is_told: Optuna knows the result.
        frozen: the trial as Optuna has it.
    """

    number: int
    id: int
    point: PointRecord
    claim: Claim | None
    rungs: Mapping[int, Outcome]
    result: Outcome | None
    is_told: bool
    frozen: Any

    @classmethod
    def of(cls, frozen: Any) -> StudyTrial:
        """Read a trial of Optuna's.

        Raises:
            KeyError: it has no point: something else has made it.
        """
        attrs = frozen.user_attrs
        claim, result = attrs.get(CLAIM), attrs.get(RESULT)
        rungs = {
            int(name.removeprefix(RUNG)): Outcome.from_dict(value)
            for name, value in attrs.items()
            if name.startswith(RUNG)
        }
        return cls(
            frozen.number,
            frozen._trial_id,
            PointRecord(**attrs[POINT]),
            None if claim is None else Claim(**claim),
            dict(sorted(rungs.items())),
            None if result is None else Outcome.from_dict(result),
            frozen.state.is_finished(),
            frozen,
        )

    @property
    def is_refused(self) -> bool:
        """Whether its point, or that of the proposal it equals, does not validate."""
        return bool(self.point.kind)

    @property
    def is_counted(self) -> bool:
        """Whether it is one of the trials that were asked for."""
        return not self.is_refused and self.point.duplicate_of is None

    @property
    def newest(self) -> Outcome | None:
        """The outcome at the last epoch; None where there is none yet."""
        if self.result is not None:
            return self.result
        return self.rungs[max(self.rungs)] if self.rungs else None

    @property
    def seconds(self) -> float:
        """How long it was trained, all together."""
        last = 0.0 if self.result is None else self.result.seconds
        return sum(one.seconds for one in self.rungs.values()) + last

    def outcome_at(self, epochs: int) -> Outcome | None:
        """What training to an epoch gave; of one that ended before, its result."""
        if self.result is not None and self.result.state is not ProposalState.PAUSED:
            return self.rungs.get(epochs, self.result)
        return self.rungs.get(epochs)

    def to_proposal(self, *, is_claimed: bool) -> Proposal:
        """As study.json has it.

        Args:
            is_claimed: it waits for a worker, or one is at work on it.
        """
        point, newest = self.point, self.newest
        state = ProposalState.RUNNING
        if point.duplicate_of is not None:
            state = ProposalState.DUPLICATE
        elif self.is_refused:
            state = ProposalState.REFUSED
        elif newest is not None and not (is_claimed and self.result is None):
            state = newest.state
        outcome = newest or Outcome(state)
        is_trained = self.is_counted
        return Proposal(
            self.number,
            state,
            point.values,
            point.overrides,
            {} if state is ProposalState.FAILED else outcome.objectives,
            outcome.epochs,
            trial_folder(self.number) if is_trained else "",
            round(self.seconds, 3),
            point.kind,
            point.finding,
            point.violation,
            outcome.reason,
            point.duplicate_of,
            point.cost,
            point.bracket if is_trained else None,
        )
