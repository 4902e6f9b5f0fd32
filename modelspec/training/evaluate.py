"""What a finished run reaches on its test split, or on another file."""

from __future__ import annotations

from pathlib import Path

from modelspec.analysis.losses_logs import logged
from modelspec.building import extension_scope
from modelspec.data import Examples, load_data, load_synthetic, read_fresh
from modelspec.diagnostics import Findings, SpecError, UsageError
from modelspec.spec import refuse_extensions
from modelspec.spec.data import SYNTHETIC, DataSpec

from .compiling import compile_model
from .expectations import Miss, misses
from .measure import Compiled, measure
from .outputs import outputs_of
from .ready import shapes_of
from .reopen import Reopened, reopen
from .run import Run, digest
from .targets import check_targets


def evaluate_run(run: Run | Path, data: Path | None = None) -> dict[str, float]:
    """Measure a run.

    Args:
        run: a run, or its folder.
        data: a file with inputs and targets; None takes the run's own test split.

    Returns:
        Loss and metrics by name: `test_loss`, `test_accuracy` ... on the test split, `loss`,
        `accuracy` ... on a file.

    Raises:
        UsageError: the folder holds no complete run, or the spec has no test split.
        SpecError: the file does not fit the spec, or the data changed since the training.
        CannotRunError: a file of the run is damaged.
    """
    opened = reopen(run)
    findings = Findings()
    assert opened.spec.data is not None
    examples, prefix = _examples(opened, opened.spec.data, data, findings), ""
    if data is None:
        prefix = "test_"
    compiled = None if examples is None else _compile(opened, examples, findings)
    if compiled is None or findings.has_errors:
        raise SpecError(findings.sorted())
    return measure(compiled, examples, opened.spec.data.batch_size, prefix)


def missed_by(run: Run | Path, measured: dict[str, float]) -> list[Miss]:
    """The expectations of a run's spec for the test split that `measured` does not meet."""
    return misses(reopen(run).spec.expect, measured, prefix="test_")


def _examples(
    opened: Reopened, section: DataSpec, data: Path | None, findings: Findings
) -> Examples | None:
    if data is not None:
        return read_fresh(opened.reading, data, findings, with_targets=True)
    if section.test is None:
        message = f"the spec of {opened.path} has no `test` split; give a file with --data"
        raise UsageError(message)
    kept = opened.kept
    if section.train.kind == SYNTHETIC:
        assert opened.spec.training is not None
        loaded = load_synthetic(section, opened.graph, opened.spec.training, findings)
    else:
        loaded = load_data(section, kept.folder, opened.graph, kept.seed, findings, kept.learned)
    if loaded is None or loaded.test is None:
        return None
    if section.test.source is None and digest(loaded, "test") != kept.digests["test"]:
        message = "the data changed since the training, so the test split is another one"
        hint = "some of its rows may have been trained on; give new rows as a file with --data"
        findings.error(section.test.span, "data-changed", message, hint=hint)
    return loaded.test


def _compile(opened: Reopened, examples: Examples, findings: Findings) -> Compiled | None:
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
    from .steps import Evaluator

    with extension_scope(opened.spec):
        compile_model(opened.model, training, outputs, opened.structure, findings)
    return Compiled(
        Evaluator(opened.model, training.steps_per_execution),
        opened.structure,
        list(logged(outputs)),
    )
