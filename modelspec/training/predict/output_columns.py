"""From the numbers of an output to columns: class names with probabilities, or numbers."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from modelspec.data import NewDataChunk
from modelspec.data.table import array_of_lists
from modelspec.diagnostics import UsageError, join_words
from modelspec.runs import OutputKind
from modelspec.spec.data import HORIZON, Columns

Array = npt.NDArray[Any]

DEFAULT_THRESHOLD = 0.5

THRESHOLD_KINDS = (OutputKind.BINARY, OutputKind.LABELS)
"""Outputs that a threshold decides."""

PAIR = 2
"""Classes of which the second is the positive one."""

INPUT_SUFFIX = "_given"
"""Added to the name of a kept column if a prediction has the same name."""

MASK_AXES = 3
"""Axes of several masks; images have channels besides."""


@dataclass(frozen=True, slots=True)
class PredictionOptions:
    """What is predicted of classes.

    Attributes:
        every_class: whether each class gets a column with its probability.
        positive: whether the probability is that of the positive class, the second of two, under
            its name, in place of that of the class that is predicted.
        threshold: predict the positive class above this probability; None for that of the run,
            or 0.5.
        missing: what happens to gaps where training had none: "empty", "drop" or "median"; None for
            what the spec says.
        say: takes what has to be known of the predictions, as sentences; None for nobody.
        escape_formulas: in csv, put an apostrophe before text that a spreadsheet would compute.
    """

    every_class: bool = False
    positive: bool = False
    threshold: float | None = None
    say: Callable[[str], None] | None = None
    missing: str | None = None
    escape_formulas: bool = False


def threshold_of(meaning: Mapping[str, Any], given: float | None) -> float:
    """Above which probability an output predicts its second class, or a label.

    Args:
        meaning: its `output_meaning`, which has the threshold of the run if that has one.
        given: in its place, or None.
    """
    return float(meaning.get("threshold", DEFAULT_THRESHOLD) if given is None else given)


def check_threshold(meanings: Mapping[str, Mapping[str, Any]], threshold: float | None) -> None:
    """Refuse a threshold where no output has a decision that it makes.

    Args:
        meanings: the `output_meaning` of each output.
        threshold: None where none is given.

    Raises:
        UsageError: there is none.
    """
    kinds = {name: OutputKind(meaning["kind"]) for name, meaning in meanings.items()}
    if threshold is None or any(kind in THRESHOLD_KINDS for kind in kinds.values()):
        return
    said = []
    for name, kind in kinds.items():
        count = len(meanings[name]["labels"] or ())
        what = f"has {count} classes" if count else "has several classes"
        if kind is OutputKind.NUMBERS:
            what = "is a number"
        said.append(f"`{name}` {'is text' if kind is OutputKind.TOKENS else what}")
    hint = "leave --threshold out"
    if OutputKind.CLASSES in kinds.values():
        hint += ": the class with the highest probability is predicted"
    message = f"--threshold is for an output of two classes, and {join_words(said)}; {hint}"
    raise UsageError(message)


class OutputColumn(NamedTuple):
    """One column for some rows.

    Attributes:
        values: [n, ...]; with `words`, the position of each row's word.
        words: the class names, or None for numbers.
        pixels: uint8 [n, height, width, channels], where the values are those of an image.
        output: the output that the column is made of.
        lengths: [n]: how many of the values of each row count, where they are lists; else None.
        join: what separates them where a file has text only.
    """

    values: Array
    words: Sequence[str] | None = None
    pixels: Array | None = None
    output: str = ""
    lengths: Array | None = None
    join: str = " "

    def decoded(self) -> Array:
        """The values; class names as Python strings in an object array, lists as lists in one."""
        values = self.values
        if self.words is not None:
            values = np.asarray(self.words, object)[values]
        return values if self.lengths is None else array_of_lists(values, self.lengths)


def output_columns(
    name: str,
    values: Array,
    meaning: Mapping[str, Any],
    options: PredictionOptions,
    lengths: Array | None = None,
) -> dict[str, OutputColumn]:
    """The columns of one output.

    Args:
        name: of the output.
        values: [n, ...]: the output of the model.
        meaning: its `output_meaning`.
        options: what is predicted of classes.
        lengths: [n]: how many steps of each example are no padding, where the output has steps.
    """
    columns = _columns(name, values, meaning, options)
    if is_image(meaning):
        columns[name] = columns[name]._replace(pixels=_pixels(columns[name].values, meaning))
    if "join" in meaning and meaning["kind"] != OutputKind.LABELS:
        steps = np.full(len(values), values.shape[1]) if lengths is None else lengths
        columns = {
            key: column._replace(lengths=steps, join=meaning["join"])
            for key, column in columns.items()
        }
    return {key: column._replace(output=name) for key, column in columns.items()}


def outputs_of_horizon(targets: Sequence[Columns]) -> frozenset[str]:
    """The outputs that have a value for each row of the horizon of a series."""
    return frozenset(str(one.name) for one in targets if (one.rows or HORIZON) == HORIZON)


def by_step(outputs: Mapping[str, Array], horizon: int, later: Collection[str]) -> dict[str, Array]:
    """Outputs [n, horizon, ...] with a row for each step: [n * horizon, ...], at least two axes.

    Those that are not in `later`, which are of the rows of the horizon, are repeated for each.
    """
    found = {}
    for name, values in outputs.items():
        if name not in later:
            found[name] = np.repeat(values, horizon, axis=0)
        elif horizon == 1:
            found[name] = values
        else:
            rest = values.shape[2:] or (1,)
            found[name] = values.reshape(len(values) * horizon, *rest)
    return found


def is_image(meaning: Mapping[str, Any]) -> bool:
    """Whether the target of an output is an image, so that its predictions are images as well."""
    return bool(meaning.get("pixels"))


def _pixels(values: Array, meaning: Mapping[str, Any]) -> Array:
    """The pixels uint8 [n, height, width, channels] of class numbers, or of numbers."""
    known = meaning["pixels"]
    if "values" in known:
        of_class = np.asarray(known["values"], dtype=np.uint8)
        found = of_class[np.minimum(values, len(of_class) - 1)]
    else:
        numbers = 1 / (1 + np.exp(-values)) if meaning["from_logits"] else values
        found = np.clip(np.rint(numbers * known["times"]), 0, 255).astype(np.uint8)
    return found if found.ndim > MASK_AXES else found[..., np.newaxis]


def _columns(
    name: str, values: Array, meaning: Mapping[str, Any], options: PredictionOptions
) -> dict[str, OutputColumn]:
    if meaning["kind"] == OutputKind.LABELS:
        return _label_columns(name, values, meaning, options)
    if meaning["kind"] == OutputKind.CLASSES:
        return _class_columns(name, values, meaning, options)
    if meaning["kind"] == OutputKind.BINARY:
        return _binary_columns(name, values, meaning, options)
    if meaning.get("quantiles"):
        return _quantile_columns(name, values, meaning)
    if values.ndim == 2 and values.shape[1] == 1:
        return {name: OutputColumn(values[:, 0])}
    if values.ndim != 2:
        return {name: OutputColumn(values)}
    count, targets = values.shape[1], meaning["columns"]
    suffixes = targets if len(targets) == count else range(count)
    return {f"{name}_{suffix}": OutputColumn(values[:, i]) for i, suffix in enumerate(suffixes)}


def quantile_suffix(quantile: float) -> str:
    """The end of the name of a quantile's column: `q0.1`."""
    return f"q{quantile:g}"


