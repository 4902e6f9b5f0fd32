"""How rows are put into splits other than at random: by time, and in whole groups."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, NamedTuple

from modelspec.diagnostics import Findings, Related, Span, join_words
from modelspec.document import LocatedDict, value_span

from .sources import CORPUS, SERIES, SOURCE_KINDS, SYNTHETIC, Source, parse_source

if TYPE_CHECKING:
    from .data import DataSpec, Split


class SplitTime(NamedTuple):
    """The column by which a split takes the latest rows.

    Attributes:
        column: its name; it has dates, times or numbers.
        span: where the name stands.
        form: how dates are written, as for `strptime`; None for the common forms.
        form_span: where that stands.
    """

    column: str
    span: Span
    form: str | None
    form_span: Span


def parse_share(given: LocatedDict, key: str, span: Span, findings: Findings) -> Split:
    """`{share: 0.2, by: COLUMN}`; findings where it is another mapping that is no source."""
    from .data import Split, number

    sources = [name for name in given if name in SOURCE_KINDS]
    if sources:
        shown = join_words(f"`{name}`" for name in given)
        message = f"`{key}` is one source, or a share of `train`, got {shown}"
        findings.error(given.key_spans[list(given)[1]], "wrong-value", message, hint="keep one")
        return Split(None, parse_source(given, findings), span)
    if "share" not in given:
        message = f"`{key}` takes the latest rows, and does not say how many"
        hint = f"write the share, such as {key}: {{share: 0.2, by: COLUMN}}"
        findings.error(span, "missing-key", message, hint=hint)
    share = number(given.get("share", 0.2), "share", value_span(given, "share", span), findings)
    return Split(share, None, span, _split_time(given, key, span, findings))


def _split_time(given: LocatedDict, key: str, span: Span, findings: Findings) -> SplitTime | None:
    form, form_span = given.get("format"), value_span(given, "format", span)
    if form is not None and "%" not in form:
        message = f'`format` of `{key}` has no field such as %Y, got "{form}"'
        hint = 'for example `format: "%d.%m.%Y"`, as for Python\'s strptime'
        findings.error(form_span, "wrong-value", message, hint=hint)
    if "by" in given:
        return SplitTime(given["by"], value_span(given, "by", span), form, form_span)
    if form is not None:
        message = f"`format` of `{key}` is for the dates of `by`, which is not there"
        findings.error(form_span, "missing-key", message, hint="write `by: COLUMN`")
    return None


def parse_group(section: LocatedDict, findings: Findings) -> tuple[str | None, Span]:
    """The column whose values stand in one split each, and where it stands; None without one."""
    group, span = section.get("group"), value_span(section, "group", section.span)
    folds = section.get("folds")
    if not isinstance(folds, LocatedDict) or "group" not in folds:
        return group, span
    folds_span = folds.value_spans["group"]
    if group is not None and group != folds["group"]:
        message = f"the groups of `folds` are `{folds['group']}`, and those of all splits `{group}`"
        related = (Related(span, "`group` is here"),)
        hint = "name one column, under `group` of `data` alone"
        findings.error(folds_span, "wrong-value", message, hint=hint, related=related)
    return folds["group"], folds_span


def times_of(splits: Mapping[str, Split | None]) -> Iterator[tuple[str, SplitTime]]:
    """The splits that take the latest rows, and by which column."""
    for name, split in splits.items():
        if split is not None and split.by is not None:
            yield name, split.by


def split_times(data: DataSpec) -> dict[str, SplitTime]:
    """Split name to the column by which it takes the latest rows."""
    return dict(times_of({"validation": data.validation, "test": data.test}))


def check_groups_and_times(
    section: LocatedDict,
    train: Source,
    splits: Mapping[str, Split | None],
    group: str | None,
    findings: Findings,
) -> None:
    """Report `group` and `by` with sources and keys that decide the same otherwise."""
    spans = {f"`by` of `{name}`": by.span for name, by in times_of(splits)}
    if group is not None:
        spans["`group`"] = parse_group(section, Findings())[1]
    if not spans:
        return
    for key, span in spans.items():
        if train.kind in (SYNTHETIC, CORPUS):
            what = "synthetic data" if train.kind == SYNTHETIC else "a corpus"
            message = f"{what} has no columns for {key}"
            findings.error(span, "unused-column", message, hint="remove it")
        elif train.kind == SERIES:
            message = f"a time series is split by its own time, so {key} cannot be used"
            hint = "write a number, such as `test: 0.2`, which takes the latest rows"
            if key == "`group`":
                hint = "the groups of a series stand in the source: {timeseries: {group: COLUMN}}"
            findings.error(span, "wrong-value", message, hint=hint)
    if "stratify" in section:
        key = next(iter(spans))
        kept_whole = key == "`group`"
        why = "keeps groups whole" if kept_whole else "takes the latest rows"
        message = f"{key} {why}, so no split can have the proportions of `stratify`"
        findings.error(section.key_spans["stratify"], "wrong-value", message, hint="remove it")
