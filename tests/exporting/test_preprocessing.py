"""`--without-preprocessing`: the model behind its preprocessing, and that as a model of its own."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import pytest

from modelspec.cli import run
from modelspec.compile.stages import CompiledSpec, compile_file
from modelspec.diagnostics.problems import UsageError
from modelspec.exporting.formats.format import ExportSettings
from modelspec.exporting.model_split import front_calls, split_preprocessing
from modelspec.exporting.output_files import preprocessing_file
from modelspec.exporting.unsupported import check_supported

from .models import need
from .test_check import here

__all__ = ["here"]

GRAPH = """\
modelspec: 1
name: parts
model:
  functional:
    inputs:
      word: {shape: [1], dtype: string}
      size: {shape: [2]}
      raw: {shape: [3]}
    layers:
      code: {StringLookup: {vocabulary: [a, b]}}
      hot: {CategoryEncoding: {num_tokens: 3, output_mode: one_hot}}
      scale: {Normalization: {mean: 1.0, variance: 4.0}}
      again: {Rescaling: {scale: 2.0}}
      all: Concatenate
      late: {Rescaling: {scale: 0.5}}
      number: {Dense: {units: 2}}
      near: {Embedding: {input_dim: 3, output_dim: 2}}
      flat: Flatten
      twice: {Rescaling: {scale: 2.0}}
      half: {Rescaling: {scale: 0.25}}
    edges:
      - word -> code -> hot
      - code -> near -> flat
      - size -> scale -> again
      - hot, again, raw, flat -> all -> late -> number
      - raw -> twice -> half
    outputs: [number, twice, half]
"""
STACK = """\
modelspec: 1
name: stack
model:
  sequential:
    input: {shape: [4, 4, 1], name: image}
    layers: [Rescaling: {scale: 0.1}, CenterCrop: {height: 2, width: 2}, Flatten, Dense: {units: 2}]
"""
WITHOUT = ExportSettings(without_preprocessing=True)


def opened(tmp_path: Path, text: str) -> CompiledSpec:
    path = tmp_path / "spec.yaml"
    path.write_text(text, encoding="utf-8")
    return compile_file(path).require_expectations()


def subject(tmp_path: Path, text: str) -> Any:
    from modelspec.api.building import build_opened
    from modelspec.exporting.export_source import source_of_spec

    found = opened(tmp_path, text)
    return source_of_spec(found.spec, found.graph, build_opened(found))


@pytest.mark.parametrize(
    ("text", "names"),
    [(GRAPH, ["code", "hot", "scale", "again"]), (STACK, ["rescaling", "center_crop"])],
)
def test_the_front_is_all_that_reads_nothing_else(
    text: str, names: list[str], tmp_path: Path
) -> None:
    assert sorted(call.name for call in front_calls(opened(tmp_path, text).graph)) == sorted(names)


def test_what_is_left_out_is_not_refused(tmp_path: Path) -> None:
    found = opened(tmp_path, GRAPH)
    with pytest.raises(Exception, match="`--without-preprocessing` exports the layers after it"):
        check_supported(found.spec, found.graph, "onnx")
    check_supported(found.spec, found.graph, "onnx", without_preprocessing=True)


@pytest.mark.tensorflow
@pytest.mark.usefixtures("here")
@pytest.mark.parametrize(("text", "names"), [
    (GRAPH, ["raw", "code", "hot", "again"]), (STACK, ["center_crop"])
])  # fmt: skip
def test_the_two_together_are_held_to_the_whole(
    text: str, names: list[str], tmp_path: Path
) -> None:
    need("onnx")
    import keras
    import onnx

    from modelspec.exporting.export import export_model

    path = tmp_path / "left.onnx"
    done = export_model(subject(tmp_path, text), "onnx", path, WITHOUT)
    assert done.accepted, done.check and done.check.to_text()
    assert sorted(value.name for value in onnx.load(path).graph.input) == sorted(names)
    before = keras.models.load_model(preprocessing_file(path), compile=False)
    assert sorted(before.output_names) == sorted(names)


@pytest.mark.tensorflow
@pytest.mark.usefixtures("here")
def test_another_preprocessing_is_caught(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from modelspec.exporting import export as module

    def swapped(whole: Any) -> Any:
        other = split_preprocessing(subject(tmp_path, STACK.replace("0.1", "0.11")))
        split = split_preprocessing(whole)
        return dataclasses.replace(split, preprocessing=other.preprocessing)

    monkeypatch.setattr(module, "split_preprocessing", swapped)
    done = module.export_model(subject(tmp_path, STACK), "saved_model", tmp_path / "left", WITHOUT)
    assert not done.accepted
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "left.check.json",
        "left.preprocessing.keras.rejected",
        "left.rejected",
        "spec.yaml",
    ]


@pytest.mark.tensorflow
@pytest.mark.parametrize("layers", ["[Flatten, Rescaling: {scale: 2}]", "[Rescaling: {scale: 2}]"])
def test_nothing_to_cut_is_wrong_use(layers: str, tmp_path: Path) -> None:
    text = STACK.partition("    layers")[0] + f"    layers: {layers}\n"
    with pytest.raises(UsageError, match="does not begin with a preprocessing layer"):
        split_preprocessing(subject(tmp_path, text))


def test_a_format_that_computes_nothing_takes_it_not(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "spec.yaml"
    path.write_text(STACK, encoding="utf-8")
    assert run(["export", str(path), "--format", "python", "--without-preprocessing"]) == 2
    assert "is for formats that compute, not for python" in capsys.readouterr().err
