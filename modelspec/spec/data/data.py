"""The typed form of the `data` section: sources, splits, and which column feeds what."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from modelspec.diagnostics import Findings, Span
from modelspec.document import LocatedDict, value_span

from .sources import SERIES, SYNTHETIC, Source, parse_source

MissingRule = str | int | float | bool
"""`drop`, `mean`, `median`, or a value to impute."""


@dataclass(frozen=True, slots=True)
class Split:
    """Where validation or test examples come from: a fraction of train, or a source."""

    share: float | None
    source: Source | None
    span: Span


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns of one input or target.

    Attributes:
        name: the model's input or output; None where the spec leaves it to the only one.
        columns: the columns, in order.
        column_spans: where each of `columns` stands.
        single: whether one name was written rather than a list.
        span: where the name stands; the columns where there is none.
        labels: for a target, "auto", the classes in order as text, or None.
    """

    name: str | None
    columns: tuple[str, ...]
    column_spans: tuple[Span, ...]
    single: bool
    span: Span
    labels: str | tuple[str, ...] | None = None
    labels_span: Span | None = None


@dataclass(frozen=True, slots=True)
class DataSpec:
    """Where examples come from and what they mean. Absent inputs are None.

    `folds` is how many parts take turns as the validation split, `fold` the one whose turn it is,
    from 1; then `validation` is the share that each of them has. `stream` says whether tables go
    through a file rather than through memory; "auto" lets their size decide.
    """

    train: Source
    validation: Split | None
    test: Split | None
    stratify: str | None
    stratify_span: Span
    inputs: tuple[Columns, ...] | None
    targets: tuple[Columns, ...]
    sample_weight: str | None
    sample_weight_span: Span
    missing: Mapping[str, MissingRule]
    missing_spans: Mapping[str, Span]
    batch_size: int
    span: Span
    stream: str | bool = "auto"
    folds: int | None = None
    fold: int | None = None


def parse_data(section: LocatedDict, findings: Findings) -> DataSpec:
    """The `data` section, already checked against its schema.

    Args:
        section: the located mapping.
        findings: takes shares that leave nothing to train on.
    """
    validation, test = (_split(section, key, findings) for key in ("validation", "test"))
    train = parse_source(section["train"], findings)
    folds, fold = _folds(section, train, findings)
    if folds is not None:
        rest = 1 - (test.share or 0 if test is not None else 0)
        validation = Split(rest / folds, None, value_span(section, "folds", section.span))
    _refuse_large_shares(validation, test, findings)
    _refuse_strata(section, train, findings)
    _refuse_mixtures(train, {"validation": validation, "test": test}, findings)
    given = section.get("inputs")
    missing = section.get("missing") or {}
    return DataSpec(
        train=train,
        validation=validation,
        test=test,
        stratify=section.get("stratify"),
        stratify_span=value_span(section, "stratify", section.span),
        inputs=None if given is None else _inputs(section, given),
        targets=_targets(section, train, findings),
        sample_weight=section.get("sample_weight"),
        sample_weight_span=value_span(section, "sample_weight", section.span),
        missing=dict(missing),
        missing_spans={key: _key_span(missing, key, section.span) for key in missing},
        batch_size=whole_number(section, "batch_size", 32, findings),
        span=section.span,
        stream=section.get("stream", "auto"),
        folds=folds,
        fold=fold,
    )


def _folds(
    section: LocatedDict, train: Source, findings: Findings
) -> tuple[int | None, int | None]:
    """How many folds there are and which is meant; findings where they make no sense."""
    folds, fold = (
        whole_number(section, key, 1, findings) if key in section else None
        for key in ("folds", "fold")
    )
    if folds is None and fold is not None:
        message = "`fold` chooses one of the `folds`, but there is no `folds`"
        hint = "write the number of folds, such as `folds: 5`, or remove `fold`"
        place = value_span(section, "fold", section.span)
        findings.error(place, "wrong-value", message, hint=hint)
    if folds is None:
        return None, None
    span = value_span(section, "folds", section.span)
    if "validation" in section:
        message = "with `folds`, each fold in turn is the validation split"
        hint = "remove `validation`"
        place = value_span(section, "validation", section.span)
        findings.error(place, "wrong-value", message, hint=hint)
    if train.kind == SERIES:
        message = "`folds` would train on the future of a time series"
        findings.error(span, "wrong-value", message, hint="write `validation: 0.2`")
    if fold is not None and fold > folds:
        place = value_span(section, "fold", section.span)
        message = f"`fold` is {fold}, and there are {folds} `folds`"
        findings.error(place, "wrong-value", message, hint=f"it counts from 1 to {folds}")
    return folds, fold


