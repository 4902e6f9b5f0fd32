"""Quantized exports, and what they reach in the metrics of the spec; the version of ONNX's ops."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any

import pytest

import modelspec
from modelspec.cli import run
from modelspec.exporting.formats.format import ExportSettings
from modelspec.exporting.formats.formats import FORMATS

from .models import ROOT, need
from .test_check import here

__all__ = ["here"]

pytestmark = pytest.mark.tensorflow


@pytest.fixture(scope="module")
def digits(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run that has learned a little."""
    folder = tmp_path_factory.mktemp("runs") / "digits"
    short = {"training.epochs": 3}
    modelspec.train(ROOT / "specs" / "digits.yaml", output=folder, overrides=short)
    return folder


@pytest.fixture(scope="module")
def plain(digits: Path, tmp_path_factory: pytest.TempPathFactory) -> int:
    """The bytes of the LiteRT file without quantizing."""
    from modelspec.exporting.export_source import source_of_run

    need("litert")
    path = tmp_path_factory.mktemp("plain") / "digits.tflite"
    write = FORMATS["litert"].write
    assert write is not None
    write(source_of_run(digits), ExportSettings(), path)
    return path.stat().st_size


@pytest.mark.xdist_group("quantized-digits")
@pytest.mark.usefixtures("here")
@pytest.mark.parametrize(("mode", "share"), [("dynamic", 1 / 3), ("float16", 0.6), ("int8", 1 / 3)])
def test_digits_keep_their_accuracy_in_fewer_bytes(
    mode: str, share: float, digits: Path, plain: int, tmp_path: Path
) -> None:
    path = tmp_path / "digits.tflite"
    args = ["export", str(digits), "--format", "litert", "--quantize", mode, "-o", str(path)]
    assert run(args) == 0
    assert path.stat().st_size <= plain * share
    found = json.loads((tmp_path / "digits.tflite.check.json").read_text(encoding="utf-8"))
    assert found["samples"] == {"count": 180, "from": "validation"}
    (accuracy,) = found["metrics"]
    assert accuracy["name"] == "accuracy" and accuracy["accepted"]
    assert accuracy["model"] > 0.8
    assert accuracy["export"] >= accuracy["model"] - 0.01
    metrics = json.loads((digits / "metrics.json").read_text(encoding="utf-8"))
    assert accuracy["model"] == pytest.approx(metrics["validation"]["accuracy"], abs=1e-6)


@pytest.mark.xdist_group("quantized-digits")
@pytest.mark.usefixtures("here")
def test_a_worse_metric_is_rejected_within_the_tolerance(
    digits: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: Any
) -> None:
    need("litert")
    right = FORMATS["litert"].write
    assert right is not None

    def broken(subject: Any, settings: ExportSettings, path: Path) -> None:
        weights = subject.model.get_weights()
        subject.model.set_weights([*weights[:-1], weights[-1] + 9 * (weights[-1].argsort() == 0)])
        right(subject, settings, path)
        subject.model.set_weights(weights)

    monkeypatch.setitem(FORMATS, "litert", dataclasses.replace(FORMATS["litert"], write=broken))
    args = ["export", str(digits), "--format", "litert", "--quantize", "float16"]
    assert run([*args, "--tolerance", "9", "-o", str(tmp_path / "digits.tflite")]) == 4
    said = capsys.readouterr().out
    assert "accepted: 0.01 lower where higher is better, 5% higher where lower is better" in said
    assert (tmp_path / "digits.tflite.rejected").exists()


@pytest.mark.parametrize(
    ("name", "model", "export", "examples", "accepted"),
    [
        ("accuracy", 0.9, 0.8901, 500, True),
        ("accuracy", 0.9, 0.88, 500, False),
        ("accuracy", 0.9, 0.88, 50, True),
        ("mae", 10.0, 10.4, 500, True),
        ("mae", 10.0, 10.6, 500, False),
        ("mae", 10.0, 5.0, 500, True),
        ("accuracy", 0.9, float("nan"), 500, False),
    ],
)
def test_how_much_worse_a_metric_may_be(
    name: str, model: float, export: float, examples: int, accepted: bool
) -> None:
    from modelspec.exporting.verify.comparison import MetricDifference

    assert MetricDifference(name, model, export, examples).accepted == accepted


@pytest.mark.xdist_group("quantized-digits")
@pytest.mark.usefixtures("here")
def test_the_version_of_the_ops_is_what_is_asked_for(digits: Path, tmp_path: Path) -> None:
    need("onnx")
    import onnx

    path = tmp_path / "digits.onnx"
    assert run(["export", str(digits), "--format", "onnx", "--opset", "16", "-o", str(path)]) == 0
    versions = {entry.domain: entry.version for entry in onnx.load(path).opset_import}
    assert versions[""] == 16


@pytest.mark.xdist_group("quantized-digits")
@pytest.mark.usefixtures("here")
def test_int8_of_raw_values_is_pointed_to_what_comes_after_preprocessing(
    digits: Path, tmp_path: Path
) -> None:
    need("litert")
    from modelspec.exporting.export import export_model
    from modelspec.exporting.export_source import source_of_run

    path, strict = tmp_path / "digits.tflite", ExportSettings(tolerance=0.0, quantize="int8")
    found = export_model(source_of_run(digits), "litert", path, strict)
    assert found.check is not None and not found.accepted
    assert "--without-preprocessing" in found.check.note
