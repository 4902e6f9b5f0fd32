"""A training told to MLflow as it goes: settings, the values of each epoch, and the run's files.

Imports Keras: import this module only where a model is there already.
"""

from __future__ import annotations

import contextlib
import json
import logging
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import keras

from modelspec.diagnostics import CannotRunError, first_line
from modelspec.runs import COMPLETE, INTERRUPTED, RunFolder, scalars
from modelspec.spec import Spec, fill_defaults
from modelspec.spec.training import Mlflow
from modelspec.training.fit import WARNING, Event, Progress

RECORD = "mlflow.json"
FILES = ("spec.yaml", "spec.expanded.yaml", "history.csv", "history.png", "metrics.json")
"""What MLflow is given at the end; the model stays in the run folder."""

STATUS = {COMPLETE: "FINISHED", INTERRUPTED: "KILLED"}
LONGEST = 500
"""Characters of a setting that MLflow is told."""


class MlflowCallback(keras.callbacks.Callback):  # type: ignore[misc]  # Keras has no types
    """Follows a training. What MLflow refuses once it has begun is a warning, and it goes on."""

    any_pace = True

    def __init__(self, wanted: Mlflow, spec: Spec, folder: RunFolder, progress: Progress) -> None:
        super().__init__()
        self.progress = progress
        self.folder = folder
        self._lost = False
        self._client = _client(wanted)
        with _told(wanted):
            self.id = self._begin(wanted, spec)

    def _begin(self, wanted: Mlflow, spec: Spec) -> str:
        """A run of MLflow's: a new one, or that of the training which is resumed."""
        record = self.folder.path / RECORD
        if record.is_file():
            found = str(json.loads(record.read_text(encoding="utf-8"))["run"])
            self._client.update_run(found, status="RUNNING")
            return found
        name = wanted.experiment or spec.name
        experiment = self._client.get_experiment_by_name(name)
        number = experiment.experiment_id if experiment else self._client.create_experiment(name)
        run = self._client.create_run(number, run_name=self.folder.path.name)
        made = str(run.info.run_id)
        for key, value in settings(spec).items():
            self._client.log_param(made, key, value)
        self.folder.write_json(RECORD, {"run": made, "experiment": name})
        return made

    def on_epoch_end(self, epoch: int, logs: Mapping[str, Any] | None = None) -> None:
        """Tell the values of an epoch."""
        for name, value in scalars(logs or {}).items():
            self._tell(self._client.log_metric, name, value, step=epoch + 1)

    def end(self, status: str, metrics: Mapping[str, float]) -> None:
        """Tell how the training ended, what it reached, and give its files.

        Args:
            status: as `run.json` has it.
            metrics: of the test split, by name.
        """
        for name, value in metrics.items():
            self._tell(self._client.log_metric, name, value)
        for name in FILES:
            path = self.folder.path / name
            if path.is_file():
                self._tell(self._client.log_artifact, str(path))
        self._tell(self._client.set_terminated, STATUS.get(status, "FAILED"))

    def _tell(self, call: Callable[..., Any], *args: Any, **more: Any) -> None:
        if self._lost:
            return
        try:
            call(self.id, *args, **more)
        except Exception as error:  # a server that is gone must not end a training
            self._lost = True
            message = f"MLflow takes no more of this run: {first_line(error)}"
            self.progress.tell(Event(WARNING, f"warning: {message}", {"message": message}))


def settings(spec: Spec) -> dict[str, str]:
    """The settings of a training by dotted name: all of `training`, and the size of a batch."""
    document = fill_defaults(spec.document, spec.name)
    found = {"data.batch_size": str(document["data"]["batch_size"])}
    for name, value in _leaves(document["training"], "training"):
        found[name] = str(value)[:LONGEST]
    return found


def _leaves(value: Any, name: str) -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        for key, item in value.items():
            yield from _leaves(item, f"{name}.{key}")
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _leaves(item, f"{name}.{index}")
    elif value is not None:
        yield name, value


def _client(wanted: Mlflow) -> Any:
    try:
        from mlflow import MlflowClient
    except ImportError as error:
        install = "pip install 'keras-modelspec[mlflow]'"
        message = f"{_place(wanted)}: `tracking.mlflow` needs MLflow, which is not there: {install}"
        raise CannotRunError(message) from error
    logging.getLogger("mlflow").setLevel(logging.WARNING)
    with _told(wanted):
        return MlflowClient(tracking_uri=wanted.uri)


@contextlib.contextmanager
def _told(wanted: Mlflow) -> Iterator[None]:
    """What MLflow says before the training begins ends it, in one sentence."""
    try:
        yield
    except Exception as error:  # MLflow, its stores and its servers raise all kinds
        where = wanted.uri or "its default store"
        message = f"{_place(wanted)}: MLflow cannot be told at {where}: {first_line(error)}"
        raise CannotRunError(message) from error


def _place(wanted: Mlflow) -> str:
    span = wanted.span
    return f"{span.file}:{span.line}:{span.column}"
