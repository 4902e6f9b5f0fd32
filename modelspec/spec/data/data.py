"""The typed form of the `data` section: sources, splits, and which column feeds what."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field, replace
from typing import TYPE_CHECKING, Any

from modelspec.diagnostics import Findings, Span
from modelspec.document import LocatedDict, value_span
from modelspec.value_classes import value_class

from .columns import Columns, parse_inputs, parse_targets
from .sources import (
    CORPUS,
    DATASET,
    IMAGES,
    SERIES,
    SOURCE_KINDS,
    SYNTHETIC,
    Source,
    parse_source,
    path_columns,
    read_as_mask,
    source_of_column,
)

if TYPE_CHECKING:
    from modelspec.spec.model import KerasObject
    from modelspec.spec.training import PerOutput

    from .augment import Augment
    from .derive import Derived
    from .missing import MissingRule
    from .rows import Condition, SplitColumn
    from .splits import SplitTime
    from .tokens import TokenizerSpec


@value_class
class Split:
    """Where validation or test examples come from.

    A fraction of train, or a source; neither where a column of train says so, see
    `DataSpec.split`. A fraction is drawn at random, or is the latest by a column.
    """

    share: float | None
    source: Source | None
    span: Span
    by: SplitTime | None = None


@value_class
class DataSpec:
    """Where examples come from and what they mean. Absent inputs are None.

    `folds` is how many parts take turns as the validation split, `fold` the one whose turn it is,
    from 1; then `validation` is the share that each of them has. `stream` says whether tables go
    through a file rather than through memory; "auto" lets their size decide. Rows that do not meet
    `where` are not there; `split` puts those of train into the splits. `tokens` are
    the tokenizers by name. `augment` changes the training examples of some inputs at random.
    `seed` is that of the splits; None for that of the training. Rows with one value of `group` are
    in one split. `derive` are the columns that are made of others, each after those that it takes.
    `losses` are those of `training`, which decide what text in a target means.
    Of the columns `indicators` inputs also take whether the value was missing;
    `missing_new` is what happens to a gap in new data where training had none.
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
    where: tuple[Condition, ...] = ()
    split: SplitColumn | None = None
    tokens: Mapping[str, TokenizerSpec] = field(default_factory=dict)
    augment: tuple[Augment, ...] = ()
    seed: int | None = None
    group: str | None = None
    group_span: Span | None = None
    derive: Mapping[str, Derived] = field(default_factory=dict)
    losses: PerOutput[KerasObject] | None = None
    indicators: tuple[str, ...] = ()
    missing_new: str | None = None


def parse_data(section: LocatedDict, findings: Findings, *, needs_targets: bool = True) -> DataSpec:
    """The `data` section, already checked against its schema.

    Args:
        section: the located mapping.
        findings: takes shares that leave nothing to train on.
        needs_targets: false where no output has a loss.
    """
    validation, test = (_split(section, key, findings) for key in ("validation", "test"))
    train = parse_source(section["train"], findings)
    folds, fold = _folds(section, train, findings)
    if folds is not None:
        rest = 1 - (test.share or 0 if test is not None else 0)
        parts = folds + 1 if train.traits.is_series else folds  # none validates the first stretch
        validation = Split(rest / parts, None, value_span(section, "folds", section.span))
    _refuse_large_shares(validation, test, findings)
    _refuse_strata(section, train, findings)
    _refuse_rows_of_synthetic(section, train, findings)
    splits = {"validation": validation, "test": test}
    group, group_span = _group(section, train, splits, findings)
    _refuse_mixtures(train, splits, findings)
    others = {name: part.source for name, part in splits.items() if part and part.source}
    _refuse_data_sets({"train": train, **others}, findings)
    where, split = _rows(section, findings)
    if split is not None:
        by_column = {name: Split(None, None, split.span) for name in split.values}
        validation, test = by_column.get("validation"), by_column.get("test")
    inputs = parse_inputs(section)
    targets = parse_targets(section, train, findings, are_needed=needs_targets)
    derive, inputs, targets = _derive(section, inputs, targets, train, findings)
    missing, missing_spans, indicators = _missing(section, inputs, targets, findings)
    if inputs is not None:
        inputs = tuple(columns.with_indicators(indicators) for columns in inputs)
    tokens = _tokens(section, (*(inputs or ()), *targets), train, findings)
    _check_rows_of_series(train, splits, inputs or (), targets, split is not None, findings)
    return DataSpec(
        train=_with_masks(train, targets),
        validation=_split_with_masks(validation, targets),
        test=_split_with_masks(test, targets),
        stratify=section.get("stratify"),
        stratify_span=value_span(section, "stratify", section.span),
        inputs=inputs,
        targets=targets,
        sample_weight=section.get("sample_weight"),
        sample_weight_span=value_span(section, "sample_weight", section.span),
        missing=missing,
        missing_spans=missing_spans,
        batch_size=whole_number(section, "batch_size", 32, findings),
        span=section.span,
        stream=section.get("stream", "auto"),
        folds=folds,
        fold=fold,
        where=where,
        split=split,
        tokens=tokens,
        augment=_augment(section, findings),
        seed=whole_number(section, "seed", 0, findings) if "seed" in section else None,
        group=group,
        group_span=group_span,
        derive=derive,
        indicators=indicators,
        missing_new=section.get("missing_new"),
    )


