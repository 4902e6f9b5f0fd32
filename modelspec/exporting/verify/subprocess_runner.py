"""Asking an export in a process of its own: what wrote it cannot help it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy.typing as npt

from .check_process import read_arrays, write_arrays

Array = npt.NDArray[Any]


def ask(
    module: str, about: Mapping[str, Any], arrays: Mapping[str, Array], folder: Path
) -> tuple[dict[str, Array], str]:
    """Let a module of this package answer a request in a process of its own.

    Args:
        module: such as "verify.check_process"; run with the folder as its argument.
        about: the request, plain data.
        arrays: input name to examples [n, ...].
        folder: an empty one, where request and answers are written.

    Returns:
        The answers by output name, and why there are none, or "".
    """
    (folder / "request.json").write_text(json.dumps(about), encoding="utf-8")
    write_arrays(folder / "inputs.npz", arrays)
    command = [sys.executable, "-P", "-m", f"modelspec.exporting.{module}", str(folder)]
    done = subprocess.run(
        command, env=_environment(), capture_output=True, text=True, errors="replace", check=False
    )
    if done.returncode == 0:
        return read_arrays(folder / "outputs.npz"), ""
    said = folder / "error.txt"
    if said.is_file():
        return {}, said.read_text(encoding="utf-8").strip()
    last = "\n".join(done.stderr.strip().splitlines()[-5:])
    return {}, f"the process that ran it ended with {done.returncode}: {last}"


def _environment() -> dict[str, str]:
    """That of this process, with modelspec to be found where this process has it."""
    root = str(Path(__file__).resolve().parents[3])
    paths = [root, *filter(None, os.environ.get("PYTHONPATH", "").split(os.pathsep))]
    quiet = {"TF_CPP_MIN_LOG_LEVEL": "3", "KERAS_BACKEND": "tensorflow"}
    return {**os.environ, **quiet, "PYTHONPATH": os.pathsep.join(paths)}
