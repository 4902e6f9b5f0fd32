"""Examples to `tf.data`: one global order, shuffled anew by a seed each epoch, in batches."""

from __future__ import annotations

from typing import Any

from .examples import Examples
from .structure import Structure
from .table import Array


def batches(
    examples: Examples,
    structure: Structure,
    batch_size: int,
    *,
    seed: int | None = None,
    weights: Any = None,
) -> Any:
    """A `tf.data.Dataset` of (inputs, targets) or (inputs, targets, weights).

    What is shuffled is the numbers of the examples, not the examples: the order does not depend
    on how large they are, and a batch is one gather.

    Args:
        examples: one split, in memory.
        structure: how the model takes its inputs and targets.
        batch_size: examples in a batch; the last one may be smaller.
        seed: shuffles, in another order each epoch; None keeps the order of the examples.
        weights: what the loss counts for each example: arrays [n] in the structure of the
            targets, or None.
    """
    import tensorflow as tf

    parts = [structure.inputs(examples.inputs)]
    if examples.targets:
        parts.append(structure.targets(examples.targets))
    if weights is not None:
        parts.append(weights)
    tensors = tf.nest.map_structure(_tensor, tuple(parts))
    order = tf.data.Dataset.range(len(examples))
    if seed is not None:
        order = order.shuffle(len(examples), seed=seed, reshuffle_each_iteration=True)
    chosen = order.batch(batch_size)

    def gather(rows: Any) -> Any:
        return tf.nest.map_structure(lambda tensor: tf.gather(tensor, rows), tensors)

    return chosen.map(gather, num_parallel_calls=tf.data.AUTOTUNE).prefetch(tf.data.AUTOTUNE)


def _tensor(array: Array) -> Any:
    """On the CPU: batches go to a device one by one, and text cannot live on a GPU."""
    import tensorflow as tf

    with tf.device("CPU"):
        return tf.constant(array)
