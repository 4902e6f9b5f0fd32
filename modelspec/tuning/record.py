"""What a study found, as plain data: the content of study.json.

It is written whole after each event. The live table, study.html and best.yaml are made from it
alone; the study itself goes on from Optuna's storage.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from enum import StrEnum
from pathlib import Path
from typing import Any

from modelspec.diagnostics import UsageError

from .study_files import StudyFile

VERSION = 1


class Direction(StrEnum):
    """Whether small or large values of an objective are good."""

    MIN = "min"
    MAX = "max"


class ProposalState(StrEnum):
    """What became of a proposed point."""

    REFUSED = "refused"
    """It does not validate, or exceeds a bound of `expect`: never trained, not counted."""
    DUPLICATE = "duplicate"
    """Its expanded spec is that of an earlier proposal: not counted."""
    RUNNING = "running"
    """A worker trains it, or will; after an interruption it goes on from its checkpoint."""
    PAUSED = "paused"
    """With `halving`: trained to `epochs`, and others are better, or not all are known yet."""
    COMPLETE = "complete"
    """Trained to its end."""
    FAILED = "failed"
    """It has no value: `reason` says why. It counts, as a result."""

    @property
    def is_counted(self) -> bool:
        """Whether it is one of the `trials` that were asked for."""
        return self not in (ProposalState.REFUSED, ProposalState.DUPLICATE)


class StudyStatus(StrEnum):
    """The state of a study."""

    RUNNING = "running"
    COMPLETE = "complete"
    INTERRUPTED = "interrupted"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Objective:
    """A value that the study makes small or large.

    Attributes:
        name: as the history of a run has it, or "params", "flops", "memory".
        direction: which values are good.
    """

    name: str
    direction: Direction

    def is_better(self, value: float, other: float) -> bool:
        """Whether a value is strictly better than another."""
        return value < other if self.direction is Direction.MIN else value > other


@dataclass(frozen=True, slots=True)
class RecordedDimension:
    """A dimension of the space.

    Attributes:
        name: its path in the spec; of one inside a choice `PATH[LABEL].KEY`.
        kind: "choice", "int" or "float".
        labels: of a choice, in order: scalars, or short texts for lists and mappings.
        low: the smallest number; None for a choice.
        high: the largest one.
        log: whether numbers are drawn on a log scale.
    """

    name: str
    kind: str
    labels: tuple[Any, ...] = ()
    low: float | None = None
    high: float | None = None
    log: bool = False


@dataclass(frozen=True, slots=True)
class Proposal:
    """One proposed point, and what became of it.

    Attributes:
        number: in order of the proposals, from 0; the run folder is named after it.
        state: what became of it.
        values: the active dimensions by name, to a number or the label of a choice.
        overrides: the same as dotted paths to values of the spec, as `--set` takes them; with what
            was set for the whole study these are all differences from the spec file.
        objectives: the values by the objective's name, at the epoch that the run uses; empty where
            there are none. One of a paused trial is that of its last rung.
        epochs: how many are trained.
        run: the run folder, relative to the study folder; "" where there is none.
        seconds: how long workers trained it, all together.
        kind: why it was refused: "invalid" or "budget"; "" for others.
        finding: the finding that refused it, in the JSON form of findings; empty for others.
        violation: by how much it exceeds a bound, relative to it; 1.0 where it is invalid; 0.0 for
            others.
        reason: why it failed, in a sentence; "" for others.
        duplicate_of: the number of the earlier proposal that it equals; None for others.
        cost: "params", "flops" and "memory", as far as the analysis knows them.
        bracket: of `hyperband`, from 0; None without, and for those that are not trained.
    """

    number: int
    state: ProposalState
    values: Mapping[str, Any]
    overrides: Mapping[str, Any]
    objectives: Mapping[str, float] = field(default_factory=dict)
    epochs: int = 0
    run: str = ""
    seconds: float = 0.0
    kind: str = ""
    finding: Mapping[str, Any] = field(default_factory=dict)
    violation: float = 0.0
    reason: str = ""
    duplicate_of: int | None = None
    cost: Mapping[str, float] = field(default_factory=dict)
    bracket: int | None = None


@dataclass(frozen=True, slots=True)
class StudyRecord:
    """All that a study has done so far.

    Attributes:
        name: the name of the spec.
        spec: the absolute path of the spec file.
        overrides: what `--set` changed for the whole study, by dotted path.
        objectives: in the order of the spec; several make a Pareto front.
        trials: how many counted ones are asked for.
        epochs: how many a whole trial trains.
        sampler: its name.
        seed: of the study.
        halving: "from" and "factor", with `hyperband` also "brackets"; empty without halving.
        dimensions: of the space, in order.
        proposals: all of them, by number.
        status: the state of the study.
        ended: why it ended before `trials` were counted, in a sentence; "" otherwise.
    """

    name: str
    spec: str
    overrides: Mapping[str, Any]
    objectives: tuple[Objective, ...]
    trials: int
    epochs: int
    sampler: str
    seed: int
    dimensions: tuple[RecordedDimension, ...]
    proposals: tuple[Proposal, ...] = ()
    status: StudyStatus = StudyStatus.RUNNING
    halving: Mapping[str, int] = field(default_factory=dict)
    ended: str = ""

    @property
    def counted(self) -> tuple[Proposal, ...]:
        """The trials: proposals that were neither refused nor duplicates."""
        return tuple(one for one in self.proposals if one.state.is_counted)

    @property
    def complete(self) -> tuple[Proposal, ...]:
        """The trials with values that were trained to their end."""
        return tuple(one for one in self.proposals if one.state is ProposalState.COMPLETE)

    @property
    def best(self) -> Proposal | None:
        """The best complete trial by the first objective."""
        return self.best_by(self.objectives[0])

    def best_by(self, objective: Objective) -> Proposal | None:
        """The best complete trial by one of the objectives, the first among equals."""
        best = None
        for one in self.complete:
            value = one.objectives[objective.name]
            if best is None or objective.is_better(value, best.objectives[objective.name]):
                best = one
        return best

    @property
    def front(self) -> tuple[Proposal, ...]:
        """The complete trials to which no other is better in one objective and as good in all."""
        front: list[Proposal] = []
        for one in self.complete:
            if not any(self._dominates(other, one) for other in front):
                front = [other for other in front if not self._dominates(one, other)]
                front.append(one)
        return tuple(front)

    def _dominates(self, one: Proposal, other: Proposal) -> bool:
        pairs = [(o, one.objectives[o.name], other.objectives[o.name]) for o in self.objectives]
        return not any(o.is_better(b, a) for o, a, b in pairs) and any(
            o.is_better(a, b) for o, a, b in pairs
        )

    def to_dict(self) -> dict[str, Any]:
        """The content of study.json. Infinite numbers are texts there, as JSON has none."""
        return {"version": VERSION, **_plain(self)}

    @classmethod
    def from_dict(cls, content: Mapping[str, Any]) -> StudyRecord:
        """Read what `to_dict` made; keys that are not known are left out.

        Raises:
            KeyError, TypeError, ValueError: the content is damaged.
        """
        known = _known(cls, content)
        return cls(
            **{
                **known,
                "status": StudyStatus(known["status"]),
                "objectives": tuple(
                    Objective(one["name"], Direction(one["direction"]))
                    for one in known["objectives"]
                ),
                "dimensions": tuple(
                    RecordedDimension(
                        **{**_known(RecordedDimension, one), "labels": tuple(one["labels"])}
                    )
                    for one in known["dimensions"]
                ),
                "proposals": tuple(_proposal(one) for one in known["proposals"]),
            }
        )


Texts = dict[int, tuple[Proposal, str]]
"""The proposals that were written before, by number, with their texts."""


def study_json(record: StudyRecord, texts: Texts | None = None) -> str:
    """The text of study.json: a line for each key, and for each proposal.

    Beside what `to_dict` gives it has `best`, the run folder of the best trial.

    Args:
        record: of the study.
        texts: made by earlier calls, for a record that is written again and again.
    """
    texts = {} if texts is None else texts
    lines = []
    for one in record.proposals:
        if one.number not in texts or texts[one.number][0] != one:
            texts[one.number] = (one, _json(_plain(one)))
        lines.append(texts[one.number][1])
    content = replace(record, proposals=()).to_dict()
    del content["proposals"]
    content["best"] = record.best.run if record.best is not None else ""
    head = "".join(f" {_json(key)}: {_json(value)},\n" for key, value in content.items())
    proposals = ",\n".join(f"  {line}" for line in lines)
    return f'{{\n{head} "proposals": [\n{proposals}\n ]\n}}\n'


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False)


def read_study(folder: Path) -> StudyRecord:
    """Read study.json.

    Args:
        folder: of the study.

    Raises:
        UsageError: the folder is not that of a study, or the file is damaged.
    """
    path = folder / StudyFile.RECORD
    try:
        return StudyRecord.from_dict(json.loads(path.read_text(encoding="utf-8")))
    except OSError as error:
        if (folder.parent / StudyFile.RECORD).is_file():
            message = f"{folder} is a trial of the study {folder.parent}"
            raise UsageError(f"{message}: name that folder") from error
        reason = "is not the folder of a study" if folder.is_dir() else "does not exist"
        raise UsageError(f"{folder} {reason}; `modelspec tune SPEC` makes one") from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise UsageError(f"{path} is damaged: {error}") from error


def _proposal(content: Mapping[str, Any]) -> Proposal:
    known = _known(Proposal, content)
    objectives = {name: float(value) for name, value in known["objectives"].items()}
    state = ProposalState(known["state"])
    return Proposal(
        **{
            **known,
            "state": state,
            "objectives": objectives,
            "violation": float(known["violation"]),
        }
    )


def _known(kind: type, content: Mapping[str, Any]) -> dict[str, Any]:
    return {one.name: content[one.name] for one in fields(kind) if one.name in content}


def _plain(value: Any) -> Any:
    """A record as dicts, lists and scalars."""
    if isinstance(value, (StudyRecord, Proposal, Objective, RecordedDimension)):
        return {one.name: _plain(getattr(value, one.name)) for one in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): _plain(each) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(each) for each in value]
    if isinstance(value, StrEnum):
        return value.value
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    return value
