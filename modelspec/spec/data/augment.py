"""What `augment` says: layers that change the training examples of an input, in order."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from modelspec.diagnostics import Findings, Span
from modelspec.document import LocatedDict, value_span
from modelspec.spec.model import KerasObject, parse_object


@dataclass(frozen=True, slots=True)
class Augment:
    """The layers for one input.

    Attributes:
        input: its name; None where the spec leaves it to the only one that takes images.
        layers: in order.
        span: where the name stands; the list where there is none.
    """

    input: str | None
    layers: tuple[KerasObject, ...]
    span: Span


def parse_augment(section: LocatedDict, findings: Findings) -> tuple[Augment, ...]:
    """The layers of a `data` section, for each input that has some."""
    given = section.get("augment")
    if given is None:
        return ()
    span = value_span(section, "augment", section.span)
    if not isinstance(given, LocatedDict):
        return (Augment(None, tuple(_layers(given, span, findings)), span),)
    return tuple(
        Augment(
            name,
            tuple(_layers(layers, value_span(given, name, span), findings)),
            given.key_spans.get(name, span),
        )
        for name, layers in given.items()
    )


def _layers(given: Any, span: Span, findings: Findings) -> Iterator[KerasObject]:
    for index, item in enumerate(given or ()):
        yield parse_object(item, "layer", value_span(given, index, span), findings)
