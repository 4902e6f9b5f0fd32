"""Examples to `tf.data`: one global order, shuffled anew by a seed each epoch, in batches.

The position of each example in an epoch depends on seed, epoch and number of examples only.
So training can begin anywhere, and workers can divide a batch among them, without any change to
the contents of a batch.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from modelspec.data.augment import Augmentation, Example, Places
from modelspec.data.examples import Examples
from modelspec.data.table import ALIGNMENT, Array, LazyArray, RowNumbers, empty_aligned

from .share import Share
from .structure import Structure


class Position(NamedTuple):
    """How far training is: `step` batches of the epoch, both counted from 0, are done."""

    epoch: int = 0
    step: int = 0


class Batches(NamedTuple):
    """Batches as a compiled loop takes them.

    Attributes:
        source: what each call of the loop is given: the arrays as tensors, or an iterator.
        take: from the source and the number of a batch (a scalar int64, counted over epochs) to
            the batch, in a graph. An iterator is to be asked in order, each batch once.
        rows: from the number of a batch to how many examples it has, over all shares.
        most_rows: of any batch.
    """

    source: Any
    take: Callable[[Any, Any], Any]
    rows: Callable[[Any], Any]
    most_rows: int


def padded_rows(rows: int, size: int) -> RowNumbers:
    """The numbers of the rows that make a batch of fixed size: all there are, then the last again.

    Args:
        rows: how many there are; at least 1.
        size: of the batch.
    """
    return np.minimum(np.arange(size), rows - 1)


@dataclass(frozen=True, slots=True)
class Feed:
    """A split on its way to a model.

    Attributes:
        examples: one split.
        structure: how the model takes its inputs and targets.
        batch_size: examples in a batch; the last one of an epoch may be smaller.
        weights: what the loss counts for each example: arrays [n] in the structure of the
            targets, or None.
        augmentation: what changes the examples on their way, or None.
    """

    examples: Examples
    structure: Structure
    batch_size: int
    weights: Any = None
    augmentation: Augmentation | None = None

    @property
    def steps(self) -> int:
        """Batches in an epoch."""
        return -(-len(self.examples) // self.batch_size)

    def batches(
        self,
        seed: int | None,
        start: Position = Position(),  # noqa: B008 - immutable
        share: Share = Share(),  # noqa: B008
    ) -> Batches:
        """Batches from `start` on, for a loop that is compiled.

        Arrays in memory are taken from inside the loop: for a small model, a pipeline beside it
        costs as much as the step. What has to be made, and what goes to a GPU, comes from a
        pipeline that works ahead.

        Args:
            seed: of the order, which is without an end; None takes one epoch in its own order.
            start: where an endless order is entered.
            share: the rows of each batch that are taken; by default all of them.
        """
        import tensorflow as tf

        parts, most = self._parts(), min(self.batch_size, len(self.examples))
        made_on_the_way = any(isinstance(part, LazyArray) for part in tf.nest.flatten(parts))
        made_on_the_way = made_on_the_way or self.augmentation is not None
        if made_on_the_way or tf.config.list_physical_devices("GPU"):
            dataset = self._ordered(seed, start, share)
            return Batches(iter(dataset), lambda iterator, _: next(iterator), self._rows, most)

        def take(tensors: Any, number: Any) -> Any:
            rows = self._places(number % self.steps, share)
            if seed is not None:
                rows = self._shuffled_rows(rows, seed, number // self.steps)
            return tf.nest.map_structure(lambda tensor: tf.gather(tensor, rows), tensors)

        return Batches(tf.nest.map_structure(_tensor, parts), take, self._rows, most)

    def _ordered(self, seed: int | None, start: Position, share: Share) -> Any:
        return self.in_order(share) if seed is None else self.shuffled(seed, start, share)

    def in_order(self, share: Share = Share()) -> Any:  # noqa: B008 - immutable
        """A `tf.data.Dataset` of one epoch in the order of the examples, of each batch a share.

        Its elements are (inputs, targets) or (inputs, targets, weights); (inputs,) alone where
        the examples have no targets.
        """
        import tensorflow as tf

        def batch(step: Any) -> Any:
            return self._places(step, share), tf.constant(0, tf.int64), step

        return self._batches(tf.data.Dataset.range(self.steps).map(_plain(batch)), share)

    def arrays_in_order(self) -> Iterator[Any]:
        """The elements of `in_order` in numpy arrays, which can be sent to another process."""
        import tensorflow as tf

        for batch in self.in_order():
            yield tf.nest.map_structure(lambda values: values.numpy(), batch)

    def shuffled(
        self,
        seed: int,
        start: Position = Position(),  # noqa: B008 - immutable
        share: Share = Share(),  # noqa: B008
    ) -> Any:
        """The same without an end: epoch after epoch from `start` on, each in its own order.

        What is shuffled is the numbers of the examples, not the examples: the order does not
        depend on how large they are, on the batch size, or on where one begins.
        """
        import tensorflow as tf

        def epoch(number: Any) -> Any:
            first = tf.where(number == start.epoch, tf.constant(start.step, tf.int64), 0)

            def batch(step: Any) -> Any:
                places = self._places(step, share)
                return self._shuffled_rows(places, seed, number), number, step

            return tf.data.Dataset.range(first, self.steps).map(_plain(batch))

        epochs = tf.data.Dataset.range(start.epoch, tf.int64.max)
        return self._batches(epochs.flat_map(_plain(epoch)), share)

    def _rows(self, number: Any) -> Any:
        """How many examples a batch has, by its number over all epochs."""
        import tensorflow as tf

        before = number % self.steps * self.batch_size
        return tf.minimum(tf.constant(self.batch_size, tf.int64), len(self.examples) - before)

    def _places(self, step: Any, share: Share) -> Any:
        """The places of a share of a batch in the epoch's order."""
        import tensorflow as tf

        first = step * self.batch_size
        if share.replicas == 1:
            return tf.range(first, tf.minimum(first + self.batch_size, len(self.examples)))
        begin, end = share.bounds(self._rows(step))
        return tf.range(first + begin, first + end)

    def _shuffled_rows(self, places: Any, seed: int, epoch: Any) -> Any:
        """The examples that an epoch has at some places."""
        import tensorflow as tf

        key = tf.stack([tf.constant(seed, tf.int64), epoch])
        return tf.random.experimental.index_shuffle(places, key, len(self.examples) - 1)

    def _batches(self, numbers: Any, share: Share) -> Any:
        """The shares of batches of (row numbers, epoch, step)."""
        import tensorflow as tf

        changes = self.augmentation
        read = self._reading() if changes is None else self._changing(changes, share)
        made = numbers.map(_plain(read), num_parallel_calls=tf.data.AUTOTUNE, deterministic=True)
        return made.prefetch(tf.data.AUTOTUNE)

    def _reading(self) -> Callable[..., Any]:
        """From row numbers, epoch and step to a batch as it is."""
        import tensorflow as tf

        readers = tf.nest.map_structure(_reader, self._parts())

        def read(rows: Any, epoch: Any, step: Any) -> Any:
            return tf.nest.map_structure(lambda reader: reader(rows), readers)

        return read

    def _changing(self, augmentation: Augmentation, share: Share) -> Callable[..., Any]:
        """The same to a batch that an augmentation has changed."""
        import tensorflow as tf

        structure, examples = self.structure, self.examples
        weights = {} if self.weights is None else structure.by_output(self.weights)
        parts = Example(dict(examples.inputs), dict(examples.targets), weights)
        readers = Example(*({name: _reader(one) for name, one in part.items()} for part in parts))

        def example(rows: Any) -> Example:
            found = ({name: read(rows) for name, read in part.items()} for part in readers)
            return Example(*found)

        def read(rows: Any, epoch: Any, step: Any) -> Any:
            places = self._places(step, share)

            def partners() -> Example:
                order = -1 - epoch  # another one than that of any epoch
                return example(self._shuffled_rows(places, augmentation.seed, order))

            at = Places(epoch, places[0], tf.size(places, tf.int64))
            made = augmentation.apply(example(rows), partners, at)
            return self._structured(made, tf.zeros(tf.shape(rows), tf.float32))

        return read

    def _structured(self, made: Example, absent: Any) -> tuple[Any, ...]:
        """A batch as the model takes it."""
        parts = [self.structure.inputs(made.inputs)]
        if made.targets:
            # Keras wants a target for each output, and looks at none without a loss
            parts.append(self.structure.targets(made.targets, absent))
        if self.weights is not None:
            parts.append(self.structure.targets(made.weights))
        return tuple(parts)

    def _parts(self) -> tuple[Any, ...]:
        parts = [self.structure.inputs(self.examples.inputs)]
        if self.examples.targets:
            # Keras wants a target for each output, and looks at none without a loss
            absent = np.zeros(len(self.examples), np.float32)
            parts.append(self.structure.targets(self.examples.targets, absent))
        if self.weights is not None:
            parts.append(self.weights)
        return tuple(parts)


