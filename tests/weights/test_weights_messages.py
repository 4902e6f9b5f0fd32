"""What `validate` says of `initial_weights` that do not fit: exact text, and without TensorFlow."""

from __future__ import annotations

import json
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from modelspec.api.validation import validate_file
from modelspec.diagnostics import CannotRunError, Findings, Span
from modelspec.report.findings import render_findings
from modelspec.weights import saved
from modelspec.weights.files import find_weights

pytestmark = pytest.mark.tensorflow

SPEC = """\
modelspec: 1
model:
  functional:
    inputs: {x: {shape: [4]}}
    layers:
      stem: {Dense: {units: 8}}
      norm: {LayerNormalization: {scale: false}}
      encoder:
        Sequential:
          layers: [{Dense: {units: 8, name: first}}, {Dense: {units: 6, name: second}}]
      head: {Dense: {units: 3}}
    edges: [x -> stem -> norm -> encoder -> head]
    outputs: head
training:
  optimizer: adam
  loss: mse
  initial_weights: WEIGHTS
"""
WORDS = """\
modelspec: 1
model:
  functional:
    inputs: {x: {shape: [5], dtype: string}, n: {shape: [5], dtype: int32}}
    layers:
      look: {StringLookup: {vocabulary: [good, bad, film]}}
      words: {Embedding: {input_dim: 4, output_dim: 3}}
      other: {Embedding: {input_dim: 4, output_dim: 3}}
      pool: GlobalAveragePooling1D
      pool_n: GlobalAveragePooling1D
      join: Concatenate
    edges: [x -> look -> words -> pool, n -> other -> pool_n, "pool, pool_n -> join"]
    outputs: join
training:
  optimizer: adam
  loss: mse
  initial_weights: WEIGHTS
"""

LINTS = ("functional-is-a-chain", "no-activation-between-dense")

CASES = {
    "another shape": "wide.keras",
    "another class": "conv.keras",
    "other variables": "no_bias.keras",
    "names that meet nothing": "{from: good.keras, rename: {hed: head, stem: stam}, fresh: [t*]}",
    "a part that is none": "{encodr: good.keras}",
    "parts in parts": "{encoder: good.keras, encoder/first: good.keras}",
    "a layer renamed": "renamed.keras",
    "nothing in common": "other.keras",
    "all fresh": "{from: good.keras, fresh: ['*']}",
    "names unknown, another structure": "bare_other.weights.h5",
    "names unknown, the same structure": "bare.weights.h5",
    "names of variables unknown": "one_norm.weights.h5",
    "no file": "missing.keras",
    "no run": "folder",
    "not complete": "broken_run",
    "folds": "folds",
    "a state": "broken_run/checkpoints/last.npz",
    "another runtime": "model.onnx",
    "vectors without an Embedding": "vectors.txt",
    "not HDF5": "text.weights.h5",
    "Keras 2": "keras2.h5",
    "an address": "https://host/m.keras",
}
WORD_CASES = {
    "vectors of another length": "{words: {glove: long.txt}}",
    "not vectors": "{words: {glove: prose.txt}}",
    "not text": "{words: {word2vec: model.bin}}",
    "no vectors": "{words: {glove: missing.txt}}",
    "not an Embedding": "{pool: {glove: vectors.txt}}",
    "words unknown": "{other: {glove: vectors.txt}}",
}


