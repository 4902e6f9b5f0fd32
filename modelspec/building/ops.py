"""Functions of `keras.ops` as nodes of a graph."""

from __future__ import annotations

import operator
import re
from collections.abc import Mapping
from typing import Any

from modelspec.diagnostics import Span
from modelspec.schema import class_schema
from modelspec.spec import LayerSpec

from .objects import make_value
from .refusal import RefusedError, plain_words

_SLICE = re.compile(r"(-?\d+)?:(-?\d+)?(?::(-?\d+)?)?\Z")
_INTEGER = re.compile(r"-?\d+\Z")


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
    constants = {key: make_value(value) for key, value in spec.object.args.items()}
    options = {**constants, **{key: _listed(value) for key, value in named.items()}}
    options.pop("name", None)
    if known is not None and "spread" in known.call:
        options.update(options.pop(known.call["spread"], {}))
    positional = options.pop("", ())
    try:
        if name == "get_item":
            result = options["x"][parse_key(options["key"], spec.object.arg_spans["key"])]
        else:
            if name == "einsum":
                positional = (options.pop("subscripts"), *positional)
            result = operator.attrgetter(name)(keras.ops)(*positional, **options)
    except RefusedError:
        raise
    except Exception as error:
        message = f'Keras cannot compute "{spec.name}" ({spec.object.class_name}): '
        raise RefusedError(message + plain_words(error), span) from error
    _rename(result, spec.name)
    return result


def _listed(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


def _rename(result: Any, name: str) -> None:
    """Give the node its name of the spec, so that Keras's own summaries and errors show it."""
    first = result[0] if isinstance(result, (list, tuple)) and result else result
    history = getattr(first, "_keras_history", None)
    if history is not None:
        history.operation.name = name


def parse_key(key: Any, span: Span) -> Any:
    """An index as numpy writes it: `:, 0`, `..., -1`, `::2, None`."""
    if not isinstance(key, str):
        return tuple(key) if isinstance(key, list) else key
    parts = tuple(_part(part.strip(), key, span) for part in key.split(","))
    return parts if len(parts) > 1 else parts[0]


def _part(part: str, key: str, span: Span) -> Any:
    if part == "...":
        return Ellipsis
    if part in ("None", "null", "newaxis"):
        return None
    if _INTEGER.match(part):
        return int(part)
    match = _SLICE.match(part)
    if match is None:
        message = (
            f'"{key}" is not an index: each part is a number, a slice such as 1:3, "..." or None'
        )
        raise RefusedError(message, span)
    return slice(*(None if group is None else int(group) for group in match.groups()))
