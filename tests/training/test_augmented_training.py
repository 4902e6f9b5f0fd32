"""`data.augment` in a whole job: on the training split alone, resumed to the bit, warned about."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from training_cases import SPECS

from modelspec.api.predicting import evaluate, predict
from modelspec.api.training import train
from modelspec.diagnostics.problems import SpecError
from modelspec.training.stop_signals import InterruptedRunError

pytestmark = pytest.mark.tensorflow

SPEC = """\
modelspec: 1
model:
  sequential:
    input: {shape: [8, 8, 1], name: image}
    layers:
      - Rescaling: {scale: 0.0625}
      - Flatten
      - Dense: {units: 10, activation: softmax, name: digit}
data:
  train: {npz: digits.npz}
  validation: 0.2
  test: 0.2
  targets: {digit: {column: digit, labels: auto, one_hot: true}}
  augment:
    - RandomTranslation: {height_factor: 0.1, width_factor: 0.1}
    - RandomErasing: {value_range: [0, 16]}
    - MixUp: {alpha: 0.2}
  batch_size: 8
training:
  epochs: 3
  optimizer: adam
  loss: categorical_crossentropy
  metrics: [accuracy]
  class_weight: balanced
  checkpoint: {every: 2}
"""


@pytest.fixture
def spec(tmp_path: Path) -> Path:
    with np.load(SPECS / "data" / "digits.npz") as digits:
        np.savez(tmp_path / "digits.npz", image=digits["image"][:64], digit=digits["digit"][:64])
    path = tmp_path / "spec.yaml"
    path.write_text(SPEC, encoding="utf-8")
    return path


def weights(run: Any) -> list[bytes]:
    return [variable.numpy().tobytes() for variable in run.model.variables]


@pytest.mark.slow
def test_a_resumed_training_ends_with_the_same_bits(
    spec: Path, stop_at: Any, monkeypatch: Any
) -> None:
    whole = train(spec, output=spec.parent / "whole")
    stop_at(1, 2)
    with pytest.raises(InterruptedRunError):
        train(spec, output=spec.parent / "cut")
    monkeypatch.undo()
    resumed = train(resume=spec.parent / "cut")
    assert weights(resumed) == weights(whole)
    assert dict(resumed.history) == dict(whole.history)


@pytest.mark.slow
def test_the_other_splits_stay_as_they_are(spec: Path) -> None:
    """The model that augment made measures the same in `evaluate` as at the end of the training."""
    run = train(spec, output=spec.parent / "run")
    found, _ = evaluate(run.path)
    assert found["test_loss"] == pytest.approx(run.metrics["test_loss"])
    spec.write_text(SPEC.replace("MixUp: {alpha: 0.2}", "RandomFlip"), encoding="utf-8")
    other = train(spec, output=spec.parent / "other")
    assert other.history["loss"] != run.history["loss"]


CROP = """\
modelspec: 1
model:
  sequential:
    input: {shape: [6, 5, 1], name: image}
    layers:
      - Conv2D: {filters: 2, kernel_size: 3, padding: same, activation: softmax, name: bright}
data:
  train: {npz: masks.npz}
  validation: 0.25
  test: 0.25
  inputs: image
  targets: {bright: {column: bright, weight: sure}}
  augment:
    - RandomFlip
    - RandomCrop: {height: 6, width: 5}
  batch_size: 8
