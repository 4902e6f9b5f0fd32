"""The sizes of a training, once its data is read, and what a spec makes of them."""

from __future__ import annotations

from dataclasses import replace

from modelspec.data import Data
from modelspec.diagnostics import Findings, Span, join_words
from modelspec.spec import Spec
from modelspec.spec.data import DataSpec
from modelspec.spec.expansion import check_values, is_later
from modelspec.spec.expressions import value_of
from modelspec.spec.phases import JobText, check_rate, job_texts, with_job_values
from modelspec.spec.training import TrainingSpec

MOST_TRIED = 100_000
"""Steps of which each is tried for its learning rate before a training."""


def job_sizes(data: Data, data_spec: DataSpec, training: TrainingSpec) -> dict[str, int]:
    """The sizes of a training, or of a phase of it, that expressions in `training` know by name."""
    examples = len(data.train.uncropped or data.train)
    steps = training.steps_per_epoch or -(-examples // data_spec.batch_size)
    return {
        "examples": examples,
        "epochs": training.epochs,
        "steps_per_epoch": steps,
        "steps": steps * training.epochs,
    }


def with_values_of_job(spec: Spec, data: Data, findings: Findings) -> TrainingSpec:
    """The training with the values of expressions of its sizes, in each phase those of the phase.

    Args:
        spec: with `data` and `training`.
        data: what was read.
        findings: takes expressions without a value, or with one that cannot stand there.
    """
    training = spec.training
    assert spec.data is not None and training is not None
    phases = []
    for phase in training.each_phase:
        sizes, before = job_sizes(data, spec.data, phase), findings.error_count
        phases.append(with_job_values(phase, sizes, findings))
        if _texts(phase) and findings.error_count == before:
            check_values(spec.document, phase.phase, sizes, findings)
    if training.phases:
        return replace(training, optimizer=phases[0].optimizer, phases=tuple(phases))
    return phases[0]


def _texts(training: TrainingSpec) -> list[JobText]:
    """The expressions of sizes in a training, or in a phase of it."""
    texts, checkpoint = list(job_texts(training)), training.checkpoint
    if checkpoint is not None and is_later(checkpoint.every):
        texts.append(JobText(str(checkpoint.every), checkpoint.every_span))
    return texts


def check_schedule(
    data: Data, data_spec: DataSpec, training: TrainingSpec, findings: Findings
) -> None:
    """Find an epoch or a step in which `schedule` gives no learning rate, of millions the first
    and the last of each epoch."""
    if training.schedule is None:
        return
    sizes = job_sizes(data, data_spec, training)
    each = sizes["steps_per_epoch"]
    in_epoch = range(each) if sizes["steps"] <= MOST_TRIED else (0, each - 1)
    for epoch in range(training.epochs):
        for step in in_epoch if "step" in training.schedule.names else (0,):
            values = {**sizes, "epoch": epoch, "step": epoch * each + step}
            if not check_rate(training.schedule, values, findings):
                return


def state_values_of_job(spec: Spec, data: Data, findings: Findings) -> None:
    """Check what a spec makes of the sizes of its training, and say which they are with its data.

    Args:
        spec: with `data` and `training`.
        data: what was read.
        findings: takes expressions without a value, or with one that cannot stand there, rates
            that are none, and a note of each value.
    """
    assert spec.data is not None and spec.training is not None
    before = findings.error_count
    with_values_of_job(spec, data, findings)
    values: dict[tuple[str, Span], list[str]] = {}
    for phase in spec.training.each_phase:
        check_schedule(data, spec.data, phase, findings)
        if findings.error_count > before:
            return
        sizes, of = job_sizes(data, spec.data, phase), f" in phase {phase.phase}"
        for each in dict.fromkeys(_texts(phase)):
            value = f"{value_of(each.text, each.sizes(sizes))}{of if phase.phase else ''}"
            value += " for the discriminator" if each.turns > 1 else ""
            values.setdefault((each.text, each.span), []).append(value)
    sizes = job_sizes(data, spec.data, spec.training)
    for (text, span), found in values.items():
        message = (
            f"`{text}` is {join_words(found, 'and')} with these data: examples"
            f" {sizes['examples']:,}, steps_per_epoch {sizes['steps_per_epoch']:,}, epochs"
            f" {sizes['epochs']:,}"
        )
        findings.note(span, "job-sizes", message)
