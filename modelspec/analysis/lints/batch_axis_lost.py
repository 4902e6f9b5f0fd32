"""An output that is not one result for each example.

The first axis of each tensor is the batch. `ops.*` count it as axis 0, and some of them sum it
away, merge it with other axes or move it: `ops.sum` without `axis`, `ops.reshape` to [-1, 4],
`ops.transpose`, `ops.stack` and `ops.concatenate` along axis 0. Two tensors of shapes [] and [1]
stretch to a square of the batch. The model runs, but what it returns is not a prediction for each
example: its values and its size change with the batch, and a loss compares what does not belong
together.

To fix it, name axes from 1 on, or use the layer in place of the op: Reshape, Permute and Flatten
leave the batch alone.

Fails:

    modelspec: 1
    model:
      functional:
        inputs: {x: {shape: [8]}}
        layers: {guess: {Dense: {units: 4}}, total: {ops.sum: {}}}
        edges: ["x -> guess -> total"]
        outputs: total

Passes:

    modelspec: 1
    model:
      functional:
        inputs: {x: {shape: [8]}}
        layers: {guess: {Dense: {units: 4}}, total: {ops.sum: {axis: 1}}}
        edges: ["x -> guess -> total"]
        outputs: total
"""

from __future__ import annotations

from collections.abc import Iterator

from modelspec.analysis.lints.context import Lint, LintContext
from modelspec.layers.rule import BATCH_HINT, Tensor, loses_batch, trial_text
from modelspec.spec import Spec

CODE = "batch-axis-lost"


def check(spec: Spec, context: LintContext) -> Iterator[Lint]:
    """A lint for each output that is not per example."""
    graph = context.analysis.graph
    named = zip(graph.output_spans, context.analysis.outputs.items(), strict=False)
    for span, (name, tensor) in named:
        if isinstance(tensor, Tensor) and loses_batch(tensor):
            shape = trial_text(tensor.trial or ())
            message = (
                f"the output `{name}` is not one result for each example: its shape is {shape}"
            )
            yield Lint(span, message, BATCH_HINT)
