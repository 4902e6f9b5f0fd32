"""A mask that is made, and lost before any layer makes use of it.

`Embedding: {mask_zero: true}` and Masking mark the steps that are padding, so that LSTM, GRU,
attention or GlobalAveragePooling1D pass them over. Conv1D, Flatten, Reshape, the other poolings
and some more know no masks: Keras drops the mask there, and padding counts like anything else.
Add, Multiply and the other merging layers but Concatenate keep a mask only if each of their
tensors has one.

To fix it, let a layer that knows masks follow, or remove `mask_zero`, which then does nothing.

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
    """A lint for each layer that loses the mask."""
    for model in context.models:
        for call in model.calls_of("Embedding", "Masking"):
            layer = model.layer(call)
            if model.kind(call) == "Embedding" and layer.object.args.get("mask_zero") is not True:
                continue
            for loser in _losers(model, call):
                message = f'{model.kind(loser)} loses the mask that "{layer.name}" makes'
                hint = "let a layer that knows masks follow, or make no mask"
                related = (Related(layer.span, "the mask is made here"),)
                yield Lint(model.layer(loser).span, message, hint, related)


def _losers(model: ModelView, call: Call) -> Iterator[Call]:
    """The calls where the mask that a call makes is gone, each once."""
    found, seen = [call], {call.name}
    while found:
        for reader in model.readers(found.pop()):
            if reader.name in seen:
                continue
            seen.add(reader.name)
            mask = traits_of(model.kind(reader)).mask
            if mask is MaskHandling.LOST or (mask is MaskHandling.MERGED and _ends(model, reader)):
                yield reader
            elif mask in (MaskHandling.PASSED, MaskHandling.MERGED):
                found.append(reader)


def _ends(model: ModelView, call: Call) -> bool:
    output = model.output(call)
    return output is not None and output.mask is None
