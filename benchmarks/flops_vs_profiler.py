"""modelspec's FLOPs of every architecture of `keras.applications`, and TensorFlow's profiler's.

For each: model -> `from_keras` -> spec -> static analysis, which counts FLOPs without TensorFlow;
and the same model as a graph for one example, whose float operations TensorFlow's profiler
counts. Both count a multiply-add as 2. The two are to be within 1 %.

The profiler adds up ops that have a FLOPs function registered and whose shapes it knows. Where it
is further off, the reason is measured, not told: Keras wraps a grouped convolution into a function
that XLA compiles, which the profiler counts as nothing, and behind which it knows no shapes. So
the graph is traced again with that one wrapper taken away, and what the profiler then counts more
is shown by op type. The two are then to be within 1 % too.

    python -m benchmarks.flops_vs_profiler [NAME ...]
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable
from typing import Any, NamedTuple
from unittest import mock

from benchmarks.applications import architectures, models, opened

BOUND = 0.01

PICTURE = (224, 224, 3)
"""For the architectures that take pictures of any size."""


class Row(NamedTuple):
    name: str
    ours: int
    counted: int
    whole: int
    reason: str
    unregistered: str

    @property
    def within(self) -> bool:
        """Whether the two agree, on what the profiler counts or on the whole."""
        return abs(self.ours / self.whole - 1) <= BOUND

    def __str__(self) -> str:
        return (
            f"{self.name:20} {self.ours / 1e9:9.4f} {self.counted / 1e9:9.4f} "
            f"{self.ours / self.counted:7.4f} {self.ours / self.whole:7.4f}"
            f"  {self.unregistered:32} {self.reason}"
        )


HEADER = (
    f"{'architecture':20} {'modelspec':>9} {'profiler':>9} {'ratio':>7} {'whole':>7}"
    f"  {'has no FLOPs registered':32} counted only when not compiled by XLA"
)


def plain_function(function: Callable[..., Any] | None = None, **_: Any) -> Any:
    """`tf.function` that wraps nothing."""
    return function if function is not None else lambda inner: inner


def graph_of(model: Any) -> Any:
    """The graph of inference for one example. (With the weights frozen it counts the same.)"""
    import tensorflow as tf
    from tensorflow.python.eager.def_function import function  # not the one that is patched below

    shape = [1, *model.input_shape[1:]]
    call = function(lambda x: model(x, training=False))
    return call.get_concrete_function(tf.TensorSpec(shape, tf.float32)).graph


def without_compilation(model: Any) -> Any:
    """The same graph with Keras's compiled functions written out in it."""
    with mock.patch("keras.src.backend.tensorflow.nn.tf.function", plain_function):
        return graph_of(model)


def profiled(graph: Any) -> int:
    """What the profiler counts."""
    from tensorflow.python.profiler.model_analyzer import profile
    from tensorflow.python.profiler.option_builder import ProfileOptionBuilder

    options = {**ProfileOptionBuilder.float_operation(), "output": "none"}
    return int(profile(graph, options=options).total_float_ops)


def by_type(graph: Any) -> tuple[Counter[str], Counter[str]]:
    """FLOPs by op type, and elements by type of op that has no FLOPs registered."""
    from tensorflow.python.framework import ops

    flops: Counter[str] = Counter()
    elements: Counter[str] = Counter()
    for op in graph.get_operations():
        try:
            found = ops.get_stats_for_node_def(graph, op.node_def, "flops").value
        except ValueError:  # a shape is not known
            continue
        if found is not None:
            flops[op.type] += int(found)
        elif op.inputs and op.type in COMPUTING:
            elements[op.type] += sum(t.shape.num_elements() or 0 for t in op.outputs)
    return flops, elements


COMPUTING = ("Relu", "Relu6", "Sigmoid", "Erfc", "Erf", "Tanh", "Exp", "Sqrt", "Selu", "Elu")
"""Op types that compute something for each element and have no FLOPs registered."""


def shares(parts: Counter[str], total: int) -> str:
    """`Relu6 0.99 %, ...`: the parts that are 0.05 % of the total or more."""
    large = [(name, size / total) for name, size in parts.most_common() if size / total >= 5e-4]
    return ", ".join(f"{name} {share:.2%}".replace("%", " %") for name, share in large)


def row_of(name: str, model: Any) -> Row:
    """One architecture; one that takes pictures of any size is made for one size."""
    if None in model.input_shape[1:]:
        model = architectures()[name](weights=None, input_shape=PICTURE)
    spec, _ = opened(name, model)
    ours = spec.analysis.flops
    assert ours is not None, f"{name}: the FLOPs are not known"
    graph = graph_of(model)
    counted = whole = profiled(graph)
    flops, elements = by_type(graph)
    reason = ""
    if abs(ours / counted - 1) > BOUND:
        more, _ = by_type(without_compilation(model))
        more.subtract(flops)
        whole = counted + more.total()
        reason = shares(more, ours)
    return Row(name, ours, counted, whole, reason, shares(elements, ours))


def main(names: list[str]) -> int:
    """Print the table of all architectures, or of those named; 1 where one differs."""
    print(HEADER)
    rows = []
    for name, model in models(names):
        rows.append(row_of(name, model))
        print(rows[-1], flush=True)
    near = sum(abs(row.ours / row.counted - 1) <= BOUND for row in rows)
    within = sum(row.within for row in rows)
    print(
        f"{near} of {len(rows)} within {BOUND:.0%} of what the profiler counts, {within} of "
        f"{len(rows)} within {BOUND:.0%} of what it counts once nothing is hidden from it"
    )
    return int(within < len(rows))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
