"""A pattern under `freeze` that is the name of no layer.

Layers under `freeze` are meant by their names, with `*` and `?` as wildcards; names inside nested
models and blocks count too. A pattern that matches nothing freezes nothing, and most often a
layer was renamed. `modelspec train` refuses it.

To fix it, write the name as `modelspec summarize` shows it, or remove the pattern. The lint is
silent where a layer is not known inside, such as an extension's.

Fails:

    modelspec: 1
    model:
      sequential:
        input: {shape: [8]}
        layers:
          - Dense: {units: 16, activation: relu, name: stem}
          - Dense: {units: 1}
    training: {optimizer: adam, loss: mse, freeze: [body]}

Passes:

    modelspec: 1
    model:
      sequential:
        input: {shape: [8]}
        layers:
          - Dense: {units: 16, activation: relu, name: stem}
          - Dense: {units: 1}
    training: {optimizer: adam, loss: mse, freeze: ["st*"]}
"""

from __future__ import annotations

from collections.abc import Iterator

from modelspec.analysis.lints.context import Lint, LintContext
from modelspec.spec import Spec
from modelspec.spec.model import KerasObject
from modelspec.spec.training import FREEZE_HINT, unmatched_freeze_patterns

CODE = "unmatched-freeze"


def check(spec: Spec, context: LintContext) -> Iterator[Lint]:
    """A lint for each pattern without a layer."""
    if spec.training is None or not spec.training.freeze or _is_opaque(context):
        return
    names = (name for model in context.models for name in model.graph.layers)
    for span, message in unmatched_freeze_patterns(spec.training, names):
        yield Lint(span, message, FREEZE_HINT)


def _is_opaque(context: LintContext) -> bool:
    """Whether layers have names that the spec does not show."""
    return any(
        item.class_name.startswith("applications.")
        or ">" in item.class_name
        or any(
            isinstance(value, KerasObject) and value.kind == "layer" for value in item.args.values()
        )
        for _, item in context.layers
    )
