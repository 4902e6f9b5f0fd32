"""Trainings with `calibration`: one temperature for each output, in the model from then on."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import numpy.typing as npt
import pytest
from training_cases import CLASSIFIER, CSV, changed

from modelspec.api.exporting import export
from modelspec.api.predicting import evaluate, predict
from modelspec.api.training import train
from modelspec.cli import run as command
from modelspec.diagnostics.problems import ModelspecError
from modelspec.exporting.formats import FORMATS

pytestmark = [pytest.mark.tensorflow, pytest.mark.xdist_group("temperatures")]

Array = npt.NDArray[Any]

SPEC = """
modelspec: 1
name: four
model:
  functional:
    inputs:
      x: {shape: [4]}
    layers:
      body: {Dense: {units: 64, activation: relu}}
      kind: {Dense: {units: 3, activation: softmax}}
      score: {Dense: {units: 1}}
      flag: {Dense: {units: 1}}
      sold: {Activation: {activation: sigmoid}}
      tags: {Dense: {units: 3, activation: sigmoid}}
      part: {Sequential: {layers: [Dense: {units: 3, activation: softmax}]}}
      price: {Dense: {units: 1}}
    edges:
      - x -> body -> kind
      - body -> score
      - body -> flag -> sold
      - body -> tags
      - body -> part
      - body -> price
    outputs: {kind: kind, score: score, sold: sold, tags: tags, part: part, price: price}
data:
  train: {csv: t.csv}
  validation: 0.4
  test: 0.2
  inputs: {x: [a, b, c, d]}
  sample_weight: w
  targets:
    kind: {column: kind, labels: auto, one_hot: true}
    score: sold
    sold: sold
    tags: {column: tags, split: "|", labels: [p, q, r], multi_hot: true}
    part: {column: kind, labels: auto}
    price: a
  batch_size: 64
training:
  epochs: 30
  optimizer: {Adam: {learning_rate: 0.03}}
  loss:
    kind: categorical_crossentropy
    score: {BinaryCrossentropy: {from_logits: true}}
    sold: binary_crossentropy
    tags: binary_crossentropy
    part: {SparseCategoricalCrossentropy: {ignore_class: 2}}
    price: mse
  metrics: {kind: accuracy}
  calibration:
    kind: temperature
    score: temperature
    sold: temperature
    tags: temperature
    part: temperature
expect:
  metrics:
    val_kind_ece: {max: 1}
    val_tags_nll: {max: 0.01}
    val_sold_brier: {max: 1}
"""

CALIBRATED = ("kind", "score", "sold", "tags", "part")


def _table(rows: int = 300) -> str:
    """Labels that depend on the columns, and are wrong often: a model that learns them by heart is
    too sure of them."""
    rng = np.random.default_rng(5)
    x = rng.normal(size=(rows, 4))
    kind = (x[:, :3] + rng.gumbel(size=(rows, 3))).argmax(axis=-1)
    yes = x + rng.logistic(size=(rows, 4)) > 0
    lines = ["a,b,c,d,kind,sold,tags,w"]
    for row, number, each in zip(x, kind, yes, strict=True):
        tags = "|".join(name for name, applies in zip("pq", each[1:3], strict=True) if applies)
        tags = f"{tags}|r" if tags else "r"
        numbers = ",".join(f"{value:.4f}" for value in row)
        lines.append(f"{numbers},{'uvw'[number]},{int(each[0])},{tags},{1 + number}")
    return "\n".join([*lines, ""])


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A run of outputs of all kinds."""
    folder = tmp_path_factory.mktemp("temperatures")
    (folder / "spec.yaml").write_text(SPEC)
    (folder / "t.csv").write_text(_table())
    return train(folder / "spec.yaml", output=folder / "run")


def _examples(path: Path, split: str) -> Any:
    from modelspec.diagnostics import Findings
    from modelspec.training.run_splits import load_split
    from modelspec.training.trained_run import reopen

    opened = reopen(path)
    assert opened.spec.data is not None
    loaded = load_split(opened, opened.spec.data, split, Findings())
    assert loaded is not None
    return loaded.examples


def _logits(path: Path, name: str, inputs: Any) -> Array:
    """What the layer of the temperature of an output takes, in the file of the model."""
    import keras

    model = keras.models.load_model(path / "model.keras", compile=False)
    before = model.get_layer(f"{name}_temperature").input
    return np.asarray(keras.Model(model.inputs[0], before)(inputs), dtype=np.float64)


