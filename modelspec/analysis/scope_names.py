"""Names that Keras takes and TensorFlow does not: it opens a scope of the name in each graph."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from modelspec.diagnostics import Findings, Span
from modelspec.graph import Graph
from modelspec.spec import Spec
from modelspec.spec.model import KerasObject, objects_in

from .losses import names_with_loss

IN_SCOPES = re.compile(r"[A-Za-z0-9_.\\/>-]+")
"""A name of a scope inside another; that of an optimizer is in none, and begins like a word."""

OPTIMIZER = "an optimizer"

FIRST = re.compile(r"[A-Za-z0-9.]")


def check_scope_names(spec: Spec, graph: Graph, findings: Findings) -> None:
    """Find names of layers, outputs, losses and optimizers with which the first batch fails.

    Args:
        spec: its `training` names losses and the optimizer.
        graph: of its model.
        findings: takes an error for each name.
    """
    for what, name, span in _layer_names(graph):
        if IN_SCOPES.fullmatch(name) is None:
            _report(what, name, span, findings)
    training = spec.training
    if training is None:
        return
    trained = names_with_loss(training, graph.output_names)
    if (
        isinstance(graph.outputs, Mapping) and len(trained) > 1
    ):  # Keras tracks each of several losses
        for name in trained:
            if IN_SCOPES.fullmatch(name) is None:
                span = graph.output_spans[graph.output_names.index(name)]
                _report("an output with a loss", name, span, findings)
    losses = (training.loss.single, *(training.loss.by_name or {}).values())
    for loss in losses:
        _check_written(loss, "a loss", findings)
    for item in objects_in(training.optimizer):
        if item.kind == "optimizer":
            _check_written(item, OPTIMIZER, findings)


def _layer_names(graph: Graph) -> Iterator[tuple[str, str, Span]]:
    """Of all layers, those of nested models and those in wrappers included; ops open no scope."""
    for name, layer in graph.layers.items():
        if not layer.object.class_name.startswith("ops."):
            yield "a layer", name, layer.span
    for inner in graph.nested.values():
        yield from _layer_names(inner)


def _check_written(item: KerasObject | None, what: str, findings: Findings) -> None:
    name = None if item is None else item.args.get("name")
    if item is None or not isinstance(name, str):
        return
    span = item.arg_spans.get("name", item.span)
    if what == OPTIMIZER and "/" in name:
        message = f'Keras takes no "/" in the name of an optimizer, got "{name}"'
        findings.error(span, "bad-name", message, hint=f'write "{name.replace("/", "_")}"')
    elif IN_SCOPES.fullmatch(name) is None or (what == OPTIMIZER and not FIRST.match(name)):
        _report(what, name, span, findings)


def _report(what: str, name: str, span: Span, findings: Findings) -> None:
    message = (
        f'Keras takes "{name}" as the name of {what}, but its first batch fails: TensorFlow takes'
        " only the letters a to z, digits and _ . - in it"
    ) + (", and no _ at its start" if what == OPTIMIZER else "")
    fitting = re.sub(r"[^A-Za-z0-9_.-]", "_", name).lstrip("_") or "x"
    findings.error(span, "bad-name", message, hint=f'write a name such as "{fitting}"')
