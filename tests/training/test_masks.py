"""Images as targets in a whole job: trained, measured, predicted, exported."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from training_cases import SPECS

from modelspec.api import evaluate_in_detail, predict, predictions_of, report_runs
from modelspec.api.exporting import export
from modelspec.api.training import train
from modelspec.cli import run as command
from modelspec.diagnostics.problems import UsageError

pytestmark = pytest.mark.tensorflow

SHAPES = SPECS / "data" / "shapes"
MODEL = """\
modelspec: 1
model:
  sequential:
    input: {shape: [24, 24, 1], name: image}
    layers:
      - Rescaling: {scale: 0.01}
      - Conv2D: {filters: 3, kernel_size: 3, padding: same, activation: softmax, name: mask}
data:
  train: {images: {path: "images/*.png", color: grayscale, pair: {mask: {path: "masks/*.png"}}}}
  validation: 0.25
  targets: {mask: {column: mask, labels: {0: ground, 1: disc, 2: square}}}
  batch_size: 4
training:
  epochs: 2
  optimizer: {Adam: {learning_rate: 0.01}}
  loss: sparse_categorical_crossentropy
  metrics: [accuracy, MeanIoU: {num_classes: 3, sparse_y_pred: false, name: iou}]
"""
TWO = (
    MODEL.replace("filters: 3", "filters: 1")
    .replace("softmax", "sigmoid")
    .replace("sparse_categorical", "binary")
    .replace("{0: ground, 1: disc, 2: square}", "[0, 1], ignore: 2")
    .replace("[accuracy, MeanIoU: {num_classes: 3, sparse_y_pred: false, name: iou}]", "accuracy")
)


@pytest.fixture
def shapes(tmp_path: Path) -> Path:
    """A folder with 12 images and their masks."""
    return copy_shapes(tmp_path)


def copy_shapes(folder: Path) -> Path:
    for name in ("images", "masks"):
        (folder / "data" / name).mkdir(parents=True)
        for number in range(12):
            shutil.copy(SHAPES / name / f"{number:03}.png", folder / "data" / name)
    return folder / "data"


@pytest.fixture(scope="module")
def trained_shapes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Such a folder, with a run of MODEL beside it."""
    shapes = copy_shapes(tmp_path_factory.mktemp("shapes"))
    (shapes / "spec.yaml").write_text(MODEL, encoding="utf-8")
    train(shapes / "spec.yaml", output=shapes.parent / "run")
    return shapes


@pytest.fixture
def fit(shapes: Path) -> Any:
    def run(text: str, name: str = "run") -> Any:
        spec = shapes / "spec.yaml"
        spec.write_text(text, encoding="utf-8")
        return train(spec, output=shapes.parent / name)

    return run


def pixels(path: Path) -> Any:
    import PIL.Image

    return np.asarray(PIL.Image.open(path))


def nearest(mask: Any) -> Any:
    """A mask of 48 pixels at 24, as TensorFlow takes its nearest pixels."""
    return mask[1::2, 1::2]


@pytest.mark.xdist_group("masks")
def test_evaluate_counts_what_predict_writes(trained_shapes: Path, tmp_path: Path) -> None:
    shapes, run = trained_shapes, trained_shapes.parent / "run"
    found = evaluate_in_detail(run, shapes)
    [confusion] = found.confusions
    predict(run, shapes, tmp_path / "out")
    counts = np.zeros((3, 3), np.int64)
    for number in range(12):
        said = pixels(tmp_path / "out" / f"{number:03}.png")
        known = nearest(pixels(shapes / "masks" / f"{number:03}.png"))
        np.add.at(counts, (known, said), 1)
    assert confusion.counts.tolist() == counts.tolist()
    assert confusion.labels == ("ground", "disc", "square")
    assert confusion.mean_iou == pytest.approx(found.metrics["iou"], abs=1e-6)
    assert confusion.accuracy == pytest.approx(found.metrics["accuracy"], abs=1e-6)
    right, both = np.diag(counts), counts.sum(0) + counts.sum(1) - np.diag(counts)
    assert [score.iou for score in confusion.classes] == [
        None if not total else one / total for one, total in zip(right, both, strict=True)
    ]
    assert confusion.to_dict()["macro"]["iou"] == confusion.mean_iou


