"""A BatchNormalization that sees the share of one worker, in a training that several divide.

Each worker has a share of the batch, and a BatchNormalization takes its mean and variance over
that share alone: other values than one worker would have, and noisy ones where shares are small.
With `synchronized: true` the workers add up their sums first, and the result is that of one worker;
this costs one exchange more for each layer and step.

To fix it, write `synchronized: true`. The layers inside an `applications.NAME` have no such
argument: freeze it (`trainable: false`), or keep the shares large. A frozen BatchNormalization uses
the statistics that it has, so it is not reported.

Fails:

    modelspec: 1
    model:
      sequential:
        input: {shape: [8]}
        layers:
          - Dense: {units: 16, use_bias: false}
          - BatchNormalization
          - ReLU
          - Dense: {units: 1}
    training: {optimizer: adam, loss: mse, distribute: mirrored}

Passes:

    modelspec: 1
    model:
      sequential:
        input: {shape: [8]}
        layers:
          - Dense: {units: 16, use_bias: false}
          - BatchNormalization: {synchronized: true}
          - ReLU
          - Dense: {units: 1}
    training: {optimizer: adam, loss: mse, distribute: mirrored}
"""

from __future__ import annotations

from collections.abc import Iterator

from modelspec.analysis.arguments import keras_class, layers_within
from modelspec.analysis.facts import Analysis, LayerFacts
from modelspec.analysis.frozen_weights import with_frozen_weights
from modelspec.analysis.lints.context import Lint, LintContext
from modelspec.diagnostics import Related, Span
from modelspec.spec import Spec
from modelspec.spec.model import KerasObject

CODE = "batch-norm-not-synchronized"

NORM = "BatchNormalization"

HINT = "write `synchronized: true`"


def check(spec: Spec, context: LintContext) -> Iterator[Lint]:
    """A lint for each such layer, and one for each application that has some."""
    if spec.training is None or not spec.is_divided:
        return
    analysis = context.analysis
    if spec.training.freeze:
        analysis = with_frozen_weights(analysis, spec.training.freeze)
    given = spec.training.distribute
    related = () if given is None else (Related(given.span, "the batches are divided here"),)
    seen = set[Span]()
    for lint in _of_model(analysis):
        if lint.span not in seen:  # a block may be used many times
            seen.add(lint.span)
            yield lint._replace(related=related)


def _of_model(analysis: Analysis) -> Iterator[Lint]:
    for facts in analysis.layers.values():
        item, nested = facts.layer.object, facts.calls[0].nested
        if item.args.get("trainable") is False:  # and with it all that is inside
            continue
        if nested is not None and item.model is not None:
            yield from _of_model(nested)
        elif nested is not None:
            yield from _of_application(facts, nested)
        elif _is_trained(facts):
            yield from _of_layer(item)


def _of_layer(item: KerasObject) -> Iterator[Lint]:
    for inner in layers_within(item):
        if _takes_own_share(inner):
            message = "this BatchNormalization takes the mean and variance of one worker's share"
            yield Lint(inner.span, f"{message} of the batch", HINT)


def _of_application(facts: LayerFacts, nested: Analysis) -> Iterator[Lint]:
    inside = [one for one in nested.innermost_layers() if _takes_own_share(one.layer.object)]
    count = sum(map(_is_trained, inside))
    if count:
        name = facts.layer.object.class_name
        norms = "the BatchNormalization" if count == 1 else f"{count} BatchNormalization layers"
        message = f"{norms} inside {name} take the mean and variance of one worker's share of the"
        hint = "write `trainable: false`, or keep the shares large: it has no `synchronized`"
        yield Lint(facts.layer.span, f"{message} batch", hint)


def _takes_own_share(item: KerasObject) -> bool:
    return keras_class(item) == NORM and item.args.get("synchronized") is not True


def _is_trained(facts: LayerFacts) -> bool:
    """Whether it is not frozen."""
    return facts.weights is None or any(weight.trainable for weight in facts.weights)
