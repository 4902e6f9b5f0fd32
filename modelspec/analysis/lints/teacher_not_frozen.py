"""A part with weights from a file that learns from the losses of the graph alone.

In a distillation the student follows what a teacher says, and `training.losses` measures how far it
is from it. A teacher that is not frozen has the gradient of that loss too: it moves towards the
student, which is the shortest way to a small loss and teaches nothing. The same holds for a network
whose features a loss compares.

To fix it, name the part under `training.freeze`.

Fails:

    modelspec: 1
    model:
      functional:
        inputs: {x: {shape: [8]}}
        layers:
          teacher: {Dense: {units: 2}}
          student: {Dense: {units: 2}}
          apart: Subtract
          squared: ops.square
        edges: [x -> teacher, x -> student, "teacher, student -> apart -> squared"]
        outputs: [student, teacher]
    training:
      initial_weights: {teacher: teacher.weights.h5}
      optimizer: adam
      loss: {student: mse}
      losses: {distillation: {of: squared}}

Passes:

    modelspec: 1
    model:
      functional:
        inputs: {x: {shape: [8]}}
        layers:
          teacher: {Dense: {units: 2}}
          student: {Dense: {units: 2}}
          apart: Subtract
          squared: ops.square
        edges: [x -> teacher, x -> student, "teacher, student -> apart -> squared"]
        outputs: [student, teacher]
    training:
      initial_weights: {teacher: teacher.weights.h5}
      freeze: [teacher]
      optimizer: adam
      loss: {student: mse}
      losses: {distillation: {of: squared}}
"""

from __future__ import annotations

from collections.abc import Iterator

from modelspec.analysis.facts import Analysis
from modelspec.analysis.gradients import learning_layers, trace_gradients
from modelspec.analysis.lints.context import Lint, LintContext
from modelspec.analysis.losses import names_with_loss
from modelspec.spec import Spec
from modelspec.spec.phases import FreezePatterns

CODE = "teacher-not-frozen"


def check(spec: Spec, context: LintContext) -> Iterator[Lint]:
    """One lint for each part that `initial_weights` names."""
    training, analysis = spec.training, context.analysis
    if training is None or training.initial_weights is None or not analysis.graph.losses:
        return
    trained = names_with_loss(training, analysis.graph.output_names)
    if not trained or not context.knows_all_losses:
        return
    by_targets = trace_gradients(analysis, trained, tensors=(), zeros=False).layers
    by_graph = trace_gradients(analysis, (), zeros=False).layers
    for origin in training.initial_weights.origins:
        if origin.part is None:
            continue
        learning = {
            key
            for freeze in context.freezes
            for key in _learning(analysis, origin.part.name, freeze)
        }
        if not learning.isdisjoint(by_targets) or learning.isdisjoint(by_graph):
            continue
        name = origin.part.name
        message = (
            f'"{name}" has its weights from {origin.path}, and learns from `losses` alone: no '
            "output with a loss depends on it, and it moves towards what is compared with it"
        )
        yield Lint(origin.part.span, message, f"write `freeze: [{name}]`, as for a teacher")


def _learning(analysis: Analysis, name: str, freeze: FreezePatterns) -> Iterator[int]:
    """The `id` of each layer of a part that is trained."""
    facts = analysis.layers.get(name)
    if facts is None:
        return
    inner = facts.calls[0].nested
    if inner is None:
        yield from (id(one) for one in learning_layers(analysis, freeze) if one is facts.layer)
        return
    frozen = freeze.freezes((name,))
    yield from map(id, learning_layers(inner, freeze, (name,), is_frozen=frozen))
