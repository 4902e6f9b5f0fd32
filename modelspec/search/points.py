"""One point of a search: whether it can be built, what it costs, and which others are the same.

No TensorFlow: a point is the document with its overrides, put through the stages of a spec.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from modelspec.analysis import count_parameters
from modelspec.analysis.memory import largest_needs, trained_analysis
from modelspec.compile import (
    CompiledSpec,
    Source,
    compile_text,
    compile_written_out,
    expand_document,
    load_document,
)
from modelspec.diagnostics import (
    EXIT_ERRORS,
    EXIT_MISSED,
    Finding,
    Findings,
    Span,
    SpecError,
    exit_code_of,
    limit_suggestions,
)
from modelspec.document import LocatedDict, copy_located, read, value_span
from modelspec.schema import Verdict, one_schema, schema_names
from modelspec.spec import SEARCH, Bounds, Spec, apply_overrides, fill_defaults
from modelspec.spec.tune import Choice, Dimension, TuneSpec

from .space import Space


class RefusalKind(StrEnum):
    """Why a point is not trained."""

    INVALID = "invalid"
    BUDGET = "budget"


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a point is not trained.

    Attributes:
        finding: the first error.
        kind: whether it cannot be built, or only misses what `expect` bounds.
        violation: above 0: for a bound, by how much of itself it is missed, for the worst one;
            1.0 otherwise.
    """

    finding: Finding
    kind: RefusalKind
    violation: float


@dataclass(frozen=True, slots=True)
class Cost:
    """What is known of a model before it is trained; None where it is not.

    Attributes:
        params: numbers in its weights.
        flops: for one example, forward.
        memory: bytes of its training at the batch size of the spec; of inference without training.
    """

    params: int | None
    flops: int | None
    memory: int | None


@dataclass(frozen=True, slots=True)
class Point:
    """One point of a search.

    Attributes:
        overrides: dotted paths to values.
        key: equal for points that are the same spec when it is written out.
        cost: None for a point that cannot be built.
        refusal: None for a point that can be trained.
    """

    overrides: Mapping[str, Any]
    key: str
    cost: Cost | None
    refusal: Refusal | None


@dataclass(frozen=True, slots=True)
class SearchSpec:
    """A spec with a search, read once.

    Attributes:
        document: with its bases and the overrides of the user, without the section `tune`.
        text: of the file.
        path: the file, or None for a text.
        base: the spec at the values that stand in it.
        tune: the search.
        space: its points.
        names: as `schema_names` gives them of the spec and the values of its space.
    """

    document: LocatedDict
    text: str
    path: Path | None
    base: CompiledSpec
    tune: TuneSpec
    space: Space
    names: frozenset[str]


def read_search(source: Source, overrides: Mapping[str, Any] | None = None) -> SearchSpec:
    """Read a spec file with a `tune` section.

    Args:
        source: the file.
        overrides: dotted paths to values, as `--set` gives them; they hold for all points.

    Raises:
        SpecError: the spec has errors at the values that stand in it, or no `tune`.
    """
    path, findings = Path(source), Findings()
    text = read(path, findings)
    base = None
    if text is not None:
        base = compile_text(text, str(path), path, findings, overrides)
    if text is None or base is None:
        raise SpecError(findings.sorted())
    if base.spec.tune is None:
        hint = "add `tune:` with `objective`, `trials` and `space`: docs/tune.md"
        findings.error(base.spec.span, "missing-key", "the spec has no section `tune`", hint=hint)
        raise SpecError(findings.sorted())
    return search_of(base, str(path), overrides)


def search_of(
    base: CompiledSpec, name: str, overrides: Mapping[str, Any] | None = None
) -> SearchSpec:
    """The search of a compiled spec, which has a `tune` section.

    Args:
        base: the spec.
        name: of its file in findings.
        overrides: those that it was compiled with.
    """
    assert base.spec.tune is not None
    document = load_document(base.text, name, overrides or {}, Findings())
    assert document is not None
    names = schema_names(document)
    for spans in (document, document.key_spans, document.value_spans):
        spans.pop(SEARCH, None)
    tune = base.spec.tune
    return SearchSpec(document, base.text, base.spec.path, base, tune, Space.of(tune), names)


@limit_suggestions()
def judge(search: SearchSpec, overrides: Mapping[str, Any]) -> Point:
    """Decide on a point without TensorFlow.

    Args:
        search: the spec.
        overrides: as `Space.overrides` gives them.
    """
    with one_schema(search.names):
        return _judge(search, overrides)


