"""Targets that are tokens of text, against the losses and the outputs."""

from __future__ import annotations

from modelspec.analysis.data import tokens_text
from modelspec.analysis.facts import shape_text
from modelspec.diagnostics import Findings, Related, Span
from modelspec.spec.data import TokenizerSpec, steps_of

from .kinds import CLASS_NUMBER_LOSSES
from .outputs import TrainedOutput
from .target_values import count_of_units

TOKEN_LOSSES = CLASS_NUMBER_LOSSES | {"CTC", ""}
"""Losses that compare with the numbers of tokens; "" is one of an extension."""


def check_token_target(
    output: TrainedOutput, spec: TokenizerSpec, units_span: Span, findings: Findings
) -> None:
    """Check the loss, the steps and the units of an output whose target is text.

    Args:
        output: the output.
        spec: the tokenizer of its target, with its length where that is known.
        units_span: where the units of the output stand.
        findings: takes what does not fit.
    """
    target = output.target
    assert target is not None
    related = (Related(target.place("tokens"), "its tokens are here"),)
    if output.loss_class not in TOKEN_LOSSES:
        message = (
            f"`{output.loss.class_name}` does not compare with tokens, of which each is one of"
            f" many classes: the target `{output.name}` is text"
        )
        hint = "write sparse_categorical_crossentropy"
        findings.error(output.loss.span, "loss-and-labels", message, hint=hint, related=related)
        return
    if output.loss_class in CLASS_NUMBER_LOSSES:
        _check_steps(output, spec, findings)
    _check_units(output, spec, units_span, findings)


def _check_steps(output: TrainedOutput, spec: TokenizerSpec, findings: Findings) -> None:
    """Check that the output has one row of units for each token."""
    target, tensor = output.target, output.tensor
    if tensor is None or target is None or spec.length is None:
        return
    shape = tensor.shape[1:]
    steps = steps_of(spec.length, target)
    if len(shape) == 2 and shape[0] in (None, steps):
        return
    message = (
        f"{tokens_text(target, spec.length)}; the output `{output.name}` has shape "
        f"{shape_text(shape)}"
    )
    units = "UNITS" if not shape or shape[-1] is None else str(shape[-1])
    hint = f"end in a layer that gives [{steps}, {units}], a row for each token"
    if target.drop is None and len(shape) == 2 and shape[0] == steps - 1:
        hint = "write `drop: first`, for the next token after those that an input has"
    elif len(shape) == 2:
        hint += f"; or change `length` of `{spec.name}`"
    related = (Related(output.span, f"the output `{output.name}` is here"),)
    place = target.place("tokens")
    findings.error(place, "target-shape", message, hint=hint, related=related)


def _check_units(
    output: TrainedOutput, spec: TokenizerSpec, units_span: Span, findings: Findings
) -> None:
    """Compare the units with the size of the vocabulary, as far as the spec tells it."""
    units, size = output.units, spec.size
    if units is None or size is None or units == size:
        return
    most = "" if spec.has_exact_size else "up to "
    related = (Related(spec.place(spec.kind), f"the tokens of `{spec.name}` are here"),)
    have = f"`{spec.name}` has {most}{size} tokens"
    hint = f"give the last layer {size} units"
    if units < size:
        message = f"{have}, and the output `{output.name}` has only {count_of_units(units)}"
        findings.error(units_span, "too-few-units", message, hint=hint, related=related)
    else:
        message = f"{have}, and the output `{output.name}` has {units} units"
        findings.warning(units_span, "too-many-units", message, hint=hint, related=related)
