"""Records of studies as a search would make them, drawn from a seed."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import Any

from modelspec.tuning import (
    Direction,
    Objective,
    Proposal,
    ProposalState,
    RecordedDimension,
    StudyRecord,
    StudyStatus,
)

ACCURACY = Objective("val_accuracy", Direction.MAX)
PARAMS = Objective("params", Direction.MIN)
OPTIMIZER = "training.optimizer"
RATE = f"{OPTIMIZER}[AdamW].learning_rate"
DIMENSIONS = (
    RecordedDimension("params.width", "choice", (32, 64, 128)),
    RecordedDimension("params.stages", "int", (), 1, 5),
    RecordedDimension("params.rate", "float", (), 0.0, 0.5),
    RecordedDimension(OPTIMIZER, "choice", ("AdamW", "SGD")),
    RecordedDimension(RATE, "float", (), 1e-4, 1e-2, log=True),
)
TOO_LARGE = {
    "code": "bad-shape",
    "file": "digits.yaml",
    "line": 12,
    "message": '"conv" (Conv2D): kernel larger than its input',
}
OVER_BUDGET = {
    "code": "expectation-missed",
    "file": "digits.yaml",
    "line": 31,
    "message": "params: expected at most 100,000, got 131,338 <b>",
}


def made_record(
    count: int = 60,
    *,
    objectives: tuple[Objective, ...] = (ACCURACY,),
    halving: dict[str, int] | None = None,
    epochs: int = 9,
    seed: int = 0,
) -> StudyRecord:
    """A study with so many trials, and as many refused points as a convolutional space has."""
    record = StudyRecord(
        name="digits",
        spec="/specs/digits.yaml",
        overrides={},
        objectives=objectives,
        trials=count,
        epochs=epochs,
        sampler="tpe",
        seed=7,
        dimensions=DIMENSIONS,
        status=StudyStatus.COMPLETE,
        halving=halving or {},
    )
    drawn, made = random.Random(seed), list[Proposal]()
    while sum(one.state.is_counted for one in made) < count:
        made.append(_proposal(record, drawn, len(made)))
    return replace(record, proposals=tuple(made))


def _proposal(record: StudyRecord, drawn: random.Random, number: int) -> Proposal:
    values: dict[str, Any] = {
        "params.width": drawn.choice((32, 64, 128)),
        "params.stages": drawn.randint(1, 5),
        "params.rate": drawn.uniform(0.0, 0.5),
        OPTIMIZER: drawn.choice(("AdamW", "SGD")),
    }
    if values[OPTIMIZER] == "AdamW":
        values[RATE] = 10 ** drawn.uniform(-4, -2)
    one = Proposal(number, ProposalState.COMPLETE, values, values, seconds=drawn.uniform(3, 9))
    if values["params.stages"] > 3:
        return _refused(one, "invalid", TOO_LARGE)
    if values["params.width"] == 128 and values["params.stages"] == 3:
        return _refused(one, "budget", OVER_BUDGET)
    run = f"trial-{number}"
    if drawn.random() < 0.03:
        reason = "the loss is nan after epoch 2"
        return replace(one, state=ProposalState.FAILED, run=run, epochs=2, reason=reason)
    good = 0.9 + values["params.width"] / 2000 - abs(values["params.rate"] - 0.2) / 5
    found = {"val_accuracy": min(good + drawn.gauss(0, 0.01), 1.0)}
    found["params"] = float(values["params.width"] * 300 * values["params.stages"])
    found = {objective.name: found[objective.name] for objective in record.objectives}
    state, epochs = ProposalState.COMPLETE, record.epochs
    if record.halving and drawn.random() < 0.66:
        state, epochs = ProposalState.PAUSED, record.halving["from"]
    return replace(one, state=state, run=run, objectives=found, epochs=epochs)


def _refused(one: Proposal, kind: str, finding: dict[str, Any]) -> Proposal:
    return replace(
        one, state=ProposalState.REFUSED, kind=kind, finding=finding, violation=1.0, seconds=0.0
    )