# What few specs have is imported where one has it: `validate` starts in a tenth of a second.


def _refuse_data_sets(sources: Mapping[str, Source], findings: Findings) -> None:
    if any(source.kind == DATASET for source in sources.values()):
        from .sources import refuse_data_sets

        refuse_data_sets(sources, findings)


def _rows(
    section: LocatedDict, findings: Findings
) -> tuple[tuple[Condition, ...], SplitColumn | None]:
    """Which rows count, and the column that splits them."""
    if "where" not in section and "split" not in section:
        return (), None
    from .rows import parse_split_column, parse_where

    return parse_where(section, findings), parse_split_column(section, findings)


def _group(
    section: LocatedDict, train: Source, splits: Mapping[str, Split | None], findings: Findings
) -> tuple[str | None, Span | None]:
    """The column of groups, checked like the columns of times."""
    has_times = any(split is not None and split.by is not None for split in splits.values())
    if not has_times and "group" not in section and not isinstance(section.get("folds"), dict):
        return None, None
    from .splits import check_groups_and_times, parse_group

    group, span = parse_group(section, findings)
    check_groups_and_times(section, train, splits, group, findings)
    return group, span


def _derive(
    section: LocatedDict,
    inputs: tuple[Columns, ...] | None,
    targets: tuple[Columns, ...],
    train: Source,
    findings: Findings,
) -> tuple[Mapping[str, Derived], tuple[Columns, ...] | None, tuple[Columns, ...]]:
    """The derived columns, and inputs and targets with those that are lists."""
    if "derive" not in section:
        return {}, inputs, targets
    from .derive import (
        check_learned_in_use,
        check_lists_in_use,
        check_unused,
        parse_derive,
        with_lists,
    )

    before = findings.error_count
    derived = parse_derive(section, train, findings)
    check_lists_in_use(section, derived, findings)
    check_learned_in_use(section, derived, targets, findings)
    given = inputs or ()
    inputs = None if inputs is None else tuple(with_lists(i, derived, findings) for i in given)
    targets = tuple(with_lists(each, derived, findings) for each in targets)
    if inputs is not None and findings.error_count == before:
        check_unused(section, derived, inputs, targets, findings)
    return derived.columns, inputs, targets


def _tokens(
    section: LocatedDict, uses: Sequence[Columns], train: Source, findings: Findings
) -> dict[str, TokenizerSpec]:
    """The tokenizers, checked against their uses."""
    if "tokens" not in section and not any(use.tokens or use.drop for use in uses):
        return {}
    from .tokens import check_token_uses, parse_tokens

    tokens = parse_tokens(section, findings)
    check_token_uses(tokens, list(section.get("tokens") or ()), uses, train, findings)
    return tokens


