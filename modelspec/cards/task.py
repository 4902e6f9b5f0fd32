"""What a model does, as far as its inputs, its data and its outputs say it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from modelspec.compile import CompiledSpec
from modelspec.report import Summary
from modelspec.runs import OutputKind
from modelspec.spec.data import (
    CORPUS,
    DATASET,
    SERIES,
    TABLES,
    DataSpec,
    Source,
    path_columns,
    source_of_column,
)


class Modality(StrEnum):
    """What the inputs of a model are."""

    IMAGE = "image"
    AUDIO = "audio"
    TEXT = "text"
    TABLE = "tabular"
    SERIES = "time-series"


@dataclass(frozen=True, slots=True)
class ModelTask:
    """What a model does; None where it is not known.

    Attributes:
        pipeline_tag: of Hugging Face, such as "image-classification".
        kind: "classification", "regression", "segmentation", "forecasting" or "generation".
    """

    pipeline_tag: str | None = None
    kind: str | None = None


_DATA_SETS = {
    "mnist": Modality.IMAGE,
    "fashion_mnist": Modality.IMAGE,
    "cifar10": Modality.IMAGE,
    "cifar100": Modality.IMAGE,
    "imdb": Modality.TEXT,
    "reuters": Modality.TEXT,
    "boston_housing": Modality.TABLE,
    "california_housing": Modality.TABLE,
}
"""Keras's data sets to what their examples are."""

_FILES = {"images": Modality.IMAGE, "audio": Modality.AUDIO, "texts": Modality.TEXT}
"""Kinds of source whose examples are files to what these are."""

_TAGS = {
    (Modality.IMAGE, "classification"): "image-classification",
    (Modality.IMAGE, "segmentation"): "image-segmentation",
    (Modality.AUDIO, "classification"): "audio-classification",
    (Modality.TEXT, "classification"): "text-classification",
    (Modality.TEXT, "tagging"): "token-classification",
    (Modality.TEXT, "generation"): "text-generation",
    (Modality.IMAGE, "generation"): "unconditional-image-generation",
    (Modality.TABLE, "classification"): "tabular-classification",
    (Modality.TABLE, "regression"): "tabular-regression",
    (Modality.SERIES, "forecasting"): "time-series-forecasting",
}


def find_task(
    compiled: CompiledSpec, summary: Summary, outputs: Mapping[str, Mapping[str, Any]]
) -> ModelTask:
    """What a model does.

    Args:
        compiled: its spec.
        summary: of its model.
        outputs: output name to what its numbers mean, as data.json has it.
    """
    spec = compiled.spec
    if spec.data is None or spec.training is None:
        return ModelTask()
    modality = _modality(spec.data, summary)
    if spec.training.gan is not None:
        kind: str | None = "generation"
    else:
        kind = _kind(spec.data, modality, summary, outputs)
    if kind is None:
        return ModelTask()
    tag = None if modality is None else _TAGS.get((modality, kind))
    return ModelTask(tag, kind)


def _modality(data: DataSpec, summary: Summary) -> Modality | None:
    """What all inputs are; None where they differ, or where arrays could be anything."""
    source = data.train
    if source.kind == CORPUS:
        return Modality.TEXT
    if source.kind == SERIES:
        return Modality.SERIES
    if source.kind == DATASET:
        return _DATA_SETS.get(_dataset_name(source))
    files = path_columns(source)
    reads_text = any(layer.type == "TextVectorization" for layer in summary.layers)
    found: set[Modality | None] = set()
    for columns in data.inputs or ():
        for column in columns.columns:
            if column in files:
                found.add(_of_files(source_of_column(source, column).kind))
            elif columns.tokens is not None:
                found.add(Modality.TEXT)
            else:
                found.add(_of_rows(source))
    if data.inputs is None:
        found = {_of_files(source.kind)} if files else {_of_rows(source)}
    if reads_text and found == {Modality.TABLE}:
        texts = sum(layer.type == "TextVectorization" for layer in summary.layers)
        return Modality.TEXT if texts == len(summary.inputs) else None
    return found.pop() if len(found) == 1 else None


def _dataset_name(source: Source) -> str:
    return source.paths[0] if source.paths else str(source.options.get("name"))


def _of_files(kind: str) -> Modality | None:
    return _FILES.get(kind)


def _of_rows(source: Source) -> Modality | None:
    table = source.table or source
    return Modality.TABLE if table.kind in TABLES else None


def _kind(
    data: DataSpec,
    modality: Modality | None,
    summary: Summary,
    outputs: Mapping[str, Mapping[str, Any]],
) -> str | None:
    """What all outputs with a target are; None where they differ."""
    targets = {target.name for target in data.targets}
    if None in targets:
        targets = set(outputs)
    axes = {one["name"]: _axes(one["shape"]) for one in summary.outputs}
    kinds = {
        _kind_of_output(meaning, axes.get(name), modality)
        for name, meaning in outputs.items()
        if name in targets
    }
    found = kinds.pop() if len(kinds) == 1 else None
    if data.train.kind == CORPUS:
        return "generation" if found is not None else None
    return found


def _axes(shape: Any) -> int | None:
    return len(shape) if isinstance(shape, list) else None


def _kind_of_output(
    meaning: Mapping[str, Any], axes: int | None, modality: Modality | None
) -> str | None:
    kind = meaning.get("kind")
    if meaning.get("pixels") is not None:
        return "segmentation" if "values" in meaning["pixels"] else None
    if kind in (OutputKind.CLASSES, OutputKind.BINARY, OutputKind.LABELS):
        if axes is None or axes == 2:
            return "classification"
        return "tagging" if axes == 3 and modality is Modality.TEXT else None
    if kind == OutputKind.TOKENS:
        return None
    if kind == OutputKind.NUMBERS:
        return "forecasting" if modality is Modality.SERIES else "regression"
    return None
