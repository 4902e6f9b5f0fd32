"""The static analysis of every architecture of `keras.applications`, held to Keras, as a table.

For each: model -> `from_keras` -> spec -> static analysis, and then the parameters (all of them,
and those that are trained), and the shape and dtype of every result of every layer, are compared
with those of the Keras model. What the analysis does not know counts as wrong.

The lints should be silent, or right: each code that speaks is asked of the Keras model too, by a
check of its own, and is shown as "right" where Keras's model is what the lint says it is. (An
imported spec carries a comment that silences these; here they are heard.)

    python -m benchmarks.agree_applications [NAME ...]
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from math import prod
from typing import Any, NamedTuple

from benchmarks.applications import models, opened
from modelspec.analysis.facts import Analysis, count_parameters, tensors_of


def is_chain(model: Any) -> bool:
    """Every layer reads one tensor, and every tensor is read once: it could be `sequential`."""
    nodes = [node for operation in model.operations for node in operation._inbound_nodes]
    parents = [id(parent) for node in nodes for parent in node.parent_nodes]
    return len(set(parents)) == len(parents) == len(nodes) - 1


def has_bias_before_norm(model: Any) -> bool:
    """A layer with a bias is read by batch normalization alone, which takes the bias away."""
    return any(
        getattr(layer, "use_bias", False)
        and {type(node.operation).__name__ for node in layer._outbound_nodes}
        == {"BatchNormalization"}
        for layer in model.layers
    )


def has_huge_dense(model: Any) -> bool:
    """One Dense layer behind a Flatten holds most of all parameters."""
    return any(
        type(node.operation).__name__ == "Dense"
        and node.operation.count_params() > model.count_params() / 2
        for layer in model.layers
        if type(layer).__name__ == "Flatten"
        for node in layer._outbound_nodes
    )


RIGHT: dict[str, Callable[[Any], bool]] = {
    "functional-is-a-chain": is_chain,
    "bias-before-batch-norm": has_bias_before_norm,
    "huge-flatten-dense": has_huge_dense,
}
"""For each lint that may speak: whether a Keras model is what the lint says."""


class Row(NamedTuple):
    name: str
    layers: int
    shapes: int
    params: int | None
    keras: int
    faults: tuple[str, ...]
    lints: tuple[str, ...]
    wrong: tuple[str, ...]

    def __str__(self) -> str:
        ours = "unknown" if self.params is None else f"{self.params:,}"
        result = "; ".join(self.faults[:3]) or "equal"
        spoken = ", ".join(f"{c} ({'wrong' if c in self.wrong else 'right'})" for c in self.lints)
        return (
            f"{self.name:20} {self.layers:6} {self.shapes:6} {ours:>12} {self.keras:12,}"
            f"  {result:6}  {spoken or 'silent'}"
        )


HEADER = (
    f"{'architecture':20} {'layers':>6} {'shapes':>6} {'params':>12} {'of Keras':>12}"
    f"  {'result':6}  lints"
)


def shapes_of(value: Any) -> list[str]:
    """Shape and dtype of each tensor of a structure, as text; the batch axis is left out."""
    return [
        "unknown" if tensor is None else f"{tuple(tensor.shape)[1:]} {tensor.dtype}"
        for tensor in value
    ]


def in_keras(model: Any) -> dict[str, list[list[str]]]:
    """What each call of each layer of a Keras model gives, by the layer's name."""
    import keras

    return {
        operation.name: [
            shapes_of(keras.tree.flatten(node.output_tensors)) for node in operation._inbound_nodes
        ]
        for operation in (getattr(model, "_functional", None) or model).operations
        if type(operation).__name__ != "InputLayer"
    }


def differences(analysis: Analysis, model: Any, expected: dict[str, Any]) -> Iterator[str]:
    """All in which the analysis is not what Keras built."""
    weights = analysis.weights
    if weights is None:
        yield "the parameters are not known"
    else:
        trained = count_parameters(weight for weight in weights if weight.trainable)
        built = sum(prod(weight.shape) for weight in model.trainable_weights)
        if (count_parameters(weights), trained) != (model.count_params(), built):
            yield f"{count_parameters(weights):,} ({trained:,} trained) parameters"
    found = {
        name: [shapes_of(tensors_of(call.output)) for call in layer.calls]
        for name, layer in analysis.layers.items()
    }
    if found.keys() != expected.keys():
        yield f"other layers: {sorted(found.keys() ^ expected.keys())[:3]}"
    for name in found.keys() & expected.keys():
        if found[name] != expected[name]:
            yield f"{name}: {found[name]}, not {expected[name]}"


def row_of(name: str, model: Any) -> Row:
    """One architecture."""
    spec, findings = opened(name, model)
    expected = in_keras(model)
    shapes = sum(len(call) for calls in expected.values() for call in calls)
    weights = spec.analysis.weights
    lints = tuple(dict.fromkeys(finding.code for finding in findings.sorted()))
    return Row(
        name,
        len(expected),
        shapes,
        None if weights is None else count_parameters(weights),
        model.count_params(),
        tuple(differences(spec.analysis, model, expected)),
        lints,
        tuple(code for code in lints if code not in RIGHT or not RIGHT[code](model)),
    )


def main(names: list[str]) -> int:
    """Print the table of all architectures, or of those named; 1 where one differs."""
    print(HEADER)
    rows = []
    for name, model in models(names):
        rows.append(row_of(name, model))
        print(rows[-1], flush=True)
    equal = sum(not row.faults for row in rows)
    silent = sum(not row.lints for row in rows)
    wrong = sum(bool(row.wrong) for row in rows)
    shapes, layers = sum(row.shapes for row in rows), sum(row.layers for row in rows)
    print(
        f"{equal} of {len(rows)} equal Keras in parameters and in all {shapes:,} shapes of "
        f"{layers:,} layers; the lints are silent on {silent}, right on "
        f"{len(rows) - silent - wrong}, wrong on {wrong}"
    )
    return int(equal < len(rows) or wrong > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
