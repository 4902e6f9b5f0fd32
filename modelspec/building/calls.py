"""Inputs, calls of layers and of `keras.ops` on symbolic tensors, and their results."""

from __future__ import annotations

import inspect
import operator
from collections.abc import Callable, Mapping
from typing import Any

from modelspec.diagnostics import Span
from modelspec.framework import name_operation
from modelspec.graph import TensorRef
from modelspec.schema import ClassSchema, class_schema
from modelspec.spec.model import InputSpec, LayerSpec, parse_index

from .objects import KerasError, make_value


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
        what = f'Keras rejects the input "{entry.name}"'
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


def pack_tensors(layer: Any, args: tuple[Any, ...]) -> tuple[Any, ...]:
    """The tensors of an extension's layer: one list of them where its call takes one argument."""
    return (list(args),) if len(args) > 1 and takes_one_argument(layer.call) else args


def takes_one_argument(call: Callable[..., Any], *, bound: bool = True) -> bool:
    """Whether a layer's `call` needs one argument at most. `bound` is false for one with `self`."""
    kinds = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    parameters = list(inspect.signature(call).parameters.values())[0 if bound else 1 :]
    if any(p.kind is inspect.Parameter.VAR_POSITIONAL for p in parameters):
        return False
    return len([p for p in parameters if p.kind in kinds and p.default is p.empty]) < 2


def pick_result(tensors: Mapping[str, Any], ref: TensorRef, span: Span) -> Any:
    """The tensor of a ref."""
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


def call_op(
    spec: LayerSpec, named: Mapping[str, Any], span: Span, node_name: str | None = None
) -> Any:
    """Call `ops.NAME` on symbolic tensors and constants.

    Args:
        spec: the op; its arguments are the constants.
        named: parameter name to tensors. "" holds the tensors of a variadic function.
        span: the location of the call.
        node_name: what Keras calls the node, by default by the op's name.
    """
    import keras

    known = class_schema("layer", spec.object.class_name)
    name = known.name if known is not None else spec.object.class_name.removeprefix("ops.")
    constants = {key: _constant(key, value, known) for key, value in spec.object.args.items()}
    options = {**constants, **{key: _listed(value) for key, value in named.items()}}
    options.pop("name", None)
    if known is not None and "spread" in known.call:
        options.update(options.pop(known.call["spread"], {}))
    positional = options.pop("", ())
    try:
        if name == "get_item":
            result = options["x"][_index(options["key"], spec.object.arg_spans.get("key", span))]
        else:
            if name == "einsum":
                positional = (options.pop("subscripts"), *positional)
            result = operator.attrgetter(name)(keras.ops)(*positional, **options)
    except KerasError:
        raise
    except Exception as error:
        what = f'Keras cannot compute "{spec.name}" ({spec.object.class_name})'
        raise KerasError.caused_by(error, what, span) from error
    _rename(result, node_name or spec.name)
    return result


def _constant(key: str, value: Any, known: ClassSchema | None) -> Any:
    """A constant; where Keras takes only a tuple, a list becomes one, and in a tensor's place an
    array of float32, int32 or bool."""
    made = make_value(value)
    if known is not None and isinstance(made, list) and known.takes_array(key):
        return _array(made)
    as_tuple = known is not None and known.python_type_of(key) == "tuple"
    return tuple(made) if as_tuple and isinstance(made, list) else made


def _array(value: list[Any]) -> Any:
    """A list of numbers as Keras would make a tensor of it; what is not an array stays as it is."""
    import numpy as np

    try:
        array = np.asarray(value)
    except ValueError:  # its parts differ in length, which Keras will refuse
        return value
    wanted = {"f": "float32", "i": "int32", "b": "bool"}.get(array.dtype.kind)
    return value if wanted is None else array.astype(wanted)


def _listed(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


def _rename(result: Any, name: str) -> None:
    """Give the node its name of the spec, so that Keras's own summaries and errors show it."""
    first = result[0] if isinstance(result, (list, tuple)) and result else result
    name_operation(first, name)


def _index(key: Any, span: Span) -> tuple[Any, ...]:
    try:
        return parse_index(key)
    except ValueError as error:
        raise KerasError(f"cannot read the index: {error}", span) from None
