"""Which layers can have which policy. Keras looks at a policy's name alone, and fails later."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from modelspec.diagnostics import join_words
from modelspec.layers.rule import Mismatch, Policy, Weight, is_floating
from modelspec.layers.traits import classes_with, traits_of

RANDOM_WEIGHTS = ("kernel_initializer", "embeddings_initializer", "depthwise_initializer")
"""Arguments that draw random numbers unless they are given, which are real."""

CALIBRATED = ("gptq", "awq")
"""Ways to quantize that look at examples first, which `model.quantize` does."""


def check_policy(name: str, policy: Policy, args: Mapping[str, Any]) -> None:
    """Refuse quantized weights where Keras cannot compute with them.

    Keras makes the layer, and its first call fails.

    Raises:
        Mismatch: the layer, or an argument of it, has no code for them.
    """
    mode = policy.mode.partition("/")[0]
    if not mode:
        return
    hint = "leave `dtype` out, and quantize the trained model with `model.quantize` in Python"
    if mode in CALIBRATED:
        message = f"cannot run in {policy.mode}: Keras has to see examples before it quantizes so"
        raise Mismatch(message, "dtype", hint)
    if mode not in traits_of(name).quantized:
        can = join_words(
            sorted(c for c in classes_with("quantized") if mode in traits_of(c).quantized)
        )
        raise Mismatch(
            f"cannot run with weights of {mode}: of Keras's layers {can} can", "dtype", hint
        )
    if mode == "int8" and policy.compute == "float16":
        message = "cannot compute in float16 with weights of int8: Keras refuses the policy"
        raise Mismatch(message, "dtype", "write bfloat16 or float32 after `_from_`")
    if mode != "float8" and "..." in args.get("equation", ""):
        message = f"cannot run with weights of {mode} and an ellipsis: Keras fails to build it"
        raise Mismatch(message, "equation", "write a letter for each axis")
    if mode == "float8" and args.get("lora_rank"):
        raise Mismatch("takes `lora_rank` or float8, not both", "dtype", "remove one of them")


def check_weights(policy: Policy, weights: tuple[Weight, ...], args: Mapping[str, Any]) -> None:
    """Refuse weights of a dtype that Keras cannot draw or train.

    Raises:
        Mismatch: they are whole numbers, true and false or text, to which no gradient leads; or
            complex numbers, which Keras does not draw at random.
    """
    wrong = next((w for w in weights if w.trainable and not is_floating(w.dtype)), None)
    if wrong is None:
        return
    hint = "write a float dtype, such as float32"
    if not wrong.dtype.startswith("complex"):
        message = f"has weights, and cannot train a {wrong.name} of {policy.variable}"
        raise Mismatch(message, "dtype", hint)
    if any(key in args for key in RANDOM_WEIGHTS):
        message = f"cannot draw the first values of its weights in {policy.variable}"
        raise Mismatch(message, "dtype", hint)
