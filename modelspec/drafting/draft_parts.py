"""All that a drafted spec is made of, and what to tell of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from modelspec.diagnostics import join_words

from .branches import Branch, DraftLayer
from .model_size import ModelSize
from .profile import NUMBER as NUMBER_TEXT
from .profile import TableProfile
from .roles import DATE, EMBEDDING, LEFT_OUT, LIST, ONE_HOT, Role, label_mark
from .splits import Plan
from .task import FEWEST_ROWS, Task
from .yaml_lines import yaml_value


class Asked(NamedTuple):
    """What the user asks for.

    Attributes:
        target: the column that the model is to predict.
        task: "classification" or "regression"; None lets the values decide.
        group: the column whose values stay together in a split; None lets the names decide.
        time: the column with the time of a series that is to be forecast, if it is one.
    """

    target: str
    task: str | None = None
    group: str | None = None
    time: str | None = None


class DraftParts(NamedTuple):
    """All that the text of a spec is made of.

    Attributes:
        found: the table.
        task: what the model predicts.
        roles: what its columns become.
        branches: an input each, with the layers that read it.
        hidden: the layers that all inputs feed; none for a linear model.
        last: the layers of the output.
        size: of the model.
        output: its name.
        plan: how the rows are split.
        suspects: columns that say much of the target, with half a sentence of each.
    """

    found: TableProfile
    task: Task
    roles: tuple[Role, ...]
    branches: list[Branch]
    hidden: list[DraftLayer]
    last: list[DraftLayer]
    size: ModelSize
    output: str
    plan: Plan
    suspects: dict[str, str]


def draft_notes(parts: DraftParts) -> list[str]:
    """What the user should know of the data."""
    notes = [f"left out {text}" for text in left_out_texts(parts.roles)]
    notes += [f"check `{name}`: {why}" for name, why in parts.suspects.items()]
    notes += [*_notes_of_values(parts), *_notes_of_rows(parts)]
    task = parts.task
    if task.is_imbalanced:
        small = "accuracy says little of the small ones; `modelspec evaluate` has each class"
        what = "accuracy says little, so AUC is measured" if len(task.labels) == 2 else small
        notes.append(f"{sizes_text(task)}: {what}")
    if parts.plan.has_folds:
        notes.append(f"only {parts.found.target.present} rows: folds instead of a test split")
    if parts.size.is_linear:
        notes.append("few rows for each column: a linear model")
    return notes


def _notes_of_values(parts: DraftParts) -> Iterator[str]:
    dialect = parts.found.dialect
    if dialect is not None and dialect.description:
        yield f"how the file is written: {dialect.description}"
    for name, marks in (dialect.na or {}).items() if dialect is not None else ():
        yield f"`{name}`: {_quoted(marks)} counts as missing"
    for role in parts.roles:
        if role.kind in (ONE_HOT, EMBEDDING) and (alike := _alike(role.column.counts)):
            yield f"`{role.column.name}`: {alike} differ in capitals only, and are different"


def _notes_of_rows(parts: DraftParts) -> Iterator[str]:
    plan, task, target = parts.plan, parts.task, parts.found.target
    if target.missing:
        yield f"left out the {target.missing} rows without `{target.name}`"
    for role in parts.roles:
        if role.kind in (DATE, LIST) and role.column.missing:
            rows, name = role.column.missing, role.column.name
            yield f"left out the {rows} rows without `{name}`, which has no usual value"
    if task.labels and (mark := label_mark(target)):
        yield (
            f"`{target.name}` seems to hold lists of labels, and each list is a class here. For a"
            f' probability of each label write `split: "{mark}", labels: auto, multi_hot: true` in'
            " place of `labels`, a unit for each label with `sigmoid`, `binary_crossentropy` and"
            " `binary_accuracy`, and no `stratify`"
        )
    yield from copies_notes(parts.found)
    if plan.time:
        yield f"the rows have dates: the latest by `{plan.time}` are the test split"
    if plan.group:
        yield f"`{plan.group}` recurs: {plan.why[0]}"
    if task.rare:
        yield f"left out the rows of {rare_text(task)}"


def _alike(values: Iterable[str]) -> str:
    """The first values that are the same but for capitals; "" for none."""
    known: dict[str, list[str]] = {}
    for value in values:
        known.setdefault(value.casefold(), []).append(value)
    return next((_quoted(sorted(same)) for same in known.values() if len(same) > 1), "")


def copies_notes(found: TableProfile) -> list[str]:
    """That rows repeat, where numbers with fractions make it unlikely that they are alike."""
    columns = (*found.others, found.target)
    if not found.copies or not any(one.is_number and not one.is_whole for one in columns):
        return []
    count = "1 row is" if found.copies == 1 else f"{found.copies} rows are"
    what = "remove the copies: those in two splits make its metrics too good"
    return [f"{count} in the file before, value for value: {what}"]


def _quoted(marks: Sequence[str]) -> str:
    return join_words((mark if NUMBER_TEXT.match(mark) else f'"{mark}"' for mark in marks), most=5)


def rare_text(task: Task) -> str:
    """Which classes are left out, and why."""
    names = join_words((f'"{label}"' for label in task.rare), most=5)
    return f"{names}: fewer than {FEWEST_ROWS} rows of a class are too few to learn it"


def sizes_text(task: Task) -> str:
    """How many rows the smallest and the largest class have."""
    sizes = task.counts
    least, most = min(sizes, key=sizes.__getitem__), max(sizes, key=sizes.__getitem__)
    return f'"{least}" has {sizes[least]} rows and "{most}" {sizes[most]}'


def left_out_texts(roles: Sequence[Role]) -> list[str]:
    """The columns that are left out, many with the same reason together."""
    reasons: dict[str, list[str]] = {}
    for role in roles:
        if role.kind == LEFT_OUT:
            reasons.setdefault(role.why, []).append(yaml_value(role.column.name))
    return [f"{join_words(names, most=8)} ({why})" for why, names in reasons.items()]
