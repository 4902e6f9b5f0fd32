"""A Keras object's class and complete arguments, and the dtype policy of a layer."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from modelspec.layers.rule import Policy
from modelspec.schema import class_schema
from modelspec.spec.model import KerasObject


def keras_class(item: KerasObject) -> str:
    """Keras's own name of the class, aliases resolved: `mse` is MeanSquaredError.

    Returns:
        `ops.NAME` for an op, "" for a class that Keras does not have.
    """
    known = class_schema(item.kind, item.class_name)
    if known is None:
        return ""
    return f"ops.{known.name}" if item.class_name.startswith("ops.") else known.name


@cache
def defaults_of(kind: str, name: str) -> Mapping[str, Any]:
    """Argument to default of a class; None for an argument without a default."""
    known = class_schema(kind, name)
    if known is None:
        return {}
    return {key: schema.get("default") for key, schema in known.properties.items()}


def complete(item: KerasObject) -> dict[str, Any]:
    """The arguments of an object with Keras's defaults for those that the spec leaves out."""
    return {**defaults_of(item.kind, item.class_name), **item.args}


def policy_of(given: Any, outer: Policy) -> Policy | None:
    """The policy of a layer's `dtype` argument; None where unknown.

    Args:
        given: the argument: None, a dtype, a policy's name, or a policy object.
        outer: the policy of the model.
    """
    if given is None:
        return outer
    if isinstance(given, str):
        return named_policy(given)
    if isinstance(given, KerasObject) and given.as_text:
        return named_policy(given.class_name)
    if isinstance(given, KerasObject) and given.class_name in ("DTypePolicy", "FloatDTypePolicy"):
        name = given.args.get("name")
        return named_policy(name) if isinstance(name, str) else None
    return None


def named_policy(name: str) -> Policy:
    """`mixed_bfloat16` computes in bfloat16 with float32 variables; others have one dtype."""
    if name.startswith("mixed_"):
        return Policy(name.removeprefix("mixed_"), "float32")
    return Policy(name, name)
