"""The section `data` of a drafted spec."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from .branches import Branch, derived_columns
from .draft_parts import DraftParts, left_out_texts, rare_text
from .profile import NUMBER as NUMBER_TEXT
from .profile import ColumnProfile, TableProfile
from .roles import DATE, EMBEDDING, EPOCH, LEFT_OUT, LIST, NUMBER, ONE_HOT, TEXT, Role, is_code
from .task import REGRESSION, SHOWN_LABELS
from .yaml_lines import (
    comment_lines,
    commented_line,
    flow_list,
    name_patterns,
    yaml_key,
    yaml_label,
    yaml_value,
)

FOLDS = 5
MANY = 30
"""From so many columns on, an input names them by patterns."""

TAIL = "a few values are far above the others"

WILD = frozenset("*?[]{}")
MANY_GAPS = 5
"""With gaps in more columns that are filled alike, they have one line."""


def data_lines(parts: DraftParts, place: str) -> list[str]:
    """Source, splits, inputs, targets and rules for gaps; `place` is the path of the file."""
    lines = _train(parts, place)
    lines += _splits(parts)
    lines += _derive(parts)
    if parts.task.rare:
        rare = ", ".join(map(yaml_label, parts.task.rare))
        text = f"where: {{{yaml_key(parts.found.target.name)}: {{not: [{rare}]}}}}"
        lines += commented_line(2, text, rare_text(parts.task))
    lines += _inputs(parts)
    for text in left_out_texts(parts.roles):
        lines += comment_lines(2, f"  left out: {text}")
    for name, why in parts.suspects.items():
        lines += comment_lines(2, f"  check {yaml_value(name)}: {why}")
    lines += _target(parts)
    lines += _missing(parts)
    return [*lines, f"  batch_size: {parts.size.batch_size}"]


def _derive(parts: DraftParts) -> list[str]:
    lines: list[str] = []
    for role in sorted(parts.roles, key=lambda role: role.takes_log):
        why = "how far on in time a row is" if role.kind == DATE else ""
        if role.takes_log and TAIL not in "".join(lines):  # once for all of them
            lines += comment_lines(4, f"{TAIL}; the logarithm brings them closer")
        for name, value in derived_columns(role).items():
            lines += commented_line(4, f"{yaml_key(name)}: {value}", why)
    return ["  derive:", *lines] if lines else []


def _splits(parts: DraftParts) -> list[str]:
    plan, task, share = parts.plan, parts.task, f"{parts.size.test:g}"
    target = yaml_value(parts.found.target.name)
    lines: list[str] = []
    if plan.group:
        lines += commented_line(2, f"group: {yaml_value(plan.group)}", plan.why[0])
    if plan.has_folds:
        few = min(task.counts.values()) if task.labels else FOLDS
        why = "few rows: each is predicted by a model that was not trained on it"
        lines += commented_line(2, f"folds: {max(2, min(FOLDS, few))}", why)
    elif plan.time:
        form = f', format: "{plan.form}"' if plan.form else ""
        by = f"by: {yaml_value(plan.time)}{form}"
        if not parts.size.is_linear:
            why = "the latest of the rest; decides when to stop"
            lines += commented_line(2, f"validation: {{share: 0.15, {by}}}", why)
        why = "the latest rows: what the model will meet is later than what it has seen"
        lines += commented_line(2, f"test: {{share: {share}, {by}}}", why)
    else:
        if not parts.size.is_linear:
            why = "measured after each epoch; decides when to stop"
            lines += commented_line(2, "validation: 0.15", why)
        lines += commented_line(2, f"test: {share}", "measured once, at the end")
    if task.can_stratify and not plan.group and not plan.time:
        why = "all splits have the same proportions of classes"
        lines += commented_line(2, f"stratify: {target}", why)
    return lines


def _train(parts: DraftParts, place: str) -> list[str]:
    source, why = source_text(parts.found, place, _types(parts))
    return commented_line(2, f"train: {{{source}}}", why)


def source_text(found: TableProfile, place: str, types: dict[str, str]) -> tuple[str, str]:
    """A table as a source without its braces, and what a comment says of it.

    Args:
        found: the table.
        place: its path.
        types: the columns that are text although they look like numbers, for a csv.
    """
    options = {} if found.dialect is None else found.dialect.written_options
    if found.dialect is not None and types:
        options["types"] = types
    if found.dialect is None or not options:
        return f"{found.kind}: {yaml_value(place)}", ""
    more = "".join(f", {key}: {_mark(value)}" for key, value in options.items())
    text = f"{found.kind}: {{path: {yaml_value(place)}{more}}}"
    return text, found.dialect.description


def _types(parts: DraftParts) -> dict[str, str]:
    """The columns that are text although they look like numbers."""
    used = (role for role in parts.roles if role.kind in (ONE_HOT, EMBEDDING, TEXT))
    return {role.column.name: "text" for role in used if is_code(role.column)}


def _mark(value: Any) -> str:
    """A csv option as YAML; single characters are quoted."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dict):
        pairs = (f"{yaml_key(key)}: {_mark_of_column(each)}" for key, each in value.items())
        return f"{{{', '.join(pairs)}}}"
    if isinstance(value, tuple):
        words = (text if NUMBER_TEXT.match(text) else yaml_value(text) for text in value)
        return f"[{', '.join(words)}]"
    shown = {"\t": "\\t"}.get(value, value)
    return f'"{shown}"' if len(value) == 1 else value


