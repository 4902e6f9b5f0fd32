"""Synthetic data: what it is made of, and the step that `validate --smoke` takes on it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from modelspec.api.exporting import export_checked
from modelspec.api.predicting import evaluate
from modelspec.api.training import train
from modelspec.api.validation import validate_file
from modelspec.compile.stages import compile_file
from modelspec.exporting import ExportResult

pytestmark = pytest.mark.tensorflow

MANY = """
modelspec: 1
model:
  functional:
    inputs:
      words: {shape: [1], dtype: string}
      ids: {shape: [null], dtype: int32}
      image: {shape: [null, null, 3]}
    layers:
      text: {TextVectorization: {max_tokens: 30, output_mode: multi_hot, pad_to_max_tokens: true}}
      flat: Flatten
      codes: {Embedding: {input_dim: 5, output_dim: 4}}
      pool: GlobalAveragePooling1D
      mean: GlobalAveragePooling2D
      all: Concatenate
      kind: {Dense: {units: 3, activation: softmax}}
      flags: {Dense: {units: 2, activation: sigmoid}}
      price: {Dense: {units: 1}}
    edges:
      - words -> text -> flat
      - ids -> codes -> pool
      - image -> mean
      - flat, pool, mean -> all
      - all -> kind
      - all -> flags
      - all -> price
    outputs: [kind, flags, price]
data:
  train: {synthetic: {examples: 40, seed: 3}}
  validation: 0.25
  test: 0.1
training:
  epochs: 1
  optimizer: adam
  loss: {kind: sparse_categorical_crossentropy, flags: binary_crossentropy, price: mse}
"""

STACK = """
modelspec: 1
model:
  sequential:
    input: {shape: [2]}
    layers: [@]
training:
  optimizer: adam
  loss: mse
"""


def splits(text: str, tmp_path: Path) -> Any:
    from modelspec.data.load import load_synthetic
    from modelspec.diagnostics.findings import Findings

    (tmp_path / "spec.yaml").write_text(text)
    opened = compile_file(tmp_path / "spec.yaml")
    assert opened.spec.data is not None and opened.spec.training is not None
    return load_synthetic(opened.spec.data, opened.graph, opened.spec.training, Findings())


def test_values_are_what_the_model_takes(tmp_path: Path) -> None:
    data = splits(MANY, tmp_path)
    assert [len(part) for part in (data.train, data.validation, data.test)] == [40, 10, 4]
    inputs, targets = data.train.inputs, data.train.targets
    assert inputs["image"].shape == (40, 32, 32, 3)
    assert set(inputs["ids"].ravel().tolist()) == {0, 1, 2, 3, 4}
    assert all(isinstance(word, str) for word in inputs["words"].ravel())
    assert set(targets["kind"].ravel().tolist()) == {0, 1, 2}
    assert set(targets["flags"].ravel().tolist()) == {0, 1}
    assert targets["price"].shape == (40, 1)


def test_the_seed_decides_the_values_and_no_split_repeats_another(tmp_path: Path) -> None:
    first, again = splits(MANY, tmp_path), splits(MANY, tmp_path)
    other = splits(MANY.replace("seed: 3", "seed: 4"), tmp_path)
    price = first.train.targets["price"].tolist()
    assert again.train.targets["price"].tolist() == price
    assert other.train.targets["price"].tolist() != price
    assert first.validation.targets["price"].tolist() != price[:10]


def test_it_trains_and_evaluates(tmp_path: Path) -> None:
    (tmp_path / "spec.yaml").write_text(MANY)
    run = train(tmp_path / "spec.yaml", output=tmp_path / "run")
    measured, _ = evaluate(run.path)
    assert measured["test_loss"] == pytest.approx(run.metrics["test_loss"], rel=1e-5)


@pytest.mark.slow
def test_an_export_is_checked_with_its_examples(tmp_path: Path) -> None:
    (tmp_path / "spec.yaml").write_text(MANY)
    run = train(tmp_path / "spec.yaml", output=tmp_path / "run")
    result = export_checked(run.path, "keras", tmp_path / "model.keras")
    assert isinstance(result, ExportResult)
    assert result.check.samples.to_text() == "10 examples of the validation split"


def test_targets_cannot_be_named(tmp_path: Path) -> None:
    text = MANY.replace("  test: 0.1", "  test: 0.1\n  targets: x")
    (tmp_path / "spec.yaml").write_text(text)
    [finding] = validate_file(tmp_path / "spec.yaml")
    assert "synthetic data has no columns" in finding.message


@pytest.mark.parametrize(
    ("layers", "code", "words"),
    [
        ("Dense: {units: 1}", None, ""),
        (
            "{Discretization: {bin_boundaries: [-1, -0.5, 0, 0.5, 1]}},"
            " {Embedding: {input_dim: 2, output_dim: 3}}",
            "training-failed",
            "(Embedding) fails on the first batch",
        ),
        (
            "Rescaling: {scale: 1e38}, Rescaling: {scale: 1e38}, Dense: {units: 1}",
            "loss-not-finite",
            "after one step on random numbers",
        ),
    ],
)
def test_smoke_finds_what_fails_in_a_step_alone(
    tmp_path: Path, layers: str, code: str | None, words: str
) -> None:
    path = tmp_path / "spec.yaml"
    path.write_text(STACK.replace("@", layers))
    known = validate_file(path)
    assert all(str(finding.severity) != "error" for finding in known)
    found = [finding for finding in validate_file(path, smoke=True) if finding not in known]
    assert [finding.code for finding in found] == ([] if code is None else [code])
    assert all(words in finding.message for finding in found)


def test_smoke_takes_a_size_that_is_legal(tmp_path: Path) -> None:
    """Not always the usual 32 where an input leaves it open."""
    path = tmp_path / "spec.yaml"
    text = """
modelspec: 1
model:
  functional:
    inputs:
      x: {shape: [null, 4]}
    layers:
      down: {Conv1D: {filters: 4, kernel_size: 45, strides: 5}}
      up: {Conv1DTranspose: {filters: 4, kernel_size: 45, strides: 5}}
      join: Concatenate
    edges:
      - x -> down -> up
      - x, up -> join
    outputs: join
training: {optimizer: sgd, loss: mse}
"""
    path.write_text(text, encoding="utf-8")
    assert validate_file(path, smoke=True) == []


def test_smoke_says_where_it_tries_nothing(tmp_path: Path) -> None:
    path = tmp_path / "spec.yaml"
    path.write_text(STACK.partition("training:")[0].replace("@", "Dense: {units: 1}"))
    [finding] = validate_file(path, smoke=True)
    assert (finding.code, str(finding.severity)) == ("not-tried", "note")


def test_the_batch_is_as_large_as_the_input_states(tmp_path: Path) -> None:
    path = tmp_path / "states.yaml"
    path.write_text(
        "modelspec: 1\nmodel: {sequential: {input: {shape: [3, 2], batch_size: 4}, layers: "
        "[LSTM: {units: 2, stateful: true}]}}\ntraining: {optimizer: sgd, loss: mse}\n"
    )
    assert validate_file(path, smoke=True) == []