def _quantile_columns(
    name: str, values: Array, meaning: Mapping[str, Any]
) -> dict[str, OutputColumn]:
    """A column for each quantile; of several target columns for each of these."""
    named = {name: values}
    columns = meaning["columns"]
    if values.ndim == 3 and len(columns) > 1 and values.shape[1] == len(columns):
        named = {f"{name}_{column}": values[:, i] for i, column in enumerate(columns)}
    return {
        f"{key}_{quantile_suffix(quantile)}": OutputColumn(given[..., i])
        for key, given in named.items()
        for i, quantile in enumerate(meaning["quantiles"])
    }


def probabilities(values: Array, meaning: Mapping[str, Any]) -> Array:
    """The probabilities of classes [n, ..., classes], or of the second of two classes [n]."""
    if meaning["kind"] == OutputKind.BINARY:
        second = values[..., 0] if values.ndim > 1 else values
        return 1 / (1 + np.exp(-second)) if meaning["from_logits"] else second
    if not meaning["from_logits"]:
        return values
    if meaning["kind"] == OutputKind.LABELS:
        return 1 / (1 + np.exp(-values))
    powers = np.exp(values - values.max(axis=-1, keepdims=True))  # shifted, so as not to overflow
    fractions: Array = powers / powers.sum(axis=-1, keepdims=True)
    return fractions


def class_names(meaning: Mapping[str, Any], units: int) -> list[str]:
    """The labels, and numbers for units without one."""
    labels = list(meaning["labels"] or ())
    return labels + [str(number) for number in range(len(labels), units)]


