"""Examples that are decoded from files, such as images: decoded once and cached if small."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from math import prod
from typing import Any, TypeGuard

import numpy as np

from modelspec.data.media import MOST_NAMED, RECORD_HINT
from modelspec.data.table import Array, LazyArray, RowNumbers
from modelspec.diagnostics import Findings, ModelspecError, Span, SpecError, join_words
from modelspec.framework import operation_message

from .examples import Examples

CACHE_LIMIT = 512 * 1024**2
"""Bytes of decoded examples that are cached in memory."""

BATCH = 64


def cache_small_inputs(
    splits: Sequence[Examples | None], span: Span, findings: Findings
) -> list[Examples | None]:
    """The splits with all inputs and targets decoded, or unchanged if that takes too much memory.

    Args:
        splits: all of them; None where a spec has none.
        span: where findings point.
        findings: takes files that cannot be decoded.
    """
    decoded = [value for split in splits for value in _decoded_arrays(split)]
    if not decoded or sum(_size(value) for value in decoded) > CACHE_LIMIT:
        return list(splits)
    return [_cached(split, span, findings) for split in splits]


def _decoded_arrays(split: Examples | None) -> Iterator[LazyArray]:
    for arrays in () if split is None else (split.inputs, split.targets):
        for value in arrays.values():
            if _is_decoded(value):
                yield value


def _is_decoded(value: Array | LazyArray) -> TypeGuard[LazyArray]:
    """Whether the values are made anew each time they are needed."""
    return isinstance(value, LazyArray) and not value.stored


def _size(lazy: LazyArray) -> float:
    """Bytes in memory; infinite where examples differ in shape."""
    if None in lazy.shape or lazy.dtype == "string":
        return np.inf
    return len(lazy) * prod(size or 0 for size in lazy.shape) * _dtype(lazy).itemsize


def _dtype(lazy: LazyArray) -> np.dtype[Any]:
    import tensorflow as tf

    found: np.dtype[Any] = np.dtype(tf.as_dtype(lazy.dtype).as_numpy_dtype)
    return found


def _cached(split: Examples | None, span: Span, findings: Findings) -> Examples | None:
    if split is None:
        return None
    inputs, targets = (
        {
            name: _decode_all(value, split, span, findings) if _is_decoded(value) else value
            for name, value in arrays.items()
        }
        for arrays in (split.inputs, split.targets)
    )
    return replace(split, inputs=inputs, targets=targets)


def _decode_all(lazy: LazyArray, split: Examples, span: Span, findings: Findings) -> Array:
    """The array [n, *shape] of all values; a finding names the files that cannot be decoded."""
    out = np.empty((len(lazy), *(size or 0 for size in lazy.shape)), dtype=_dtype(lazy))
    done = np.zeros(len(lazy), dtype=np.bool_)
    for numbers, values in _decodable(lazy):
        out[numbers.numpy()] = values.numpy()
        done[numbers.numpy()] = True
    _report(np.flatnonzero(~done), lazy, split, span, findings)
    return out


def _report(
    bad: RowNumbers, lazy: LazyArray, split: Examples, span: Span, findings: Findings
) -> None:
    """Report the files of some examples, if there are any."""
    places = [split.table.locate(int(split.rows[i])) for i in bad]
    if len(bad) and lazy.report is not None:
        lazy.report(lazy.references[bad].tolist(), places, findings)
    elif len(bad):
        names = join_words(places, most=MOST_NAMED)
        message = f"{names} cannot be decoded: {_reason(lazy, int(bad[0]))}"
        hint = "replace the file by an intact copy, or remove it"
        if isinstance(lazy.references[bad[0]], bytes):
            hint = RECORD_HINT
        findings.error(span, "bad-data-file", message, hint=hint)


def decoded(values: Array | LazyArray) -> Array:
    """The array of some examples, decoded if need be.

    Raises:
        Exception: TensorFlow's, where a file cannot be decoded: see `report_undecodable_files`.
    """
    if not isinstance(values, LazyArray):
        return values
    import tensorflow as tf

    out = np.empty((len(values), *(size or 0 for size in values.shape)), dtype=_dtype(values))
    references = tf.data.Dataset.from_tensor_slices(values.references)
    made = references.map(_each(values), num_parallel_calls=tf.data.AUTOTUNE, deterministic=True)
    for number, value in enumerate(made.as_numpy_iterator()):
        out[number] = value
    return out


@contextmanager
def report_undecodable_files(span: Span, *splits: Examples | None) -> Iterator[None]:
    """Report the files that cannot be decoded in the block.

    Args:
        span: where the finding points.
        splits: all that the block may read.

    Raises:
        SpecError: in place of TensorFlow's error, which names no file.
    """
    try:
        yield
    except ModelspecError:
        raise
    except Exception as error:  # TensorFlow raises all kinds
        findings = Findings()
        if _may_be_undecodable(error):  # then a second pass over all files is worth its time
            for split in splits:
                _find_undecodable(split, span, findings)
        if findings.has_errors:
            raise SpecError(findings.sorted()) from error
        raise


def _may_be_undecodable(error: Exception) -> bool:
    """Whether an error is of the class that TensorFlow's decoders raise."""
    import tensorflow as tf

    return isinstance(error, tf.errors.InvalidArgumentError)


def check_targets_decode(split: Examples, span: Span, findings: Findings) -> None:
    """Decode the targets whose values have to be checked, such as masks, and store nothing.

    Args:
        split: with the targets.
        span: where findings point.
        findings: takes the files that are wrong.
    """
    targets = {
        name: value
        for name, value in split.targets.items()
        if isinstance(value, LazyArray) and value.report is not None
    }
    _find_undecodable(replace(split, inputs={}, targets=targets), span, findings)


def _find_undecodable(split: Examples | None, span: Span, findings: Findings) -> None:
    for lazy in _decoded_arrays(split):
        sound = [numbers.numpy() for numbers, _ in _decodable(lazy)]
        bad = np.setdiff1d(np.arange(len(lazy)), np.concatenate(sound or [np.empty(0)]))
        assert split is not None
        _report(bad, lazy, split, span, findings)


def _decodable(lazy: LazyArray) -> Any:
    """Batches of (example numbers, values) of the examples that can be decoded, in any order."""
    import tensorflow as tf

    each = _each(lazy)

    @tf.autograph.experimental.do_not_convert  # type: ignore[untyped-decorator]
    def make(number: Any, reference: Any) -> Any:
        return number, tf.ensure_shape(each(reference), lazy.shape)

    numbers = tf.data.Dataset.range(len(lazy))
    references = tf.data.Dataset.from_tensor_slices(lazy.references)
    pairs = tf.data.Dataset.zip(numbers, references)
    made = pairs.map(make, num_parallel_calls=tf.data.AUTOTUNE, deterministic=False)
    return made.ignore_errors(log_warning=False).batch(BATCH).prefetch(2)


def _each(lazy: LazyArray) -> Any:
    """From the reference of one example to its value."""
    import tensorflow as tf

    each = lazy.each or (lambda reference: lazy.make(reference[tf.newaxis])[0])
    return tf.autograph.experimental.do_not_convert(each)


def _reason(lazy: LazyArray, number: int) -> str:
    """TensorFlow's message for one example that cannot be decoded."""
    try:
        lazy.make(lazy.references[number : number + 1])
    except Exception as error:  # TensorFlow raises all kinds
        return " ".join(operation_message(error).split())
    return "it cannot be read"
