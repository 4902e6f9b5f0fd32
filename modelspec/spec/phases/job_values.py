"""Expressions under `training` of the job's sizes: `decay_steps: "${steps}"`.

How many steps there are is known with the data, so such an expression stays in the spec, with the
values of params in it, until the training begins.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import starmap
from typing import Any, NamedTuple

from modelspec.diagnostics import Findings, Span
from modelspec.spec.expansion import TRIED, is_later
from modelspec.spec.expressions import ExpressionError, value_of
from modelspec.spec.model import KerasObject
from modelspec.spec.training import Checkpoint, TrainingSpec

__all__ = ["TRIED", "JobText", "job_texts", "with_job_values"]


class JobText(NamedTuple):
    """An expression of sizes, and its place.

    Attributes:
        text: the expression.
        span: its place.
        turns: how many steps are taken where it stands, in each step of the training.
    """

    text: str
    span: Span
    turns: int = 1

    def sizes(self, of_training: Mapping[str, int]) -> dict[str, int]:
        """The sizes that it knows, from those of the training."""
        return _with_turns(of_training, self.turns)


def job_texts(training: TrainingSpec) -> Iterator[JobText]:
    """The expressions in the arguments of optimizers and callbacks; with a `gan` those of the
    optimizer of its discriminator too, which may be the same."""
    for item in (training.optimizer, *training.callbacks):
        yield from starmap(JobText, _texts(item, item.span))
    if training.gan is not None:
        other = training.gan.discriminator_optimizer or training.optimizer
        for text, span in _texts(other, other.span):
            yield JobText(text, span, training.gan.discriminator_steps)


def _with_turns(sizes: Mapping[str, int], turns: int) -> dict[str, int]:
    counted = {name: sizes[name] * turns for name in ("steps", "steps_per_epoch")}
    return {**sizes, **counted}


def _texts(value: Any, span: Span) -> Iterator[tuple[str, Span]]:
    if isinstance(value, KerasObject):
        for name, argument in value.args.items():
            yield from _texts(argument, value.arg_spans.get(name, value.span))
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from _texts(item, span)
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
    other = _valued(other, other.span, _with_turns(sizes, gan.discriminator_steps), findings)
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
    if isinstance(value, Mapping):
        return {name: _valued(item, span, sizes, findings) for name, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_valued(item, span, sizes, findings) for item in value]
    if not is_later(value):
        return value
    try:
        return value_of(value, sizes)
    except ExpressionError as error:
        findings.error(span, error.code, error.message, hint=error.hint)
        return value