def _loss(temperature: float, logits: Array, truth: Array, weights: Array) -> float:
    """The negative log likelihood, by another formula than the one that is minimized."""
    scaled = logits / temperature
    if scaled.shape[-1] == 1 or truth.ndim > 1:
        each = np.logaddexp(0, np.where(truth.reshape(scaled.shape) > 0.5, -scaled, scaled))
        weights = np.repeat(weights, scaled.shape[-1])
    else:
        each = np.logaddexp.reduce(scaled, axis=-1) - scaled[np.arange(len(truth)), truth]
    return float((weights * each.reshape(-1)).sum() / weights.sum())


def _best(loss: Callable[[float], float]) -> float:
    """The temperature at the bottom of ever finer grids."""
    low, high, best = 1e-2, 1e3, 0.0
    for _ in range(14):
        grid = np.geomspace(low, high, 31)
        at = int(np.argmin([loss(value) for value in grid]))
        low, best, high = grid[max(0, at - 1)], grid[at], grid[min(30, at + 1)]
    return best


def _fitted(path: Path) -> dict[str, Any]:
    content = json.loads((path / "metrics.json").read_text(encoding="utf-8"))
    found: dict[str, Any] = content["calibration"]
    return found


@pytest.mark.parametrize("name", CALIBRATED)
def test_each_temperature_is_the_best_one_of_the_validation_split(run: Any, name: str) -> None:
    examples = _examples(run.path, "validation")
    logits = _logits(run.path, name, examples.inputs["x"])
    truth, weights = examples.targets[name], examples.weights
    if name == "kind":
        truth = truth.argmax(axis=-1)
    if name == "part":
        truth = truth.reshape(-1)
        counted = truth != 2
        logits, truth, weights = logits[counted], truth[counted], weights[counted]
    fitted = _fitted(run.path)[name]
    best = _best(lambda value: _loss(value, logits, truth, weights))
    assert fitted["temperature"] == pytest.approx(best, rel=1e-4)
    assert fitted["temperature"] > 1  # it has learned by heart
    assert fitted["nll_before"] == pytest.approx(_loss(1.0, logits, truth, weights), rel=1e-5)
    assert fitted["nll_after"] == pytest.approx(_loss(best, logits, truth, weights), rel=1e-5)
    assert fitted["nll_after"] < fitted["nll_before"]
    outputs = json.loads((run.path / "data.json").read_text(encoding="utf-8"))["outputs"]
    assert outputs[name]["temperature"] == fitted["temperature"]
    assert "temperature" not in outputs["price"]


def test_decisions_are_those_of_the_logits(run: Any) -> None:
    x = _examples(run.path, "test").inputs["x"]
    found = run.model(x)
    for name in ("kind", "part"):
        values = np.asarray(found[name])
        assert (values.argmax(axis=-1) == _logits(run.path, name, x).argmax(axis=-1)).all()
        assert np.allclose(values.sum(axis=-1), 1)
    for name in ("sold", "tags"):
        assert ((np.asarray(found[name]) > 0.5) == (_logits(run.path, name, x) > 0)).all()
    temperature = _fitted(run.path)["score"]["temperature"]
    assert np.allclose(found["score"], _logits(run.path, "score", x) / temperature, rtol=1e-5)


@pytest.mark.slow
def test_metrics_are_those_of_the_model_that_is_saved(run: Any) -> None:
    for split, prefix in (("validation", "val_"), ("test", "test_")):
        measured, _ = evaluate(run.path, split=split)
        for name, value in measured.items():
            if name.startswith(prefix):
                assert run.metrics[name] == pytest.approx(value, rel=1e-5), name


