"""Random calls of ops whose operands need nothing of each other but a shape that may stretch.

What a schema says of an argument is enough to draw a value for it. Ops whose operands must fit in
other ways are in `draft_ops_fitting.py`.
"""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any

import draw
from question import Question

from modelspec.layers.rule.rule import Shape, Tensor
from modelspec.schema.catalogue import class_schema
from modelspec.schema.files import load_file

OPS_FILE = "ops.json"
TENSOR = ("tensor_constant", "tensor_constant_or_null")
DTYPES = ("float32", "float16", "bfloat16", "float64", "int32", "int64", "uint8", "bool", "int",
          "complex64")  # fmt: skip
MORE_DTYPES = ("int8", "int16", "uint16", "uint32", "uint64", "complex64", "float8_e4m3fn")

Value = Callable[[Random, int], Any]
"""Draws the value of an argument for a tensor of so many axes."""


def names() -> list[str]:
    """All ops, as a spec writes them."""
    return [f"ops.{name}" for name in load_file(OPS_FILE)["$defs"]]


def tensor(rng: Random, axes: int) -> Tensor:
    found = draw.tensor(rng, axes, 6)
    return Tensor(found.shape, rng.choice(MORE_DTYPES)) if draw.chance(rng, 0.12) else found


def like(rng: Random, x: Tensor) -> Tensor:
    """A tensor that mostly stretches to the shape of another."""
    shape: list[int | None] = list(x.shape)
    for i, size in enumerate(shape):
        if draw.chance(rng, 0.2):
            shape[i] = rng.choice((1, 1, None, size, 3))
    if draw.chance(rng, 0.2):
        shape = shape[rng.randint(0, len(shape)) :]
    if draw.chance(rng, 0.1):
        shape = [rng.choice((1, 2, None)), *shape]
    dtype = x.dtype if draw.chance(rng, 0.6) else tensor(rng, 1).dtype
    return Tensor(tuple(shape), dtype)


def constant(rng: Random) -> Any:
    return rng.choice((2, 0.5, 3, -1.5, True, 1, 2.0, [1.0, 2.0], "text"))


def list_like(rng: Random, x: Tensor) -> list[Any]:
    """A list that mostly stretches to a tensor."""
    size = (x.shape[-1] if x.rank else None) or 2
    value: list[Any] = [rng.choice((1, 0.5, 2, True))] * rng.choice((size, size, 1, 3))
    return rng.choice((value, value, [value], []))


def number(rng: Random) -> Any:
    return rng.choice((2, 0.5, 3, -1.5, 1))


def _axis(rng: Random, axes: int) -> int:
    return draw.axis(rng, axes)


def _axes(rng: Random, axes: int) -> Any:
    found = draw.axes_of(rng, axes) if draw.chance(rng, 0.8) else draw.axis(rng, axes)
    return [found] if isinstance(found, int) and draw.chance(rng, 0.1) else found


def _or_null(value: Value) -> Value:
    return lambda rng, axes: None if draw.chance(rng, 0.3) else value(rng, axes)


def _of(*choices: Any) -> Value:
    return lambda rng, _: rng.choice(choices)


def _shape(rng: Random, axes: int) -> list[int | None]:
    return [rng.choice((None, 1, 2, 3)) for _ in range(draw.rank(rng, axes))]


def _many(low: int, high: int) -> Value:
    """One number or a list of them."""
    return lambda rng, axes: (
        rng.randint(low, high) if draw.flag(rng) else [rng.randint(low, high) for _ in range(axes)]
    )


VALUES: dict[str, Value] = {
    "axes": _axes,
    "axes_or_null": _or_null(_axes),
    "axis": _axis,
    "axis_or_null": _or_null(_axis),
    "axis_pair": lambda rng, axes: [draw.axis(rng, axes), draw.axis(rng, axes)],
    "bins": _of(1, 5, 10),
    "boolean": _of(True, False),
    "boolean_or_null": _of(None, True, False),
    "dtype": _of(*DTYPES),
    "dtype_or_null": _of(None, *DTYPES),
    "integer": _of(-2, -1, 0, 1, 2, 5),
    "integer_or_null": _of(None, 0, 3),
    "non_negative_integer": _of(0, 1, 2, 7),
    "norm_order_or_null": _of(None, None, 1, 2, "fro", "nuc", 3),
    "number": _of(0.5, 1, 2.0),
    "number_or_null": _of(None, None, 0.5),
    "number_range_or_null": _of(None, [0, 1], [1, 0]),
    "positive_integer": _of(1, 2, 3, 5),
    "positive_integer_or_null": _of(None, 1, 2, 3),
    "quantile": _of(0.5, [0.5], [0.1, 0.9], 1),
    "repeats": _many(0, 3),
    "sections": _of(1, 2, 3),
    "shape": _shape,
    "shift": _many(-2, 2),
    "signal_window_or_null": _of(None, "hann", "hamming"),
    "window_n": _many(1, 3),
}
"""How to draw what an argument of each named type may be."""


def generic(rng: Random, name: str) -> Question:
    """A call of an op, from its schema alone."""
    known = class_schema("layer", name)
    if known is None:
        raise LookupError(name)
    axes = rng.choice((0, 1, 2, 2, 3, 3, 4))
    named: dict[str, Any] = {}
    args: dict[str, Any] = {}
    for key, schema in known.properties.items():
        kind = schema.get("$ref", "").rpartition("/")[2]
        may_lack = "default" in schema
        if kind in TENSOR:
            _operand(rng, key, axes, may_lack, named, args)
        elif key != "name" and not (may_lack and draw.flag(rng)):
            args[key] = _value(rng, kind, axes)
    if not named:
        first = next(iter(known.properties))
        args.pop(first, None)
        named[first] = tensor(rng, axes)
    return Question("", args, (), named)


def _operand(
    rng: Random, key: str, axes: int, may_lack: bool, named: dict[str, Any], args: dict[str, Any]
) -> None:
    first = next(iter(named.values()), None)
    if first is None:
        if draw.chance(rng, 0.12):
            args[key] = constant(rng)
        else:
            named[key] = tensor(rng, axes)
    elif may_lack and draw.chance(rng, 0.7):
        return
    elif draw.chance(rng, 0.06):
        args[key] = list_like(rng, first)
    elif draw.chance(rng, 0.3):
        args[key] = number(rng) if draw.chance(rng, 0.7) else constant(rng)
    elif draw.chance(rng, 0.97):
        named[key] = like(rng, first)


def _value(rng: Random, kind: str, axes: int) -> Any:
    if kind in VALUES:
        return VALUES[kind](rng, axes)
    return rng.choice(_choices(kind))


def _choices(kind: str) -> list[Any]:
    """The values that the schema lists."""
    for part in load_file("types.json")["$defs"][kind]["anyOf"]:
        if "enum" in part:
            return list(part["enum"])
    raise LookupError(kind)


def shape_of(rng: Random, axes: int) -> Shape:
    return draw.shape(rng, axes, 6, 0.08)
