"""`modelspec benchmark`: a row for each export, measured by itself, or with a reason."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from modelspec.api.benchmarking import exported_format
from modelspec.cli import run
from modelspec.commands.benchmark import command
from modelspec.exporting.benchmark.variants import VARIANTS
from modelspec.exporting.formats.formats import FORMATS

from .models import ROOT

SPEC = """\
modelspec: 1
name: small
model:
  functional:
    inputs: {size: {shape: [4]}, kind: {shape: [1], dtype: int32}}
    layers:
      code: {Embedding: {input_dim: 5, output_dim: 2}}
      flat: Flatten
      both: Concatenate
      answer: {Dense: {units: 3, activation: softmax}}
    edges:
      - kind -> code -> flat
      - size, flat -> both -> answer
    outputs: {answer: answer}
training: {loss: sparse_categorical_crossentropy, optimizer: sgd}
"""


def test_the_help_names_every_variant() -> None:
    said = {option.name: option.help for option in command.params if hasattr(option, "help")}
    names = str(said["formats"]).partition(": ")[2].partition(".")[0].split(", ")
    assert names == list(VARIANTS)


def test_every_variant_can_be_measured() -> None:
    forms = {variant.form for variant in VARIANTS.values()}
    assert forms == {name for name, entry in FORMATS.items() if entry.computes} - {"weights"}
    assert all(FORMATS[form].runtime_modules for form in forms)
    assert all(FORMATS[form].read_signature for form in forms)


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["chain.yaml", "--formats", "onxn"], 'no format "onxn" to measure; did you mean "onnx"?'),
        (["chain.yaml", "--formats", "zzz"], "there are keras, saved_model,"),
        (["nosuch.yaml"], "there is no file nosuch.yaml"),
        (["model.weights.h5"], "has only weights"),
        (["model.onnx", "--formats", "onnx"], "model.onnx is exported already"),
    ],
)
def test_wrong_use_is_told_before_anything_heavy_begins(
    args: list[str], said: str, capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: Any
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "model.onnx").touch()
    (tmp_path / "model.weights.h5").touch()
    (tmp_path / "chain.yaml").write_bytes((ROOT / "tests/specs_ok/chain.yaml").read_bytes())
    assert run(["benchmark", *args]) == 2
    assert said in capsys.readouterr().err


def test_a_file_is_known_by_its_ending(tmp_path: Path) -> None:
    for name, form in [("a.onnx", "onnx"), ("a.tflite", "litert"), ("a.yaml", None)]:
        (tmp_path / name).touch()
        assert exported_format(tmp_path / name) == form
    assert exported_format(tmp_path) is None
    (tmp_path / "saved_model.pb").touch()
    assert exported_format(tmp_path) == "saved_model"


@pytest.fixture
def spec(tmp_path: Path) -> Path:
    path = tmp_path / "small.yaml"
    path.write_text(SPEC, encoding="utf-8")
    return path


@pytest.mark.tensorflow
def test_exports_side_by_side(
    spec: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("ai_edge_litert")
    from modelspec.exporting.formats import packages
    from modelspec.exporting.verify import isolated

    monkeypatch.setattr(packages, "find_spec", lambda name: "litert" in name or None)
    really, asked = isolated.subprocess.run, []

    def keras_here(command: list[str], **options: Any) -> Any:
        """All but Keras in a process of its own: TensorFlow takes long to start."""
        from modelspec.exporting.benchmark import measure_process

        about = json.loads(Path(command[-1], "request.json").read_text(encoding="utf-8"))
        asked.append(about["form"])
        if about["form"] != "keras":
            return really(command, **options)
        code = measure_process.main(Path(command[-1]))
        return type("Done", (), {"returncode": code, "stderr": ""})()

    monkeypatch.setattr(isolated.subprocess, "run", keras_here)
    args = ["benchmark", str(spec), "--seconds", "0.01", "--batch-size", "8"]
    shown = "keras,onnx,litert,litert-int8"
    assert run([*args, "--formats", shown, "--format", "json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["version"], found["batch_size"]) == (1, 8)
    (source,) = found["sources"]
    assert source["examples"].startswith("16 synthetic examples")
    rows = {row["name"]: row for row in source["exports"]}
    assert list(rows) == shown.split(",")
    assert asked == ["keras", "litert", "litert"]
    assert "pip install 'keras-modelspec[onnx]'" in rows["onnx"]["reason"]
    for name in ("keras", "litert", "litert-int8"):
        row = rows[name]
        assert row["check"]["accepted"]
        assert [output["output"] for output in row["check"]["outputs"]] == ["answer"]
        assert row["bytes"] > 0
        assert 0 < row["latency_seconds"]["median"] <= row["latency_seconds"]["p95"]
        assert row["examples_per_second"] > 0
    assert rows["litert"]["load_seconds"] < 1


@pytest.mark.tensorflow
def test_files_are_measured_as_they_are(
    spec: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("ai_edge_litert")
    out = tmp_path / "small.tflite"
    assert run(["export", str(spec), "--format", "litert", "-o", str(out)]) == 0
    damaged = tmp_path / "damaged.tflite"
    damaged.write_bytes(out.read_bytes()[:500])
    capsys.readouterr()
    assert run(["benchmark", str(out), str(damaged), "--seconds", "0.01"]) == 0
    shown = capsys.readouterr().out
    assert shown.startswith("files, on synthetic data\n\nexport")
    assert f"\n{out} " in shown
    assert "the export does not run: ValueError: " in shown
    assert run(["benchmark", str(damaged), "--seconds", "0.01"]) == 3
    assert "nothing could be measured" in capsys.readouterr().err


@pytest.mark.tensorflow
def test_every_runtime_tells_what_it_takes(spec: Path, tmp_path: Path) -> None:
    from modelspec.api.building import build_opened
    from modelspec.compile.stages import compile_file
    from modelspec.exporting.export_source import source_of_spec
    from modelspec.exporting.formats.arrays import synthetic_batch
    from modelspec.exporting.formats.format import ExportSettings

    opened = compile_file(spec)
    subject = source_of_spec(opened.spec, opened.graph, build_opened(opened))
    for form, entry in FORMATS.items():
        if entry.read_signature is None:
            continue
        for package in entry.packages:
            pytest.importorskip(package)
        path = tmp_path / f"model{entry.suffix}"
        write = entry.write
        assert write is not None
        write(subject, ExportSettings(), path)
        found = entry.read_signature(path)
        assert found == {"size": ((None, 4), "float32"), "kind": ((None, 1), "int32")}, form
        made = synthetic_batch(found, 3)
        assert made["size"].shape == (3, 4)
        assert set(made["kind"].ravel().tolist()) <= {0, 1}
