"""What a GAN makes of the scores of its discriminator.

Imports Keras: import this module only where Keras is loaded already.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from keras import ops, random


class ScoreLoss(NamedTuple):
    """A loss of a GAN, of scores float32 [n], to a scalar each.

    Attributes:
        discriminator: of the scores of real and of made examples.
        generator: of the scores of made examples.
    """

    discriminator: Callable[[Any, Any], Any]
    generator: Callable[[Any], Any]


def score_loss(name: str) -> ScoreLoss:
    """One of the losses of `training.gan.loss`; `binary_crossentropy` without its options."""
    return LOSSES[name]


def crossentropy_of_discriminator(
    real: Any, made: Any, smoothing: float, noise: float, seed: Any
) -> Any:
    """The binary crossentropy of scores, which are logits, with labels that are less sure.

    Args:
        real: the scores of real examples, whose label is 1 - `smoothing`.
        made: those of made ones, whose label is 0.
        smoothing: 0 for none.
        noise: up to how much is added to each label at random; 0 for none.
        seed: a Keras SeedGenerator.
    """
    ones, zeros = ops.ones_like(real) - smoothing, ops.zeros_like(made)
    if noise:
        ones += noise * random.uniform(ops.shape(real), seed=seed)
        zeros += noise * random.uniform(ops.shape(made), seed=seed)
    return _crossentropy(ones, real) + _crossentropy(zeros, made)


def _crossentropy(labels: Any, scores: Any) -> Any:
    """In a form that is exact for scores of any size."""
    return ops.mean(ops.softplus(scores) - labels * scores)


LOSSES = {
    "binary_crossentropy": ScoreLoss(
        lambda real, made: ops.mean(ops.softplus(-real)) + ops.mean(ops.softplus(made)),
        lambda made: ops.mean(ops.softplus(-made)),
    ),
    "wasserstein": ScoreLoss(
        lambda real, made: ops.mean(made) - ops.mean(real),
        lambda made: -ops.mean(made),
    ),
    "hinge": ScoreLoss(
        lambda real, made: ops.mean(ops.relu(1.0 - real)) + ops.mean(ops.relu(1.0 + made)),
        lambda made: -ops.mean(made),
    ),
    "least_squares": ScoreLoss(
        lambda real, made: 0.5 * (ops.mean(ops.square(real - 1.0)) + ops.mean(ops.square(made))),
        lambda made: 0.5 * ops.mean(ops.square(made - 1.0)),
    ),
}
"""By the names that a spec has. The generator's crossentropy is the one that does not saturate."""
