"""What one import knows: where its findings go, and which Keras wrote the config."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from modelspec.diagnostics import Findings, Span

SpecObject = tuple[str, dict[str, Any]]
"""A class and its arguments, as a spec writes them."""


class PendingLayer(NamedTuple):
    """A layer that depends on the shape of its input.

    Attributes:
        path: the names of the models around it, in the file, and its own.
        where: what messages call it.
        complete: the layer's value from the shape of its input, batch axis first; None where it
            may stay as it is.
        required: whether the layer is useless without it.
    """

    path: tuple[str, ...]
    where: str
    complete: Callable[[tuple[int | None, ...]], SpecObject | None]
    required: bool


@dataclass(slots=True)
class ImportContext:
    """One import.

    Attributes:
        nested_model: converts a nested model under a name. Passed in because models
            have layers and layers have models.
        inner_layer: converts a layer in an argument of another, likewise.
        findings: takes all that a spec cannot express, that was changed or left out.
        span: the file; there are no line numbers inside it.
        generation: 2 or 3: which Keras wrote the model. The same words differ between them.
        models: the names of the models that are being read, outermost first.
        hard_sigmoids: the layers with Keras 2's `hard_sigmoid`, which is steeper than Keras 3's.
        locations: name and class of a layer to the paths of all such layers.
        shared: those that the file marks as shared. Keras does not mark every occurrence.
        pending: layers that are incomplete until the shape of their input is known.
        renamed: path of names of each layer whose name had to change, to its new name.
    """

    nested_model: Callable[[dict[str, Any], str, ImportContext], SpecObject]
    inner_layer: Callable[[dict[str, Any], str, ImportContext], Any]
    findings: Findings
    span: Span
    generation: int = 3
    models: list[str] = field(default_factory=list)
    hard_sigmoids: list[str] = field(default_factory=list)
    locations: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    shared: set[tuple[str, str]] = field(default_factory=set)
    pending: list[PendingLayer] = field(default_factory=list)
    renamed: dict[tuple[str, ...], str] = field(default_factory=dict)

    @contextmanager
    def within_model(self, model: str) -> Iterator[None]:
        """While a nested model is read."""
        self.models.append(model)
        try:
            yield
        finally:
            self.models.pop()

    def describe(self, name: str, class_name: str) -> str:
        """What messages call a layer."""
        within = f' of the model "{self.models[-1]}"' if len(self.models) > 1 else ""
        return f'layer "{name}"{within} ({class_name})'

    def record_location(self, raw: dict[str, Any], name: str) -> None:
        """Record the path of a layer, which other models may share."""
        key = (name, str(raw.get("class_name")))
        self.locations.setdefault(key, []).append("/".join(self.path_to(name)))
        if isinstance(raw.get("shared_object_id"), int):
            self.shared.add(key)

    def path_to(self, name: str) -> tuple[str, ...]:
        """The names, in the file, of the models around a layer and of the layer."""
        return (*self.models[1:], name)

    def error(self, code: str, message: str, hint: str = "") -> None:
        """Something that a spec cannot express: the import fails."""
        self.findings.error(self.span, code, message, hint=hint)

    def warning(self, code: str, message: str, hint: str = "") -> None:
        """Something that the imported model computes differently from the file's."""
        self.findings.warning(self.span, code, message, hint=hint)

    def note(self, code: str, message: str, hint: str = "") -> None:
        """Something that was changed or left out without effect on the outputs."""
        self.findings.note(self.span, code, message, hint=hint)
