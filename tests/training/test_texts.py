"""Text as inputs and as targets, from training to generated sentences."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from training_cases import SPECS

from modelspec.api.exporting import export
from modelspec.api.predicting import evaluate, predict
from modelspec.api.training import train

pytestmark = [pytest.mark.tensorflow, pytest.mark.xdist_group("texts")]

TRANSLATOR = """
modelspec: 1
data:
  train: {csv: sentences.csv}
  validation: 0.2
  test: 0.2
  tokens:
    english: {words: 100, length: 9}
    french: {words: 160, length: LENGTH, start: "[start]", end: "[end]", standardize: lower}
  inputs:
    english: {column: english, tokens: english}
    so_far: {column: french, tokens: french, drop: last}
  targets:
    word: {column: french, tokens: french, drop: first}
model:
  functional:
    inputs: {english: {shape: [9], dtype: int32}, so_far: {shape: [null], dtype: int32}}
    layers:
      source: {Embedding: {input_dim: 100, output_dim: 16, mask_zero: true}}
      encoder: {GRU: {units: 32}}
      target: {Embedding: {input_dim: 160, output_dim: 16}}
      decoder: {GRU: {units: 32, return_sequences: true}}
      word: {Dense: {units: 160, activation: softmax}}
    edges:
      - english -> source -> encoder
      - so_far -> target
      - {from: {sequences: target, initial_state: encoder}, to: decoder}
      - decoder -> word
    outputs: word
training:
  epochs: 2
  optimizer: {Adam: {learning_rate: 0.01}}
  loss: sparse_categorical_crossentropy
  metrics: [accuracy]
"""


def sentences(folder: Path, rows: int = 300) -> Path:
    path = folder / "sentences.csv"
    lines = (SPECS / "data" / "sentences.csv").read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join(lines[: rows + 1]) + "\n", encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Any:
    folder = tmp_path_factory.mktemp("translator")
    sentences(folder)
    spec = folder / "translator.yaml"
    spec.write_text(TRANSLATOR.replace("LENGTH", "13"), encoding="utf-8")
    return train(spec, output=folder / "run")


@pytest.fixture(scope="module")
def english(run: Any) -> Path:
    lines = (run.path.parent / "sentences.csv").read_text(encoding="utf-8").splitlines()
    path: Path = run.path.parent / "english.csv"
    path.write_text("\n".join(line.split(",")[0] for line in lines[:7]) + "\n", encoding="utf-8")
    return path


def tokens_of(run: Any) -> tuple[Any, Any, Any]:
    """The model's probabilities, the true tokens, and the tokenizer, for the whole file."""
    from modelspec.data import read_new_data
    from modelspec.diagnostics.findings import Findings
    from modelspec.training.trained_run import reopen

    opened = reopen(run.path)
    file = run.path.parent / "sentences.csv"
    examples = read_new_data(opened.preprocessing, file, Findings(), with_targets=True)
    assert examples is not None
    said = opened.predictor()(examples)["word"]
    return said, examples, opened.data_record.learned.tokenizers["french"]


def test_padding_counts_nowhere(run: Any) -> None:
    said, examples, _ = tokens_of(run)
    truth = examples.targets["word"]
    measured, _ = evaluate(run.path, data=run.path.parent / "sentences.csv")
    counted = truth != 0
    given = np.take_along_axis(said, truth[..., None], axis=-1)[..., 0][counted]
    assert measured["loss"] == pytest.approx(-np.log(given).mean(), rel=1e-4)
    right = (said.argmax(axis=-1) == truth)[counted].mean()
    assert measured["accuracy"] == pytest.approx(right, rel=1e-5)
    assert measured["perplexity"] == pytest.approx(np.exp(measured["loss"]), rel=1e-3)
    assert (examples.step_weights["word"] == counted).all()


@pytest.mark.slow
def test_longer_padding_changes_no_number(run: Any, tmp_path: Path) -> None:
    sentences(tmp_path)
    spec = tmp_path / "longer.yaml"
    spec.write_text(TRANSLATOR.replace("LENGTH", "19"), encoding="utf-8")
    other = train(spec, output=tmp_path / "run")
    for name in ("loss", "accuracy", "val_loss", "val_accuracy"):
        assert other.history[name] == pytest.approx(run.history[name], rel=1e-4)


