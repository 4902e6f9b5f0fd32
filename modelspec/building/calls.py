"""Inputs, calls of layers on symbolic tensors, and picking among their results."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import Any

from modelspec.diagnostics import Span
from modelspec.graph import TensorRef
from modelspec.spec.model import InputSpec, LayerSpec

from .keras_error import KerasError


def make_input(entry: InputSpec) -> Any:
    """A `keras.Input`: a symbolic tensor of shape (batch, *shape)."""
    import keras

    try:
        return keras.Input(
            shape=entry.shape,
            batch_size=entry.batch_size,
            dtype=entry.dtype,
            sparse=entry.sparse or None,
            ragged=entry.ragged or None,
            name=entry.name,
        )
    except Exception as error:
        what = f'Keras refuses the input "{entry.name}"'
        raise KerasError.caused_by(error, what, entry.span) from error


def call_layer(
    layer: Any, spec: LayerSpec, args: tuple[Any, ...], options: Mapping[str, Any], span: Span
) -> Any:
    """Call a layer on symbolic tensors; a KerasError at `span` where Keras does not take them."""
    try:
        return layer(*args, **options)
    except KerasError:
        raise
    except Exception as error:
        shapes = ", ".join(_shape(arg) for arg in args)
        shown = f'"{spec.name}" ({spec.object.class_name})'
        what = f"Keras cannot call {shown} on {shapes or 'nothing'}"
        raise KerasError.caused_by(error, what, span) from error


def _shape(value: Any) -> str:
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(_shape(item) for item in value)}]"
    if isinstance(value, Mapping):
        return f"{{{', '.join(f'{key}: {_shape(item)}' for key, item in value.items())}}}"
    return f"shape {tuple(value.shape)}" if hasattr(value, "shape") else repr(value)


def as_its_call_takes_them(layer: Any, args: tuple[Any, ...]) -> tuple[Any, ...]:
    """The tensors of an extension's layer: one list of them where its call takes one argument."""
    return (list(args),) if len(args) > 1 and takes_one_argument(layer.call) else args


def takes_one_argument(call: Callable[..., Any], *, bound: bool = True) -> bool:
    """Whether a layer's `call` needs one argument at most. `bound` is false for one with `self`."""
    kinds = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    parameters = list(inspect.signature(call).parameters.values())[0 if bound else 1 :]
    if any(p.kind is inspect.Parameter.VAR_POSITIONAL for p in parameters):
        return False
    return len([p for p in parameters if p.kind in kinds and p.default is p.empty]) < 2


def pick(tensors: Mapping[str, Any], ref: TensorRef, span: Span) -> Any:
    """The tensor that a ref stands for."""
    value = tensors[ref.source]
    if ref.index is None:
        return value
    if isinstance(ref.index, str):
        if isinstance(value, Mapping) and ref.index in value:
            return value[ref.index]
        raise KerasError(f'"{ref.source}" has no result called `{ref.index}`', span)
    if isinstance(value, (list, tuple)) and ref.index < len(value):
        return value[ref.index]
    count = len(value) if isinstance(value, (list, tuple)) else 1
    have = "1 result" if count == 1 else f"{count} results"
    raise KerasError(f'"{ref.source}" has {have}, so there is no number {ref.index}', span)