training: {epochs: 2, optimizer: adam, loss: sparse_categorical_crossentropy}
"""


def test_images_and_masks_are_cropped(tmp_path: Path) -> None:
    """At random in training; everywhere else to the middle, of images, masks and weights."""
    with np.load(SPECS / "data" / "digits.npz") as digits:
        image = np.array(digits["image"][:32, ..., :1])
    bright, sure = (image[..., 0] > 8).astype(np.int64), (image[..., 0] > 2).astype(np.float32)
    np.savez(tmp_path / "masks.npz", image=image, bright=bright, sure=sure)
    path = tmp_path / "spec.yaml"
    path.write_text(CROP, encoding="utf-8")
    run = train(path, output=tmp_path / "run")
    found, _ = evaluate(run.path)
    assert found["test_loss"] == pytest.approx(run.metrics["test_loss"])
    path.write_text(CROP.replace("data:", "data:\n  stream: true"), encoding="utf-8")
    assert train(path, output=tmp_path / "streamed").metrics == run.metrics
    path.write_text(CROP, encoding="utf-8")
    middle = {"image": image[:, 1:7, 1:6], "bright": bright[:, 1:7, 1:6], "sure": sure[:, 1:7, 1:6]}
    np.savez(tmp_path / "middle.npz", **middle)
    whole, _ = evaluate(run.path, data=tmp_path / "masks.npz")
    cropped, _ = evaluate(run.path, data=tmp_path / "middle.npz")
    assert whole == cropped
    predicted = predict(run.path, tmp_path / "masks.npz")
    assert predicted["bright"].shape == (32, 6, 5)

    np.savez(tmp_path / "masks.npz", image=image[:, :5], bright=bright[:, :5], sure=sure[:, :5])
    with pytest.raises(SpecError) as raised:
        train(path, output=tmp_path / "small")
    assert [finding.message for finding in raised.value.findings] == [
        "the images of `image` have a size of [5, 8], and RandomCrop cuts [6, 5] out of them"
    ]
    np.savez(tmp_path / "masks.npz", image=image, bright=bright[:, :7], sure=sure[:, :7])
    with pytest.raises(SpecError) as raised:
        train(path, output=tmp_path / "unlike")
    assert [finding.message for finding in raised.value.findings] == [
        "the target of `bright` has a size of [7, 8], and the images that are cropped with it"
        " [8, 8]"
    ]


SEVERAL = """\
modelspec: 1
model:
  functional:
    inputs: {image: {shape: [8, 8, 1]}}
    layers:
      bright: {Conv2D: {filters: 2, kernel_size: 3, padding: same, activation: softmax}}
      flat: Flatten
      digit: {Dense: {units: 10, activation: softmax}}
    edges: [image -> bright -> flat -> digit]
    outputs: {bright: bright, digit: digit}
data:
  train: {npz: masks.npz}
  folds: 2
  inputs: image
  targets: {bright: bright, digit: {column: digit, labels: auto, one_hot: true}}
  augment: [CutMix]
  batch_size: 8
training:
  epochs: 1
  optimizer: adam
  loss: {bright: sparse_categorical_crossentropy, digit: categorical_crossentropy}
  class_weight: {digit: {0: 2}}
"""


def test_several_outputs_are_cut_and_weighted(tmp_path: Path) -> None:
    """A mask has no class weights, and the weights of its examples count for all pixels."""
    with np.load(SPECS / "data" / "digits.npz") as digits:
        image, digit = np.array(digits["image"][:64]), np.array(digits["digit"][:64])
    bright = (image.reshape(64, 8, 8) > 8).astype(np.int64)
    np.savez(tmp_path / "masks.npz", image=image.reshape(64, 8, 8, 1), bright=bright, digit=digit)
    path = tmp_path / "spec.yaml"
    path.write_text(SEVERAL.replace("folds: 2", "folds: 2\n  fold: 1"), encoding="utf-8")
    run = train(path, output=tmp_path / "run")
    assert np.isfinite(run.history["bright_loss"]).all()


def test_a_layer_that_keras_refuses_is_a_finding(spec: Path, monkeypatch: Any) -> None:
    from modelspec.building import KerasError
    from modelspec.training.prepare import augmentation

    def refuse(layer: Any, graph: Any, name: str | None) -> Any:
        raise KerasError(f"Keras rejects {layer.class_name}", layer.span)

    monkeypatch.setattr(augmentation, "make_layer", refuse)
    with pytest.raises(SpecError) as raised:
        train(spec, output=spec.parent / "run")
    (finding,) = raised.value.findings
    assert (finding.code, finding.span.line) == ("keras-refused", 15)


def test_images_from_0_to_1_are_no_pixels_up_to_255(spec: Path) -> None:
    with np.load(SPECS / "data" / "digits.npz") as digits:
        image = digits["image"][:64] / 16
        np.savez(spec.parent / "digits.npz", image=image, digit=digits["digit"][:64])
    text = SPEC.replace("value_range: [0, 16]", "factor: 0.5").replace("epochs: 3", "epochs: 1")
    spec.write_text(text, encoding="utf-8")
    run = train(spec, output=spec.parent / "run")
    (warning,) = run.findings
    assert warning.code == "wrong-augmentation"
    assert warning.span.line == 16
    assert warning.message == (
        "RandomErasing takes pixels from 0 to 255, and the images of `image` lie between 0 and 1"
    )
    assert warning.hint == "write `value_range: [0, 1]`"
