"""The Python file of a spec: its text, and the model that it builds."""

from __future__ import annotations

import ast
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from modelspec.api.building import build_opened, open_spec
from modelspec.api.exporting import export
from modelspec.cli import run
from modelspec.compile.stages import compile_text
from modelspec.diagnostics.findings import Findings
from modelspec.diagnostics.problems import SpecError
from modelspec.exporting.python.source import python_source

from .models import CASES, NOT_IN_PYTHON, ROOT, SPECS, built_by, built_from, plain, source_of

EXTENDED = ROOT / "tests" / "exporting" / "extension" / "spec.yaml"
ALL = [*SPECS, *CASES]


def stem(path: Path) -> str:
    return path.stem


@pytest.mark.parametrize("path", CASES, ids=stem)
def test_the_text_is_exactly_this(path: Path, request: pytest.FixtureRequest) -> None:
    text = source_of(path)
    expected = path.with_suffix(".out")
    if request.config.getoption("--update-out"):
        expected.write_text(text, encoding="utf-8")
    assert text == expected.read_text(encoding="utf-8")


@pytest.mark.parametrize("path", ALL, ids=stem)
def test_the_file_imports_keras_and_nothing_else(path: Path) -> None:
    tree = ast.parse(source_of(path))
    imports = [n for n in ast.walk(tree) if isinstance(n, (ast.Import, ast.ImportFrom))]
    modules = {n.module if isinstance(n, ast.ImportFrom) else n.names[0].name for n in imports}
    extensions = set(open_spec(path).spec.document.get("extensions", ()))
    assert modules == {"keras"} | extensions


def test_a_formatter_has_nothing_to_do(tmp_path: Path) -> None:
    ruff = shutil.which("ruff", path=str(Path(sys.executable).parent)) or shutil.which("ruff")
    if ruff is None:
        pytest.skip("ruff is not installed")
    for path in [*ALL, EXTENDED]:
        (tmp_path / f"{path.stem}.py").write_text(source_of(path), encoding="utf-8")
    options = ["--isolated", "--diff", "--line-length", "88", str(tmp_path)]
    done = subprocess.run([ruff, "format", *options], capture_output=True, text=True, check=False)
    assert (done.stdout, done.returncode) == ("", 0)


