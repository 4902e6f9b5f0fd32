"""Runs on data sets by name do all that a run can do."""

from __future__ import annotations

import gzip
import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from training_cases import SPECS

sys.path.append(str(SPECS.parent / "tests" / "data"))

pytestmark = [pytest.mark.tensorflow, pytest.mark.xdist_group("data-set-runs")]

SMALL = {"training.epochs": 1, "data.batch_size": 8}
FASHION = """
modelspec: 1
model:
  sequential:
    input: {shape: [28, 28, 1]}
    layers:
      - Rescaling: {scale: 0.004}
      - Flatten
      - Dense: {units: 10, activation: softmax, name: kind}
data:
  train: {dataset: fashion_mnist}
  validation: 0.2
  test: {dataset: {name: fashion_mnist, split: test}}
  targets: label
training:
  epochs: 2
  optimizer: {Adam: {learning_rate: 0.01}}
  loss: sparse_categorical_crossentropy
  metrics: [accuracy]
"""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A folder that stands for Keras's, with small data sets."""
    import keras_files

    folder = keras_files.write_all(tmp_path_factory.mktemp("keras"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KERAS_HOME", str(folder))
        yield folder


@pytest.fixture(scope="module")
def fashion(home: Path, tmp_path_factory: pytest.TempPathFactory) -> Any:
    from modelspec.api import train

    folder = tmp_path_factory.mktemp("fashion")
    (folder / "spec.yaml").write_text(FASHION, encoding="utf-8")
    return train(folder / "spec.yaml", output=folder / "run")


def test_classes_have_their_names_in_keras_order(fashion: Any) -> None:
    from modelspec.api import evaluate_in_detail

    found = evaluate_in_detail(fashion.path)
    (confusion,) = found.confusions
    assert confusion.labels[:2] == ("T-shirt/top", "Trouser")
    assert confusion.counts.sum() == 20
    assert found.metrics["test_accuracy"] == pytest.approx(fashion.metrics["test_accuracy"])


def test_new_pictures(fashion: Any, home: Path, tmp_path: Path) -> None:
    """Single arrays, archives, pictures and folders give the same predictions."""
    import keras
    import keras_files

    from modelspec.api import predict

    labels = np.asarray([0, 9, 4])
    pictures = keras_files.pictures(np.random.default_rng(2), labels, (28, 28))
    np.save(tmp_path / "new.npy", pictures)
    np.savez(tmp_path / "new.npz", image=pictures)
    (tmp_path / "new").mkdir()
    for i, picture in enumerate(pictures):
        keras.utils.save_img(tmp_path / "new" / f"{i}.png", picture[..., None], scale=False)
    found = {name: predict(fashion.path, tmp_path / name) for name in ("new.npy", "new.npz", "new")}
    for name, table in found.items():
        assert table["kind"].tolist() == found["new.npy"]["kind"].tolist(), name
        np.testing.assert_allclose(
            table["kind_probability"], found["new.npy"]["kind_probability"], rtol=1e-5
        )
    one = predict(fashion.path, tmp_path / "new" / "1.png")
    assert one["kind"].tolist() == found["new.npy"]["kind"].tolist()[1:2]


def test_an_export_reads_new_pictures(fashion: Any, tmp_path: Path) -> None:
    import keras_files

    from modelspec.api import evaluate_in_detail, export, predict

    export(fashion.path, "keras", tmp_path / "fashion.keras")
    labels = np.asarray([0, 9, 4])
    pictures = keras_files.pictures(np.random.default_rng(2), labels, (28, 28))
    names = np.asarray(["T-shirt/top", "Ankle boot", "Coat"])
    np.savez(tmp_path / "new.npz", image=pictures, label=names)
    wanted = predict(fashion.path, tmp_path / "new.npz")
    found = predict(tmp_path / "fashion.keras", tmp_path / "new.npz")
    assert found["kind"].tolist() == wanted["kind"].tolist()
    named = evaluate_in_detail(tmp_path / "fashion.keras", tmp_path / "new.npz")
    np.savez(tmp_path / "new.npz", image=pictures, label=labels[:, None])
    numbered = evaluate_in_detail(tmp_path / "fashion.keras", tmp_path / "new.npz")
    assert named.metrics == numbered.metrics
    assert named.confusions[0].counts.tolist() == numbered.confusions[0].counts.tolist()
    assert named.confusions[0].counts.sum() == 3


def test_changed_files_are_noticed(fashion: Any, home: Path) -> None:
    from modelspec.api import evaluate
    from modelspec.diagnostics import SpecError

    digests = json.loads((fashion.path / "data.json").read_text())["digests"]
    assert len(set(digests.values())) == 3
    folder = home / "datasets" / "fashion-mnist"
    path = folder / "train-labels-idx1-ubyte.gz"
    content = path.read_bytes()
    path.write_bytes(gzip.compress(gzip.decompress(content)[:-1] + b"\0"))
    try:
        with pytest.raises(SpecError, match="the data changed since the training"):
            evaluate(fashion.path, split="validation")
    finally:
        path.write_bytes(content)
    assert evaluate(fashion.path, split="validation")


@pytest.mark.slow
def test_a_run_resumes_to_the_bit(home: Path, tmp_path: Path) -> None:
    from modelspec.api import train

    (tmp_path / "spec.yaml").write_text(FASHION, encoding="utf-8")
    whole = train(
        tmp_path / "spec.yaml", output=tmp_path / "whole", overrides=SMALL | {"training.epochs": 2}
    )
    part = train(tmp_path / "spec.yaml", output=tmp_path / "part", overrides=SMALL)
    resumed = train(resume=part.path, overrides={"training.epochs": 2})
    assert resumed.metrics == whole.metrics
