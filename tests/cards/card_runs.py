"""Run folders as trainings leave them, made of text alone."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from modelspec.api import expand_file

SPEC = """\
modelspec: 1
name: flowers
description: Which flower it is.
model:
  sequential:
    input: {shape: [2], name: measures}
    layers:
      - Dense: {units: 3, activation: softmax, name: kind}
data:
  train: {csv: flowers.csv}
  test: 0.2
  inputs: {measures: [length, width]}
  targets: {kind: {column: kind, labels: [a, b, c]}}
training:
  epochs: 3
  optimizer: {Adam: {learning_rate: 0.01}}
  loss: sparse_categorical_crossentropy
  metrics: [accuracy]
expect:
  metrics: {test_accuracy: {min: 0.9}}
"""

KIND = {"kind": "classes", "labels": ["a", "b", "c"], "from_logits": False, "columns": ["kind"]}
METRICS = {"train": {"loss": 0.2, "accuracy": 0.95}, "test": {"loss": 0.3, "accuracy": 0.85}}
DIGESTS = {"train": "1" * 64, "test": "2" * 64}
FILES = [{"path": "flowers.csv", "splits": ["train", "test"], "sha256": "ab" * 32}]


def make_run(
    folder: Path,
    text: str = SPEC,
    *,
    status: str = "complete",
    outputs: Mapping[str, Any] | None = None,
    metrics: Mapping[str, Any] = METRICS,
    overrides: str = "{}\n",
    members: Sequence[str] = (),
    files: Sequence[Mapping[str, Any]] = FILES,
) -> Path:
    """Write the files of a run; with `members` those of folds, each a run of its own."""
    folder.mkdir(parents=True)
    (folder / "spec.yaml").write_text(text, encoding="utf-8")
    (folder / "spec.expanded.yaml").write_text(expand_file(folder / "spec.yaml"), encoding="utf-8")
    (folder / "overrides.yaml").write_text(overrides, encoding="utf-8")
    found: dict[str, Any] = {"version": 1, "status": status}
    if members:
        found["folds"] = len(members)
    _write(folder / "run.json", found)
    if members:
        for member in members:
            make_run(folder / member, text, metrics=metrics)
    else:
        (folder / "model.keras").write_bytes(b"the weights")
        data = {"outputs": outputs or {"kind": KIND}, "examples": {"train": 80, "test": 20}}
        _write(folder / "data.json", {**data, "digests": DIGESTS, "files": list(files)})
        packages = {"keras-modelspec": "0.1.0", "keras": "3.15.1", "tensorflow": "2.21.0"}
        started = "2026-01-02T03:04:05+00:00"
        about = {"started": started, "packages": packages, "python": "3.11.7", "cores": 2}
        _write(folder / "environment.json", {**about, "command": "modelspec train /secret/a.yaml"})
    _write(folder / "metrics.json", {"epochs": 3, **metrics})
    (folder / "history.csv").write_text("epoch,loss\n1,3\n2,2\n3,1\n", encoding="utf-8")
    return folder


def _write(path: Path, content: Mapping[str, Any]) -> None:
    path.write_text(json.dumps(content), encoding="utf-8")
