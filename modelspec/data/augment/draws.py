"""Random numbers for each example of a batch, which do not depend on the other examples in it.

An example has a place in its epoch. TensorFlow's generator counts, so the numbers of consecutive
places are one call of it that begins to count at the first place: no loop over examples is needed,
and a batch that begins or ends elsewhere draws the same for each of them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import prod
from typing import Any

from modelspec.framework import tensorflow_backend

PHILOX = 1
"""TensorFlow's number of the algorithm."""

NUMBERS_PER_COUNT = 4
"""How many numbers of 32 bits Philox gives for each value of its counter."""

STREAMS = 2**20
"""More than there are draws for an example in an epoch."""


class SharedDrawError(Exception):
    """A layer draws a number for a whole batch rather than one for each example."""


class Draws:
    """The random numbers of the examples at consecutive places of an epoch.

    Each call draws others. They are made in a graph, in the order in which the calls stand there.

    Args:
        seed: of the training.
        epoch: a scalar int64.
        first: the first place, a scalar int64.
        count: how many places, a scalar int64.
        stream: where the numbering of the draws begins, so that several uses get other numbers.
    """

    def __init__(self, seed: int, epoch: Any, first: Any, count: Any, stream: int = 0) -> None:
        self.seed = seed
        self.epoch = epoch
        self.first = first
        self.count = count
        self.stream = stream

    def bits(self, width: int) -> Any:
        """Random bits as uint32 [count, width]."""
        import tensorflow as tf

        self.stream += 1
        counts = -(-width // NUMBERS_PER_COUNT)
        source = tf.stack([tf.constant(self.seed, tf.int64), self.epoch * STREAMS + self.stream])
        key, _ = tf.raw_ops.StatelessRandomGetKeyCounter(seed=source)
        start = tf.cast(tf.stack([self.first * counts, tf.zeros_like(self.first)]), tf.uint64)
        shape = tf.stack([self.count, tf.constant(counts * NUMBERS_PER_COUNT, tf.int64)])
        drawn = tf.raw_ops.StatelessRandomUniformFullIntV2(
            shape=shape, key=key, counter=start, alg=PHILOX, dtype=tf.uint32
        )
        return drawn[:, :width]

    def uniform(self, shape: Sequence[int] = ()) -> Any:
        """Numbers from 0 to 1, without 1, as float32 [count, *shape]."""
        import tensorflow as tf

        drawn = tf.bitwise.right_shift(self.bits(max(prod(shape), 1)), tf.constant(8, tf.uint32))
        return tf.reshape(tf.cast(drawn, tf.float32) * 2.0**-24, (-1, *shape))

    def seeds(self) -> Any:
        """A seed for each example, int32 [count, 2]."""
        import tensorflow as tf

        return tf.bitcast(self.bits(2), tf.int32)


class LayerBackend:
    """What a Keras layer computes with: TensorFlow. Stands in the layer for its `backend`.

    Args:
        draws: where it draws the numbers of each example, and refuses draws that examples share;
            None lets it draw as Keras does.
        image: the functions on images that it is given; Keras's where there are none.
    """

    name = _backend = "tensorflow"

    def __init__(self, draws: Draws | None = None, image: Any = None) -> None:
        self._tensorflow = tensorflow_backend()
        self.image = self._tensorflow.image if image is None else image
        self.random = self._tensorflow.random if draws is None else _PerExampleRandom(draws)

    def set_backend(self, backend: str) -> None:
        """Nothing: it is TensorFlow's."""

    def reset(self) -> None:
        """Nothing: it is TensorFlow's."""

    def __getattr__(self, name: str) -> Any:
        return getattr(self._tensorflow, name)


class _PerExampleRandom:
    """The functions of `keras.random` that layers draw with."""

    def __init__(self, draws: Draws) -> None:
        self._draws = draws

    def uniform(
        self,
        shape: Any,
        minval: Any = 0.0,
        maxval: Any = 1.0,
        dtype: Any = None,
        seed: Any = None,
    ) -> Any:
        """Numbers from `minval` to `maxval`: [batch, ...] alone."""
        drawn = self._draws.uniform(_own_shape(shape))
        return _as(dtype, drawn * (maxval - minval) + minval)

    def randint(
        self,
        shape: Any,
        minval: Any,
        maxval: Any,
        dtype: Any = "int32",
        seed: Any = None,
    ) -> Any:
        """Whole numbers from `minval` to `maxval`, without it: [batch, ...] alone."""
        import tensorflow as tf

        drawn = tf.floor(self._draws.uniform(_own_shape(shape)) * float(maxval - minval))
        return _as(dtype, drawn + float(minval))

    def __getattr__(self, name: str) -> Callable[..., Any]:
        raise SharedDrawError(name)


def _as(dtype: Any, drawn: Any) -> Any:
    import tensorflow as tf

    return drawn if dtype is None else tf.cast(drawn, dtype)


def _own_shape(shape: Any) -> tuple[int, ...]:
    """What a draw has for each example; the size of the batch before it is a tensor."""
    if not isinstance(shape, (tuple, list)) or not shape or isinstance(shape[0], int):
        raise SharedDrawError
    return tuple(int(size) for size in shape[1:])


def example_seeds(seed: Any = None) -> Any:
    """What a Keras layer takes for its `generator`: seeds counted from that of an example.

    Args:
        seed: of the example, int32 [2]; None for a generator of which nothing may be drawn.
    """
    import keras
    import tensorflow as tf

    class ExampleSeeds(keras.random.SeedGenerator):  # type: ignore[misc]
        """A generator without a variable: a function of the example."""

        def __init__(self) -> None:
            self.drawn = 0

        def next(self, ordered: bool = True) -> Any:
            """The next seed."""
            if seed is None:
                raise SharedDrawError
            self.drawn += 1
            return tf.random.experimental.stateless_fold_in(seed, self.drawn)

    return ExampleSeeds()
