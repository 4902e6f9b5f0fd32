"""Which columns feed an input or are the target of an output, and how their values are read."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import field, replace
from typing import Any

from modelspec.diagnostics import Findings, Span
from modelspec.document import LocatedDict, value_span
from modelspec.value_classes import value_class

from .sources import DATASET, SYNTHETIC, Source


@value_class
class Columns:
    """The columns of one input or target.

    Attributes:
        name: the model's input or output; None where the spec leaves it to the only one.
        columns: the columns, in order.
        column_spans: where each of `columns` stands.
        single: whether one name was written rather than a list.
        span: where the name stands; the columns where there is none.
        labels: for a target, "auto", the classes in order as text, or None.
        labels_span: where the labels stand.
        label_names: what `labels` are called in what users read; None where they have no others.
        options: what else is written of it in the form `{column: NAME, OPTION: VALUE}`; the schema
            has the options of inputs and targets.
        option_spans: where the values of `options` stand.
        indicators: for an input, those of `columns` of which it takes, after the values of all, 1
            where the value was missing and 0 elsewhere; it is then read as a list.
    """

    name: str | None
    columns: tuple[str, ...]
    column_spans: tuple[Span, ...]
    single: bool
    span: Span
    labels: str | tuple[str, ...] | None = None
    labels_span: Span | None = None
    label_names: tuple[str, ...] | None = None
    options: Mapping[str, Any] = field(default_factory=dict)
    option_spans: Mapping[str, Span] = field(default_factory=dict)
    indicators: tuple[str, ...] = ()

    @property
    def size(self) -> int:
        """How many numbers a row has where each column has one."""
        return len(self.columns) + len(self.indicators)

    def with_indicators(self, names: Collection[str]) -> Columns:
        """These columns, with an indicator of each that is in `names`."""
        found = tuple(name for name in dict.fromkeys(self.columns) if name in names)
        return replace(self, indicators=found, single=False) if found else self

    @property
    def is_one_hot(self) -> bool:
        """Whether a target has a column for each class, of which one is 1."""
        return bool(self.options.get("one_hot"))

    @property
    def is_multi_hot(self) -> bool:
        """Whether a target is a list of labels: a column for each, 1 for those in the list."""
        return bool(self.options.get("multi_hot"))

    @property
    def has_column_per_label(self) -> bool:
        """Whether the labels of a target become columns rather than class numbers."""
        return self.is_one_hot or self.is_multi_hot

    @property
    def width(self) -> int | None:
        """The number of steps that lists are padded and cut to; None where they are no lists."""
        given = self.options.get("pad")
        return None if given is None else int(given)

    @property
    def rows(self) -> str | None:
        """Which rows of a time series it takes; None where the spec leaves that out."""
        return self.options.get("rows")

    @property
    def separator(self) -> str | None:
        """What separates the values of lists that are written as text."""
        return self.options.get("split")

    @property
    def weight(self) -> str | None:
        """The column with the weights of a target."""
        return self.options.get("weight")

    @property
    def tokens(self) -> str | None:
        """The tokenizer that makes numbers of its text; None where it has none."""
        return self.options.get("tokens")

    @property
    def drop(self) -> str | None:
        """Which token is left out, "first" or "last"; None for neither."""
        return self.options.get("drop")

    def place(self, option: str) -> Span:
        """The location of an option; of the whole where the spec leaves it out."""
        return self.option_spans.get(option, self.span)


def parse_inputs(section: LocatedDict) -> tuple[Columns, ...] | None:
    """The columns of the inputs of a `data` section; None where it names none."""
    given = section.get("inputs")
    if given is None:
        return None
    span = value_span(section, "inputs", section.span)
    if not isinstance(given, dict):
        return (_plain_columns(None, given, span, span),)
    return _parse_each(given, span)


def parse_targets(
    section: LocatedDict, train: Source, findings: Findings, *, are_needed: bool = True
) -> tuple[Columns, ...]:
    """The columns of the targets of a `data` section.

    Args:
        section: the section.
        train: the source of the training split; random examples have no columns.
        findings: takes targets that are missing, and those of random examples.
        are_needed: false where no output has a loss.
    """
    given = section.get("targets")
    if train.kind == SYNTHETIC:
        if given is not None:
            message = "synthetic data has no columns for `targets`"
            findings.error(section.key_spans["targets"], "unused-column", message, hint="remove it")
        return ()
    if given is None and not are_needed:
        return ()
    if given is None:
        message = "`data` needs `targets`: a mapping from the model's outputs to columns"
        findings.error(train.span, "missing-key", message)
        return ()
    span = value_span(section, "targets", section.span)
    if isinstance(given, str):
        return (_with_known_classes(_plain_columns(None, given, span, span), train),)
    return tuple(_with_known_classes(columns, train) for columns in _parse_each(given, span))


def _with_known_classes(target: Columns, train: Source) -> Columns:
    """The target; the classes of a data set by name have the order that the data set gives them."""
    if train.kind != DATASET or target.labels not in (None, "auto"):
        return target
    from .sources import DATA_SETS, classes_of_data_set

    name = str(train.options["name"])
    classes = classes_of_data_set(name, train.options)
    is_label = classes and target.columns == DATA_SETS[name].columns[1:]
    return replace(target, labels=classes) if is_label else target


def label_text(value: Any) -> str:
    """A label as text: `true` for True, `1` for 1 and 1.0, text as it is."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def key_span(section: Mapping[str, Any], key: str, fallback: Span) -> Span:
    """Where a key stands."""
    return section.key_spans.get(key, fallback) if isinstance(section, LocatedDict) else fallback


def column_key(written: Mapping[str, Any]) -> str:
    """Which of the two keys names the columns of an input or a target with options."""
    return "column" if "column" in written else "columns"


def _parse_each(given: Mapping[str, Any], span: Span) -> tuple[Columns, ...]:
    return tuple(
        _parse_columns(name, value, value_span(given, name, span), key_span(given, name, span))
        for name, value in given.items()
    )


def _parse_columns(name: str, value: Any, span: Span, name_span: Span) -> Columns:
    """`COLUMN`, `[COLUMN, ...]`, or `{column: either, OPTION: VALUE}`; also with `columns`."""
    if not isinstance(value, LocatedDict):
        return _plain_columns(name, value, span, name_span)
    key = column_key(value)
    plain = _plain_columns(name, value[key], value.value_spans[key], name_span)
    labels = value.get("labels")
    options = {name: option for name, option in value.items() if name not in (key, "labels")}
    return Columns(
        name,
        plain.columns,
        plain.column_spans,
        plain.single,
        name_span,
        labels if labels is None or isinstance(labels, str) else tuple(map(label_text, labels)),
        value_span(value, "labels", span),
        tuple(map(label_text, labels.values())) if isinstance(labels, dict) else None,
        options,
        {key: value.value_spans[key] for key in options},
    )


def _plain_columns(name: str | None, value: Any, span: Span, name_span: Span) -> Columns:
    if isinstance(value, str):
        return Columns(name, (value,), (span,), True, name_span)
    spans = tuple(value_span(value, index, span) for index in range(len(value)))
    return Columns(name, tuple(value), spans, False, name_span)
