"""Constants as indices, of which the first batch would tell that a table has no such row."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

from modelspec.analysis.arguments import complete, keras_class
from modelspec.analysis.facts import TensorStructure
from modelspec.graph import Call, Graph, TensorRef
from modelspec.layers.rule import Mismatch, Tensor, find_axis, product
from modelspec.spec.model import KerasObject

TAKE = "ops.take"


def need_indices_inside(
    call: Call, item: KerasObject, named: Mapping[str, TensorStructure], graph: Graph
) -> None:
    """Refuse constants that pick what an Embedding or `ops.take` does not have.

    Args:
        call: the call, which is sound otherwise.
        item: the layer or op.
        named: the tensors of the call by parameter.
        graph: has what the indices are made from.

    Raises:
        Mismatch: the least or the greatest index is outside. Below 0 they count from the end.
    """
    args = complete(item)
    if keras_class(item) == TAKE:
        size, ref = _axis_taken(args, named), call.named.get("indices")
    elif call.arguments.get("reverse"):
        return
    else:
        size, ref = args["input_dim"], next(call.reads(), None)
    written = args.get("indices") if ref is None else _values_of(ref, graph)
    numbers = list(_numbers(written))
    if size is None or all(-size <= number < size for number in numbers):
        return
    wrong = next(number for number in numbers if not -size <= number < size)
    if keras_class(item) == TAKE:
        arg = "indices" if ref is None else None
        raise Mismatch(f"takes {wrong} of an axis that has 0 to {size - 1}", arg)
    message = f"looks up {wrong}, and its table has the rows 0 to {size - 1}"
    hint = f"write `input_dim: {max(numbers) + 1}`" if max(numbers) >= size else ""
    raise Mismatch(message, "input_dim", hint)


def _axis_taken(args: Mapping[str, Any], named: Mapping[str, TensorStructure]) -> int | None:
    """The size of the axis that `ops.take` picks from; None where unknown."""
    x = named.get("x")
    if not isinstance(x, Tensor):
        return None
    return product(*x.shape) if args["axis"] is None else x.shape[find_axis(args["axis"], x.shape)]


def _values_of(ref: Any, graph: Graph) -> Any:
    """The constants that a tensor is made of, or their least and greatest; None for others."""
    calls = {call.name: call for call in graph.calls}
    call = calls.get(ref.source) if isinstance(ref, TensorRef) and ref.index is None else None
    if call is None:
        return None
    layer = graph.layers[call.layer]
    if layer.written and keras_class(layer.object) == "ops.where":  # its constants, as they are
        return _values_of(call.named["x1"], graph)
    if next(call.reads(), None) is not None:
        return None
    kind, args = keras_class(layer.object), complete(layer.object)
    if kind in ("ops.array", "ops.convert_to_tensor"):
        return args.get("x")
    if kind == "ops.full":
        return args.get("fill_value")
    return _ends(args) if kind == "ops.arange" else None


def _ends(args: Mapping[str, Any]) -> list[int] | None:
    """The first and the last number of an `ops.arange` of whole numbers."""
    start, stop = args.get("start") or 0, args.get("stop")
    step = 1 if args.get("step") is None else args["step"]
    first, end = (0, start) if stop is None else (start, stop)
    if not all(type(value) is int for value in (first, end, step)):
        return None
    counted = range(first, end, step)
    return [counted[0], counted[-1]] if counted else None


def _numbers(value: Any) -> Iterator[int]:
    """The whole numbers in nested lists; Keras cuts others to whole ones."""
    if isinstance(value, list):
        for item in value:
            yield from _numbers(item)
    elif isinstance(value, (int, float)) and math.isfinite(value):
        yield int(value)
