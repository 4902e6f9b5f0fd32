"""Keras objects as a spec names them: a class, its arguments, and their places."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from typing import TYPE_CHECKING, Any

from modelspec.diagnostics import Span

if TYPE_CHECKING:
    from .model import ModelSpec


@dataclass(frozen=True, slots=True)
class KerasObject:
    """A name of Keras's with arguments: `{Dense: {units: 10}}`, `adam`, `{ops.add: {x2: 1}}`.

    Attributes:
        kind: what it is: "layer", "optimizer", "loss", "initializer" ...
        class_name: the name as written, with aliases kept: `Conv2D`, `he_normal`, `ops.add`,
            `applications.ResNet50`, `package>Class`.
        args: argument name to value: plain data, a KerasObject, or lists and mappings of these.
        span: where the name stands.
        arg_spans: where each argument's value stands.
        as_text: whether it was written as a bare name, without a mapping.
        model: for the nested models `Sequential` and `Functional`, what is in them.
    """

    kind: str
    class_name: str
    args: Mapping[str, Any]
    span: Span
    arg_spans: Mapping[str, Span] = field(default_factory=dict)
    as_text: bool = False
    model: ModelSpec | None = None


def objects_in(value: Any) -> Iterator[KerasObject]:
    """All Keras objects of a part of a typed spec."""
    if isinstance(value, KerasObject):
        yield value
        yield from objects_in(value.args)
        yield from objects_in(value.model)
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from objects_in(item)
    elif isinstance(value, (list, tuple)) and not isinstance(value, Span):
        for item in value:
            yield from objects_in(item)
    elif is_dataclass(value):
        for part in fields(value):
            yield from objects_in(getattr(value, part.name))
