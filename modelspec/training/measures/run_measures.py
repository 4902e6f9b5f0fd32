"""The measures of a run by the files of its folder, without TensorFlow."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from math import isfinite
from pathlib import Path
from typing import Any

from modelspec.analysis.losses import objectives_of
from modelspec.data.sources import fingerprint
from modelspec.diagnostics import CannotRunError, UsageError, join_words
from modelspec.evaluation import Importances, SplitPredictions
from modelspec.files import write_atomically
from modelspec.runs import METRIC_PREFIXES, RunFile
from modelspec.spec import Spec
from modelspec.training.data_record import DataRecord, read_data_record
from modelspec.training.run import MissedExpectation, missed_expectations
from modelspec.training.trained_run import TrainedRun, compile_trained_spec

from .expected_slices import MeasureContext, group_of, missed_slices
from .output_measures import MeasureOptions, OutputMeasures, measure_outputs

TRAIN_PREFIX = "train_"
"""Before the names of what is measured on the training split, where metrics.json has the values
of the epochs."""


@dataclass(frozen=True, slots=True)
class RunFacts:
    """What the files of a run say of it.

    Attributes:
        spec: that was trained.
        facts: for the measures of a split.
    """

    spec: Spec
    facts: MeasureContext


def run_facts(folder: Path, split: str) -> RunFacts:
    """Read what is known of a complete run.

    Args:
        folder: of the run.
        split: that is measured.

    Raises:
        SpecError: the spec has errors.
        CannotRunError: a file is damaged.
    """
    file = folder / RunFile.EXPANDED_SPEC
    try:
        spec, graph = compile_trained_spec(file.read_text(encoding="utf-8"), file)
        record = read_data_record(folder)
        content = json.loads((folder / RunFile.METRICS).read_text(encoding="utf-8"))
        values = content[split] if split != "train" else {}
    except (OSError, ValueError, KeyError, TypeError) as error:
        message = f"the run in {folder} is damaged: {type(error).__name__}: {error}"
        raise CannotRunError(message) from error
    prefix = TRAIN_PREFIX if split == "train" else METRIC_PREFIXES[split]
    metrics = {f"{prefix}{n}": value for n, value in values.items() if isinstance(value, float)}
    return RunFacts(spec, _context_of(spec, graph.output_names, record, prefix, metrics))


def facts_of_open_run(trained: TrainedRun, prefix: str, metrics: Mapping[str, float]) -> RunFacts:
    """What is known of a run that is open.

    Args:
        trained: the run.
        prefix: of the names of the metrics.
        metrics: loss and metrics of the split.
    """
    names = trained.structure.output_names
    facts = _context_of(trained.spec, names, trained.data_record, prefix, metrics)
    return RunFacts(trained.spec, facts)


def _context_of(
    spec: Spec,
    names: tuple[str, ...],
    record: DataRecord,
    prefix: str,
    metrics: Mapping[str, float],
) -> MeasureContext:
    assert spec.training is not None and spec.data is not None
    outputs = record.outputs.items()
    return MeasureContext(
        objectives_of(spec.training, names),
        {name: meaning.get("constants", {}) for name, meaning in outputs},
        group_of(spec.data),
        prefix,
        {name: value for name, value in metrics.items() if isfinite(value)},
    )


def measure_run(
    predictions: SplitPredictions, options: MeasureOptions, run: RunFacts
) -> tuple[dict[str, float], tuple[OutputMeasures, ...], list[MissedExpectation]]:
    """The metrics of a split, the measures of each output, and the expectations that are missed.

    Args:
        predictions: of the split.
        options: what is measured.
        run: what is known of it.

    Raises:
        UsageError: as `measure_outputs` does.
    """
    facts, expect, missed = run.facts, run.spec.expect, []
    found, of_slices = measure_predictions(run, predictions, options)
    if facts.prefix != TRAIN_PREFIX:
        missed = missed_expectations(expect, facts.metrics, facts.prefix)
    return dict(facts.metrics), found, [*missed, *of_slices]


def measure_predictions(
    run: RunFacts,
    predictions: SplitPredictions | None,
    options: MeasureOptions,
    threshold: float | None = None,
) -> tuple[tuple[OutputMeasures, ...], list[MissedExpectation]]:
    """The measures of each output, and the expectations of slices that are missed.

    Args:
        run: what is known of it.
        predictions: None where no output is measured row by row.
        options: what is measured.
        threshold: of probabilities; None for that of the predictions.

    Raises:
        UsageError: as `measure_outputs` does, or something is asked for and there are no
            predictions.
    """
    if predictions is None:
        if options:
            named = join_words(f"`{name}`" for name in run.facts.objectives)
            message = f"no output is measured row by row: the run has {named}"
            raise UsageError(f"{message}; leave out --slices, --intervals, --mistakes, --residuals")
        return (), []
    if threshold is not None:
        outputs = {n: replace(one, threshold=threshold) for n, one in predictions.outputs.items()}
        predictions = replace(predictions, outputs=outputs)
    missed = missed_slices(run.spec.expect, run.facts, predictions)
    return measure_outputs(predictions, options, run.facts), missed


def write_importance(
    folder: Path, found: Mapping[str, Importances], split: str, *, repeats: int, seed: int
) -> Path:
    """Write importance.json of a run.

    Args:
        folder: of the run.
        found: by output.
        split: that was measured.
        repeats: how often each column was shuffled.
        seed: of the orders.

    Raises:
        CannotRunError: it cannot be written.
    """
    content: dict[str, Any] = {
        "version": 1,
        "weights": fingerprint(folder / RunFile.MODEL).hex(),
        "split": split,
        "repeats": repeats,
        "seed": seed,
        "outputs": {name: one.to_dict() for name, one in found.items()},
    }
    text = json.dumps(content, indent=1, ensure_ascii=False) + "\n"
    return write_atomically(folder / RunFile.IMPORTANCE, text)
