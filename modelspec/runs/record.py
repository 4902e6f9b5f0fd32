"""Reading a run folder without TensorFlow: which folders are runs, and what each one records."""

from __future__ import annotations

import csv
import json
import math
import os
from collections.abc import Mapping
from dataclasses import field
from pathlib import Path
from typing import Any

from modelspec.diagnostics import Findings, UsageError, join_words
from modelspec.document import load, read
from modelspec.files import similar_name
from modelspec.spec.training import large_is_good
from modelspec.value_classes import value_class

from .history import NOT_LOGGED
from .layout import METRIC_PREFIXES, STUDY_RECORD, RunFile, RunStatus, is_run
from .lock import is_locked


@value_class
class BestEpoch:
    """The best value of the metric that a run monitors, and its epoch, counted from 1."""

    name: str
    value: float
    epoch: int


@value_class
class RunRecord:
    """What the files of a run folder say.

    Attributes:
        path: the folder.
        state: by `run.json`; a run that says "running" without a live process is interrupted.
        started: when, in UTC as ISO 8601 text; "" if not recorded.
        command: the command line that started it, or "".
        spec: the expanded spec as plain data; empty if it cannot be read.
        overrides: what `--set` changed.
        curves: name to a value for each epoch; NaN where a row has none.
        epochs: the numbers of the epochs in `curves`.
        done: how many epochs are trained; with several folds or seeds those of the longest.
        metrics: "train", "validation", "test" to values by name; empty before the end.
        digests: the same names to the digest of the files and row numbers of the split.
        deviations: the same of the standard deviations, where there are several folds or seeds.
        members: how many runs are in subfolders, one for each fold or seed; 0 for a single run.
        used: the best epoch, where the model is of it and not of the last.
        complete_members: how many of these are complete.
    """

    path: Path
    state: RunStatus
    started: str
    command: str
    spec: Mapping[str, Any]
    overrides: Mapping[str, Any]
    curves: Mapping[str, list[float]]
    epochs: list[int]
    done: int
    metrics: Mapping[str, Mapping[str, float | None]]
    digests: Mapping[str, str] = field(default_factory=dict)
    deviations: Mapping[str, Mapping[str, float | None]] = field(default_factory=dict)
    members: int = 0
    used: BestEpoch | None = None
    complete_members: int = 0

    @property
    def planned_members(self) -> int:
        """How many folds or seeds the spec asks for; 0 for a single run."""
        data, training = _section(self.spec, "data"), _section(self.spec, "training")
        folds = data.get("folds")
        folds = folds.get("parts") if isinstance(folds, dict) else folds
        if "fold" not in data and isinstance(folds, int):
            return folds
        seeds = training.get("seeds")
        return seeds if isinstance(seeds, int) and seeds > 1 else 0

    @property
    def model(self) -> str:
        """The model's name."""
        return str(self.spec.get("name", ""))

    @property
    def flat_metrics(self) -> dict[str, float | None]:
        """The metrics of all splits, by their names with the prefix of the split."""
        return _flat(self.metrics)

    @property
    def flat_deviations(self) -> dict[str, float | None]:
        """The deviations of all splits, by the same names."""
        return _flat(self.deviations)

    @property
    def planned(self) -> int | None:
        """How many epochs the spec asks for."""
        training = _section(self.spec, "training")
        epochs = training.get("epochs", 1)
        if "phases" in training:
            each = [phase.get("epochs") for phase in training["phases"]]
            epochs = sum(each) if all(isinstance(one, int) for one in each) else None
        return epochs if self.spec and isinstance(epochs, int) else None

    @property
    def best(self) -> BestEpoch | None:
        """The epoch that the model is of; else the best value of what the spec monitors: its
        checkpoint, its EarlyStopping, the loss."""
        if self.used is not None:
            return self.used
        name = _monitor(self.spec)
        if name not in self.curves:
            name = next((n for n in ("val_loss", "loss") if n in self.curves), "")
        values = self.curves.get(name, [])
        finite = [(v, e) for v, e in zip(values, self.epochs, strict=True) if math.isfinite(v)]
        if not finite:
            return None
        value, epoch = (max if large_is_good(name) else min)(finite, key=lambda pair: pair[0])
        return BestEpoch(name, value, epoch)


def _flat(metrics: Mapping[str, Mapping[str, float | None]]) -> dict[str, float | None]:
    return {
        f"{prefix}{name}": value
        for split, prefix in METRIC_PREFIXES.items()
        for name, value in metrics.get(split, {}).items()
    }


def find_runs(folder: Path) -> list[Path]:
    """The run folders in or below a folder, sorted by path.

    Raises:
        UsageError: there is no such folder, or no run in it.
    """
    if not folder.is_dir():
        reason = "is a file; runs are folders"
        if not folder.exists():
            reason = f"does not exist{similar_name(folder)}"
        raise UsageError(f"{folder} {reason}")
    found = []
    for root, folders, _ in os.walk(folder):
        if is_run(Path(root)):
            found.append(Path(root))
            folders.clear()
        folders[:] = [name for name in folders if not name.startswith(".")]
    if not found:
        raise UsageError(f"there is no run below {folder}; `modelspec train` makes one")
    return sorted(found)


def read_status(path: Path) -> dict[str, Any]:
    """The content of `run.json`.

    Raises:
        UsageError: the folder is not a run folder, or its `run.json` is damaged.
    """
    file = path / RunFile.STATUS
    try:
        content: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
        return content
    except OSError as error:
        raise UsageError(_no_run(path)) from error
    except ValueError as error:
        raise UsageError(f"{file} is damaged: {error}") from error