def test_predictions_are_text(run: Any) -> None:
    said, _, french = tokens_of(run)
    notes: list[str] = []
    columns = predict(run.path, run.path.parent / "sentences.csv", say=notes.append)
    assert list(columns) == ["word"]
    assert [note.split(",")[0] for note in notes] == ["`french` is in the data"]
    assert columns["word"].tolist() == french.decode(said.argmax(axis=-1).astype(np.int32))
    assert not any("[start]" in text or "[end]" in text for text in columns["word"])


def test_a_text_that_is_not_given_is_generated_token_by_token(run: Any, english: Path) -> None:
    from modelspec.training.trained_run import reopen

    opened = reopen(run.path)
    tokenizers = opened.data_record.learned.tokenizers
    texts = english.read_text(encoding="utf-8").splitlines()[1:]
    source, french = tokenizers["english"].encode(texts), tokenizers["french"]
    wanted = []
    for row in source:
        ids = [french.start]
        while len(ids) < 13 and ids[-1] not in (0, french.end):
            seen = np.asarray([ids + [0] * (12 - len(ids))], dtype=np.int32)
            said = np.asarray(opened.model([row[None], seen]))
            ids.append(int(said[0, len(ids) - 1].argmax()))
        wanted.append(french.decode(np.asarray([ids]))[0])
    notes: list[str] = []
    columns = predict(run.path, english, say=notes.append)
    assert notes == []
    assert columns["word"].tolist() == wanted
    assert any(wanted)


@pytest.mark.slow
def test_an_exported_file_takes_text_and_gives_text(run: Any, english: Path) -> None:
    file = english.parent / "translator.keras"
    export(run.path, "keras", file)
    assert predict(file, english)["word"].tolist() == predict(run.path, english)["word"].tolist()
    data = run.path.parent / "sentences.csv"
    assert evaluate(file, data=data)[0] == pytest.approx(evaluate(run.path, data=data)[0])


@pytest.mark.slow
def test_a_resumed_run_is_the_same_to_the_bit(run: Any, tmp_path: Path) -> None:
    import keras

    folder = tmp_path / "job"
    shutil.copytree(run.path.parent, folder, ignore=shutil.ignore_patterns("*.keras", "run"))
    spec = folder / "translator.yaml"
    train(spec, output=folder / "short", overrides={"training.epochs": 1})
    resumed = train(resume=folder / "short", overrides={"training.epochs": 2})
    assert resumed.history["loss"] == run.history["loss"]
    first, second = (keras.models.load_model(one.path / "model.keras") for one in (run, resumed))
    for one, other in zip(first.get_weights(), second.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)


SPELLER = """
modelspec: 1
data:
  train: {csv: sentences.csv}
  tokens:
    sound: {bytes: true, length: 40}
    letters: {chars: auto, length: 12}
  inputs:
    sound: {column: english, tokens: sound}
  targets:
    letters: {column: word, tokens: letters}
model:
  sequential:
    input: {shape: [40], dtype: int32, name: sound}
    layers:
      - Embedding: {input_dim: 257, output_dim: 8}
      - GRU: {units: 16, return_sequences: true}
      - Dense: {units: 32, name: letters}
training: {epochs: 1, optimizer: adam, loss: ctc}
"""


def test_letters_are_read_from_ctc(tmp_path: Path) -> None:
    rows = ["english,word"]
    rows += [f"the {word} is here,{word}" for word in ("cat", "dog", "bird", "apple") * 5]
    (tmp_path / "sentences.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    (tmp_path / "speller.yaml").write_text(SPELLER, encoding="utf-8")
    made = train(tmp_path / "speller.yaml", output=tmp_path / "run")
    assert made.history["loss"][0] > 0
    said = predict(made.path, tmp_path / "sentences.csv")["letters"]
    assert len(said) == 20
    assert "perplexity" not in evaluate(made.path, data=tmp_path / "sentences.csv")[0]


def test_runs_of_equal_tokens_are_one_label() -> None:
    from modelspec.training.predict.texts import without_repeats

    ids = np.asarray([[0, 2, 2, 0, 2, 3, 3], [5, 5, 5, 5, 5, 5, 5], [0] * 7])
    assert without_repeats(ids).tolist() == [[2, 2, 3, 0, 0, 0, 0], [5] + [0] * 6, [0] * 7]
