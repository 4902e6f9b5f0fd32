"""Attention on one vector for each example: it attends from example to example.

Attention and AdditiveAttention attend along the second axis from the end. On a tensor of two axes
(batch, features) that is the batch: what an example gets depends on which others are in its batch,
and changes from batch to batch.

To fix it, give each example an axis of steps, (batch, steps, features).

Fails:

    modelspec: 1
    model:
      functional:
        inputs: {x: {shape: [8]}, memory: {shape: [8]}}
        layers: {look: Attention, guess: {Dense: {units: 1}}}
        edges: ["x, memory -> look -> guess"]
        outputs: guess

Passes:

    modelspec: 1
    model:
      functional:
        inputs: {x: {shape: [5, 8]}, memory: {shape: [9, 8]}}
        layers: {look: Attention, guess: {Dense: {units: 1}}}
        edges: ["x, memory -> look -> guess"]
        outputs: guess
"""

from __future__ import annotations

from collections.abc import Iterator

from modelspec.analysis.lints.context import Lint, LintContext
from modelspec.layers.rule import Tensor
from modelspec.spec import Spec

CODE = "attention-across-examples"


def check(spec: Spec, context: LintContext) -> Iterator[Lint]:
    """A lint for each call whose query has no axis of steps."""
    for model in context.models:
        for call in model.calls_of("AdditiveAttention", "Attention"):
            query = next((model.analysis.tensors.get(ref.source) for ref in call.reads()), None)
            if isinstance(query, Tensor) and query.rank == 2:
                message = (
                    f'"{model.layer(call).name}" attends from example to example: its query, of '
                    f"shape {query.shape}, has no axis of steps"
                )
                hint = "give each example an axis of steps, with Reshape or in the input's `shape`"
                yield Lint(call.span, message, hint)
