"""A mask that is dropped before any layer uses it.

`Embedding: {mask_zero: true}` and Masking mark the steps that are padding, so that LSTM, GRU,
attention or GlobalAveragePooling1D ignore them. Conv1D, Flatten, Reshape, the other pooling layers
and some more do not support masks: Keras drops the mask there, and padding counts like any step.

To fix it, use a layer that supports masks, or remove `mask_zero`, which then has no effect.

Fails:

    modelspec: 1
    model:
      sequential:
        input: {shape: [50], dtype: int32}
        layers:
          - Embedding: {input_dim: 1000, output_dim: 8, mask_zero: true}
          - GlobalMaxPooling1D
          - Dense: {units: 1}

Passes:

    modelspec: 1
    model:
      sequential:
        input: {shape: [50], dtype: int32}
        layers:
          - Embedding: {input_dim: 1000, output_dim: 8, mask_zero: true}
          - GlobalAveragePooling1D
          - Dense: {units: 1}
"""

from __future__ import annotations

from collections.abc import Iterator

from modelspec.analysis.lints.context import Lint, LintContext, ModelView
from modelspec.diagnostics import Related
from modelspec.graph import Call
from modelspec.layers import MaskHandling, traits_of
from modelspec.spec import Spec

CODE = "mask-dropped"


def check(spec: Spec, context: LintContext) -> Iterator[Lint]:
    """A lint for each layer that drops the mask."""
    for model in context.models:
        for call in model.calls_of("Embedding", "Masking"):
            layer = model.layer(call)
            if model.kind(call) == "Embedding" and layer.object.args.get("mask_zero") is not True:
                continue
            for dropping in _dropping_calls(model, call):
                message = f'{model.kind(dropping)} drops the mask of "{layer.name}"'
                hint = "use a layer that supports masks, or create no mask"
                related = (Related(layer.span, "the mask is created here"),)
                yield Lint(model.layer(dropping).span, message, hint, related)


def _dropping_calls(model: ModelView, call: Call) -> Iterator[Call]:
    for reader in model.readers(call):
        mask = traits_of(model.kind(reader)).mask
        if mask is MaskHandling.LOST:
            yield reader
        elif mask is MaskHandling.PASSED:
            yield from _dropping_calls(model, reader)
