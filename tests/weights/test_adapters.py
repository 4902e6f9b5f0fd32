"""Low-rank adapters: trained on the weights of a file, merged on export, and as a file."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from modelspec.api.exporting import export
from modelspec.api.predicting import predict
from modelspec.api.training import train
from modelspec.api.validation import validate_file
from modelspec.diagnostics import UsageError
from modelspec.report.findings import render_findings
from modelspec.weights.adapters import MEMBER

pytestmark = [pytest.mark.tensorflow, pytest.mark.xdist_group("adapters")]

BASE = """\
modelspec: 1
model:
  functional:
    inputs: {word: {shape: [4], dtype: int32}, x: {shape: [3]}}
    layers:
      table: {Embedding: {input_dim: 9, output_dim: 6}}
      conv: {Conv1D: {filters: 5, kernel_size: 2, activation: relu}}
      each: {TimeDistributed: {layer: {Dense: {units: 4}}}}
      pool: GlobalAveragePooling1D
      norm: Normalization
      body:
        Sequential:
          layers:
            - Dense: {units: 6, activation: relu, name: first}
            - EinsumDense: {equation: "ab,bc->ac", output_shape: 4, name: second}
            - BatchNormalization: {name: bn}
      join: Concatenate
      head: {Dense: {units: 1}}
    edges: [word -> table -> conv -> each -> pool, x -> norm -> body, "pool, body -> join -> head"]
    outputs: head
data:
  train: {csv: t.csv}
  validation: 0.25
  batch_size: 8
  inputs: {word: [a, b, c, d], x: [e, f, g]}
  targets: {head: y}
training:
  loss: mse
  epochs: 1
  optimizer: {Adam: {learning_rate: 0.03}}
"""
RANKS = {
    "output_dim: 6": "output_dim: 6, lora_rank: 2",
    "kernel_size: 2": "kernel_size: 2, lora_rank: 2, lora_alpha: 5",
    "Dense: {units: 4}": "Dense: {units: 4, lora_rank: 1}",
    "units: 6,": "units: 6, lora_rank: 3,",
    "output_shape: 4,": "output_shape: 4, lora_rank: 2, lora_alpha: 4,",
}
TRAINING = """\
  phases:
    - {epochs: 1, freeze: [table, conv]}
    - {epochs: 1, freeze: [first, bn]}
  checkpoint: {use: best, keep: 2}
  initial_weights: runs/base
