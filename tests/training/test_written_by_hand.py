"""Specs with losses of the graph reach what the same job reaches in Keras code written by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from training_cases import SPECS

pytestmark = [pytest.mark.tensorflow, pytest.mark.slow, pytest.mark.xdist_group("trained-runs")]

WITHIN = 1.15
"""The largest accepted ratio of the test losses: seeds and splits alone make a tenth."""


def _variational_autoencoder(images: Any, unseen: Any) -> float:
    """The test reconstruction error of the code: a subclass with its own losses."""
    import keras
    from keras import layers, ops

    class Vae(keras.Model):
        def __init__(self) -> None:
            super().__init__()
            self.scaled = layers.Rescaling(0.0625)
            self.encoder = keras.Sequential(
                [
                    layers.Conv2D(32, 3, strides=2, padding="same", activation="relu"),
                    layers.Conv2D(64, 3, padding="same", activation="relu"),
                    layers.Flatten(),
                    layers.Dense(64, activation="relu"),
                ]
            )
            self.mean, self.log_variance = layers.Dense(4), layers.Dense(4)
            self.decoder = keras.Sequential(
                [
                    layers.Dense(512, activation="relu"),
                    layers.Reshape([4, 4, 32]),
                    layers.Conv2DTranspose(32, 3, strides=2, padding="same", activation="relu"),
                    layers.Conv2D(1, 3, padding="same", activation="sigmoid"),
                ]
            )
            self.seeds = keras.random.SeedGenerator(1)
            self.error = keras.metrics.Mean(name="reconstruction")

        def call(self, inputs: Any, training: bool | None = None) -> Any:
            image = self.scaled(inputs)
            code = self.encoder(image)
            mean, log_variance = self.mean(code), self.log_variance(code)
            sample = mean
            if training:
                noise = keras.random.normal(ops.shape(mean), seed=self.seeds)
                sample = mean + noise * ops.exp(0.5 * log_variance)
            made = self.decoder(sample)
            error = ops.mean(ops.sum(ops.square(made - image), axis=[1, 2, 3]))
            kl = ops.sum(ops.exp(log_variance) + ops.square(mean) - log_variance - 1.0, axis=-1)
            self.error.update_state(error, sample_weight=ops.shape(image)[0])
            self.add_loss(error + 0.05 * ops.mean(kl))
            return made

    model = Vae()
    model.compile(keras.optimizers.Adam(2e-3))
    model.fit(images, batch_size=32, epochs=20, verbose=0)
    return float(model.evaluate(unseen, verbose=0, return_dict=True)["reconstruction"])


def _contrastive(pairs: Any, unseen: Any) -> float:
    """The test loss of the code: the loss takes the label as its target."""
    import keras
    from keras import layers, ops

    encoder = keras.Sequential(
        [
            keras.Input((8, 8, 1)),
            layers.Rescaling(0.0625),
            layers.Conv2D(32, 3, padding="same", activation="relu"),
            layers.MaxPooling2D(),
            layers.Conv2D(64, 3, padding="same", activation="relu"),
            layers.MaxPooling2D(),
            layers.Flatten(),
            layers.Dense(32),
            layers.UnitNormalization(),
        ]
    )
    left, right = keras.Input((8, 8, 1)), keras.Input((8, 8, 1))
    squared = ops.sum(ops.square(encoder(left) - encoder(right)), axis=-1, keepdims=True)
    model = keras.Model([left, right], ops.sqrt(squared + 1e-7))

    def loss(same: Any, distance: Any) -> Any:
        far = ops.square(ops.relu(1.0 - distance))
        return same * ops.square(distance) + (1.0 - same) * far

    model.compile(keras.optimizers.Adam(2e-3), loss=loss)
    parts = [pairs["left"], pairs["right"]], pairs["same"].astype("float32").reshape(-1, 1)
    model.fit(*parts, batch_size=64, epochs=12, verbose=0)
    parts = [unseen["left"], unseen["right"]], unseen["same"].astype("float32").reshape(-1, 1)
    return float(model.evaluate(*parts, verbose=0))


def _distilled(images: Any, digits: Any, unseen: Any) -> float:
    """The test loss of the code: a subclass around teacher and student."""
    import keras
    from keras import layers, ops

    def network(*parts: Any) -> Any:
        return keras.Sequential([keras.Input((8, 8, 1)), layers.Rescaling(0.0625), *parts])

    def block(*widths: int) -> list[Any]:
        made = [layers.Conv2D(n, 3, padding="same", activation="relu") for n in widths]
        return [*made, layers.MaxPooling2D()]

    end = (layers.Flatten(), layers.Dense(10))
    student = network(*block(8), *block(16), *end)
    teacher = network(*block(32, 32), *block(64, 64), layers.Flatten(), layers.Dense(10))
    teacher.load_weights(SPECS / "data" / "digits.weights.h5")
    teacher.trainable = False

    def divergence(x: Any, logits: Any) -> Any:
        known, said = teacher(x, training=False) / 4.0, logits / 4.0
        terms = ops.softmax(known) * (ops.log_softmax(known) - ops.log_softmax(said))
        return 16.0 * ops.mean(ops.sum(terms, axis=-1))

    class Distiller(keras.Model):
        def __init__(self) -> None:
            super().__init__()
            self.student = student

        def call(self, inputs: Any) -> Any:
            return self.student(inputs)

        def compute_loss(self, x: Any, y: Any, y_pred: Any, *_: Any, **__: Any) -> Any:
            own = keras.losses.sparse_categorical_crossentropy(y, y_pred, from_logits=True)
            return 0.1 * ops.mean(own) + 0.9 * divergence(x, y_pred)

    model = Distiller()
    model.compile(keras.optimizers.Adam(3e-3))
    model.fit(images, digits, batch_size=32, epochs=30, verbose=0)
    return float(divergence(unseen, student.predict(unseen, verbose=0)))


def test_a_variational_autoencoder(trained: Any) -> None:
    import keras

    images = np.load(SPECS / "data" / "digits.npz")["image"]
    order = np.random.default_rng(7).permutation(len(images))
    keras.utils.set_random_seed(7)
    by_hand = _variational_autoencoder(images[order[:1258]], images[order[-359:]])
    ratio = trained("vae").metrics["test_reconstruction"] / by_hand
    assert ratio < WITHIN, ratio
    print(f"reconstruction error: {ratio:.2f} of that of the code")


def test_a_contrastive_loss(trained: Any) -> None:
    import keras

    pairs = {
        part: np.load(SPECS / "data" / f"digit_pairs_{part}.npz") for part in ("train", "test")
    }
    keras.utils.set_random_seed(7)
    found = {name: pairs["train"][name][:3600] for name in ("left", "right", "same")}
    by_hand = _contrastive(found, pairs["test"])
    ratio = trained("siamese_contrastive").metrics["test_contrastive"] / by_hand
    assert ratio < WITHIN, ratio
    print(f"contrastive loss: {ratio:.2f} of that of the code")


def test_a_distillation(trained: Any) -> None:
    import keras

    data = np.load(SPECS / "data" / "digits.npz")
    images, digits = data["image"].astype("float32"), data["digit"]
    order = np.random.default_rng(7).permutation(len(images))
    keras.utils.set_random_seed(7)
    known, unseen = order[:1258], order[-359:]
    by_hand = _distilled(images[known], digits[known], images[unseen])
    ratio = trained("distillation").metrics["test_distillation"] / by_hand
    assert ratio < WITHIN, ratio
    print(f"distance to the teacher: {ratio:.2f} of that of the code")
