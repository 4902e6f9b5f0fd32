"""A process of its own that measures how an export loads and answers.

`python -m modelspec.exporting.benchmark.measure_process FOLDER`, where FOLDER has
`request.json` and `inputs.npz`; it gets `figures.json` and `outputs.npz`, or `error.txt`.
Without examples it makes some up from what the file takes.
"""

from __future__ import annotations

import importlib
import json
import sys
from collections.abc import Mapping
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np
import numpy.typing as npt

from modelspec.exporting.formats import report_nothing
from modelspec.exporting.verify import in_batches, read_arrays, write_arrays
from modelspec.framework import functional_of

Array = npt.NDArray[Any]
PACKAGES = {
    "keras": ("keras", "modelspec.data"),
    "saved_model": ("tensorflow",),
    "onnx": ("onnxruntime",),
    "litert": ("ai_edge_litert.interpreter",),
    "openvino": ("openvino",),
}
"""Format to what is imported before anything can be loaded."""

WARM_UP = 0.1
"""How long calls do not count yet, in parts of the time in which they do."""

LEAST_WARM_UP, LEAST = 3, 10
"""How many calls there are at least before those that count, and of those, however slow."""

BATCHES = 16
"""How many batches of the examples are asked for in turn."""


def main(folder: Path) -> int:
    """Measure one export; 0, or 1 with `error.txt`."""
    about = json.loads((folder / "request.json").read_text(encoding="utf-8"))
    try:
        figures, outputs = measure(about, read_arrays(folder / "inputs.npz"))
    except Exception as error:  # each runtime raises its own kinds
        (folder / "error.txt").write_text(f"{type(error).__name__}: {error}", encoding="utf-8")
        return 1
    (folder / "figures.json").write_text(json.dumps(figures), encoding="utf-8")
    write_arrays(folder / "outputs.npz", outputs)
    return 0


def measure(
    about: Mapping[str, Any], inputs: dict[str, Array]
) -> tuple[dict[str, float | None], dict[str, Array]]:
    """All figures of one export, and its answers to all examples.

    Args:
        about: the request: "format", "artefact", "batch_size", "seconds", and what loads need.
        inputs: input name to examples [n, ...]; empty where they are to be made up.
    """
    form, path = about["format"], Path(about["artefact"])
    report_nothing()
    began = perf_counter()
    for package in PACKAGES[form]:
        importlib.import_module(package)
    imported = perf_counter() - began

    from modelspec.exporting.formats import RUNTIMES

    if not inputs:
        from modelspec.exporting.formats import SIGNATURES, made_up

        inputs = made_up(SIGNATURES[form](path), about["batch_size"])
        about = {**about, "input_names": list(inputs)}
    one, many = about["fixed"] or 1, about["fixed"] or about["batch_size"]
    began = perf_counter()
    predict = load_compiled(path, about) if form == "keras" else RUNTIMES[form](path, about)
    predict(_batch(inputs, 0, one))
    loaded = perf_counter() - began
    single = _calls(predict, inputs, one, about["seconds"])
    batched = _calls(predict, inputs, many, about["seconds"])
    figures = {
        "import": imported,
        "load": loaded,
        "median": float(np.median(single)),
        "p95": float(np.percentile(single, 95)),
        "examples_per_second": many * len(batched) / sum(batched),
        "peak": peak(),
    }
    if not about["output_names"]:
        return figures, {}
    fresh = RUNTIMES[form](path, about)  # the answers of one that draws depend on those before
    return figures, in_batches(fresh, inputs, about["batch"])


def load_compiled(path: Path, about: Mapping[str, Any]) -> Any:
    """A Keras model as `predict_on_batch` answers, which compiles it: `model(x)` does not."""
    from modelspec.exporting.formats import extensions

    extensions(about)
    import keras

    from modelspec.data.feed import Structure

    model = keras.models.load_model(path, compile=False)
    symbolic = functional_of(model).input
    names = tuple(about["input_names"]), tuple(about["output_names"])
    structure = Structure(*names, "", about.get("output_kind", ""))

    def predict(inputs: Mapping[str, Array]) -> dict[str, Any]:
        tensors = {name: keras.ops.convert_to_tensor(array) for name, array in inputs.items()}
        taken = keras.tree.map_structure(lambda tensor: tensors[tensor.name], symbolic)
        found = model.predict_on_batch(taken)
        return structure.by_output(found) if structure.output_names else {}

    return predict


def _calls(predict: Any, inputs: Mapping[str, Array], size: int, seconds: float) -> list[float]:
    """The seconds of each call with `size` examples, one call after another for some seconds."""
    count = len(next(iter(inputs.values())))
    batches = [_batch(inputs, start, size) for start in range(min(count, BATCHES))]
    _repeat(predict, batches, seconds * WARM_UP, LEAST_WARM_UP)
    return _repeat(predict, batches, seconds, LEAST)


def _repeat(predict: Any, batches: list[Any], seconds: float, least: int) -> list[float]:
    taken: list[float] = []
    until = perf_counter() + seconds
    while len(taken) < least or perf_counter() < until:
        batch = batches[len(taken) % len(batches)]
        began = perf_counter()
        predict(batch)
        taken.append(perf_counter() - began)
    return taken


def _batch(inputs: Mapping[str, Array], start: int, size: int) -> dict[str, Array]:
    """`size` examples from `start` on, from the beginning again where they end."""
    return {
        name: array[(np.arange(size) + start * size) % len(array)] for name, array in inputs.items()
    }


def peak() -> int | None:
    """The most memory that this process had, in bytes, where Linux tells it.

    `getrusage` would not do: what the parent had before this program began counts there.
    """
    try:
        lines = Path("/proc/self/status").read_text(encoding="utf-8").splitlines()
    except OSError:
        return None
    found = [line.split()[1] for line in lines if line.startswith("VmHWM:")]
    return int(found[0]) * 1024 if found else None


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
