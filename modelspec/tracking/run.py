"""One run of MLflow: opened, told of values, ended."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from modelspec.diagnostics import first_line
from modelspec.files import write_atomically
from modelspec.spec.training import Mlflow

from .client import cannot_report, open_client

MAX_SETTING = 500
"""Characters of a setting that MLflow takes in all its versions."""

MAX_NAME = 250
"""Characters of its name."""

MAX_PARAMS = 100
"""Settings in one request."""

MAX_DIGEST = 36
"""Characters of the digest of data."""

CONTEXT = "mlflow.data.context"
"""MLflow's tag of what data is for."""


@dataclass(frozen=True, slots=True)
class NewRun:
    """What MLflow is told of a run when it begins.

    Attributes:
        experiment: the name of the experiment; one that does not exist is made.
        name: of the run.
        params: settings by name.
        tags: by name.
        data: what the run is trained on: split to its digest and where it comes from.
    """

    experiment: str
    name: str
    params: Mapping[str, Any] = field(default_factory=dict)
    tags: Mapping[str, str] = field(default_factory=dict)
    data: Mapping[str, tuple[str, str]] = field(default_factory=dict)


class MlflowRun:
    """A run of MLflow. What MLflow refuses after it is open is one warning, and the rest is left.

    Args:
        settings: which store.
        record: the file that keeps which run it is; where it exists, that run is continued.
        begin: what to tell of a new one; called only then.
        warn: takes the warning.
        what: is reported, "run" or "study", for the warning.

    Raises:
        CannotReportError: MLflow is not installed, or cannot be reached.
    """

    def __init__(
        self,
        settings: Mlflow,
        record: Path,
        begin: Callable[[], NewRun],
        warn: Callable[[str], None],
        what: str = "run",
    ) -> None:
        self._warn = warn
        self._what = what
        self._is_lost = False
        self._client = open_client(settings)
        with cannot_report(settings):
            self.id = self._reopen(record) if record.is_file() else self._create(record, begin())

    def _reopen(self, record: Path) -> str:
        run = str(json.loads(record.read_text(encoding="utf-8"))["run"])
        self._client.update_run(run, status="RUNNING")
        return run

    def _create(self, record: Path, new: NewRun) -> str:
        found = self._client.get_experiment_by_name(new.experiment)
        number = found.experiment_id if found else self._client.create_experiment(new.experiment)
        created = self._client.create_run(number, run_name=new.name, tags=dict(new.tags))
        run = str(created.info.run_id)
        from mlflow.entities import Dataset, DatasetInput, InputTag, Param

        params = [Param(key[:MAX_NAME], str(one)[:MAX_SETTING]) for key, one in new.params.items()]
        for first in range(0, len(params), MAX_PARAMS):
            self._client.log_batch(run, params=params[first : first + MAX_PARAMS])
        inputs = [
            DatasetInput(
                Dataset(f"{new.name}-{split}", digest[:MAX_DIGEST], "modelspec", source),
                [InputTag(CONTEXT, split)],
            )
            for split, (digest, source) in new.data.items()
        ]
        if inputs:
            self._client.log_inputs(run, inputs)
        content = {"run": run, "experiment": new.experiment}
        write_atomically(record, json.dumps(content, indent=2) + "\n")
        return run

    def log(self, values: Mapping[str, float], **more: Any) -> None:
        """Report values by name; `step` is the epoch, if they are of one."""
        for name, value in values.items():
            self._report(self._client.log_metric, name, value, **more)

    def tag(self, name: str, value: str) -> None:
        """Set a tag."""
        self._report(self._client.set_tag, name, value)

    def log_folder(self, folder: Path, name: str) -> None:
        """Send a folder with all that is in it, under a name."""
        self._report(self._client.log_artifacts, str(folder), name)

    def end(self, status: str, files: Iterable[Path]) -> None:
        """Report how it ended.

        Args:
            status: of MLflow's: "FINISHED", "KILLED" or "FAILED".
            files: what MLflow gets of those that exist.
        """
        for path in files:
            if path.is_file():
                self._report(self._client.log_artifact, str(path))
        self._report(self._client.set_terminated, status)

    def _report(self, call: Callable[..., Any], *args: Any, **more: Any) -> None:
        if self._is_lost:
            return
        try:
            call(self.id, *args, **more)
        except Exception as error:  # a server that is gone must not end a training
            self._is_lost = True
            self._warn(f"MLflow takes no more of this {self._what}: {first_line(error)}")


def param_name(path: str) -> str:
    """The path of a dimension as MLflow takes names: `a[Adam].b` is `a.Adam.b`."""
    name = re.sub(r"[\[\].]+", ".", path).strip(".")
    return re.sub(r"[^\w\-. /]", "_", name)[:MAX_NAME]
