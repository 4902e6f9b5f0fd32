"""An Embedding with fewer rows than its input has tokens.

Embedding looks up row `n` of a table of `input_dim` rows. An index past the end of the table stops
the training on a CPU, and silently returns zeros on a GPU.

To fix it, set `input_dim` to the number of tokens that the layer before it may return: `max_tokens`
or `num_bins`; for a given vocabulary its length plus one for out-of-vocabulary tokens (plus two for
TextVectorization, which also has an index for padding).

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
                message = f'{rows} rows are too few: "{encoder.name}" returns up to {tokens} tokens'
                span = layer.object.arg_spans["input_dim"]
                related = (Related(encoder.span, "the tokens come from here"),)
                yield Lint(span, message, f"write `input_dim: {tokens}`", related)