def _plain(function: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """A function without Python's `if` and `for` on tensors, which need not be looked for."""
    import tensorflow as tf

    found: Callable[[Any], Any] = tf.autograph.experimental.do_not_convert(function)
    return found


def _reader(values: Array | LazyArray) -> Callable[[Any], Any]:
    """From row numbers of a batch to its values."""
    import tensorflow as tf

    if isinstance(values, LazyArray):
        references, make = _tensor(values.references), values.make
        shape = (None, *values.shape)
        return lambda rows: tf.ensure_shape(make(tf.gather(references, rows)), shape)
    tensor = _tensor(values)
    return lambda rows: tf.gather(tensor, rows)


def _tensor(array: Array) -> Any:
    """On the CPU: batches go to a device one by one, and text cannot live on a GPU.

    Numbers that lie as TensorFlow needs them are not copied, others are once; `tf.constant` would
    do so twice.
    """
    import tensorflow as tf

    if array.dtype.kind not in "iuf" or not array.size:
        with tf.device("CPU"):
            return tf.constant(array)
    flags = array.flags
    if not (flags.c_contiguous and flags.writeable) or array.ctypes.data % ALIGNMENT:
        array, given = empty_aligned(array.shape, array.dtype), array
        array[...] = given
    return tf.experimental.dlpack.from_dlpack(array.__dlpack__())
