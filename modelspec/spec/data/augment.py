"""What `augment` says: layers that change the training examples of inputs, in order."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from modelspec.diagnostics import Findings, Span
from modelspec.document import LocatedDict, value_span
from modelspec.spec.model import KerasObject, parse_object
from modelspec.value_classes import value_class


@value_class
class Augment:
    """The layers for one input, or for several that are changed alike.

    Attributes:
        names: of inputs, and of outputs whose targets move with them; empty where the spec leaves
            it to the only input that takes images.
        layers: in order.
        span: where the names stand; the list where there are none.
    """

    names: tuple[str, ...]
    layers: tuple[KerasObject, ...]
    span: Span


def parse_augment(section: LocatedDict, findings: Findings) -> tuple[Augment, ...]:
    """The layers of a `data` section, for each key: names with a comma between them."""
    given = section.get("augment")
    if given is None:
        return ()
    span = value_span(section, "augment", section.span)
    if not isinstance(given, LocatedDict):
        return (Augment((), tuple(_layers(given, span, findings)), span),)
    return tuple(
        Augment(
            tuple(dict.fromkeys(name.strip() for name in str(key).split(","))),
            tuple(_layers(layers, value_span(given, key, span), findings)),
            given.key_spans.get(key, span),
        )
        for key, layers in given.items()
    )


def _layers(given: Any, span: Span, findings: Findings) -> Iterator[KerasObject]:
    for index, item in enumerate(given or ()):
        yield parse_object(item, "layer", value_span(given, index, span), findings)
