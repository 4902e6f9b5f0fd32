"""Initializers that make a matrix, for weights that are none."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from modelspec.layers.rule import Mismatch, Weight
from modelspec.schema import class_schema
from modelspec.spec.model import KerasObject

MATRICES = ("Identity", "Orthogonal")
"""The first takes a weight of two axes, the other one of two or more."""


def check_initializers(weights: tuple[Weight, ...], args: Mapping[str, Any]) -> None:
    """Refuse an initializer that cannot make a weight of its number of axes.

    Args:
        weights: of a layer.
        args: its arguments: `kernel_initializer` makes the weight `kernel`, and
            `recurrent_initializer` the `recurrent_kernel`; that of DepthwiseConv2D is a `kernel`
            which `depthwise_initializer` makes.

    Raises:
        Mismatch: at the argument; Keras refuses it when it builds the layer.
    """
    for weight in weights:
        name = weight.name.rpartition("/")[2]
        before, _, last = name.rpartition("_")
        names = {name, (before or "depthwise") if last == "kernel" else name}
        for arg in (f"{one}_initializer" for one in sorted(names)):
            _check(weight, arg, args.get(arg))


def _check(weight: Weight, arg: str, given: Any) -> None:
    made = _class(given)
    axes = len(weight.shape)
    if made not in MATRICES or axes == 2 or (axes > 2 and made == MATRICES[1]):
        return
    needs = "two axes" if made == MATRICES[0] else "two axes or more"
    shape = list(weight.shape)
    message = f"cannot begin with {made}, which makes weights of {needs}: {weight.name} is {shape}"
    raise Mismatch(message, arg, "write another one, such as ones, zeros or glorot_uniform")


def _class(given: Any) -> str | None:
    name = given.class_name if isinstance(given, KerasObject) else given
    known = class_schema("initializer", name) if isinstance(name, str) else None
    return None if known is None else known.name
