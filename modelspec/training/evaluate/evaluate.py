"""Measuring a complete run on one of its splits, or on another file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import prod
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from modelspec.analysis.losses import objectives_of
from modelspec.building import extension_scope
from modelspec.data import read_new_data, start_of
from modelspec.data.examples import Examples, decoded, report_undecodable_files
from modelspec.data.table import example_shape
from modelspec.diagnostics import Findings, SpecError
from modelspec.evaluation import Confusion, all_calibrations, all_curves, measures_of_split
from modelspec.spec.data import DataSpec
from modelspec.training.measures import (
    MeasureOptions,
    OutputMeasures,
    facts_of_open_run,
    measure_predictions,
)
from modelspec.training.predict import check_threshold, threshold_of
from modelspec.training.prepare import (
    check_known_categories,
    check_new_sizes,
    without_own_padding,
)
from modelspec.training.run import MissedExpectation, Run, missed_expectations
from modelspec.training.run_splits import RunSplitData, load_split
from modelspec.training.saved_predictions import (
    ConfusionCounter,
    MeasuredPredictions,
    expected_measures,
    predict_chunk,
)
from modelspec.training.trained_run import TrainedRun, reopen
from modelspec.training.workers import MEASURE

from .discriminators import refuse_without_discriminator
from .evaluators import make_evaluator
from .forecasts import ForecastErrors, forecast_errors
from .label_scores import LabelCounter, LabelScores
from .perplexity import PerplexityCounter
from .quantile_scores import QuantileCounter, QuantileScores

if TYPE_CHECKING:
    from modelspec.evaluation import Calibration, OutputCurves, SplitPredictions
    from modelspec.training.fit import Evaluator
    from modelspec.training.saved_predictions import SplitCollector

CHUNK = 1 << 16
"""Examples whose predictions are in memory at once, and fewer of larger ones."""

CHUNK_NUMBERS = 1 << 24
"""Numbers that they have together."""

NOT_DIVIDED = (
    "the loss and the metrics were measured by one process: those of a model with its own steps, or"
    " of a metric that Keras does not have, need not be sums over batches"
)
"""What is said where several were asked for."""

PREFIXES = {"train": "train_", "validation": "val_", "test": "test_"}
"""Split to the prefix of the names of its metrics; "train_" tells them from those of the epochs."""


@dataclass(frozen=True, slots=True)
class EvaluationOptions:
    """What is measured.

    Attributes:
        data: a file with inputs and targets; None takes one of the run's own splits.
        split: which one: "train", "validation" or "test".
        threshold: predict the positive class above this probability; None for that of the run,
            or 0.5.
        max_examples: take only the first examples; None takes all.
        missing: what happens to gaps in the file where training had none: "empty" and "drop" leave
            their rows out, "median" fills them; None for what the spec says.
        measures: what is measured beside.
    """

    data: Path | None = None
    split: str = "test"
    threshold: float | None = None
    max_examples: int | None = None
    missing: str | None = None
    measures: MeasureOptions = field(default_factory=MeasureOptions)


class Evaluation(NamedTuple):
    """The result of measuring a run.

    Attributes:
        metrics: loss and metrics by name: `test_loss`, `test_accuracy` ... on the test split,
            `val_...`, `train_...` on the others, and `loss`, `accuracy` ... on a file.
        missed: the expectations for the split that are not met.
        confusions: one for each output with classes.
        notes: what has to be known about the values, as sentences.
        label_scores: one for each output of several labels.
        forecasts: one for each output that forecasts the numbers of a series.
        quantiles: one for each output of quantiles.
        predictions: what all measures but these are computed from; None where no output has
            predictions that are measured row by row, and of generators.
        curves: one for each output with classes or labels, of these predictions.
        measures: of each output, beside its metrics; empty without predictions.
        calibrations: one for each output with classes or labels, of these predictions.
    """

    metrics: dict[str, float]
    missed: list[MissedExpectation]
    confusions: list[Confusion]
    notes: tuple[str, ...] = ()
    label_scores: tuple[LabelScores, ...] = ()
    forecasts: tuple[ForecastErrors, ...] = ()
    quantiles: tuple[QuantileScores, ...] = ()
    predictions: SplitPredictions | None = None
    curves: tuple[OutputCurves, ...] = ()
    measures: tuple[OutputMeasures, ...] = ()
    calibrations: tuple[Calibration, ...] = ()


def evaluate_run(
    run: Run | TrainedRun | Path, options: EvaluationOptions | None = None
) -> Evaluation:
    """Measure a run.

    Args:
        run: a run, its folder, or one that is open.
        options: what is measured; by default the test split.

    Raises:
        UsageError: the run is not complete, or the spec has no such split.
        SpecError: the file does not fit the spec, or the data changed since the training.
        CannotRunError: a file of the run is damaged.
    """
    options = options or EvaluationOptions()
    trained, findings = reopen(run), Findings()
    if trained.noise is not None:
        refuse_without_discriminator(trained)
    if trained.runtime is None:
        trained = trained.for_measuring()
    data_spec = trained.spec.data
    assert data_spec is not None
    check_threshold(trained.data_record.outputs, options.threshold)
    examples, data = _load_examples(trained, data_spec, options, findings)
    source = trained
    if examples is not None and trained.spec.training is not None:
        names = trained.structure.output_names
        objectives = objectives_of(trained.spec.training, names).values()
        examples = without_own_padding(examples, objectives)
    notes = tuple(f"warning: {finding.message}" for finding in findings)
    if examples is not None and trained.runtime is not None:
        trained, examples, said = _with_predictions(trained, examples)
        notes += said
    evaluator = None
    if examples is not None:
        place = data_spec.train.span if options.data is None else start_of(options.data)
        graph = trained.graph.for_outputs()
        check_known_categories(trained.model, graph, examples, place, findings)
        if options.data is not None:
            check_new_sizes(trained.spec, graph, examples, place, findings)
        evaluator, kept = make_evaluator(trained, examples, options.threshold, findings)
        notes += kept
    if examples is None or evaluator is None or findings.has_errors:
        raise SpecError(findings.sorted())
    prefix, span = PREFIXES[options.split], data_spec.train.span
    if options.data is not None:
        prefix, span = "", start_of(options.data)
    with report_undecodable_files(span, examples):
        metrics, how = _measure(trained, evaluator, examples, options.threshold, prefix)
        notes += how
        store = MeasuredPredictions(
            source,
            options.split,
            data,
            examples,
            options.measures.slices,
            options.data if options.measures else None,
        )
        counted = _count_predictions(trained, examples, options.threshold, store.collector)
        metrics |= {f"{prefix}{name}": value for name, value in counted.perplexities.items()}
        forecasts = _forecast_errors(trained, examples)
    predictions, why = store.finish()
    notes += (*why, *counted.notes)
    if options.threshold is None:
        notes += store.write_confusions(counted.confusions)
    if predictions is not None and prefix:
        wanted = expected_measures(trained.spec.expect, trained.data_record.outputs, metrics)
        metrics |= measures_of_split(predictions, wanted)
    missed = missed_expectations(trained.spec.expect, metrics, prefix) if prefix else []
    measured, of_slices = measure_predictions(
        facts_of_open_run(source, prefix, metrics),
        predictions,
        options.measures,
        options.threshold,
    )
    return Evaluation(
        metrics,
        [*missed, *of_slices],
        counted.confusions,
        notes,
        counted.labels,
        forecasts,
        counted.quantiles,
        predictions,
        () if predictions is None else all_curves(predictions),
        measured,
        () if predictions is None else all_calibrations(predictions, _temperatures(source)),
    )


def _temperatures(trained: TrainedRun) -> dict[str, float | None]:
    """By which the logits of each output are divided; None where they are not."""
    meanings = trained.data_record.outputs
    return {name: meaning.get("temperature") for name, meaning in meanings.items()}


def _with_predictions(
    trained: TrainedRun, examples: Examples
) -> tuple[TrainedRun, Examples, tuple[str, ...]]:
    """Of what another runtime than Keras predicts: a run that passes the predictions through, the
    examples with these as inputs, and what has to be known of the values, as sentences."""
    from .metrics_from_predictions import (
        PENALTIES,
        has_penalties,
        run_of_predictions,
        without_graph_losses,
        without_trainer,
    )

    notes: tuple[str, ...] = (PENALTIES,) if has_penalties(trained.spec.model) else ()
    notes += without_graph_losses(trained)
    trained, kept = without_trainer(trained)
    return *run_of_predictions(trained, trained.predictor(), examples), (*notes, *kept)


def _measure(
    trained: TrainedRun,
    evaluator: Evaluator,
    examples: Examples,
    threshold: float | None,
    prefix: str,
) -> tuple[dict[str, float], tuple[str, ...]]:
    """Loss and metrics over a split, by the workers too where what they measure adds up; and what
    has to be known of it, as sentences."""
    if trained.workers is None:
        return evaluator.measure_split(examples, prefix), ()
    feed = evaluator.feed(examples)
    if not evaluator.adds_up(feed):
        return evaluator.measure_split(examples, prefix), (NOT_DIVIDED,)
    request = (MEASURE, threshold, examples.step_weighted)
    added = trained.workers.map(feed.arrays_in_order(), evaluator.added_by, request)
    return evaluator.measured(added, prefix), ()


def _forecast_errors(trained: TrainedRun, examples: Examples) -> tuple[ForecastErrors, ...]:
    training = trained.spec.training
    assert training is not None
    objectives = objectives_of(training, trained.structure.output_names)
    metrics = {name: objective.metrics for name, objective in objectives.items()}
    with extension_scope(trained.spec):
        meanings = trained.data_record.outputs
        return forecast_errors(trained.predictor(), examples, meanings, metrics)


class _Counted(NamedTuple):
    """What the predictions of a split were counted to.

    Attributes:
        confusions: the tables of outputs with classes.
        labels: the scores of those with labels.
        quantiles: the scores of those with quantiles.
        perplexities: of those with tokens, by the name of the metric.
        notes: on outputs that have no table.
    """

    confusions: list[Confusion]
    labels: tuple[LabelScores, ...]
    quantiles: tuple[QuantileScores, ...]
    perplexities: dict[str, float]
    notes: tuple[str, ...] = ()


def _count_predictions(
    trained: TrainedRun,
    examples: Examples,
    threshold: float | None,
    collector: SplitCollector | None,
) -> _Counted:
    """Predict in chunks, and count the predictions of all outputs that have a table.

    Args:
        trained: the run.
        examples: with their targets.
        threshold: of probabilities; None for that of each output.
        collector: takes all predictions; None where that is of no use.
    """
    training = trained.spec.training
    assert training is not None
    objectives = objectives_of(training, trained.structure.output_names)
    outputs = trained.data_record.outputs
    above = {name: threshold_of(meaning, threshold) for name, meaning in outputs.items()}
    confusions = [
        ConfusionCounter(name, meaning, above[name], objectives[name].ignored_class)
        for name, meaning in outputs.items()
        if ConfusionCounter.has_classes(meaning)
    ]
    perplexities = [
        PerplexityCounter(name, meaning)
        for name, meaning in outputs.items()
        if PerplexityCounter.has_tokens(meaning)
    ]
    labels = [
        LabelCounter(name, meaning, above[name])
        for name, meaning in outputs.items()
        if LabelCounter.has_labels(meaning)
    ]
    quantiles = [
        QuantileCounter(name, meaning)
        for name, meaning in outputs.items()
        if QuantileCounter.has_quantiles(meaning)
    ]
    counters: list[ConfusionCounter | PerplexityCounter | LabelCounter | QuantileCounter]
    counters = [*confusions, *perplexities, *labels, *quantiles]
    collects = collector is not None and bool(collector.outputs)
    if not counters and not collects:
        return _Counted([], (), (), {})
    predictor = trained.predictor()
    size = _chunk_size(trained, examples)
    for start in range(0, len(examples), size):
        chunk = examples.take(slice(start, start + size))
        predictions, steps = predict_chunk(predictor, chunk)
        if collector is not None:
            collector.add(chunk, predictions)
        for counter in counters:
            name = counter.output
            counter.add(decoded(chunk.targets[name]), predictions[name], *steps[name])
    tables = [result for counter in confusions if (result := counter.result()) is not None]
    scores = [measured for one in labels if (measured := one.result()) is not None]
    shares = [quantile for one in quantiles if (quantile := one.result()) is not None]
    several = len(outputs) > 1
    found = {
        f"{counter.output}_perplexity" if several else "perplexity": value
        for counter in perplexities
        if (value := counter.result()) is not None
    }
    notes = tuple(why for counter in confusions if (why := counter.why_not_counted))
    return _Counted(tables, tuple(scores), tuple(shares), found, notes)


def _chunk_size(trained: TrainedRun, examples: Examples) -> int:
    """How many examples are predicted at once: masks and texts have many numbers each."""
    numbers = 1
    for name, meaning in trained.data_record.outputs.items():
        target = examples.targets.get(name)
        if target is not None:
            positions = prod(size or 1 for size in example_shape(target))
            numbers += positions * _class_count(trained, meaning)
    return max(1, min(CHUNK, CHUNK_NUMBERS // numbers))


def _class_count(trained: TrainedRun, meaning: Mapping[str, Any]) -> int:
    """How many numbers an output has at each position, as far as it is known."""
    if PerplexityCounter.has_tokens(meaning):
        return trained.data_record.learned.tokenizers[meaning["tokens"]].size
    return max(1, len(meaning["labels"] or ()))


def _load_examples(
    trained: TrainedRun, data_spec: DataSpec, options: EvaluationOptions, findings: Findings
) -> tuple[Examples | None, RunSplitData | None]:
    """The examples to measure on, None with findings if they cannot be read; and the split of the
    run that they are, None for those of a file."""
    data = None
    if options.data is not None:
        examples = read_new_data(
            trained.preprocessing,
            options.data,
            findings,
            with_targets=True,
            missing=options.missing,
            keep=options.measures.slices,
        )
    else:
        data = load_split(trained, data_spec, options.split, findings)
        examples = None if data is None else data.examples
    if examples is None or options.max_examples is None:
        return examples, data
    return examples.take(slice(0, options.max_examples)), data
