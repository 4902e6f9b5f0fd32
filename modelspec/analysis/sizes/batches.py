"""Layers that need so many examples in a batch: several, or as many as their state is for."""

from __future__ import annotations

from dataclasses import replace

from modelspec.analysis.facts import Analysis
from modelspec.analysis.shapes import analyze
from modelspec.diagnostics import Findings, Related, Span
from modelspec.graph import Graph
from modelspec.layers.rule import Policy
from modelspec.spec import Spec
from modelspec.spec.data import DataSpec
from modelspec.spec.model import objects_in

CODE = "batch-too-small"
OF_A_STATE = "other-batch-size"


def check_batches(spec: Spec, analysis: Analysis, findings: Findings) -> None:
    """Check that the batches have as many examples as each call needs.

    Args:
        spec: its section `data` has the number of examples in a batch.
        analysis: of its model.
        findings: takes an error where it is too small, a warning where the last batch may be.
    """
    data = spec.data
    for facts in analysis.layers.values():
        for call in facts.calls:
            least = call.least_batch
            if least < 2:
                continue
            layer = facts.layer
            message = (
                f'"{layer.name}" ({layer.object.class_name}) looks along the batch, and needs at'
                f" least {least} examples in it"
            )
            hint = "name an axis from 1 on, which each example has by itself"
            if data is not None and data.batch_size < least:
                related = (Related(data.span, f"`batch_size` is {data.batch_size}"),)
                findings.error(call.call.span, CODE, message, hint=hint, related=related)
            else:
                message += ": the last batch of an epoch may have fewer, and then fails"
                findings.warning(call.call.span, CODE, message, hint=hint)


def check_fixed_batches(
    data: DataSpec, graph: Graph, policy: Policy | None, findings: Findings
) -> None:
    """Check that batches have as many examples as the inputs state, where layers need that.

    Args:
        data: its section.
        graph: of the model, which has no errors and whose inputs have a `batch_size`.
        policy: the dtype policy of the model.
        findings: takes an error at each layer that works for no other size.
    """
    size = fixed_batch_size(graph)
    if size in (None, data.batch_size):
        return
    for words, span in bound_to_size(graph, policy):
        message = f"{words} batches of {size}; `data` gives {data.batch_size}"
        related = (Related(data.span, "the section is here"),)
        hint = f"write `batch_size: {size}` in `data`"
        if words != WORKS_FOR:
            hint += f", or {data.batch_size} at the input"
        findings.error(span, OF_A_STATE, message, hint=hint, related=related)


def check_last_batch(
    data: DataSpec,
    graph: Graph,
    split: str,
    examples: int,
    policy: Policy | None,
    findings: Findings,
) -> None:
    """Check that the last batch of a split is as large as layers need it.

    Args:
        data: its section.
        graph: of the model.
        split: its name.
        examples: how many it has.
        policy: the dtype policy of the model.
        findings: takes an error at each layer that works for no other size.
    """
    size = fixed_batch_size(graph)
    if size is None or examples % size == 0:
        return
    for words, span in bound_to_size(graph, policy):
        message = (
            f"{words} batches of {size}; the {examples:,} examples of the"
            f" {split} split leave {examples % size} for its last batch"
        )
        hint = "give each split a multiple of the batch size"
        if words != WORKS_FOR:
            hint += ", or remove `stateful: true`"
        related = (Related(data.span, "the section is here"),)
        findings.error(span, OF_A_STATE, message, hint=hint, related=related)


def fixed_batch_size(graph: Graph) -> int | None:
    """The `batch_size` that an input states; None where none does."""
    return next((entry.batch_size for entry in graph.inputs if entry.batch_size), None)


WORKS_FOR = "this works only for"


def bound_to_size(graph: Graph, policy: Policy | None) -> list[tuple[str, Span]]:
    """What works for one size of the batch, and where: states, or what fails if it is open.

    Args:
        graph: of the model, whose inputs have a `batch_size`.
        policy: the dtype policy of the model.

    Returns:
        What is to be followed by "batches of" and a number.
    """
    stateful = [
        (f"this {item.class_name} keeps its state for", item.arg_spans.get("stateful", item.span))
        for layer in graph.layers.values()
        for item in objects_in(layer.object)
        if item.args.get("stateful") is True
    ]
    inputs = tuple(replace(entry, batch_size=None) for entry in graph.inputs)
    open_findings = Findings()
    if not stateful:
        analyze(replace(graph, inputs=inputs), open_findings, policy)
    failed = (found for found in open_findings.sorted() if found.severity == "error")
    return stateful + [(WORKS_FOR, found.span) for found in failed]
