"""What a loaded model takes and predicts, by the names of its spec."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from modelspec.data.table import ColumnUse, uses_in_files
from modelspec.runs import OutputKind
from modelspec.spec.data import path_columns, source_of_column
from modelspec.training import TrainedRun


@dataclass(frozen=True, slots=True)
class ModelInput:
    """A column that rows need.

    Attributes:
        name: of the column.
        kind: "number", "text", "list", "array", "image", "audio" or "time".
        feeds: the inputs of the model that it is for; none of one that orders or groups rows.
        shape: of a value: () of a single one; None for a size in which values may differ.
        may_be_missing: whether a row without a value is predicted: the spec fills it.
    """

    name: str
    kind: str
    feeds: tuple[str, ...]
    shape: tuple[int | None, ...]
    may_be_missing: bool


@dataclass(frozen=True, slots=True)
class ModelOutput:
    """An output of the model, by the name of its column in the predictions.

    Attributes:
        name: of the output.
        kind: "classes", "binary", "labels", "numbers" or "tokens".
        classes: the names that are predicted; none of numbers and texts.
    """

    name: str
    kind: str
    classes: tuple[str, ...]


def inputs_of(trained: TrainedRun) -> tuple[ModelInput, ...]:
    """The columns that rows need, in the order of the spec."""
    preprocessing = trained.preprocessing
    data, plan = preprocessing.data, preprocessing.plan
    used = [use for use in plan.uses if use.is_input or use.orders_rows]
    found: dict[str, list[ColumnUse]] = {}
    for use in uses_in_files(used, data.derive):
        found.setdefault(use.column, []).append(use)
    made = {use.column: use for use in used}
    shapes: dict[str, tuple[Any, ...]] = {}
    for entry, columns in plan.inputs:
        if columns is not None and columns.single and entry.shape is not None:
            shapes[columns.columns[0]] = tuple(entry.shape)
    media = {name: source.kind for name, source in _media(trained).items()}
    fills = preprocessing.learned.fills
    return tuple(
        _input(name, uses, made, shapes.get(name, ()), media.get(name), fills)
        for name, uses in found.items()
    )


def _media(trained: TrainedRun) -> dict[str, Any]:
    train = trained.preprocessing.data.train
    return {name: source_of_column(train, name) for name in path_columns(train)}


def _input(
    name: str,
    uses: list[ColumnUse],
    made: dict[str, ColumnUse],
    shape: tuple[int | None, ...],
    medium: str | None,
    fills: Any,
) -> ModelInput:
    kind = "text" if any(use.kind in ("text", "label") for use in uses) else "number"
    if any(use.lists is not None for use in uses):
        kind, shape = "list", (None,)
    elif medium in ("images", "audio"):
        kind = "image" if medium == "images" else "audio"
    elif any(use.orders_rows for use in uses):
        kind = "time" if any(use.purpose.name == "TIME" for use in uses) else "text"
    elif len(shape) > 1 or (len(shape) == 1 and shape[0] not in (1, None)):
        kind = kind if kind == "text" else "array"
    else:
        shape = ()
    if kind == "text":
        shape = ()
    feeds = {str(use.name) for use in uses if use.is_input}
    feeds |= {
        str(target.name)
        for use in uses
        if use.derived is not None
        for target in made.values()
        if target.is_input and target.column == use.derived.name
    }
    return ModelInput(name, kind, tuple(sorted(feeds)), shape, name in fills)


def outputs_of(trained: TrainedRun) -> tuple[ModelOutput, ...]:
    """The outputs, in the order of the model."""
    return tuple(
        ModelOutput(name, OutputKind(meaning["kind"]).value, tuple(meaning.get("labels") or ()))
        for name, meaning in trained.data_record.outputs.items()
    )


def only_columns(trained: TrainedRun) -> tuple[str, ...]:
    """The columns of the only input, in order; none where there are several inputs."""
    fed = [columns for _, columns in trained.preprocessing.plan.inputs if columns is not None]
    return fed[0].columns if len(fed) == 1 else ()