"""
ADAPTED = ("table", "conv", "each", "body/first", "body/second")


def tuned_text(training: str = TRAINING) -> str:
    text = BASE.replace("  epochs: 1\n", "")
    for old, new in RANKS.items():
        assert text.count(old) == 1
        text = text.replace(old, new)
    return text + training


def again_text(initial: str) -> str:
    return tuned_text(f"  epochs: 1\n  initial_weights: {initial}\n").replace("0.03", "0.0")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path, rng = tmp_path_factory.mktemp("adapters"), np.random.default_rng(0)
    rows = [[*rng.integers(0, 9, 4), *rng.normal(size=4).round(3)] for _ in range(32)]
    lines = [",".join(map(str, row)) for row in rows]
    (path / "t.csv").write_text("\n".join(["a,b,c,d,e,f,g,y", *lines]) + "\n")
    (path / "base.yaml").write_text(BASE)
    (path / "tuned.yaml").write_text(tuned_text())
    train(path / "base.yaml", output=path / "runs/base")
    train(path / "tuned.yaml", output=path / "runs/tuned")
    export(path / "runs/tuned", "adapter", path / "tuned.adapter.h5")
    return path


def adapters_in(model: Path) -> dict[str, Any]:
    with zipfile.ZipFile(model) as archive:
        return dict(np.load(io.BytesIO(archive.read(MEMBER))))


def layers_of(model: Path) -> dict[str, Any]:
    import keras

    loaded = keras.models.load_model(model, compile=False)
    own = {layer.name: layer for layer in loaded.layers}
    inside = {f"body/{layer.name}": layer for layer in own["body"].layers}
    return {**own, **inside, "each": own["each"].layer}


def predicted(source: Path, folder: Path) -> list[list[float]]:
    predict(source, folder / "t.csv", folder / "p.jsonl", force=True)
    lines = (folder / "p.jsonl").read_text().splitlines()
    return [list(json.loads(line).values()) for line in lines]


def test_the_adapters_are_trained_and_nothing_that_they_are_added_to(folder: Path) -> None:
    """In two phases, each of which freezes other layers; Keras would train the kernel of a layer
    that is frozen and then trained again, and leaves adapters at zero once weights are loaded."""
    base, kept = layers_of(folder / "runs/base/model.keras"), {}
    for path in ADAPTED:
        layer = base[path]
        kernel = (layer.embeddings if path == "table" else layer.kernel).numpy()
        kept[path] = hashlib.sha256(kernel.tobytes()).hexdigest()
    found = adapters_in(folder / "runs/tuned/checkpoints/epoch-0002.keras")
    assert {str(v) for k, v in found.items() if k.endswith(":base")} == set(kept.values())
    changed = {k for k, v in found.items() if k.endswith("_b") and np.abs(v).max() > 0}
    assert len(changed) == len(ADAPTED)
    log = (folder / "runs/tuned/train.log").read_text()
    named = log.partition("fresh, low-rank adapters of: ")[2].partition("\n")[0]
    assert sorted(named.split(", ")) == sorted(ADAPTED)


def test_the_model_of_a_run_has_the_adapters_of_its_best_epoch(folder: Path) -> None:
    best = json.loads((folder / "runs/tuned/metrics.json").read_text())["best"]["epoch"]
    of_run = adapters_in(folder / "runs/tuned/model.keras")
    of_epoch = adapters_in(folder / f"runs/tuned/checkpoints/epoch-000{best}.keras")
    assert of_run.keys() == of_epoch.keys()
    assert all(np.array_equal(of_run[key], of_epoch[key]) for key in of_run)


@pytest.mark.slow
@pytest.mark.parametrize("form", ["keras", "weights"])
def test_an_export_has_plain_layers_that_predict_the_same(folder: Path, form: str) -> None:
    file = export(
        folder / "runs/tuned", form, folder / {"keras": "m.keras"}.get(form, "m.weights.h5")
    )
    assert predicted(file, folder) == predicted(folder / "runs/tuned", folder)
    if form == "keras":
        layers = layers_of(file)
        assert not any(getattr(layer, "lora_rank", None) for layer in layers.values())
        assert [weight.name for weight in layers["conv"].trainable_weights] == ["kernel", "bias"]
        assert any(
            getattr(one, "lora_rank", None)
            for one in layers_of(folder / "runs/tuned/model.keras").values()
        )


@pytest.mark.slow
def test_the_file_of_adapters_makes_the_model_of_its_base_again(folder: Path) -> None:
    (folder / "again.yaml").write_text(again_text(FITTING))
    run = train(folder / "again.yaml", output=folder / "runs/again")
    assert not [one for one in run.findings if one.code == "other-base-weights"]
    mine, theirs = (layers_of(folder / f"runs/{name}/model.keras") for name in ("again", "tuned"))
    for path in ("table", "conv", "each", "body/first", "body/second", "head", "norm"):
        for one, other in zip(mine[path].weights, theirs[path].weights, strict=True):
            np.testing.assert_allclose(one.numpy(), other.numpy(), rtol=1e-6, atol=1e-7)
    plain = layers_of(export(folder / "again.yaml", "keras", folder / "again.keras"))
    for path in ("conv", "each", "body/first", "body/second", "head"):  # the spec alone, too
        ours, kernel = plain[path].kernel.numpy(), theirs[path].kernel.numpy()
        np.testing.assert_allclose(ours, kernel, rtol=1e-6, atol=1e-7)
    kernels = (folder / "tuned.adapter.h5").stat().st_size
    assert kernels < (folder / "runs/tuned/model.keras").stat().st_size


@pytest.mark.slow
def test_adapters_on_other_weights_are_a_warning(folder: Path) -> None:
    (folder / "other.yaml").write_text(again_text("tuned.adapter.h5"))
    run = train(folder / "other.yaml", output=folder / "runs/other")
    found = [one.message for one in run.findings if one.code == "other-base-weights"]
    assert found and "table, conv, each, body/first, body/second" in found[0]


FITTING = "{from: runs/base, adapters: tuned.adapter.h5}"
CASES: dict[str, tuple[str, dict[str, str]]] = {
    "what fits": (FITTING, {}),
    "no base": ("tuned.adapter.h5", {}),
    "no such file": ("{from: runs/base, adapters: tned.adapter.h5}", {}),
    "no adapters in it": ("{from: runs/base, adapters: runs/tuned/model.keras}", {}),
    "another rank": (
        "{from: runs/base, adapters: tuned.adapter.h5}",
        {"lora_rank: 3": "lora_rank: 4"},
    ),
    "no rank": (FITTING, {", lora_rank: 3": ""}),
    "another layer": (
        "{from: runs/base, fresh: [top], adapters: tuned.adapter.h5}",
        {"head:": "top:", "join -> head": "join -> top", "outputs: head": "outputs: top"},
    ),
    "a part": ("{body: tuned.adapter.h5}", {}),
    "renamed": ("{from: tuned.adapter.h5, fresh: [head]}", {}),
    "no bias": (
        "{from: runs/base, fresh: [head], adapters: tuned.adapter.h5}",
        {"head: {Dense: {units: 1}}": "head: {Dense: {units: 1, use_bias: false}}"},
    ),
    "damaged": ("{from: runs/base, adapters: damaged.adapter.h5}", {}),
}


def test_messages_about_adapters(
    folder: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder)
    _damage(folder)
    parts = []
    for name, (initial, changes) in CASES.items():
        text = again_text(initial).replace("learning_rate: 0.0", "learning_rate: 0.01")
        for old, new in changes.items():
            assert old in text
            text = text.replace(old, new)
        Path("spec.yaml").write_text(text)
        parts.append(f"== {name}\n{render_findings(list(validate_file('spec.yaml')), 1)}\n")
    actual, expected = "\n".join(parts), Path(__file__).with_name("adapters.out")
    if request.config.getoption("--update-out"):
        expected.write_text(actual, encoding="utf-8")
    assert actual == expected.read_text(encoding="utf-8")


def _damage(folder: Path) -> None:
    import h5py

    with h5py.File(folder / "damaged.adapter.h5", "w") as file:
        file.attrs["modelspec_adapter"] = 1
        file.create_dataset("0", data=[1.0])


def test_a_model_without_adapters_has_no_file_of_them(folder: Path) -> None:
    with pytest.raises(UsageError, match="has no low-rank adapters: `lora_rank` in a layer"):
        export(folder / "runs/base", "adapter", folder / "base.adapter.h5")
    with pytest.raises(UsageError, match="is for a run"):
        export(folder / "tuned.yaml", "adapter", folder / "spec.adapter.h5")
