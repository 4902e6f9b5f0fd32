"""Images and the like that are made once and then held, where they are small enough together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from math import prod
from typing import Any, TypeGuard

import numpy as np
import numpy.typing as npt

from modelspec.data.media import MOST_NAMED
from modelspec.data.table import Array, LazyArray
from modelspec.diagnostics import Findings, ModelspecError, Span, SpecError, join_words

from .examples import Examples

Rows = npt.NDArray[np.int64]

MOST = 512 * 1024**2
"""Bytes of decoded examples that are held in memory."""

BATCH = 64


def cache_small_inputs(
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


def _lazy(split: Examples | None) -> Iterator[LazyArray]:
    for value in {} if split is None else split.inputs.values():
        if _is_made(value):
            yield value


def _is_made(value: Array | LazyArray) -> TypeGuard[LazyArray]:
    """Whether an input's values are made anew each time they are needed."""
    return isinstance(value, LazyArray) and not value.stored


def _size(lazy: LazyArray) -> float:
    """Bytes; without an end where examples differ in shape."""
    if None in lazy.shape or lazy.dtype == "string":
        return np.inf
    return len(lazy) * prod(size or 0 for size in lazy.shape) * _dtype(lazy).itemsize


def _dtype(lazy: LazyArray) -> np.dtype[Any]:
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


def _made(lazy: LazyArray, split: Examples, span: Span, findings: Findings) -> Array:
    """Make all values, several at a time; a finding that names the files that fail."""
    out = np.empty((len(lazy), *(size or 0 for size in lazy.shape)), dtype=_dtype(lazy))
    done = np.zeros(len(lazy), dtype=np.bool_)
    for numbers, values in _values(lazy):
        out[numbers.numpy()] = values.numpy()
        done[numbers.numpy()] = True
    _name(np.flatnonzero(~done), lazy, split, span, findings)
    return out


def _name(bad: Rows, lazy: LazyArray, split: Examples, span: Span, findings: Findings) -> None:
    """A finding that names the files of some examples, if there are any."""
    if len(bad):
        names = join_words((split.table.locate(int(split.rows[i])) for i in bad), most=MOST_NAMED)
        message = f"{names} cannot be decoded: {_reason(lazy, int(bad[0]))}"
        hint = "take a sound copy, or remove the file"
        findings.error(span, "bad-data-file", message, hint=hint)


@contextmanager
def report_undecodable_files(span: Span, *splits: Examples | None) -> Iterator[None]:
    """Where files are decoded on the way to a model: those that cannot be are named.

    Args:
        span: where the finding points.
        splits: all that may be gone through.

    Raises:
        SpecError: in place of TensorFlow's error, which names no file.
    """
    try:
        yield
    except ModelspecError:
        raise
    except Exception as error:  # TensorFlow raises all kinds
        findings = Findings()
        if _may_be_undecodable(error):  # then one more look at every file is worth its time
            for split in splits:
                _find_bad(split, span, findings)
        if findings.has_errors:
            raise SpecError(findings.sorted()) from error
        raise


def _may_be_undecodable(error: Exception) -> bool:
    """Whether an error is of the class that TensorFlow's decoders raise."""
    import tensorflow as tf

    return isinstance(error, tf.errors.InvalidArgumentError)


def _find_bad(split: Examples | None, span: Span, findings: Findings) -> None:
    for lazy in _lazy(split):
        sound = [numbers.numpy() for numbers, _ in _values(lazy)]
        bad = np.setdiff1d(np.arange(len(lazy)), np.concatenate(sound or [np.empty(0)]))
        assert split is not None
        _name(bad, lazy, split, span, findings)


def _values(lazy: LazyArray) -> Any:
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


def _reason(lazy: LazyArray, number: int) -> str:
    """What TensorFlow says of one example that fails."""
    try:
        lazy.make(lazy.references[number : number + 1])
    except Exception as error:  # TensorFlow raises all kinds
        last = str(error).rpartition("}} ")[2].partition(" [Op:")[0]
        return " ".join(last.split())
    return "it cannot be read"
