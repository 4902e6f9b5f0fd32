"""An Embedding with fewer rows than there are tokens in front of it.

Embedding looks up row `n` of a table of `input_dim` rows. A number past its end stops a training
on a CPU, and on a GPU gives zeros without a word.

To fix it, let `input_dim` be the number of tokens that the layer in front may give: `max_tokens`
or `num_bins`; for a given vocabulary its length, and one for what is not in it (two for
TextVectorization, which also has a number for padding).

Fails:

    modelspec: 1
    model:
      sequential:
        input: {shape: [1], dtype: string}
        layers:
          - Hashing: {num_bins: 100}
          - Embedding: {input_dim: 50, output_dim: 8}
          - Flatten
          - Dense: {units: 1}

Passes:

    modelspec: 1
    model:
      sequential:
        input: {shape: [1], dtype: string}
        layers:
          - Hashing: {num_bins: 100}
          - Embedding: {input_dim: 100, output_dim: 8}
          - Flatten
          - Dense: {units: 1}
"""

from __future__ import annotations

from collections.abc import Iterator

from modelspec.analysis.arguments import keras_class
from modelspec.analysis.lints.context import (
    Lint,
    LintContext,
    encoders_before,
    layers_within,
    returns_integers,
    token_count,
)
from modelspec.diagnostics import Related
from modelspec.layers import classes_with
from modelspec.spec import Spec
from modelspec.spec.model import KerasObject, LayerSpec

CODE = "embedding-too-small"


def check(spec: Spec, context: LintContext) -> Iterator[Lint]:
    """A lint for each such Embedding, with the encoder of most tokens."""
    for model in context.models:
        for call in model.graph.calls:
            for table in _tables(model.layer(call)):
                counted = [
                    (tokens, encoder)
                    for encoder in encoders_before(context, model, call)
                    if (tokens := _tokens(encoder)) is not None
                ]
                tokens, encoder = max(counted, key=lambda pair: pair[0], default=(0, None))
                rows = table.args["input_dim"]
                if encoder is not None and rows < tokens:
                    message = (
                        f'{rows} rows are too few: "{encoder.name}" gives up to {tokens} tokens'
                    )
                    span = table.arg_spans["input_dim"]
                    related = (Related(encoder.span, "the tokens come from here"),)
                    yield Lint(span, message, f"write `input_dim: {tokens}`", related)


def _tables(layer: LayerSpec) -> Iterator[KerasObject]:
    """The layer, or those in its arguments, that look numbers up in a table."""
    if layer.object.model is None:
        tables = classes_with("has_table")
        yield from (item for item in layers_within(layer.object) if keras_class(item) in tables)


def _tokens(encoder: LayerSpec) -> int | None:
    return token_count(encoder.object) if returns_integers(encoder.object) else None
