"""The table of formats, and what `modelspec export` does for all of them."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tomllib
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from modelspec.api.exporting import EXPORTS, export
from modelspec.cli import run
from modelspec.compile.stages import compile_file
from modelspec.diagnostics.problems import UsageError
from modelspec.exporting.formats import packages
from modelspec.exporting.formats.formats import FORMATS
from modelspec.exporting.output_files import check_path, publish

from .models import ROOT, built_from, need, plain

WORDS = """\
modelspec: 1
model:
  functional:
    inputs: {word: {shape: [1], dtype: string}}
    layers:
      code: StringLookup
      hash: {Hashing: {num_bins: 9}}
    edges:
      - word -> code
      - word -> hash
    outputs: [code, hash]
"""
CHAIN = ROOT / "tests" / "specs_ok" / "chain.yaml"


def test_the_command_offers_what_the_table_has() -> None:
    assert tuple(FORMATS) == EXPORTS


def test_the_table_has_a_line_for_each_module_with_a_format() -> None:
    modules = Path(packages.__file__).parent.glob("*.py")
    assert {path.stem for path in modules if "\nFORMAT = " in path.read_text()} == set(FORMATS)


def test_the_page_has_a_row_for_each_format() -> None:
    page = (ROOT / "docs" / "export.md").read_text(encoding="utf-8")
    table = page.partition("## The formats")[2].partition("\n## ")[0]
    assert re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE) == list(FORMATS)


@pytest.mark.parametrize("form", FORMATS)
def test_a_format_is_written_from_a_model_or_from_a_spec(form: str) -> None:
    assert (FORMATS[form].write is None) != (FORMATS[form].write_spec is None)


def test_a_file_is_never_overwritten_unasked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "model.py"
    args = ["export", str(CHAIN), "--format", "python", "-o", str(out)]
    out.write_text("mine", encoding="utf-8")
    assert run(args) == 2
    assert "--force overwrites it" in capsys.readouterr().err
    assert out.read_text(encoding="utf-8") == "mine"
    assert run([*args, "--force"]) == 0
    assert "def build_model():" in out.read_text(encoding="utf-8")
    assert [p.name for p in tmp_path.iterdir()] == ["model.py"]


def test_another_ending_is_wrong_use(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "model.txt"
    assert run(["export", str(CHAIN), "--format", "python", "-o", str(out)]) == 2
    assert "a file of the format python ends in .py" in capsys.readouterr().err


def test_a_folder_without_a_run_is_wrong_use(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["export", str(tmp_path), "--format", "python"]) == 2
    assert "is not a run folder" in capsys.readouterr().err


KILLED = """
import os, pathlib, sys
from modelspec.exporting.output_files import publish

def write(draft):
    draft.mkdir()
    (draft / "saved_model.pb").write_text("half", encoding="utf-8")
    os.kill(os.getpid(), 9)

