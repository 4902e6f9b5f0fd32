"""A penalty on the output of a layer that TimeDistributed hides.

Keras adds the penalty of an `activity_regularizer` where a layer is called. TimeDistributed does
not call its layer, it runs the layer's computation for each step (`layer.call` in Keras 3), and
the loss never has the penalty. Penalties on weights, such as `kernel_regularizer`, count as always.

To fix it, put an ActivityRegularization after the wrapper. It adds the penalty of all steps,
divided by the number of examples of the batch.

Fails:

    modelspec: 1
    model:
      sequential:
        input: {shape: [50, 8, 8, 3]}
        layers:
          - TimeDistributed:
              layer: {Conv2D: {filters: 4, kernel_size: 3, activity_regularizer: l2}}

Passes:

    modelspec: 1
    model:
      sequential:
        input: {shape: [50, 8, 8, 3]}
        layers:
          - TimeDistributed: {layer: {Conv2D: {filters: 4, kernel_size: 3}}}
          - ActivityRegularization: {l2: 0.01}
"""

from __future__ import annotations

from collections.abc import Iterator

from modelspec.analysis.arguments import keras_class
from modelspec.analysis.lints.context import Lint, LintContext
from modelspec.spec import Spec
from modelspec.spec.model import KerasObject

CODE = "activity-penalty-dropped"


def check(spec: Spec, context: LintContext) -> Iterator[Lint]:
    """A lint for each such wrapper."""
    for _, item in context.layers:
        inner = item.args.get("layer")
        if keras_class(item) != "TimeDistributed" or not isinstance(inner, KerasObject):
            continue
        message = "TimeDistributed runs {} without its penalty on the output: the loss has none"
        hint = "put an ActivityRegularization after the TimeDistributed"
        if keras_class(inner) == "ActivityRegularization":
            hint += ", in place of it"
            yield Lint(inner.span, message.format(inner.class_name), hint)
        elif inner.model is None and inner.args.get("activity_regularizer") is not None:
            span = inner.arg_spans["activity_regularizer"]
            hint += ", and leave out `activity_regularizer`"
            yield Lint(span, message.format(inner.class_name), hint)
