"""Running an exported file in a process of its own, which has none of this process's state.

`run_isolated` starts `python -m modelspec.exporting.verify.isolated FOLDER`, or another module of
the same kind. FOLDER has `request.json` and `inputs.npz`; the process writes `outputs.npz`, or
`error.txt`. It must not import TensorFlow for a file that runs without it.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from modelspec.exporting.formats import (
    FORMATS,
    Array,
    Arrays,
    LoadRequest,
    Predict,
    after_preprocessing,
    plain_text,
)


@dataclass(frozen=True, slots=True)
class RunRequest:
    """What the process is to run; plain data that travels as JSON.

    Attributes:
        form: name of the format.
        path: of the exported file or folder.
        batch_size: examples in one call.
        load: what else loading it takes.
        preprocessing: the file of split-off preprocessing to run first, or "".
        fixed_batch: the one batch size that the model takes; None where it takes any.
        options: for another module than this one.
    """

    form: str
    path: str
    batch_size: int
    load: LoadRequest = field(default_factory=LoadRequest)
    preprocessing: str = ""
    fixed_batch: int | None = None
    options: Mapping[str, Any] = field(default_factory=dict)

    def to_json(self) -> str:
        """The opposite of `from_json`."""
        return json.dumps(asdict(self))

    @staticmethod
    def from_json(text: str) -> RunRequest:
        """The opposite of `to_json`."""
        found = json.loads(text)
        return RunRequest(**{**found, "load": LoadRequest(**found["load"])})

    def predictor(self) -> Predict:
        """Load the file with its runtime."""
        predict = FORMATS[self.form].load_file(Path(self.path), self.load)
        if self.preprocessing:
            predict = after_preprocessing(Path(self.preprocessing), self.load, predict)
        return predict


def run_isolated(
    module: str, request: RunRequest, inputs: Arrays, folder: Path
) -> tuple[dict[str, Array], str]:
    """Let a module of this package serve a request in a process of its own.

    Args:
        module: such as "verify.isolated"; run with the folder as its argument.
        request: what to run.
        inputs: input name to examples [n, ...].
        folder: an empty one, for the request and the outputs.

    Returns:
        Output name to array [n, ...], and why there are none, or "".
    """
    (folder / "request.json").write_text(request.to_json(), encoding="utf-8", newline="\n")
    write_arrays(folder / "inputs.npz", inputs)
    command = [sys.executable, "-P", "-m", f"modelspec.exporting.{module}", str(folder)]
    done = subprocess.run(
        command, env=_environment(), capture_output=True, text=True, errors="replace", check=False
    )
    if done.returncode == 0:
        return read_arrays(folder / "outputs.npz"), ""
    error = folder / "error.txt"
    if error.is_file():
        return {}, error.read_text(encoding="utf-8").strip()
    last_lines = "\n".join(done.stderr.strip().splitlines()[-5:])
    return {}, f"the process that ran it exited with code {done.returncode}: {last_lines}"


def _environment() -> dict[str, str]:
    """That of this process, with modelspec to be found where this process found it."""
    root = str(Path(__file__).resolve().parents[3])
    paths = [root, *filter(None, os.environ.get("PYTHONPATH", "").split(os.pathsep))]
    tensorflow = {"TF_CPP_MIN_LOG_LEVEL": "3", "KERAS_BACKEND": "tensorflow"}
    return {**os.environ, **tensorflow, "PYTHONPATH": os.pathsep.join(paths)}


def serve_request(
    folder: Path, run: Callable[[RunRequest, dict[str, Array]], dict[str, Array]]
) -> int:
    """The process's side: read the request, run it, write the outputs.

    Returns:
        The exit code: 0, or 1 with `error.txt`.
    """
    request = RunRequest.from_json((folder / "request.json").read_text(encoding="utf-8"))
    inputs = read_arrays(folder / "inputs.npz")
    try:
        outputs = run(request, inputs)
    except Exception as error:  # each runtime raises its own kinds
        (folder / "error.txt").write_text(
            f"{type(error).__name__}: {error}", encoding="utf-8", newline="\n"
        )
        return 1
    write_arrays(folder / "outputs.npz", outputs)
    return 0


def predict_in_batches(predict: Predict, inputs: Arrays, size: int) -> dict[str, Array]:
    """The outputs for all examples, computed in batches of `size`."""
    count = len(next(iter(inputs.values())))
    parts = [
        predict({name: array[start : start + size] for name, array in inputs.items()})
        for start in range(0, count, size)
    ]
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def write_arrays(path: Path, arrays: Arrays) -> None:
    """Write arrays by name, text among them, without pickles."""
    # savez has parameters of its own, which a name must not meet
    named: dict[str, Any] = {f"={name}": plain_text(array) for name, array in arrays.items()}
    np.savez(path, allow_pickle=False, **named)


def read_arrays(path: Path) -> dict[str, Array]:
    """What `write_arrays` wrote."""
    with np.load(path) as file:
        return {name[1:]: file[name] for name in file.files}


def main(folder: Path) -> int:
    """Predict all examples of one request."""

    def run(request: RunRequest, inputs: dict[str, Array]) -> dict[str, Array]:
        return predict_in_batches(request.predictor(), inputs, request.batch_size)

    return serve_request(folder, run)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
