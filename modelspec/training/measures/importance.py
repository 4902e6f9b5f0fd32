"""Permutation importance of the columns that a trained model reads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from modelspec.analysis.losses import metric_name, objectives_of
from modelspec.data.examples import Examples, report_undecodable_files
from modelspec.data.table import FeaturePlan, LazyArray
from modelspec.diagnostics import UsageError
from modelspec.evaluation import (
    Importances,
    OutputPredictions,
    OutputScore,
    Shuffling,
    importances_of,
    measures_of,
)
from modelspec.spec.data import Derived, own_source
from modelspec.spec.model import InputSpec
from modelspec.training.saved_predictions import (
    RowsToSave,
    SplitCollector,
    ignored_classes,
    load_predicted_split,
)
from modelspec.training.trained_run import Predictor, TrainedRun

from .expected_slices import measured_output

Places = dict[str, list[int] | None]
"""Input name to the positions on its last axis that belong to a feature; None for all of it."""


@dataclass(frozen=True, slots=True)
class _Model:
    """A model that is scored on examples of a split, see `Shuffling`."""

    rows: RowsToSave
    measures: Mapping[str, str]
    predictor: Predictor

    def scores(self, examples: Examples) -> dict[str, OutputScore]:
        """The score of each output that is measured row by row."""
        found = {}
        for name, output in self.predictions(examples).items():
            counted = output.counted()
            measure = measures_of(counted)[self.measures[name]]
            value = measure.value(len(counted))
            found[name] = OutputScore(measure.name, value, measure.is_large_good)
        return found

    def predictions(self, examples: Examples) -> Mapping[str, OutputPredictions]:
        """What the model says of examples, in chunks that fit into memory."""
        collector = SplitCollector(replace(self.rows, examples=examples))
        collector.predict(self.predictor)
        outputs = collector.result().outputs
        if not outputs:
            reasons = "; ".join(f"`{name}` {why}" for name, why in collector.left_out.items())
            message = f"no output is measured row by row: {reasons}"
            raise UsageError(f"{message}. --importance needs one with classes, labels or numbers")
        return outputs


def importance_of_run(
    trained: TrainedRun, split: str, *, repeats: int, seed: int
) -> dict[str, Importances]:
    """By how much each output is worse where the values of a column are shuffled among the rows.

    All that the model reads of one column is shuffled together, in all inputs, with what is
    derived from it alone; a column that is made of several others is shuffled as one of its own.
    Images, and inputs whose values do not belong to single columns, are shuffled as a whole. Of
    windows over a series the whole window is.

    Args:
        trained: the run.
        split: "train", "validation" or "test".
        repeats: how often each column is shuffled.
        seed: of the orders.

    Returns:
        The importances by output, measured with the first metric of the output that is measured
        row by row, or else `accuracy`, `binary_accuracy` or `mae`.

    Raises:
        UsageError: there is no such split, or no output is measured row by row.
        SpecError: the data cannot be read, or changed since the training.
    """
    spec, data = trained.spec, load_predicted_split(trained, split)
    assert spec.data is not None and spec.training is not None
    objectives = objectives_of(spec.training, trained.structure.output_names)
    examples = data.examples
    outputs, ignored = trained.data_record.outputs, ignored_classes(trained)
    rows = RowsToSave(split, examples, data.plan, outputs, ignored)
    with report_undecodable_files(spec.data.train.span, examples):
        model = _Model(rows, {}, trained.predictor())
        predictions = model.predictions(examples)
        measures = {name: next(iter(measures_of(one))) for name, one in predictions.items()}
        for name, objective in objectives.items():
            prefix = f"{name}_" if objective.among > 1 else ""
            for metric in reversed(objective.metrics):
                found = measured_output(prefix + metric_name(metric), objectives, predictions)
                if found is not None and found[0].name == name:
                    measures[name] = found[1]
        model = replace(model, measures=measures)
        features = features_of(data.plan, examples, spec.data.derive)
        examples = _in_memory(examples, features)
        shuffling = Shuffling(
            len(examples),
            list(features),
            lambda feature, order: shuffled(examples, features[feature], order),
            model.scores,
        )
        return importances_of(examples, shuffling, repeats=repeats, seed=seed)


def features_of(
    plan: FeaturePlan, examples: Examples, derive: Mapping[str, Derived]
) -> dict[str, Places]:
    """What is shuffled on its own: by the name of a column, or of an input, where it is.

    Args:
        plan: which columns feed which input.
        examples: with the arrays of the inputs.
        derive: the derived columns.
    """
    found: dict[str, Places] = {}
    for entry, columns in plan.inputs:
        if entry.name not in examples.inputs:
            continue
        size = _last_axis(examples, entry)
        names = () if columns is None else columns.columns
        if columns is None or (len(names) > 1 and size != columns.size):
            _add(found, entry.name, entry.name, None)
        elif len(names) == 1:
            _add(found, source_of(names[0], derive), entry.name, None)
        else:
            for at, column in enumerate((*names, *columns.indicators)):
                _add(found, source_of(column, derive), entry.name, at)
    return found


def _add(found: dict[str, Places], feature: str, name: str, at: int | None) -> None:
    places = found.setdefault(feature, {})
    before = places.get(name, [])
    places[name] = None if at is None or before is None else [*before, at]


def _last_axis(examples: Examples, entry: InputSpec) -> int | None:
    values = examples.inputs[entry.name]
    return values.shape[-1] if len(values.shape) else None


def source_of(column: str, derive: Mapping[str, Derived]) -> str:
    """The only column that a column is made of; itself where it is made of several, or of none."""
    while column in derive:
        takes = list(derive[column].takes)
        if len(takes) != 1:
            return column
        if takes[0] == own_source(column):
            return column
        column = takes[0]
    return column


def shuffled(examples: Examples, places: Places, order: npt.NDArray[np.int64]) -> Examples:
    """Examples of which a feature has another order, and all else stays.

    Args:
        examples: n of them.
        places: where the feature is.
        order: int64 [n].
    """
    inputs, lengths = dict(examples.inputs), dict(examples.lengths)
    for name, positions in places.items():
        values = inputs[name]
        if isinstance(values, LazyArray):
            inputs[name] = values.take(order)
        elif positions is None:
            inputs[name] = values[order]
        else:
            changed = values.copy()
            changed[..., positions] = values[order][..., positions]
            inputs[name] = changed
        if positions is None and name in lengths:
            lengths[name] = lengths[name][order]
    return replace(examples, inputs=inputs, lengths=lengths)


def _in_memory(examples: Examples, features: Mapping[str, Places]) -> Examples:
    """Examples whose inputs of several columns are arrays, of which a column can be shuffled."""
    inputs = dict(examples.inputs)
    for places in features.values():
        for name, positions in places.items():
            values = inputs[name]
            if positions is not None and isinstance(values, LazyArray):
                inputs[name] = _made(values)
    return replace(examples, inputs=inputs)


def _made(values: LazyArray, size: int = 4096) -> npt.NDArray[np.generic]:
    import tensorflow as tf

    parts: Sequence[npt.NDArray[np.generic]] = [
        np.asarray(values.make(tf.convert_to_tensor(values.references[start : start + size])))
        for start in range(0, len(values), size)
    ]
    return np.concatenate(parts)
