"""The Keras model that trains a generator and a discriminator in turn.

Imports TensorFlow: import this module only where TensorFlow is loaded already.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import keras
import tensorflow as tf
from keras import ops

from modelspec.spec.gan import BINARY, DISCRIMINATOR_LOSS, GENERATOR_LOSS, UNIFORM, GanSpec

from .gan_losses import crossentropy_of_discriminator, score_loss

LEAST_NORM = 1e-12
"""Added below the root of a squared length, whose gradient at 0 would be infinite."""


@dataclass(frozen=True, slots=True)
class GanParts:
    """What a `Gan` is made of.

    Attributes:
        generator: the layer whose weights are the generator's.
        discriminator: the layer whose weights are the discriminator's.
        generate: a functional model from inputs by name, noise among them, to what is made.
        critic: a functional model from all that the discriminator reads, as a list, to scores.
        readings: a functional model from the fed inputs by name to that list.
        example: the place in the list of real examples, in which made ones are put.
        noise: the name of the input that is drawn, and its shape without the batch axis.
        saved: the model that is saved.
    """

    generator: Any
    discriminator: Any
    generate: Any
    critic: Any
    readings: Any
    example: int
    noise: tuple[str, tuple[int, ...]]
    saved: Any


class Gan(keras.Model):  # type: ignore[misc]
    """Two models that are trained in turn on one batch after another.

    In a step the discriminator takes `discriminator_steps` steps, each on the real examples of
    the batch and on others that are made of new noise; then the generator takes one. Conditions
    are those of the batch in all of them. Noise is drawn from seed generators, whose states are
    among the variables. A loss of an epoch is the mean over its batches, by their examples, and
    `loss` the sum of both: it only tells whether they are finite.

    Args:
        parts: the models.
        settings: how they are trained.
        by_name: a batch of inputs, in the structure of the data, to inputs by name.
        make_optimizer: of the discriminator, called at each `compile`.
        seed: of the noise.
    """

    def __init__(
        self,
        parts: GanParts,
        settings: GanSpec,
        by_name: Callable[[Any], Mapping[str, Any]],
        make_optimizer: Callable[[], Any],
        seed: int,
    ) -> None:
        super().__init__(name=parts.saved.name)
        self.generator, self.discriminator = parts.generator, parts.discriminator
        self.generate, self.critic = parts.generate, parts.critic
        self.readings, self.saved_model = parts.readings, parts.saved
        self.settings, self.by_name = settings, by_name
        self.example, (self.noise_name, self.noise_shape) = parts.example, parts.noise
        self.make_discriminator_optimizer = make_optimizer
        self.discriminator_optimizer: Any = None
        self.training_noise = keras.random.SeedGenerator(seed)
        self.evaluation_noise = keras.random.SeedGenerator(seed)
        self.evaluation_seed = self.evaluation_noise.state.numpy()
        names = ("loss", DISCRIMINATOR_LOSS, GENERATOR_LOSS)
        self.means = [keras.metrics.Mean(name=name) for name in names]
        self.built = True

    def compile(self, *args: Any, **kwargs: Any) -> None:
        """As Keras does, with the optimizer of the generator; that of the discriminator is new."""
        super().compile(*args, **kwargs)
        self.discriminator_optimizer = self.make_discriminator_optimizer()

    @property
    def metrics(self) -> list[Any]:
        """The means of the losses."""
        return list(self.means)

    def reset_metrics(self) -> None:
        """Begin the means anew, and the noise of evaluations: each measures on the same noise."""
        super().reset_metrics()
        self.evaluation_noise.state.assign(self.evaluation_seed)

    def call(self, inputs: Any, training: Any = None) -> Any:
        """The scores of real examples."""
        return self.critic(self._read(self.by_name(inputs), training), training=training)

    def train_step(self, data: Any) -> dict[str, Any]:
        """The steps of the discriminator, then one of the generator."""
        inputs = self.by_name(keras.utils.unpack_x_y_sample_weight(data)[0])
        readings = self._read(inputs, training=True)
        discriminator_loss = None
        for _ in range(self.settings.discriminator_steps):
            discriminator_loss = self._train_discriminator(inputs, readings)
        return self._record(readings, discriminator_loss, self._train_generator(inputs, readings))

    def test_step(self, data: Any) -> dict[str, Any]:
        """Both losses, of noise that is the same in each evaluation."""
        inputs = self.by_name(keras.utils.unpack_x_y_sample_weight(data)[0])
        readings = self._read(inputs, training=False)
        made = self._make(inputs, readings, training=False)
        of_discriminator = self._discriminator_loss(readings, made, training=False)
        of_generator = self._generator_loss(readings, made, training=False)
        return self._record(readings, of_discriminator, of_generator)

    def parts_on(self, inputs: Any) -> Iterator[tuple[Any, Any]]:
        """The functional models, each with what it takes of a batch, to find one that fails."""
        named = self.by_name(inputs)
        yield self.readings, named
        readings = self._read(named, training=True)
        yield self.critic, readings
        count = ops.shape(readings[self.example])[0]
        needed = {name: named[name] for name in self.generate.input if name != self.noise_name}
        yield self.generate, {**needed, self.noise_name: ops.zeros((count, *self.noise_shape))}

    def _train_discriminator(self, inputs: Mapping[str, Any], readings: Sequence[Any]) -> Any:
        made = self._make(inputs, readings, training=True)
        with tf.GradientTape() as tape:
            loss = self._discriminator_loss(readings, made, training=True)
        weights = self.discriminator.trainable_variables
        gradients = tape.gradient(loss, weights)
        self.discriminator_optimizer.apply_gradients(zip(gradients, weights, strict=True))
        bound = self.settings.weight_clip
        if bound is not None:
            for weight in weights:
                weight.assign(ops.clip(weight, -bound, bound))
        return loss

    def _train_generator(self, inputs: Mapping[str, Any], readings: Sequence[Any]) -> Any:
        with tf.GradientTape() as tape:
            made = self._make(inputs, readings, training=True)
            loss = self._generator_loss(readings, made, training=True)
        weights = self.generator.trainable_variables
        gradients = tape.gradient(loss, weights)
        self.optimizer.apply_gradients(zip(gradients, weights, strict=True))
        return loss

    def _read(self, inputs: Mapping[str, Any], training: Any) -> Sequence[Any]:
        """What the discriminator reads of a batch."""
        found = self.readings(inputs, training=training)
        return found if isinstance(found, (list, tuple)) else [found]

    def _make(self, inputs: Mapping[str, Any], readings: Sequence[Any], *, training: bool) -> Any:
        """As many examples as there are real ones, of new noise."""
        shape = (ops.shape(readings[self.example])[0], *self.noise_shape)
        seed = self.training_noise if training else self.evaluation_noise
        if self.settings.noise.distribution == UNIFORM:
            noise = keras.random.uniform(shape, -1.0, 1.0, seed=seed)
        else:
            noise = keras.random.normal(shape, seed=seed)
        needed = {name: inputs[name] for name in self.generate.input if name != self.noise_name}
        made = self.generate({**needed, self.noise_name: noise}, training=training)
        return ops.cast(made, readings[self.example].dtype)  # which a policy may make another

    def _scores(self, readings: Sequence[Any], examples: Any, *, training: bool) -> Any:
        """The scores float32 [n] of examples, under the conditions of the batch."""
        put = [examples if i == self.example else read for i, read in enumerate(readings)]
        scores = self.critic(put, training=training)
        return ops.reshape(ops.cast(scores, "float32"), (-1,))

    def _discriminator_loss(self, readings: Sequence[Any], made: Any, *, training: bool) -> Any:
        settings, real = self.settings, readings[self.example]
        real_scores = self._scores(readings, real, training=training)
        made_scores = self._scores(readings, made, training=training)
        if settings.loss == BINARY:
            noise = settings.label_noise if training else 0.0
            smoothing, seed = settings.label_smoothing, self.training_noise
            loss = crossentropy_of_discriminator(real_scores, made_scores, smoothing, noise, seed)
        else:
            loss = score_loss(settings.loss).discriminator(real_scores, made_scores)
        loss += _total(self.critic.losses)
        if settings.gradient_penalty is None:
            return loss
        return loss + settings.gradient_penalty * self._penalty(readings, made, training=training)

    def _generator_loss(self, readings: Sequence[Any], made: Any, *, training: bool) -> Any:
        penalties = _total(self.generate.losses)
        scores = self._scores(readings, made, training=training)
        return score_loss(self.settings.loss).generator(scores) + penalties

    def _penalty(self, readings: Sequence[Any], made: Any, *, training: bool) -> Any:
        """How far the lengths of the gradients are from 1, between real and made examples."""
        real = readings[self.example]
        shape = (ops.shape(real)[0], *([1] * (len(real.shape) - 1)))
        seed = self.training_noise if training else self.evaluation_noise
        share = keras.random.uniform(shape, dtype=real.dtype, seed=seed)
        between = real + share * (made - real)
        with tf.GradientTape() as tape:
            tape.watch(between)
            scores = self._scores(readings, between, training=training)
        gradients = ops.cast(tape.gradient(scores, between), "float32")
        axes = tuple(range(1, len(gradients.shape)))
        lengths = ops.sqrt(ops.sum(ops.square(gradients), axis=axes) + LEAST_NORM)
        return ops.mean(ops.square(lengths - 1.0))

    def _record(self, readings: Sequence[Any], *losses: Any) -> dict[str, Any]:
        count = ops.shape(readings[self.example])[0]
        for mean, value in zip(self.means, (sum(losses), *losses), strict=True):
            mean.update_state(value, sample_weight=count)
        results: dict[str, Any] = self.get_metrics_result()
        return results


def _total(losses: Sequence[Any]) -> Any:
    """The sum of what regularizers and layers add; 0 without any."""
    return sum((ops.cast(loss, "float32") for loss in losses), 0.0)
