"""Trainings by one device and by replicas of one process: the differences, as JSON.

    python divided_cases.py [CASE ...]

Logical CPU devices have to be configured before TensorFlow starts, so tests run this as a process.
Batches of 7 rows are divided among 3 replicas, and the last one has 5. TensorFlow has one number of
replicas in a process.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from typing import Any

REPLICAS = 3
ROWS = 40


class Examples:
    """As a `Feed` takes them: all that it asks for."""

    def __init__(self, inputs: dict[str, Any], targets: dict[str, Any]) -> None:
        self.inputs = inputs
        self.targets = targets

    def __len__(self) -> int:
        return ROWS


def dense(**compiled: Any) -> Any:
    """A model with regularized weights and activities, and with synchronized normalization."""
    import keras

    layers = keras.layers
    model = keras.Sequential(
        [
            keras.Input((6,)),
            layers.Dense(8, "tanh", kernel_regularizer="l2", activity_regularizer="l1"),
            layers.BatchNormalization(synchronized=True),
            layers.Dense(3, "softmax"),
        ]
    )
    given = {"optimizer": keras.optimizers.SGD(0.1), "loss": "sparse_categorical_crossentropy"}
    model.compile(**{**given, **compiled})
    return model


def unusual() -> Any:
    """A layer that changes its weights before it uses them, and gradients of two dtypes."""
    import keras

    layers = keras.layers
    model = keras.Sequential(
        [
            keras.Input((6,)),
            layers.SpectralNormalization(layers.Dense(8, "tanh", kernel_regularizer="l2")),
            layers.Dense(5, "tanh", dtype="float64"),
            layers.Dense(3, "softmax"),
        ]
    )
    model.compile(optimizer(), "sparse_categorical_crossentropy")
    return model


def masked() -> Any:
    """A loss and metrics that a mask divides by what it leaves."""
    import keras

    layers = keras.layers
    numbers = keras.Input((6,), dtype="int64")
    known = layers.Embedding(9, 4, mask_zero=True)(numbers)
    model = keras.Model(
        numbers, layers.Dense(3, "softmax")(layers.LSTM(5, return_sequences=True)(known))
    )
    model.compile("sgd", "sparse_categorical_crossentropy", weighted_metrics=["accuracy"])
    return model


def embedded() -> Any:
    """Rows of a table that a batch uses several times, which an optimizer takes one by one, and
    those of places, which every row of a batch uses, one of them several times."""
    import keras

    layers = keras.layers

    class Places(layers.Layer):
        def __init__(self) -> None:
            super().__init__()
            self.table = layers.Embedding(6, 4)

        def call(self, values: Any) -> Any:
            return values + self.table(keras.ops.array([0, 1, 2, 2, 1, 2]))

    numbers = keras.Input((6,), dtype="int64")
    known = layers.Embedding(9, 4)
    both = layers.Add()([known(numbers), known(8 - numbers)])
    words = layers.Dense(3, "softmax")(Places()(both))
    model = keras.Model(numbers, words)
    adam = keras.optimizers.Adam(0.01, clipnorm=0.05)
    model.compile(adam, "sparse_categorical_crossentropy")
    return model


def optimizer(**options: Any) -> Any:
    """SGD with options of every optimizer."""
    import keras

    return keras.optimizers.SGD(0.1, **options)


def batch_loss() -> Any:
    """A loss over all rows of a batch at once."""
    import keras

    return keras.losses.Dice()


def scaled() -> Any:
    """A model whose losses are scaled."""
    import keras

    return dense(optimizer=keras.optimizers.LossScaleOptimizer(optimizer()))


def metrics() -> Any:
    """A model with metrics whose states are no sums over rows alone."""
    import keras

    found = [
        keras.metrics.MeanIoU(3, sparse_y_pred=False),
        "accuracy",
        "sparse_top_k_categorical_accuracy",
    ]
    return dense(metrics=found)


def dropped() -> Any:
    """A model that draws."""
    import keras

    return keras.Sequential([keras.Input((64,)), keras.layers.Dropout(0.5)])


def without_loss() -> Any:
    """A model whose layers add all that is made small."""
    import keras

    layers = [keras.layers.Dense(3, activity_regularizer="l2"), keras.layers.Dense(2)]
    model = keras.Sequential([keras.Input((6,)), *layers])
    model.compile(optimizer=keras.optimizers.SGD(0.1))
    return model


CASES: dict[str, Callable[[], Any]] = {
    "means": dense,
    "sum": lambda: dense(loss=sparse_sum()),
    "batch_loss": lambda: dense(loss=batch_loss()),
    "global_clipnorm": lambda: dense(optimizer=optimizer(global_clipnorm=0.1)),
    "accumulation": lambda: dense(optimizer=optimizer(gradient_accumulation_steps=2)),
    "average": lambda: dense(
        optimizer=optimizer(use_ema=True, ema_overwrite_frequency=2, weight_decay=0.01)
    ),
    "loss_scale": scaled,
    "metrics": metrics,
    "mask": masked,
    "embedded": embedded,
    "unusual": unusual,
    "without_loss": without_loss,
}


def sparse_sum() -> Any:
    """A loss that is the sum over a batch."""
    import keras

    return keras.losses.SparseCategoricalCrossentropy(reduction="sum")


def main() -> None:
    import tensorflow as tf

    cpu = tf.config.list_physical_devices("CPU")[0]
    devices = [tf.config.LogicalDeviceConfiguration()] * REPLICAS
    tf.config.set_logical_device_configuration(cpu, devices)
    from modelspec.training.engine.engines import OneDevice, StrategyEngine

    names = [device.name for device in tf.config.list_logical_devices("CPU")]
    replicas = StrategyEngine("mirrored", tf.distribute.MirroredStrategy(names))
    found: dict[str, Any] = {}
    for name in sys.argv[1:] or CASES:
        one = trained(name, CASES[name], OneDevice())
        found[name] = difference(one, trained(name, CASES[name], replicas))
    found["masks of dropout"] = masks_of_dropout(replicas)
    print(json.dumps(found))


def feed_of(name: str) -> Any:
    """40 rows in batches of 7."""
    import numpy as np

    from modelspec.data.feed import Feed, Structure

    draw = np.random.default_rng(3)
    if name in ("mask", "embedded"):
        x = draw.integers(0, 9, (ROWS, 6))
        y, weights = x % 3, draw.uniform(0.5, 2, (ROWS, 6))
        x[:, 3:] *= draw.integers(0, 2, (ROWS, 1))
    else:
        x, y = draw.normal(size=(ROWS, 6)).astype("float32"), draw.integers(0, 3, (ROWS, 1))
        weights = draw.uniform(0.5, 2, ROWS)
    if name == "batch_loss":
        y = np.eye(3, dtype="float32")[y[:, 0]]
    structure = Structure(("x",), ("y",), "single", "single")
    weighs = None if name == "batch_loss" else weights.astype("float32")
    return Feed(Examples({"x": x}, {"y": y}), structure, 7, weighs)  # type: ignore[arg-type]


def trained(name: str, make: Callable[[], Any], engine: Any) -> Any:
    """Logs of two epochs and of a measured split, and the weights after them."""
    import keras

    from modelspec.training.engine import engines, step_of
    from modelspec.training.fit.steps import Steps, StepsPerCall, make_variables

    engines._present[:] = [engine]
    keras.utils.set_random_seed(1)
    model, feed = make(), feed_of(name)
    make_variables(model, model.train_step, feed)
    steps = Steps(model, step_of(model, engine, trains=True), feed.batches(5))
    logs = [steps.run(first, feed.steps, StepsPerCall(1)) for first in (0, feed.steps)]
    model.reset_metrics()
    tests = Steps(model, step_of(model, engine, trains=False), feed.batches(None))
    logs.append(tests.run(0, feed.steps, StepsPerCall(1)))
    values = [float(value) for one in logs for value in one.values()]
    return values, model.get_weights()


def difference(one: Any, other: Any) -> float:
    """The largest of logs and weights."""
    import numpy as np

    pairs = [(one[0], other[0]), *zip(one[1], other[1], strict=True)]
    return max(float(np.max(np.abs(np.subtract(a, b)))) for a, b in pairs)


def masks_of_dropout(engine: Any) -> Any:
    """What dropout leaves of equal rows, two for each replica, and its seed before and after."""
    import tensorflow as tf

    from modelspec.training.engine.divided_step import DividedStep
    from modelspec.training.engine.whole_batch import gather_rows

    model = dropped()
    model.compile("sgd", "mse")
    step = DividedStep(model, engine, trains=True)

    def on_replica(batch: Any, replica: Any) -> Any:
        predicted, scope = step._predict(batch, replica)
        _, values = step._sum_changes(tf.zeros(()), scope, replica)
        return [*gather_rows([tf.cast(predicted > 0, tf.float32)], replica), *values]

    def run() -> Any:
        return engine.run(on_replica, tf.ones([6, 64]), tf.constant(6, tf.int64), 6)

    before = model.layers[0].seed_generator.state.numpy().tolist()
    kept, state = tf.function(run, autograph=False)()
    return [kept.numpy().tolist(), before, state.numpy().tolist()]


if __name__ == "__main__":
    main()
