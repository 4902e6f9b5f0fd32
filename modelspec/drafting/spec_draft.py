"""A spec from a data file: inputs, preprocessing, model, loss, metrics and splits."""

from __future__ import annotations

import os
from pathlib import Path
from typing import NamedTuple

from modelspec.diagnostics import Findings

from .branches import DraftNames, build_branches
from .data_lines import data_lines
from .draft_parts import Asked, DraftParts, draft_notes
from .model_size import choose_size, hidden_layers, output_layers
from .profile import (
    ColumnProfile,
    TableProfile,
    file_span,
    is_leak,
    is_suspect,
    measure_leak,
    profile_table,
)
from .roles import LEFT_OUT, Role, choose_role
from .series_draft import draft_series
from .splits import Plan, plan_splits
from .task import REGRESSION, Task, choose_task
from .training_lines import training_lines
from .yaml_lines import comment_lines, functional_lines, sequential_lines

JOINS = ("features", "features_and_hidden")
"""The layer that concatenates all inputs, and the one that puts the hidden layers beside them."""


class Draft(NamedTuple):
    """A spec's text, the columns that it leaves out with the reason of each, and what to tell.

    `notes` are lines for the user: what was left out, and what was found in the data.
    """

    text: str
    left_out: dict[str, str]
    notes: tuple[str, ...] = ()


def draft_spec(
    path: Path,
    asked: Asked,
    folder: Path,
    findings: Findings,
    address: str | None = None,
) -> Draft | None:
    """Draft a spec; None with findings.

    Args:
        path: a csv or parquet file.
        asked: what the user asks for.
        folder: where the spec will stand; its path to the data leads from there.
        findings: takes what is wrong with the file, and a file that has no column to learn from.
        address: where the file is from, which the spec names then.

    Raises:
        UsageError, CannotRunError: as `tables.profile` does.
    """
    found = profile_table(path, asked.target, findings)
    place = address or Path(os.path.relpath(path, folder)).as_posix()
    if found is not None and asked.time is not None:
        command = _command(asked, address or path.name)
        series = draft_series(found, asked, place, command, findings)
        return None if series is None else Draft(*series)
    chosen = None if found is None else choose_task(found.target, asked.task, path, findings)
    if found is None or chosen is None:
        return None
    plan = plan_splits(found, chosen, asked.group)
    figures = _measure_leaks(found, chosen)
    roles = tuple(_role(column, found, chosen, plan, figures) for column in found.others)
    left_out = {role.column.name: role.why for role in roles if role.kind == LEFT_OUT}
    if len(left_out) == len(roles):
        message = f"{path} has no column that a model can learn from"
        reasons = "; ".join(f"`{column}`: {why}" for column, why in left_out.items())
        findings.error(file_span(path), "no-input-column", message, hint=reasons)
        return None
    names = DraftNames()
    for join in JOINS:
        names.unique(join)
    output = names.unique(asked.target)
    size = choose_size(found.target.present, len(roles) - len(left_out))
    branches = build_branches(roles, names)
    hidden, last = hidden_layers(size, names), output_layers(chosen, output, names, size)
    is_regression = chosen.kind == REGRESSION
    suspects = {
        name: f"by itself it says {figure:.0%} of `{asked.target}`: is it known when you predict?"
        for name, figure in figures.items()
        if name not in left_out and is_suspect(figure, is_regression=is_regression)
    }
    parts = DraftParts(found, chosen, roles, branches, hidden, last, size, output, plan, suspects)
    text = _text(parts, path.name, place, _command(asked, address or path.name))
    return Draft(text, left_out, tuple(draft_notes(parts)))


def _measure_leaks(found: TableProfile, task: Task) -> dict[str, float]:
    """How much each column says of the target."""
    target = found.sample[found.target.name]
    if task.rare:
        target = ["" if said in task.rare else said for said in target]
    return {
        column.name: measure_leak(
            column, found.sample[column.name], target, is_regression=task.kind == REGRESSION
        )
        for column in found.others
        if not column.opaque
    }


def _role(
    column: ColumnProfile, found: TableProfile, task: Task, plan: Plan, figures: dict[str, float]
) -> Role:
    """What a column becomes, in view of the splits and of what it says of the target."""
    if plan.group and column.name == plan.group:
        return Role(column, LEFT_OUT, "its values are in one split each, as `group` says")
    role = choose_role(
        column, found.target, is_split_by=bool(plan.time) and column.name == plan.time
    )
    figure = figures.get(column.name, 0.0)
    if role.kind == LEFT_OUT or not is_leak(figure, column, is_regression=task.kind == REGRESSION):
        return role
    why = f"by itself it says {figure:.1%} of `{found.target.name}`: it would give the target away"
    return Role(column, LEFT_OUT, why)


def _command(asked: Asked, data: str) -> str:
    """What was typed, in short."""
    options = {"target": asked.target, "time": asked.time, "group": asked.group}
    words = (f" --{key} {value}" for key, value in options.items() if value is not None)
    return f"`modelspec init --data {data}{''.join(words)}`"


def _text(parts: DraftParts, name: str, place: str, command: str) -> str:
    found = parts.found
    lines = [
        *comment_lines(0, f"A first spec, written by {command} from all {found.rows} rows."),
        *comment_lines(0, "Change it as you like."),
        "modelspec: 1",
        f"name: {DraftNames().unique(name.partition('.')[0])}",
        "",
        "model:",
        *_model(parts),
        "",
        "data:",
        *data_lines(parts, place),
        "",
        "training:",
        *training_lines(parts),
    ]
    return "\n".join(lines) + "\n"


def _model(parts: DraftParts) -> list[str]:
    if len(parts.branches) == 1 and not parts.branches[0].is_each:
        return sequential_lines(parts.branches[0], [*parts.hidden, *parts.last])
    return functional_lines(parts.branches, parts.hidden, parts.last, JOINS)
