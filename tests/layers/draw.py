"""Random shapes, dtypes and tensors: mostly sound, often enough not."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from random import Random
from typing import Any

from question import Question, flat

from modelspec.layers.rule.rule import Shape, Structure, Tensor
from modelspec.layers.rule.shapes import TEXT

DTYPES = ("float32",) * 12 + ("float16", "float64", "bfloat16", "int32", "int64", "uint8", "bool")
POLICIES = ("float32",) * 8 + (
    "mixed_float16", "mixed_bfloat16", "float16", "bfloat16", "float64",
)  # fmt: skip
TEXT_SHARE = 0.03
EMPTY_SHARE = 0.01


def chance(rng: Random, share: float) -> bool:
    return rng.random() < share


def size(rng: Random, most: int = 9, unknown: float = 0.12) -> int | None:
    if chance(rng, unknown):
        return None
    return 0 if chance(rng, EMPTY_SHARE) else rng.randint(1, most)


def batch(rng: Random) -> int | None:
    return rng.choice((None, None, None, None, 1, 2, 3))


def rank(rng: Random, right: int, wrong: float = 0.1) -> int:
    """`right`, or now and then something near it, down to 0."""
    return max(0, right + rng.choice((-2, -1, 1, 2))) if chance(rng, wrong) else right


def shape(rng: Random, axes: int, most: int = 9, unknown: float = 0.12) -> Shape:
    """A shape of `axes` axes, the batch among them."""
    return (batch(rng), *(size(rng, most, unknown) for _ in range(axes - 1)))[:axes]


def dtype(rng: Random) -> str:
    return "string" if chance(rng, TEXT_SHARE) else rng.choice(DTYPES)


def tensor(rng: Random, axes: int, most: int = 9, unknown: float = 0.12) -> Tensor:
    return Tensor(shape(rng, axes, most, unknown), dtype(rng))


def policy(rng: Random) -> str:
    return rng.choice(POLICIES)


def flag(rng: Random) -> bool:
    return chance(rng, 0.5)


def axis(rng: Random, axes: int, wrong: float = 0.12) -> int:
    """An axis of a tensor of `axes` axes, counted from either end."""
    if chance(rng, wrong) or not axes:
        return rng.randint(-axes - 2, axes + 1)
    return rng.randint(-axes, axes - 1)


def axes_of(rng: Random, axes: int) -> int | list[int]:
    """One axis or a list of different ones."""
    if flag(rng):
        return rng.choice((-1, axis(rng, axes)))
    after = list(range(1, axes)) or [0]
    found = rng.sample(after, rng.randint(1, len(after)))
    return [a - axes if flag(rng) and a else a for a in found] if flag(rng) else found


def window(rng: Random, n: int, most: int = 4) -> int | list[int]:
    if flag(rng):
        return rng.randint(1, most)
    return [rng.randint(1, most) for _ in range(n)]


def some(rng: Random, **choices: Sequence[Any]) -> dict[str, Any]:
    """Each argument in half of the cases, with one of its values; else left to its default."""
    return {key: rng.choice(values) for key, values in choices.items() if flag(rng)}


Draft = Callable[[Random], Question]
"""Makes a question that lacks its layer and its policy."""


def asked(args: Mapping[str, Any], *inputs: Structure, **named: Structure) -> Question:
    return Question("", args, inputs, named)


def settled(question: Question) -> Question:
    """The question with text only in known sizes: text is run, and runs need sizes that fit."""
    tensors = list(flat((question.inputs, question.named)))
    if not any(t.dtype == TEXT for t in tensors):
        return question
    known = all(None not in t.shape[1:] for t in tensors)

    def settle(value: Structure) -> Structure:
        if isinstance(value, Tensor):
            shape = (None, *value.shape[1:]) if value.shape else ()
            return Tensor(shape, "float32" if value.dtype == TEXT and not known else value.dtype)
        if isinstance(value, Mapping):
            return {key: settle(item) for key, item in value.items()}
        return tuple(settle(item) for item in value)

    return replace(question, inputs=settle(question.inputs), named=settle(question.named))
