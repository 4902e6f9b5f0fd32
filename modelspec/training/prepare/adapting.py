"""Layers that learn from the training split before the training, such as Normalization."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Any

from modelspec.data.examples import Examples, report_undecodable_files
from modelspec.data.feed import Feed, Structure, adapt, structure_of
from modelspec.diagnostics import Findings, Span
from modelspec.graph import Graph

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
