"""A Flatten into a Dense that holds most of the model's weights.

Flatten of a feature map gives one number for each position and channel, and Dense has a weight for
each of them and each unit. Tens of millions of weights in one layer take most of the memory, and
learn the training examples by heart.

To fix it, write GlobalAveragePooling2D in place of Flatten, or shrink the map first. The lint
speaks from 10 million weights on, where they are at least half of the model.

Fails:

    modelspec: 1
    model:
      sequential:
        input: {shape: [128, 128, 3]}
        layers:
          - Conv2D: {filters: 64, kernel_size: 3, padding: same, activation: relu}
          - Flatten
          - Dense: {units: 128, activation: relu}
          - Dense: {units: 10, activation: softmax}

Passes:

    modelspec: 1
    model:
      sequential:
        input: {shape: [128, 128, 3]}
        layers:
          - Conv2D: {filters: 64, kernel_size: 3, padding: same, activation: relu}
          - GlobalAveragePooling2D
          - Dense: {units: 128, activation: relu}
          - Dense: {units: 10, activation: softmax}
"""

from __future__ import annotations

from collections.abc import Iterator

from modelspec.analysis.facts import count_parameters
from modelspec.analysis.lints.context import Lint, LintContext
from modelspec.diagnostics import Related
from modelspec.layers import traits_of
from modelspec.spec import Spec

CODE = "huge-flatten-dense"

LEAST = 10_000_000
SHARE = 0.5


def check(spec: Spec, context: LintContext) -> Iterator[Lint]:
    """A lint for each such Flatten."""
    everything = context.analysis.weights
    if everything is None:
        return
    total = count_parameters(everything)
    for model in context.models:
        for call in model.calls_of("Dense"):
            source = model.source(call)
            while source is not None and traits_of(model.kind(source)).is_dropout:
                source = model.source(source)
            weights = model.weights(model.layer(call))
            if source is None or model.kind(source) != "Flatten" or weights is None:
                continue
            held = count_parameters(weights)
            if held >= max(LEAST, SHARE * total):
                dense = model.layer(call)
                message = (
                    f'this Flatten gives the Dense "{dense.name}" {held:,} weights,'
                    f" {held / total:.0%} of the model"
                )
                hint = "write GlobalAveragePooling in its place, or shrink the map first"
                related = (Related(dense.span, "the Dense"),)
                yield Lint(model.layer(source).span, message, hint, related)
