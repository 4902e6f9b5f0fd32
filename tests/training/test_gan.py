"""Two models in turn: trained, resumed, measured, and the generator used by itself."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from modelspec.api.exporting import export
from modelspec.api.predicting import evaluate, predict
from modelspec.api.training import train
from modelspec.diagnostics.problems import UsageError
from modelspec.training.stop_signals import InterruptedRunError

pytestmark = [pytest.mark.tensorflow, pytest.mark.xdist_group("gan")]

SPEC = """
modelspec: 1
model:
  functional:
    inputs:
      noise: {shape: [3]}
      image: {shape: [4, 4, 1]}
    layers:
      generator:
        Sequential:
          layers:
            - {Dense: {units: 16}}
            - BatchNormalization
            - {Reshape: {target_shape: [4, 4, 1]}}
      pixels: {Rescaling: {scale: 5, offset: 5}}
      scaled: {Rescaling: {scale: 0.2, offset: -1}}
      critic: {Sequential: {layers: [Flatten, {Dropout: {rate: 0.3}}, {Dense: {units: 1}}]}}
    edges:
      - noise -> generator -> pixels
      - image -> scaled -> critic
    outputs: pixels
data:
  train: {npz: images.npz}
  test: 0.25
  inputs: image
  batch_size: 8
training:
  epochs: 2
  optimizer: {Adam: {learning_rate: 0.01}}
  checkpoint: {every: 1}
  gan:
    generator: generator
    discriminator: critic
    noise: 3
    discriminator_steps: 2
    gradient_penalty: 10
    discriminator_optimizer: {Adam: {learning_rate: 0.02, beta_1: 0.5}}
"""


def write_images(folder: Path) -> None:
    random = np.random.default_rng(1)
    images = random.integers(0, 11, (40, 4, 4, 1)).astype(np.uint8)
    images[0, 0, 0, 0] = 10
    np.savez(folder / "images.npz", image=images, kind=random.integers(0, 3, 40))


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The run that nothing ends."""
    folder = tmp_path_factory.mktemp("gan")
    (folder / "spec.yaml").write_text(SPEC)
    write_images(folder)
    return train(folder / "spec.yaml", output=folder / "run")


def models(run: Path) -> list[bytes]:
    """The weights of both models, to the bit."""
    import keras

    both = [keras.models.load_model(run / f"{name}.keras") for name in ("model", "discriminator")]
    return [weight.tobytes() for model in both for weight in model.get_weights()]


def history(run: Path) -> list[str]:
    return [line.rpartition(",")[0] for line in (run / "history.csv").read_text().splitlines()]


def test_both_models_are_trained_and_saved(whole: Any) -> None:
    import keras

    generator = keras.models.load_model(whole.path / "model.keras")
    discriminator = keras.models.load_model(whole.path / "discriminator.keras")
    assert [tensor.shape for tensor in generator.inputs] == [(None, 3)]
    assert discriminator.output_shape == (None, 1)
    with (whole.path / "history.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert {"loss", "discriminator_loss", "generator_loss"} <= rows[0].keys()
    assert set(whole.metrics) >= {"test_discriminator_loss", "test_generator_loss"}
    total = float(rows[1]["discriminator_loss"]) + float(rows[1]["generator_loss"])
    assert float(rows[1]["loss"]) == pytest.approx(total, abs=1e-5)


def test_evaluate_measures_as_the_training_did(whole: Any) -> None:
    measured, _ = evaluate(whole.path)
    assert measured == {name: whole.metrics[name] for name in measured}


@pytest.mark.slow
@pytest.mark.parametrize("place", [(1, 2), (1, 0)])
def test_an_interrupted_training_is_resumed_to_the_bit(
    whole: Any, tmp_path: Path, stop_at: Any, place: tuple[int, int], monkeypatch: Any
) -> None:
    (tmp_path / "spec.yaml").write_text(SPEC)
    write_images(tmp_path)
    with monkeypatch.context():
        stop_at(*place)
        with pytest.raises(InterruptedRunError):
            train(tmp_path / "spec.yaml", output=tmp_path / "run")
    monkeypatch.undo()
    resumed = train(resume=tmp_path / "run")
    assert models(resumed.path) == models(whole.path)
    assert history(resumed.path) == history(whole.path)
    assert dict(resumed.metrics) == dict(whole.metrics)


def test_predictions_are_images_of_noise_by_its_seed(whole: Any, tmp_path: Path) -> None:
    import tensorflow as tf

    predict(whole.path, output=tmp_path / "made", count=3, seed=5)
    files = sorted(path.name for path in (tmp_path / "made").iterdir())
    assert files == ["1.png", "2.png", "3.png", "predictions.csv"]
    again = predict(whole.path, count=5, seed=5)["pixels"]
    other = predict(whole.path, count=3, seed=6)["pixels"]
    assert again.shape == (5, 4, 4, 1)
    assert not np.allclose(other, again[:3])
    pixels = tf.io.decode_png((tmp_path / "made" / "2.png").read_bytes()).numpy()
    assert np.array_equal(pixels, np.clip(np.rint(again[1] * 25.5), 0, 255))
    assert len(predict(whole.path)["pixels"]) == 16


@pytest.mark.slow
def test_an_exported_generator_makes_the_same(whole: Any, tmp_path: Path) -> None:
    file = tmp_path / "generator.keras"
    export(whole.path, "keras", file)
    made = predict(file, count=2, seed=5)["pixels"]
    assert np.allclose(made, predict(whole.path, count=2, seed=5)["pixels"])
    with pytest.raises(UsageError, match="is a generator alone"):
        evaluate(file)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"data": "images.npz"}, "takes noise alone"),
        ({"split": "test"}, "has none: leave it out"),
        ({"count": 0}, "at least 1, got 0"),
        ({"keep": ["name"]}, "--keep is for the rows of a file, and noise has none"),
        ({"threshold": 0.3}, "--threshold is for an output of two classes"),
    ],
)
def test_options_that_a_generator_does_not_take(
    whole: Any, options: dict[str, Any], message: str
) -> None:
    with pytest.raises(UsageError, match=message):
        predict(whole.path, **options)


