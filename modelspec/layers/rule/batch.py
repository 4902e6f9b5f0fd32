"""Where the batch goes: a rule is asked a second time, for a batch of a size that no axis has.

While a model is built, an unknown size fits all. So a first axis that is unknown may be the batch,
or may be 4 times it after a reshape; and the batch may meet an axis of 4, which works for a batch
of 4 alone. With TRIAL_BATCH in its place the arithmetic of a rule tells these apart.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace

from .kernels import FIRST_BATCH
from .rule import (
    LayerCall,
    Mismatch,
    RuleResult,
    Shape,
    Structure,
    Tensor,
    UnknownSize,
    flat_tensors,
)

TRIAL_BATCH = 2**9 * 3**5 * 5**3 * 7**2 * 11 * 13 * 17 * 19 * 23
"""Far above all sizes of a model, and divisible by the numbers that a reshape divides by."""

VALUES_DECIDE = TRIAL_BATCH + 1
"""The size in a trial of a first axis that the values decide: how many are not 0, or the largest.
It is not that of the batch."""

_LEAST = TRIAL_BATCH // 10_000
"""A size above it is a multiple of the batch, or a part."""

BATCH_HINT = (
    "axis 0 is the batch: name axes from 1 on in ops, or use layers, which leave it alone "
    "(Reshape, Permute, Dot), and give an input of one number for each example `shape: [1]`"
)
"""How to keep to the batch."""

TABLE_HINT = (
    "a tensor without a batch axis goes into functions such as ops.add, which stretch it over the "
    "batch, not into layers; if an op took its batch axis, name axes from 1 on there"
)
"""How to combine a constant, or a Weight with `batch: false`, with a batch."""


def has_batch(tensor: Tensor) -> bool:
    """Whether a size of the tensor depends on the batch, or did before an op took it away."""
    return tensor.trial is not None or (tensor.rank > 0 and tensor.shape[0] is None)


def has_examples(tensor: Tensor) -> bool:
    """Whether the first axis, and no other, is that of the examples."""
    return tensor.trial is None and has_batch(tensor)


def depends_on_batch(size: int | None) -> bool:
    """Whether a size in a trial is the batch, or a multiple or part of it."""
    return size is not None and size > _LEAST


def trial_shape(shape: Shape) -> Shape:
    """The shape in a trial of a tensor whose first axis is the batch."""
    return (TRIAL_BATCH, *shape[1:]) if shape and shape[0] is None else shape


def loses_batch(tensor: Tensor) -> bool:
    """Whether a tensor is known to have another first axis than the batch, or a second batch."""
    shape = tensor.trial
    if shape is None:
        return False
    first = shape[0] if shape else 1
    return first not in (None, TRIAL_BATCH) or any(map(depends_on_batch, shape[1:]))


def known_batch(tensor: Tensor, batch_size: int | None) -> int | None:
    """The size of the first axis where it is not that of a batch; None where it is, or unknown.

    Args:
        tensor: an output.
        batch_size: of the inputs; None where they leave it open.
    """
    shape = tensor.shape if tensor.trial is None else tensor.trial
    first = shape[0] if shape else None
    return None if first in (TRIAL_BATCH, batch_size) else first


def follow_batch(
    found: RuleResult, call: LayerCall, rule: Callable[[LayerCall], RuleResult]
) -> RuleResult:
    """The result of a call, whose tensors know where the batch is in them.

    Raises:
        Mismatch: the call works for one size of the batch only.
    """
    inputs = tuple(map(_on_trial, call.inputs))
    named = {key: _on_trial(value) for key, value in call.named.items()}
    try:
        tried = rule(replace(call, inputs=inputs, named=named))
    except UnknownSize:
        return found
    except Mismatch as mismatch:
        message = "works for one size of the batch at most, though Keras builds it: " + _worded(
            mismatch.message.removesuffix(f": {FIRST_BATCH}")
        )
        meets_table = any(map(loses_batch, flat_tensors(call.inputs)))
        raise Mismatch(
            message, mismatch.arg, TABLE_HINT if meets_table else BATCH_HINT
        ) from mismatch
    output = _knowing(found.output, tried.output)
    return replace(found, output=output, flops=_flops_for_one(found.flops, output, call))


def _flops_for_one(flops: int | None, output: Structure, call: LayerCall) -> int | None:
    """The FLOPs for one example, where a rule has counted those for one index of axis 0.

    Where examples are not on axis 0 they are unknown. What has no axis of the examples, as a
    table has, is computed once: all of axis 0 counts.
    """
    if not flops or not _any_moved((call.inputs, call.named)):
        return flops
    read, made = list(flat_tensors((call.inputs, call.named))), list(flat_tensors(output))
    if any(map(_mixes_examples, (*read, *made))):
        return None
    if any(map(has_examples, read)):
        return flops if all(map(has_examples, made)) else None
    first = {tensor.shape[0] if tensor.shape else 1 for tensor in made}
    size = first.pop() if len(first) == 1 else None
    return None if size is None else flops * size


def _mixes_examples(tensor: Tensor) -> bool:
    """Whether examples are on another axis than the first, or on several, or on a part of it."""
    return tensor.trial is not None and any(map(depends_on_batch, tensor.trial))


def _on_trial(value: Structure) -> Structure:
    if isinstance(value, Tensor):
        shape = trial_shape(value.shape) if value.trial is None else value.trial
        mask = None if value.mask is None else trial_shape(value.mask)
        return replace(value, shape=shape, mask=mask, built=None, trial=None)
    if isinstance(value, Mapping):
        return {key: _on_trial(item) for key, item in value.items()}
    return tuple(map(_on_trial, value))


def _any_moved(value: Structure) -> bool:
    if isinstance(value, Tensor):
        return value.trial is not None
    items = value.values() if isinstance(value, Mapping) else value
    return any(map(_any_moved, items))


def _knowing(found: Structure, tried: Structure) -> Structure:
    if isinstance(found, Tensor) and isinstance(tried, Tensor):
        return _placed(found, tried.shape if tried.trial is None else tried.trial)
    if isinstance(found, Mapping) and isinstance(tried, Mapping):
        return {key: _knowing(item, tried[key]) for key, item in found.items()}
    if isinstance(found, tuple) and isinstance(tried, tuple):
        return tuple(_knowing(*pair) for pair in zip(found, tried, strict=False))
    return found


def _placed(found: Tensor, trial: Shape) -> Tensor:
    """The tensor with its shape of a trial; a size that Keras states is unknown if it depends."""
    if found.rank != len(trial):
        return replace(found, trial=trial)
    sizes = zip(found.shape, trial, strict=True)
    shape = tuple(None if depends_on_batch(size) else stated for stated, size in sizes)
    known = found if shape == found.shape else replace(found, shape=shape).built_as(found.shape)
    usual = trial[:1] == (TRIAL_BATCH,) and not any(map(depends_on_batch, trial[1:]))
    return known if usual else replace(known, trial=trial)


def trial_text(shape: Shape) -> str:
    """A shape in a trial, with words for sizes that depend on the batch: `(2 * batch, 4)`."""
    return _worded(str(shape))


def _worded(text: str) -> str:
    return re.sub(r"\d+", _word, text)


def _word(found: re.Match[str]) -> str:
    size = int(found[0])
    if not depends_on_batch(size):
        return found[0]
    if size == VALUES_DECIDE:
        return "a size that the values decide"
    if size % TRIAL_BATCH == 0:
        times = size // TRIAL_BATCH
        return "batch" if times == 1 else f"{times} * batch"
    if TRIAL_BATCH % size == 0:
        return f"batch / {TRIAL_BATCH // size}"
    return "a size that the batch decides"
