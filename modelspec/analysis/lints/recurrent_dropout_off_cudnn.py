"""An LSTM or GRU with `recurrent_dropout`, for which cuDNN has no kernel.

On a GPU Keras runs LSTM and GRU in one cuDNN kernel, often ten times as fast as step by step.
`recurrent_dropout` draws a mask at each step, which the kernel cannot do, so all of the layer runs
step by step.

To fix it, write `dropout`, which drops inputs and keeps the fast kernel. Where
`recurrent_dropout` is worth the time, write `use_cudnn: false` to say so.

Fails:

    modelspec: 1
    model:
      sequential:
        input: {shape: [50, 8]}
        layers:
          - LSTM: {units: 32, recurrent_dropout: 0.2}
          - Dense: {units: 1}

Passes:

    modelspec: 1
    model:
      sequential:
        input: {shape: [50, 8]}
        layers:
          - LSTM: {units: 32, dropout: 0.2}
          - Dense: {units: 1}
"""

from __future__ import annotations

from collections.abc import Iterator

from modelspec.analysis.arguments import complete, keras_class
from modelspec.analysis.lints.context import Lint, LintContext
from modelspec.spec import Spec

CODE = "recurrent-dropout-off-cudnn"


def check(spec: Spec, context: LintContext) -> Iterator[Lint]:
    """A lint for each such layer."""
    for _, item in context.layers:
        args = complete(item)
        if keras_class(item) not in ("GRU", "LSTM") or args["use_cudnn"] is False:
            continue
        if args["recurrent_dropout"]:
            message = f"`recurrent_dropout` keeps {item.class_name} off its fast kernel on a GPU"
            hint = "write `dropout`, or say that it is meant with `use_cudnn: false`"
            yield Lint(item.arg_spans["recurrent_dropout"], message, hint)
