"""environment.json: what a run was made with, so that it can be made again."""

from __future__ import annotations

import platform
import subprocess
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from modelspec.machine import core_count

PACKAGES = ("keras-modelspec", "keras", "numpy", "pyarrow", "matplotlib")


def environment(command: str, folder: Path, seed: int) -> dict[str, Any]:
    """The command, the commit of the spec's folder, versions and hardware, as plain data.

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
    """The commit that the folder is at, and whether files differ from it; None outside of git."""
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
