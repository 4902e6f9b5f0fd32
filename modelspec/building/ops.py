"""Functions of `keras.ops` as nodes of a graph."""

from __future__ import annotations

import operator
from collections.abc import Mapping
from typing import Any

from modelspec.diagnostics import Span
from modelspec.framework import name_operation
from modelspec.schema import ClassSchema, class_schema
from modelspec.spec.model import LayerSpec, parse_index

from .keras_error import KerasError
from .objects import make_value


def call_op(spec: LayerSpec, named: Mapping[str, Any], span: Span) -> Any:
    """Call `ops.NAME` on symbolic tensors and constants.

    Args:
        spec: the node; its arguments are the constants.
        named: parameter name to tensors. "" holds the tensors of a variadic function.
        span: where the call stands.
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
    _rename(result, spec.name)
    return result


def _constant(key: str, value: Any, known: ClassSchema | None) -> Any:
    """A constant; where Keras takes only a tuple, a list becomes one, and in a tensor's place an
    array of float32, int32 or bool."""
    made = make_value(value)
    if known is not None and key in known.properties and isinstance(made, list):
        kind = str(known.properties[key].get("$ref", ""))
        if "tensor_constant" in kind and key not in _LISTS and not known.takes_list:
            return _array(made)
    as_tuple = known is not None and known.python_type_of(key) == "tuple"
    return tuple(made) if as_tuple and isinstance(made, list) else made


_LISTS = frozenset(("indices",))
"""Parameters that Keras takes a plain list for."""


def _array(value: list[Any]) -> Any:
    """A list of numbers as Keras would make a tensor of it; what is no array stays as it is."""
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
