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

from modelspec.analysis.lints.context import (
    Lint,
    LintContext,
    find_encoder,
    returns_integers,
    token_count,
)
from modelspec.diagnostics import Related
from modelspec.spec import Spec

CODE = "embedding-too-small"


def check(spec: Spec, context: LintContext) -> Iterator[Lint]:
    """A lint for each such Embedding."""
    for model in context.models:
        for call in model.calls_of("Embedding"):
            source = find_encoder(model, call)
            if source is None:
                continue
            encoder, layer = model.layer(source), model.layer(call)
            tokens = token_count(encoder.object) if returns_integers(encoder.object) else None
            rows = layer.object.args["input_dim"]
            if tokens is not None and rows < tokens:
                message = f'{rows} rows are too few: "{encoder.name}" gives up to {tokens} tokens'
                span = layer.object.arg_spans["input_dim"]
                related = (Related(encoder.span, "the tokens come from here"),)
                yield Lint(span, message, f"write `input_dim: {tokens}`", related)
