"""What a training writes into its run folder: the spec, the environment and the metrics."""

from __future__ import annotations

import json
import math
import platform
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from modelspec.building import extension_files
from modelspec.document import emit
from modelspec.machine import core_count
from modelspec.reproduction import LockFile, describe_surroundings, sha256_of_text
from modelspec.runs import METRIC_PREFIXES, RunFile, RunFolder
from modelspec.spec import Spec, expanded_text

from .data_record import digest_of, fingerprints_of
from .run import MissedExpectation, UsedEpoch

if TYPE_CHECKING:
    from modelspec.data import Data

PACKAGES = ("keras-modelspec", "keras", "numpy", "pyarrow", "matplotlib")


def write_spec(folder: RunFolder, spec: Spec, overrides: Mapping[str, Any]) -> None:
    """Write the spec as written, the expanded spec, the overrides, and the modules of extensions
    that were imported from beside the spec."""
    expanded = expanded_text(spec)
    written = expanded
    if spec.path is not None and spec.path.is_file():
        written = spec.path.read_text(encoding="utf-8-sig")
    if spec.tune is not None:
        from modelspec.spec.tune import hide_storage

        written = hide_storage(written)
    folder.write(RunFile.SPEC, written)
    folder.write(RunFile.EXPANDED_SPEC, expanded)
    folder.write(RunFile.OVERRIDES, emit(dict(overrides)))
    for name, source in extension_files(spec).items():
        folder.write(name, partial(shutil.copyfile, source))


def write_environment(folder: RunFolder, environment: dict[str, Any]) -> None:
    """Write environment.json; that of a resumed run gets another entry in its list `resumed`."""
    path = folder.path / RunFile.ENVIRONMENT
    if path.is_file():
        first = json.loads(path.read_text(encoding="utf-8"))
        environment = {**first, "resumed": [*first.get("resumed", []), environment]}
    folder.write_json(RunFile.ENVIRONMENT, environment)


def write_lock(folder: RunFolder, spec: Spec, data: Data, environment: Mapping[str, Any]) -> None:
    """Write lock.json: what decides the bits of the training.

    Args:
        folder: of the run, with its expanded spec.
        spec: that is trained.
        data: its splits.
        environment: as `describe_environment` gives it.
    """
    splits = [split for split in METRIC_PREFIXES if getattr(data, split) is not None]
    lock = LockFile(
        sha256_of_text(expanded_text(spec)),
        environment["seed"],
        {split: digest_of(data, split) for split in splits},
        {split: fingerprints_of(data, split, folder.path) for split in splits},
        {**describe_surroundings(), **_surroundings_of_tensorflow()},
        environment["command"],
        environment["commit"],
    )
    folder.write_json(RunFile.REPRODUCTION, lock.to_dict())


def lock_resumed(folder: RunFolder, spec: Spec) -> None:
    """Let lock.json name the spec with which a run is resumed; the rest is as the run began."""
    # `read_lock` says that there is none, or a damaged one
    with suppress(OSError, ValueError, TypeError):
        lock = json.loads((folder.path / RunFile.REPRODUCTION).read_text(encoding="utf-8"))
        now = {**lock, "spec_sha256": sha256_of_text(expanded_text(spec))}
        folder.write_json(RunFile.REPRODUCTION, now)


def _surroundings_of_tensorflow() -> dict[str, Any]:
    """Its threads and accelerators; 0 threads are as many as there are cores."""
    import keras
    import tensorflow as tf

    gpus = tf.config.list_physical_devices("GPU")
    details = [tf.config.experimental.get_device_details(gpu) for gpu in gpus]
    threading = tf.config.threading
    return {
        "threads": [
            threading.get_intra_op_parallelism_threads(),
            threading.get_inter_op_parallelism_threads(),
        ],
        "accelerators": [str(one.get("device_name", "unknown")) for one in details],
        "dtype policy": keras.config.dtype_policy().name,
    }


def describe_environment(command: str, folder: Path, seed: int) -> dict[str, Any]:
    """The command, the git commit of the spec's folder, versions and hardware, as plain data.

    Args:
        command: what started the training.
        folder: the spec's folder.
        seed: of the run.
    """
    import tensorflow as tf

    devices = tf.config.list_physical_devices()
    return {
        "command": command,
        "started": datetime.now(UTC).isoformat(timespec="seconds"),
        "seed": seed,
        "commit": _commit(folder),
        "python": platform.python_version(),
        "packages": {**{name: _version(name) for name in PACKAGES}, "tensorflow": tf.__version__},
        "platform": platform.platform(),
        "cores": core_count(),
        "devices": [device.name.removeprefix("/physical_device:") for device in devices],
    }


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def _commit(folder: Path) -> dict[str, Any] | None:
    """The commit of the folder, and whether tracked files differ from it; None outside of git."""
    commit = _git(folder, "rev-parse", "HEAD")
    if commit is None:
        return None
    return {"id": commit, "changed": bool(_git(folder, "status", "--porcelain", "-uno"))}


def _git(folder: Path, *arguments: str) -> str | None:
    try:
        done = subprocess.run(
            ["git", "-C", str(folder), *arguments],
            capture_output=True,
            text=True,
            timeout=10,
            check=True,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.strip()


def metrics_json(
    metrics: Mapping[str, float],
    epochs: int,
    missed: Sequence[MissedExpectation],
    best: UsedEpoch | None = None,
) -> dict[str, Any]:
    """The content of metrics.json: values by split, and the expectations missed.

    Args:
        metrics: values by name, with the prefix of their split.
        epochs: how many were trained.
        missed: the expectations that are not met.
        best: the epoch that the model is of; None for the last.
    """
    used = {} if best is None else {"best": best.to_dict()}
    content: dict[str, Any] = {"epochs": epochs, **used, **{split: {} for split in METRIC_PREFIXES}}
    for name, value in metrics.items():
        # "train" has no prefix: the last one that fits is the longest
        split = [s for s, prefix in METRIC_PREFIXES.items() if name.startswith(prefix)][-1]
        bare_name = name.removeprefix(METRIC_PREFIXES[split])
        content[split][bare_name] = value if math.isfinite(value) else None
    content["missed"] = [miss.to_dict() for miss in missed]
    return content
