"""`jit_compile: true` in a model with layers that XLA cannot compile.

Layers that look text or categories up, and some that change images at random, run in ways that XLA
has no code for. Where a model has one, Keras prints a warning and trains without XLA, whatever
`jit_compile` says.

To fix it, remove `jit_compile`, or let `data` do what the layer does: `labels` and `data.tokens`
number categories and texts, `data.augment` changes images.

Fails:

    modelspec: 1
    model:
      sequential:
        input: {shape: [1], dtype: string}
        layers:
          - StringLookup: {vocabulary: [red, green, blue], output_mode: one_hot}
          - Dense: {units: 1}
    training:
      optimizer: adam
      loss: mse
      jit_compile: true

Passes:

    modelspec: 1
    model:
      sequential:
        input: {shape: [1], dtype: string}
        layers:
          - StringLookup: {vocabulary: [red, green, blue], output_mode: one_hot}
          - Dense: {units: 1}
    training:
      optimizer: adam
      loss: mse
"""

from __future__ import annotations

from collections.abc import Iterator

from modelspec.analysis.arguments import keras_class
from modelspec.analysis.lints.context import Lint, LintContext
from modelspec.diagnostics import Related
from modelspec.document import value_span
from modelspec.layers import classes_with
from modelspec.spec import Spec

CODE = "jit-compile-ignored"


def check(spec: Spec, context: LintContext) -> Iterator[Lint]:
    """One lint, at the key, which names the first of the layers."""
    if spec.training is None or spec.training.jit_compile is not True:
        return
    kinds = classes_with("never_compiled")
    item = next((item for _, item in context.layers if keras_class(item) in kinds), None)
    if item is None:
        return
    kind = keras_class(item)
    message = f"`jit_compile: true` has no effect: Keras trains a model with {kind} without XLA"
    section = spec.document["training"]
    span = value_span(section, "jit_compile", section.span)
    related = (Related(item.span, "the layer is here"),)
    yield Lint(span, message, "remove it", related)
