"""An Embedding with fewer rows than there are tokens in front of it.

Embedding looks up row `n` of a table of `input_dim` rows. A number past its end stops a training
on a CPU, and on a GPU gives zeros without a word.

To fix it, let `input_dim` be the number of tokens that the layer in front may give: `max_tokens`
or `num_bins`; for a given vocabulary its length, and one for what is not in it (two for
TextVectorization, which also has a number for padding). For an input with `tokens` it is the
number that its tokenizer has under `data.tokens`.

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
from typing import NamedTuple

from modelspec.analysis.arguments import keras_class, layers_within
from modelspec.analysis.lints.context import (
    Lint,
    LintContext,
    ModelView,
    encoders_before,
    inputs_before,
    returns_integers,
    token_count,
)
from modelspec.diagnostics import Related, Span
from modelspec.graph import Call
from modelspec.layers import classes_with
from modelspec.spec import Spec
from modelspec.spec.data import tokenizer_of
from modelspec.spec.model import KerasObject, LayerSpec

CODE = "embedding-too-small"


def check(spec: Spec, context: LintContext) -> Iterator[Lint]:
    """A lint for each such Embedding, with the encoder of most tokens."""
    for model in context.models:
        for call in model.graph.calls:
            for table in _tables(model.layer(call)):
                origins = [
                    *_encoders(context, model, call),
                    *_tokenizers(spec, context, model, call),
                ]
                most = max(origins, key=lambda origin: origin.tokens, default=None)
                rows = table.args["input_dim"]
                if most is not None and rows < most.tokens:
                    message = (
                        f"{rows} rows are too few: {most.name} gives up to {most.tokens} tokens"
                    )
                    span = table.arg_spans["input_dim"]
                    related = (Related(most.span, "the tokens come from here"),)
                    yield Lint(span, message, f"write `input_dim: {most.tokens}`", related)


class TokenOrigin(NamedTuple):
    """What gives tokens: what messages call it, how many there may be, and where it stands."""

    name: str
    tokens: int
    span: Span


def _encoders(context: LintContext, model: ModelView, call: Call) -> Iterator[TokenOrigin]:
    for encoder in encoders_before(context, model, call):
        tokens = _tokens(encoder)
        if tokens is not None:
            yield TokenOrigin(f'"{encoder.name}"', tokens, encoder.span)


def _tokenizers(
    spec: Spec, context: LintContext, model: ModelView, call: Call
) -> Iterator[TokenOrigin]:
    """The tokenizers of the whole model's inputs that a call reads."""
    data = spec.data
    if data is None or not data.tokens:
        return
    fed = {columns.name: columns for columns in data.inputs or ()}
    for name in inputs_before(context, model, call):
        found = tokenizer_of(fed[name], data.tokens) if name in fed else None
        if found is not None and found.size is not None:
            yield TokenOrigin(f"the tokenizer `{found.name}`", found.size, found.place(found.kind))


def tables_of_inputs(context: LintContext) -> Iterator[tuple[KerasObject, str]]:
    """The layers that look numbers up, each with the inputs of the whole model that it reads."""
    for model in context.models:
        for call in model.graph.calls:
            for table in _tables(model.layer(call)):
                for name in inputs_before(context, model, call):
                    yield table, name


def _tables(layer: LayerSpec) -> Iterator[KerasObject]:
    """The layer, or those in its arguments, that look numbers up in a table."""
    if layer.object.model is None:
        tables = classes_with("has_table")
        yield from (item for item in layers_within(layer.object) if keras_class(item) in tables)


def _tokens(encoder: LayerSpec) -> int | None:
    return token_count(encoder.object) if returns_integers(encoder.object) else None
