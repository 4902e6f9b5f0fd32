"""A process of its own that measures how fast an export loads and predicts.

`python -m modelspec.exporting.benchmark.measure_process FOLDER`; see
`modelspec.exporting.verify.isolated` for the files in FOLDER, which gets `figures.json` too.
Without inputs, synthetic ones are made from the signature of the file.
"""

from __future__ import annotations

import importlib
import json
import sys
from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np

from modelspec.exporting.formats import (
    FORMATS,
    Array,
    Arrays,
    LoadRequest,
    Predict,
    Runtime,
    disable_telemetry,
    import_extensions,
    synthetic_batch,
)
from modelspec.exporting.verify import RunRequest, predict_in_batches, serve_request
from modelspec.framework import functional_of

WARM_UP = 0.1
"""How long calls are not measured yet, as a fraction of the time in which they are."""

MIN_WARM_UP_CALLS, MIN_CALLS = 3, 10
"""How many calls are made at least, however slow."""

BATCHES = 16
"""How many different batches of the examples are used in turn."""


def main(folder: Path) -> int:
    """Measure one export: exit code 0, or 1 with `error.txt`."""
    return serve_request(folder, partial(measure, folder=folder))


def measure(request: RunRequest, inputs: dict[str, Array], folder: Path) -> dict[str, Array]:
    """Write all figures of one export into a folder, and return its outputs for all examples.

    Args:
        request: what to run; its options are those of `BenchmarkOptions`.
        inputs: input name to examples [n, ...]; empty for synthetic ones.
        folder: gets `figures.json`.

    Returns:
        Output name to array [n, ...]; empty where the request names no outputs.
    """
    entry, path = FORMATS[request.form], Path(request.path)
    batch_size, seconds = request.options["batch_size"], request.options["seconds"]
    disable_telemetry()
    started = perf_counter()
    for module in entry.runtime_modules:
        importlib.import_module(module)
    imported = perf_counter() - started

    if not inputs:
        assert entry.read_signature is not None
        inputs = synthetic_batch(entry.read_signature(path), batch_size)
        request = replace(request, load=replace(request.load, input_names=list(inputs)))
    one, many = request.fixed_batch or 1, request.fixed_batch or batch_size
    load = load_compiled if entry.runtime is Runtime.KERAS else entry.load_file
    started = perf_counter()
    predict = load(path, request.load)
    predict(_batch(inputs, 0, one))
    loaded = perf_counter() - started
    single = _time_calls(predict, inputs, one, seconds)
    batched = _time_calls(predict, inputs, many, seconds)
    figures = {
        "import": imported,
        "load": loaded,
        "median": float(np.median(single)),
        "p95": float(np.percentile(single, 95)),
        "examples_per_second": many * len(batched) / sum(batched),
        "peak": peak_memory(),
    }
    (folder / "figures.json").write_text(json.dumps(figures), encoding="utf-8", newline="\n")
    if not request.load.output_names:
        return {}
    # loaded again: the outputs of layers that draw random numbers depend on the calls before
    return predict_in_batches(request.predictor(), inputs, request.batch_size)


def load_compiled(path: Path, request: LoadRequest) -> Predict:
    """A Keras model called by `predict_on_batch`, which compiles it, as `model(x)` does not."""
    import_extensions(request.extensions)
    import keras

    from modelspec.data.feed import Structure

    model = keras.models.load_model(path, compile=False)
    symbolic = functional_of(model).input
    names = tuple(request.input_names), tuple(request.output_names)
    structure = Structure(*names, "", request.output_kind)

    def predict(inputs: Arrays) -> dict[str, Any]:
        tensors = {name: keras.ops.convert_to_tensor(array) for name, array in inputs.items()}
        given = keras.tree.map_structure(lambda tensor: tensors[tensor.name], symbolic)
        outputs = model.predict_on_batch(given)
        return structure.by_output(outputs) if structure.output_names else {}

    return predict


def _time_calls(predict: Predict, inputs: Arrays, size: int, seconds: float) -> list[float]:
    """The seconds of each call with `size` examples, one after another for some seconds."""
    count = len(next(iter(inputs.values())))
    batches = [_batch(inputs, start, size) for start in range(min(count, BATCHES))]
    _repeat(predict, batches, seconds * WARM_UP, MIN_WARM_UP_CALLS)
    return _repeat(predict, batches, seconds, MIN_CALLS)


def _repeat(
    predict: Predict, batches: list[dict[str, Array]], seconds: float, min_calls: int
) -> list[float]:
    times: list[float] = []
    until = perf_counter() + seconds
    while len(times) < min_calls or perf_counter() < until:
        batch = batches[len(times) % len(batches)]
        started = perf_counter()
        predict(batch)
        times.append(perf_counter() - started)
    return times


def _batch(inputs: Mapping[str, Array], start: int, size: int) -> dict[str, Array]:
    """Batch number `start` of `size` examples, which begins again at the first where they end."""
    return {
        name: array[(np.arange(size) + start * size) % len(array)] for name, array in inputs.items()
    }


def peak_memory() -> int | None:
    """The peak memory of this process in bytes, where Linux tells it.

    Not by `getrusage`: that includes the memory of the parent before this program was started.
    """
    try:
        lines = Path("/proc/self/status").read_text(encoding="utf-8").splitlines()
    except OSError:
        return None
    found = [line.split()[1] for line in lines if line.startswith("VmHWM:")]
    return int(found[0]) * 1024 if found else None


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
