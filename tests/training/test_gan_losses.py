"""The losses of a GAN against their formulas, on scores that are known."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytestmark = [pytest.mark.tensorflow, pytest.mark.xdist_group("gan")]

REAL, MADE = np.array([2.0, -1.0], np.float32), np.array([0.5, -3.0, 1.0], np.float32)

SPEC = """
modelspec: 1
model:
  functional:
    inputs:
      noise: {shape: [2]}
      row: {shape: [2]}
    layers:
      g: {Sequential: {layers: [{Dense: {units: 2}}]}}
      d: {Sequential: {layers: [{Dense: {units: 1, kernel_regularizer: {L2: {l2: 0.5}}}}]}}
    edges: [noise -> g, row -> d]
    outputs: g
training:
  optimizer: {SGD: {learning_rate: 0.1}}
  gan: {generator: g, discriminator: d, gradient_penalty: 10}
"""


def softplus(values: Any) -> Any:
    return np.log1p(np.exp(values))


@pytest.mark.parametrize(
    ("name", "discriminator", "generator"),
    [
        (
            "binary_crossentropy",
            softplus(-REAL).mean() + softplus(MADE).mean(),
            softplus(-MADE).mean(),
        ),
        ("wasserstein", MADE.mean() - REAL.mean(), -MADE.mean()),
        (
            "hinge",
            np.maximum(0, 1 - REAL).mean() + np.maximum(0, 1 + MADE).mean(),
            -MADE.mean(),
        ),
        (
            "least_squares",
            ((REAL - 1) ** 2).mean() / 2 + (MADE**2).mean() / 2,
            ((MADE - 1) ** 2).mean() / 2,
        ),
    ],
)
def test_losses_of_scores(name: str, discriminator: float, generator: float) -> None:
    from modelspec.training.fitted.gan_losses import score_loss

    loss = score_loss(name)
    assert float(loss.discriminator(REAL, MADE)) == pytest.approx(discriminator, rel=1e-5)
    assert float(loss.generator(MADE)) == pytest.approx(generator, rel=1e-5)


def test_crossentropy_with_smoothed_labels_is_that_of_keras() -> None:
    import keras

    from modelspec.training.fitted.gan_losses import crossentropy_of_discriminator

    loss = keras.losses.BinaryCrossentropy(from_logits=True)
    found = crossentropy_of_discriminator(REAL, MADE, 0.1, 0.0, None)
    wanted = loss(np.full((1, 2), 0.9), REAL[None]) + loss(np.zeros((1, 3)), MADE[None])
    assert float(found) == pytest.approx(float(wanted), rel=1e-5)


def test_a_step_is_that_of_the_formulas() -> None:
    """Of a linear discriminator the gradient of the score is its kernel, wherever it is taken."""
    import keras

    from modelspec.building import build_model, make_object
    from modelspec.compile import compile_text
    from modelspec.diagnostics import Findings
    from modelspec.training.fitted import model_to_fit

    findings = Findings()
    compiled = compile_text(SPEC, "gan.yaml", Path("gan.yaml"), findings)
    assert compiled is not None and compiled.spec.training is not None
    keras.utils.set_random_seed(1)
    model = build_model(compiled.spec, compiled.graph, findings)
    fitted = model_to_fit(model, compiled.graph, compiled.spec.training, findings)
    fitted.compile(optimizer=make_object(compiled.spec.training.optimizer))
    kernel, _ = fitted.discriminator.get_weights()
    rows = np.array([[1.0, 2.0], [3.0, -1.0]], np.float32)
    made = fitted._make({"row": rows}, [rows], training=False).numpy()
    fitted.reset_metrics()
    logs = fitted.test_step((rows,))
    penalty = 10 * (np.linalg.norm(kernel) - 1) ** 2 + 0.5 * (kernel**2).sum()
    wanted = (made @ kernel).mean() - (rows @ kernel).mean() + penalty
    assert float(logs["discriminator_loss"]) == pytest.approx(wanted, rel=1e-4)
    assert float(logs["generator_loss"]) == pytest.approx(-(made @ kernel).mean(), rel=1e-4)
    before = [weight.copy() for weight in model.get_weights()]
    fitted.train_step((rows,))
    moved = [new - old for new, old in zip(model.get_weights(), before, strict=True)]
    after, _ = fitted.discriminator.get_weights()
    assert np.allclose(moved[1], 0.1 * after[:, 0], rtol=1e-4)  # up the score, bias first
    assert not np.allclose(after, kernel)
