"""Every architecture of `keras.applications` as a Python file and back, as a table.

For each: model -> `from_keras` -> spec -> Python file -> run, and then an equal config, an equal
number of parameters and, with the weights copied, the same output bit for bit.

    python -m benchmarks.python_export_applications [NAME ...]
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from typing import Any, NamedTuple

from benchmarks.applications import batch_of_one, models, opened
from modelspec.exporting.python.source import python_source
from modelspec.framework import start_keras


class Row(NamedTuple):
    name: str
    lines: int
    params: int
    seconds: float
    result: str


def built_by(text: str) -> Any:
    """The model of a Python file in a fresh Keras."""
    import keras

    keras.backend.clear_session()
    names: dict[str, Any] = {"__name__": "exported"}
    exec(compile(text, "exported.py", "exec"), names)
    return names["build_model"]()


def differences(model: Any, made: Any) -> Iterator[str]:
    """All in which two models differ."""
    import numpy as np

    # JSON makes tuples and lists alike
    if json.dumps(made.get_config()) != json.dumps(model.get_config()):
        yield "config differs"
    if made.count_params() != model.count_params():
        yield f"{made.count_params()} parameters, not {model.count_params()}"
        return
    made.set_weights(model.get_weights())
    x = batch_of_one(model)
    if not np.array_equal(np.asarray(model(x)), np.asarray(made(x))):
        yield "output differs"


def row_of(name: str, model: Any) -> Row:
    """One architecture there and back."""
    began = time.perf_counter()
    spec, _ = opened(name, model)
    text = python_source(spec.spec, spec.graph)
    result = "; ".join(differences(model, built_by(text))) or "same"
    seconds = time.perf_counter() - began
    return Row(name, len(text.splitlines()), model.count_params(), seconds, result)


def main(names: list[str]) -> int:
    """Print the table of all architectures, or of those named; 1 where one differs."""
    start_keras()
    print(f"{'architecture':20} {'lines':>6} {'parameters':>12} {'seconds':>8}  result")
    rows = []
    for name, model in models(names):
        row = row_of(name, model)
        print(
            f"{row.name:20} {row.lines:6} {row.params:12,} {row.seconds:8.1f}  {row.result}",
            flush=True,
        )
        rows.append(row)
    same = sum(row.result == "same" for row in rows)
    print(f"{same} of {len(rows)} are the same")
    return int(same < len(rows))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
