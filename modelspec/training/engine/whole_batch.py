"""The rows of all replicas, brought together in each of them.

Imports TensorFlow: import this module only where TensorFlow is loaded already.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import tensorflow as tf

from .engines import Replica


def gather_rows(tensors: Sequence[Any], replica: Replica) -> list[Any]:
    """The rows of all replicas of tensors [rows of one, ...], as tensors [rows, ...].

    The gradient that comes back is that of the replica's own rows, which is why the gradients of
    the variables are to be summed over the replicas. Each row is added to zeros: it arrives as it
    was, to the bit. What is exchanged is as large as the largest batch, because the shapes of a
    collective have to be the same each time that it runs.
    """

    def gather(*own: Any) -> Any:
        def gradient(*whole: Any) -> list[Any]:
            return [one[replica.first : replica.end] for one in whole]

        return _gather(own, replica), gradient

    found = [index for index, one in enumerate(tensors) if one.dtype.is_floating]
    whole = list(tensors)
    if found:
        gathered = tf.custom_gradient(gather)(*(tensors[index] for index in found))
        for index, one in zip(found, gathered, strict=True):
            whole[index] = one
    others = [index for index in range(len(tensors)) if index not in found]
    if others:
        gathered = _gather([tensors[index] for index in others], replica)
        for index, one in zip(others, gathered, strict=True):
            whole[index] = one
    for one, given in zip(whole, tensors, strict=True):
        one.set_shape([None, *given.shape[1:]])
    return whole


def gather_slices(slices: Any, replica: Replica, weight: str) -> list[Any]:
    """The slices of all replicas: values [slices, ...] and their indices [slices].

    Args:
        slices: of a replica, as many for each of its rows.
        replica: which has them.
        weight: whose gradient they are, for the error.

    Raises:
        InvalidArgumentError: when it runs: there are not as many for each row.
    """
    values, indices = slices.values, slices.indices
    own = replica.end - replica.first
    count = tf.size(indices, tf.int64)
    message = _not_divided(weight, "does not come row by row of the batch")
    with tf.control_dependencies(
        [tf.debugging.assert_equal(count % own, tf.zeros_like(own), message)]
    ):
        each = count // own
    rest = tf.shape(values, tf.int64)[1:]
    parts = [
        tf.reshape(indices, tf.stack([own, each])),
        tf.reshape(values, tf.concat([[own, each], rest], 0)),
    ]
    indices, values = _gather(parts, replica)
    return [tf.reshape(values, tf.concat([[-1], rest], 0)), tf.reshape(indices, [-1])]


def sum_common_slices(slices: Any, replica: Replica, weight: str) -> list[Any]:
    """The sums of slices of which each replica has the same ones: values, and their indices.

    Args:
        slices: of a replica; the indices are the same in all of them.
        replica: which has them.
        weight: whose gradient they are, for the error.

    Raises:
        InvalidArgumentError: when it runs: the indices differ.
    """
    indices = tf.cast(slices.indices, tf.int64)
    values, sums = sum_over_replicas([slices.values, indices], replica)
    message = _not_divided(weight, "has other rows in each worker")
    same = tf.debugging.assert_equal(sums, indices * replica.replicas, message)
    with tf.control_dependencies([same]):
        return [tf.identity(values), indices]


def _not_divided(weight: str, why: str) -> str:
    return f"the gradient of {weight} {why}, and cannot be divided: train with one worker"


def sum_over_replicas(tensors: Sequence[Any], replica: Replica) -> list[Any]:
    """The sums of tensors of any shapes and dtypes, with one exchange for each kind of number."""
    kinds: dict[Any, list[int]] = {}
    for index, tensor in enumerate(tensors):
        kinds.setdefault(_exchanged_as(tensor.dtype), []).append(index)
    if not kinds:
        return []
    flat = [
        tf.concat([tf.reshape(tf.cast(tensors[i], kind), [-1]) for i in indices], 0)
        for kind, indices in kinds.items()
    ]
    sums: list[Any] = list(tensors)
    # one after another: a list is exchanged kind by kind in an order that replicas may not share
    for indices, part in zip(kinds.values(), flat, strict=True):
        (total,) = replica.sum([part])
        sizes = [tf.size(tensors[i]) for i in indices]
        for i, one in zip(indices, tf.split(total, sizes, num=len(sizes)), strict=True):
            sums[i] = tf.cast(tf.reshape(one, tf.shape(tensors[i])), tensors[i].dtype)
    return sums


def _gather(own: Sequence[Any], replica: Replica) -> list[Any]:
    sums = sum_over_replicas([_in_place(one, replica) for one in own], replica)
    return [one[: replica.rows] for one in sums]


def _in_place(own: Any, replica: Replica) -> Any:
    """Rows of one replica at their places among zeros, [rows of the largest batch, ...]."""
    after = replica.most_rows - replica.end
    around = tf.reshape(tf.stack([replica.first, after]), [1, 2])
    rest = tf.zeros([len(own.shape) - 1, 2], tf.int64)
    whole = tf.pad(own, tf.concat([around, rest], 0))
    whole.set_shape([replica.most_rows, *own.shape[1:]])
    return whole


def _exchanged_as(dtype: Any) -> Any:
    """What numbers travel as: every implementation of collectives adds these dtypes."""
    if dtype == tf.float64:
        return tf.float64
    return tf.float32 if dtype.is_floating else tf.int64