def _check_rows_of_series(
    train: Source,
    splits: Mapping[str, Split | None],
    inputs: Sequence[Columns],
    targets: Sequence[Columns],
    has_column: bool,
    findings: Findings,
) -> None:
    """Check which rows of a time series the columns take, and what its splits see of others."""
    for columns in (*inputs, *targets):
        if "columns" in columns.options:
            message = f"`{columns.name}` has `column` and `columns`, which are the same"
            findings.error(columns.place("columns"), "not-one-key", message, hint="keep one")
    if train.kind != SERIES and not any(columns.rows for columns in (*inputs, *targets)):
        return
    from .steps import check_history, check_rows

    check_rows(train, inputs, targets, findings)
    check_history(train, splits, has_column, findings)


def _missing(
    section: LocatedDict,
    inputs: tuple[Columns, ...] | None,
    targets: tuple[Columns, ...],
    findings: Findings,
) -> tuple[Mapping[str, MissingRule], Mapping[str, Span], tuple[str, ...]]:
    """Column to its rule, and to where it stands; and the columns with an indicator."""
    if "missing" not in section:
        return {}, {}, ()
    from .missing import parse_missing

    return parse_missing(section, inputs, targets, findings)


def _augment(section: LocatedDict, findings: Findings) -> tuple[Augment, ...]:
    if "augment" not in section:
        return ()
    from .augment import parse_augment

    return parse_augment(section, findings)


def _with_masks(source: Source, targets: tuple[Columns, ...]) -> Source:
    """The source, with images that are targets with classes read as masks."""
    for target in targets:
        for name in target.columns if target.labels is not None else ():
            if name in path_columns(source) and source_of_column(source, name).kind == IMAGES:
                source = read_as_mask(source, name)
    return source


def _split_with_masks(split: Split | None, targets: tuple[Columns, ...]) -> Split | None:
    if split is None or split.source is None:
        return split
    return replace(split, source=_with_masks(split.source, targets))


def _folds(
    section: LocatedDict, train: Source, findings: Findings
) -> tuple[int | None, int | None]:
    """How many folds there are and which is meant; findings where they make no sense."""
    fold = whole_number(section, "fold", 1, findings) if "fold" in section else None
    folds = None
    if "folds" in section:
        given = section["folds"]
        holder, key = (given, "parts") if isinstance(given, LocatedDict) else (section, "folds")
        folds = whole_number(holder, key, 1, findings)
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
    if train.kind == CORPUS:
        message = "`folds` would train on the future of a text"
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
    if isinstance(value, LocatedDict) and (len(value) > 1 or not set(value) & set(SOURCE_KINDS)):
        from .splits import parse_share

        return parse_share(value, key, span, findings)
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
    if "stratify" in section and train.traits.is_series:
        what = "time series is split by time" if train.kind == SERIES else "text is split in order"
        message = f"a {what}, so `stratify` cannot be used"
        span = section.key_spans["stratify"]
        findings.error(span, "stratified-series", message, hint="remove it")


def _refuse_rows_of_synthetic(section: LocatedDict, train: Source, findings: Findings) -> None:
    for key in ("where", "split"):
        if key in section and train.kind in (SYNTHETIC, CORPUS):
            what = "synthetic data" if train.kind == SYNTHETIC else "a corpus"
            message = f"{what} has no columns for `{key}`"
            findings.error(section.key_spans[key], "unused-column", message, hint="remove it")


def _refuse_mixtures(train: Source, splits: Mapping[str, Split | None], findings: Findings) -> None:
    """Windows, and random examples, are measured on their like."""
    for name, split in splits.items():
        if split is None or split.source is None or split.source.kind == train.kind:
            continue
        if {train.kind, split.source.kind} & {SERIES, CORPUS, SYNTHETIC}:
            message = f"`train` is {train.kind} and `{name}` is {split.source.kind}"
            hint = f"make both {train.kind}, or make `{name}` a fraction"
            findings.error(split.source.span, "mixed-sources", message, hint=hint)
