"""Which columns a spec uses, for what, and where the spec names them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum, auto
from typing import NamedTuple

from modelspec.analysis import analyze, keras_class
from modelspec.analysis.data import (
    Size,
    check_sizes_known,
    cropped_inputs,
    cropped_targets,
    is_image_target,
    match_inputs,
    match_targets,
    output_shapes,
    with_lengths,
    with_whole_targets,
)
from modelspec.analysis.losses import VALUE_LOSSES, by_output
from modelspec.diagnostics import Findings, Span
from modelspec.graph import Graph
from modelspec.spec.data import (
    CORPUS,
    DATES,
    NUMBERS,
    SERIES,
    SYNTHETIC,
    Columns,
    DataSpec,
    Derived,
    TokenizerSpec,
    date_options,
    needed,
    split_times,
    type_of,
)
from modelspec.spec.model import ExampleShape, InputSpec

NUMBER, TEXT, LABEL, ANY = "number", "text", "label", "any"
"""The kinds of values that a use takes; "any" lets the values decide."""


class Purpose(Enum):
    """What a column is used for. Decisions are made by this; its text is for messages only."""

    INPUT = auto()
    TARGET = auto()
    STRATIFY = auto()
    SAMPLE_WEIGHT = auto()
    TARGET_WEIGHT = auto()
    GROUP = auto()
    TIME = auto()
    WHERE = auto()
    SPLIT = auto()
    SPLIT_GROUP = auto()
    SPLIT_TIME = auto()
    DERIVE = auto()
    KEEP = auto()
    """Copied next to the predictions; the model does not see it."""


SPLITTING = (Purpose.STRATIFY, Purpose.SPLIT, Purpose.SPLIT_GROUP, Purpose.SPLIT_TIME)
"""The purposes that new data has no need of."""

_TEXTS = {
    Purpose.INPUT: "the input `{}`",
    Purpose.TARGET: "the target `{}`",
    Purpose.STRATIFY: "`stratify`",
    Purpose.SAMPLE_WEIGHT: "`sample_weight`",
    Purpose.TARGET_WEIGHT: "the weight of the target `{}`",
    Purpose.GROUP: "`group`",
    Purpose.TIME: "`time`",
    Purpose.WHERE: "`where`",
    Purpose.SPLIT: "`split`",
    Purpose.SPLIT_GROUP: "`group`",
    Purpose.SPLIT_TIME: "`by` of `{}`",
    Purpose.DERIVE: "the derived column `{}`",
    Purpose.KEEP: "the kept column `{}`",
}
"""What messages call each purpose; `{}` is the name of the input, the target or the column."""


def purpose_text(purpose: Purpose, name: str | None = None) -> str:
    """What messages call a use of a column: "the input `measures`"."""
    return _TEXTS[purpose].format(name)


class ListForm(NamedTuple):
    """How the lists of a column are read.

    Attributes:
        width: how many values of each list are kept; None keeps all.
        separator: what separates the values where the lists are text.
        or_numbers: whether single numbers may stand in place of lists.
    """

    width: int | None
    separator: str | None
    or_numbers: bool = False


class ColumnUse(NamedTuple):
    """One use of a column.

    Attributes:
        column: its name.
        kind: the values that the use takes: "number", "text", "label" or "any".
        purpose: what the column is used for.
        span: where the spec names the column.
        name: of the input or the target.
        lists: how its lists are read, where it has lists of unlike lengths.
        derived: the derived column that is made of it, for `Purpose.DERIVE`.
    """

    column: str
    kind: str
    purpose: Purpose
    span: Span
    name: str | None = None
    lists: ListForm | None = None
    derived: Derived | None = None

    @property
    def text(self) -> str:
        """What messages call the use. Never compare it: `purpose` is for that."""
        return purpose_text(self.purpose, self.name)

    @property
    def is_input(self) -> bool:
        """Whether the column feeds an input of the model."""
        return self.purpose is Purpose.INPUT

    @property
    def orders_rows(self) -> bool:
        """Whether the column says how the rows of a time series follow one another."""
        return self.purpose in (Purpose.GROUP, Purpose.TIME)

    @property
    def is_read_in_chunks(self) -> bool:
        """Whether a chunk at a time is enough; by all other columns, rows are split or encoded."""
        return self.purpose in (Purpose.INPUT, Purpose.KEEP, Purpose.WHERE, Purpose.DERIVE)

    @property
    def takes_dates(self) -> bool:
        """Whether a derived column is made of its dates."""
        return self.derived is not None and self.derived.takes[self.column] == DATES

    @property
    def decides_rows(self) -> bool:
        """Whether the column says which rows are examples, and of which split."""
        return self.purpose in (Purpose.WHERE, Purpose.SPLIT)


@dataclass(frozen=True, slots=True)
class FeaturePlan:
    """Which columns feed the model's inputs, and which its outputs are compared with.

    Attributes:
        inputs: the model's inputs with their columns. Columns are None for the one input that
            takes all columns which nothing else uses.
        targets: the model's outputs with their columns, each with its name filled in.
        uses: every use of a column that the spec names.
        tokens: the tokenizers, with their lengths.
        image_targets: the outputs that are compared with images.
        output_shapes: the shapes of these without the batch axis, by name, where they are known,
            in the size of the images of the data.
        crops: the size of inputs whose images are larger in the data, by name.
        cropped_targets: that of the outputs whose targets are cropped with them.
    """

    inputs: tuple[tuple[InputSpec, Columns | None], ...]
    targets: tuple[Columns, ...]
    uses: tuple[ColumnUse, ...]
    tokens: Mapping[str, TokenizerSpec] = field(default_factory=dict)
    image_targets: frozenset[str] = frozenset()
    output_shapes: Mapping[str, ExampleShape] = field(default_factory=dict)
    crops: Mapping[str, Size] = field(default_factory=dict)
    cropped_targets: Mapping[str, Size] = field(default_factory=dict)

    @property
    def takes_unused_columns(self) -> bool:
        """Whether an input takes the columns that nothing else uses."""
        return any(columns is None for _, columns in self.inputs)


def plan_features(data: DataSpec, graph: Graph, findings: Findings) -> FeaturePlan | None:
    """Match the `data` section with the model's inputs and outputs; None with findings."""
    before = len(findings)
    inputs = match_inputs(data, graph, findings)
    targets = match_targets(data, graph, findings)
    if len(findings) > before:
        return None
    shapes: Mapping[str, ExampleShape] = {}
    images = frozenset(str(one.name) for one in targets if is_image_target(one, data.train))
    if images:
        shapes = output_shapes(analyze(graph, Findings()))
        if data.augment:
            shapes = with_whole_targets(shapes, data, graph.inputs)
        check_sizes_known(targets, data, shapes, findings)
        if len(findings) > before:
            return None
    amounts = _outputs_of_amounts(data, graph)
    uses, tokens = tuple(_uses(data, inputs, targets, amounts)), with_lengths(data, graph)
    uses = tuple(_typed(use, data, findings) for use in uses)
    if len(findings) > before:
        return None
    plan = FeaturePlan(inputs, targets, uses, tokens, images, shapes)
    return _with_crops(plan, data, graph) if data.augment else plan


