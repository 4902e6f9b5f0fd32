"""Images and the like that are made once and then held, where they are small enough together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from math import prod
from typing import Any, TypeGuard

import numpy as np

from modelspec.diagnostics import Findings, Span, listed

from .examples import Examples
from .file_faults import NAMED
from .lazy import Lazy
from .table import Array

MOST = 512 * 1024**2
"""Bytes of decoded examples that are held in memory."""

BATCH = 64


def hold(
    splits: Sequence[Examples | None], span: Span, findings: Findings
) -> list[Examples | None]:
    """The same splits with all arrays held, or as they are where that takes too much memory.

    Args:
        splits: all of them; None where a spec has none.
        span: where findings point.
        findings: takes files that cannot be decoded.
    """
    lazy = [value for split in splits for value in _lazy(split)]
    if not lazy or sum(_size(value) for value in lazy) > MOST:
        return list(splits)
    return [_hold(split, span, findings) for split in splits]


def _lazy(split: Examples | None) -> Iterator[Lazy]:
    for value in {} if split is None else split.inputs.values():
        if _is_made(value):
            yield value


def _is_made(value: Array | Lazy) -> TypeGuard[Lazy]:
    """Whether an input's values are made anew each time they are needed."""
    return isinstance(value, Lazy) and not value.stored


def _size(lazy: Lazy) -> float:
    """Bytes; without an end where examples differ in shape."""
    if None in lazy.shape or lazy.dtype == "string":
        return np.inf
    return len(lazy) * prod(size or 0 for size in lazy.shape) * _dtype(lazy).itemsize


def _dtype(lazy: Lazy) -> np.dtype[Any]:
    import tensorflow as tf

    found: np.dtype[Any] = np.dtype(tf.as_dtype(lazy.dtype).as_numpy_dtype)
    return found


def _hold(split: Examples | None, span: Span, findings: Findings) -> Examples | None:
    if split is None:
        return None
    inputs = {
        name: _made(value, split, span, findings) if _is_made(value) else value
        for name, value in split.inputs.items()
    }
    return replace(split, inputs=inputs)


def _made(lazy: Lazy, split: Examples, span: Span, findings: Findings) -> Array:
    """Make all values, several at a time; a finding that names the files that fail."""
    out = np.empty((len(lazy), *(size or 0 for size in lazy.shape)), dtype=_dtype(lazy))
    done = np.zeros(len(lazy), dtype=np.bool_)
    for numbers, values in _values(lazy):
        out[numbers.numpy()] = values.numpy()
        done[numbers.numpy()] = True
    if not done.all():
        bad = np.flatnonzero(~done)
        names = listed((split.table.place(int(split.rows[i])) for i in bad), most=NAMED)
        message = f"{names} cannot be decoded: {_reason(lazy, int(bad[0]))}"
        hint = "take a sound copy, or remove the file"
        findings.error(span, "bad-data-file", message, hint=hint)
    return out


def _values(lazy: Lazy) -> Any:
    """Batches of the numbers of examples and their values, without those that fail."""
    import tensorflow as tf

    each = lazy.each or (lambda reference: lazy.make(reference[tf.newaxis])[0])

    @tf.autograph.experimental.do_not_convert  # type: ignore[untyped-decorator]
    def make(number: Any, reference: Any) -> Any:
        return number, tf.ensure_shape(each(reference), lazy.shape)

    numbers = tf.data.Dataset.range(len(lazy))
    references = tf.data.Dataset.from_tensor_slices(lazy.references)
    pairs = tf.data.Dataset.zip(numbers, references)
    made = pairs.map(make, num_parallel_calls=tf.data.AUTOTUNE, deterministic=False)
    return made.ignore_errors(log_warning=False).batch(BATCH).prefetch(2)


def _reason(lazy: Lazy, number: int) -> str:
    """What TensorFlow says of one example that fails."""
    try:
        lazy.make(lazy.references[number : number + 1])
    except Exception as error:  # TensorFlow raises all kinds
        text = " ".join(str(error).split())
        return text.partition("]} ")[2] or text
    return "it cannot be read"
