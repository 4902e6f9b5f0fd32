"""A TimeDistributed around a Dense.

Dense works on the last axis and leaves all others as they are, so it treats each step by itself
already. The wrapper does the same through more operations, and hides the layer one level deeper.

To fix it, write the Dense alone. The weights stay the same.

Fails:

    modelspec: 1
    model:
      sequential:
        input: {shape: [50, 8]}
        layers:
          - TimeDistributed: {layer: {Dense: {units: 4}}}

Passes:

    modelspec: 1
    model:
      sequential:
        input: {shape: [50, 8]}
        layers:
          - Dense: {units: 4}
"""

from __future__ import annotations

from collections.abc import Iterator

from modelspec.analysis.arguments import keras_class
from modelspec.analysis.lints.context import Lint, LintContext
from modelspec.spec import Spec
from modelspec.spec.model import KerasObject

CODE = "time-distributed-dense"


def check(spec: Spec, context: LintContext) -> Iterator[Lint]:
    """A lint for each such wrapper."""
    for _, item in context.layers:
        inner = item.args.get("layer")
        if keras_class(item) != "TimeDistributed" or not isinstance(inner, KerasObject):
            continue
        if inner.model is None and keras_class(inner) == "Dense":
            message = "Dense treats each step by itself already, without TimeDistributed"
            yield Lint(item.span, message, "write the Dense alone")
