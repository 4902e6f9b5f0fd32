"""Whether anything will measure what `expect.metrics` names, before time is spent on training."""

from __future__ import annotations

import re
from collections.abc import Iterable

from modelspec.analysis.losses import logged_values, trained_outputs
from modelspec.diagnostics import Findings, did_you_mean, join_words
from modelspec.spec import Bounds, Expect, Spec

from .facts import Analysis

PREFIXES = {"validation": "val_", "test": "test_"}
"""What stands before the names of values that are measured on a split of `data`."""

_PART = re.compile(r"_[0-9]+\Z")
"""What is added to the name of a metric that has a value for each class."""


def check_expected_metrics(spec: Spec, analysis: Analysis, findings: Findings) -> None:
    """Hold the names under `expect.metrics` against what the spec's training will log.

    Args:
        spec: without `expect.metrics` there is nothing to check.
        analysis: of its model.
        findings: takes an error for a name that nothing measures, and a warning where the spec
            has no training or no data, so that nothing does.
    """
    if spec.expect is None or not spec.expect.metrics:
        return
    absent = [f"`{key}`" for key in ("data", "training") if getattr(spec, key) is None]
    if absent:
        message = f"nothing measures `metrics`: the spec has no {join_words(absent, 'or')}"
        hint = "`train` decides them, and it needs both sections"
        findings.warning(spec.expect.metrics_span, "expectation-undecided", message, hint=hint)
    outputs = trained_outputs(spec, analysis)
    if not outputs or len(outputs) < len(analysis.graph.output_names):
        return
    known = logged_values(outputs)
    if all(value.metric != "" for value in known.values()):  # an extension's may have any name
        check_metric_names(spec.expect, known, splits_of(spec), findings)


def splits_of(spec: Spec) -> list[str]:
    """The prefixes of the splits that the data has; of all where the spec has no data."""
    data = spec.data
    return [p for key, p in PREFIXES.items() if data is None or getattr(data, key) is not None]


def check_metric_names(
    expect: Expect | None, names: Iterable[str], splits: Iterable[str], findings: Findings
) -> None:
    """Findings for expectations that no training can decide.

    Args:
        expect: the section, or None.
        names: what is logged for the training split: `loss`, `accuracy` ...
        splits: the prefixes of the other splits that the data has: `val_`, `test_`.
        findings: takes unknown names.
    """
    if expect is None:
        return
    names = list(names)
    known = [f"{prefix}{name}" for prefix in ("test_", "val_", "") for name in names]
    able = {f"{prefix}{name}" for prefix in ("", *splits) for name in names}
    for bounds in expect.metrics:
        if bounds.name in able or _PART.sub("", bounds.name) in able:
            continue
        _complain(bounds, known, findings)


def _complain(bounds: Bounds, known: list[str], findings: Findings) -> None:
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
