"""`modelspec import`, from a file to a spec and its weights, as a person calls it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from modelspec.api.building import build
from modelspec.cli import run

pytestmark = pytest.mark.tensorflow


@pytest.fixture
def saved(tmp_path: Path) -> tuple[Path, Any]:
    import keras

    keras.utils.clear_session()
    layers = [keras.Input((4,)), keras.layers.Dense(3, "relu"), keras.layers.Dense(2)]
    model = keras.Sequential(layers, name="small")
    model.save(tmp_path / "small.keras")
    return tmp_path / "small.keras", model


def test_the_weights_come_along(saved: tuple[Path, Any], tmp_path: Path) -> None:
    import numpy as np

    path, model = saved
    spec, weights = tmp_path / "small.yaml", tmp_path / "small.weights.h5"
    assert run(["import", str(path), "-o", str(spec), "--weights", str(weights)]) == 0
    again = build(spec)
    assert not np.array_equal(again.get_weights()[0], model.get_weights()[0])
    again.load_weights(weights)
    for one, other in zip(again.get_weights(), model.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)


def test_nothing_is_overwritten(saved: tuple[Path, Any], tmp_path: Path) -> None:
    weights = tmp_path / "small.weights.h5"
    weights.write_text("kept", encoding="utf-8")
    assert run(["import", str(saved[0]), "--weights", str(weights)]) == 2
    assert weights.read_text(encoding="utf-8") == "kept"


def test_a_configuration_alone_has_no_weights(
    saved: tuple[Path, Any], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = tmp_path / "small.json"
    config.write_text(saved[1].to_json(), encoding="utf-8")
    assert run(["import", str(config), "--weights", str(tmp_path / "a.weights.h5")]) == 2
    assert "has no weights" in capsys.readouterr().err


def test_another_ending_is_refused(saved: tuple[Path, Any], tmp_path: Path) -> None:
    assert run(["import", str(saved[0]), "--weights", str(tmp_path / "a.bin")]) == 2
    assert not (tmp_path / "a.bin").exists()


def test_python_code_is_refused_by_layer(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    import keras

    layers = [keras.Input((4,)), keras.layers.Lambda(lambda x: x, name="odd")]
    path = tmp_path / "odd.keras"
    keras.Sequential(layers).save(path)
    assert run(["import", str(path)]) == 1
    assert '"odd" (Lambda)' in capsys.readouterr().out
