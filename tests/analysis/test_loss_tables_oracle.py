"""The tables of shapes and dtypes of losses and metrics, asked of Keras in a graph.

The graph does not know the size of the batch, as that of `fit`.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest
from test_losses import NEEDED, classes

from modelspec.analysis import analyze
from modelspec.analysis.arguments import complete
from modelspec.analysis.losses import metrics as metric_checks
from modelspec.analysis.losses import output_shapes, outputs
from modelspec.diagnostics import Findings
from modelspec.document import load
from modelspec.graph import build_graph
from modelspec.layers.rule import Tensor
from modelspec.spec import parse_spec

pytestmark = [
    pytest.mark.tensorflow,
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore:In loss categorical_crossentropy:SyntaxWarning"),
    pytest.mark.filterwarnings("ignore:overflow encountered:RuntimeWarning"),
]

BATCH = 6
ROWS = [(), (1,), (5,), (None,), (1, 2), (5, 2), (None, 1), (None, 2), (1, 3, 2), (5, 3, 2),
        (None, 3, 1), (None, 3, 2), (None, 0), (None, 3, 0), (None, 0, 2),
        (None, 2, 3, 2)]  # fmt: skip
"""Shapes of outputs; a first axis of None is the batch."""

DTYPES = ("float16", "bfloat16", "float64", "int32", "int8", "int64", "uint8", "uint64", "bool")
METRICS = sorted(classes("metric") - {"Mean", "Sum", "MeanMetricWrapper"})


MODEL = "model: {sequential: {input: {shape: [4]}, layers: [{Dense: {units: 2}}]}}"


def trained(loss: str, metric: str | None, tensor: Tensor) -> outputs.TrainedOutput:
    """An output with a loss and a metric, with a tensor in place of what its model gives."""
    wanted = "" if metric is None else f", metrics: [{metric}: {NEEDED.get(metric, {})}]"
    text = f"modelspec: 1\n{MODEL}\ntraining: {{optimizer: sgd, loss: {{{loss}: {{}}}}{wanted}}}\n"
    document = load(text, "made", Findings())
    assert document is not None
    spec = parse_spec(document, None, Findings())
    graph = build_graph(spec.model, Findings())
    assert graph is not None
    (output,) = outputs.trained_outputs(spec, analyze(graph, Findings()))
    return replace(output, tensor=tensor)


def target_of(loss: str, shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
    """The shape of the targets, batch axis first."""
    if loss == "CTC":
        return (None, 2)
    return (None, *metric_checks.target_shape(loss, shape[1:]))


def sized(shape: tuple[int | None, ...]) -> list[int]:
    return [BATCH if size is None else size for size in shape]


@contextmanager
def fails_if(said: bool) -> Iterator[None]:
    if said:
        with pytest.raises(Exception):  # noqa: B017 - Keras and TensorFlow have many
            yield
    else:
        yield


@pytest.mark.parametrize("shape", ROWS, ids=str)
@pytest.mark.parametrize("loss", sorted(classes("loss")))
def test_a_loss_fails_on_the_shapes_that_are_refused(
    loss: str, shape: tuple[int | None, ...]
) -> None:
    import keras
    import tensorflow as tf
    from keras.src.trainers.compile_utils import CompileLoss

    from modelspec.building.own_losses import Quantile

    findings = Findings()
    output = trained(loss, None, Tensor(shape))
    output_shapes.check_shape(output, findings, among=1, trains=True)
    said = {found.code for found in findings}
    if "one-class-output" in said:
        pytest.skip("trained to no purpose")
    made = Quantile(0.5) if loss == "Quantile" else getattr(keras.losses, loss)()
    compiled = CompileLoss(made)
    target = target_of(loss, shape)

    @tf.function(input_signature=[tf.TensorSpec(shape), tf.TensorSpec(target)])
    def step(values: Any, targets: Any) -> Any:
        with tf.GradientTape() as tape:
            tape.watch(values)
            lost = compiled(targets, values)
        return tape.gradient(lost, values)

    with fails_if(bool(said)):
        step(tf.random.uniform(sized(shape)), tf.zeros(sized(target)))


def check_metric(metric: str, loss: str, tensor: Tensor) -> None:
    """Whether what is said of a metric of an output is what Keras does."""
    import keras
    import tensorflow as tf
    from keras.src.trainers.compile_utils import CompileMetrics

    output = trained(loss, metric, tensor)
    failure = metric_checks._failure(output.metrics[0], output)
    target = target_of(loss, tensor.shape)
    made = getattr(keras.metrics, metric)(**NEEDED.get(metric, {}))
    compiled = CompileMetrics([made], None)
    compiled.build(keras.KerasTensor(target), keras.KerasTensor(tensor.shape, tensor.dtype))

    @tf.function(input_signature=[tf.TensorSpec(tensor.shape, tensor.dtype), tf.TensorSpec(target)])
    def step(values: Any, targets: Any) -> Any:
        compiled.update_state(targets, values)
        return compiled.result()

    assert complete(output.metrics[0]) is not None
    with fails_if(failure is not None):
        step(tf.cast(tf.random.uniform(sized(tensor.shape)), tensor.dtype), tf.zeros(sized(target)))


@pytest.mark.parametrize("shape", [s for s in ROWS if s[:1] != (5,)] + [(None, None, 2)], ids=str)
@pytest.mark.parametrize("metric", METRICS)
def test_a_metric_fails_on_the_shapes_that_are_refused(
    metric: str, shape: tuple[int | None, ...]
) -> None:
    check_metric(metric, "MeanSquaredError", Tensor(shape))


@pytest.mark.parametrize("shape", [(None, 2), (None, 3, 2)], ids=str)
@pytest.mark.parametrize("metric", METRICS)
def test_a_metric_of_class_numbers_fails_on_the_shapes_that_are_refused(
    metric: str, shape: tuple[int | None, ...]
) -> None:
    check_metric(metric, "SparseCategoricalCrossentropy", Tensor(shape))


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("metric", METRICS)
def test_a_metric_fails_on_the_dtypes_that_are_refused(metric: str, dtype: str) -> None:
    loss = (
        "MeanSquaredError" if not metric.startswith("Sparse") else "SparseCategoricalCrossentropy"
    )
    check_metric(metric, loss, Tensor((None, 2), dtype))