def whole_number(section: LocatedDict, key: str, default: int, findings: Findings) -> int:
    """A whole number; a finding where an expression, which the schema lets stand, gave none."""
    value = section.get(key, default)
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    span = value_span(section, key, section.span)
    findings.error(span, "wrong-value", f"`{key}` must be a whole number, got {value!r}")
    return default


def number(value: Any, key: str, span: Span, findings: Findings) -> float:
    """A number; a finding where an expression, which the schema lets stand, gave none."""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return float(value)
    findings.error(span, "wrong-value", f"`{key}` must be a number, got {value!r}")
    return 0.0


def label_text(value: Any) -> str:
    """A label as text: `true` for True, `1` for 1 and 1.0, text as it is."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _key_span(section: dict[str, Any], key: str, fallback: Span) -> Span:
    return section.key_spans.get(key, fallback) if isinstance(section, LocatedDict) else fallback


def sources_of(data: DataSpec) -> dict[str, Source]:
    """The sources that a spec names, by the split that they are for."""
    found = {"train": data.train}
    for name, part in (("validation", data.validation), ("test", data.test)):
        if part is not None and part.source is not None:
            found[name] = part.source
    return found


def _split(section: LocatedDict, key: str, findings: Findings) -> Split | None:
    value = section.get(key)
    if value is None:
        return None
    span = value_span(section, key, section.span)
    if isinstance(value, LocatedDict):
        return Split(None, parse_source(value, findings), span)
    return Split(number(value, key, span, findings), None, span)


def _refuse_large_shares(validation: Split | None, test: Split | None, findings: Findings) -> None:
    shares = [split for split in (validation, test) if split is not None and split.share]
    total = sum(split.share or 0.0 for split in shares)
    if total >= 1:
        message = (
            f"`validation` and `test` take {total:g} of the examples, so none are left to train on"
        )
        hint = "let the two fractions add up to less than 1"
        findings.error(shares[-1].span, "no-training-share", message, hint=hint)


def _refuse_strata(section: LocatedDict, train: Source, findings: Findings) -> None:
    if "stratify" in section and train.kind == SERIES:
        message = "a time series is split by time, so `stratify` cannot be used"
        span = section.key_spans["stratify"]
        findings.error(span, "stratified-series", message, hint="remove it")


def _refuse_mixtures(train: Source, splits: Mapping[str, Split | None], findings: Findings) -> None:
    """Windows, and random examples, are measured on their like."""
    for name, split in splits.items():
        if split is None or split.source is None or split.source.kind == train.kind:
            continue
        if {train.kind, split.source.kind} & {SERIES, SYNTHETIC}:
            message = f"`train` is {train.kind} and `{name}` is {split.source.kind}"
            hint = f"make both {train.kind}, or make `{name}` a fraction"
            findings.error(split.source.span, "mixed-sources", message, hint=hint)


def _columns(name: str | None, value: Any, span: Span, name_span: Span) -> Columns:
    if isinstance(value, str):
        return Columns(name, (value,), (span,), True, name_span)
    spans = tuple(value_span(value, index, span) for index in range(len(value)))
    return Columns(name, tuple(value), spans, False, name_span)


def _inputs(section: LocatedDict, given: Any) -> tuple[Columns, ...]:
    span = value_span(section, "inputs", section.span)
    if not isinstance(given, dict):
        return (_columns(None, given, span, span),)
    return tuple(
        _columns(name, value, value_span(given, name, span), _key_span(given, name, span))
        for name, value in given.items()
    )


def _targets(section: LocatedDict, train: Source, findings: Findings) -> tuple[Columns, ...]:
    given = section.get("targets")
    if train.kind == SYNTHETIC:
        if given is not None:
            message = "synthetic data has no columns for `targets`"
            findings.error(section.key_spans["targets"], "unused-column", message, hint="remove it")
        return ()
    if given is None:
        message = "`data` needs `targets`: a mapping from the model's outputs to columns"
        findings.error(train.span, "missing-key", message)
        return ()
    span = value_span(section, "targets", section.span)
    if isinstance(given, str):
        return (_columns(None, given, span, span),)
    return tuple(
        _target(name, value, value_span(given, name, span), _key_span(given, name, span))
        for name, value in given.items()
    )


def _target(name: str, value: Any, span: Span, name_span: Span) -> Columns:
    if not isinstance(value, LocatedDict):
        return _columns(name, value, span, name_span)
    plain = _columns(name, value["column"], value.value_spans["column"], name_span)
    labels = value.get("labels")
    return Columns(
        name,
        plain.columns,
        plain.column_spans,
        plain.single,
        name_span,
        labels if labels is None or isinstance(labels, str) else tuple(map(label_text, labels)),
        value_span(value, "labels", span),
    )