def _class_columns(
    name: str, values: Array, meaning: Mapping[str, Any], options: PredictionOptions
) -> dict[str, OutputColumn]:
    scores = probabilities(values, meaning)
    words = class_names(meaning, values.shape[-1])
    columns = {name: OutputColumn(scores.argmax(axis=-1), words)}
    if options.positive and len(words) == PAIR:
        columns[f"{name}_{words[1]}"] = OutputColumn(scores[..., 1])
    else:
        columns[f"{name}_probability"] = OutputColumn(scores.max(axis=-1))
    if options.every_class:
        columns |= {f"{name}_{word}": OutputColumn(scores[..., i]) for i, word in enumerate(words)}
    return columns


def _label_columns(
    name: str, values: Array, meaning: Mapping[str, Any], options: PredictionOptions
) -> dict[str, OutputColumn]:
    """The labels above the threshold as a list."""
    scores = probabilities(values, meaning)
    words = class_names(meaning, values.shape[-1])
    chosen = scores > threshold_of(meaning, options.threshold)
    first = np.argsort(~chosen, axis=-1, kind="stable")  # the chosen ones, in order
    columns = {name: OutputColumn(first, words, lengths=chosen.sum(axis=-1), join=meaning["join"])}
    if options.every_class:
        columns |= {f"{name}_{word}": OutputColumn(scores[..., i]) for i, word in enumerate(words)}
    return columns


def _binary_columns(
    name: str, values: Array, meaning: Mapping[str, Any], options: PredictionOptions
) -> dict[str, OutputColumn]:
    second = probabilities(values, meaning)
    is_second = second > threshold_of(meaning, options.threshold)
    words = list(meaning["labels"])
    columns = {name: OutputColumn(is_second.astype(np.int64), words)}
    if options.positive:
        columns[f"{name}_{words[1]}"] = OutputColumn(second)
    else:
        said = np.where(is_second, second, 1 - second)
        columns[f"{name}_probability"] = OutputColumn(said)
    if options.every_class:
        columns |= {
            f"{name}_{words[0]}": OutputColumn(1 - second),
            f"{name}_{words[1]}": OutputColumn(second),
        }
    return columns


def refuse_positive(meanings: Mapping[str, Mapping[str, Any]], options: PredictionOptions) -> None:
    """Refuse the probability of the positive class where no output has two classes.

    Raises:
        UsageError: there is no positive class.
    """
    if not options.positive or any(map(_has_two, meanings.values())):
        return
    several = any(one["kind"] == OutputKind.CLASSES for one in meanings.values())
    way = ": --every-class writes the probability of each class" if several else ""
    raise UsageError(f"no output has two classes, so there is no positive one{way}")


def note_probabilities(
    meanings: Mapping[str, Mapping[str, Any]], options: PredictionOptions
) -> None:
    """Say which probability it is that an output with two classes gets."""
    if options.say is None or options.positive or options.every_class:
        return
    for name, meaning in meanings.items():
        if _has_two(meaning):
            second = meaning["labels"][1]
            options.say(
                f"`{name}_probability` is the probability of the class that is predicted;"
                f' --positive writes that of "{second}" as `{name}_{second}`'
            )


def _has_two(meaning: Mapping[str, Any]) -> bool:
    return (
        meaning["kind"] in (OutputKind.CLASSES, OutputKind.BINARY)
        and len(meaning["labels"] or ()) == PAIR
        and not is_image(meaning)
    )


class ColumnCollector:
    """All predictions in memory: columns by name, each with an entry for every row of the file.

    Dropped rows have "" and NaN.
    """

    def __init__(self) -> None:
        self._parts: dict[str, list[Array]] = {}

    def add(self, columns: Mapping[str, OutputColumn], chunk: NewDataChunk) -> None:
        """Take the predictions of a chunk."""
        for name, column in chunk.kept_columns.items():
            values = column.values
            if column.lengths is not None:
                kept = np.minimum(column.lengths, values.shape[1])
                values = array_of_lists(values, kept)
            if column.missing.any():
                empty: Any = "" if column.is_text else np.nan
                values = values.astype(object if column.is_text else np.float64)
                values[column.missing] = empty
            self._parts.setdefault(name, []).append(values)
        for name, output in columns.items():
            self._parts.setdefault(name, []).append(_spread(output.decoded(), chunk))

    def columns(self) -> dict[str, Array]:
        """The columns over all chunks."""
        return {
            name: parts[0] if len(parts) == 1 else np.concatenate(parts)
            for name, parts in self._parts.items()
        }


def _spread(values: Array, chunk: NewDataChunk) -> Array:
    """Values of examples over all rows of the chunk; dropped rows have "" or NaN."""
    if len(chunk.example_rows) == chunk.rows:
        return values
    if values.dtype.kind in "biu":
        values = values.astype(np.float64)
    empty: Any = "" if values.dtype == object else np.nan
    spread = np.full((chunk.rows, *values.shape[1:]), empty, dtype=values.dtype)
    spread[chunk.example_rows] = values
    return spread
