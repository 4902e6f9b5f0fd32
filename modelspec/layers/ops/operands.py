"""Reading the operands and the settings of an op."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from modelspec.layers.rule import (
    FIRST_BATCH,
    WEAK_FLOAT,
    WEAK_INT,
    LayerCall,
    Mismatch,
    Shape,
    Structure,
    Tensor,
    as_tensor,
    result_type,
)


def tensor(call: LayerCall, name: str) -> Tensor:
    """A parameter that must be a tensor.

    Raises:
        Mismatch: nothing flows into it, or a constant or several tensors stand there.
    """
    value = operand(call, name)
    if isinstance(value, Tensor):
        return value
    if isinstance(value, (tuple, Mapping)):
        raise Mismatch(f"takes one tensor for `{name}`, got {len(value)}")
    raise Mismatch(
        f"needs a tensor for `{name}`, got the constant {value!r}", name, "let an edge give it"
    )


def operand(call: LayerCall, name: str) -> Any:
    """A parameter that may be a tensor or a constant.

    Raises:
        Mismatch: it has neither.
    """
    value = maybe(call, name)
    if value is None:
        hint = f"let one more edge flow into it, or write a constant for `{name}`"
        raise Mismatch(f"needs `{name}`, and nothing gives it", hint=hint)
    return value


def maybe(call: LayerCall, name: str) -> Any:
    """A parameter that may be left out: a tensor, a constant, or None. A list is a tensor."""
    if name in call.named:
        value = call.named[name]
        return value[0] if isinstance(value, tuple) and len(value) == 1 else value
    return as_tensor(call.args.get(name), name)


def maybe_tensor(call: LayerCall, name: str) -> Tensor | None:
    """A parameter that is a tensor or left out."""
    return None if maybe(call, name) is None else tensor(call, name)


def setting(call: LayerCall, name: str) -> Any:
    """A parameter that must be a constant.

    Raises:
        Mismatch: a tensor flows into it, which Keras cannot use there; or it is missing.
    """
    if name in call.named:
        hint = f"write `{name}` among the arguments; an edge gives only tensors"
        raise Mismatch(f"needs a constant for `{name}`, and an edge gives a tensor", hint=hint)
    if name not in call.args:
        raise Mismatch(f"needs `{name}`", hint=f"write `{name}` among the arguments")
    return call.args[name]


def known_shape(call: LayerCall) -> Shape:
    """The setting `shape`, all of whose sizes must be numbers.

    Raises:
        Mismatch: one is null. Keras takes that for an unknown size, and cannot run it.
    """
    shape = tuple(setting(call, "shape"))
    if None in shape:
        hint = "write the batch size, or use a layer, which leaves the batch axis alone"
        message = f"needs known sizes, got {list(shape)}: {FIRST_BATCH}"
        raise Mismatch(message, "shape", hint)
    return shape


def tensors(call: LayerCall, name: str) -> tuple[Tensor, ...]:
    """A parameter that is a list of tensors: at least one.

    Raises:
        Mismatch: it is empty, one tensor and no list, or holds something else.
    """
    value: Structure = call.named[name] if name in call.named else operand(call, name)
    if isinstance(call.named.get(name), Tensor):  # Keras builds no list of it
        hint = f"put it in brackets in `from`: `{name}: [...]`"
        raise Mismatch(f"takes a list of tensors as `{name}`, and not one", hint=hint)
    items = value if isinstance(value, (tuple, list)) else (value,)
    if not items or not all(isinstance(item, Tensor) for item in items):
        raise Mismatch("needs tensors only", name if name in call.args else None)
    return tuple(items)


def shape_of(value: Any) -> Shape:
    """A tensor's shape; one constant has none, and Keras looks for none in a list of text."""
    return value.shape if isinstance(value, Tensor) else ()


def dtype_of(value: Any, name: str) -> str:
    """The dtype of an operand, as promotion takes it: a Python number is weak.

    Raises:
        Mismatch: a list of text, which Keras gives no dtype.
    """
    if isinstance(value, Tensor):
        return value.dtype
    for python, dtype in _PYTHON.items():
        if type(value) is python:
            return dtype
    raise Mismatch("takes a number or a list of numbers as a constant", name)


def promoted(call: LayerCall, *names: str, with_: str | None = None) -> str:
    """The dtype of all these operands together."""
    dtypes = [dtype_of(operand(call, name), name) for name in names]
    return result_type(*dtypes, *((with_,) if with_ else ()))


_PYTHON = {bool: "bool", int: WEAK_INT, float: WEAK_FLOAT, str: "string"}


def need_numbers(*values: Any) -> None:
    """Text has no sum, sine or softmax.

    Raises:
        Mismatch: one of the tensors holds text.
    """
    if any(isinstance(value, Tensor) and value.dtype == "string" for value in values):
        hint = "turn text into numbers with TextVectorization, StringLookup or Hashing first"
        raise Mismatch("needs numbers, got text", hint=hint)
