"""Reporting a training to MLflow: settings, the values of each epoch, and the run's files.

Imports Keras: import this module only where Keras is loaded already.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import keras

from modelspec.diagnostics import first_line
from modelspec.reproduction import sha256_of_text
from modelspec.runs import RunFile, RunFolder, RunStatus
from modelspec.spec import Spec, expanded_text, fill_defaults
from modelspec.spec.training import Mlflow
from modelspec.tracking import MlflowRun, NewRun, find_tracked_trial
from modelspec.training.fit import Event, Progress
from modelspec.training.logs import flatten_logs

ARTIFACTS = (
    RunFile.SPEC,
    RunFile.EXPANDED_SPEC,
    RunFile.HISTORY,
    RunFile.HISTORY_PICTURE,
    RunFile.METRICS,
    RunFile.REPRODUCTION,
    RunFile.ENVIRONMENT,
)
"""The files that MLflow gets at the end, beside the model."""

MOST_SETTINGS = 1000
"""Of a run; the layers of a large model have more, which are in spec.expanded.yaml."""

MODEL = "model"
"""What MLflow calls the folder of the model."""

STATUS = {
    RunStatus.COMPLETE: "FINISHED",
    RunStatus.INTERRUPTED: "KILLED",
    RunStatus.PAUSED: "KILLED",
}
"""Ours to MLflow's; any other is "FAILED"."""


class MlflowCallback(keras.callbacks.Callback):  # type: ignore[misc]  # Keras has no types
    """Reports a training. What MLflow refuses after it has begun is a warning, and it goes on.

    A run of a trial is a child of the run of its study.

    Raises:
        CannotReportError: MLflow is not installed, or cannot be reached before the training begins.
    """

    needs_every_step = False

    def __init__(self, settings: Mlflow, spec: Spec, folder: RunFolder, progress: Progress) -> None:
        super().__init__()
        self.folder = folder
        self._progress = progress
        self._run = MlflowRun(
            settings,
            folder.path / RunFile.MLFLOW,
            lambda: _new_run(settings, spec, folder),
            lambda message: progress.report(Event.warning(message)),
        )
        # of a resumed run too, which may go on with another spec
        self._run.tag("modelspec.spec_sha256", sha256_of_text(expanded_text(spec)))

    def on_epoch_end(self, epoch: int, logs: Mapping[str, Any] | None = None) -> None:
        """Report the values of an epoch."""
        self._run.log(flatten_logs(logs or {}), step=epoch + 1)

    def log_model(self, write: Callable[[Path], None]) -> None:
        """Send the model of a complete run, as `mlflow models serve` takes it.

        Args:
            write: makes the folder of the model. What it cannot write is a warning.
        """
        with tempfile.TemporaryDirectory(prefix="modelspec-mlflow-") as top:
            folder = Path(top, MODEL)
            try:
                write(folder)
            except Exception as error:  # the run is complete, and no report may end it
                message = f"MLflow gets no model of this run: {first_line(error)}"
                self._progress.report(Event.warning(message))
                return
            self._run.log_folder(folder, MODEL)

    def end(self, status: RunStatus, metrics: Mapping[str, float]) -> None:
        """Report how the training ended, its metrics and its files.

        Args:
            status: of the run.
            metrics: of the test split, by name.
        """
        self._run.log(metrics)
        files = [self.folder.path / name for name in ARTIFACTS]
        self._run.end(STATUS.get(status, "FAILED"), files)


def _new_run(settings: Mlflow, spec: Spec, folder: RunFolder) -> NewRun:
    """What MLflow is told of a training that begins."""
    experiment, params = settings.experiment or spec.name, expanded_settings(spec)
    trial = find_tracked_trial(folder.path)
    tags, data = _origin(folder.path)
    if trial is None:
        return NewRun(experiment, folder.path.name, params, tags, data)
    return NewRun(experiment, trial.name, {**trial.params, **params}, {**tags, **trial.tags}, data)


def _origin(run: Path) -> tuple[dict[str, str], dict[str, tuple[str, str]]]:
    """Tags of what the run is made of, and its data by split, from the lock of the run."""
    lock = json.loads((run / RunFile.REPRODUCTION).read_text(encoding="utf-8"))
    tags: dict[str, str] = {}
    if lock["commit"] is not None:
        tags["mlflow.source.git.commit"] = str(lock["commit"]["id"])
        tags["modelspec.commit_changed"] = str(lock["commit"]["changed"]).lower()
    around = lock["surroundings"]
    tags["modelspec.python"] = str(around["python"])
    for name, version in around["packages"].items():
        tags[f"modelspec.package.{name}"] = str(version)
    data = {
        split: (digest, json.dumps({"files": lock["files"].get(split, {})}))
        for split, digest in lock["data"].items()
    }
    return tags, data


def expanded_settings(spec: Spec) -> dict[str, str]:
    """All settings of a spec by dotted name, with defaults: those of the training first."""
    document = fill_defaults(spec.document, spec.name)
    found = training_settings(spec)
    for section in ("data", "model"):
        found |= {name: str(value) for name, value in _leaves(document[section], section)}
    return dict(list(found.items())[:MOST_SETTINGS])


def training_settings(spec: Spec) -> dict[str, str]:
    """The settings of a training by dotted name: all of `training`, and the batch size."""
    document = fill_defaults(spec.document, spec.name)
    settings = {"data.batch_size": str(document["data"]["batch_size"])}
    for name, value in _leaves(document["training"], "training"):
        settings[name] = str(value)
    return settings


def _leaves(value: Any, name: str) -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        for key, item in value.items():
            yield from _leaves(item, f"{name}.{key}")
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _leaves(item, f"{name}.{index}")
    elif value is not None:
        yield name, value
