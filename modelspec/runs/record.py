"""One run folder as plain data."""

from __future__ import annotations

import csv
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from modelspec.diagnostics import Findings, UsageError
from modelspec.document import load, read
from modelspec.spec.training import large_is_good

from .find import STATUS, held, is_run

EXPANDED, OVERRIDES, HISTORY = "spec.expanded.yaml", "overrides.yaml", "history.csv"


@dataclass(frozen=True, slots=True)
class Best:
    """The best value of what a run watches, and its epoch, from 1."""

    name: str
    value: float
    epoch: int


@dataclass(frozen=True, slots=True)
class RunRecord:
    """A run.

    Attributes:
        path: its folder.
        state: "complete", "interrupted", "failed", "running", or "damaged".
        started: when, in UTC as ISO 8601 text; "" where no file says so.
        command: what started it, or "".
        spec: the expanded spec as plain data; empty where it cannot be read.
        overrides: what `--set` changed.
        curves: name to a value for each epoch; NaN where a row has none.
        epochs: the numbers of the epochs in `curves`.
        metrics: "train", "validation", "test" to values by name; empty before the end.
    """

    path: Path
    state: str
    started: str
    command: str
    spec: Mapping[str, Any]
    overrides: Mapping[str, Any]
    curves: Mapping[str, list[float]]
    epochs: list[int]
    metrics: Mapping[str, Mapping[str, float | None]]

    @property
    def model(self) -> str:
        """The model's name."""
        return str(self.spec.get("name", ""))

    @property
    def planned(self) -> int | None:
        """How many epochs the spec has."""
        epochs = _part(self.spec, "training").get("epochs", 1)
        return epochs if self.spec and isinstance(epochs, int) else None

    @property
    def best(self) -> Best | None:
        """The best value of what the spec watches: its checkpoint, its EarlyStopping, the loss."""
        name = _watched(self.spec)
        if name not in self.curves:
            name = next((n for n in ("val_loss", "loss") if n in self.curves), "")
        values = self.curves.get(name, [])
        known = [(v, e) for v, e in zip(values, self.epochs, strict=True) if math.isfinite(v)]
        if not known:
            return None
        value, epoch = (max if large_is_good(name) else min)(known, key=lambda pair: pair[0])
        return Best(name, value, epoch)


def read_record(folder: Path) -> RunRecord:
    """What a run folder says of itself; what is not there or damaged is left empty.

    Raises:
        UsageError: the folder holds no run.
    """
    if not is_run(folder):
        what = "holds no run" if folder.is_dir() else "is not there"
        raise UsageError(f"{folder} {what}; `modelspec runs list` shows the runs")
    status, environment = _json(folder / STATUS), _json(folder / "environment.json")
    metrics = _json(folder / "metrics.json")
    epochs, curves = _history(folder / HISTORY)
    return RunRecord(
        path=folder,
        state=_state(folder, status.get("status")),
        started=str(environment.get("started") or status.get("time") or ""),
        command=str(environment.get("command") or ""),
        spec=_yaml(folder / EXPANDED),
        overrides=_yaml(folder / OVERRIDES),
        curves=curves,
        epochs=epochs,
        metrics={part: _part(metrics, part) for part in ("train", "validation", "test")},
    )


def _state(folder: Path, status: Any) -> str:
    """A run that says "running", and no process holds it, was killed."""
    if status == "running":
        return "running" if held(folder) else "interrupted"
    return status if status in ("complete", "interrupted", "failed") else "damaged"


def _watched(spec: Mapping[str, Any]) -> str:
    training = _part(spec, "training")
    checkpoint = _part(training, "checkpoint")
    if "monitor" in checkpoint:
        return str(checkpoint["monitor"])
    callbacks = training.get("callbacks")
    for item in callbacks if isinstance(callbacks, list) else ():
        args = item.get("EarlyStopping") if isinstance(item, dict) else None
        if isinstance(args, dict) and "monitor" in args:
            return str(args["monitor"])
    return "val_loss"


def _part(data: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    value = data.get(key)
    return value if isinstance(value, dict) else {}


def _json(path: Path) -> dict[str, Any]:
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
    """The rows that are whole; a row that was being written when the power went is left out."""
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
    curves.pop("seconds", None)
    return epochs, curves


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return math.nan
