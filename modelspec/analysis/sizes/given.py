"""A model whose inputs leave sizes open, at the sizes that its data has."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import NamedTuple

from modelspec.analysis.data import GivenShape
from modelspec.analysis.facts import Analysis, shape_text
from modelspec.analysis.shapes import analyze
from modelspec.diagnostics import Finding, Findings, Related, Severity, join_words
from modelspec.layers.rule import Policy, Tensor
from modelspec.spec.model import ExampleShape

from .facts import OpenSize, find_sizes
from .trials import has_empty


def analyze_given(
    analysis: Analysis,
    policy: Policy | None,
    given: Mapping[str, GivenShape],
    findings: Findings,
) -> Analysis:
    """The analysis at the sizes that data makes known.

    Args:
        analysis: of a model without errors.
        policy: the dtype policy of the analysis.
        given: input name to the shape of its examples.
        findings: takes sizes that the layers do not take; then the analysis is returned as it is.
    """
    known = _open_inputs(analysis, given)
    if not known:
        return analysis
    made = _made(analysis, policy, known)
    if made.error is None and not made.is_empty:
        return made.analysis
    for name, shape in known.items():  # the first that is wrong by itself
        alone = _made(analysis, policy, {name: shape})
        if alone.error is not None or alone.is_empty:
            made, known = alone, {name: shape}
            break
    _report(analysis, policy, _Refused(known, made.error), given, findings)
    return analysis


class _Made(NamedTuple):
    """An analysis at some sizes, its first error, and whether a tensor has no elements."""

    analysis: Analysis
    error: Finding | None
    is_empty: bool


class _Refused(NamedTuple):
    """The shapes of inputs that the layers do not take, and what they say."""

    shapes: Mapping[str, ExampleShape]
    error: Finding | None


def _open_inputs(analysis: Analysis, given: Mapping[str, GivenShape]) -> dict[str, ExampleShape]:
    """The shapes of the inputs of which `given` has a size that the spec leaves open."""
    found = {}
    for name, made in given.items():
        tensor = analysis.inputs.get(name)
        if not isinstance(tensor, Tensor):
            continue
        wanted = tensor.shape[1:]
        sizes = (*made.shape, *(None,) * len(wanted))
        shape = tuple(
            size if known is None else known for known, size in zip(wanted, sizes, strict=False)
        )
        if shape != wanted:
            found[name] = shape
    return found


def _made(analysis: Analysis, policy: Policy | None, shapes: Mapping[str, ExampleShape]) -> _Made:
    tensors = dict(analysis.inputs)
    for name, shape in shapes.items():
        tensor = tensors[name]
        assert isinstance(tensor, Tensor)
        tensors[name] = replace(tensor, shape=(tensor.shape[0], *shape))
    findings = Findings()
    seen = analyze(analysis.graph, findings, policy, tensors, analysis)
    errors = (each for each in findings.sorted() if each.severity is Severity.ERROR)
    return _Made(seen, next(errors, None), has_empty(seen))


def _report(
    analysis: Analysis,
    policy: Policy | None,
    refused: _Refused,
    given: Mapping[str, GivenShape],
    findings: Findings,
) -> None:
    """Report sizes of the data that the layers do not take, where the data makes them known."""
    first = next(iter(refused.shapes))
    shown = " and ".join(
        f"the input `{name}` the shape {shape_text(shape)}"
        for name, shape in refused.shapes.items()
    )
    message = f"the data gives {shown}, which the layers do not take"
    sizes = [
        (size, shape[axis.axis - 1])
        for size in find_sizes(analysis, policy).open
        for axis in size.axes
        if (shape := refused.shapes.get(axis.input)) is not None
    ]
    wrong = [
        _legal_text(size, number)
        for size, number in sizes
        if number is not None and number not in size.legal
    ]
    hint = f"they take {join_words(dict.fromkeys(wrong))}" if wrong else ""
    error = refused.error
    related = () if error is None else (Related(error.span, error.message), *error.related)
    findings.error(given[first].span, "input-shape", message, hint=hint, related=related)


def _legal_text(size: OpenSize, number: int) -> str:
    """The legal sizes, with one near to another that is not."""
    text = size.legal.text([size.name])
    if size.legal.single_sizes is not None:
        return text
    return f"{text} (such as {size.legal.nearest(number)})"
