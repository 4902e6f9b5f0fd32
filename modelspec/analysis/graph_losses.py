"""Losses of the graph (`training.losses`) against the model: what they name and what they reach."""

from __future__ import annotations

from collections.abc import Mapping

from modelspec.diagnostics import Findings, Related, join_words
from modelspec.graph import TensorRef
from modelspec.layers.rule import Tensor, is_floating
from modelspec.spec import Spec
from modelspec.spec.training import GraphLoss, TrainingSpec

from .facts import Analysis, TensorStructure, tensors_of
from .gradients import learning_layers, trace_gradients
from .losses import logged_values, names_with_loss, trained_outputs

LOGGED_ALWAYS = ("learning_rate", "epoch")
"""What each row of the history has beside the values of the model."""


def check_graph_losses(spec: Spec, analysis: Analysis, findings: Findings) -> None:
    """Check each loss of the graph.

    Args:
        spec: without `training.losses` there is nothing to check.
        analysis: of its model; what is unknown there is not checked.
        findings: takes errors for what cannot work, and warnings for what has no effect.
    """
    training = spec.training
    if training is None or not training.losses:
        return
    before = findings.error_count
    _check_names(spec, analysis, findings)
    for name, ref in analysis.graph.losses.items():
        _check_tensor(training.losses[name], ref, analysis, findings)
    _check_saved(analysis, training, findings)
    if findings.error_count == before:
        _check_gradients(analysis, training, findings)
    _check_weights_of_examples(spec, analysis, findings)


def _check_names(spec: Spec, analysis: Analysis, findings: Findings) -> None:
    """A loss must not have the name of another logged value."""
    assert spec.training is not None
    logged = logged_values(trained_outputs(spec, analysis))
    for name, loss in spec.training.losses.items():
        if name in logged or name in LOGGED_ALWAYS:
            message = f"`{name}` is logged already, so the loss needs another name"
            hint = f"write a name such as `{name}_term`"
            findings.error(loss.span, "duplicate-name", message, hint=hint)


def _check_tensor(loss: GraphLoss, ref: TensorRef, analysis: Analysis, findings: Findings) -> None:
    """A loss is the mean of one tensor of floats."""
    found, known = _select(analysis, ref)
    span = loss.of.span
    if not known:
        whole = analysis.tensors.get(ref.source)
        message = f'"{loss.of.name}" has no result [{loss.of.index}]'
        hint = "it is a single tensor: remove the index"
        if not isinstance(whole, Tensor):
            hint = f"it has {len(list(tensors_of(whole)))} results, counted from 0"
        findings.error(span, "no-such-result", message, hint=hint)
        return
    tensors = list(tensors_of(found))
    if not isinstance(found, Tensor) and found is not None and len(tensors) != 1:
        message = f'"{loss.of}" is {len(tensors)} tensors, and a loss is the mean of one'
        hint = f'pick one, such as "{loss.of}[0]"'
        findings.error(span, "wrong-value", message, hint=hint)
    elif isinstance(found, Tensor) and not is_floating(found.dtype):
        message = f'"{loss.of}" is of dtype {found.dtype}, and a loss needs floats'
        hint = "name a tensor of floats before it: no gradient passes whole numbers"
        findings.error(span, "wrong-value", message, hint=hint)


def _select(analysis: Analysis, ref: TensorRef) -> tuple[TensorStructure, bool]:
    """The tensors that a name stands for; and false where there are surely none."""
    value = analysis.tensors.get(ref.source)
    if ref.index is None or value is None:
        return value, True
    if isinstance(value, Mapping):
        return value.get(ref.index), ref.index in value
    if isinstance(value, tuple) and isinstance(ref.index, int):
        return (value[ref.index], True) if ref.index < len(value) else (None, False)
    return None, not isinstance(value, Tensor)


def _check_saved(analysis: Analysis, training: TrainingSpec, findings: Findings) -> None:
    """A model is saved with what its outputs depend on, so no weights may lie beside."""
    saved = analysis.graph.for_outputs().layers
    for name, facts in analysis.layers.items():
        layer = facts.layer
        if name in saved or (facts.weights is not None and not facts.weights):
            continue
        names = join_words(f"`{name}`" for name in training.losses)
        message = (
            f'"{layer.name}" has weights, and only losses ({names}) depend on it: the saved model'
            " has what its outputs depend on, and would lose them"
        )
        hint = f'list "{layer.name}" in `outputs`: an output needs no loss and no target'
        related = tuple(
            Related(loss.span, "a loss of the graph") for loss in training.losses.values()
        )
        findings.error(layer.span, "unsaved-weights", message, hint=hint, related=related[:1])


def _check_gradients(analysis: Analysis, training: TrainingSpec, findings: Findings) -> None:
    """A loss that reaches no weight is computed and logged, and changes nothing."""
    learning = {id(layer) for layer in learning_layers(analysis, training.freeze)}
    if analysis.weights is None or not learning:
        return
    for name, ref in analysis.graph.losses.items():
        reach = trace_gradients(analysis, (), tensors=(ref,))
        if reach.layers & learning:
            continue
        loss = training.losses[name]
        message = f"no gradient of `{name}` reaches a weight, so it changes nothing"
        related = tuple(Related(stop.span, "no gradient passes here") for stop in reach.stops[:1])
        hint = "name a tensor behind layers that learn"
        findings.warning(
            loss.of.span, "output-without-gradient", message, hint=hint, related=related
        )


def _check_weights_of_examples(spec: Spec, analysis: Analysis, findings: Findings) -> None:
    """`sample_weight` counts in the losses of outputs alone."""
    data, names = spec.data, analysis.graph.output_names
    if data is None or data.sample_weight is None or names_with_loss(spec.training, names):
        return
    message = "`sample_weight` has no effect: losses of the graph are plain means over the batch"
    hint = "multiply the tensor by an input with the weights, or remove `sample_weight`"
    findings.warning(data.sample_weight_span, "unused-column", message, hint=hint)