def _judge(search: SearchSpec, overrides: Mapping[str, Any]) -> Point:
    findings = Findings(errors_only=True)
    document = copy_located(search.document)
    apply_overrides(document, overrides, findings, places_of(search.space, overrides))
    expanded = None
    if not findings.has_errors:
        expanded = expand_document(document, findings, search.path)
    if expanded is None:
        return Point(overrides, _hash(overrides), None, _invalid(findings))
    document, verdict = expanded
    key = _key(document, verdict, search.base.spec.name)
    compiled = compile_written_out(document, verdict, search.text, search.path, findings)
    if compiled is not None:
        _check_epochs(search, compiled.spec, findings)
    if compiled is None or exit_code_of(findings) == EXIT_ERRORS:
        return Point(overrides, key, None, _invalid(findings))
    cost = cost_of(compiled)
    if exit_code_of(findings) != EXIT_MISSED:
        return Point(overrides, key, cost, None)
    violation = max(excesses(compiled, cost), default=1.0)
    return Point(overrides, key, cost, Refusal(_first(findings), RefusalKind.BUDGET, violation))


def _check_epochs(search: SearchSpec, point: Spec, findings: Findings) -> None:
    """Trials that are compared on the way to the end have one end: no point may move it."""
    halving, base, own = search.tune.halving, search.base.spec.training, point.training
    if halving is None or base is None or own is None or own.epochs == base.epochs:
        return
    message = (
        f"`{halving.key}` compares trainings of {base.epochs} epochs, and this has {own.epochs}"
    )
    place = value_span(point.document["training"], "epochs", point.span)
    hint = f"keep the epochs out of the search, or remove `{halving.key}`"
    findings.error(place, "search-mismatch", message, hint=hint)


def _key(document: LocatedDict, verdict: Verdict, name: str) -> str:
    """The hash of a spec that is written out; defaults are only known where it is valid."""
    return _hash(fill_defaults(document, name) if verdict is Verdict.VALID else document)


def _invalid(findings: Findings) -> Refusal:
    return Refusal(_first(findings), RefusalKind.INVALID, 1.0)


def places_of(space: Space, overrides: Mapping[str, Any]) -> dict[str, tuple[Span, Span]]:
    """Where each path and its value stand in the section."""
    return {
        dimension.name: _places(dimension, overrides[dimension.name])
        for dimension in space.dimensions
        if dimension.name in overrides
    }


def _places(dimension: Dimension, value: Any) -> tuple[Span, Span]:
    place = dimension.span
    if isinstance(dimension, Choice) and not isinstance(value, (dict, list)):
        place = next((item.span for item in dimension.items if item.label == value), place)
    return dimension.key_span, place


def cost_of(compiled: CompiledSpec) -> Cost:
    """What a spec costs, as `expect` counts it."""
    analysis = compiled.analysis
    params = None if analysis.weights is None else count_parameters(analysis.weights)
    needs = largest_needs(compiled.spec, analysis, None)
    trains = compiled.spec.training is not None
    return Cost(params, analysis.flops, needs.training if trains else needs.inference)


def excesses(compiled: CompiledSpec, cost: Cost) -> Iterator[float]:
    """By how much of itself each bound of `expect` is missed."""
    spec, expect = compiled.spec, compiled.spec.expect
    if expect is None:
        return
    trained = None
    if expect.trained_params is not None:
        weights = trained_analysis(spec, compiled.analysis).weights
        trained = None if weights is None else count_parameters(w for w in weights if w.trainable)
    for bounds, value in (
        (expect.params, cost.params),
        (expect.trained_params, trained),
        (expect.flops, cost.flops),
    ):
        if bounds is not None and value is not None and not bounds.contains(value):
            yield _excess(bounds, value)
    if expect.memory is not None:
        needs = largest_needs(spec, compiled.analysis, expect.memory.batch_size)
        size = needs.inference if spec.training is None else needs.training
        if size is not None and size > expect.memory.most:
            yield size / expect.memory.most - 1


def _excess(bounds: Bounds, value: float) -> float:
    if bounds.most is not None and value > bounds.most:
        return (value - bounds.most) / max(bounds.most, 1)
    least = bounds.least or 0.0
    return (least - value) / max(least, 1)


def _first(errors: Findings) -> Finding:
    """The one that stands first in the text."""
    return min(errors)


def _hash(document: Any) -> str:
    text = json.dumps(document, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:32]
