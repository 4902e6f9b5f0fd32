"""What a paused run gave: the value at the epoch that its model would be of."""

from __future__ import annotations

from pathlib import Path

import pytest

from modelspec.tuning import Direction, Objective
from modelspec.tuning.outcomes import outcome_of

VALIDATED = (
    "epoch,loss,val_loss,val_accuracy,val_accuracy_gap\n1,3,6,0.5,5\n2,1,4,0.9,2\n3,2,5,0.7,9\n"
)
TRAINED = "epoch,loss,accuracy\n1,3,0.5\n2,1,0.8\n3,2,0.9\n"


@pytest.mark.parametrize(
    ("training", "rows", "objective", "value"),
    [
        ("{}", VALIDATED, "val_loss", 5),
        ("{checkpoint: {keep: 1}}", VALIDATED, "val_loss", 5),
        ("{checkpoint: {use: best}}", VALIDATED, "val_accuracy", 0.9),
        ("{checkpoint: {use: best}}", TRAINED, "accuracy", 0.8),  # without validation by the loss
        ("{checkpoint: {use: best, monitor: val_accuracy}}", VALIDATED, "loss", 1),
        ("{checkpoint: {use: best, monitor: val_accuracy, mode: min}}", VALIDATED, "loss", 3),
        (
            "{checkpoint: {use: best, monitor: val_accuracy_gap}, losses: {accuracy_gap: {of: y}}}",
            VALIDATED,
            "val_loss",
            4,
        ),
    ],
)
def test_the_epoch_of_a_paused_run_is_that_of_its_checkpoint(
    training: str, rows: str, objective: str, value: float, tmp_path: Path
) -> None:
    (tmp_path / "run.json").write_text('{"status": "paused", "epochs": 3}')
    (tmp_path / "spec.expanded.yaml").write_text(f"training: {training}\n")
    (tmp_path / "history.csv").write_text(rows)
    found = outcome_of(tmp_path, [Objective(objective, Direction.MIN)], {}, 1.0)
    assert (found.objectives, found.epochs) == ({objective: value}, 3)
