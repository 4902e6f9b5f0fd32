"""What `expect` asks of a model against the analysis, and of metrics against what is logged."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Any

from modelspec.analysis.losses import logged_values, names_with_loss, trained_outputs
from modelspec.analysis.memory import largest_needs, trained_analysis
from modelspec.diagnostics import Findings, Related, did_you_mean, join_words, suggest
from modelspec.layers.rule import Tensor
from modelspec.spec import (
    Bounds,
    Expect,
    MemoryBound,
    ShapeBound,
    Spec,
    expectation_message,
    format_number,
    size_text,
)

from .facts import Analysis, LayerFacts, count_parameters, shape_text, tensors_of

PREFIXES = {"validation": "val_", "test": "test_"}
"""The prefix of the names of values that are measured on a split of `data`."""

_PART = re.compile(r"_[0-9]+\Z")
"""The suffix of a metric's name where it has a value for each class."""


def check_expectations(spec: Spec, analysis: Analysis, findings: Findings) -> None:
    """Decide the static expectations of a spec.

    Args:
        spec: without `expect` there is nothing to check.
        analysis: of its model.
        findings: takes an error for each expectation that is missed and for each unknown output,
            and a warning for each expectation that cannot be decided.
    """
    expect = spec.expect
    if expect is None:
        return
    for wanted in expect.outputs:
        _check_output(wanted, analysis, findings)
    weights = analysis.weights
    total = None if weights is None else count_parameters(weights)
    if expect.params is not None:
        _check_number(expect.params, total, _without_weights(analysis), findings)
    if expect.trained_params is not None:
        trained = trained_analysis(spec, analysis).weights
        count = None if trained is None else count_parameters(w for w in trained if w.trainable)
        _check_number(expect.trained_params, count, _without_weights(analysis), findings)
    if expect.flops is not None:
        _check_number(expect.flops, analysis.flops, _first(analysis, _no_flops), findings)
    if expect.memory is not None:
        _check_memory(expect.memory, spec, analysis, findings)


def _check_output(wanted: ShapeBound, analysis: Analysis, findings: Findings) -> None:
    names = analysis.graph.output_names
    shown = join_words(f"`{name}`" for name in names)
    if wanted.name is None and len(names) > 1:
        message = f"the model has {len(names)} outputs, {shown}: `outputs` must be given by name"
        hint = f"write outputs: {{{', '.join(f'{name}: […]' for name in names)}}}"
        findings.error(wanted.span, "ambiguous-output", message, hint=hint)
        return
    name = names[0] if wanted.name is None else wanted.name
    if name not in names:
        close = suggest(name, names)
        message = f"the model has no output `{name}`{close.text}"
        findings.error(
            wanted.span,
            "unknown-output",
            message,
            hint=f"its outputs are {shown}",
            replace=close.replace,
        )
        return
    related = (Related(analysis.graph.output_spans[names.index(name)], "the output is here"),)
    value, expected = analysis.outputs.get(name), shape_text(wanted.shape)
    if any(tensor is None for tensor in tensors_of(value)):
        message = f"`{name}` must have the shape {expected}, and its shape is unknown"
        findings.warning(wanted.span, "expectation-undecided", message, hint=_WHY, related=related)
    elif not isinstance(value, Tensor):
        have = len(list(tensors_of(value)))
        message = f"`{name}` must have the shape {expected}, got {have} tensors"
        findings.error(wanted.span, "expectation-missed", message, related=related)
    elif not _fits(wanted.shape, value.shape):
        message = f"`{name}` must have the shape {expected}, got {shape_text(value.shape)}"
        hint = _shape_hint(wanted.shape, value.shape)
        findings.error(wanted.span, "expectation-missed", message, hint=hint, related=related)


def _fits(wanted: tuple[int | None, ...], shape: tuple[int | None, ...]) -> bool:
    return len(wanted) == len(shape) and all(
        size is None or size == got for size, got in zip(wanted, shape, strict=True)
    )


def _shape_hint(wanted: tuple[int | None, ...], shape: tuple[int | None, ...]) -> str:
    if len(wanted) == len(shape) - 1 and _fits(wanted, shape[1:]):
        return f"the batch axis counts: write {shape_text((None, *wanted))}"
    return "change the layer that gives the output, or the expectation"


def _check_number(
    bounds: Bounds, value: int | None, unknown: LayerFacts | None, findings: Findings
) -> None:
    if value is None:
        message = expectation_message(bounds.name, str(bounds), "and the number is unknown")
        _undecided(bounds, message, unknown, findings)
    elif not bounds.contains(value):
        message = expectation_message(bounds.name, str(bounds), f"got {format_number(value)}")
        hint = "`modelspec summarize` shows the number of each layer"
        findings.error(bounds.span, "expectation-missed", message, hint=hint)


def _check_memory(bound: MemoryBound, spec: Spec, analysis: Analysis, findings: Findings) -> None:
    memory = largest_needs(spec, analysis, bound.batch_size)
    trains = spec.training is not None
    value = memory.training if trains else memory.inference
    what = f"for {'training' if trains else 'inference'} at batch size {memory.batch_size}"
    expected = f"at most {size_text(bound.most, bound.unit)} {what}"
    if value is None:
        message = expectation_message("memory", expected, "and the size is unknown")
        _undecided(bound, message, _first(analysis, _no_size), findings)
    elif value > bound.most:
        message = expectation_message("memory", expected, f"got {size_text(value, bound.unit)}")
        hint = f"`modelspec summarize --batch-size {memory.batch_size}` shows what it is made of"
        findings.error(bound.span, "expectation-missed", message, hint=hint)


