"""Inputs and layers that no output depends on. Keras would drop them silently."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from modelspec.diagnostics import Findings, Related
from modelspec.spec.model import FunctionalSpec, LayerSpec, TensorName

from .graph import Call, flatten, needed_for
from .sourceless import is_weight, makes_constants, sourceless_layers


def report_unused(
    model: FunctionalSpec,
    calls: tuple[Call, ...] | None,
    results: Any,
    findings: Findings,
    losses: Iterable[TensorName] = (),
) -> None:
    """A finding for each input and layer that no output, and no loss of the graph, depends on.

    Args:
        model: the model.
        calls: its calls, or None.
        results: the tensors of outputs and losses.
        findings: takes what is unused.
        losses: what `training.losses` names.

    `calls` is None where some names are wrong. Then only what no edge and no output mentions is
    reported: the rest may be used once the names are right.
    """
    needed = _mentioned(model, losses) if calls is None else needed_for(calls, flatten(results))
    for entry in model.inputs:
        if entry.name not in needed:
            message = f'no output depends on the input "{entry.name}"'
            related = (Related(model.outputs_span, "the outputs"),)
            hint = "add an edge that starts at it, or remove it"
            findings.error(entry.span, "unused-input", message, hint=hint, related=related)
    called = {edge.layer for edge in model.edges}
    sourceless = sourceless_layers(model)
    for layer in model.layers:
        if layer.name in sourceless:
            if layer.name not in needed and (is_weight(layer) or makes_constants(layer)):
                _report_unread(layer, model, findings)
                continue
            if layer.name in needed:
                continue
        if layer.name not in called and (calls is not None or layer.name not in needed):
            message = f'no edge leads into the layer "{layer.name}"'
            related = (Related(model.outputs_span, "the outputs"),)
            hint = f'add an edge such as "x -> {layer.name}", or remove it'
            findings.error(layer.span, "unused-layer", message, hint=hint, related=related)
    written = {layer.name for layer in model.layers} - sourceless
    for call in calls or ():
        if call.name not in needed and call.layer in written:
            message = f'no output depends on "{call.name}"'
            related = (Related(model.outputs_span, "the outputs"),)
            hint = "add an edge that starts at it, list it in `outputs`, or remove it"
            findings.error(call.span, "unused-layer", message, hint=hint, related=related)


def _report_unread(layer: LayerSpec, model: FunctionalSpec, findings: Findings) -> None:
    message = f'no output depends on "{layer.name}"'
    related = (Related(model.outputs_span, "the outputs"),)
    hint = f'add an edge that starts at it, such as "x, {layer.name} -> add", or remove it'
    findings.error(layer.span, "unused-layer", message, hint=hint, related=related)


def _mentioned(model: FunctionalSpec, losses: Iterable[TensorName]) -> set[str]:
    found = {ref.name for edge in model.edges for ref in _refs((edge.positional, edge.named))}
    return found | {ref.name for ref in (*_refs(model.outputs), *losses)}


def _refs(value: Any) -> Iterator[TensorName]:
    if isinstance(value, TensorName):
        yield value
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from _refs(item)
    elif isinstance(value, tuple):
        for item in value:
            yield from _refs(item)