def _mark_of_column(value: Any) -> str:
    return yaml_value(value) if isinstance(value, str) and len(value) > 1 else _mark(value)


def _inputs(parts: DraftParts) -> list[str]:
    branches = parts.branches
    if len(branches) == 1 and not branches[0].is_each:
        only = branches[0]
        if only.takes_list:
            return _columns(2, "inputs:", only, parts)
        if only.options:
            return [f"  inputs: {{{only.name}: {_column(only)}}}"]
        return [f"  inputs: {yaml_value(only.columns[0])}"]
    lines = ["  inputs:"]
    for branch in branches:
        if branch.takes_list:
            lines += _columns(4, f"{branch.name}:", branch, parts)
        else:
            lines.append(f"    {branch.name}: {_column(branch)}")
    return lines


def _columns(indent: int, head: str, branch: Branch, parts: DraftParts) -> list[str]:
    """A list of columns; of many, by patterns of their names, or all but the others."""
    names = [column.name for column in (*parts.found.others, parts.found.target)]
    if len(branch.columns) < MANY or any(set(name) & WILD for name in names):
        return flow_list(indent, head, map(yaml_value, branch.columns))
    others = [name for name in names if name not in branch.columns]
    patterns = name_patterns(branch.columns, others)
    if patterns:
        return flow_list(indent, head, map(yaml_value, patterns))
    named = {name for other in parts.branches if other is not branch for name in other.columns}
    named |= {parts.found.target.name, parts.plan.group}
    rest = [name for name in others if name not in named]
    if not rest and len(parts.branches) == 1:
        return flow_list(indent, head, [yaml_value("*")])
    if not rest or len(rest) > MANY or parts.plan.time in branch.columns:
        return flow_list(indent, head, map(yaml_value, branch.columns))
    lines = flow_list(indent, f"{head} {{except:", map(yaml_value, rest))
    return [*lines[:-1], f"{lines[-1]}}}"]


def _column(branch: Branch) -> str:
    column = yaml_value(branch.columns[0])
    return f"{{column: {column}, {branch.options}}}" if branch.options else column


def _target(parts: DraftParts) -> list[str]:
    task, column = parts.task, yaml_value(parts.found.target.name)
    if task.kind == REGRESSION:
        return commented_line(2, f"targets: {{{parts.output}: {column}}}", task.why)
    lines = commented_line(2, "targets:", task.why)
    if len(task.labels) > SHOWN_LABELS:
        return [*lines, f"    {parts.output}: {{column: {column}, labels: auto}}"]
    lines += [f"    {parts.output}:", f"      column: {column}"]
    return lines + flow_list(6, "labels:", map(yaml_label, task.labels))


def _missing(parts: DraftParts) -> list[str]:
    lines: list[str] = []
    alike: dict[tuple[str, str], list[ColumnProfile]] = {}
    for role in parts.roles:
        if role.kind != LEFT_OUT and role.column.missing:
            alike.setdefault(_rule(role), []).extend(_columns_in_use(role))
    for (rule, why), columns in alike.items():
        patterns = _of_many(rule, columns, parts)
        if patterns:
            worst = max(columns, key=lambda column: column.missing)
            count = f"`{worst.name}` has no value in {worst.missing} of {worst.rows} rows"
            more = f"{count}, {len(columns) - 1} others in as many or fewer"
            lines += comment_lines(4, f"{why}; {more}")
            lines += [f"    {yaml_key(pattern)}: {rule}" for pattern in patterns]
            continue
        for column in columns:
            count = f"{column.missing} of {column.rows} rows have no value"
            lines += commented_line(4, f"{yaml_key(column.name)}: {rule}", f"{why}; {count}")
    target = parts.found.target
    if target.missing:
        why = f"{target.missing} of {target.rows} rows have no target value"
        lines += commented_line(4, f"{yaml_key(target.name)}: drop", why)
    return ["  missing:", *lines] if lines else []


def _columns_in_use(role: Role) -> list[ColumnProfile]:
    """The column, where an input takes it, and those that are derived from it."""
    own = [role.column] if role.kind != DATE or role.parts else []
    made = (name for name in derived_columns(role) if name != role.column.name)
    return own + [replace(role.column, name=name) for name in made]


def _rule(role: Role) -> tuple[str, str]:
    """What becomes of a gap, and why."""
    if role.kind in (NUMBER, EPOCH):
        return "median", "of the training split"
    if role.kind in (DATE, LIST):
        return "drop", "the rows without a value are left out"
    if role.kind == ONE_HOT and role.column.is_whole and not is_code(role.column):
        return "-1", "what an IntegerLookup treats as unknown"
    return "missing", "a separate category: that a value is missing may be informative"


def _of_many(rule: str, columns: Sequence[ColumnProfile], parts: DraftParts) -> list[str]:
    """Patterns for many columns with one rule; none where they are few or too different."""
    if len(columns) <= MANY_GAPS:
        return []
    if rule == "median":
        return ["*"]
    names = [column.name for column in columns]
    others = [name for name in parts.found.sample if name not in names]
    return (
        [] if any(set(name) & WILD for name in parts.found.sample) else name_patterns(names, others)
    )