publish(pathlib.Path(sys.argv[1]), write)
"""


def test_an_export_that_is_killed_leaves_nothing_that_looks_whole(tmp_path: Path) -> None:
    command = [sys.executable, "-c", KILLED, str(tmp_path / "model")]
    assert subprocess.run(command, check=False).returncode == -9
    left = [path.name for path in tmp_path.iterdir()]
    assert len(left) == 1 and left[0].startswith(".export-")


def test_an_export_that_is_interrupted_leaves_nothing(tmp_path: Path) -> None:
    def write(draft: Path) -> None:
        draft.write_text("half", encoding="utf-8")
        raise KeyboardInterrupt

    (tmp_path / "model.onnx").write_text("old", encoding="utf-8")
    with pytest.raises(KeyboardInterrupt):
        publish(tmp_path / "model.onnx", write)
    assert [path.name for path in tmp_path.iterdir()] == ["model.onnx"]
    assert (tmp_path / "model.onnx").read_text(encoding="utf-8") == "old"


def test_a_folder_takes_the_place_of_another(tmp_path: Path) -> None:
    def write(text: str, draft: Path) -> None:
        draft.mkdir()
        (draft / text).write_text(text, encoding="utf-8")

    for text in ("first", "second"):
        publish(tmp_path / "model", partial(write, text))
    assert [path.name for path in tmp_path.rglob("*")] == ["model", "second"]


def write_pair(text: str, draft: Path) -> None:
    draft.write_text(text, encoding="utf-8")
    draft.with_suffix(".bin").write_text(text, encoding="utf-8")


@pytest.mark.parametrize("step", range(4))
@pytest.mark.parametrize("accepted", [True, False])
def test_a_file_never_lies_beside_the_weights_of_another(
    step: int, accepted: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, others = tmp_path / "model.xml", [tmp_path / "model.bin"]
    accept, steps = (lambda draft: accepted), iter(range(9))
    place = partial(publish, path, accept=accept, others=others)
    place(partial(write_pair, "old"))
    rename = os.rename

    def move(old: Any, new: Any) -> None:
        if next(steps) == step:
            raise KeyboardInterrupt
        rename(old, new)

    monkeypatch.setattr(os, "rename", move)
    monkeypatch.setattr(Path, "replace", move)
    try:
        place(partial(write_pair, "new"))
    except KeyboardInterrupt:
        assert step < 3
    left = {file.name: file.read_text(encoding="utf-8") for file in tmp_path.iterdir()}
    ending = "" if accepted else ".rejected"
    assert set(left) <= {f"model.xml{ending}", f"model.bin{ending}"}
    if f"model.xml{ending}" in left:
        assert left == dict.fromkeys(left, "new" if step == 3 else "old") and len(left) == 2


def test_the_second_file_of_a_format_is_not_overwritten_unasked(tmp_path: Path) -> None:
    (tmp_path / "model.bin").write_text("mine", encoding="utf-8")
    with pytest.raises(UsageError, match=r"model\.bin exists; --force overwrites it"):
        check_path(tmp_path / "model.xml", "openvino", force=False)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--format", "keras", "--quantize", "int8"], "--quantize is for the format litert"),
        (["--format", "keras", "--opset", "15"], "--opset is for the format onnx"),
        (["--format", "json", "--tolerance", "1"], "a file of the format json computes nothing"),
    ],
)
def test_an_option_of_another_format_is_wrong_use(
    options: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["export", str(CHAIN), *options]) == 2
    assert said in capsys.readouterr().err


@pytest.mark.parametrize("form", [form for form, entry in FORMATS.items() if entry.packages])
def test_a_missing_package_is_named_with_its_extra(
    form: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(packages, "find_spec", lambda name: None)
    assert run(["export", str(CHAIN), "--format", form]) == 3
    said = capsys.readouterr().err
    assert f"pip install 'keras-modelspec[{form}]'" in said
    assert all(f"`{package}`" in said for package in FORMATS[form].packages)


def test_every_extra_of_a_format_is_declared() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    for form, entry in FORMATS.items():
        declared = {item.partition(">")[0].replace("-", "_") for item in extras.get(form, ())}
        assert declared == set(entry.packages)


@pytest.mark.tensorflow
@pytest.mark.parametrize("form", ["keras", "onnx", "litert", "openvino"])
def test_a_layer_that_does_not_export_is_found_before_anything_is_built(
    form: str, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    need(form)
    spec = tmp_path / "words.yaml"
    spec.write_text(WORDS, encoding="utf-8")
    assert run(["export", str(spec), "--format", form]) == 1
    said = capsys.readouterr().out
    assert ":6:13: error: StringLookup has not been adapted to data yet" in said
    assert ("[export-unsupported]" in said) == (form != "keras")
    assert (":7:14: error: litert does not support Hashing" in said) == (form == "litert")
    assert [path.name for path in tmp_path.iterdir()] == ["words.yaml"]


@pytest.mark.tensorflow
def test_keras_reads_its_json_back(tmp_path: Path) -> None:
    import keras

    spec = ROOT / "tests" / "specs_ok" / "several-results.yaml"
    text = export(spec, "json", tmp_path / "model.json").read_text(encoding="utf-8")
    assert json.loads(text)["class_name"] == "Functional"
    read = keras.models.model_from_json(text)
    assert plain(read.get_config()) == plain(built_from(compile_file(spec)).get_config())


DRAWS = "Input 0 of node auto_1/sample_1/AssignVariableOp was passed int64 from auto_1/sample_1/..."


@pytest.mark.parametrize(
    ("layers", "said"),
    [({"sample"}, "sample changes a variable"), ({"sample_1"}, "sample_1 changes a variable")],
)
def test_onnx_names_the_layer_that_draws_random_numbers(layers: set[str], said: str) -> None:
    from types import SimpleNamespace

    from modelspec.exporting.formats.onnx import _reason

    source: Any = SimpleNamespace(graph=SimpleNamespace(layers=layers))
    assert _reason(ValueError(DRAWS), source).startswith(said)
    assert _reason(ValueError("\nfirst\nsecond"), source) == "first"


SAME_NAME = """\
modelspec: 1
model:
  functional:
    inputs: {image: {shape: [4]}}
    layers: {code: {Dense: {units: 2}}, pixels: {Dense: {units: 4}}}
    edges: [image -> code -> pixels]
    outputs: {image: pixels, image_output: code}
"""


@pytest.mark.tensorflow
@pytest.mark.slow
@pytest.mark.parametrize(("form", "ending"), [("onnx", ".onnx"), ("openvino", ".xml")])
def test_an_output_may_have_the_name_of_an_input(form: str, ending: str, tmp_path: Path) -> None:
    """An autoencoder; in these files a tensor has one name."""
    need(form)
    spec, path = tmp_path / "spec.yaml", tmp_path / f"same{ending}"
    spec.write_text(SAME_NAME)
    export(spec, form, path)  # and compares the outputs by the names of the spec
    if form == "onnx":
        import onnxruntime

        session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
        assert [one.name for one in session.get_inputs()] == ["image"]
        names = {one.name: one.shape[1] for one in session.get_outputs()}
        assert names == {"image_output": 2, "image_output_output": 4}


RECURRENT = """\
modelspec: 1
model:
  sequential:
    input: {shape: [5, 2]}
    layers:
      - LSTM: {units: 3, dropout: 0.2, return_sequences: true}
      - Bidirectional: {layer: {GRU: {units: 3, recurrent_dropout: 0.2, return_sequences: true}}}
      - RNN: {cell: {StackedRNNCells: {cells: [SimpleRNNCell: {units: 2, dropout: 0.2}]}}}
      - Dense: {units: 1}
"""


@pytest.mark.tensorflow
@pytest.mark.slow
def test_recurrent_layers_with_dropout_are_exported_to_onnx(tmp_path: Path) -> None:
    """Keras draws their masks in inference too."""
    need("onnx")
    spec, path = tmp_path / "spec.yaml", tmp_path / "recurrent.onnx"
    spec.write_text(RECURRENT)
    assert export(spec, "onnx", path) == path
