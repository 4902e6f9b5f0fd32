"""An LSTM or GRU with an activation for which cuDNN has no kernel.

On a GPU Keras runs LSTM and GRU in one cuDNN kernel, often ten times as fast as step by step, but
only with `activation: tanh` and `recurrent_activation: sigmoid`, the defaults. `relu` is, besides,
prone to explode over many steps.

To fix it, leave the two arguments out. Where another activation is meant, write
`use_cudnn: false` to say so.

Fails:

    modelspec: 1
    model:
      sequential:
        input: {shape: [50, 8]}
        layers:
          - LSTM: {units: 32, activation: relu}
          - Dense: {units: 1}

Passes:

    modelspec: 1
    model:
      sequential:
        input: {shape: [50, 8]}
        layers:
          - LSTM: {units: 32}
          - Dense: {units: 1}
"""

from __future__ import annotations

from collections.abc import Iterator

from modelspec.analysis.arguments import complete, keras_class
from modelspec.analysis.lints.context import Lint, LintContext
from modelspec.analysis.losses import activation_name
from modelspec.spec import Spec

CODE = "recurrent-activation-off-cudnn"

NEEDED = {"activation": "tanh", "recurrent_activation": "sigmoid"}


def check(spec: Spec, context: LintContext) -> Iterator[Lint]:
    """A lint for each such argument."""
    for _, item in context.layers:
        args = complete(item)
        if keras_class(item) not in ("GRU", "LSTM") or args["use_cudnn"] is False:
            continue
        for key, needed in NEEDED.items():
            found = activation_name(args[key])
            if found not in (needed, None):
                message = (
                    f"`{key}: {found}` keeps {item.class_name} off its fast kernel on a GPU,"
                    f" which has {needed} only"
                )
                hint = f"leave `{key}` out, or say that it is meant with `use_cudnn: false`"
                yield Lint(item.arg_spans.get(key, item.span), message, hint)
