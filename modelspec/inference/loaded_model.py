"""A model that was opened once and predicts many times."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, overload

import numpy as np
import numpy.typing as npt

from modelspec.data.rows import rows_from
from modelspec.diagnostics import UsageError, join_words
from modelspec.runs import METRIC_PREFIXES
from modelspec.spec.data import DROP, EMPTY, MEDIAN
from modelspec.training.predict import PredictionOptions, predict_run

from .signature import ModelInput, ModelOutput, inputs_of, only_columns, outputs_of

if TYPE_CHECKING:
    from modelspec.report import Summary
    from modelspec.training import TrainedRun

Row = Mapping[str, Any]
"""A row: column to its value."""

Columns = dict[str, npt.NDArray[Any]]
"""Predictions by the name of their column, each with an entry for every row."""

Missing = Literal["empty", "drop", "median"]
"""What happens to a row with a gap where training had none."""

GAP_RULES = (EMPTY, DROP, MEDIAN)


class LoadedModel:
    """A trained run, or a file that was exported from one, ready to predict.

    It may be used by several threads at once: nothing in it changes between calls, and a runtime
    that takes one call at a time gets one. ONNX Runtime and TensorFlow compute several at once.

    Attributes:
        path: of the run folder or the file.
        inputs: the columns that rows need.
        outputs: what is predicted.
        metrics: split to the metrics of the run, as in its metrics.json; empty where it has none.
    """

    def __init__(
        self,
        members: Sequence[TrainedRun],
        metrics: Mapping[str, Mapping[str, float | None]],
        summarize: Callable[[], Summary],
    ) -> None:
        # what computes is kept: Keras would trace its function again in each call
        self._members = tuple(replace(one, runtime=one.batch_predictor()) for one in members)
        self._summarize = summarize
        trained = self._members[0]
        self.path: Path = trained.path if len(self._members) == 1 else trained.path.parent
        self.inputs: tuple[ModelInput, ...] = inputs_of(trained)
        self.outputs: tuple[ModelOutput, ...] = outputs_of(trained)
        self.metrics = {split: metrics[split] for split in METRIC_PREFIXES if metrics.get(split)}
        self._only_columns = only_columns(trained)

    @overload
    def predict(  # type: ignore[overload-overlap]  # whatever is no dict gives columns
        self,
        rows: Row | Sequence[Row],
        *,
        every_class: bool = ...,
        positive: bool = ...,
        threshold: float | None = ...,
        missing: Missing | None = ...,
        say: Callable[[str], None] | None = ...,
    ) -> list[dict[str, Any]]: ...

    @overload
    def predict(
        self,
        rows: object,
        *,
        every_class: bool = ...,
        positive: bool = ...,
        threshold: float | None = ...,
        missing: Missing | None = ...,
        say: Callable[[str], None] | None = ...,
    ) -> Columns: ...

    def predict(
        self,
        rows: object,
        *,
        every_class: bool = False,
        positive: bool = False,
        threshold: float | None = None,
        missing: Missing | None = None,
        say: Callable[[str], None] | None = None,
    ) -> list[dict[str, Any]] | Columns:
        """Predict for rows. Dicts give dicts, all else gives columns.

        The predictions are those of `modelspec predict` for a file with the same rows: class names
        and probabilities, numbers, texts, in columns of the same names.

        Args:
            rows: a dict for one row, or a list of dicts; or columns: a data frame of pandas,
                polars or anything else that Arrow reads, a dict of lists or arrays, or an array
                for the only input; or the path of a file that `modelspec predict` takes.
            every_class: add the probability of each class.
            positive: give the probability of the positive class, the second of two, in place of
                that of the class that is predicted.
            threshold: predict the positive class of two, or a label, above this probability; None
                for that of the run, or 0.5.
            missing: what happens to a row with a gap where training had none: "empty" leaves its
                prediction out, "drop" the row, and "median" fills the gap; None for what the spec
                says.
            say: takes what has to be known of the predictions, as sentences.

        Returns:
            For dicts a list with a dict for each row, of values of Python; a row without a
            prediction has None. Else column to an array with an entry for each row, "" and NaN
            where a row has no prediction. A forecast has an entry for each step.

        Raises:
            UsageError: the rows are of no kind that can be read, or an option does not go with the
                model.
            SpecError: the rows lack a column, or have values that do not fit; it says which.
            CannotRunError: the runtime fails.
        """
        if not self._members:
            raise UsageError(f"{self.path} was closed: load it again")
        if threshold is not None and not 0 <= threshold <= 1:
            raise UsageError(f"`threshold` is a probability between 0 and 1, got {threshold}")
        if missing is not None and missing not in GAP_RULES:
            known = join_words((f'"{one}"' for one in GAP_RULES), "or")
            raise UsageError(f'`missing` is {known}, got "{missing}"')
        options = PredictionOptions(every_class, positive, threshold, say, missing)
        if isinstance(rows, (str, os.PathLike)):
            return predict_run(self._members, Path(rows), options=options)
        given = rows_from(rows, self._only_columns)
        columns = predict_run(self._members, given, options=options)
        return _dicts(columns) if given.as_dicts else columns

    def summary(self) -> Summary:
        """The layers of the model: shapes, parameters, FLOPs and memory."""
        return self._summarize()

    def close(self) -> None:
        """Let go of the model and its memory; it cannot predict any more."""
        self._members = ()

    def __enter__(self) -> LoadedModel:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _repr_html_(self) -> str:
        """For notebooks: what rows need, and what is predicted."""
        from modelspec.markup import table, view

        inputs = [
            (one.name, one.kind, "may be missing" if one.may_be_missing else "")
            for one in self.inputs
        ]
        outputs = [(one.name, one.kind, ", ".join(one.classes)) for one in self.outputs]
        takes, gives = ("takes", "", ""), ("predicts", "", "classes")
        return view(str(self.path), table(takes, inputs), table(gives, outputs))

    def __repr__(self) -> str:
        outputs = ", ".join(one.name for one in self.outputs)
        return f"<LoadedModel {self.path}: {outputs}>"


def _dicts(columns: Columns) -> list[dict[str, Any]]:
    """The rows of columns as dicts; None in place of what is not there."""
    plain = [_plain(values) for values in columns.values()]
    return [dict(zip(columns, row, strict=True)) for row in zip(*plain, strict=True)]


def _plain(values: npt.NDArray[Any]) -> list[Any]:
    if values.ndim > 1:
        return list(values)
    found: list[Any] = values.tolist()
    if values.dtype.kind == "f" and not np.isfinite(values).all():
        return [value if np.isfinite(value) else None for value in found]
    if values.dtype == object:
        return [None if isinstance(value, str) and value == "" else value for value in found]
    return found
