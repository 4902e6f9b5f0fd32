"""Every spec in specs/ builds, and learns from one batch."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from modelspec.api.building import build_opened, open_spec
from modelspec.compile.stages import CompiledSpec

pytestmark = pytest.mark.tensorflow

SPECS = sorted((Path(__file__).parents[2] / "specs").glob("*.yaml"))
BATCH = 4


def batch(opened: CompiledSpec) -> list[Any]:
    """Random values for each input, small enough to be an index everywhere."""
    import numpy as np
    import tensorflow as tf

    random = np.random.default_rng(7)
    values: list[Any] = []
    for entry in opened.graph.inputs:
        assert entry.shape is not None
        shape = (BATCH, *(size or 6 for size in entry.shape))
        if entry.dtype == "string":
            values.append(tf.constant(random.choice(["a", "b"], shape)))
        elif str(entry.dtype).startswith("int"):
            values.append(tf.constant(random.integers(1, 9, shape)))
        else:
            values.append(tf.constant(random.random(shape, dtype="float32")))
    return values


@pytest.mark.parametrize("path", SPECS, ids=lambda p: p.stem)
def test_it_builds_and_takes_a_step(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import keras
    import numpy as np

    monkeypatch.setenv("MODELSPEC_ALLOW_EXTENSIONS", "1")
    opened = open_spec(path)
    if opened.spec.data is not None:
        pytest.skip("tests/training fits it to its data")
    model = build_opened(opened)
    values = batch(opened)
    inputs = values[0] if len(values) == 1 else values
    outputs = model(inputs)
    targets = keras.tree.map_structure(lambda t: np.zeros(t.shape, "float32"), outputs)
    model.compile(
        "sgd",
        "mse"
        if not isinstance(outputs, (list, dict))
        else keras.tree.map_structure(lambda _: "mse", outputs),
    )
    before = [np.array(w) for w in model.trainable_weights]
    loss = model.train_on_batch(inputs, targets)
    assert np.all(np.isfinite(loss))
    after = [np.array(w) for w in model.trainable_weights]
    assert any(not np.array_equal(a, b) for a, b in zip(before, after, strict=True))
