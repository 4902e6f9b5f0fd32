"""A process of its own that loads an export and answers samples: what wrote it cannot help it.

`python -m modelspec.exporting.verify.check_process FOLDER`, where FOLDER has `request.json` and
`inputs.npz`; it gets `outputs.npz`, or `error.txt`.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]
BATCH = 32


def in_batches(predict: Any, inputs: Mapping[str, Array], size: int) -> dict[str, Array]:
    """The answers to all examples, asked for in batches of `size`."""
    count = len(next(iter(inputs.values())))
    parts = [
        predict({name: array[start : start + size] for name, array in inputs.items()})
        for start in range(0, count, size)
    ]
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def write_arrays(path: Path, arrays: Mapping[str, Array]) -> None:
    """Arrays by name, text among them, without pickles."""
    plain: dict[str, Any] = {}
    for name, array in arrays.items():
        plain[f"={name}"] = array.astype(str) if array.dtype.kind in "OS" else array
    np.savez(path, allow_pickle=False, **plain)


def read_arrays(path: Path) -> dict[str, Array]:
    """What `write_arrays` wrote."""
    with np.load(path) as file:
        return {name[1:]: file[name] for name in file.files}


def main(folder: Path) -> int:
    """Answer one request; 0, or 1 with `error.txt`."""
    from modelspec.exporting.formats import RUNTIMES, behind

    about = json.loads((folder / "request.json").read_text(encoding="utf-8"))
    inputs = read_arrays(folder / "inputs.npz")
    try:
        predict = RUNTIMES[about["format"]](Path(about["artefact"]), about)
        if "preprocessing" in about:
            predict = behind(Path(about["preprocessing"]), about, predict)
        outputs = in_batches(predict, inputs, about["batch"])
    except Exception as error:  # each runtime raises its own kinds
        (folder / "error.txt").write_text(f"{type(error).__name__}: {error}", encoding="utf-8")
        return 1
    write_arrays(folder / "outputs.npz", outputs)
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