CONDITIONAL = (
    SPEC.replace(
        "      image: {shape", "      kind: {shape: [1], dtype: int32}\n      image: {shape"
    )
    .replace(
        """        Sequential:
          layers:
            - {Dense: {units: 16}}
            - BatchNormalization
            - {Reshape: {target_shape: [4, 4, 1]}}
""",
        """        Functional:
          inputs: {kind: {}, noise: {}}
          layers:
            which: {Embedding: {input_dim: 3, output_dim: 4}}
            flat: Flatten
            join: Concatenate
            wide: {Dense: {units: 16}}
            image: {Reshape: {target_shape: [4, 4, 1]}}
          edges: [kind -> which -> flat, "flat, noise -> join -> wide -> image"]
          outputs: image
""",
    )
    .replace(
        "      critic: {Sequential: "
        "{layers: [Flatten, {Dropout: {rate: 0.3}}, {Dense: {units: 1}}]}}\n",
        """      critic:
        Functional:
          inputs: {image: {}, kind: {}}
          layers:
            which: {Embedding: {input_dim: 3, output_dim: 4}}
            both: Concatenate
            flat: Flatten
            other: Flatten
            score: {Dense: {units: 1}}
          edges: [image -> flat, kind -> which -> other, "flat, other -> both -> score"]
          outputs: score
""",
    )
    .replace("noise -> generator -> pixels", "kind, noise -> generator -> pixels")
    .replace("- image -> scaled -> critic", "- image -> scaled\n      - scaled, kind -> critic")
    .replace("inputs: image\n", "inputs: {image: image, kind: kind}\n")
)


@pytest.mark.slow
@pytest.mark.parametrize("loss", ["binary_crossentropy", "wasserstein", "hinge", "least_squares"])
def test_a_conditional_gan_takes_a_row_for_each_example(
    fit: Any, tmp_path: Path, loss: str
) -> None:
    write_images(tmp_path)
    text = CONDITIONAL.replace("gradient_penalty: 10", f"loss: {loss}")
    if loss == "wasserstein":
        text = text.replace("    loss:", "    weight_clip: 0.05\n    loss:")
    run = fit(text.replace("epochs: 2", "epochs: 1").replace("size: 8", "size: 16"))
    assert np.isfinite(run.metrics["test_generator_loss"])
    (tmp_path / "kinds.csv").write_text("kind\n0\n1\n2\n1\n")
    made = predict(run.path, tmp_path / "kinds.csv", seed=3)["pixels"]
    assert made.shape == (4, 4, 4, 1)
    assert not np.allclose(made[1], made[3])  # the same kind, of other noise
    with pytest.raises(UsageError, match="takes `kind` beside noise"):
        predict(run.path)
    with pytest.raises(UsageError, match="leave --count out"):
        predict(run.path, tmp_path / "kinds.csv", count=4)
