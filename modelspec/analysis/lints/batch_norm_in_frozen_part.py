"""A BatchNormalization that goes on learning between frozen layers.

In Keras a frozen BatchNormalization (`trainable: false`, or a name under `freeze`) uses the
statistics that it has: it is in inference mode. One that is not frozen takes those of each batch
and learns new ones, and the frozen layer behind it then gets other values than it was trained on.
That is why fine-tuning often begins with a sudden loss.

To fix it, freeze it too, with its name or a pattern such as `"*_bn"`. The lint is silent where the
layers before it or behind it learn as well, such as in a new head on a frozen model.

Fails:

    modelspec: 1
    model:
      sequential:
        input: {shape: [8]}
        layers:
          - Dense: {units: 8, use_bias: false, name: first}
          - BatchNormalization: {name: norm}
          - Dense: {units: 8, activation: relu, name: second}
          - Dense: {units: 1, name: head}
    training:
      optimizer: adam
      loss: mse
      freeze: [first, second]

Passes:

    modelspec: 1
    model:
      sequential:
        input: {shape: [8]}
        layers:
          - Dense: {units: 8, use_bias: false, name: first}
          - BatchNormalization: {name: norm}
          - Dense: {units: 8, activation: relu, name: second}
          - Dense: {units: 1, name: head}
    training:
      optimizer: adam
      loss: mse
      freeze: [first, norm, second]
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial

from modelspec.analysis.lints.context import Lint, LintContext, ModelView
from modelspec.diagnostics import Related
from modelspec.graph import Call
from modelspec.spec import Spec
from modelspec.spec.model import LayerSpec

CODE = "batch-norm-in-frozen-part"


def check(spec: Spec, context: LintContext) -> Iterator[Lint]:
    """A lint for each such layer."""
    if not context.frozen:
        return
    for model in context.models:
        for call in model.calls_of("BatchNormalization"):
            norm = model.layer(call)
            if id(norm) in context.frozen or norm.object.args.get("trainable") is False:
                continue
            before = _nearest(model, call, partial(_sources, model))
            behind = _nearest(model, call, model.readers)
            if not before or not behind:
                continue
            if all(id(layer) in context.frozen for layer in (*before, *behind)):
                message = (
                    f'"{norm.name}" learns new statistics, and "{before[0].name}" before it and'
                    f' "{behind[0].name}" behind it are frozen'
                )
                hint = f'add "{norm.name}" to `freeze`, or a pattern such as "*_bn"'
                related = (Related(behind[0].span, "it gets other values than it learned from"),)
                yield Lint(norm.span, message, hint, related)


def _sources(model: ModelView, call: Call) -> Iterator[Call]:
    for ref in call.reads():
        if ref.source in model.calls:
            yield model.calls[ref.source]


def _nearest(
    model: ModelView, call: Call, step: Callable[[Call], Iterable[Call]]
) -> list[LayerSpec]:
    """The nearest layers with weights in one direction, past those without; nothing where one is
    not known."""
    found, seen, waiting = dict[str, LayerSpec](), set[str](), list(step(call))
    while waiting:
        other = waiting.pop()
        if other.name in seen:
            continue
        seen.add(other.name)
        layer = model.layer(other)
        is_op = layer.object.class_name.startswith("ops.")
        weights = () if is_op else model.weights(layer)
        if weights is None:
            return []
        if weights:
            found[layer.name] = layer
        else:
            waiting += step(other)
    return list(found.values())
