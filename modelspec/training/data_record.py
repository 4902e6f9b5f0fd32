"""data.json: what `evaluate` and `predict` need in order to read new data as the training did."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeGuard

import numpy as np
import numpy.typing as npt

from modelspec.analysis.data import divisor
from modelspec.data.prepare import LearnedState
from modelspec.data.remote import copy_at
from modelspec.diagnostics import UsageError
from modelspec.runs import METRIC_PREFIXES, OutputKind, RunFile, RunFolder, spec_location
from modelspec.spec import Spec, expanded_text
from modelspec.spec.data import Columns

if TYPE_CHECKING:  # whoever predicts reads the record, and needs nothing of a training
    from modelspec.data import Data
    from modelspec.data.table import FeaturePlan
    from modelspec.training.prepare import Output

MOST_FILES = 64
"""Files of data that data.json names."""


@dataclass(frozen=True, slots=True)
class DataRecord:
    """The content of data.json.

    Attributes:
        seed: of the run.
        spec: where the spec file lies now; it may have been deleted.
        learned: what was learned from the training split, such as the order of labels.
        outputs: output name to its `output_meaning`.
        digests: split name to its `digest_of`.
        remote: address to the SHA-256 of each remote file.
    """

    seed: int
    spec: Path
    learned: LearnedState
    outputs: Mapping[str, Mapping[str, Any]]
    digests: Mapping[str, str]
    remote: Mapping[str, str] = field(default_factory=dict)

    @property
    def folder(self) -> Path:
        """What the paths in the spec are relative to."""
        return self.spec.parent

    def without_temperatures(self) -> DataRecord:
        """That of a model of an epoch, which was not calibrated."""
        outputs = {
            name: {key: value for key, value in meaning.items() if key != "temperature"}
            for name, meaning in self.outputs.items()
        }
        return replace(self, outputs=outputs)


def write_data_record(
    folder: RunFolder,
    spec_file: Path,
    data: Data,
    untrained: Mapping[str, Mapping[str, Any]],
    outputs: tuple[Output, ...],
    seed: int,
) -> None:
    """Write the data.json of a run. `outputs` are those with a loss, `untrained` has for every
    output, in their order, what it means if it is none of these."""
    from modelspec.training.prepare import output_meaning

    targets = {str(target.name): target for target in data.plan.targets}
    labels = data.label_names
    meanings = {
        output.name: output_meaning(
            output,
            labels.get(output.name),
            targets[output.name],
            _pixels_of(data, output),
            _lengths_of(targets[output.name], data.plan),
        )
        for output in outputs
    }
    for output in outputs:
        constants = _constants(data, output, OutputKind(meanings[output.name]["kind"]))
        meanings[output.name] |= {"constants": constants} if constants else {}
    folder.write_json(
        RunFile.DATA,
        {
            "version": 1,
            "seed": seed,
            **_location(spec_file, folder.path),
            "learned": data.learned.to_dict(),
            "outputs": {name: meanings.get(name, one) for name, one in untrained.items()},
            "digests": {
                split: digest_of(data, split)
                for split in METRIC_PREFIXES
                if getattr(data, split) is not None
            },
            "examples": {
                split: len(getattr(data, split))
                for split in METRIC_PREFIXES
                if getattr(data, split) is not None
            },
            **_counted(data),
            **_files(data, spec_file.parent),
            **_remote(data),
        },
    )


def _files(data: Data, folder: Path) -> dict[str, Any]:
    """The files on this machine, by their paths from the spec's folder, with the splits that come
    from each, and the SHA-256 of those that are not large; nothing where there are none, or many
    as in a folder of images."""
    from modelspec.data.sources import whole_digest

    splits: dict[Path, list[str]] = {}
    for split, files in data.files.items():
        for path in files:
            splits.setdefault(path, []).append(split)
    local = {path: names for path, names in splits.items() if copy_at(path) is None}
    if not local or len(local) > MOST_FILES:
        return {}
    found = []
    for path, names in local.items():
        entry = {"path": relative_path(path, folder) or path.name, "splits": names}
        digest = whole_digest(path)
        found.append(entry if digest is None else {**entry, "sha256": digest})
    return {"files": found}


def _constants(data: Data, output: Output, kind: OutputKind) -> dict[str, Any]:
    """What the training split says of every row, which `evaluate` compares a model with; nothing
    for targets that are read batch by batch."""
    from modelspec.evaluation import constants_of

    targets = data.train.targets.get(output.name)
    return constants_of(kind, targets, output.ignored_class) if _is_array(targets) else {}


def _is_array(targets: Any) -> TypeGuard[npt.NDArray[Any]]:
    return isinstance(targets, np.ndarray) and targets.dtype.kind in "biuf"


def _counted(data: Data) -> dict[str, Any]:
    """How many rows of each source meet `where`; nothing without it."""
    found = {
        split: {"counted": counted, "rows": rows} for split, (counted, rows) in data.counted.items()
    }
    return {"where": found} if found else {}


def _remote(data: Data) -> dict[str, Any]:
    """The address, size and SHA-256 of each remote file; nothing without one."""
    paths = {path for files in data.files.values() for path in files}
    copies = sorted(filter(None, map(copy_at, paths)))
    return {"remote": [copy.to_dict() for copy in copies]} if copies else {}


def changed_addresses(record: DataRecord, data: Data) -> list[str]:
    """The remote files of a run that have other content now."""
    now = {one["address"]: one["sha256"] for one in _remote(data).get("remote", ())}
    return [name for name, digest in record.remote.items() if now.get(name, digest) != digest]


def _pixels_of(data: Data, output: Output) -> dict[str, Any] | None:
    """How the numbers of an output become pixels, where its target is an image; else None."""
    target = next(one for one in data.plan.targets if one.name == output.name)
    if output.name not in data.plan.image_targets:
        return None
    values = data.learned.labels.get(output.name)
    if values is None:
        return {"times": divisor(target)}
    return {"values": [int(value) for value in values]}


def _lengths_of(target: Columns, plan: FeaturePlan) -> str | None:
    """The input whose lists say how long the lists of a target are; None where there is none."""
    if target.width is None:
        return None
    for entry, columns in plan.inputs:
        if columns is not None and columns.width == target.width:
            return entry.name
    return None


def write_into_outputs(folder: RunFolder, key: str, values: Mapping[str, float]) -> None:
    """Write a number of each output into what data.json says of it, in place of all others.

    Args:
        folder: of the run, which has a data.json.
        key: of the number, such as "threshold".
        values: output name to its number; the others have none from then on.

    Raises:
        CannotRunError: it cannot be written.
    """
    content = json.loads((folder.path / RunFile.DATA).read_text(encoding="utf-8"))
    before = json.dumps(content["outputs"])
    for name, meaning in content["outputs"].items():
        meaning.pop(key, None)
        if name in values:
            meaning[key] = values[name]
    if json.dumps(content["outputs"]) != before:
        folder.write_json(RunFile.DATA, content)


def write_spec_location(folder: RunFolder, spec_file: Path) -> None:
    """Write the data.json of a folder of folds: only where its spec lies."""
    folder.write_json(RunFile.DATA, {"version": 1, **_location(spec_file, folder.path)})


def _location(spec_file: Path, run: Path) -> dict[str, str | None]:
    folder = spec_file.parent
    return {
        "spec": spec_file.name,
        "folder": str(folder.resolve()),
        "folder_from_run": relative_path(folder, run),
    }


def relative_path(path: Path, start: Path) -> str | None:
    """The path relative to a folder; None if it is on another drive."""
    try:
        return os.path.relpath(path.resolve(), start.resolve())
    except ValueError:
        return None


def digest_of(data: Data, split: str) -> str:
    """The SHA-256, in hex, of a split's files (or what a function returned) and its row numbers."""
    from modelspec.data.sources import fingerprint

    digest = hashlib.sha256()
    for path in data.files[split]:
        digest.update(fingerprint(path))
    for part in getattr(data, split).table.parts:
        digest.update(part.digest)
    rows = getattr(data, split).rows
    digest.update(np.ascontiguousarray(rows, dtype="<i8").tobytes())
    return digest.hexdigest()


