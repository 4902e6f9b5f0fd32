"""Trainings that begin with the weights of others: runs, epochs, exports, vectors of words."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from modelspec.api.exporting import export
from modelspec.api.predicting import evaluate, predict
from modelspec.api.training import train
from modelspec.cli import run as run_command
from modelspec.diagnostics import SpecError

pytestmark = [pytest.mark.tensorflow, pytest.mark.xdist_group("weights")]

PRETRAIN = """\
modelspec: 1
model:
  functional:
    inputs: {a: {shape: [1]}, kind: {shape: [1], dtype: string}}
    layers:
      norm: Normalization
      look: {StringLookup: {num_oov_indices: 1}}
      table: {Embedding: {input_dim: 4, output_dim: 3}}
      flat: Flatten
      join: Concatenate
      first: {Dense: {units: 4, activation: relu}}
      second: {Dense: {units: 4, activation: relu}}
      head: {Dense: {units: 1}}
    edges:
      - a -> norm
      - kind -> look -> table -> flat
      - norm, flat -> join -> first -> second -> head
    outputs: head
data:
  train: {csv: t.csv}
  validation: {share: 0.25}
  batch_size: 8
  inputs: {a: a, kind: kind}
  targets: {head: y}
training:
  epochs: 2
  optimizer: adam
  loss: mse
  checkpoint: {keep: 1}
"""
TUNE = (
    PRETRAIN.replace("      head: {Dense: {units: 1}}", "      top: {Dense: {units: 1}}")
    .replace(
        "first: {Dense: {units: 4, activation: relu}}",
        "new: {Dense: {units: 4}}\n      first: {Dense: {units: 4, activation: relu}}",
    )
    .replace("join -> first -> second -> head", "join -> new -> first -> second -> top")
    .replace("outputs: head", "outputs: top")
    .replace("targets: {head: y}", "targets: {top: y}")
    .replace("optimizer: adam", "optimizer: {SGD: {learning_rate: 0.0}}")
    .replace("t.csv", "u.csv")
)
ROWS = [(i, "good" if i % 3 else "bad", i * 2.0) for i in range(32)]


def table(rows: list[Any]) -> str:
    return "a,kind,y\n" + "".join(f"{a},{kind},{y}\n" for a, kind, y in rows)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("transfer")
    (path / "t.csv").write_text(table(ROWS))
    (path / "u.csv").write_text(
        table([(a + 100, "odd" if a % 2 else "film", y) for a, _, y in ROWS])
    )
    (path / "pre.yaml").write_text(PRETRAIN)
    train(path / "pre.yaml", output=path / "runs/pre")
    return path


@pytest.fixture
def tune(folder: Path) -> Callable[..., Any]:
    """tune(weights) -> a run that changes no weight, so that they are those it began with."""

    def run(weights: str, text: str = TUNE, **more: Any) -> Any:
        (folder / "tune.yaml").write_text(f"{text}  initial_weights: {weights}\n")
        return train(folder / "tune.yaml", output=folder / "runs/tune", force=True, **more)

    return run


def pretrained(folder: Path, file: str = "runs/pre/model.keras") -> Any:
    import keras

    return keras.models.load_model(folder / file)


def same(model: Any, source: Any, *names: str | tuple[str, str]) -> None:
    for name in names:
        ours, theirs = (name, name) if isinstance(name, str) else name
        pairs = (model.get_layer(ours).get_weights(), source.get_layer(theirs).get_weights())
        assert len(pairs[0]) == len(pairs[1]) > 0
        assert all(np.array_equal(*pair) for pair in zip(*pairs, strict=True)), name


def test_a_run_by_name(folder: Path, tune: Any) -> None:
    run, source = tune("runs/pre"), pretrained(folder)
    # a layer was inserted: by position `new` would have the weights of `first`
    same(run.model, source, "norm", "table", "second")
    assert run.model.get_layer("look").get_vocabulary() == source.get_layer("look").get_vocabulary()
    fresh = run.model.get_layer("top").get_weights()[0]
    assert not np.array_equal(fresh, source.get_layer("head").get_weights()[0])
    log = (run.path / "train.log").read_text()
    assert "initial weights, by tensor: 8 loaded, 4 fresh" in log
    assert "fresh, not in the file: new, top" in log
    assert [one.code for one in run.findings if "weights" in one.code] == ["weights-not-loaded"]


def test_a_shape_that_does_not_fit_stops_before_the_training(folder: Path, tune: Any) -> None:
    with pytest.raises(SpecError) as caught:
        tune("runs/pre", TUNE.replace("new: {Dense: {units: 4}}", "new: {Dense: {units: 5}}"))
    assert '"first/kernel" is [5, 4] in the model and [4, 4] in runs/pre' in str(caught.value)


@pytest.mark.slow
@pytest.mark.parametrize("form", ["epoch", "keras", "weights"])
def test_files_of_a_run(folder: Path, tune: Any, form: str) -> None:
    file = "runs/pre/checkpoints/epoch-0002.keras"
    if form != "epoch":
        file = "e.keras" if form == "keras" else "e.weights.h5"
        export(folder / "runs/pre", form, folder / file, force=True)
    run = tune(f"{{from: {file}, rename: {{head: top}}}}")
    same(run.model, pretrained(folder), "norm", "table", "second", ("top", "head"))
    if form == "weights":
        names = json.loads((folder / "e.weights.names.json").read_text())
        assert names["variables"]["layers/dense_2/vars/1"] == "bias"


@pytest.mark.slow
def test_a_spec_is_exported_with_its_weights(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What layers learned is taken too, so that no data is needed."""
    file, source = folder / "alone.yaml", pretrained(folder)
    job = PRETRAIN.partition("data:\n")[0] + "training:\n  optimizer: adam\n  loss: mse\n"
    file.write_text(job + "  initial_weights: runs/pre\n")
    made = folder / "alone.keras"
    assert run_command(["export", str(file), "--format", "keras", "-o", str(made)]) == 0
    assert "initial weights, by tensor: 10 loaded, 0 fresh" in capsys.readouterr().err
    inputs = {"a": np.array([[1.0], [7.0]]), "kind": np.array([["good"], ["odd"]], object)}
    inputs = {name: keras_tensor(value) for name, value in inputs.items()}
    given = pretrained(folder, made.name)
    assert np.array_equal(given.predict_on_batch(inputs), source.predict_on_batch(inputs))
    export(folder / "runs/pre", "weights", folder / "pre.weights.h5")  # without vocabularies
    file.write_text(job + "  initial_weights: pre.weights.h5\n")
    with pytest.raises(SpecError, match="StringLookup has not been adapted to data yet"):
        export(file, "keras", folder / "none.keras")
    file.write_text(job.replace("units: 1}", "units: 2}") + "  initial_weights: runs/pre\n")
    with pytest.raises(SpecError, match=r'"head/kernel" is \[4, 2\] in the model and \[4, 1\]'):
        export(file, "weights", folder / "none.weights.h5")
    assert not list(folder.glob("none*"))


