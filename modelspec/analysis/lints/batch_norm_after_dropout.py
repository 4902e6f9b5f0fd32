"""BatchNormalization on values that Dropout has just changed.

While training, Dropout makes the values vary more, and BatchNormalization learns that variance.
When the model predicts, nothing is dropped, the variance is smaller than the one learned, and the
normalised values are off (Li et al. 2019, "Understanding the Disharmony between Dropout and Batch
Normalization by Variance Shift").

To fix it, move the Dropout behind the BatchNormalization, or leave one of the two out.

Fails:

    modelspec: 1
    model:
      sequential:
        input: {shape: [8]}
        layers:
          - Dense: {units: 16, activation: relu}
          - Dropout: {rate: 0.5}
          - BatchNormalization
          - Dense: {units: 1}

Passes:

    modelspec: 1
    model:
      sequential:
        input: {shape: [8]}
        layers:
          - Dense: {units: 16, activation: relu}
          - BatchNormalization
          - Dropout: {rate: 0.5}
          - Dense: {units: 1}
"""

from __future__ import annotations

from collections.abc import Iterator

from modelspec.analysis.lints.context import Lint, LintContext
from modelspec.diagnostics import Related
from modelspec.layers import classes_with, traits_of
from modelspec.spec import Spec

CODE = "batch-norm-after-dropout"


def check(spec: Spec, context: LintContext) -> Iterator[Lint]:
    """A lint for each such BatchNormalization."""
    for model in context.models:
        for call in model.calls_of("BatchNormalization"):
            source = model.source(call)
            while source is not None and model.kind(source) in classes_with("keeps_values"):
                source = model.source(source)
            if source is None or not traits_of(model.kind(source)).is_dropout:
                continue
            dropout, norm = model.layer(source), model.layer(call)
            if dropout.object.args.get("rate") == 0 or norm.object.args.get("trainable") is False:
                continue
            message = f'this BatchNormalization learns the variance that "{dropout.name}" makes'
            related = (Related(dropout.span, f"the {dropout.object.class_name}"),)
            yield Lint(norm.span, message, "move the dropout behind it", related)
