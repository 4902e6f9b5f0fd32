"""A finished run, and the files that its folder is made of."""

from __future__ import annotations

import hashlib
import json
import math
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from shutil import copyfile as copy
from typing import Any

import numpy as np

from modelspec.building import extension_files
from modelspec.data import Data
from modelspec.data.prepare import LearnedState
from modelspec.data.sources import fingerprint
from modelspec.diagnostics import Finding
from modelspec.document import emit
from modelspec.runs import DATA, RunFolder, spec_of
from modelspec.spec import Spec, expanded_text
from modelspec.training.prepare import Output, meaning

from .errors import MissedError
from .expectations import MissedExpectation

ENVIRONMENT, METRICS = "environment.json", "metrics.json"
DIGESTS = ("train", "validation", "test")


@dataclass(frozen=True, slots=True)
class Run:
    """What a training has made.

    Attributes:
        path: the run folder.
        model: the trained Keras model, as the last callback left it.
        history: name to a value for each epoch, as Keras logs them.
        metrics: the last epoch's training values by their names, and what the trained model
            reaches on the other splits as `val_...` and `test_...`.
        missed: the expectations that were not met.
        findings: warnings.
    """

    path: Path
    model: Any
    history: Mapping[str, list[float]]
    metrics: Mapping[str, float]
    missed: tuple[MissedExpectation, ...] = ()
    findings: tuple[Finding, ...] = field(default=())

    def hold(self) -> None:
        """Raise MissedError where an expectation was not met."""
        if self.missed:
            raise MissedError(self.missed)


def write_spec(folder: RunFolder, spec: Spec, overrides: Mapping[str, Any]) -> None:
    """spec.yaml as written, spec.expanded.yaml as it was understood, overrides.yaml, and the
    modules of extensions that were imported from beside the spec."""
    expanded = expanded_text(spec)
    written = expanded
    if spec.path is not None and spec.path.is_file():
        written = spec.path.read_text(encoding="utf-8-sig")
    folder.write_text("spec.yaml", written)
    folder.write_text("spec.expanded.yaml", expanded)
    folder.write_text("overrides.yaml", emit(dict(overrides)))
    for name, source in extension_files(spec).items():
        folder.write(name, partial(copy, source))


def add_environment(folder: RunFolder, about: dict[str, Any]) -> None:
    """environment.json: where the run began and, under `resumed`, where it was gone on with."""
    path = folder.path / ENVIRONMENT
    if path.is_file():
        first = json.loads(path.read_text(encoding="utf-8"))
        about = {**first, "resumed": [*first.get("resumed", []), about]}
    folder.write_json(ENVIRONMENT, about)


def write_data(
    folder: RunFolder, spec_file: Path, data: Data, outputs: tuple[Output, ...], seed: int
) -> None:
    """data.json: what `evaluate` and `predict` need in order to read new data as training did."""
    columns = {str(target.name): target.columns for target in data.plan.targets}
    labels = data.learned.labels
    folder.write_json(
        DATA,
        {
            "version": 1,
            "seed": seed,
            **_place(spec_file, folder.path),
            "learned": data.learned.to_dict(),
            "outputs": {
                output.name: meaning(output, labels.get(output.name), columns[output.name])
                for output in outputs
            },
            "digests": {
                name: digest(data, name) for name in DIGESTS if getattr(data, name) is not None
            },
        },
    )


def write_place(folder: RunFolder, spec_file: Path) -> None:
    """data.json of what is no run itself: where its spec lies."""
    folder.write_json(DATA, {"version": 1, **_place(spec_file, folder.path)})


def _place(spec_file: Path, run: Path) -> dict[str, str | None]:
    folder = spec_file.parent
    return {
        "spec": spec_file.name,
        "folder": str(folder.resolve()),
        "folder_from_run": relative_path(folder, run),
    }


def relative_path(path: Path, start: Path) -> str | None:
    """The way from one folder to another; None where there is none."""
    try:
        return os.path.relpath(path.resolve(), start.resolve())
    except ValueError:  # another drive
        return None


def digest(data: Data, split: str) -> str:
    """A fingerprint of a split: its files, or what a function gave, and its rows."""
    found = hashlib.sha256()
    for path in data.files[split]:
        found.update(fingerprint(path))
    for part in getattr(data, split).table.parts:
        found.update(part.digest)
    rows = getattr(data, split).rows
    found.update(np.ascontiguousarray(rows, dtype="<i8").tobytes())
    return found.hexdigest()


def metrics_json(
    metrics: Mapping[str, float], epochs: int, missed: tuple[MissedExpectation, ...]
) -> Any:
    """The metrics by split, with what was expected and missed."""
    parts: dict[str, Any] = {"epochs": epochs, "train": {}, "validation": {}, "test": {}}
    names = {"val_": "validation", "test_": "test"}
    for name, value in metrics.items():
        prefix = next((p for p in names if name.startswith(p)), "")
        part = parts[names.get(prefix, "train")]
        part[name.removeprefix(prefix)] = value if math.isfinite(value) else None
    parts["missed"] = [
        {"name": miss.name, "value": miss.value, "expected": miss.bounds} for miss in missed
    ]
    return parts


def metrics_of(written: Mapping[str, Any]) -> dict[str, float]:
    """What `metrics_json` wrote, by the names that it was given; NaN for what is null."""
    prefixes = {"train": "", "validation": "val_", "test": "test_"}
    return {
        f"{prefix}{name}": math.nan if value is None else value
        for part, prefix in prefixes.items()
        for name, value in written[part].items()
    }


@dataclass(frozen=True, slots=True)
class DataRecord:
    """What data.json says."""

    seed: int
    spec: Path
    learned: LearnedState
    outputs: Mapping[str, Mapping[str, Any]]
    digests: Mapping[str, str]

    @property
    def folder(self) -> Path:
        """What the paths of the spec are relative to."""
        return self.spec.parent


def read_data(path: Path) -> DataRecord:
    """data.json of a run folder; paths of data resolve to where the spec lies now."""
    return kept_of(json.loads((path / DATA).read_text(encoding="utf-8")), path)


def kept_of(found: Mapping[str, Any], beside: Path) -> DataRecord:
    """What the content of a data.json says.

    Args:
        found: the content; in an exported file it has no absolute path.
        beside: what its relative path leads from.
    """
    learned, spec = LearnedState.from_dict(found["learned"]), spec_of(found, beside)
    return DataRecord(found["seed"], spec, learned, found["outputs"], found["digests"])
