"""Reporting a training to MLflow: settings, the values of each epoch, and the run's files.

Imports Keras: import this module only where Keras is loaded already.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import keras

from modelspec.diagnostics import CannotRunError, first_line
from modelspec.runs import RunFile, RunFolder, RunStatus
from modelspec.spec import Spec, fill_defaults
from modelspec.spec.training import Mlflow
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

TIMEOUTS = {"MLFLOW_HTTP_REQUEST_TIMEOUT": "5", "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "1"}
"""MLflow's settings where the user has none: seconds that a request waits, and how often it is
sent again. Its own, 120 s and 7 times, stop a training for minutes without a word."""

MAX_SETTING = 500
"""Characters of a setting that MLflow takes in all its versions."""


class MlflowCallback(keras.callbacks.Callback):  # type: ignore[misc]  # Keras has no types
    """Reports a training. What MLflow refuses after it has begun is a warning, and it goes on.

    Raises:
        CannotRunError: MLflow is not installed, or cannot be reached before the training begins.
    """

    needs_every_step = False

    def __init__(self, settings: Mlflow, spec: Spec, folder: RunFolder, progress: Progress) -> None:
        super().__init__()
        self.progress = progress
        self.folder = folder
        self._is_lost = False
        self._client = _client(settings)
        with _cannot_report(settings):
            self.id = self._open_run(settings, spec)

    def _open_run(self, settings: Mlflow, spec: Spec) -> str:
        """The id of a new MLflow run, or of that of the training which is resumed."""
        record = self.folder.path / RunFile.MLFLOW
        if record.is_file():
            run = str(json.loads(record.read_text(encoding="utf-8"))["run"])
            self._client.update_run(run, status="RUNNING")
            return run
        name = settings.experiment or spec.name
        experiment = self._client.get_experiment_by_name(name)
        number = experiment.experiment_id if experiment else self._client.create_experiment(name)
        created = self._client.create_run(number, run_name=self.folder.path.name)
        run = str(created.info.run_id)
        for key, value in training_settings(spec).items():
            self._client.log_param(run, key, value)
        self.folder.write_json(RunFile.MLFLOW, {"run": run, "experiment": name})
        return run

    def on_epoch_end(self, epoch: int, logs: Mapping[str, Any] | None = None) -> None:
        """Report the values of an epoch."""
        for name, value in flatten_logs(logs or {}).items():
            self._report(self._client.log_metric, name, value, step=epoch + 1)

    def end(self, status: RunStatus, metrics: Mapping[str, float]) -> None:
        """Report how the training ended, its metrics and its files.

        Args:
            status: of the run.
            metrics: of the test split, by name.
        """
        for name, value in metrics.items():
            self._report(self._client.log_metric, name, value)
        for name in ARTIFACTS:
            path = self.folder.path / name
            if path.is_file():
                self._report(self._client.log_artifact, str(path))
        self._report(self._client.set_terminated, STATUS.get(status, "FAILED"))

    def _report(self, call: Callable[..., Any], *args: Any, **more: Any) -> None:
        if self._is_lost:
            return
        try:
            call(self.id, *args, **more)
        except Exception as error:  # a server that is gone must not end a training
            self._is_lost = True
            message = f"MLflow takes no more of this run: {first_line(error)}"
            self.progress.report(Event.warning(message))


def training_settings(spec: Spec) -> dict[str, str]:
    """The settings of a training by dotted name: all of `training`, and the batch size."""
    document = fill_defaults(spec.document, spec.name)
    settings = {"data.batch_size": str(document["data"]["batch_size"])}
    for name, value in _leaves(document["training"], "training"):
        settings[name] = str(value)[:MAX_SETTING]
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


def _client(settings: Mlflow) -> Any:
    try:
        from mlflow import MlflowClient
    except ImportError as error:
        install = "pip install 'keras-modelspec[mlflow]'"
        message = f"`tracking.mlflow` needs MLflow, which is not installed: {install}"
        raise CannotRunError(f"{_location(settings)}: {message}") from error
    logging.getLogger("mlflow").setLevel(logging.WARNING)
    for name, value in TIMEOUTS.items():
        os.environ.setdefault(name, value)
    with _cannot_report(settings):
        return MlflowClient(tracking_uri=settings.uri)


@contextlib.contextmanager
def _cannot_report(settings: Mlflow) -> Iterator[None]:
    """Turn what MLflow raises before the training begins into one sentence."""
    try:
        yield
    except Exception as error:  # MLflow, its stores and its servers raise all kinds
        store = settings.uri or "its default store"
        message = f"cannot report to MLflow at {store}: {first_line(error)}"
        raise CannotRunError(f"{_location(settings)}: {message}") from error


def _location(settings: Mlflow) -> str:
    span = settings.span
    return f"{span.file}:{span.line}:{span.column}"
