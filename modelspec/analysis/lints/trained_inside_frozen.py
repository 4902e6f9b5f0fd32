"""A layer with `trainable: false` whose weights are trained all the same.

Wrappers, RNN, convolutional LSTMs and attention keep their weights in layers inside them. Keras
does not hand `trainable: false` down to these while it builds the model, so that training moves
them.

To fix it, name the layer under `freeze` in `training`, which freezes all that is inside it, or
write `trainable: false` on the layer inside.

Fails:

    modelspec: 1
    model:
      sequential:
        input: {shape: [3, 4]}
        layers:
          - Bidirectional: {layer: {LSTM: {units: 6}}, trainable: false}
          - Dense: {units: 1}

Passes:

    modelspec: 1
    model:
      sequential:
        input: {shape: [3, 4]}
        layers:
          - Bidirectional: {layer: {LSTM: {units: 6, trainable: false}}}
          - Dense: {units: 1}
"""

from __future__ import annotations

from collections.abc import Iterator

from modelspec.analysis.arguments import keras_class
from modelspec.analysis.lints.context import Lint, LintContext
from modelspec.layers import classes_with
from modelspec.spec import Spec

CODE = "trained-inside-frozen"


def check(spec: Spec, context: LintContext) -> Iterator[Lint]:
    """A lint for each such layer."""
    for _, item in context.layers:
        kind = keras_class(item)
        if item.args.get("trainable") is False and kind in classes_with("trains_inside"):
            message = (
                f"`trainable: false` does not reach the layers inside {kind}: Keras trains their "
                "weights all the same"
            )
            hint = "name the layer under `freeze` in `training`"
            if "layer" in item.args or "cell" in item.args:
                hint += ", or write `trainable: false` on the layer inside it"
            yield Lint(item.arg_spans.get("trainable", item.span), message, hint)
