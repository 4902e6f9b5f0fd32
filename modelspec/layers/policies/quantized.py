"""The weights of a layer under a policy such as `int8_from_float32`."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from modelspec.layers.rule import Policy, RuleResult, Weight

TABLES = ("embeddings", "reverse_embeddings")
KERNEL = "kernel"


def quantize(found: RuleResult, policy: Policy, args: Mapping[str, Any]) -> RuleResult:
    """The result of a rule with its kernel, or its table of vectors, quantized.

    Args:
        found: of Dense, EinsumDense, Embedding or ReversibleEmbedding, as under a float policy.
        policy: says how: int8 one number for each weight; int4 two numbers in one int8; float8
            float weights with a record of their sizes.
        args: of the layer.
    """
    mode, _, size = policy.mode.partition("/")
    block = int(size) if size else -1
    weights: list[Weight] = []
    for weight in found.weights:
        if weight.name not in (KERNEL, *TABLES):
            weights.append(weight)
        elif mode == "float8":
            weights += [*_amax_records(policy), weight]
        else:
            weights += _packed(weight, mode, block, policy, args)
    return replace(found, weights=tuple(weights))


def _amax_records(policy: Policy) -> list[Weight]:
    """What float8 remembers of inputs, kernel and gradients. Keras counts all of it as trained."""
    made = []
    for of in ("inputs", "kernel", "outputs_grad"):
        made += [Weight(f"{of}_scale", ()), Weight(f"{of}_amax_history", (policy.history,))]
    return made


def _packed(
    weight: Weight, mode: str, block: int, policy: Policy, args: Mapping[str, Any]
) -> list[Weight]:
    """The whole numbers, what they are multiplied with, and for blocks where each one begins."""
    if weight.name == KERNEL:
        rows = _summed_over(weight, args)
        columns = math.prod(weight.shape) // rows
        across, along = columns, rows  # one factor for each column
        halved = (rows, -(-columns // 2))
    else:
        by_row = weight.name == TABLES[0]
        across, along = weight.shape if by_row else weight.shape[::-1]
        half = -(-along // 2)
        halved = (across, half) if by_row else (half, across)
    if mode == "int8":
        return _frozen(
            Weight(weight.name, weight.shape, "int8"),
            Weight(f"{weight.name}_scale", (across,), policy.variable),
        )
    values = Weight(weight.name, halved, "int8")
    if block < 1:
        return _frozen(values, Weight(f"{weight.name}_scale", (across,), policy.variable))
    blocks = (-(-along // block), across)
    scale = Weight(f"{weight.name}_scale", blocks, policy.variable)
    if weight.name == TABLES[1]:  # Keras keeps its zeros as floats, and the order of blocks once
        return _frozen(values, scale, Weight(f"{weight.name}_zero", blocks, policy.variable))
    zero, order = Weight(f"{weight.name}_zero", blocks, "int8"), Weight("g_idx", (along,))
    return _frozen(values, scale, zero, order)


def _summed_over(kernel: Weight, args: Mapping[str, Any]) -> int:
    """From how many products one number of the output is summed."""
    if "equation" not in args:
        return kernel.shape[0]
    terms, output = args["equation"].split("->")
    letters = terms.split(",")[1].strip()
    sizes = zip(letters, kernel.shape, strict=True)
    return math.prod(size for letter, size in sizes if letter not in output)


def _frozen(*weights: Weight) -> list[Weight]:
    return [Weight(each.name, each.shape, each.dtype, False) for each in weights]