def _with_crops(plan: FeaturePlan, data: DataSpec, graph: Graph) -> FeaturePlan:
    """The plan with what `augment` crops."""
    crops = cropped_inputs(data, graph.inputs)
    if not crops or data.train.kind == SYNTHETIC:
        return plan
    outputs = output_shapes(analyze(graph, Findings()))
    followers = cropped_targets(outputs, data, graph.inputs)
    return replace(plan, crops=crops, cropped_targets=followers)


def _typed(use: ColumnUse, data: DataSpec, findings: Findings) -> ColumnUse:
    """A use that leaves the kind of its values open, with the kind that `types` gives it."""
    given = type_of(data.train, use.column)
    if given is None or given == use.kind or (given == TEXT and use.kind == LABEL):
        return use
    if use.kind == ANY:
        is_target = use.purpose is Purpose.TARGET
        return use._replace(kind=LABEL if given == TEXT and is_target else given)
    written = (data.train.table or data.train).options
    key = "types" if use.column in written.get("types", {}) else "units"
    if use.kind == LABEL:
        message = f"{use.text} has labels, which are text, but `{key}` makes `{use.column}` numbers"
        hint = f"remove it from `{key}`, or remove the labels"
    else:
        wanted = "text" if use.kind == TEXT else "numbers"
        message = f"{use.text} takes {wanted}, but `{key}` makes `{use.column}` {given}"
        hint = f"remove it from `{key}`"
        if use.is_input:
            hint += ", or give the input `dtype: string`" if use.kind == NUMBER else ""
    findings.error(use.span, "wrong-column-type", message, hint=hint)
    return use


def _outputs_of_amounts(data: DataSpec, graph: Graph) -> frozenset[str]:
    """The outputs whose loss compares amounts: text among these is a mistake, and no class."""
    losses = by_output(data.losses, graph.output_names)
    return frozenset(name for name, loss in losses.items() if keras_class(loss) in VALUE_LOSSES)


