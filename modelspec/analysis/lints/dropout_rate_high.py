"""A Dropout that drops more than four values of five.

`rate` is the share that is dropped, not the share that is kept. Above 0.8 little is left to learn
from, and most often `0.9` was meant as "keep 90 %", as other libraries count.

To fix it, write the share to drop, usually 0.1 to 0.5.

Fails:

    modelspec: 1
    model:
      sequential:
        input: {shape: [8]}
        layers:
          - Dense: {units: 16, activation: relu}
          - Dropout: {rate: 0.9}
          - Dense: {units: 1}

Passes:

    modelspec: 1
    model:
      sequential:
        input: {shape: [8]}
        layers:
          - Dense: {units: 16, activation: relu}
          - Dropout: {rate: 0.1}
          - Dense: {units: 1}
"""

from __future__ import annotations

from collections.abc import Iterator

from modelspec.analysis.arguments import keras_class
from modelspec.analysis.lints.context import Lint, LintContext
from modelspec.layers import traits_of
from modelspec.spec import Spec

CODE = "dropout-rate-high"

MOST = 0.8


def check(spec: Spec, context: LintContext) -> Iterator[Lint]:
    """A lint for each such rate."""
    for _, item in context.layers:
        rate = item.args.get("rate")
        if traits_of(keras_class(item)).is_dropout and isinstance(rate, float) and rate > MOST:
            message = f"{item.class_name} drops {rate:.0%} of its input"
            hint = f"`rate` is the share to drop: to keep {rate:.0%}, write `rate: {1 - rate:.2g}`"
            yield Lint(item.arg_spans["rate"], message, hint)
