"""The two sides of a match: the layers of a model, and those of a file of weights."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeVar

from modelspec.diagnostics import Span
from modelspec.layers.rule import Shape

LayerT = TypeVar("LayerT", "ModelLayer", "FileLayer")

RANDOM_STATE = "seed_generator"
"""The group of a layer's random state, which is no weight: it stays that of `training.seed`."""


class FileTensor(NamedTuple):
    """One array of a file.

    Attributes:
        shape: of the array.
        dtype: numpy's name of it.
        address: its path in the file.
        name: of the variable; None where the file does not say.
    """

    shape: tuple[int, ...]
    dtype: str
    address: str
    name: str | None = None


@dataclass(frozen=True, slots=True)
class FileLayer:
    """A layer or model in a file.

    Attributes:
        path: its name, after those of the models around it and slashes; "" for the whole model.
            None where the file has no names.
        key: its class in snake case, as the file has it.
        group: its path in the file.
        tensors: place in the group to array, at any depth.
        inner: the layers of a model.
        args: its arguments, where the file has a config.
        vocabulary: what a lookup learned: the member of the archive that holds it.
    """

    path: str | None
    key: str
    group: str
    tensors: Mapping[str, FileTensor]
    inner: tuple[FileLayer, ...] = ()
    args: Mapping[str, Any] | None = None
    vocabulary: str | None = None


class ModelTensor(NamedTuple):
    """One variable of a model, `name` in its layer; the shape is known."""

    name: str
    shape: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class ModelLayer:
    """A layer or model inside the model that is trained.

    Attributes:
        path: its name, after those of the models around it and slashes.
        class_name: Keras's own; "" for a class that Keras does not have.
        key: how Keras begins the name of its group in a file.
        tensors: place in its group to variable; None where they are not known before it is built.
        names: its own variables in order, where arguments decide which there are.
        inner: the layers of a model.
        adapters: its low-rank adapters, which no file of Keras has: it adds them to the kernel.
        learned: the argument for what it learns from data, a vocabulary or boundaries of bins,
            where the spec leaves that to the data; "" otherwise.
        span: where it stands in the spec, or the weights that are wanted for it.
        layer: the Keras layer, once it is built.
    """

    path: str
    class_name: str
    key: str
    tensors: Mapping[str, ModelTensor] | None
    names: tuple[str, ...] | None = None
    inner: tuple[ModelLayer, ...] = ()
    adapters: tuple[ModelTensor, ...] = ()
    learned: str = ""
    span: Span | None = None
    layer: Any = None

    @property
    def shape_text(self) -> str:
        """The shapes of its variables, for a message."""
        return shapes_text(tensor.shape for tensor in (self.tensors or {}).values())


def leaves(layers: Iterable[LayerT]) -> Iterator[LayerT]:
    """All layers at any depth that are no models."""
    for layer in layers:
        if layer.inner:
            yield from leaves(layer.inner)
        else:
            yield layer


def everything(layers: Iterable[LayerT]) -> Iterator[LayerT]:
    """All layers and models at any depth, those outside first."""
    for layer in layers:
        yield layer
        yield from everything(layer.inner)


def shapes_text(shapes: Iterable[Shape]) -> str:
    """Shapes for a message: `[4, 8] and [8]`."""
    texts = [str(list(shape)) for shape in shapes]
    return " and ".join(filter(None, (", ".join(texts[:-1]), *texts[-1:])))
