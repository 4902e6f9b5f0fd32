"""Which study a run folder belongs to, where the study itself is reported to MLflow."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from modelspec.runs import STUDY_RECORD, RunFile

from .run import param_name

PARENT_TAG = "mlflow.parentRunId"
"""MLflow's own tag, by which it shows runs below others."""

TRIAL_TAG = "modelspec.trial"


@dataclass(frozen=True, slots=True)
class TrackedTrial:
    """A trial whose study is a run of MLflow.

    Attributes:
        parent: the run of the study.
        name: of the trial's run folder in that of the study; with folds `trial-3/fold-1`.
        number: of the trial.
        values: of its point, by the names of the dimensions.
    """

    parent: str
    name: str
    number: int
    values: Mapping[str, Any]

    @property
    def tags(self) -> dict[str, str]:
        """That make its run a child of the study."""
        return {PARENT_TAG: self.parent, TRIAL_TAG: str(self.number)}

    @property
    def params(self) -> dict[str, Any]:
        """Its values by names that MLflow takes."""
        return {param_name(name): value for name, value in self.values.items()}


def find_tracked_trial(run: Path) -> TrackedTrial | None:
    """The trial that a run folder, or one of its folds or seeds, is of; None for other runs.

    Args:
        run: a run folder.
    """
    path = run.absolute()
    for study in (path.parent, path.parent.parent):
        record = study / RunFile.MLFLOW
        if not record.is_file() or not (study / STUDY_RECORD).is_file():
            continue
        name = path.relative_to(study)
        content = json.loads((study / STUDY_RECORD).read_text(encoding="utf-8"))
        for one in content["proposals"]:
            if one["run"] == name.parts[0]:
                parent = str(json.loads(record.read_text(encoding="utf-8"))["run"])
                return TrackedTrial(parent, name.as_posix(), one["number"], one["values"])
    return None
