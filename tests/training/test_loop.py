"""The loop does what `Model.fit` does: the same calls in the same order, and the same numbers."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pytest
from training_cases import CLASSIFIER, CSV, changed

pytestmark = pytest.mark.tensorflow

FILES = {"t.csv": CSV}
CALLBACKS = """  callbacks:
    - CSVLogger: {filename: log.csv}
    - ReduceLROnPlateau: {monitor: val_loss, patience: 1, factor: 0.5, min_delta: 10.0}
    - ModelCheckpoint: {filepath: "best.keras", monitor: val_loss, save_best_only: true}
    - TensorBoard: {log_dir: board, write_graph: false}
    - TerminateOnNaN
    - EarlyStopping: {monitor: val_loss, patience: 3, min_delta: 10.0}
"""


def test_callbacks_of_keras(fit: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    run = fit(changed(CLASSIFIER, ("epochs: 2", "epochs: 9")) + CALLBACKS, FILES)
    assert not getattr(run, "findings", ()), run.findings
    rates = run.history["learning_rate"]
    assert rates[:3] == pytest.approx([0.05, 0.05, 0.025])  # Keras counts from its second epoch
    assert len(rates) == 4  # the first epoch is the best, and three more are waited for
    with (tmp_path / "log.csv").open() as file:
        logged = [float(row["val_loss"]) for row in csv.DictReader(file)]
    assert logged == run.history["val_loss"]
    assert (tmp_path / "best.keras").is_file()
    assert list((tmp_path / "board").rglob("events.*"))


def test_the_order_of_calls_and_the_numbers_are_those_of_fit() -> None:
    import keras
    import numpy as np

    from modelspec.data.examples.examples import Examples
    from modelspec.data.feed.batches import Feed, Position
    from modelspec.data.feed.structure import Structure
    from modelspec.training.fit.evaluator import Evaluator
    from modelspec.training.fit.loop import FitPlan, Loop

    random = np.random.default_rng(0)
    arrays = {
        name: (random.normal(size=(n, 3)).astype("float32"), random.integers(0, 2, (n, 1)))
        for name, n in (("train", 20), ("validation", 9))
    }
    structure = Structure(("x",), ("y",), "single", "single")

    def feed(name: str) -> Feed:
        x, y = arrays[name]
        rows = np.arange(len(x))
        return Feed(Examples({"x": x}, {"y": y}, None, rows, None), structure, 8)  # type: ignore[arg-type]

    class Heard(keras.callbacks.Callback):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            self.calls: list[Any] = []

    hooks = [f"on_{part}_{end}" for part in ("train", "epoch", "test") for end in ("begin", "end")]
    hooks += [f"on_{part}_batch_{end}" for part in ("train", "test") for end in ("begin", "end")]
    for hook in hooks:

        def heard(self: Any, *args: Any, logs: Any = None, hook: str = hook) -> None:
            values = {name: float(value) for name, value in (logs or {}).items()}
            self.calls.append((hook, *args, sorted(values.items())))

        setattr(Heard, hook, heard)

    class Quiet:
        def on_position(self, position: Any, metrics: Any = None) -> None: ...

        def steps_until_save(self, position: Any) -> int:
            return 1000

    def fitted(by_loop: bool) -> tuple[list[Any], list[Any]]:
        keras.utils.set_random_seed(1)
        layers = [keras.layers.Dense(4), keras.layers.Dropout(0.5), keras.layers.Dense(1)]
        model = keras.Sequential([keras.Input((3,)), *layers])
        model.compile("adam", "binary_crossentropy", metrics=["mae"])
        callback = Heard()
        if by_loop:
            plan = FitPlan(feed("train"), 5, 2, 3, feed("validation"), "auto")
            evaluator = Evaluator(model, structure, [], 8, 1)
            loop = Loop(model, plan, evaluator, [callback], Quiet())
            loop.run(Position(), lambda: None, lambda: None)
        else:
            model.fit(
                feed("train").shuffled(5),
                steps_per_epoch=3,
                epochs=2,
                validation_data=feed("validation").in_order(),
                callbacks=[callback],
                shuffle=False,
                verbose=0,
            )
        return callback.calls, [weight.numpy().tobytes() for weight in model.weights]

    calls, weights = fitted(by_loop=True)
    expected, expected_weights = fitted(by_loop=False)
    assert [call[:-1] for call in calls] == [call[:-1] for call in expected]
    for call, other in zip(calls, expected, strict=True):
        assert [name for name, _ in call[-1]] == [name for name, _ in other[-1]]
        assert [v for _, v in call[-1]] == pytest.approx([v for _, v in other[-1]], rel=1e-6)
    assert weights == expected_weights


def test_without_tensorboard_it_says_what_to_install(
    fit: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    import importlib.util

    found = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name: None if name == "tensorboard" else found(name)
    )
    error = fit(f"{CLASSIFIER}  callbacks: [TensorBoard]\n", FILES)
    assert error.exit_code == 3
    assert "spec.yaml:20:15: TensorBoard needs a package that is not installed" in str(error)
