"""study.json: what is written is read again."""

from __future__ import annotations

import json
from dataclasses import replace

from modelspec.tuning import (
    Direction,
    Objective,
    Proposal,
    ProposalState,
    RecordedDimension,
    StudyRecord,
    StudyStatus,
    study_json,
)


def record(*proposals: Proposal, objectives: tuple[Objective, ...] = ()) -> StudyRecord:
    return StudyRecord(
        name="net",
        spec="/specs/net.yaml",
        overrides={"training.epochs": 2},
        objectives=objectives or (Objective("val_loss", Direction.MIN),),
        trials=4,
        epochs=2,
        sampler="tpe",
        seed=7,
        dimensions=(
            RecordedDimension("params.width", "choice", (8, 16)),
            RecordedDimension("training.rate", "float", (), 1e-4, 0.1, log=True),
        ),
        proposals=proposals,
        status=StudyStatus.INTERRUPTED,
        halving={"from": 1, "factor": 2},
    )


def trial(number: int, **values: float) -> Proposal:
    return Proposal(number, ProposalState.COMPLETE, {}, {}, values, epochs=2)


REFUSED = Proposal(
    1,
    ProposalState.REFUSED,
    {"params.width": 16},
    {"params.width": 16},
    kind="budget",
    finding={"code": "expectation-missed", "line": 3},
    violation=float("inf"),
)


def test_a_record_is_read_as_it_was_written() -> None:
    written = record(trial(0, val_loss=0.25), REFUSED)
    text = json.dumps(written.to_dict(), allow_nan=False)
    assert StudyRecord.from_dict({**json.loads(text), "later": "key"}) == written
    assert written.counted == written.complete == (trial(0, val_loss=0.25),)


def test_study_json_names_the_run_of_the_best_trial() -> None:
    one = record(trial(0, val_loss=0.5), replace(trial(1, val_loss=0.25), run="trial-1"))
    assert json.loads(study_json(one)) == {**one.to_dict(), "best": "trial-1"}
    assert json.loads(study_json(record(REFUSED)))["best"] == ""


def test_the_best_trial_and_the_front() -> None:
    one = record(trial(0, val_loss=0.5), REFUSED, trial(2, val_loss=0.25), trial(3, val_loss=0.25))
    assert one.best == trial(2, val_loss=0.25)
    assert record(REFUSED).best is None
    both = (Objective("val_loss", Direction.MIN), Objective("params", Direction.MIN))
    small, good = trial(0, val_loss=0.5, params=10), trial(1, val_loss=0.1, params=90)
    worse = trial(2, val_loss=0.5, params=11)
    assert record(small, good, worse, objectives=both).front == (small, good)