_WHY = (
    "it depends on a size of null, on the length of text, or on an application or an extension's "
    "class, and is unknown before the model is built"
)


def _undecided(
    bound: Bounds | MemoryBound, message: str, unknown: LayerFacts | None, findings: Findings
) -> None:
    related: tuple[Related, ...] = ()
    if unknown is not None:
        item = unknown.layer
        of = f'"{item.name}" ({item.object.class_name})'
        related = (Related(item.span, f"{of} is the first layer where it is unknown"),)
    findings.warning(bound.span, "expectation-undecided", message, hint=_WHY, related=related)


def _first(analysis: Analysis, test: Callable[[LayerFacts], bool]) -> LayerFacts | None:
    return next((facts for facts in analysis.layers.values() if test(facts)), None)


def _without_weights(analysis: Analysis) -> LayerFacts | None:
    return _first(analysis, lambda facts: facts.weights is None)


def _no_flops(facts: LayerFacts) -> bool:
    return facts.flops is None


def _no_size(facts: LayerFacts) -> bool:
    if facts.weights is None:
        return True
    outputs: list[Any] = [t for call in facts.calls for t in tensors_of(call.output)]
    return any(t is None or None in t.shape[1:] for t in outputs)


def check_expected_metrics(
    spec: Spec, analysis: Analysis, measures: Mapping[str, str], findings: Findings
) -> None:
    """Check the names under `expect.metrics` against what the spec's training will log.

    Args:
        spec: without `expect.metrics` there is nothing to check.
        analysis: of its model.
        measures: the names of what predictions are measured by, as in `check_metric_names`.
        findings: takes an error for a name that is not measured, and a warning where the spec
            has no training or no data, so that no metric is measured.
    """
    if spec.expect is None or not spec.expect.metrics:
        return
    absent = [f"`{key}`" for key in ("data", "training") if getattr(spec, key) is None]
    if absent:
        message = f"nothing measures `metrics`: the spec has no {join_words(absent, 'or')}"
        hint = "`train` decides them, and it needs both sections"
        findings.warning(spec.expect.metrics_span, "expectation-undecided", message, hint=hint)
    if spec.training is not None and spec.training.trainer is not None:
        return  # its steps log what they return
    outputs = trained_outputs(spec, analysis)
    losses = {} if spec.training is None else spec.training.losses
    if len(outputs) < max(
        0 if losses else 1, len(names_with_loss(spec.training, analysis.graph.output_names))
    ):
        return
    known = logged_values(outputs, losses)
    if all(value.metric != "" for value in known.values()):  # an extension's metric has any name
        check_metric_names(spec.expect, known, splits_of(spec), findings, measures)


def splits_of(spec: Spec) -> list[str]:
    """The prefixes of the splits that the data has; all prefixes where the spec has no data."""
    data = spec.data
    return [p for key, p in PREFIXES.items() if data is None or getattr(data, key) is not None]


def check_metric_names(
    expect: Expect | None,
    names: Iterable[str],
    splits: Iterable[str],
    findings: Findings,
    measures: Mapping[str, str] = MappingProxyType({}),
) -> None:
    """Report expectations that no training can decide.

    Args:
        expect: the section, or None.
        names: what is logged for the training split: `loss`, `accuracy` ...
        splits: the prefixes of the other splits that the data has: `val_`, `test_`.
        findings: takes unknown names.
        measures: the names of what the predictions of a split are measured by, without the prefix
            of the split, to why an output has no such measure; "" where it has it.
    """
    if expect is None:
        return
    names = list(names)
    known = [f"{prefix}{name}" for prefix in ("test_", "val_", "") for name in names]
    splits = tuple(splits)
    able = {f"{prefix}{name}" for prefix in ("", *splits) for name in names}
    able |= {f"{prefix}{name}" for prefix in splits for name, why in measures.items() if not why}
    for bounds in expect.metrics:
        if bounds.name in able or _PART.sub("", bounds.name) in able:
            continue
        _report_unmeasured(bounds, known, measures, findings)


def _report_unmeasured(
    bounds: Bounds, known: list[str], measures: Mapping[str, str], findings: Findings
) -> None:
    prefix = next((one for one in PREFIXES.values() if bounds.name.startswith(one)), "")
    measure = bounds.name.removeprefix(prefix)
    if measures.get(measure):
        message = f"nothing measures `{bounds.name}`: {measures[measure]}"
        hint = f"there is {join_words(known, most=12)}"
        findings.error(bounds.span, "unknown-metric", message, hint=hint)
        return
    if measure in measures and not prefix:
        message = f"`{measure}` is measured at the end, of the validation and the test split"
        hint = f"write `val_{measure}` or `test_{measure}`"
        findings.error(bounds.span, "unknown-metric", message, hint=hint)
        return
    able = [name for name, why in measures.items() if not why]
    known = [*known, *(f"{one}{name}" for one in ("test_", "val_") for name in able)]
    if bounds.name in known:
        split = "test" if bounds.name.startswith("test_") else "validation"
        message = f"`{bounds.name}` is never measured: `data` has no `{split}`"
        findings.error(
            bounds.span, "unknown-metric", message, hint=f"add `{split}: 0.15` to `data`"
        )
        return
    close = did_you_mean(bounds.name, known)
    message = f"nothing measures `{bounds.name}`{close}"
    hint = f"there is {join_words(known, most=12)}"
    findings.error(bounds.span, "unknown-metric", message, hint=hint)
