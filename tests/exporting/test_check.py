"""Exports that answer otherwise than the model are caught; those that do not are let through."""

from __future__ import annotations

import dataclasses
import importlib
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from modelspec.cli import run
from modelspec.exporting.formats.format import ExportSettings
from modelspec.exporting.formats.formats import FORMATS
from modelspec.exporting.formats.packages import disable_telemetry

from .models import need

pytestmark = pytest.mark.tensorflow

SPEC = """\
modelspec: 1
name: small
model:
  functional:
    inputs: {left: {shape: [4]}, right: {shape: [4, 4, 1]}}
    layers:
      scale: {Rescaling: {scale: SCALE}}
      conv: {Conv2D: {filters: 2, kernel_size: 2, activation: gelu}}
      flat: Flatten
      both: Concatenate
      kind: {Dense: {units: 3, activation: softmax}}
      size: {Dense: {units: 1}}
    edges:
      - right -> conv -> flat
      - left -> scale
      - flat, scale -> both -> kind
      - both -> size
    outputs: [size, kind]
training: {loss: {kind: sparse_categorical_crossentropy, size: mse}, optimizer: sgd}
"""
COMPUTING = [form for form, entry in FORMATS.items() if entry.tolerance is not None]


def subject(tmp_path: Path, scale: float = 1.0) -> Any:
    from modelspec.api.building import build_opened
    from modelspec.compile.stages import compile_file
    from modelspec.exporting.export_source import source_of_spec

    path = tmp_path / f"scale-{scale}.yaml"
    path.write_text(SPEC.replace("SCALE", str(scale)), encoding="utf-8")
    opened = compile_file(path)
    return source_of_spec(opened.spec, opened.graph, build_opened(opened))


def written(exported: Any, form: str, tmp_path: Path) -> Path:
    need(form)
    path = tmp_path / f"made{FORMATS[form].suffix}"
    write = FORMATS[form].write
    assert write is not None
    write(exported, ExportSettings(), path)
    return path


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Ask the runtime in this process, which is quicker by TensorFlow's start."""
    from modelspec.exporting.verify import isolated

    def run_here(command: list[str], **_: Any) -> Any:
        code = isolated.main(Path(command[-1]))
        return type("Done", (), {"returncode": code, "stderr": ""})()

    monkeypatch.setattr(isolated.subprocess, "run", run_here)
    yield


