"""What a finished run reaches on its test split, or on another file."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from modelspec.analysis.losses import logged_values
from modelspec.building import extension_scope
from modelspec.data import load_data, load_synthetic, read_new_data
from modelspec.data.examples import Examples, report_undecodable_files
from modelspec.diagnostics import Findings, Span, SpecError, UsageError
from modelspec.spec.data import SYNTHETIC, DataSpec
from modelspec.spec.extensions import refuse_extensions
from modelspec.training.expectations import MissedExpectation, misses
from modelspec.training.predict import HALF
from modelspec.training.prepare import (
    Compiled,
    check_targets,
    compile_model,
    measure,
    outputs_of,
    shapes_of,
)
from modelspec.training.run import Run, digest
from modelspec.training.trained_run import TrainedRun, reopen

from .confusion import Confusion, Counter

PIECE = 1 << 16
"""Examples whose answers are held at once."""

PREFIXES = {"train": "train_", "validation": "val_", "test": "test_"}
"""Split to what stands before the names of its metrics."""


class Wanted(NamedTuple):
    """What is to be measured, and how.

    Attributes:
        data: a file with inputs and targets; None takes one of the run's own splits.
        split: which one: "train", "validation" or "test".
        threshold: from which probability on the second of two classes is said.
        most: how many of the first examples are enough; None takes all.
    """

    data: Path | None = None
    split: str = "test"
    threshold: float = HALF
    most: int | None = None


class Evaluation(NamedTuple):
    """What a run reaches.

    Attributes:
        metrics: loss and metrics by name: `test_loss`, `test_accuracy` ... on the test split,
            `val_...`, `train_...` on the others, and `loss`, `accuracy` ... on a file.
        missed: the expectations for the split that are not met.
        confusions: for each output that tells classes apart, how they were told.
        notes: what has to be known of the values, as sentences.
    """

    metrics: dict[str, float]
    missed: list[MissedExpectation]
    confusions: list[Confusion]
    notes: tuple[str, ...] = ()


def evaluate_run(run: Run | TrainedRun | Path, wanted: Wanted = Wanted()) -> Evaluation:  # noqa: B008
    """Measure a run.

    Args:
        run: a run, its folder, or what was opened.
        wanted: what is to be measured.

    Raises:
        UsageError: the folder holds no complete run, or the spec has no such split.
        SpecError: the file does not fit the spec, or the data changed since the training.
        CannotRunError: a file of the run is damaged.
    """
    opened = reopen(run)
    findings = Findings()
    section = opened.spec.data
    assert section is not None
    examples = _examples(opened, section, wanted, findings)
    if examples is not None and wanted.most is not None:
        examples = examples.take(slice(0, wanted.most))
    notes: tuple[str, ...] = ()
    if examples is not None and opened.runtime is not None:
        from .metrics_from_predictions import PENALTIES, has_penalties, with_answers

        notes = (PENALTIES,) if has_penalties(opened.spec.model) else ()
        opened, examples = with_answers(opened, opened.runtime, examples)
    compiled = None if examples is None else _compile(opened, examples, findings)
    if examples is None or compiled is None or findings.has_errors:
        raise SpecError(findings.sorted())
    prefix = PREFIXES[wanted.split] if wanted.data is None else ""
    given = None if wanted.data is None else str(wanted.data)
    span = section.train.span if given is None else Span(given, 1, 1, 1, 1)
    with report_undecodable_files(span, examples):
        found = measure(compiled, examples, section.batch_size, prefix)
        confusions = _confusions(opened, examples, wanted.threshold)
    missed = misses(opened.spec.expect, found, prefix) if prefix else []
    return Evaluation(found, missed, confusions, notes)


def _confusions(opened: TrainedRun, examples: Examples, threshold: float) -> list[Confusion]:
    """The classes of all outputs that have some, counted piece by piece."""
    counters = [
        Counter(name, meaning, threshold)
        for name, meaning in opened.kept.outputs.items()
        if Counter.counts_what(meaning)
    ]
    if not counters:
        return []
    respond = opened.responder()
    for start in range(0, len(examples), PIECE):
        part = examples.take(slice(start, start + PIECE))
        given = respond(part)
        for counter in counters:
            counter.add(part.targets[counter.output], given[counter.output])
    return [found for counter in counters if (found := counter.result()) is not None]


def _examples(
    opened: TrainedRun, section: DataSpec, wanted: Wanted, findings: Findings
) -> Examples | None:
    if wanted.data is not None:
        return read_new_data(opened.preprocessing, wanted.data, findings, with_targets=True)
    name = wanted.split
    given = {"validation": section.validation, "test": section.test}.get(name)
    if given is None and name != "train":
        message = f"the spec of {opened.path} has no `{name}` split; give a file with --data"
        raise UsageError(message)
    kept = opened.kept
    if section.train.kind == SYNTHETIC:
        assert opened.spec.training is not None
        loaded = load_synthetic(section, opened.graph, opened.spec.training, findings)
    else:
        loaded = load_data(section, kept.folder, opened.graph, kept.seed, findings, kept.learned)
    examples: Examples | None = None if loaded is None else getattr(loaded, name)
    if loaded is None or examples is None:
        return None
    shared = given is None or given.source is None
    if shared and digest(loaded, name) != kept.digests[name]:
        message = f"the data changed since the training, so the {name} split is another one"
        hint = "some of its rows may have been trained on; give new rows as a file with --data"
        span = section.train.span if given is None else given.span
        findings.error(span, "data-changed", message, hint=hint)
    return examples


def _compile(opened: TrainedRun, examples: Examples, findings: Findings) -> Compiled | None:
    training = opened.spec.training
    assert training is not None
    if refuse_extensions(opened.spec, training, findings):
        return None
    outputs = outputs_of(training, shapes_of(opened.model, opened.structure), findings)
    if outputs is None:
        return None
    for output in outputs:
        labels = opened.kept.learned.labels.get(output.name)
        check_targets(output, examples, labels, opened.graph, findings)
    if findings.has_errors:
        return None
    from modelspec.training.fit import Evaluator

    with extension_scope(opened.spec):
        compile_model(opened.model, training, outputs, opened.structure, findings)
    return Compiled(
        Evaluator(opened.model, training.steps_per_execution),
        opened.structure,
        list(logged_values(outputs)),
    )