def test_writing_the_file_imports_no_tensorflow(tmp_path: Path) -> None:
    program = (
        "import sys, modelspec\n"
        f"modelspec.export({str(SPECS[0])!r}, 'python', {str(tmp_path / 'model.py')!r})\n"
        "assert not {'tensorflow', 'keras', 'numpy'} & set(sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=False)
    assert (done.stderr, done.returncode) == (b"", 0)
    assert (tmp_path / "model.py").read_text(encoding="utf-8") == source_of(SPECS[0])


def test_models_that_are_alike_share_a_function() -> None:
    text = source_of(ROOT / "tests" / "exporting" / "cases" / "blocks-in-a-stack.yaml")
    assert text.count("def build_residual(") == 1
    assert 'again = build_stage1(x_2, name="again")' in text
    assert "def build_again(" not in text


def test_the_python_file_of_a_run_is_that_of_its_spec(tmp_path: Path) -> None:
    folder = tmp_path / "run"
    folder.mkdir()
    spec = (ROOT / "tests" / "specs_ok" / "chain.yaml").read_text(encoding="utf-8")
    (folder / "spec.expanded.yaml").write_text(f"name: chain\n{spec}", encoding="utf-8")
    made = export(folder, "python", tmp_path / "chain.py")
    assert "def build_model():" in made.read_text(encoding="utf-8")


def test_a_model_in_an_argument_needs_shapes() -> None:
    text = """
modelspec: 1
model:
  sequential:
    input: {shape: [5, 8]}
    layers:
      - TimeDistributed:
          layer: {Functional: {inputs: {x: {}}, layers: {r: ReLU}, edges: [x -> r], outputs: r}}
"""
    opened = compile_text(text, "text", None, Findings())
    if opened is None:
        pytest.skip("refused before anything is written")
    with pytest.raises(SpecError, match="needs a `shape` for each input"):
        python_source(opened.spec, opened.graph)


@pytest.mark.parametrize("name", sorted(NOT_IN_PYTHON))
def test_what_is_known_with_the_data_is_in_no_file(name: str) -> None:
    with pytest.raises(SpecError, match="is known with the data"):
        source_of(ROOT / "tests" / "specs_ok" / f"{name}.yaml")


@pytest.mark.tensorflow
@pytest.mark.parametrize(
    "path", [*(pytest.param(path, marks=pytest.mark.slow) for path in SPECS), *CASES], ids=stem
)
def test_the_file_builds_the_same_model(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MODELSPEC_ALLOW_EXTENSIONS", "1")
    monkeypatch.syspath_prepend(str(path.parent))
    opened = open_spec(path)
    wanted = built_from(opened)
    made, names = built_by(python_source(opened.spec, opened.graph))
    assert type(made) is type(wanted)
    assert plain(made.get_config()) == plain(wanted.get_config())
    shapes = [[tuple(w.shape) for w in model.weights] for model in (made, wanted)]
    assert shapes[0] == shapes[1]
    training = opened.spec.training
    is_compiled = training is not None and training.gan is None  # a gan's file has the generator
    assert ("compile_model" in names) == is_compiled
    if "compile_model" in names:
        fitted = names["build_models"]()[1] if "build_models" in names else made
        names["compile_model"](fitted)
        assert fitted.compiled


@pytest.mark.tensorflow
def test_losses_and_metrics_go_to_the_outputs_that_the_spec_means() -> None:
    import numpy as np

    case = ROOT / "tests" / "exporting" / "cases" / "outputs-under-other-names.yaml"
    model, names = built_by(source_of(case))
    names["compile_model"](model)
    x, zeros = np.ones((4, 8)), np.zeros((4, 2))
    near, lstm = model.predict([x, x], verbose=0)
    logs = model.train_on_batch([x, x], [zeros, zeros], return_dict=True)
    expected = 0.25 * float(np.mean(near**2)) + float(np.mean(np.abs(lstm)))
    assert float(logs["loss"]) == pytest.approx(expected, rel=1e-4)
    assert any(name.endswith("mae") for name in logs)


@pytest.mark.tensorflow
def test_frozen_layers_are_frozen_when_the_model_is_compiled() -> None:
    case = ROOT / "tests" / "exporting" / "cases" / "precision-and-freezing.yaml"
    model, names = built_by(source_of(case))
    names["compile_model"](model)
    stem = model.get_layer("stem")
    assert not stem.get_layer("stem_in").trainable
    assert stem.get_layer("stem_out").trainable
    assert not model.get_layer("stem2").trainable
    assert model.get_layer("head").compute_dtype == "bfloat16"


@pytest.mark.tensorflow
def test_classes_of_extensions_are_found_by_their_registered_names(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("MODELSPEC_ALLOW_EXTENSIONS", "1")
    monkeypatch.syspath_prepend(str(EXTENDED.parent))
    opened = open_spec(EXTENDED)
    wanted = built_from(opened)
    text = python_source(opened.spec, opened.graph)
    assert "import own_layers  # noqa: F401" in text
    made, _ = built_by(text)
    assert plain(made.get_config()) == plain(wanted.get_config())


@pytest.mark.slow
@pytest.mark.tensorflow
def test_the_file_runs_as_a_program(tmp_path: Path) -> None:
    made = export(ROOT / "specs" / "digits.yaml", "python", tmp_path / "digits.py")
    done = subprocess.run(
        [sys.executable, "-W", "error::SyntaxWarning", made.name],
        cwd=tmp_path, capture_output=True, text=True, check=False, encoding="utf-8",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert 'Model: "digits"' in done.stdout


def test_the_head_says_what_is_derived_and_how_often_it_is_trained(tmp_path: Path) -> None:
    path = tmp_path / "spec.yaml"
    path.write_text(
        "modelspec: 1\n"
        "model: {sequential: {input: {shape: [1]}, layers: [Dense: {units: 1}]}}\n"
        "data: {train: {csv: t.csv}, derive: {half: '${a / 2}'}, inputs: [half], targets: b}\n"
        "training: {optimizer: sgd, loss: mse, seeds: 3, seed: 4}\n"
    )
    made = tmp_path / "made.py"
    assert run(["export", str(path), "--format", "python", "-o", str(made)]) == 0
    words = " ".join(made.read_text(encoding="utf-8").split())
    assert "`half` is derived by the spec, so the model takes what is derived." in words
    assert "The spec trains it 3 times, with seeds from 4 on." in words


@pytest.mark.tensorflow
def test_initial_weights_are_loaded_by_name(tmp_path: Path) -> None:
    """As plain Keras code: an inserted layer, one of another name, and one that stays fresh."""
    import keras
    import numpy as np

    def spec(layers: str, weights: str = "") -> Path:
        path = tmp_path / "s.yaml"
        path.write_text(
            "modelspec: 1\nmodel:\n  sequential:\n    input: {shape: [4]}\n    layers:\n"
            + "".join(f"      - {layer}\n" for layer in layers.split("; "))
            + "training:\n  optimizer: adam\n  loss: mse\n"
            + weights
        )
        return path

    dense = "Dense: {{units: 4, name: {}}}"
    inner = "Sequential: {name: inner, layers: [{Dense: {units: 4, name: deep}}]}"
    old = build_opened(open_spec(spec(f"{dense.format('a')}; {inner}; {dense.format('top')}")))
    old.save(tmp_path / "old.keras")
    text = "  initial_weights: {from: old.keras, rename: {inner/deep: inner/new}, fresh: [top]}\n"
    layers = f"{dense.format('first')}; {dense.format('a')}; {inner}; {dense.format('top')}"
    opened = open_spec(spec(layers.replace("deep", "new"), text))
    source = python_source(opened.spec, opened.graph)
    scope: dict[str, Any] = {}
    exec(source.replace("old.keras", str(tmp_path / "old.keras")), scope)
    model = scope["build_model"]()
    fresh = model.get_layer("top").get_weights()[0]
    scope["load_initial_weights"](model)
    assert np.array_equal(
        model.get_layer("a").get_weights()[0], old.get_layer("a").get_weights()[0]
    )
    made = model.get_layer("inner").get_layer("new").get_weights()[0]
    assert np.array_equal(made, old.get_layer("inner").get_layer("deep").get_weights()[0])
    assert np.array_equal(model.get_layer("top").get_weights()[0], fresh)
    assert isinstance(model, keras.Sequential)


def test_weights_that_keras_cannot_load_by_name_are_a_comment(tmp_path: Path) -> None:
    spec = tmp_path / "s.yaml"
    spec.write_text(
        "modelspec: 1\nmodel:\n  sequential:\n    input: {shape: [3]}\n"
        "    layers: [{Dense: {units: 1, name: head}}]\n"
        "training: {optimizer: adam, loss: mse, initial_weights: {head: old.weights.h5}}\n"
    )
    opened = open_spec(spec)
    text = python_source(opened.spec, opened.graph)
    assert "# the spec also begins with 'old.weights.h5' for 'head'" in text.replace('"', "'")
    compile(text, "s.py", "exec")
