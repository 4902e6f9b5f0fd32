"""Weights of Keras 2 files in the model that the spec builds: the outputs of Keras 2, to 1e-5."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

import pytest

from modelspec.compile.stages import compile_text
from modelspec.diagnostics.finding import Severity
from modelspec.diagnostics.findings import Findings
from modelspec.importing.model_files import ImportResult, import_file
from modelspec.importing.weights.extract import extract_weights

pytestmark = pytest.mark.tensorflow

MODELS = Path(__file__).parent / "keras2" / "models.zip"
NAMES = sorted(name for name in zipfile.ZipFile(MODELS).namelist() if not name.endswith(".npz"))


def imported_and_built(path: Path, findings: Findings) -> tuple[ImportResult, Any]:
    from modelspec.building.build import build_model

    imported = import_file(path, findings)
    assert imported is not None, findings.sorted()
    opened = compile_text(imported.text, "spec.yaml", None, Findings())
    assert opened is not None
    return imported, build_model(opened.spec, opened.graph, findings)


@pytest.mark.parametrize(
    "name",
    [*NAMES[::3], *(pytest.param(n, marks=pytest.mark.slow) for n in NAMES if n not in NAMES[::3])],
)
def test_outputs_equal_those_of_keras_2(name: str, tmp_path: Path) -> None:
    import keras
    import numpy as np

    with zipfile.ZipFile(MODELS) as archive:
        archive.extract(name, tmp_path)
        archive.extract(f"{Path(name).stem}.npz", tmp_path)
    findings = Findings()
    imported, model = imported_and_built(tmp_path / name, findings)
    assert imported.weights_source is not None
    output = tmp_path / "out.weights.h5"
    assert extract_weights(imported.weights_source, model, output, findings), findings.sorted()
    assert all(finding.severity is Severity.NOTE for finding in findings)

    fresh = imported_and_built(tmp_path / name, Findings())[1]
    fresh.load_weights(str(output))
    arrays = np.load(tmp_path / f"{Path(name).stem}.npz")
    inputs = [arrays[key] for key in arrays if key.startswith("x")]
    expected = [arrays[key] for key in arrays if key.startswith("y")]
    given = fresh(inputs if len(inputs) > 1 else inputs[0], training=False)
    found = [np.asarray(value) for value in keras.tree.flatten(given)]
    assert [value.shape for value in found] == [value.shape for value in expected]
    for value, wanted in zip(found, expected, strict=True):
        np.testing.assert_allclose(value, wanted, rtol=1e-5, atol=1e-5)


def save(model: Any, path: Path) -> Path:
    model.save(str(path))
    return path


@pytest.mark.parametrize("ending", ["keras", "h5"])
@pytest.mark.filterwarnings("ignore:You are saving your model")
@pytest.mark.filterwarnings("ignore::UserWarning")
def test_keras_3_files_give_their_weights_too(ending: str, tmp_path: Path) -> None:
    import keras
    import numpy as np

    from .configurations import nested_deep, recurrent

    for make in (nested_deep, recurrent):
        model = make(keras)
        path = save(model, tmp_path / f"{make.__name__}.{ending}")
        findings = Findings()
        imported, built = imported_and_built(path, findings)
        assert imported.weights_source is not None
        target = tmp_path / "w.weights.h5"
        assert extract_weights(imported.weights_source, built, target, findings), findings.sorted()
        for ours, theirs in zip(built.get_weights(), model.get_weights(), strict=True):
            np.testing.assert_array_equal(ours, theirs)


def test_weights_that_do_not_fit_are_named(tmp_path: Path) -> None:
    from modelspec.building.build import build_model

    with zipfile.ZipFile(MODELS) as archive:
        archive.extract("mlp.h5", tmp_path)
    findings = Findings()
    imported = import_file(tmp_path / "mlp.h5", findings)
    assert imported is not None
    assert imported.weights_source is not None
    other = imported.text.replace("units: 4", "units: 5")
    opened = compile_text(other, "spec.yaml", None, Findings())
    assert opened is not None
    model = build_model(opened.spec, opened.graph, findings)
    assert not extract_weights(imported.weights_source, model, tmp_path / "w.weights.h5", findings)
    messages = [f.message for f in findings if f.code == "weights-do-not-fit"]
    assert any("[8, 5]" in message and "[8, 4]" in message for message in messages)
    assert not (tmp_path / "w.weights.h5").exists()


def test_a_json_file_has_no_weights(tmp_path: Path) -> None:
    import keras

    path = tmp_path / "model.json"
    layers = [keras.Input((3,)), keras.layers.Dense(2)]
    path.write_text(keras.Sequential(layers).to_json())
    imported = import_file(path, Findings())
    assert imported is not None
    assert imported.weights_source is None


def test_cudnn_weights_become_those_of_the_plain_layers() -> None:
    """What CuDNN computes, written down gate by gate, against the layer with converted weights."""
    import keras
    import numpy as np

    from modelspec.importing.keras2 import convert_arrays

    random = np.random.default_rng(0)
    units, width = 3, 2
    x = random.normal(size=(1, 4, width)).astype("float32")
    for gates, layer in ((4, keras.layers.LSTM(units)), (3, keras.layers.GRU(units))):
        layer.build((None, 4, width))
        inputs = [random.normal(size=(width, units)).astype("float32") for _ in range(gates)]
        states = [random.normal(size=(units, units)).astype("float32") for _ in range(gates)]
        biases = random.normal(size=(2, gates, units)).astype("float32")
        # CuDNN keeps each matrix by rows of its transpose, and both biases in one list
        saved = [
            np.concatenate([m.T.reshape(m.shape) for m in inputs], axis=1),
            np.concatenate([m.T for m in states], axis=1),
            biases.reshape(-1),
        ]
        layer.set_weights(convert_arrays(layer, saved, ""))
        run = _lstm if gates == 4 else _gru
        wanted = run(x[0], inputs, states, biases)
        np.testing.assert_allclose(np.asarray(layer(x))[0], wanted, rtol=1e-4, atol=1e-5)


def _sigmoid(x: Any) -> Any:
    import numpy as np

    return 1 / (1 + np.exp(-x))


def _lstm(steps: Any, w: Any, u: Any, b: Any) -> Any:
    import numpy as np

    h = c = np.zeros(u[0].shape[0])
    for x in steps:
        i, f, g, o = (x @ w[k] + b[0, k] + h @ u[k] + b[1, k] for k in range(4))
        c = _sigmoid(f) * c + _sigmoid(i) * np.tanh(g)
        h = _sigmoid(o) * np.tanh(c)
    return h


def _gru(steps: Any, w: Any, u: Any, b: Any) -> Any:
    import numpy as np

    h = np.zeros(u[0].shape[0])
    for x in steps:
        z, r = (_sigmoid(x @ w[k] + b[0, k] + h @ u[k] + b[1, k]) for k in range(2))
        new = np.tanh(x @ w[2] + b[0, 2] + r * (h @ u[2] + b[1, 2]))
        h = z * h + (1 - z) * new
    return h
