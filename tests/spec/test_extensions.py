"""Extension classes: taken on trust, or imported and held to their signatures."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from modelspec.api.building import build
from modelspec.api.validation import validate_file
from modelspec.cli import run
from modelspec.diagnostics.finding import Finding
from modelspec.diagnostics.problems import SpecError
from modelspec.spec.extensions import ALLOW_EXTENSIONS

MODULE = """
import keras

@keras.saving.register_keras_serializable("my")
class Scale(keras.layers.Layer):
    def __init__(self, factor, offset=0.0, **kwargs):
        super().__init__(**kwargs)
        self.factor, self.offset = factor, offset

    def call(self, x):
        return x * self.factor + self.offset

    def get_config(self):
        return {**super().get_config(), "factor": self.factor, "offset": self.offset}

@keras.saving.register_keras_serializable("my")
class Popping(keras.layers.Dense):
    def __init__(self, *args, **kwargs):
        self.extra = kwargs.pop("extra", 1)
        super().__init__(*args, **kwargs)

@keras.saving.register_keras_serializable("my")
class NoLayer:
    def get_config(self):
        return {}
"""

SPEC = """\
modelspec: 1
extensions: [{module}]
model:
  sequential:
    input: {{shape: [4]}}
    layers:
      - {layer}
"""


@pytest.fixture(autouse=True)
def nothing_allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(ALLOW_EXTENSIONS, raising=False)


@pytest.fixture
def module(tmp_path: Path) -> Iterator[str]:
    """The name of an extension beside the spec, of its own for each test."""
    name = f"extension_{abs(hash(tmp_path))}"
    (tmp_path / f"{name}.py").write_text(MODULE, encoding="utf-8")
    yield name
    sys.modules.pop(name, None)


def write(folder: Path, module: str, layer: str) -> Path:
    path = folder / "spec.yaml"
    path.write_text(SPEC.format(module=module, layer=layer), encoding="utf-8")
    return path


def allowed(path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Finding]:
    monkeypatch.setenv(ALLOW_EXTENSIONS, "1")
    return validate_file(path)


def test_one_note_for_each_class_says_what_is_taken_on_trust(tmp_path: Path, module: str) -> None:
    path = write(tmp_path, module, "my>Scale: {factor: 2}\n      - my>Scale\n      - my>Other")
    notes = validate_file(path)
    assert [(n.severity, n.code, n.span.line) for n in notes] == [
        ("note", "extension-on-trust", 7),
        ("note", "extension-on-trust", 9),
    ]
    assert module not in sys.modules


def test_all_else_is_still_checked(tmp_path: Path, module: str) -> None:
    path = write(tmp_path, module, "my>Scale\n      - Dense: {units: 0}")
    assert [f.code for f in validate_file(path)] == ["extension-on-trust", "wrong-value"]


def test_a_class_without_any_extension_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "spec.yaml"
    text = SPEC.format(module="", layer="my>Scale").replace("extensions: []\n", "")
    path.write_text(text, encoding="utf-8")
    assert [f.code for f in validate_file(path)] == ["no-extension"]


@pytest.mark.tensorflow
def test_without_leave_a_build_says_what_is_missing(tmp_path: Path, module: str) -> None:
    path = write(tmp_path, module, "my>Absent: {factor: 2.0}")
    with pytest.raises(SpecError) as caught:
        build(path)
    (finding,) = caught.value.findings
    assert (finding.code, finding.span.line) == ("extension-not-allowed", 7)
    assert "--allow-extensions" in finding.hint
    assert module in finding.message


@pytest.mark.tensorflow
def test_with_leave_it_builds(tmp_path: Path, module: str, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(tmp_path, module, "my>Scale: {factor: 2.0, name: twice}")
    assert allowed(path, monkeypatch) == []
    layer = build(path).get_layer("twice")
    assert (type(layer).__module__, layer.factor) == (module, 2.0)
    assert str(tmp_path) not in sys.path


WRONG = [
    ("my>Scale: {facto: 2}", ["unknown-argument"], 'did you mean "factor"?'),
    ("my>Scale", ["missing-key"], "needs `factor`"),
    ("my>Scale: {factor: 2, offset: 1, trainable: false, dtype: float32}", [], ""),
    ("my>Popping: {units: 3, extra: 4, activation: relu}", [], ""),
    ("my>Popping: {units: 3, extr: 4}", ["unknown-argument"], 'did you mean "extra"?'),
    ("my>Scal: {factor: 2}", ["unknown-extension-class"], 'did you mean "my>Scale"?'),
    ("my>NoLayer", ["not-a-layer"], "not a subclass"),
]


@pytest.mark.tensorflow
@pytest.mark.parametrize(("layer", "codes", "words"), WRONG, ids=[case[0] for case in WRONG])
def test_arguments_are_checked_by_the_signature(
    layer: str,
    codes: list[str],
    words: str,
    tmp_path: Path,
    module: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    findings = allowed(write(tmp_path, module, layer), monkeypatch)
    assert [finding.code for finding in findings] == codes
    assert all(words in finding.message for finding in findings)


@pytest.mark.tensorflow
@pytest.mark.parametrize(
    ("source", "words"),
    [
        (None, "there is no module"),
        ("import absent_package_for_a_test\n", "absent_package_for_a_test"),
        ("def f():\n    raise RuntimeError('bad luck')\nf()\n", "RuntimeError: bad luck"),
        ("import sys\nsys.exit(3)\n", "SystemExit: 3"),
        ("def f(:\n", "SyntaxError"),
    ],
)
def test_an_import_that_fails_is_a_finding(
    source: str | None, words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if source is not None:
        (tmp_path / "failing_extension.py").write_text(source, encoding="utf-8")
    path = write(tmp_path, "failing_extension", "my>Scale: {factor: 2}")
    (finding,) = allowed(path, monkeypatch)
    assert (finding.code, finding.span.line) == ("extension-failed", 2)
    assert words in finding.message
    assert str(tmp_path) not in sys.path


@pytest.mark.tensorflow
def test_another_module_of_the_same_name_is_not_taken_for_it(
    tmp_path: Path, module: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, module, ModuleType(module))  # the program's own
    sys.modules[module].__file__ = __file__
    (finding,) = allowed(write(tmp_path, module, "my>Scale: {factor: 2}"), monkeypatch)
    assert finding.code == "extension-clash"


@pytest.mark.tensorflow
def test_the_option_allows_for_one_command(
    tmp_path: Path, module: str, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write(tmp_path, module, "my>Scale: {facto: 2}")
    assert run(["validate", str(path)]) == 0
    assert run(["validate", "--allow-extensions", str(path)]) == 1
    assert "unknown-argument" in capsys.readouterr().out
    assert ALLOW_EXTENSIONS not in os.environ


@pytest.mark.tensorflow
def test_each_build_has_the_classes_of_its_own_extensions(tmp_path: Path) -> None:
    def spec(folder: str, name: str, factor: int) -> Path:
        (tmp_path / folder).mkdir()
        text = MODULE.replace("x * self.factor", f"x * {factor}")
        (tmp_path / folder / f"{name}.py").write_text(text, encoding="utf-8")
        return write(tmp_path / folder, name, "my>Scale: {factor: 0}")

    def answers(path: Path) -> float:
        return float(build(path, allow_extensions=True)(np.ones([1, 4]))[0, 0])

    import numpy as np

    paths = [spec("a", "one_extension", 2), spec("b", "other_extension", 3)]
    paths.append(spec("c", "one_extension", 5))  # the same name in another folder
    assert [answers(path) for path in paths] == [2, 3, 5]
    assert [answers(path) for path in paths] == [2, 3, 5]
    with pytest.raises(SpecError, match="extension-not-allowed"):
        build(paths[0])  # what was allowed once is not allowed now
    for name in ("one_extension", "other_extension"):
        sys.modules.pop(name, None)


@pytest.mark.tensorflow
def test_an_extension_is_found_beside_the_base_that_names_it(tmp_path: Path, module: str) -> None:
    base = write(tmp_path, module, "my>Scale: {factor: 2.0}")
    (tmp_path / "inner").mkdir()
    path = tmp_path / "inner" / "small.yaml"
    path.write_text(f"modelspec: 1\nextends: ../{base.name}\n", encoding="utf-8")
    assert build(path, allow_extensions=True).count_params() == 0
