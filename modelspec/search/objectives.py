"""The objectives of a search against what its training logs."""

from __future__ import annotations

from modelspec.analysis import splits_of
from modelspec.analysis.losses import logged_values, names_with_loss, trained_outputs
from modelspec.compile import CompiledSpec
from modelspec.diagnostics import Findings, join_words, suggest
from modelspec.spec import Spec
from modelspec.spec.tune import MAX, MIN, STATIC, Goal, TuneSpec

TEST, VALIDATION = "test_", "val_"


def check_objectives(compiled: CompiledSpec, tune: TuneSpec, findings: Findings) -> None:
    """Check that each objective is measured, and is not one of the test split.

    Args:
        compiled: the spec.
        tune: its search.
        findings: takes an error for each that is not.
    """
    spec = compiled.spec
    absent = [f"`{key}`" for key in ("data", "training") if getattr(spec, key) is None]
    if absent:
        message = f"a search trains, and the spec has no {join_words(absent, 'and no')}"
        findings.error(tune.span, "search-mismatch", message, hint="`train` needs both sections")
        return
    known = _logged(compiled)
    for objective in tune.objectives:
        if objective.is_static:
            continue
        if objective.name.startswith(TEST):
            _refuse_test(objective, findings)
        elif objective.name.startswith(VALIDATION) and VALIDATION not in splits_of(spec):
            message = f"`{objective.name}` is never measured: `data` has no `validation`"
            hint = "add `validation: 0.15` to `data`"
            findings.error(objective.span, "unknown-metric", message, hint=hint)
        elif known is not None:
            _check_name(objective, known, spec, findings)


def _refuse_test(objective: Goal, findings: Findings) -> None:
    message = (
        f"`{objective.name}` is of the test split: the best of many trials by it would say"
        " nothing of new examples"
    )
    name = VALIDATION + objective.name.removeprefix(TEST)
    hint = f"write {name}: {objective.direction}; the test split is left for the best trial"
    findings.error(objective.span, "test-objective", message, hint=hint)


def _logged(compiled: CompiledSpec) -> dict[str, bool | None] | None:
    """The names that are logged of the training split, with which way is better; None where some
    cannot be known."""
    spec, analysis = compiled.spec, compiled.analysis
    assert spec.training is not None
    if spec.training.trainer is not None:
        return None
    outputs, losses = trained_outputs(spec, analysis), spec.training.losses
    wanted = len(names_with_loss(spec.training, analysis.graph.output_names))
    if len(outputs) < max(0 if losses else 1, wanted):
        return None
    values = logged_values(outputs, losses)
    if any(value.metric == "" for value in values.values()):  # an extension's, of any name
        return None
    return {name: value.larger_is_better for name, value in values.items()}


def _check_name(
    objective: Goal, known: dict[str, bool | None], spec: Spec, findings: Findings
) -> None:
    name = objective.name.removeprefix(VALIDATION)
    if name not in known:
        validates = VALIDATION in splits_of(spec)
        able = [*(VALIDATION + n for n in known if validates), *known, *STATIC]
        close = suggest(objective.name, able)
        message = f"nothing measures `{objective.name}`{close.text}"
        hint = f"there is {join_words(able, most=12)}"
        findings.error(objective.span, "unknown-metric", message, hint=hint, replace=close.replace)
        return
    larger = known[name]
    if larger is not None and larger is (objective.direction == MIN):
        message = f"{objective.direction} of `{objective.name}` looks for the worst trial"
        right = MAX if larger else MIN
        hint = f"write {objective.name}: {right}"
        findings.warning(objective.span, "objective-direction", message, hint=hint)
    elif name == objective.name:
        message = (
            f"`{name}` is of the training split: the trial that fits it best wins, which need not"
            " be the best on new examples"
        )
        hint = f"write {VALIDATION}{name}: {objective.direction}"
        if VALIDATION not in splits_of(spec):
            hint += ", and add `validation: 0.15` to `data`"
        findings.warning(objective.span, "objective-of-training", message, hint=hint)
