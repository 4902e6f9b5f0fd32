"""Every architecture of `keras.applications` to a spec and back, as a table.

For each: model -> `from_keras` -> spec -> validate (silent) -> build, and then an equal config, an
equal number of parameters and, with the weights copied, the same output bit for bit.

    python -m benchmarks.import_applications [NAME ...]
"""

from __future__ import annotations

import json
import sys
import time
from dataclasses import dataclass
from typing import Any

from benchmarks.applications import batch_of_one, models
from modelspec.api.validation import validate_text
from modelspec.building.build import build_model
from modelspec.compile.stages import compile_text
from modelspec.diagnostics.findings import Findings
from modelspec.importing.model_files import from_keras


@dataclass
class Row:
    name: str
    lines: int = 0
    layers: int = 0
    params: int = 0
    faults: tuple[str, ...] = ()
    seconds: float = 0.0


def as_json(config: Any) -> Any:
    """A config with all that JSON cannot tell apart made alike: tuples are lists."""
    return json.loads(json.dumps(config))


def compare(name: str, model: Any) -> Row:
    """One model to a spec and back."""
    import keras
    import numpy as np

    text = from_keras(model)
    row = Row(name, len(text.splitlines()), len(model.layers), model.count_params())
    loud = validate_text(text, f"{name}.yaml")
    if loud:
        row.faults = tuple(str(finding) for finding in loud[:2])
        return row
    findings = Findings()
    opened = compile_text(text, f"{name}.yaml", None, findings)
    assert opened is not None
    built = build_model(opened.spec, opened.graph, findings)
    if built is None:
        row.faults = tuple(str(finding) for finding in findings.sorted()[:2])
        return row
    faults = []
    if as_json(built.get_config()) != as_json(model.get_config()):
        faults.append("config differs")
    if built.count_params() != row.params:
        faults.append(f"{built.count_params()} parameters, not {row.params}")
    else:
        built.set_weights(model.get_weights())
        x = batch_of_one(model)
        same = np.array_equal(np.asarray(model(x)), np.asarray(built(x)))
        if not same:
            faults.append("output differs")
    row.faults = tuple(faults)
    del built
    keras.utils.clear_session()
    return row


def run(names: list[str]) -> list[Row]:
    """All architectures, or those named."""
    rows = []
    header = (
        f"{'architecture':22} {'layers':>6} {'lines':>6} {'parameters':>12} {'seconds':>8}  result"
    )
    print(header, flush=True)
    for name, model in models(names):
        start = time.perf_counter()
        row = compare(name, model)
        row.seconds = time.perf_counter() - start
        rows.append(row)
        result = "; ".join(row.faults) or "same"
        print(
            f"{row.name:22} {row.layers:6} {row.lines:6} {row.params:12,} {row.seconds:8.1f}"
            f"  {result}",
            flush=True,
        )
    same = sum(not row.faults for row in rows)
    print(f"{same} of {len(rows)} came back the same", flush=True)
    return rows


if __name__ == "__main__":
    found = run(sys.argv[1:])
    sys.exit(any(row.faults for row in found))