def checked(original: Any, form: str, path: Path) -> Any:
    from modelspec.exporting.verify.check import check_export
    from modelspec.exporting.verify.samples import samples_of

    return check_export(original, form, path, samples_of(original), ExportSettings())


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize(
    "form", [pytest.param(f, marks=pytest.mark.slow if f == "openvino" else ()) for f in COMPUTING]
)
def test_perturbed_weights_are_caught(form: str, tmp_path: Path) -> None:
    original = subject(tmp_path)
    other = subject(tmp_path)
    weights = original.model.get_weights()
    other.model.set_weights(weights)
    path = written(other, form, tmp_path)
    found = checked(original, form, path)
    assert found.accepted, found.to_text()
    assert [d.output for d in found.differences] == ["size", "kind"]
    assert [d.decisions for d in found.differences] == [None, 1.0]
    weights[0] = weights[0] * 1.001
    original.model.set_weights(weights)
    found = checked(original, form, path)
    assert not found.error
    assert not found.accepted, found.to_text()


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize(
    "form",
    [
        pytest.param(form, marks=pytest.mark.slow) if form == "openvino" else form
        for form in COMPUTING
        if form != "weights"
    ],
)
def test_a_scaled_input_is_caught(form: str, tmp_path: Path) -> None:
    original, scaled = subject(tmp_path), subject(tmp_path, 1.01)
    scaled.model.set_weights(original.model.get_weights())
    found = checked(original, form, written(scaled, form, tmp_path))
    assert not found.error
    assert not found.accepted, found.to_text()


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize("form", COMPUTING)
def test_a_damaged_file_is_caught(form: str, tmp_path: Path) -> None:
    original = subject(tmp_path)
    path = written(original, form, tmp_path)
    file = path / "saved_model.pb" if path.is_dir() else path
    content = file.read_bytes()
    file.write_bytes(content[: len(content) // 2])
    found = checked(original, form, path)
    assert found.error
    assert not found.accepted
    assert "the export does not run" in found.to_text()


@pytest.mark.slow
def test_what_is_rejected_is_left_under_another_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    need("litert")
    spec, out = tmp_path / "small.yaml", tmp_path / "out" / "small.tflite"
    spec.write_text(SPEC.replace("SCALE", "1.0"), encoding="utf-8")
    args = ["export", str(spec), "--format", "litert", "-o", str(out)]
    assert run(args) == 0
    shown = capsys.readouterr()
    assert "compared on 16 synthetic examples" in shown.out
    assert sorted(p.name for p in out.parent.iterdir()) == [
        "small.tflite",
        "small.tflite.check.json",
    ]
    found = json.loads((out.parent / "small.tflite.check.json").read_text(encoding="utf-8"))
    assert (found["file"], found["accepted"]) == ("small.tflite", True)

    right = FORMATS["litert"].write
    assert right is not None

    def broken(exported: Any, settings: ExportSettings, path: Path) -> None:
        exported.model.set_weights([w * 1.1 for w in exported.model.get_weights()])
        right(exported, settings, path)
        exported.model.set_weights([w / 1.1 for w in exported.model.get_weights()])

    monkeypatch.setitem(FORMATS, "litert", dataclasses.replace(FORMATS["litert"], write=broken))
    before = out.read_bytes()
    assert run([*args, "--force"]) == 4
    assert (
        "rejected: outputs differ from the Keras model; the file was left as"
        in capsys.readouterr().err
    )
    assert out.read_bytes() == before
    assert (out.parent / "small.tflite.rejected").is_file()
    found = json.loads((out.parent / "small.tflite.check.json").read_text(encoding="utf-8"))
    assert (found["file"], found["accepted"]) == ("small.tflite.rejected", False)
    assert run([*args, "--force", "--tolerance", "1"]) == 0


@pytest.mark.usefixtures("here")
def test_the_names_of_classes_travel(tmp_path: Path) -> None:
    from modelspec.exporting.export import export_model

    original = subject(tmp_path)
    named = dataclasses.replace(
        original, meanings={"kind": {**original.meanings["kind"], "labels": ["a", "b", "ü"]}}
    )
    done = export_model(named, "keras", tmp_path / "small.keras", ExportSettings())
    assert done.accepted
    labels = tmp_path / "small.keras.labels.txt"
    assert labels.read_text(encoding="utf-8") == "a\nb\nü\n"
    done = export_model(named, "saved_model", tmp_path / "saved", ExportSettings())
    assert (tmp_path / "saved/assets.extra/kind.labels.txt").read_text(
        encoding="utf-8"
    ) == "a\nb\nü\n"


@pytest.mark.usefixtures("here")
def test_onnx_has_the_names_of_classes_in_its_metadata(tmp_path: Path) -> None:
    need("onnx")
    import onnx

    original = subject(tmp_path)
    said = {**original.meanings["kind"], "labels": ["a", "b", "ü"]}
    path = written(dataclasses.replace(original, meanings={"kind": said}), "onnx", tmp_path)
    made = onnx.load(path)
    about = {entry.key: entry.value for entry in made.metadata_props}
    assert json.loads(about["modelspec.labels.kind"]) == ["a", "b", "ü"]
    assert [value.name for value in made.graph.input] == ["left", "right"]
    assert sorted(value.name for value in made.graph.output) == ["kind", "size"]


@pytest.mark.usefixtures("here")
def test_openvino_has_the_names_of_classes_in_its_runtime_information(tmp_path: Path) -> None:
    need("openvino")
    original = subject(tmp_path)
    said = {**original.meanings["kind"], "labels": ["a", "<b>", "ü"]}
    path = written(dataclasses.replace(original, meanings={"kind": said}), "openvino", tmp_path)
    import openvino

    made = openvino.Core().read_model(path)
    about = made.get_rt_info(["modelspec", "labels"]).astype(str)
    assert json.loads(about) == {"kind": ["a", "<b>", "ü"]}
    assert [port.get_names() for port in made.inputs] == [{"left"}, {"right"}]
    assert [port.partial_shape.to_string() for port in made.inputs] == ["[?,4]", "[?,4,4,1]"]
    assert {name for port in made.outputs for name in port.get_names()} == {"kind", "size"}


def test_openvino_reports_nothing_to_its_makers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "openvino_telemetry", raising=False)
    disable_telemetry()
    with pytest.raises(ImportError):
        importlib.import_module("openvino_telemetry")
    monkeypatch.delitem(sys.modules, "openvino_telemetry")
