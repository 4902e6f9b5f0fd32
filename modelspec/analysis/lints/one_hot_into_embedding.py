"""An Embedding of one-hot columns.

Embedding takes the number of a category and looks up its row. One-hot (or multi-hot, or counted)
columns hold 0 and 1: each column is looked up as if it were a category, and only the first two
rows are ever used.

To fix it, let the layer in front give numbers, `output_mode: int`; or write Dense with
`use_bias: false` in place of Embedding, which is the same for one-hot columns.

Fails:

    modelspec: 1
    model:
      sequential:
        input: {shape: [1], dtype: string}
        layers:
          - Hashing: {num_bins: 100, output_mode: one_hot}
          - Embedding: {input_dim: 100, output_dim: 8}
          - Flatten
          - Dense: {units: 1}

Passes:

    modelspec: 1
    model:
      sequential:
        input: {shape: [1], dtype: string}
        layers:
          - Hashing: {num_bins: 100, output_mode: int}
          - Embedding: {input_dim: 100, output_dim: 8}
          - Flatten
          - Dense: {units: 1}
"""

from __future__ import annotations

from collections.abc import Iterator

from modelspec.analysis.arguments import complete
from modelspec.analysis.lints.context import Lint, LintContext, find_encoder
from modelspec.diagnostics import Related
from modelspec.spec import Spec

CODE = "one-hot-into-embedding"

COLUMNS = ("count", "multi_hot", "one_hot", "tf_idf")


def check(spec: Spec, context: LintContext) -> Iterator[Lint]:
    """A lint for each such Embedding."""
    for model in context.models:
        for call in model.calls_of("Embedding"):
            source = find_encoder(model, call)
            if source is None:
                continue
            encoder = model.layer(source)
            mode = complete(encoder.object)["output_mode"]
            if mode in COLUMNS:
                message = f'Embedding looks up numbers, and "{encoder.name}" gives {mode} columns'
                span = encoder.object.arg_spans.get("output_mode", encoder.span)
                related = (Related(span, f"{mode} is here"),)
                hint = (
                    f'write `output_mode: int` in "{encoder.name}", or Dense in place of Embedding'
                )
                yield Lint(model.layer(call).span, message, hint, related)
