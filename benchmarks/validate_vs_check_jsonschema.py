"""`modelspec validate` against `check-jsonschema` with the same schema, on one large spec.

    python -m benchmarks.validate_vs_check_jsonschema [--runs 9]

Writes ResNet50 as a `functional` with an argument on each line (about 2,700 lines), and the
output of `modelspec schema`. Runs both programs on it in turn, as whole processes, and prints the
medians and the median of the ratios, pair by pair. Needs `pip install check-jsonschema`.

check-jsonschema checks the file against JSON Schema. modelspec does so too, and then reads the
edges, builds the graph, and works out all shapes, weights and lints. Exits with 1 where the ratio
is above 0.4.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import sys
import tempfile
from pathlib import Path
from typing import Any

from benchmarks.processes import run, with_bytecode

BOUND = 0.4

STAGES = ((64, 3), (128, 4), (256, 6), (512, 3))
"""Filters and blocks of each stage of ResNet50."""


CONVOLUTION: dict[str, Any] = {
    "filters": 64,
    "kernel_size": 1,
    "strides": 1,
    "padding": "valid",
    "data_format": "channels_last",
    "dilation_rate": 1,
    "groups": 1,
    "activation": "null",
    "use_bias": "false",
    "kernel_initializer": {"HeNormal": {"seed": 7}},
    "kernel_regularizer": {"L2": {"l2": 1.0e-4}},
    "kernel_constraint": "null",
    "bias_initializer": "zeros",
    "bias_regularizer": "null",
    "bias_constraint": "null",
    "activity_regularizer": "null",
    "trainable": "true",
}
NORMALIZATION = {
    "axis": -1,
    "momentum": 0.9,
    "epsilon": 1.001e-5,
    "center": "true",
    "scale": "true",
    "beta_initializer": "zeros",
    "beta_regularizer": "null",
    "beta_constraint": "null",
    "gamma_initializer": "ones",
    "gamma_regularizer": "null",
    "gamma_constraint": "null",
    "moving_mean_initializer": "zeros",
    "moving_variance_initializer": "ones",
    "trainable": "true",
}
"""What is written out for each of them: as a tool would write a spec, defaults and all."""


class Network:
    """Collects layers and edges of a spec."""

    def __init__(self) -> None:
        self.layers: list[str] = []
        self.edges: list[str] = []

    def add(self, name: str, kind: str, source: str, **arguments: object) -> str:
        """A layer, one line for each argument, and the edge into it; returns its name."""
        self.layers.append(f"      {name}:" if arguments else f"      {name}: {kind}")
        if arguments:
            self.layers.append(f"        {kind}:")
            self.layers += written(arguments, 10)
        self.edges += [f"      - from: [{source}]", f"        to: {name}"]
        return name

    def convolution(self, name: str, source: str, *, relu: bool = True, **arguments: object) -> str:
        """Convolution, batch normalization and, where asked for, an activation."""
        last = self.add(f"{name}_conv", "Conv2D", source, **{**CONVOLUTION, **arguments})
        last = self.add(f"{name}_norm", "BatchNormalization", last, **NORMALIZATION)
        return self.add(f"{name}_relu", "Activation", last, activation="relu") if relu else last

    def block(self, name: str, source: str, filters: int, strides: int, *, shortcut: bool) -> str:
        """One bottleneck with its shortcut."""
        wide = {"filters": 4 * filters, "kernel_size": 1}
        other = source
        if shortcut:
            other = self.convolution(f"{name}_short", source, relu=False, **wide, strides=strides)
        last = self.convolution(
            f"{name}_1", source, filters=filters, kernel_size=1, strides=strides
        )
        last = self.convolution(f"{name}_2", last, filters=filters, kernel_size=3, padding="same")
        last = self.convolution(f"{name}_3", last, relu=False, **wide)
        self.add(f"{name}_add", "Add", f"{other}, {last}")
        return self.add(f"{name}_out", "Activation", f"{name}_add", activation="relu")


def written(values: dict[str, Any], indent: int) -> list[str]:
    """A mapping in block style, a line for each key."""
    lines = []
    for key, value in values.items():
        if isinstance(value, dict):
            lines += [f"{' ' * indent}{key}:", *written(value, indent + 2)]
        else:
            lines.append(f"{' ' * indent}{key}: {value}")
    return lines


def resnet50() -> str:
    """ResNet50 as text."""
    net = Network()
    last = net.add("stem_pad", "ZeroPadding2D", "image", padding="[[3, 3], [3, 3]]")
    last = net.convolution("stem", last, filters=64, kernel_size=7, strides=2)
    last = net.add("pool_pad", "ZeroPadding2D", last, padding="[[1, 1], [1, 1]]")
    last = net.add("pool", "MaxPooling2D", last, pool_size=3, strides=2)
    for stage, (filters, blocks) in enumerate(STAGES, start=2):
        for block in range(1, blocks + 1):
            strides = 2 if stage > 2 and block == 1 else 1
            name = f"stage{stage}_block{block}"
            last = net.block(name, last, filters, strides, shortcut=block == 1)
    last = net.add("average", "GlobalAveragePooling2D", last)
    net.add("classes", "Dense", last, units=1000, activation="softmax")
    lines = ["modelspec: 1", "name: resnet50", "model:", "  functional:", "    inputs:"]
    lines += ["      image:", "        shape: [224, 224, 3]", "    layers:", *net.layers]
    lines += ["    edges:", *net.edges, "    outputs: classes", ""]
    return "\n".join(lines)


def program(name: str) -> str:
    """A program beside this Python, or on the path."""
    beside = Path(sys.executable).with_name(name)
    found = str(beside) if beside.exists() else shutil.which(name)
    return found or sys.exit(f"{name} is not installed")


def main() -> int:
    """Print the ratio; 1 where it is above the bound."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--runs", type=int, default=9)
    parser.add_argument("--keep", type=Path, help="a folder to leave the two files in")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.keep or Path(temporary)
        spec, schema = folder / "resnet50.yaml", folder / "modelspec.schema.json"
        spec.write_text(resnet50(), encoding="utf-8")
        environment = with_bytecode(Path(temporary) / "bytecode")
        run([program("modelspec"), "schema", "-o", str(schema)], environment)
        print(f"{spec.name}: {len(spec.read_text(encoding='utf-8').splitlines()):,} lines")
        ours = [program("modelspec"), "validate", str(spec)]
        theirs = [program("check-jsonschema"), "--schemafile", str(schema), str(spec)]
        pairs = [
            (run(ours, environment).seconds, run(theirs, environment).seconds)
            for _ in range(options.runs + 1)
        ][1:]
        print(f"modelspec validate: {statistics.median(a for a, _ in pairs):.3f} s")
        print(f"check-jsonschema:   {statistics.median(b for _, b in pairs):.3f} s")
        ratio = statistics.median(a / b for a, b in pairs)
        print(f"ratio:              {ratio:.2f}")
    print(f"{'held' if ratio <= BOUND else 'missed'}: at most {BOUND}")
    return int(ratio > BOUND)


if __name__ == "__main__":
    sys.exit(main())
