"""What was exported, asked in the place of the run: its answers, its measures, what it says."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest

import modelspec
from modelspec.api.exporting import export
from modelspec.cli import run
from modelspec.document.models import MODEL_SUFFIXES, model_format
from modelspec.exporting.formats.format import METADATA_NAME, LoadRequest
from modelspec.exporting.formats.formats import FORMATS
from modelspec.exporting.metadata import Metadata, embed_metadata, embedded_text

SPEC = """\
modelspec: 1
name: points
model:
  sequential:
    input: {shape: [2]}
    layers:
      - Normalization
      - Dense: {units: 4, activation: relu, kernel_regularizer: {L2: {l2: 0.01}}}
      - Dense: {units: 3, activation: softmax, name: kind}
data:
  train: {csv: points.csv}
  test: 0.25
  inputs: [x, y]
  targets: {kind: {column: kind, labels: auto}}
training: {epochs: 2, optimizer: adam, loss: sparse_categorical_crossentropy, metrics: [accuracy]}
expect: {metrics: {test_accuracy: {min: 2}}}
"""
TAIL = """- Discretization: {num_bins: 3}
      - Dense: {units: 3, activation: softmax, name: kind}
data:
  train: {csv: points.csv}
  targets: {kind: {column: kind, labels: auto}}
training: {loss: sparse_categorical_crossentropy, optimizer: sgd}
"""
ROWS = "".join(f"{n % 7},{n % 5},{'abc'[n % 3]}\n" for n in range(60))
WITH_METADATA = [form for form, entry in FORMATS.items() if entry.metadata]
ABOUT = Metadata("small", "onnx", "modelspec: 1\n", {"opset": 17}, {"test": {"loss": 0.5}})


def test_names_of_exported_models_are_those_of_the_formats(tmp_path: Path) -> None:
    table = {FORMATS[form].suffix: form for form in WITH_METADATA if not FORMATS[form].is_folder}
    assert table == MODEL_SUFFIXES
    assert model_format(tmp_path) is None
    (tmp_path / "saved_model.pb").touch()
    assert model_format(tmp_path) == "saved_model"


def test_metadata_is_read_back() -> None:
    read = Metadata.from_json(ABOUT.to_json(), "small.onnx")
    assert read == dataclasses.replace(ABOUT, modelspec=read.modelspec)
    assert read.spec_sha256 == hashlib.sha256(b"modelspec: 1\n").hexdigest()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "the metadata of m.keras is damaged"),
        ("[]", "the metadata of m.keras is damaged"),
        ('{"version": 2}', "has version 2; this modelspec reads 1"),
        (ABOUT.to_json().replace("modelspec: 1", "modelspec: 2"), "does not match its hash"),
    ],
)
def test_metadata_that_is_damaged_is_no_traceback(
    text: str, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with zipfile.ZipFile(tmp_path / "m.keras", "w") as archive:
        archive.writestr(METADATA_NAME, text)
    assert run(["summarize", str(tmp_path / "m.keras")]) == 3
    assert said in capsys.readouterr().err.replace(f"{tmp_path}/", "")


def test_a_model_of_another_hand_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "m.keras"
    assert run(["summarize", str(file)]) == 2
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("config.json", "{}")
    assert run(["predict", str(file), "--data", "x.csv"]) == 2
    assert "was not exported by it; `modelspec import` makes a spec" in capsys.readouterr().err
    file.with_suffix(".tflite").write_bytes(b"no model at all")
    assert run(["summarize", str(file.with_suffix(".tflite"))]) == 2


@pytest.fixture(scope="module")
def points(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a run, and a function of it exported in every format that keeps metadata."""
    from modelspec.exporting import export as exporting

    folder = tmp_path_factory.mktemp("points")
    (folder / "points.csv").write_text(f"x,y,kind\n{ROWS}", encoding="utf-8")
    (folder / "spec.yaml").write_text(SPEC, encoding="utf-8")
    modelspec.train(folder / "spec.yaml", output=folder / "run")
    with pytest.MonkeyPatch.context() as patch:  # that each answers is checked below
        patch.setattr(exporting, "check_export", lambda *_: Passed())
        for form in WITH_METADATA:
            if form != "keras":
                _export(folder, form)
    _export(folder, "keras")
    return folder


def _export(folder: Path, form: str) -> None:
    for package in FORMATS[form].packages:
        pytest.importorskip(package)
    export(folder / "run", form, folder / f"points{FORMATS[form].suffix}")


class Passed:
    """A check that found nothing."""

    accepted = True

    def to_dict(self) -> dict[str, Any]:
        return {"accepted": True}


