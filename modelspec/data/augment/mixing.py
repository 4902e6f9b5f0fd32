"""MixUp and CutMix: each example with a partner of the same epoch, targets and weights too."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .draws import Draws

HALVINGS = 26
"""How often the interval is halved in which a number of a beta distribution is sought: float32
has no more digits."""

LEAST_ALPHA = 1e-6
"""What Keras adds to the parameter that CutMix draws."""


@dataclass(frozen=True, slots=True)
class Mixing:
    """MixUp where `factor` is None, else CutMix.

    Attributes:
        alpha: of MixUp: the share of the example is of the distribution beta(alpha, alpha).
        factor: of CutMix: between which numbers alpha is drawn.
    """

    alpha: float = 0.2
    factor: tuple[float, float] | None = None

    def apply(
        self, pairs: Mapping[Any, tuple[Any, Any]], places: Mapping[Any, bool], draws: Draws
    ) -> dict[Any, Any]:
        """Mix images and what belongs to them.

        Args:
            pairs: images, targets and weights of the examples and of their partners, float32
                [b, ...], images before all others.
            places: for each of these whether it has a value for each pixel: [b, height, width, c].
            draws: of the examples.
        """
        import tensorflow as tf

        if self.factor is None:
            share = _beta(tf.constant(self.alpha, tf.float32), draws.uniform())
            return {name: _blend(share, *pair) for name, pair in pairs.items()}
        low, high = self.factor
        alpha = draws.uniform() * (high - low) + low + LEAST_ALPHA
        size = next(iter(pairs.values()))[0].shape[1:3]
        box = _box(_beta(alpha, draws.uniform()), size, draws)
        share = 1.0 - tf.reduce_mean(tf.cast(box, tf.float32), axis=[1, 2, 3])
        return {
            name: tf.where(box, pair[1], pair[0]) if places[name] else _blend(share, *pair)
            for name, pair in pairs.items()
        }


def _blend(share: Any, own: Any, other: Any) -> Any:
    import tensorflow as tf

    share = tf.reshape(share, (-1, *[1] * (own.shape.rank - 1)))
    return share * own + (1.0 - share) * other


def _beta(alpha: Any, drawn: Any) -> Any:
    """Numbers of the distribution beta(alpha, alpha), one for each uniform number.

    The inverse of its distribution function, by halving: a number of draws that is known.
    """
    import tensorflow as tf

    alpha = tf.broadcast_to(alpha, tf.shape(drawn))
    low, high = tf.zeros_like(drawn), tf.ones_like(drawn)
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        is_below = tf.math.betainc(alpha, alpha, middle) < drawn
        low, high = tf.where(is_below, middle, low), tf.where(is_below, high, middle)
    return (low + high) / 2


def _box(share: Any, size: Any, draws: Draws) -> Any:
    """The pixels that come from the partner: bool [b, height, width, 1]."""
    import tensorflow as tf

    side = tf.sqrt(1.0 - share)
    inside = []
    for length in size:
        start = draws.uniform() * (length - side * length)
        grid = tf.range(length, dtype=tf.float32)[tf.newaxis]
        end = start + side * length
        inside.append((grid >= start[:, tf.newaxis]) & (grid < end[:, tf.newaxis]))
    return (inside[0][:, :, tf.newaxis] & inside[1][:, tf.newaxis, :])[..., tf.newaxis]