def keras_tensor(value: Any) -> Any:
    import tensorflow as tf

    return tf.constant(value)


@pytest.mark.slow
def test_a_file_of_an_epoch_is_taken_like_a_run(folder: Path) -> None:
    file = next((folder / "runs/pre/checkpoints").glob("*.keras"))
    metrics, _ = evaluate(file, split="validation")
    assert "val_loss" in metrics
    assert len(predict(file, folder / "t.csv")["head"]) == len(ROWS)
    assert export(file, "keras", folder / "epoch.keras", force=True).is_file()


def test_json_events_have_each_tensor(tune: Any, capfd: pytest.CaptureFixture[str]) -> None:
    tune("{first: runs/pre, second: {from: runs/pre}}", log_format="json")
    events = [json.loads(line) for line in capfd.readouterr().err.splitlines() if line[:1] == "{"]
    (event,) = [one for one in events if one["event"] == "weights"]
    fates = {one["layer"]: one["fate"] for one in event["layers"]}
    assert fates["second"] == fates["first"] == "loaded"
    assert fates["table"] == fates["norm"] == fates["top"] == "fresh"


def test_vectors_of_words(folder: Path, tune: Any) -> None:
    (folder / "glove.txt").write_text("odd 1 2 3\nnobody 7 8 9\nfilm 4.5 5 6\n")
    run = tune("{table: {glove: glove.txt}}")
    words = run.model.get_layer("look").get_vocabulary()
    rows = dict(zip(words, run.model.get_layer("table").get_weights()[0], strict=False))
    assert rows["odd"].tolist() == [1, 2, 3]
    assert rows["film"].tolist() == [4.5, 5, 6]
    assert "table: 2 of 3 words are in glove.txt" in (run.path / "train.log").read_text()


@pytest.mark.slow
def test_vectors_for_the_words_of_a_tokenizer(folder: Path, tune: Any) -> None:
    (folder / "w2v.txt").write_text("2 3\ngood 1 2 3\nbad 4 5 6\n")
    text = (
        TUNE.replace("kind: {shape: [1], dtype: string}", "kind: {shape: [2], dtype: int32}")
        .replace("      look: {StringLookup: {num_oov_indices: 1}}\n", "")
        .replace("kind -> look -> table", "kind -> table")
        .replace(
            "  inputs: {a: a, kind: kind}",
            "  tokens: {w: {words: 10, length: 2}}\n"
            "  inputs: {a: a, kind: {column: kind, tokens: w}}",
        )
        .replace("u.csv", "t.csv")
        .replace("input_dim: 4", "input_dim: 10")
    )
    run = tune("{table: {word2vec: w2v.txt}}", text)
    rows = run.model.get_layer("table").get_weights()[0].tolist()
    assert [1, 2, 3] in rows
    assert [4, 5, 6] in rows
    assert "2 of 4 words are in w2v.txt" in (run.path / "train.log").read_text()
    with pytest.raises(SpecError, match=r"words of `data\.tokens\.w` are known with the data"):
        export(folder / "tune.yaml", "weights", folder / "tune.weights.h5")


@pytest.mark.slow
def test_a_training_with_initial_weights_resumes_to_the_bit(folder: Path, tune: Any) -> None:
    text = TUNE.replace("{SGD: {learning_rate: 0.0}}", "adam").replace("epochs: 2", "epochs: 1")
    tune("runs/pre", text)
    (folder / "tune.yaml").write_text(
        (folder / "tune.yaml").read_text().replace("epochs: 1", "epochs: 2")
    )
    resumed = train(resume=folder / "runs/tune")
    whole = tune("runs/pre", text.replace("epochs: 1", "epochs: 2"))
    for ours, theirs in zip(resumed.model.get_weights(), whole.model.get_weights(), strict=True):
        assert np.array_equal(ours, theirs)
