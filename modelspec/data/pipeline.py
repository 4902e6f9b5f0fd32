"""Examples to `tf.data`: one global order, shuffled anew by a seed each epoch, in batches.

The place of each example in an epoch is a function of seed, epoch and number of examples alone.
So a training can begin anywhere, and workers can divide a batch among them, without a change of
what any batch holds.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

from .examples import Examples
from .lazy import Lazy
from .structure import Structure
from .table import ALIGNMENT, Array


class Position(NamedTuple):
    """How far a training is: `step` batches of the epoch, both counted from 0, are done."""

    epoch: int = 0
    step: int = 0


@dataclass(frozen=True, slots=True)
class Feed:
    """A split on its way to a model.

    Attributes:
        examples: one split.
        structure: how the model takes its inputs and targets.
        batch_size: examples in a batch; the last one of an epoch may be smaller.
        weights: what the loss counts for each example: arrays [n] in the structure of the
            targets, or None.
    """

    examples: Examples
    structure: Structure
    batch_size: int
    weights: Any = None

    @property
    def steps(self) -> int:
        """Batches in an epoch."""
        return -(-len(self.examples) // self.batch_size)

    def in_order(self) -> Any:
        """A `tf.data.Dataset` of one epoch in the order of the examples.

        Its elements are (inputs, targets) or (inputs, targets, weights); (inputs,) alone where
        the examples have no targets.
        """
        import tensorflow as tf

        return self._batches(tf.data.Dataset.range(self.steps).map(self._places))

    def shuffled(self, seed: int, start: Position = Position()) -> Any:  # noqa: B008 - immutable
        """The same without an end: epoch after epoch from `start` on, each in its own order.

        What is shuffled is the numbers of the examples, not the examples: the order does not
        depend on how large they are, on the batch size, or on where one begins.
        """
        import tensorflow as tf

        def epoch(number: Any) -> Any:
            first = tf.where(number == start.epoch, tf.constant(start.step, tf.int64), 0)

            def rows(step: Any) -> Any:
                key = tf.stack([tf.constant(seed, tf.int64), number])
                last = len(self.examples) - 1
                return tf.random.experimental.index_shuffle(self._places(step), key, last)

            return tf.data.Dataset.range(first, self.steps).map(rows)

        epochs = tf.data.Dataset.range(start.epoch, tf.int64.max)
        return self._batches(epochs.flat_map(epoch))

    def _places(self, step: Any) -> Any:
        """The places of a batch in the epoch's order."""
        import tensorflow as tf

        first = step * self.batch_size
        return tf.range(first, tf.minimum(first + self.batch_size, len(self.examples)))

    def _batches(self, rows: Any) -> Any:
        import tensorflow as tf

        readers = tf.nest.map_structure(_reader, self._parts())

        def read(chosen: Any) -> Any:
            return tf.nest.map_structure(lambda reader: reader(chosen), readers)

        made = rows.map(read, num_parallel_calls=tf.data.AUTOTUNE, deterministic=True)
        return made.prefetch(tf.data.AUTOTUNE)

    def _parts(self) -> tuple[Any, ...]:
        parts = [self.structure.inputs(self.examples.inputs)]
        if self.examples.targets:
            parts.append(self.structure.targets(self.examples.targets))
        if self.weights is not None:
            parts.append(self.weights)
        return tuple(parts)


def _reader(values: Array | Lazy) -> Callable[[Any], Any]:
    """From row numbers of a batch to its values."""
    import tensorflow as tf

    if isinstance(values, Lazy):
        references, make = _tensor(values.references), values.make
        shape = (None, *values.shape)
        return lambda rows: tf.ensure_shape(make(tf.gather(references, rows)), shape)
    tensor = _tensor(values)
    return lambda rows: tf.gather(tensor, rows)


def _tensor(array: Array) -> Any:
    """On the CPU: batches go to a device one by one, and text cannot live on a GPU.

    Numbers that lie as TensorFlow needs them are not copied; `tf.constant` would do so twice.
    """
    import tensorflow as tf

    shareable = array.dtype.kind in "iuf" and array.flags.c_contiguous and array.flags.writeable
    if shareable and array.size and array.ctypes.data % ALIGNMENT == 0:
        return tf.experimental.dlpack.from_dlpack(array.__dlpack__())
    with tf.device("CPU"):
        return tf.constant(array)
