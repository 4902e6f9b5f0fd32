"""A stateful recurrent layer, trained on examples in random order.

`stateful: true` begins each batch with the state in which the batch before it ended. That has a
meaning where row `n` of a batch goes on where row `n` of the last one stopped. Training on a table
or on arrays shuffles the examples anew each epoch, so each begins with the state of an unrelated
one.

To fix it, remove `stateful: true`.

Fails:

    modelspec: 1
    model:
      sequential:
        input: {shape: [50, 8], batch_size: 16}
        layers:
          - LSTM: {units: 32, stateful: true}
          - Dense: {units: 1}
    data: {train: {npz: train.npz}, targets: y, batch_size: 16}
    training: {optimizer: adam, loss: mse}

Passes:

    modelspec: 1
    model:
      sequential:
        input: {shape: [50, 8]}
        layers:
          - LSTM: {units: 32}
          - Dense: {units: 1}
    data: {train: {npz: train.npz}, targets: y, batch_size: 16}
    training: {optimizer: adam, loss: mse}
"""

from __future__ import annotations

from collections.abc import Iterator

from modelspec.analysis.lints.context import Lint, LintContext
from modelspec.diagnostics import Related
from modelspec.spec import Spec
from modelspec.spec.data import TABLES

CODE = "stateful-while-shuffled"

SHUFFLED = {*TABLES, "npz"}


def check(spec: Spec, context: LintContext) -> Iterator[Lint]:
    """A lint for each such layer."""
    if spec.training is None or spec.data is None or spec.data.train.kind not in SHUFFLED:
        return
    for _, item in context.layers:
        if item.args.get("stateful") is True:
            message = (
                f"this {item.class_name} carries its state from one example to another,"
                " and training shuffles them"
            )
            related = (Related(spec.data.train.span, "the examples"),)
            span = item.arg_spans["stateful"]
            yield Lint(span, message, "remove `stateful: true`", related)
