"""A layer with a bias right before BatchNormalization.

BatchNormalization takes away the mean of each channel, and with it whatever the bias has added;
then it adds its own `beta`. The bias is never of any use, and costs memory, a gradient and time.

To fix it, write `use_bias: false` for the layer in front. The lint is silent where the weights
come from a file (`initial_weights`), which has the bias in it, and where BatchNormalization is
frozen or has no `center`.

Fails:

    modelspec: 1
    model:
      sequential:
        input: {shape: [32, 32, 3]}
        layers:
          - Conv2D: {filters: 16, kernel_size: 3}
          - BatchNormalization
          - ReLU

Passes:

    modelspec: 1
    model:
      sequential:
        input: {shape: [32, 32, 3]}
        layers:
          - Conv2D: {filters: 16, kernel_size: 3, use_bias: false}
          - BatchNormalization
          - ReLU
"""

from __future__ import annotations

from collections.abc import Iterator

from modelspec.analysis.arguments import complete
from modelspec.analysis.lints.context import Lint, LintContext, ModelView
from modelspec.analysis.losses import activation_of
from modelspec.diagnostics import Related
from modelspec.graph import Call
from modelspec.layers import traits_of
from modelspec.spec import Spec

CODE = "bias-before-batch-norm"


def check(spec: Spec, context: LintContext) -> Iterator[Lint]:
    """A lint for each such layer."""
    if spec.training is not None and spec.training.initial_weights is not None:
        return
    for model in context.models:
        for call in model.calls_of("BatchNormalization"):
            source = model.source(call)
            if source is None or not _wastes_bias(model, source, call):
                continue
            norm, layer = model.layer(call), model.layer(source)
            if not context.frozen.isdisjoint((id(norm), id(layer))):
                continue
            message = f'BatchNormalization "{norm.name}" takes away the bias of this layer'
            span = layer.object.arg_spans.get("use_bias", layer.span)
            related = (Related(norm.span, "the BatchNormalization"),)
            yield Lint(span, message, "write `use_bias: false`", related)


def _wastes_bias(model: ModelView, source: Call, call: Call) -> bool:
    item, norm = model.layer(source).object, model.layer(call).object
    if not traits_of(model.kind(source)).is_linear or model.kind(source) == "EinsumDense":
        return False
    given, after = complete(item), complete(norm)
    tensor = model.input(call)
    rank = None if tensor is None else tensor.rank
    channels = (1,) if given.get("data_format") == "channels_first" else (-1, (rank or 0) - 1)
    alone = model.only_reader(source) is call
    once = model.called_once(source) and model.called_once(call)
    learns = not any(args.get("trainable") is False for args in (given, after))
    plain = given["use_bias"] and activation_of(item) == "linear" and after["axis"] in channels
    return bool(alone and once and learns and after["center"] and plain)