def _uses(
    data: DataSpec,
    inputs: tuple[tuple[InputSpec, Columns | None], ...],
    targets: tuple[Columns, ...],
    amounts: frozenset[str],
) -> list[ColumnUse]:
    uses = []
    for entry, columns in inputs:
        if columns is not None:
            uses += input_uses(entry, columns, data)
    for target in targets:
        kind = _kind_of_target(target, target.name in amounts)
        uses += _uses_of(target, kind, Purpose.TARGET, target.name)
        uses += _weight_uses(target)
    if data.stratify is not None:
        uses.append(ColumnUse(data.stratify, ANY, Purpose.STRATIFY, data.stratify_span))
    if data.sample_weight is not None:
        span = data.sample_weight_span
        uses.append(ColumnUse(data.sample_weight, NUMBER, Purpose.SAMPLE_WEIGHT, span))
    for condition in data.where:
        kind = NUMBER if condition.compares_numbers else TEXT if condition.compares_text else ANY
        uses.append(ColumnUse(condition.column, kind, Purpose.WHERE, condition.span))
    if data.split is not None:
        values = [value for found in data.split.values.values() for value in found]
        kind = TEXT if any(isinstance(value, str) for value in values) else ANY
        uses.append(ColumnUse(data.split.column, kind, Purpose.SPLIT, data.split.span))
    if data.group is not None:
        span = data.group_span or data.span
        uses.append(ColumnUse(data.group, ANY, Purpose.SPLIT_GROUP, span))
    for name, by in split_times(data).items():
        kind = TEXT if by.form is not None else ANY
        uses.append(ColumnUse(by.column, kind, Purpose.SPLIT_TIME, by.span, name))
    order = {"group": Purpose.GROUP, "time": Purpose.TIME} if data.train.kind == SERIES else {}
    for option, purpose in order.items():
        if option in data.train.options:
            span = data.train.place(option)
            uses.append(ColumnUse(data.train.options[option], ANY, purpose, span))
    return uses


def _kind_of_target(target: Columns, is_amount: bool) -> str:
    if target.tokens is not None:
        return TEXT
    if target.labels is not None or target.has_column_per_label:
        return LABEL
    return NUMBER if is_amount else ANY


def input_uses(entry: InputSpec, columns: Columns, data: DataSpec) -> list[ColumnUse]:
    """The uses of the columns that feed an input."""
    is_text = columns.tokens is not None or date_options(columns) is not None
    kind = TEXT if entry.dtype == "string" or is_text else NUMBER
    if data.train.kind == CORPUS:
        kind = LABEL
    return _uses_of(columns, kind, Purpose.INPUT, entry.name)


def _uses_of(columns: Columns, kind: str, purpose: Purpose, name: str | None) -> list[ColumnUse]:
    pairs = zip(columns.columns, columns.column_spans, strict=True)
    lists = _list_form(columns)
    return [ColumnUse(column, kind, purpose, span, name, lists) for column, span in pairs]


def _list_form(columns: Columns) -> ListForm | None:
    if columns.width is None and not columns.is_multi_hot:
        return None
    return ListForm(columns.width, columns.separator)


def _weight_uses(target: Columns) -> list[ColumnUse]:
    """The use of the column that weights a target."""
    if target.weight is None:
        return []
    lists = None
    if target.width is not None:
        lists = ListForm(target.width, target.separator, or_numbers=True)
    purpose, span = Purpose.TARGET_WEIGHT, target.place("weight")
    return [ColumnUse(target.weight, NUMBER, purpose, span, target.name, lists)]


def drop_purposes(uses: Sequence[ColumnUse], *purposes: Purpose) -> tuple[ColumnUse, ...]:
    """The uses without those for some purposes."""
    return tuple(use for use in uses if use.purpose not in purposes)


def uses_of_split(uses: Sequence[ColumnUse], *, is_train: bool) -> tuple[ColumnUse, ...]:
    """The uses of the columns that the source of a split must have."""
    if is_train:
        return tuple(uses)
    return drop_purposes(uses, Purpose.STRATIFY, Purpose.SPLIT, Purpose.SPLIT_TIME)


def with_derived_from(
    uses: Sequence[ColumnUse], derive: Mapping[str, Derived]
) -> tuple[ColumnUse, ...]:
    """The uses, and those of the columns that derived ones are made of."""
    if not derive:
        return tuple(uses)
    found = []
    for one in needed(column_names(uses), derive):
        for name, takes in one.takes.items():
            if name not in derive:
                kind = NUMBER if takes == NUMBERS else TEXT
                found.append(ColumnUse(name, kind, Purpose.DERIVE, one.span, one.name, derived=one))
    return (*uses, *found)


def uses_in_files(
    uses: Sequence[ColumnUse], derive: Mapping[str, Derived]
) -> tuple[ColumnUse, ...]:
    """The uses of the columns of the files, by their names there; `with_derived_from` has more."""
    found = []
    for use in with_derived_from(uses, derive):
        if use.derived is not None and use.column == use.derived.own_source:
            found.append(use._replace(column=use.derived.name))
        elif use.derived is not None or use.column not in derive:
            found.append(use)
    return tuple(found)


def column_names(uses: Sequence[ColumnUse]) -> list[str]:
    """The columns that are used, each once."""
    return list(dict.fromkeys(use.column for use in uses))
