"""What becomes of each tensor of a model: loaded, fresh or refused."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any, NamedTuple

from modelspec.diagnostics import Span

from .trees import FileLayer, ModelLayer


class Fate(StrEnum):
    """What becomes of a layer."""

    LOADED = "loaded"
    FRESH = "fresh"
    REFUSED = "refused"
    UNKNOWN = "unknown"
    """Known once the model is built."""


class Why(StrEnum):
    """Why a layer is not loaded."""

    NONE = ""
    WANTED = "by `fresh`"
    ABSENT = "not in the file"
    CLASS = "of another class in the file"
    TENSORS = "with other variables in the file"
    SHAPE = "of another shape in the file"
    UNNAMED = "without names of variables in the file"


class TensorFate(NamedTuple):
    """One tensor: its name in the model, and its shapes there and in the file, or None."""

    name: str
    model_shape: tuple[int, ...] | None
    file_shape: tuple[int, ...] | None

    def to_dict(self) -> dict[str, Any]:
        """The JSON form."""
        shapes = {"shape": self.model_shape, "file_shape": self.file_shape}
        listed = {key: None if one is None else list(one) for key, one in shapes.items()}
        return {"name": self.name, **listed}


@dataclass(frozen=True, slots=True)
class LayerFate:
    """One layer of the model.

    Attributes:
        layer: the layer.
        fate: what becomes of it.
        tensors: its tensors, with those that the file alone has.
        saved: what the file has for it; None where it has nothing.
        why: why it is not loaded.
        source: the file, as the spec writes it; "" where none is for the layer.
        note: what else there is to say: how many words were found, say.
    """

    layer: ModelLayer
    fate: Fate
    tensors: tuple[TensorFate, ...] = ()
    saved: FileLayer | None = None
    why: Why = Why.NONE
    source: str = ""
    note: str = ""

    def to_dict(self) -> dict[str, Any]:
        """The JSON form."""
        found: dict[str, Any] = {
            "layer": self.layer.path,
            "fate": str(self.fate),
            "why": str(self.why) or None,
            "source": self.source or None,
            "saved_as": None if self.saved is None else self.saved.path,
            "tensors": [tensor.to_dict() for tensor in self.tensors],
        }
        if self.note:
            found["note"] = self.note
        return found


MOST_NAMES = 8
"""How many layers of a kind a line names."""


@dataclass(frozen=True, slots=True)
class LoadingReport:
    """The whole model.

    Attributes:
        layers: those with variables, and those that learn a vocabulary.
        unused: the paths of layers of the files that no layer of the model takes.
        adapters: the low-rank adapters of the model, fresh if no file of adapters has them.
        overlaid: other tensors of the model that a file of adapters has: they are loaded from it,
            whatever `layers` says.
    """

    layers: tuple[LayerFate, ...] = ()
    unused: tuple[str, ...] = field(default=())
    adapters: tuple[TensorFate, ...] = ()
    overlaid: tuple[TensorFate, ...] = ()

    def of(self, fate: Fate) -> tuple[LayerFate, ...]:
        """The layers that a fate has."""
        return tuple(one for one in self.layers if one.fate is fate)

    @property
    def loaded_spans(self) -> frozenset[Span]:
        """Where the layers that are loaded stand in the spec, as far as that is known."""
        return frozenset(one.layer.span for one in self.of(Fate.LOADED) if one.layer.span)

    def tensor_count(self, fate: Fate) -> int:
        """How many tensors of the model have a fate; a vocabulary is none."""
        overlaid = {tensor.name for tensor in self.overlaid}
        fates = [
            Fate.LOADED if tensor.name in overlaid else one.fate
            for one in self.layers
            for tensor in one.tensors
            if tensor.model_shape is not None
        ]
        fates += [Fate.FRESH if one.file_shape is None else Fate.LOADED for one in self.adapters]
        return fates.count(fate)

    def to_dict(self) -> dict[str, Any]:
        """The JSON form: counts of tensors, and each layer with its tensors."""
        return {
            **{str(fate): self.tensor_count(fate) for fate in Fate if fate is not Fate.UNKNOWN},
            "unknown": len(self.of(Fate.UNKNOWN)),
            "unused": list(self.unused),
            "layers": [one.to_dict() for one in self.layers],
            "adapters": [one.to_dict() for one in self.adapters],
            "from_adapters": [one.to_dict() for one in self.overlaid],
        }

    def lines(self) -> Iterator[str]:
        """A short text: the counts, then the layers that are not loaded."""
        counts = ", ".join(
            f"{self.tensor_count(fate)} {fate}"
            for fate in (Fate.LOADED, Fate.FRESH, Fate.REFUSED)
            if fate is not Fate.REFUSED or self.of(fate)
        )
        yield f"initial weights, by tensor: {counts}"
        overlaid = {tensor.name for tensor in self.overlaid}
        for fate in (Fate.FRESH, Fate.REFUSED):
            for why in Why:
                names = [
                    one.layer.path
                    for one in self.of(fate)
                    if one.why is why and not all(t.name in overlaid for t in one.tensors)
                ]
                if names:
                    yield f"  {fate}, {why}: {shortened(names)}"
        fresh = {one.name for one in self.adapters if one.file_shape is None}
        names = [
            one.layer.path
            for one in self.layers
            if any(f"{one.layer.path}/{item.name}" in fresh for item in one.layer.adapters)
        ]
        if names:
            yield f"  fresh, low-rank adapters of: {shortened(names)}"
        unknown = [one.layer.path for one in self.of(Fate.UNKNOWN)]
        if unknown:
            yield f"  known once the model is built: {shortened(unknown)}"
        for one in self.layers:
            if one.note:
                yield f"  {one.layer.path}: {one.note}"
        if self.unused:
            yield f"  in the file, and not in the model: {shortened(self.unused)}"


def shortened(names: Sequence[str]) -> str:
    """The first names of many, and how many more there are."""
    more = len(names) - MOST_NAMES
    return ", ".join([*names[:MOST_NAMES], *([f"and {more} more"] if more > 0 else [])])


def merged(reports: Iterable[LoadingReport]) -> LoadingReport:
    """One report of several files for one model: a layer has the fate that one of them gives it."""
    best: dict[str, LayerFate] = {}
    unused: list[str] = []
    for report in reports:
        unused += report.unused
        for one in report.layers:
            before = best.get(one.layer.path)
            if before is None or (before.why is Why.ABSENT and one.why is not Why.ABSENT):
                best[one.layer.path] = one
    return replace(LoadingReport(tuple(best.values())), unused=tuple(unused))
