"""Reporting a training to MLflow: settings, the values of each epoch, and the run's files.

Imports Keras: import this module only where Keras is loaded already.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import keras

from modelspec.runs import RunFile, RunFolder, RunStatus
from modelspec.spec import Spec, fill_defaults
from modelspec.spec.training import Mlflow
from modelspec.tracking import MlflowRun, NewRun, find_tracked_trial
from modelspec.training.fit import Event, Progress

from .logs import flatten_logs

ARTIFACTS = (
    RunFile.SPEC,
    RunFile.EXPANDED_SPEC,
    RunFile.HISTORY,
    RunFile.HISTORY_PICTURE,
    RunFile.METRICS,
)
"""The files that MLflow gets at the end; the model stays in the run folder."""

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
        self._run = MlflowRun(
            settings,
            folder.path / RunFile.MLFLOW,
            lambda: _new_run(settings, spec, folder),
            lambda message: progress.report(Event.warning(message)),
        )

    def on_epoch_end(self, epoch: int, logs: Mapping[str, Any] | None = None) -> None:
        """Report the values of an epoch."""
        self._run.log(flatten_logs(logs or {}), step=epoch + 1)

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
    experiment, params = settings.experiment or spec.name, training_settings(spec)
    trial = find_tracked_trial(folder.path)
    if trial is None:
        return NewRun(experiment, folder.path.name, params)
    return NewRun(experiment, trial.name, {**trial.params, **params}, trial.tags)


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
