"""The size of the model and the length of its training, by the number of rows."""

from __future__ import annotations

from typing import NamedTuple

from .branches import DraftLayer, DraftNames
from .splits import FEW_ROWS
from .task import BINARY, MULTICLASS, Task


class ModelSize(NamedTuple):
    """What suits tables of up to `rows` rows.

    Attributes:
        rows: the largest number of rows.
        hidden: units of the hidden layers.
        batch_size: rows in a batch.
        epochs: at most.
        patience: epochs without improvement before training stops.
        test: fraction of the rows in the test split.
        rate: the learning rate.
        penalty: of large weights, where the model is linear.
    """

    rows: float
    hidden: tuple[int, ...]
    batch_size: int
    epochs: int
    patience: int
    test: float
    rate: str = "3e-3"
    penalty: float = 0.0

    @property
    def is_linear(self) -> bool:
        """Whether there are too few rows for hidden layers."""
        return not self.hidden


SIZES = (
    ModelSize(1_000, (32,), 16, 200, 25, 0.2),
    ModelSize(10_000, (64, 32), 32, 100, 12, 0.15),
    ModelSize(100_000, (128, 64), 128, 60, 6, 0.1),
    ModelSize(float("inf"), (256, 128), 512, 30, 3, 0.1),
)
"""Small tables need small models, many epochs and a large test split; large ones the reverse."""


ROWS_A_COLUMN = 10
"""With fewer rows for each column, a linear model is as good as a larger one, or better."""


def choose_size(rows: int, columns: int) -> ModelSize:
    """The smallest size for at least so many rows; a linear model for few rows for each column.

    Its penalty is that of scikit-learn's logistic regression and ridge.
    """
    size = next(size for size in SIZES if rows <= size.rows)
    if rows >= FEW_ROWS and rows >= ROWS_A_COLUMN * columns:
        return size
    rate, epochs = ("1e-2", 200) if rows < FEW_ROWS else ("1e-3", 60)
    return size._replace(hidden=(), penalty=1 / max(1, rows), rate=rate, epochs=epochs)


def hidden_layers(size: ModelSize, names: DraftNames) -> list[DraftLayer]:
    """The hidden layers, which all inputs feed."""
    layers = []
    for index, units in enumerate(size.hidden):
        name = names.unique(f"hidden{index + 1}")
        layers.append(DraftLayer(name, f"{{Dense: {{units: {units}, activation: relu}}}}"))
        if index == 0:
            rate = "{Dropout: {rate: 0.2}}"
            why = "sets a fifth of the values to 0 during training, against overfitting"
            layers.append(DraftLayer(names.unique("dropout"), rate, why))
    return layers


def output_layers(task: Task, output: str, names: DraftNames, size: ModelSize) -> list[DraftLayer]:
    """The output layers; the last one has the name of the output."""
    if task.kind == BINARY:
        why = f'the probability of "{task.labels[1]}"'
        more = _penalty(size, 0.5)
        return [DraftLayer(output, f"{{Dense: {{units: 1, activation: sigmoid{more}}}}}", why)]
    if task.kind == MULTICLASS:
        units = len(task.labels)
        text = f"{{Dense: {{units: {units}, activation: softmax{_penalty(size, 0.5)}}}}}"
        return [DraftLayer(output, text, f"a probability for each of {units} classes")]
    target = task.target
    scale, offset = round_to_unit(target.deviation), round_to_unit(target.mean)
    text = f"{{Rescaling: {{scale: {scale}, offset: {offset}}}}}"
    why = "about the deviation and mean of the target, so that the layers before it work near 0"
    raw = f"{{Dense: {{units: 1{_penalty(size, target.deviation**2)}}}}}"
    return [DraftLayer(names.unique(f"{output}_raw"), raw), DraftLayer(output, text, why)]


def _penalty(size: ModelSize, unit: float) -> str:
    """The rest of a linear layer: from 0, and with small weights."""
    if not size.is_linear:
        return ""
    factor = round_to_unit(size.penalty * unit)
    return f", kernel_initializer: zeros, kernel_regularizer: {{L2: {{l2: {factor}}}}}"


def round_to_unit(value: float) -> str:
    """A number in two figures: it is a choice of unit, not something measured."""
    rounded = float(f"{value:.2g}")
    plain = str(int(rounded)) if rounded.is_integer() and abs(rounded) < 1e15 else repr(rounded)
    return plain if plain != "0" else "0.0"
