"""A layer that computes with the numbers of categories.

StringLookup, IntegerLookup, Hashing and TextVectorization number categories in no order that
means anything. A Dense that takes the numbers reads "category 6 is twice category 3", and cannot
learn from that.

To fix it, write `output_mode: one_hot` (or `multi_hot`), or put an Embedding in between.

Fails:

    modelspec: 1
    model:
      sequential:
        input: {shape: [1], dtype: string}
        layers:
          - Hashing: {num_bins: 20}
          - Dense: {units: 1}

Passes:

    modelspec: 1
    model:
      sequential:
        input: {shape: [1], dtype: string}
        layers:
          - Hashing: {num_bins: 20, output_mode: one_hot}
          - Dense: {units: 1}
"""

from __future__ import annotations

from collections.abc import Iterator

from modelspec.analysis.lints.context import Lint, LintContext, ModelView, returns_integers
from modelspec.diagnostics import Related
from modelspec.graph import Call
from modelspec.layers import classes_with, traits_of
from modelspec.spec import Spec

CODE = "category-codes-as-numbers"

PASSED = classes_with("keeps_values") | {"Concatenate", "ops.cast", "ops.concatenate"}


def check(spec: Spec, context: LintContext) -> Iterator[Lint]:
    """A lint for each encoder whose numbers such a layer takes."""
    for model in context.models:
        for call in model.calls_of(*classes_with("is_lookup")):
            encoder = model.layer(call)
            taker = _computes(model, call) if returns_integers(encoder.object) else None
            if taker is not None:
                layer = model.layer(taker)
                kind = model.kind(taker)
                message = f'{kind} "{layer.name}" computes with the category numbers of this layer'
                hint = "write `output_mode: one_hot`, or put an Embedding in between"
                related = (Related(layer.span, f"the {kind}"),)
                yield Lint(encoder.span, message, hint, related)


def _computes(model: ModelView, call: Call) -> Call | None:
    """The first linear layer that the numbers reach unchanged."""
    for reader in model.readers(call):
        if traits_of(model.kind(reader)).is_linear:
            return reader
        if model.kind(reader) in PASSED:
            found = _computes(model, reader)
            if found is not None:
                return found
    return None
