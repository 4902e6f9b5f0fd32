"""`modelspec validate` of a model with an application of Keras against one without.

    python -m benchmarks.validate_backbones [--runs 5] [NAME ...]

Both are whole processes, run in turn, and what counts is the time that each computes, which other
work on the machine hardly changes. The application stands behind an input of a stated size and
before a dense layer; the model without has a `Flatten` in its place. Exits with 1 where the median
of the differences is above 0.15 s.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from benchmarks.processes import run, with_bytecode
from modelspec.schema.catalogue import names_of_kind

BOUND = 0.15

SPEC = """modelspec: 1
model:
  sequential:
    input: {{shape: [331, 331, 3]}}
    layers:
      - {layer}
      - Dense: {{units: 10, activation: softmax}}
training: {{optimizer: adam, loss: sparse_categorical_crossentropy}}
"""

ARGUMENTS = "include_top: false, weights: null, pooling: avg, input_shape: [331, 331, 3]"


def computed(path: Path, environment: Mapping[str, str]) -> float:
    """The seconds that `validate` computes."""
    return run([sys.executable, "-m", "modelspec", "validate", path], environment).cpu


def main() -> int:
    """Print the table; 1 where the bound is missed."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("names", nargs="*")
    options = parser.parse_args()
    every = [name for name in names_of_kind("layer") if name.startswith("applications.")]
    names = [f"applications.{name}" for name in options.names] or sorted(every)
    missed = False
    print(f"{'architecture':20} {'without':>8} {'with':>8} {'more':>8}")
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        environment = with_bytecode(folder / "bytecode")
        plain, path = folder / "plain.yaml", folder / "backbone.yaml"
        plain.write_text(SPEC.format(layer="Flatten"), encoding="utf-8")
        for name in names:
            path.write_text(SPEC.format(layer=f"{name}: {{{ARGUMENTS}}}"), encoding="utf-8")
            pairs = [
                (computed(plain, environment), computed(path, environment))
                for _ in range(options.runs + 1)
            ][1:]
            without, of_backbone = (statistics.median(each) for each in zip(*pairs, strict=True))
            more = statistics.median(b - a for a, b in pairs)
            missed |= more > BOUND
            label = name.partition(".")[2]
            print(f"{label:20} {without:8.3f} {of_backbone:8.3f} {more:8.3f}", flush=True)
    return int(missed)


if __name__ == "__main__":
    sys.exit(main())
