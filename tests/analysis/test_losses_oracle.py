"""Keras is the oracle: what is called an error fails there, and what is no error does not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from test_losses import NEEDED, classes

from modelspec.analysis.arguments import keras_class
from modelspec.analysis.losses import kinds
from modelspec.api.building import build
from modelspec.api.validation import validate_file
from modelspec.diagnostics.finding import Severity
from modelspec.diagnostics.findings import Findings
from modelspec.document.load import load
from modelspec.spec.model.model import KerasObject
from modelspec.spec.spec import Spec, parse_spec

pytestmark = pytest.mark.tensorflow

BAD = Path(__file__).parents[1] / "specs_bad"
REFUSED = (
    r"shape|imension|rank|Incompatible|logits|class|label|multiple values|bounds|range|axis|bool"
)
METRICS = sorted(BAD.glob("loss-metrics-*.yaml"))


def test_keras_knows_the_same_directions() -> None:
    import keras

    for name in classes("metric"):
        metric = getattr(keras.metrics, name)(**NEEDED.get(name, {}))
        expected = None if name in kinds.NO_DIRECTION else "down"
        if name in kinds.LARGER_IS_BETTER:
            expected = "up"
        assert getattr(metric, "_direction", None) == expected, name


def spec_of(path: Path) -> Spec:
    """The typed spec of a file, whatever its losses are."""
    findings = Findings()
    document = load(path.read_text(encoding="utf-8"), path.name, findings)
    assert document is not None
    return parse_spec(document, path, findings)


def metric_cases() -> list[Any]:
    """Every metric of the golden files, with what is said of it."""
    cases = []
    for path in METRICS:
        training = spec_of(path).training
        assert training is not None
        assert training.metrics is not None
        assert training.loss.single is not None
        said = {(f.span.line, f.span.column): f.severity for f in validate_file(path)}
        for metric in training.metrics.single or ():
            severity = said.get((metric.span.line, metric.span.column))
            name = f"{path.stem[13:]}-{len(cases)}-{metric.class_name}"
            cases.append(pytest.param(path, training.loss.single, metric, severity, id=name))
    return cases


def batch(kind: str, model: Any) -> tuple[Any, Any]:
    """Inputs and targets of 8 examples."""
    import numpy as np

    rng = np.random.default_rng(1)
    units = model.output_shape[-1]
    x = rng.normal(size=(8, *model.input_shape[1:])).astype("float32")
    classes = rng.permutation(np.arange(8) % max(units, 2))
    if kind == "SparseCategoricalCrossentropy":
        return x, classes[:, np.newaxis]
    if kind == "CategoricalCrossentropy":
        return x, np.eye(units, dtype="float32")[classes]
    return x, rng.integers(0, 2, size=(8, *model.output_shape[1:])).astype("float32")


@pytest.mark.parametrize(("path", "loss", "metric", "severity"), metric_cases())
def test_keras_fails_on_what_is_an_error_and_only_there(
    path: Path, loss: KerasObject, metric: KerasObject, severity: Severity | None
) -> None:
    from modelspec.building.objects import make_object

    model = build(path, {"training.metrics": []})
    x, y = batch(keras_class(loss), model)

    def train() -> None:
        model.compile("sgd", make_object(loss), metrics=[make_object(metric)])
        model.train_on_batch(x, y)

    if severity is Severity.ERROR:
        with pytest.raises(Exception, match=REFUSED):
            train()
    else:
        train()


def fit(model: Any, y: Any, *callbacks: Any, epochs: int = 1) -> None:
    """A short training with a validation split."""
    import numpy as np

    x = np.linspace(0, 1, 32, dtype="float32").reshape(8, 4)
    model.fit(x, y, epochs=epochs, validation_data=(x, y), callbacks=list(callbacks), verbose=0)


@pytest.mark.parametrize(
    ("monitor", "fails"),
    [("val_loss", False), ("val_a_accuracy", True), ("val_b_loss", True)],
)
def test_with_two_outputs_keras_knows_the_direction_of_the_loss_alone(
    monitor: str, fails: bool
) -> None:
    import keras
    import numpy as np

    x = keras.Input((4,))
    model = keras.Model(x, [keras.layers.Dense(1, name=name)(x) for name in "ab"])
    model.compile("sgd", {"a": "mse", "b": "mse"}, metrics={"a": ["accuracy"]})
    watch = keras.callbacks.EarlyStopping(monitor)
    y = {name: np.ones((8, 1)) for name in "ab"}
    if fails:
        with pytest.raises(ValueError, match="automatically determine"):
            fit(model, y, watch)
    else:
        fit(model, y, watch)


@pytest.mark.parametrize("name", ["EarlyStopping", "ReduceLROnPlateau", "ModelCheckpoint"])
def test_a_metric_without_direction_ends_the_training(name: str, tmp_path: Path) -> None:
    import keras
    import numpy as np

    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(1, activation="sigmoid")])
    model.compile("sgd", "binary_crossentropy", metrics=["FalseNegatives"])
    more = {"filepath": str(tmp_path / "x.keras")} if name == "ModelCheckpoint" else {}
    watch = getattr(keras.callbacks, name)(monitor="val_FalseNegatives", **more)
    with pytest.raises(ValueError, match="automatically determine"):
        fit(model, np.ones((8, 1)), watch)


def test_no_gradient_flows_through_whole_numbers() -> None:
    import keras
    import numpy as np

    x = keras.Input((4,))
    model = keras.Model(x, keras.ops.argmax(keras.layers.Dense(3)(x), axis=-1))
    model.compile("sgd", "mse")
    with pytest.raises(ValueError, match="gradients"):
        fit(model, np.ones(8))


def test_plateau_cannot_set_what_a_schedule_computes() -> None:
    import keras
    import numpy as np

    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(1)])
    model.compile(keras.optimizers.Adam(keras.optimizers.schedules.CosineDecay(1e-3, 10)), "mse")
    plateau = keras.callbacks.ReduceLROnPlateau(patience=1, min_delta=1e9)
    with pytest.raises(TypeError, match="LearningRateSchedule"):
        fit(model, np.ones((8, 1)), plateau, epochs=4)
