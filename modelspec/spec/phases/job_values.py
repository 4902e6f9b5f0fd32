"""Expressions under `training` of the job's sizes: `decay_steps: "${steps}"`.

How many steps there are is known with the data, so such an expression stays in the spec, with the
values of params in it, until the training begins.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from modelspec.diagnostics import Findings, Span
from modelspec.spec.expansion import TRIED, is_later
from modelspec.spec.expressions import ExpressionError, value_of
from modelspec.spec.model import KerasObject
from modelspec.spec.training import Checkpoint, TrainingSpec

__all__ = ["TRIED", "job_texts", "with_job_values"]


def job_texts(training: TrainingSpec) -> Iterator[tuple[str, Span]]:
    """The expressions in the arguments of optimizers and callbacks, each with its place."""
    for item in (*training.optimizers, *training.callbacks):
        yield from _texts(item, item.span)


def _texts(value: Any, span: Span) -> Iterator[tuple[str, Span]]:
    if isinstance(value, KerasObject):
        for name, argument in value.args.items():
            yield from _texts(argument, value.arg_spans.get(name, value.span))
    elif isinstance(value, (list, tuple)):
        for item in value:
            yield from _texts(item, span)
    elif is_later(value):
        yield value, span


def with_job_values(
    training: TrainingSpec, sizes: Mapping[str, int], findings: Findings
) -> TrainingSpec:
    """A training, or a phase of it, with the values of all such expressions.

    Args:
        training: without phases.
        sizes: by name, of this training.
        findings: takes expressions that have no value.
    """
    checkpoint = training.checkpoint
    if checkpoint is not None and is_later(checkpoint.every):
        training = replace(training, checkpoint=_with_steps(checkpoint, sizes, findings))
    if next(job_texts(training), None) is None:
        return training
    optimizer = _valued(training.optimizer, training.optimizer.span, sizes, findings)
    callbacks = tuple(_valued(one, one.span, sizes, findings) for one in training.callbacks)
    valued = replace(training, optimizer=optimizer, callbacks=callbacks)
    gan = training.gan
    if gan is None:
        return valued
    other = gan.discriminator_optimizer or training.optimizer
    sizes = {**sizes, "steps": sizes["steps"] * gan.discriminator_steps}
    other = _valued(other, other.span, sizes, findings)
    return replace(valued, gan=replace(gan, discriminator_optimizer=other))


def _with_steps(checkpoint: Checkpoint, sizes: Mapping[str, int], findings: Findings) -> Checkpoint:
    """The checkpoint with its number of steps."""
    span, found = checkpoint.every_span, findings.error_count
    steps = _valued(checkpoint.every, span, sizes, findings)
    if findings.error_count == found and (type(steps) is not int or steps < 1):
        message = f"`every` must be a whole number of at least 1, and {checkpoint.every} is {steps}"
        hint = f"write `${{max(1, {str(checkpoint.every).strip()[2:-1]})}}`"
        findings.error(span, "wrong-value", message, hint=hint if steps == 0 else "")
    return replace(checkpoint, every=steps)


def _valued(value: Any, span: Span, sizes: Mapping[str, int], findings: Findings) -> Any:
    if isinstance(value, KerasObject):
        args = {
            name: _valued(argument, value.arg_spans.get(name, value.span), sizes, findings)
            for name, argument in value.args.items()
        }
        return replace(value, args=args)
    if isinstance(value, (list, tuple)):
        return [_valued(item, span, sizes, findings) for item in value]
    if not is_later(value):
        return value
    try:
        return value_of(value, sizes)
    except ExpressionError as error:
        findings.error(span, error.code, error.message, hint=error.hint)
        return value
