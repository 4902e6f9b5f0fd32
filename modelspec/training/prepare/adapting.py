"""Layers that learn from the training split before the training, such as Normalization."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Any

from modelspec.data.examples import Examples, report_undecodable_files
from modelspec.data.feed import (
    Feed,
    LayerState,
    Structure,
    adapt,
    can_be_taught,
    learned_by,
    structure_of,
    teach,
)
from modelspec.data.shared import prepare_once
from modelspec.diagnostics import Finding, Findings, Span
from modelspec.graph import Graph
from modelspec.training.engine import Engine, meeting_of

ADAPT_BATCH = 1024
"""Examples in a batch when layers adapt."""


def adapt_layers(
    model: Any, graph: Graph, examples: Examples, span: Span, findings: Findings
) -> None:
    """Adapt the layers that learn from data, such as Normalization, to the training split.

    Args:
        model: with the layers.
        graph: of the model.
        examples: the training split.
        span: of its source in the spec.
        findings: takes layers that cannot adapt.

    Raises:
        SpecError: a file of the split cannot be decoded.
    """
    adapt(model, graph, InputBatches(examples, structure_of(graph), span), findings)


def adapt_once(
    model: Any,
    graph: Graph,
    examples: Examples,
    span: Span,
    engine: Engine,
    findings: Findings,
) -> None:
    """The same in a training of several processes: the first one of each machine adapts the layers,
    and the others take what they have learned.

    Args:
        model: with the layers.
        graph: of the model.
        examples: the training split.
        span: of its source in the spec.
        engine: of the training.
        findings: takes layers that cannot adapt, in every process.

    Raises:
        SpecError: a file of the split cannot be decoded.
        CannotRunError: the first process of the machine ended.
    """
    meeting = meeting_of(engine) if engine.processes > 1 and can_be_taught(model) else None
    if meeting is None:
        adapt_layers(model, graph, examples, span, findings)
        return

    def learned() -> tuple[list[Finding], list[LayerState]]:
        own = Findings()
        adapt_layers(model, graph, examples, span, own)
        return list(own), [] if own.has_errors else learned_by(model)

    found, states = prepare_once(learned, meeting)
    findings.extend(found)
    if states and not meeting.is_first:
        teach(model, states)


class InputBatches:
    """Batches of a split's inputs alone, which can be iterated several times.

    Iterating raises SpecError, with a finding at `span`, if a file cannot be decoded.
    """

    def __init__(self, examples: Examples, structure: Structure, span: Span) -> None:
        self.span = span
        inputs_only = Examples(examples.inputs, {}, None, examples.rows, examples.table)
        self.feed = Feed(inputs_only, structure, ADAPT_BATCH)

    @cached_property
    def dataset(self) -> Any:
        """Made on first use: most models have no layer that adapts."""
        return self.feed.in_order()

    def __iter__(self) -> Iterator[Any]:
        with report_undecodable_files(self.span, self.feed.examples):
            for (inputs,) in self.dataset:
                yield inputs