def fingerprints_of(data: Data, split: str, run: Path) -> dict[str, str]:
    """The files of a split, relative to the folder of a run, with their fingerprints in hex."""
    from modelspec.data.sources import fingerprint

    found = {}
    for path in data.files[split]:
        name = relative_path(path, run) or str(path.resolve())
        found[Path(name).as_posix()] = fingerprint(path).hex()
    return found


def refuse_other_job(spec: Spec, data: Data) -> None:
    """Refuse to train where a process has another spec than the chief, or has read other data.

    Called by all processes at the same point of the training.

    Args:
        spec: that this process trains.
        data: its splits.

    Raises:
        UsageError: a process has another one; in every process.
    """
    from modelspec.training.engine import present_engine

    engine = present_engine()
    if engine.processes == 1:
        return
    from modelspec.training.engine import gather_numbers

    splits = [split for split in METRIC_PREFIXES if getattr(data, split) is not None]
    text = expanded_text(spec).encode()
    digests = [hashlib.sha256(text).hexdigest(), *(digest_of(data, one) for one in splits)]
    # 48 bits of each, which a float64 has exactly
    table = gather_numbers(engine, [int(digest[:12], 16) for digest in digests])
    for number, found in enumerate(table):
        if found[0] != table[0][0]:
            message = f"worker {number} has another spec than worker 0"
            raise UsageError(f"{message}: the file must be the same on all machines")
        other = [one for one, a, b in zip(splits, found[1:], table[0][1:], strict=True) if a != b]
        if other:
            message = f"worker {number} has read another {other[0]} split than worker 0"
            hint = "the files must be the same on all machines, and a function that gives the rows"
            raise UsageError(f"{message}: {hint} must give the same ones each time")


def read_data_record(run: Path) -> DataRecord:
    """Read the data.json of a run folder.

    Raises:
        OSError, ValueError, KeyError, TypeError: it is missing or damaged.
    """
    return parse_data_record(json.loads((run / RunFile.DATA).read_text(encoding="utf-8")), run)


def parse_data_record(content: Mapping[str, Any], start: Path) -> DataRecord:
    """Parse the content of a data.json.

    Args:
        content: the JSON; that of an exported file has no absolute path.
        start: the folder that its relative path starts from.
    """
    return DataRecord(
        content["seed"],
        spec_location(content, start),
        LearnedState.from_dict(content["learned"]),
        content["outputs"],
        content["digests"],
        {one["address"]: one["sha256"] for one in content.get("remote", ())},
    )