def why_incomplete(status: Mapping[str, Any]) -> str:
    """What follows "the run" of one that is not complete, by the content of `run.json`."""
    state = status.get("status")
    if state == RunStatus.PAUSED and "epochs" in status:
        return f"is paused after epoch {status['epochs']}"
    return f"is not complete: {state}"


def _no_run(path: Path) -> str:
    """The message for what is no run folder: mostly a run is near."""
    if not path.exists():
        close = similar_name(path) or "; `modelspec runs list` shows the runs"
        return f"there is no run {path}{close}"
    if (path / STUDY_RECORD).is_file():
        best = json_of(path / STUDY_RECORD).get("best")
        best = best if isinstance(best, str) else ""
        what = f"; the run of its best trial is {path / best}" if best else ""
        resume = f"`modelspec tune --resume {path}` resumes the study"
        return f"{path} is the folder of a study, not a run{what}; {resume}"
    if path.is_dir():
        try:
            inside = find_runs(path)
        except UsageError:
            return f"{path} is not a run folder: {RunFile.STATUS} is missing"
        shown = join_words(map(str, inside), most=3)
        return f"{path} is not a run; the runs below it are {shown}: name one of them"
    if path.suffix.lower() in (".yaml", ".yml", ".json"):
        return f"{path} is a spec, and a run is needed: `modelspec train {path}` makes one"
    return (
        f"{path} is not a run: name the folder that `modelspec train` wrote, and a file of data"
        " behind --data"
    )


def read_record(folder: Path) -> RunRecord:
    """Read the files of a run folder; what is missing or damaged is left empty.

    Raises:
        UsageError: the folder is not a run folder.
    """
    if not is_run(folder):
        reason = "is not a run folder" if folder.is_dir() else "does not exist"
        raise UsageError(f"{folder} {reason}; `modelspec runs list` shows the runs")
    status, environment = json_of(folder / RunFile.STATUS), json_of(folder / RunFile.ENVIRONMENT)
    metrics = json_of(folder / RunFile.METRICS)
    epochs, curves = _history(folder / RunFile.HISTORY)
    trained = epochs or [
        epoch for path in folder.glob(f"*/{RunFile.HISTORY}") for epoch in _history(path)[0]
    ]
    return RunRecord(
        path=folder,
        state=_state(folder, status.get("status")),
        started=str(environment.get("started") or status.get("time") or ""),
        command=str(environment.get("command") or ""),
        spec=_yaml(folder / RunFile.EXPANDED_SPEC),
        overrides=_yaml(folder / RunFile.OVERRIDES),
        curves=curves,
        epochs=epochs,
        done=max(trained, default=0),
        metrics={split: _section(metrics, split) for split in METRIC_PREFIXES},
        digests=dict(_section(json_of(folder / RunFile.DATA), "digests")),
        deviations=_section(metrics, "deviation"),
        members=_count(metrics.get("folds", metrics.get("seeds"))),
        used=_used_epoch(_section(metrics, "best")),
        complete_members=sum(
            json_of(path).get("status") == RunStatus.COMPLETE
            for path in folder.glob(f"*/{RunFile.STATUS}")
        ),
    )


def _used_epoch(best: Mapping[str, Any]) -> BestEpoch | None:
    """What metrics.json says of the epoch that the model is of; None where it is the last."""
    name, value, epoch = best.get("monitor"), best.get("value"), best.get("epoch")
    if isinstance(name, str) and isinstance(value, (int, float)) and isinstance(epoch, int):
        return BestEpoch(name, float(value), epoch)
    return None


def _state(folder: Path, status: Any) -> RunStatus:
    """The recorded state; a run that says "running", but no process locks it, was killed."""
    try:
        state = RunStatus(status)
    except ValueError:
        return RunStatus.DAMAGED
    if state is RunStatus.RUNNING and not is_locked(folder):
        return RunStatus.INTERRUPTED
    return state


def _monitor(spec: Mapping[str, Any]) -> str:
    training = _section(spec, "training")
    checkpoint = _section(training, "checkpoint")
    if "monitor" in checkpoint:
        return str(checkpoint["monitor"])
    callbacks = training.get("callbacks")
    for item in callbacks if isinstance(callbacks, list) else ():
        args = item.get("EarlyStopping") if isinstance(item, dict) else None
        if isinstance(args, dict) and "monitor" in args:
            return str(args["monitor"])
    return "val_loss"


def _section(data: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    value = data.get(key)
    return value if isinstance(value, dict) else {}


def _count(value: Any) -> int:
    """A number of runs; one trained with several seeds lists them."""
    if isinstance(value, list):
        return len(value)
    return value if isinstance(value, int) else 0


def json_of(path: Path) -> dict[str, Any]:
    """The content of a file of a run; empty where it is missing or damaged."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _yaml(path: Path) -> dict[str, Any]:
    findings = Findings()
    text = read(path, findings) if path.is_file() else None
    found = None if text is None else load(text, str(path), findings)
    return found if isinstance(found, dict) else {}


def _history(path: Path) -> tuple[list[int], dict[str, list[float]]]:
    """The complete rows; one that was being written when the power failed is left out."""
    epochs: list[int] = []
    curves: dict[str, list[float]] = {}
    try:
        with path.open(encoding="utf-8", newline="") as file:
            rows = csv.reader(file)
            names = next(rows, [])[1:]
            for row in rows:
                if len(row) != len(names) + 1 or not row[0].isdigit():
                    continue
                epochs.append(int(row[0]))
                for name, value in zip(names, row[1:], strict=True):
                    curves.setdefault(name, []).append(_number(value))
    except (OSError, ValueError, csv.Error):
        pass
    for name in NOT_LOGGED:
        curves.pop(name, None)
    return epochs, curves


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return math.nan
