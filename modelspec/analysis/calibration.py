"""Temperatures of outputs: which can have one, and where it goes in the graph of a model."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from modelspec.diagnostics import Findings, Related
from modelspec.graph import Call, Graph, OutputTemperature, TensorRef, flatten
from modelspec.layers import traits_of
from modelspec.spec import Spec
from modelspec.spec.model import KerasObject, LayerSpec
from modelspec.spec.training import PerOutput

from .arguments import complete, keras_class
from .facts import Analysis
from .losses import (
    BINARY_LOSSES,
    CROSSENTROPIES,
    EXCLUSIVE_LOSSES,
    TrainedOutput,
    activation_name,
    by_output,
    trained_outputs,
)

CODE = "cannot-calibrate"

CLASSES = "classes"
"""The kind of an output, as data.json has it, whose units are the classes of one row."""

ROWS = 2
"""The rank of an output with one row of units for each example."""


def check_calibration(spec: Spec, analysis: Analysis, findings: Findings) -> None:
    """Report outputs that cannot have a temperature, and a spec without a split to fit it to.

    Args:
        spec: with `training.calibration`.
        analysis: of its model.
        findings: takes an error for each output.
    """
    training = spec.training
    assert training is not None and training.calibration is not None
    given = training.calibration
    for key in ("gan", "trainer"):
        if getattr(training, key) is not None:
            message = f"`calibration` is for what Keras's own step trains, and not with `{key}`"
            hint = "remove `calibration`, and divide the logits in your own program"
            findings.error(given.span, CODE, message, hint=hint)
            return
    data = spec.data
    if data is not None and data.validation is None:
        message = "`calibration` fits a temperature to the validation split, and `data` has none"
        hint = "add `validation: 0.15` to `data`"
        findings.error(given.span, "calibration-without-validation", message, hint=hint)
    names = by_output(given, analysis.graph.output_names)
    for output in trained_outputs(spec, analysis):
        if output.name in names:
            _check_output(output, given, analysis.graph, findings)


def _check_output(
    output: TrainedOutput, given: PerOutput[str], graph: Graph, findings: Findings
) -> None:
    problem = _problem_of_target(output) or _problem_of_values(output, graph)
    if problem is None:
        return
    message, hint = problem
    span = given.name_spans.get(output.name, given.span)
    related = (Related(output.span, f"the output `{output.name}` is here"),)
    findings.error(span, CODE, f"`{output.name}` {message}", hint=hint, related=related)


LEAVE_OUT = "leave the output out of `calibration`"


def _problem_of_target(output: TrainedOutput) -> tuple[str, str] | None:
    """Why an output says nothing of classes, and what to do; None where it does."""
    target, loss = output.target, output.loss
    if output.loss_class not in CROSSENTROPIES:
        message = f"is trained with `{loss.class_name}`, and a temperature is for the probabilities"
        return f"{message} that a crossentropy trains", LEAVE_OUT
    if target is not None and target.tokens is not None:
        return "is text, and a temperature is for classes", LEAVE_OUT
    if complete(loss).get("axis", -1) != -1:
        return "has its classes along another axis than the last one", LEAVE_OUT
    if output.loss_class not in BINARY_LOSSES:
        return None
    if output.image is not None and target is not None and target.labels is None:
        return "is an image of grey values, and a temperature is for classes", LEAVE_OUT
    if target is not None and target.is_one_hot:
        message = f"has one of several classes, each of which `{loss.class_name}` takes alone"
        return message, "train it by `categorical_crossentropy`, and end in `activation: softmax`"
    is_multi_hot = target is not None and target.is_multi_hot
    if output.units not in (None, 1) and not is_multi_hot:
        message = f"has {output.units} units that are two classes each"
        return (
            message,
            "read the labels from one column that is `multi_hot`, or leave the output out",
        )
    return None


def _problem_of_values(output: TrainedOutput, graph: Graph) -> tuple[str, str] | None:
    """Why the values of an output have no logits, and what to do; None where they have."""
    activation, wanted = output.activation, _activation(output)
    if output.from_logits:
        if activation in (None, "linear"):
            return None
        message = f"ends in `{activation}`, and its loss takes logits"
        return message, "remove the activation, or `from_logits: true`"
    if activation not in (None, wanted):
        message = f"ends in `{activation}`, and probabilities of such classes are of `{wanted}`"
        return (
            message,
            f"give the last layer `activation: {wanted}`, or the loss `from_logits: true`",
        )
    is_deep = output.tensor is None or output.tensor.rank > ROWS
    if is_deep and _head_of(graph, graph.output_refs()[output.name], wanted) is None:
        message = "has a row of classes for each step, whose logits are not the result of one layer"
        return message, f"end in one layer with `activation: {wanted}` that nothing else reads"
    return None


def _activation(output: TrainedOutput) -> str:
    return "softmax" if output.loss_class in EXCLUSIVE_LOSSES else "sigmoid"


def with_temperatures(graph: Graph, meanings: Mapping[str, Mapping[str, Any]]) -> Graph:
    """The graph of a trained model with the temperatures of its outputs, if it has some.

    Where one layer makes the probabilities of an output, its activation moves behind the
    temperature, so that logits are divided; where several do, or others read them too, logits are
    taken of the probabilities.

    Args:
        graph: as the spec has it.
        meanings: output name to its meaning in data.json, where `temperature` stands.
    """
    found = {
        name: _temperature_of(graph, ref, meanings[name])
        for name, ref in graph.output_refs().items()
        if meanings.get(name, {}).get("temperature") is not None
    }
    if not found:
        return graph
    layers = dict(graph.layers)
    for one in found.values():
        if one.head is not None:
            layers[one.head] = _without_activation(layers[one.head])
    return replace(graph, layers=layers, temperatures=found)


def _temperature_of(graph: Graph, ref: TensorRef, meaning: Mapping[str, Any]) -> OutputTemperature:
    value = float(meaning["temperature"])
    if meaning["from_logits"]:
        return OutputTemperature(value, None)
    wanted = "softmax" if meaning["kind"] == CLASSES else "sigmoid"
    head = _head_of(graph, ref, wanted)
    return OutputTemperature(value, wanted, of_probabilities=head is None, head=head)


def _head_of(graph: Graph, ref: TensorRef, activation: str) -> str | None:
    """The layer that makes an output by an activation, if nothing else reads its result."""
    calls: dict[str, Call] = {call.name: call for call in graph.calls}
    call = calls.get(ref.source)
    if call is None or ref.index is not None:
        return None
    layer = graph.layers[call.layer]
    uses = [one for one in graph.calls if one.layer == call.layer]
    readers = [read for one in graph.calls for read in one.reads()]
    readers += [*flatten(graph.outputs), *graph.losses.values()]
    if len(uses) > 1 or sum(read.source == call.name for read in readers) > 1:
        return None
    item = _activated(layer.object)
    ends_in = activation_name(complete(item).get("activation")) if item is not None else None
    return call.layer if ends_in == activation else None


def _activated(item: KerasObject) -> KerasObject | None:
    """The object whose argument `activation` is what a layer does last, if there is one."""
    kind = keras_class(item)
    inner = item.args.get("layer")
    if kind == "TimeDistributed" and isinstance(inner, KerasObject):
        return _activated(inner)
    if item.model is None and (traits_of(kind).is_linear or kind == "Activation"):
        return item
    return None


def _without_activation(layer: LayerSpec) -> LayerSpec:
    return replace(layer, object=_made_linear(layer.object))


def _made_linear(item: KerasObject) -> KerasObject:
    inner = item.args.get("layer")
    if keras_class(item) == "TimeDistributed" and isinstance(inner, KerasObject):
        return replace(item, args={**item.args, "layer": _made_linear(inner)})
    return replace(item, args={**item.args, "activation": "linear"})
