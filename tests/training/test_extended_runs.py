"""A run whose layer, activation and loss are an extension's, from training to use, in any place."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from modelspec.api.exporting import export
from modelspec.api.predicting import evaluate, predict
from modelspec.api.training import train
from modelspec.cli import run as command
from modelspec.diagnostics.problems import SpecError
from modelspec.spec.extensions import ALLOW_EXTENSIONS

pytestmark = pytest.mark.tensorflow

MODULE = """
import keras
from {helper} import FACTOR

@keras.saving.register_keras_serializable("house")
class Times(keras.layers.Layer):
    def call(self, x):
        return FACTOR * x

@keras.saving.register_keras_serializable("house")
def bent(x):
    return x + keras.ops.relu(-x) / 2

@keras.saving.register_keras_serializable("house")
class Gap(keras.losses.Loss):
    def call(self, y_true, y_pred):
        return keras.ops.mean(keras.ops.abs(y_true - y_pred), axis=-1)
"""

SPEC = """\
modelspec: 1
extensions: [house_of_a_run]
model:
  sequential:
    input: {shape: [1]}
    layers: [house>Times, Dense: {units: 1, activation: house>bent, name: "y"}]
data: {train: {csv: d.csv}, test: 0.5, targets: {y: y}}
training: {optimizer: sgd, loss: house>Gap}
"""


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A run folder far from its spec, which is gone, as are the modules beside it."""
    folder = tmp_path_factory.mktemp("spec")
    module = MODULE.format(helper="helper_of_a_run")
    (folder / "house_of_a_run.py").write_text(module, encoding="utf-8")
    (folder / "helper_of_a_run.py").write_text("FACTOR = 2.0\n", encoding="utf-8")
    (folder / "spec.yaml").write_text(SPEC, encoding="utf-8")
    rows = "\n".join(f"{x},{2 * x}" for x in range(8))
    (folder / "d.csv").write_text(f"x,y\n{rows}\n", encoding="utf-8")
    with pytest.raises(SpecError) as caught:
        train(folder / "spec.yaml", output=folder / "run")
    codes = {finding.code for finding in caught.value.findings}
    assert (codes, len(caught.value.findings)) == ({"extension-not-allowed"}, 3)
    made = train(folder / "spec.yaml", output=folder / "run", allow_extensions=True)
    place = tmp_path_factory.mktemp("elsewhere")
    shutil.copy(folder / "d.csv", place / "new.csv")
    moved = shutil.move(made.path, place / "moved")
    shutil.rmtree(folder)
    forget()
    yield Path(moved)
    forget()


def forget() -> None:
    for name in ("house_of_a_run", "helper_of_a_run"):
        sys.modules.pop(name, None)


def test_a_run_is_whole_where_it_was_moved(run: Path) -> None:
    new = run.parent / "new.csv"
    columns = predict(run, new, allow_extensions=True)
    assert len(columns["y"]) == 8
    measured, _ = evaluate(run, new, allow_extensions=True)
    expected = abs(columns["y"] - [2 * x for x in range(8)]).mean()
    assert measured["loss"] == pytest.approx(float(expected), rel=1e-4)
    source = export(run, "python", run.parent / "m.py").read_text(encoding="utf-8")
    assert "activation=bent," in source
    assert "loss=Gap()" in source
    assert export(run, "keras", run.parent / "m.keras", allow_extensions=True).is_file()


@pytest.mark.parametrize("name", ["evaluate", "predict", "export"])
def test_without_leave_each_command_says_what_it_needs(
    name: str, run: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(ALLOW_EXTENSIONS, raising=False)
    new = ["--data", str(run.parent / "new.csv")]
    more = {"evaluate": new, "predict": new, "export": ["--format", "keras", "-o", "no.keras"]}
    assert command([name, str(run), *more[name]]) == 1
    said = "".join(capsys.readouterr())
    assert said.count("error: ") == said.count("[extension-not-allowed]") > 0
    assert "add --allow-extensions" in said
    assert command([name, str(run), *more[name], "--help"]) == 0
    assert "--allow-extensions" in capsys.readouterr().out
