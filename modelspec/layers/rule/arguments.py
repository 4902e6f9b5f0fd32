"""What rules read from arguments: constants, layers in arguments, low-rank adapters."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from modelspec.schema import class_schema
from modelspec.spec.model import KerasObject

from .rule import LayerCall, Mismatch, RuleResult, Shape, Structure, Tensor, Weight
from .shapes import product, volume


def shape_of_list(value: Any, arg: str) -> Shape:
    """The shape of a number, (), or of nested lists of numbers.

    Raises:
        Mismatch: the lists have different lengths.
    """
    if not isinstance(value, list):
        return ()
    inner = [shape_of_list(item, arg) for item in value]
    if any(shape != inner[0] for shape in inner):
        raise Mismatch("needs lists of one length", arg)
    return (len(value), *(inner[0] if inner else ()))


def as_tensor(value: Any, arg: str) -> Any:
    """A list of numbers as a Tensor of float32, int32 or bool; anything else unchanged."""
    if not isinstance(value, list):
        return value
    kinds = {type(item) for item in _leaves(value)}
    if not kinds <= {bool, int, float}:
        return value
    dtype = "bool" if kinds == {bool} else "float32" if float in kinds or not kinds else "int32"
    return Tensor(shape_of_list(value, arg), dtype)


def _leaves(value: Any) -> Iterator[Any]:
    if isinstance(value, list):
        for item in value:
            yield from _leaves(item)
    else:
        yield value


def argument_at(call: LayerCall, position: int, name: str) -> Structure:
    """A tensor argument of the call after the first: by position or by name, or None."""
    if len(call.inputs) > position:
        return call.inputs[position]
    return call.named.get(name)


def apply_inner(
    call: LayerCall, item: KerasObject, arg: str, *inputs: Structure, **named: Structure
) -> RuleResult:
    """The result of a layer in an argument; its Mismatch is reported at that argument."""
    if call.apply is None:
        raise TypeError("the rule of a wrapper needs `apply`")
    if item.class_name.startswith("ops."):
        message = f"takes a layer, and `{item.class_name}` is a function"
        raise Mismatch(
            message, arg, "write a layer such as Activation, or use the function in edges"
        )
    try:
        return call.apply(item, *inputs, **named)
    except Mismatch as mismatch:
        message = f"its {item.class_name}: {mismatch.message}"
        raise Mismatch(message, arg, mismatch.hint) from mismatch


def class_of(item: Any) -> str | None:
    """Keras's own name of the class of a layer in an argument; None for one of an extension."""
    if not isinstance(item, KerasObject) or item.model is not None:
        return None
    known = class_schema("layer", item.class_name)
    return None if known is None else known.name


def argument_of(item: KerasObject, name: str) -> Any:
    """An argument of a layer in an argument, or its default from the schema."""
    if name in item.args:
        return item.args[name]
    known = class_schema("layer", item.class_name)
    return None if known is None else known.properties[name]["default"]


def lora_weights(call: LayerCall, kernel: Weight) -> tuple[Weight, tuple[Weight, ...], int | None]:
    """Low-rank adapters: what the argument `lora_rank` adds to a layer's kernel.

    Args:
        call: has the arguments `lora_rank`, and `NAME_constraint` of the kernel.
        kernel: the weight (..., columns), adapted by (..., rank) @ (rank, columns).

    Returns:
        The kernel, frozen if there are adapters; the adapters; the FLOPs that apply them.

    Raises:
        Mismatch: Keras takes no constraint together with adapters.
    """
    rank = call.args["lora_rank"]
    if not rank:
        return kernel, (), 0
    constraint = f"{kernel.name}_constraint"
    if call.args[constraint] is not None:
        raise Mismatch(
            f"takes `lora_rank` or `{constraint}`, not both", "lora_rank", "remove one of them"
        )
    frozen = Weight(kernel.name, kernel.shape, kernel.dtype, trainable=False)
    prefix = "lora_embeddings" if kernel.name == "embeddings" else "lora_kernel"
    down = Weight(f"{prefix}_a", (*kernel.shape[:-1], rank))
    up = Weight(f"{prefix}_b", (rank, kernel.shape[-1]))
    return frozen, (down, up), product(2 * rank + 2, volume(kernel.shape))
