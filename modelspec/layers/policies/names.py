"""The policy that a layer's `dtype` means: a dtype, a policy's name, or a policy object."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from modelspec.layers.rule import Mismatch, Policy
from modelspec.spec.model import KerasObject

RESERVED = ("int8", "float8", "int4", "gptq", "awq")
"""Keras takes a name that begins so for a way to quantize, and a dtype of that name for none."""

MIXED, SOURCE = "mixed_", "_from_"


def policy_of(given: Any, outer: Policy) -> Policy | None:
    """The policy of a layer's `dtype` argument; None where unknown.

    Args:
        given: the argument: None, a dtype, a policy's name, or a policy object.
        outer: the policy of the model.

    Raises:
        Mismatch: Keras has no policy of this name.
    """
    if given is None:
        return outer
    if isinstance(given, KerasObject):
        return named_policy(given.class_name) if given.as_text else _of_object(given, outer)
    return named_policy(given) if isinstance(given, str) else None


def named_policy(name: str) -> Policy:
    """`mixed_bfloat16` computes in bfloat16 with float32 variables; others have one dtype.
    `int8_from_mixed_bfloat16` is that with quantized weights.

    Raises:
        Mismatch: Keras has no policy of this name.
    """
    mode, quantized, source = name.partition(SOURCE)
    if quantized:
        return replace(named_policy(source), mode=mode)
    if name.startswith(RESERVED):
        hint = f"write float32, or `{name.partition('_')[0]}_from_float32` for quantized weights"
        raise Mismatch(f"cannot compute in {name}: Keras has no such policy", "dtype", hint)
    if name.startswith(MIXED):
        return Policy(name.removeprefix(MIXED), "float32")
    return Policy(name, name)


def _of_object(item: KerasObject, outer: Policy) -> Policy | None:
    """The policy of a policy object; None for one of an extension, and for a map of policies."""
    args = item.args
    if item.class_name in ("DTypePolicy", "FloatDTypePolicy"):
        name = args.get("name")
        return named_policy(name) if isinstance(name, str) else None
    mode = args.get("mode")
    if not isinstance(mode, str):
        return None
    source = args.get("source_name")
    base = named_policy(source) if isinstance(source, str) else outer
    return replace(base, mode=mode, history=args.get("amax_history_length", base.history))