@pytest.mark.xdist_group("masks")
def test_the_tables_of_pixels(trained_shapes: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shapes, run = trained_shapes, trained_shapes.parent / "run"
    assert command(["evaluate", str(run), "--split", "validation"]) == 0
    text = capsys.readouterr().out
    assert "of the pixels are right, mean IoU 0." in text
    assert "class      IoU  precision" in text
    assert command(["evaluate", str(run), "--data", str(shapes), "--format", "json"]) == 0
    scores = json.loads(capsys.readouterr().out)["outputs"]["mask"]
    assert scores["classes"][0]["label"] == "ground"
    assert 0 < scores["classes"][0]["iou"] < 1


@pytest.mark.xdist_group("masks")
def test_masks_are_not_kept_beside_the_run(trained_shapes: Path) -> None:
    run = trained_shapes.parent / "run"
    assert evaluate_in_detail(run, split="validation").predictions is None
    assert not (run / "predictions.parquet").exists()
    with pytest.raises(UsageError, match=r"measured row by row: `mask` is an image; `modelspec"):
        predictions_of(run, "validation")


@pytest.mark.xdist_group("masks")
def test_the_report_has_what_numpy_counts_in_the_masks(
    trained_shapes: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And TensorFlow predicts them once, until the data or the weights are others."""
    shapes, run = trained_shapes, trained_shapes.parent / "run"
    (run / "confusions.json").unlink(missing_ok=True)
    assert "are not counted in the run folder" in report_runs(run, predict=False).html
    notes: list[str] = []
    page = report_runs(run, say=notes.append).html
    assert notes == [
        "the classes of `mask` on the validation split are not counted yet: TensorFlow predicts "
        "them once"
    ]
    [found] = evaluate_in_detail(run, split="validation").confusions
    for score in found.classes:
        assert score.iou is None or f'value="{score.iou!r}"' in page
    assert f'value="{found.mean_iou!r}"' in page
    assert page.count('src="data:image/png') >= 2 * len(found.worst) == 2 * 3
    kept = json.loads((run / "confusions.json").read_text())["splits"]["validation"]
    assert kept["outputs"]["mask"]["counts"] == found.counts.tolist()
    assert report_runs(run, say=notes.append).html == page and len(notes) == 1
    predict(run, shapes, tmp_path / "out")
    rows = {int(name) for name in re.findall(r", (\d{3})\.png", page)}
    ious = {}
    for number in rows:
        said = pixels(tmp_path / "out" / f"{number:03}.png")
        known = nearest(pixels(shapes / "masks" / f"{number:03}.png"))
        classes = np.union1d(known, said)
        pairs = [(known == one, said == one) for one in classes]
        ious[number] = np.mean([(a & b).sum() / (a | b).sum() for a, b in pairs])
    assert sorted(ious.values()) == pytest.approx([one.iou for one in found.worst])
    with zipfile.ZipFile(run / "model.keras", "a") as model:
        model.writestr("note.txt", "other weights")
    assert "are not counted in the run folder" in report_runs(run, predict=False).html


@pytest.mark.xdist_group("masks")
def test_predictions_go_into_a_folder_beside_the_table(
    trained_shapes: Path, tmp_path: Path
) -> None:
    shapes, run = trained_shapes, trained_shapes.parent / "run"
    predict(run, shapes / "images", tmp_path / "said.csv")
    rows = list(csv.DictReader((tmp_path / "said.csv").read_text().splitlines()))
    assert rows[3] == {"file": f"{shapes}/images/003.png", "mask": "said/003.png"}
    assert pixels(tmp_path / "said" / "003.png").shape == (24, 24)
    assert sorted(p.name for p in (tmp_path / "said").iterdir())[0] == "000.png"
    with pytest.raises(UsageError, match="said exists"):
        predict(run, shapes / "images", tmp_path / "said.csv")
    predict(run, shapes / "images", tmp_path / "said.csv", force=True)
    (tmp_path / "file").write_text("mine")
    for force in (False, True):
        with pytest.raises(UsageError, match="is a file"):
            predict(run, shapes / "images", tmp_path / "file.csv", force=force)
    assert (tmp_path / "file").read_text() == "mine"
    predict(run, shapes / "images" / "003.png", tmp_path / "one")
    assert (tmp_path / "one" / "predictions.csv").read_text().splitlines()[0] == "file,mask"
    assert np.array_equal(pixels(tmp_path / "one" / "003.png"), pixels(tmp_path / "said/003.png"))
    arrays = predict(run, shapes / "images")
    assert arrays["mask"].shape == (12, 24, 24)
    assert set(np.unique(arrays["mask"])) <= {"ground", "disc", "square"}
    with pytest.raises(UsageError, match="name a folder for PNG files"):
        predict(run, shapes / "images", io.BytesIO())


@pytest.mark.slow
def test_training_is_the_same_with_and_without_the_cache(
    fit: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from modelspec.data.examples import cache

    cached = fit(MODEL)
    monkeypatch.setattr(cache, "CACHE_LIMIT", 1)
    assert fit(MODEL, "lazy").history == cached.history


@pytest.mark.xdist_group("masks")
def test_an_exported_model_writes_the_same_masks(trained_shapes: Path, tmp_path: Path) -> None:
    shapes, run = trained_shapes, trained_shapes.parent / "run"
    export(run, "keras", tmp_path / "exported.keras")
    predict(run, shapes, tmp_path / "one")
    predict(tmp_path / "exported.keras", shapes, tmp_path / "two")
    for file in (tmp_path / "one").glob("*.png"):
        assert file.read_bytes() == (tmp_path / "two" / file.name).read_bytes()


def test_ignored_pixels_count_nowhere(fit: Any, shapes: Path) -> None:
    loss = "{SparseCategoricalCrossentropy: {ignore_class: -1}}"
    text = MODEL.replace("sparse_categorical_crossentropy", loss)
    text = text.replace("{0: ground, 1: disc, 2: square}", "[0, 1], ignore: 2")
    text = text.replace("filters: 3", "filters: 2").replace("num_classes: 3", "num_classes: 2")
    run = fit(text)
    found = evaluate_in_detail(run.path, shapes)
    [confusion] = found.confusions
    masks = [nearest(pixels(path)) for path in (shapes / "masks").iterdir()]
    assert confusion.counts.sum() == sum(int((mask != 2).sum()) for mask in masks)
    assert confusion.accuracy == pytest.approx(found.metrics["accuracy"], abs=1e-6)


@pytest.mark.slow
def test_a_sigmoid_tells_two_classes_apart(fit: Any, shapes: Path, tmp_path: Path) -> None:
    from PIL import Image

    for path in (shapes / "masks").iterdir():
        Image.fromarray(((pixels(path) > 0) * 255).astype(np.uint8)).save(path)
    text = TWO.replace("[0, 1], ignore: 2", "[0, 255]")
    for loss in ("binary_crossentropy", "dice"):
        run = fit(text.replace("binary_crossentropy", loss), loss)
        [confusion] = evaluate_in_detail(run.path, shapes, threshold=0.3).confusions
        assert confusion.labels == ("0", "255")
        predict(run.path, shapes, tmp_path / f"said-{loss}", threshold=0.3)
        said = [pixels(path) for path in (tmp_path / f"said-{loss}").glob("*.png")]
        assert set(np.unique(said)) <= {0, 255}
        assert sum(int((one == 255).sum()) for one in said) == confusion.counts[:, 1].sum()


def test_an_autoencoder_writes_images(fit: Any, shapes: Path, tmp_path: Path) -> None:
    text = TWO.replace(', pair: {mask: {path: "masks/*.png"}}', "")
    text = text.replace("column: mask, labels: [0, 1], ignore: 2", "column: image, divide: 255")
    run = fit(text.replace("metrics: accuracy", "metrics: mae"))
    predict(run.path, shapes / "images", tmp_path / "out")
    arrays = predict(run.path, shapes / "images")["mask"]
    written = pixels(tmp_path / "out" / "005.png")
    assert np.array_equal(written, np.rint(arrays[5, :, :, 0] * 255).astype(np.uint8))
    assert evaluate_in_detail(run.path, shapes / "images").confusions == []


@pytest.mark.slow
def test_nothing_of_tensorflow_is_printed_while_masks_are_checked() -> None:
    command = [sys.executable, "-m", "modelspec", "validate", "--data", str(SPECS / "unet.yaml")]
    plain = {key: value for key, value in os.environ.items() if key != "TF_CPP_MIN_LOG_LEVEL"}
    found = subprocess.run(command, capture_output=True, text=True, env=plain, check=True)
    assert (found.stdout, found.stderr) == ("", "1 file: no problems found\n")
