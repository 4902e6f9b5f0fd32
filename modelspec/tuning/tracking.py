"""A study as a run of MLflow: the parent of those of its trials."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from modelspec.runs import RunFile
from modelspec.search import SearchSpec
from modelspec.spec.training import Mlflow
from modelspec.tracking import CannotReportError, MlflowRun, NewRun, open_client, param_name

from .presence import Presence, is_worked_on
from .record import StudyRecord, StudyStatus
from .study_files import StudyFile

STATUS = {StudyStatus.COMPLETE: "FINISHED", StudyStatus.INTERRUPTED: "KILLED"}
"""Ours to MLflow's; any other is "FAILED"."""

BEST_TAG = "modelspec.best"

ARTIFACTS = (StudyFile.BEST, StudyFile.PAGE, StudyFile.RECORD)


def require_mlflow(search: SearchSpec) -> None:
    """See to it that MLflow is installed where the spec asks for it.

    Raises:
        CannotReportError: it is not, or it knows no such kind of store.
    """
    settings = _settings(search)
    if settings is not None:
        open_client(settings)


class StudyTracking:
    """Reports a study. All processes of a study have one run, whose id is in the folder.

    Args:
        settings: where to.
        search: the spec and its space.
        folder: of the study, which exists.

    Raises:
        CannotReportError: MLflow cannot be reached.
    """

    def __init__(self, settings: Mlflow, search: SearchSpec, folder: Path) -> None:
        self.folder = folder
        experiment = settings.experiment or search.base.spec.name

        def begin() -> NewRun:
            return NewRun(experiment, folder.absolute().name, study_settings(search))

        try:
            with Presence(folder).alone():  # two of them would make two runs
                self._run = MlflowRun(settings, folder / RunFile.MLFLOW, begin, _warn, "study")
        except CannotReportError as error:
            advice = f"when it can, resume with: modelspec tune --resume {folder}"
            raise CannotReportError(f"{error}; {advice}") from error

    @classmethod
    def of(cls, search: SearchSpec, folder: Path) -> StudyTracking | None:
        """What a spec asks for; None without `tracking.mlflow`.

        Raises:
            CannotReportError: MLflow cannot be reached.
        """
        settings = _settings(search)
        return None if settings is None else cls(settings, search, folder)

    def end(self, record: StudyRecord) -> None:
        """Report the best trial, the files of the study, and how it ended.

        A process that is ended while others work on the study reports nothing.
        """
        if record.status is not StudyStatus.COMPLETE and is_worked_on(self.folder):
            return
        if record.best is not None:
            self._run.log(record.best.objectives)
            self._run.tag(BEST_TAG, record.best.run)
        files = [self.folder / name for name in ARTIFACTS]
        self._run.end(STATUS.get(record.status, "FAILED"), files)


def study_settings(search: SearchSpec) -> dict[str, Any]:
    """The settings of a study by name; those that the spec leaves out with their defaults."""
    tune, given = search.tune, search.base.spec.document["tune"]
    settings: dict[str, Any] = {
        "tune.sampler": _text(given["sampler"]) if "sampler" in given else tune.sampler.name,
        "tune.trials": tune.trials,
        "tune.seed": tune.seed,
    }
    for key in ("objective", "halving", "hyperband"):
        if key in given:
            settings[f"tune.{key}"] = _text(given[key])
    for path, values in given["space"].items():
        settings[param_name(f"tune.space.{path}")] = _text(values)
    return settings


def _text(value: Any) -> str:
    """A setting in a line."""
    if isinstance(value, (Mapping, list, tuple)):
        return json.dumps(value, default=str)
    return str(value)


def _settings(search: SearchSpec) -> Mlflow | None:
    training = search.base.spec.training
    return None if training is None else training.mlflow


def _warn(message: str) -> None:
    print(f"warning: {message}", file=sys.stderr)