def test_evaluate_says_what_the_temperature_did(
    run: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    picture = tmp_path / "reliability.png"
    given = ["evaluate", str(run.path), "--split", "validation", "--reliability", str(picture)]
    assert command([*given, "--format", "json"]) == 4
    outputs = json.loads(capsys.readouterr().out)["outputs"]
    assert picture.read_bytes().startswith(b"\x89PNG")
    (missed,) = run.missed
    assert missed.name == "val_tags_nll"
    for output, measure in (("kind", "ece"), ("tags", "nll"), ("sold", "brier")):
        value = run.metrics[f"val_{output}_{measure}"]
        assert outputs[output]["calibration"][measure] == pytest.approx(value, rel=1e-5)
    for name, fitted in _fitted(run.path).items():
        found = outputs[name]["calibration"]
        assert found["count"] == fitted["count"]
        assert found["temperature"] == fitted["temperature"]
        assert found["nll"] == pytest.approx(fitted["nll_after"], rel=1e-4)
        assert found["uncalibrated"]["nll"] == pytest.approx(fitted["nll_before"], rel=1e-3)
        assert sum(one["count"] for one in found["bins"]) == found["count"]
    assert command(given[:-2]) == 4
    text = capsys.readouterr().out
    assert text.count("calibration of ") == len(CALIBRATED)
    assert "calibration of kind: ECE 0." in text and "; without its temperature of " in text


@pytest.mark.slow
def test_files_predict_what_the_run_does(run: Any, tmp_path: Path) -> None:
    expected = predict(run.path, run.path.parent / "t.csv", every_class=True)
    file = export(run.path, "weights", tmp_path / "m.weights.h5")
    found = predict(file, run.path.parent / "t.csv", every_class=True)
    assert found.keys() == expected.keys()
    for name, column in expected.items():
        if column.dtype.kind == "f":
            assert np.allclose(found[name], column, atol=1e-5), name
    source = export(run.path, "python", tmp_path / "made.py").read_text(encoding="utf-8")
    scope: dict[str, Any] = {"__name__": "made"}
    exec(source, scope)
    model = scope["build_model"]()
    model.load_weights(tmp_path / "m.weights.h5")
    x = _examples(run.path, "test").inputs["x"]
    for name, values in run.model(x).items():
        assert np.allclose(model(x)[name], values, atol=1e-5), name


@pytest.mark.slow
@pytest.mark.parametrize("form", ["keras", "saved_model", "onnx", "litert", "openvino"])
def test_each_format_has_the_temperatures(run: Any, tmp_path: Path, form: str) -> None:
    """`export` compares with the model of the run, too, which has them."""
    file = export(run.path, form, tmp_path / f"m{FORMATS[form].suffix}")
    expected = predict(run.path, run.path.parent / "t.csv", every_class=True)
    found = predict(file, run.path.parent / "t.csv", every_class=True)
    for name, column in expected.items():
        if column.dtype.kind == "f":
            assert np.allclose(found[name], column, atol=1e-4), name


@pytest.mark.slow
def test_a_model_of_an_epoch_is_not_calibrated(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text(_table(80))
    text = SPEC.replace("epochs: 30", "epochs: 3\n  checkpoint: {monitor: val_loss, keep: 3}")
    (tmp_path / "spec.yaml").write_text(text)
    path = train(tmp_path / "spec.yaml", output=tmp_path / "run").path
    file = path / "checkpoints" / "epoch-0003.keras"
    before, after = (predict(one, tmp_path / "t.csv", every_class=True) for one in (file, path))
    temperature = _fitted(path)["kind"]["temperature"]
    of_epoch = np.stack([before[f"kind_{name}"] for name in "uvw"], axis=-1) ** (1 / temperature)
    of_epoch /= of_epoch.sum(axis=-1, keepdims=True)
    assert np.allclose(after["kind_u"], of_epoch[:, 0], atol=1e-5)


def _weights(path: Path) -> dict[str, bytes]:
    """The bits of all that model.keras has, the state of the optimizer with it."""
    found: dict[str, bytes] = {}
    with zipfile.ZipFile(path / "model.keras") as archive:
        content = archive.read("model.weights.h5")
    with h5py.File(io.BytesIO(content)) as file:
        file.visititems(
            lambda name, item: (
                found.update({name: item[()].tobytes()} if item.ndim else {})
                if isinstance(item, h5py.Dataset)
                else None
            )
        )
    return found


ONE = changed(
    CLASSIFIER, ("metrics: [accuracy]\n", "metrics: [accuracy]\n  calibration: temperature\n")
)
NOISY = "\n".join(
    ["a,b,kind"] + [f"{i % 7},{i % 5},{'pos' if (i * i) % 11 > 4 else 'neg'}" for i in range(120)]
)


@pytest.mark.slow
def test_a_resumed_training_comes_to_the_same_temperature(fit: Any, tmp_path: Path) -> None:
    text, path = ONE.replace("epochs: 2", "epochs: 4"), tmp_path / "run"
    whole = fit(text, {"t.csv": NOISY}, output=tmp_path / "whole")
    fit(text, output=path, pause_after=2)
    train(resume=path)
    assert _fitted(path) == _fitted(whole.path)
    assert _weights(path) == _weights(whole.path)
    # it goes on from the model as it was before its temperature
    longer = text.replace("epochs: 4", "epochs: 6")
    anew = fit(longer, output=tmp_path / "anew")
    train(resume=path)
    assert _weights(path) == _weights(anew.path)
    assert _fitted(path) == _fitted(anew.path)
    # without the key it has none any more
    (tmp_path / "spec.yaml").write_text(
        text.replace("epochs: 4", "epochs: 7").replace("  calibration: temperature\n", "")
    )
    train(resume=path)
    record = json.loads((path / "data.json").read_text(encoding="utf-8"))
    assert "temperature" not in record["outputs"]["kind"]


@pytest.mark.slow
def test_weights_of_a_calibrated_run_are_matched_by_name(fit: Any, tmp_path: Path) -> None:
    first = fit(ONE, {"t.csv": NOISY}, output=tmp_path / "first")
    text = ONE.replace("calibration: temperature", "initial_weights: first")
    second = fit(text, output=tmp_path / "second")
    log = (second.path / "train.log").read_text(encoding="utf-8")
    assert "initial weights, by tensor: 4 loaded, 0 fresh\n" in log
    assert "in the file, and not in the model" not in log
    assert [layer.name for layer in first.model.layers][-3:] == [
        "kind",
        "kind_temperature",
        "kind_probabilities",
    ]


@pytest.mark.slow
def test_a_split_that_is_all_right_says_so_and_changes_nothing(fit: Any) -> None:
    run = fit(ONE.replace("epochs: 2", "epochs: 60"), {"t.csv": CSV})
    (found,) = (one for one in run.findings if one.code == "calibration-undetermined")
    assert "all of its 14 validation examples are right" in found.message and found.hint
    assert _fitted(run.path)["kind"]["undetermined"] == "all right"
    assert [layer.name for layer in run.model.layers] == ["stem", "kind"]
    assert run.model.layers[-1].activation.__name__ == "softmax"
    assert not isinstance(evaluate(run.path), ModelspecError)


STEPS = """
modelspec: 1
model:
  sequential:
    input: {shape: [null], dtype: int32, name: tokens}
    layers:
      - Embedding: {input_dim: 9, output_dim: 8, mask_zero: true}
      - LAST
data:
  train: {jsonl: t.jsonl}
  validation: 0.3
  inputs: {tokens: {column: tokens, pad: 6}}
  targets: {role: {column: roles, labels: [a, b, c], pad: 6}}
training:
  epochs: 8
  optimizer: {Adam: {learning_rate: 0.2}}
  loss: sparse_categorical_crossentropy
  precision: PRECISION
  calibration: temperature
"""


@pytest.mark.parametrize(
    ("last", "precision"),
    [
        ("Dense: {units: 3, activation: softmax, name: role}", "float32"),
        pytest.param(
            "TimeDistributed: {layer: {Dense: {units: 3, activation: softmax}}, name: role}",
            "mixed_bfloat16",
            marks=pytest.mark.slow,
        ),
    ],
)
def test_padding_of_sequences_does_not_count(
    fit: Any, tmp_path: Path, last: str, precision: str
) -> None:
    rng = np.random.default_rng(0)
    lines = []
    for _ in range(60):
        tokens = rng.integers(1, 9, rng.integers(1, 7))
        roles = ["abc"[(token + rng.integers(0, 2)) % 3] for token in tokens]
        lines.append(json.dumps({"tokens": tokens.tolist(), "roles": roles}))
    text = STEPS.replace("LAST", last).replace("PRECISION", precision)
    run = fit(text, {"t.jsonl": "\n".join(lines)})
    examples = _examples(run.path, "validation")
    tokens = examples.inputs["tokens"]
    logits = _logits(run.path, "role", tokens)[tokens != 0]
    truth = examples.targets["role"][tokens != 0]
    ones = np.ones(len(truth))
    fitted = _fitted(run.path)["role"]
    best = _best(lambda value: _loss(value, logits, truth, ones))
    assert fitted["count"] == len(truth)
    # what is compiled rounds numbers of 16 bits elsewhere
    near = 1e-4 if precision == "float32" else 1e-2
    assert fitted["temperature"] == pytest.approx(best, rel=near)
    assert run.metrics["val_loss"] == pytest.approx(fitted["nll_after"], rel=1e-4)
    assert run.model.outputs[0].dtype == "float32"