@pytest.mark.xdist_group("exported-points")
@pytest.mark.tensorflow
@pytest.mark.parametrize("form", WITH_METADATA)
def test_an_exported_run_answers_and_is_measured_as_the_run(
    form: str, points: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = points / f"points{FORMATS[form].suffix}"
    wanted = modelspec.predict(points / "run", points / "points.csv")
    found = modelspec.predict(file, points / "points.csv")
    assert list(found) == ["kind", "kind_probability"]
    assert list(found["kind"]) == list(wanted["kind"])
    assert found["kind_probability"] == pytest.approx(wanted["kind_probability"], abs=1e-5)

    reached, missed = modelspec.evaluate(points / "run")
    assert run(["evaluate", str(file), "--format", "json"]) == 4
    said = capsys.readouterr()
    again = json.loads(said.out)["metrics"]
    assert missed and list(again) == list(reached)
    assert again["test_accuracy"] == pytest.approx(reached["test_accuracy"])
    of_keras = form in ("keras", "weights")
    assert (again["test_loss"] == pytest.approx(reached["test_loss"])) == of_keras
    assert ("the penalties of regularizers" in said.err) != of_keras


@pytest.mark.xdist_group("exported-points")
@pytest.mark.tensorflow
@pytest.mark.parametrize("form", WITH_METADATA)
def test_an_exported_run_says_what_it_is(
    form: str, points: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = points / f"points{FORMATS[form].suffix}"
    text = (points / "run" / "spec.expanded.yaml").read_bytes()
    assert run(["summarize", str(file), "--format", "json"]) == 0
    about = json.loads(capsys.readouterr().out)
    assert about["exported"]["format"] == form
    assert about["exported"]["spec_sha256"] == hashlib.sha256(text).hexdigest()
    assert about["exported"]["labels"] == {"kind": ["a", "b", "c"]}
    metrics = json.loads((points / "run" / "metrics.json").read_bytes())
    assert about["exported"]["metrics"] == metrics
    assert run(["summarize", str(file)]) == 0
    assert "classes of kind: 3: a, b, c\n" in capsys.readouterr().out
    assert run(["expand", str(file)]) == 0
    assert capsys.readouterr().out.encode() == text
    assert str(points) not in (embedded_text(file, form) or "")


@pytest.mark.xdist_group("exported-points")
@pytest.mark.tensorflow
def test_an_exported_run_that_was_moved_tells_where_its_data_was_looked_for(
    points: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = Path(shutil.copy(points / "points.keras", tmp_path))
    assert run(["evaluate", str(file)]) == 1
    assert "points.csv" in capsys.readouterr().out
    assert run(["evaluate", str(file), "--data", str(points / "points.csv")]) == 0


@pytest.mark.xdist_group("exported-points")
@pytest.mark.tensorflow
def test_weights_alone_lack_what_a_layer_learned(
    points: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    about = Metadata.from_json(embedded_text(points / "points.keras", "keras") or "", "")
    spec = f"{about.spec.partition('- Normalization')[0]}{TAIL}"
    file = tmp_path / "points.weights.h5"
    import h5py

    h5py.File(file, "w").close()
    embed_metadata(file, "weights", dataclasses.replace(about, form="weights", spec=spec).to_json())
    assert run(["predict", str(file), "--data", str(points / "points.csv")]) == 2
    assert (
        "without the bin_boundaries of Discretization: export the run to keras"
        in capsys.readouterr().err
    )


WITHOUT = """
import sys
from modelspec.api.exporting import export
from modelspec.cli import run
from importlib.abc import MetaPathFinder

class Refuse(MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name in ("tensorflow", "keras"):
            raise ModuleNotFoundError(name)

sys.meta_path.insert(0, Refuse())
sys.exit(run(sys.argv[1:]))
"""


@pytest.mark.xdist_group("exported-points")
@pytest.mark.tensorflow
@pytest.mark.parametrize("form", ["onnx", "litert"])
def test_tables_are_answered_without_tensorflow(form: str, points: Path) -> None:
    file = points / f"points{FORMATS[form].suffix}"
    command = ["predict", str(file), "--data", str(points / "points.csv")]
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT, *command], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert len(done.stdout.splitlines()) == 61


@pytest.mark.tensorflow
def test_litert_looks_words_up_for_one_row_first(tmp_path: Path) -> None:
    pytest.importorskip("ai_edge_litert")
    import numpy as np

    spec = tmp_path / "words.yaml"
    spec.write_text(
        "modelspec: 1\nmodel: {sequential: {input: {shape: [1], dtype: string, name: word}, "
        "layers: [StringLookup: {vocabulary: [a, b]}, Embedding: {input_dim: 3, output_dim: 2}, "
        "Flatten, Dense: {units: 2, name: y}]}}\n"
    )
    file = export(spec, "litert", tmp_path / "words.tflite")
    litert, request = FORMATS["litert"], LoadRequest()
    words = np.asarray([["b"], ["a"]])
    one = litert.load(file, request)({"word": words[:1]})
    both = litert.load(file, request)({"word": words})
    assert one["y"].tolist() == both["y"][:1].tolist()
    assert both["y"][0].tolist() != both["y"][1].tolist()


def test_onnx_names_its_producer_and_its_batch(tmp_path: Path) -> None:
    onnx = pytest.importorskip("onnx")
    pytest.importorskip("tf2onnx")
    from importlib.metadata import version

    from modelspec.api.exporting import export

    spec = tmp_path / "spec.yaml"
    spec.write_text(
        "modelspec: 1\nmodel: {sequential: {input: {shape: [null, 2], name: x}, "
        "layers: [Dense: {units: 3, name: y}]}}\n"
    )
    model = onnx.load(str(export(spec, "onnx", tmp_path / "m.onnx")))
    assert (model.producer_name, model.producer_version) == (
        "modelspec",
        version("keras-modelspec"),
    )
    axes = {
        entry.name: [axis.dim_param or axis.dim_value for axis in entry.type.tensor_type.shape.dim]
        for entry in (*model.graph.input, *model.graph.output)
    }
    assert axes == {"x": ["batch", "x_axis_1", 2], "y": ["batch", "y_axis_1", 3]}
