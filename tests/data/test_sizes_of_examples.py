"""The sizes of real examples against a model whose inputs leave them open."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from modelspec.api.validation import validate_file
from modelspec.diagnostics.finding import Finding

IMAGES = """\
modelspec: 1
model:
  functional:
    inputs:
      image: {shape: [null, null, 3]}
    layers:
      down: {MaxPooling2D: {pool_size: 4}}
      up: {UpSampling2D: {size: 4}}
      sum: Add
      pool: GlobalAveragePooling2D
      label: {Dense: {units: 1, activation: sigmoid}}
    edges:
      - image -> down -> up
      - image, up -> sum -> pool -> label
    outputs: label
data:
  train: {npz: train.npz}
  validation: {npz: validation.npz}
  inputs: {image: image}
  targets: {label: label}
training: {loss: binary_crossentropy, optimizer: adam, epochs: 1}
"""
STEPS = """\
modelspec: 1
model:
  sequential:
    input: {shape: [null, 3]}
    layers:
      - Dense: {units: 2}
data:
  train: {npz: train.npz}
  inputs: x
  targets: y
training: {loss: mse, optimizer: adam, epochs: 1}
"""


def found(folder: Path, text: str, **files: dict[str, tuple[int, ...]]) -> list[Finding]:
    """What `validate --data` says, with arrays of zeros of these shapes in the files."""
    for name, shapes in files.items():
        arrays = {key: np.zeros(shape, np.float32) for key, shape in shapes.items()}
        np.savez(folder / f"{name}.npz", **arrays)  # type: ignore[arg-type]
    spec = folder / "spec.yaml"
    spec.write_text(text, encoding="utf-8")
    assert validate_file(str(spec)) == []  # nothing is known without the data
    return validate_file(str(spec), data=True)


def of_images(height: int, width: int) -> dict[str, tuple[int, ...]]:
    return {"image": (4, height, width, 3), "label": (4,)}


def test_sizes_that_the_layers_take(tmp_path: Path) -> None:
    assert found(tmp_path, IMAGES, train=of_images(8, 12), validation=of_images(4, 4)) == []


def test_sizes_of_the_training_examples(tmp_path: Path) -> None:
    (one,) = found(tmp_path, IMAGES, train=of_images(30, 32), validation=of_images(30, 32))
    assert (one.code, one.span.line) == ("input-shape", 19)
    assert one.message == (
        "the data gives the input `image` the shape [30, 32, 3], which the layers do not take"
    )
    assert one.hint == "they take H a multiple of 4 (such as 32)"
    assert one.related[0].span.line == 14
    assert "got (None, 30, 32, 3) and (None, 28, 32, 3)" in one.related[0].message


def test_sizes_of_the_validation_examples(tmp_path: Path) -> None:
    (one,) = found(tmp_path, IMAGES, train=of_images(8, 8), validation=of_images(8, 9))
    assert (one.code, one.span.line) == ("input-shape", 18)
    assert "[8, 9, 3]" in one.message


def test_a_target_of_other_steps_than_the_input(tmp_path: Path) -> None:
    assert found(tmp_path, STEPS, train={"x": (4, 34, 3), "y": (4, 34, 2)}) == []
    (one,) = found(tmp_path, STEPS, train={"x": (4, 34, 3), "y": (4, 30, 2)})
    assert (one.code, one.span.line) == ("target-shape", 11)
    assert "a target of shape [30, 2] with an output of shape [34, 2]" in one.message


def test_labels_with_a_loss_of_numbers(tmp_path: Path) -> None:
    np.savez(tmp_path / "train.npz", x=np.ones((4, 3)), y=np.arange(4) % 2)
    text = STEPS.replace("[null, 3]", "[3]")
    text = text.replace("targets: y", "targets: {dense: {column: y, labels: auto}}")
    (one,) = found(tmp_path, text)
    assert (one.code, one.span.line) == ("target-shape", 11)
    assert one.hint.startswith("write sparse_categorical_crossentropy")


@pytest.mark.tensorflow
def test_training_says_so_before_the_first_step(tmp_path: Path) -> None:
    from modelspec.api import train
    from modelspec.diagnostics.problems import SpecError

    files = {"train": of_images(30, 32), "validation": of_images(30, 32)}
    expected = found(tmp_path, IMAGES, **files)
    with pytest.raises(SpecError) as error:
        train(tmp_path / "spec.yaml", output=tmp_path / "run")
    assert list(error.value.findings) == expected
    assert not (tmp_path / "run").exists()


@pytest.mark.tensorflow
def test_sizes_of_new_data(tmp_path: Path) -> None:
    from modelspec.api import train
    from modelspec.api.predicting import evaluate, predict
    from modelspec.diagnostics.problems import SpecError

    found(tmp_path, IMAGES, train=of_images(8, 8), validation=of_images(4, 4))
    train(tmp_path / "spec.yaml", output=tmp_path / "run")
    new = tmp_path / "new.npz"
    for action in (predict, lambda run, file: evaluate(run, data=file)):
        np.savez(new, image=np.zeros((4, 12, 4, 3), np.float32), label=np.zeros(4, np.float32))
        assert action(tmp_path / "run", new)
        np.savez(new, image=np.zeros((4, 6, 8, 3), np.float32), label=np.zeros(4, np.float32))
        with pytest.raises(SpecError) as error:
            action(tmp_path / "run", new)
        (one,) = error.value.findings
        assert (one.code, one.span.file, one.hint) == (
            *("input-shape", str(new)),
            "they take H a multiple of 4 (such as 8)",
        )
        assert "gives the input `image` the shape [6, 8, 3]" in one.message
        assert "got (None, 6, 8, 3) and (None, 4, 8, 3)" in one.related[0].message


def test_the_last_batch_is_as_large_as_a_state_needs_it(tmp_path: Path) -> None:
    text = STEPS.replace("input: {shape: [null, 3]}", "input: {shape: [5, 3], batch_size: 4}")
    text = text.replace("- Dense: {units: 2}", "- GRU: {units: 2, stateful: true}")
    text = text.replace("  inputs: x", "  batch_size: 4\n  inputs: x")
    ignored = "# modelspec: ignore-file[stateful-while-shuffled]\n"
    whole = found(tmp_path, ignored + text, train={"x": (8, 5, 3), "y": (8, 2)})
    assert [finding.code for finding in whole] == []
    [short] = found(tmp_path, ignored + text, train={"x": (9, 5, 3), "y": (9, 2)})
    assert short.code == "other-batch-size"
    assert "the 9 examples of the train split leave 1 for its last batch" in short.message


def test_the_last_batch_is_as_large_as_noise_is_written_for(tmp_path: Path) -> None:
    text = STEPS.replace("input: {shape: [null, 3]}", "input: {shape: [5, 3], batch_size: 4}")
    noise = "- Dropout: {rate: 0.5, noise_shape: [4, 1, 3]}\n      - Flatten\n      "
    text = text.replace("- Dense: {units: 2}", f"{noise}- Dense: {{units: 2}}")
    text = text.replace("  inputs: x", "  batch_size: 4\n  inputs: x")
    assert found(tmp_path, text, train={"x": (8, 5, 3), "y": (8, 2)}) == []
    [short] = found(tmp_path, text, train={"x": (9, 5, 3), "y": (9, 2)})
    assert (short.code, short.hint) == (
        "other-batch-size",
        "give each split a multiple of the batch size",
    )
    assert "works only for batches of 4; the 9 examples" in short.message
