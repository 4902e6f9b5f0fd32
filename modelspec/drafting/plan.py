"""How large the model is, and how long it trains: by the number of rows."""

from __future__ import annotations

from typing import NamedTuple

from .branches import BranchNames, DraftLayer
from .task import BINARY, SEVERAL, Task


class Size(NamedTuple):
    """What suits tables of up to `rows` rows."""

    rows: float
    hidden: tuple[int, ...]
    batch_size: int
    epochs: int
    patience: int
    test: float


SIZES = (
    Size(1_000, (32,), 16, 200, 25, 0.2),
    Size(10_000, (64, 32), 32, 100, 12, 0.15),
    Size(100_000, (128, 64), 128, 60, 6, 0.1),
    Size(float("inf"), (256, 128), 512, 30, 3, 0.1),
)
"""Small tables need small models, many epochs and a large test split; large ones the reverse."""


def size_of(rows: int) -> Size:
    """The row of the table for so many rows."""
    return next(size for size in SIZES if rows <= size.rows)


def trunk(size: Size, names: BranchNames) -> list[DraftLayer]:
    """The layers that all inputs meet in."""
    layers = []
    for index, units in enumerate(size.hidden):
        name = names.take(f"hidden{index + 1}")
        layers.append(DraftLayer(name, f"{{Dense: {{units: {units}, activation: relu}}}}"))
        if index == 0:
            rate = "{Dropout: {rate: 0.2}}"
            why = "sets a fifth of the values to 0 while training, so that none is relied on alone"
            layers.append(DraftLayer(names.take("dropout"), rate, why))
    return layers


def head(task: Task, output: str, names: BranchNames) -> list[DraftLayer]:
    """The layers that give the answer; the last is the output, and has its name."""
    if task.kind == BINARY:
        why = f'the probability of "{task.labels[1]}"'
        return [DraftLayer(output, "{Dense: {units: 1, activation: sigmoid}}", why)]
    if task.kind == SEVERAL:
        units = len(task.labels)
        text = f"{{Dense: {{units: {units}, activation: softmax}}}}"
        return [DraftLayer(output, text, f"a probability for each of {units} classes")]
    target = task.target
    text = f"{{Rescaling: {{scale: {_round(target.deviation)}, offset: {_round(target.mean)}}}}}"
    why = "about the spread and mean of the target, so that the layers before work near 0"
    return [
        DraftLayer(names.take(f"{output}_raw"), "{Dense: {units: 1}}"),
        DraftLayer(output, text, why),
    ]


def _round(value: float) -> str:
    """A number in two figures: it is a choice of unit, not something measured."""
    rounded = float(f"{value:.2g}")
    plain = str(int(rounded)) if rounded.is_integer() and abs(rounded) < 1e15 else repr(rounded)
    return plain if plain != "0" else "0.0"