def build(change: Callable[[str], str], folder: Path) -> object:
    from modelspec import build as build_spec

    spec = folder / "s.yaml"
    spec.write_text(change(SPEC).partition("training:")[0])
    return build_spec(spec)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files of weights, made of variants of the model."""
    path = tmp_path_factory.mktemp("weights")

    def save(name: str, *pairs: tuple[str, str]) -> None:
        def change(text: str) -> str:
            for old, new in pairs:
                assert old in text
                text = text.replace(old, new)
            return text

        model = build(change, path)
        getattr(model, "save" if name.endswith(".keras") else "save_weights")(path / name)

    save("good.keras")
    save("wide.keras", ("units: 8, name: first", "units: 10, name: first"))
    save(
        "conv.keras",
        (
            "head: {Dense: {units: 3}}",
            "head: {EinsumDense: {equation: 'ab,bc->ac', output_shape: 3}}",
        ),
    )
    save(
        "no_bias.keras", ("stem: {Dense: {units: 8}}", "stem: {Dense: {units: 8, use_bias: false}}")
    )
    save("renamed.keras", ("head", "top"))
    save("other.keras", ("head", "z"), ("stem", "y"), ("norm", "w"), ("encoder", "v"))
    save("bare.weights.h5")
    save("bare_other.weights.h5", ("units: 3", "units: 5"))
    save("one_norm.weights.h5")
    _unname(path / "bare.weights.h5")
    _unname(path / "bare_other.weights.h5")
    (path / "folder").mkdir()
    for name, status in (
        ("broken_run", {"status": "interrupted"}),
        ("folds", {"status": "complete", "folds": 2}),
    ):
        (path / name / "checkpoints").mkdir(parents=True)
        (path / name / "run.json").write_text(json.dumps(status))
    shutil.copy(path / "good.keras", path / "broken_run/checkpoints/epoch-0002.keras")
    (path / "broken_run/checkpoints/last.npz").write_bytes(b"")
    (path / "model.onnx").write_bytes(b"")
    (path / "text.weights.h5").write_text("no")
    (path / "vectors.txt").write_text("good 1 2 3\nfilm 4 5 6\n")
    (path / "long.txt").write_text("2 4\ngood 1 2 3 4\nfilm 4 5 6 7\n")
    (path / "prose.txt").write_text("Once upon a time\n")
    (path / "model.bin").write_bytes(b"\xff\xfe\x00")
    import h5py

    with h5py.File(path / "keras2.h5", "w") as file:
        file.create_group("model_weights")
    return path


def _unname(path: Path) -> None:
    """Take the names of layers out of a file, as older versions of Keras 3 have none."""
    import h5py

    with h5py.File(path, "a") as file:
        file.visititems(lambda _, item: item.attrs.pop("name", None) and None)


def said(folder: Path, spec: str, weights: str) -> str:
    (folder / "spec.yaml").write_text(spec.replace("WEIGHTS", weights))
    findings = validate_file("spec.yaml")
    return render_findings([one for one in findings if one.code not in LINTS], 1)


def test_messages(
    folder: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder)
    parts = [f"== {name}\n{said(folder, SPEC, weights)}\n" for name, weights in CASES.items()]
    parts += [f"== {name}\n{said(folder, WORDS, text)}\n" for name, text in WORD_CASES.items()]
    actual, expected = "\n".join(parts), Path(__file__).with_name("messages.out")
    if request.config.getoption("--update-out"):
        expected.write_text(actual, encoding="utf-8")
    assert actual == expected.read_text(encoding="utf-8")


def test_what_fits_is_silent(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    for weights in (
        "good.keras",
        "{from: renamed.keras, rename: {top: head}}",
        "{from: wide.keras, fresh: [first, second]}",
        "{from: wide.keras, fresh: [encoder]}",
        "{encoder: good.keras, head: {from: renamed.keras, rename: {top: head}}}",
    ):
        assert said(folder, SPEC, weights) == "", weights
    assert said(folder, WORDS, "{words: {glove: vectors.txt}}") == ""


def test_without_h5py_a_warning_says_so(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def missing() -> None:
        raise CannotRunError("reading HDF5 needs h5py: pip install 'keras-modelspec[tensorflow]'")

    monkeypatch.chdir(folder)
    monkeypatch.setattr(saved, "import_h5py", missing)
    (folder / "spec.yaml").write_text(SPEC.replace("WEIGHTS", "good.keras"))
    (found,) = (one for one in validate_file("spec.yaml") if one.code not in LINTS)
    assert (found.code, found.severity) == ("weights-not-checked", "warning")
    assert "needs h5py" in found.message


def test_an_archive_without_weights(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    with zipfile.ZipFile(folder / "empty.keras", "w") as archive:
        archive.writestr("config.json", "{}")
    assert "has no model.weights.h5" in said(folder, SPEC, "empty.keras")


def test_the_copy_of_a_spec_in_a_run_names_weights_from_where_it_was_trained(
    tmp_path: Path,
) -> None:
    findings, span = Findings(), Span("runs/a/spec.expanded.yaml", 1, 1, 1, 2)
    (tmp_path / "run.json").write_text("{}")
    assert find_weights("w.weights.h5", tmp_path, span, findings, is_required=True) is None
    (finding,) = findings.sorted()
    assert finding.code == "no-weights"
    assert f"name the run folder, {tmp_path}," in finding.hint
