"""One rule for each function of `keras.ops`, grouped by what it does to a tensor."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from modelspec.layers.ops import (
    activations,
    arithmetic,
    creating,
    einsum,
    elementwise,
    images,
    indexing,
    joining,
    linear_algebra,
    losses,
    products,
    quantiles,
    reductions,
    reshaping,
    signals,
    sizing,
    windows,
)
from modelspec.layers.ops.kernels import check_axes, check_dtypes
from modelspec.layers.rule import LayerCall, Mismatch, Rule, RuleResult
from modelspec.schema import class_schema

from .images import TAPS
from .returned import with_own_mask
from .signals import transform_flops
from .sparse import has_sparse, need_taken, with_sparseness

GROUPS = (
    activations,
    arithmetic,
    creating,
    einsum,
    elementwise,
    images,
    indexing,
    joining,
    linear_algebra,
    losses,
    products,
    quantiles,
    reductions,
    reshaping,
    signals,
    sizing,
    windows,
)

TENSOR_TYPES = ("tensor_constant", "tensor_constant_or_null", "quantile")
"""The schema's types of arguments that may be a tensor."""

OPTIONAL = {"default", "x-default-note"}
"""A parameter with one of these in its schema may be left out."""


def _checked(name: str, rule: Rule) -> Rule:
    """The rule, called only where each parameter has what it takes: tensors, or a constant."""

    def checked(call: LayerCall) -> RuleResult:
        known = class_schema("layer", f"ops.{name}")
        if name in creating.OF_NUMBERS and call.named:
            creating.refuse_tensor()
        for parameter, schema in known.properties.items() if known is not None else ():
            _check(name, call, parameter, schema)
        check_dtypes(name, call.named, call.args)
        check_axes(name, call.named)
        if not has_sparse(call.named):
            return with_own_mask(name, call, rule(call))
        need_taken(name, call.named, call.args)
        return with_sparseness(name, call.named, rule(call))

    return checked


def _check(name: str, call: LayerCall, parameter: str, schema: Mapping[str, Any]) -> None:
    if parameter in call.named:
        if not schema.get("$ref", "").endswith(TENSOR_TYPES):
            hint = f"write `{parameter}` among its arguments; an edge gives only tensors"
            raise Mismatch(f"takes a constant for `{parameter}`, got a tensor", hint=hint)
    elif call.args.get(parameter) is None and not OPTIONAL & set(schema):
        of_numbers = name in creating.OF_NUMBERS
        tensors = not of_numbers and schema.get("$ref", "").endswith(TENSOR_TYPES)
        way = "let one more edge flow into it, or " if tensors else ""
        hint = f"{way}write `{parameter}` among its arguments"
        raise Mismatch(f"needs `{parameter}`, and nothing gives it", hint=hint)


OPS: dict[str, Rule] = {
    name: _checked(name, rule) for group in GROUPS for name, rule in group.OPS.items()
}
"""The rule of each op, by its name in `keras.ops`."""

__all__ = ["GROUPS", "OPS", "TAPS", "transform_flops"]
