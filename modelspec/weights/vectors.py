"""Vectors of words in a text file, as GloVe, word2vec and fastText write them, for an Embedding."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from modelspec.diagnostics import Findings, Related
from modelspec.spec.initial_weights import WeightsOrigin

from .files import report_missing
from .report import Fate, LayerFate, LoadingReport, TensorFate
from .trees import ModelLayer

TABLE = "embeddings"
BINARY_HINT = "save it as text: gensim's `save_word2vec_format(path, binary=False)`"


class VectorsError(Exception):
    """A file of vectors that cannot be read; the text is a sentence after the file's name."""


class VectorsHead(NamedTuple):
    """What the first line says: the numbers in a vector, and whether that line is a header."""

    width: int
    has_header: bool


def read_head(path: Path) -> VectorsHead:
    """The first line of a file of vectors.

    Raises:
        VectorsError: it is none.
    """
    first = next(_lines(path), None)
    if first is None:
        raise VectorsError("is empty")
    fields = first[1].split(" ")
    if len(fields) == 2 and all(field.isdigit() for field in fields):
        return VectorsHead(int(fields[1]), True)
    if len(fields) < 3 or _numbers(fields[1:]) is None:
        raise VectorsError("does not begin with a word and its vector, with spaces between them")
    return VectorsHead(len(fields) - 1, False)


def read_vectors(path: Path, wanted: Mapping[str, int]) -> dict[int, list[float]]:
    """Row of a table to the vector of its word, for the words that the file has.

    Args:
        path: the file.
        wanted: word to row.

    Raises:
        VectorsError: a line is none of a word and its vector.
    """
    head = read_head(path)
    found: dict[int, list[float]] = {}
    lines = _lines(path)
    if head.has_header:
        next(lines)
    for number, line in lines:
        fields = line.split(" ")
        word = " ".join(fields[: -head.width])  # a few words of GloVe have spaces in them
        if word not in wanted:
            continue
        values = _numbers(fields[-head.width :])
        if values is None or len(fields) <= head.width:
            raise VectorsError(f"has a line {number} that is not a word and {head.width} numbers")
        found.setdefault(wanted[word], values)
    return found


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    try:
        with path.open(encoding="utf-8", newline="\n") as file:
            for number, line in enumerate(file, 1):
                if text := line.rstrip():
                    yield number, text
    except UnicodeDecodeError as error:
        raise VectorsError(f"is not text in UTF-8: {BINARY_HINT}") from error
    except OSError as error:
        raise VectorsError(f"cannot be read: {error.strerror or error}") from error


def _numbers(fields: list[str]) -> list[float] | None:
    try:
        return [float(field) for field in fields]
    except ValueError:
        return None


def check_vectors(
    origin: WeightsOrigin, folder: Path, layer: ModelLayer, findings: Findings, *, is_required: bool
) -> LoadingReport | None:
    """Compare the first line of a file of vectors with the Embedding that it is for.

    Args:
        origin: names the file and the layer.
        folder: that of the spec.
        layer: of the model.
        findings: takes what does not fit.
        is_required: whether a file that is not there is an error.

    Returns:
        None where it does not fit.
    """
    table = next((t for t in (layer.tensors or {}).values() if t.name == TABLE), None)
    related = () if layer.span is None else (Related(layer.span, f'"{layer.path}" is here'),)
    if table is None or layer.inner:
        kind = layer.class_name or layer.key
        message = f'vectors of words are for an Embedding, and "{layer.path}" is a {kind}'
        findings.error(origin.span, "bad-weights", message, related=related)
        return None
    path = folder / origin.path
    if not path.is_file():
        report_missing(origin.path, folder, origin.span, findings, is_required=is_required)
        return None
    try:
        width = read_head(path).width
    except VectorsError as error:
        findings.error(origin.span, "bad-weights", f"{origin.path} {error}")
        return None
    if width != table.shape[1]:
        message = (
            f"{origin.path} has vectors of {width} numbers, and those of "
            f'"{layer.path}" have {table.shape[1]}'
        )
        hint = f"write `output_dim: {width}`, or take a file with vectors of {table.shape[1]}"
        findings.error(origin.span, "bad-weights", message, hint=hint, related=related)
        return None
    tensor = TensorFate(f"{layer.path}/{TABLE}", table.shape, None)
    fate = LayerFate(layer, Fate.LOADED, (tensor,), source=origin.path)
    return LoadingReport((fate,))
