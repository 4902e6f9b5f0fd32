"""A spec from a data file: inputs, preprocessing, model, loss, metrics and splits."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from modelspec.diagnostics import Findings

from .branches import Branch, DraftLayer, DraftNames, build_branches
from .model_size import ModelSize, choose_size, hidden_layers, output_layers
from .roles import DATE, LEFT_OUT, LIST, NUMBER, ONE_HOT, Role, choose_role
from .tables import TableProfile, file_span, profile_table
from .task import BINARY, REGRESSION, SHOWN_LABELS, Task, choose_task
from .yaml_lines import (
    comment_lines,
    commented_line,
    flow_list,
    functional_lines,
    sequential_lines,
    yaml_key,
    yaml_label,
    yaml_value,
)

JOIN = "features"
"""The layer that concatenates all inputs."""


class Draft(NamedTuple):
    """A spec's text, and the columns that it leaves out with the reason of each."""

    text: str
    left_out: dict[str, str]


class _Parts(NamedTuple):
    """All that the text is made of."""

    found: TableProfile
    task: Task
    roles: tuple[Role, ...]
    branches: list[Branch]
    layers: list[DraftLayer]
    size: ModelSize
    output: str


def draft_spec(
    path: Path,
    target: str,
    folder: Path,
    task: str | None,
    findings: Findings,
    address: str | None = None,
) -> Draft | None:
    """Draft a spec; None with findings.

    Args:
        path: a csv or parquet file.
        target: the column that the model is to predict.
        folder: where the spec will stand; its path to the data leads from there.
        task: "classification" or "regression"; None lets the values decide.
        findings: takes what is wrong with the file, and a file that has no column to learn from.
        address: where the file is from, which the spec names then.

    Raises:
        UsageError, CannotRunError: as `tables.profile` does.
    """
    found = profile_table(path, target, findings)
    chosen = None if found is None else choose_task(found.target, task, path, findings)
    if found is None or chosen is None:
        return None
    roles = tuple(choose_role(column, found.target) for column in found.others)
    left_out = {role.column.name: role.why for role in roles if role.kind == LEFT_OUT}
    if len(left_out) == len(roles):
        message = f"{path} has no column that a model can learn from"
        reasons = "; ".join(f"`{column}`: {why}" for column, why in left_out.items())
        findings.error(file_span(path), "no-input-column", message, hint=reasons)
        return None
    names = DraftNames()
    names.unique(JOIN)
    output = names.unique(target)
    size = choose_size(found.target.present)
    branches = build_branches(roles, names)
    layers = [*hidden_layers(size, names), *output_layers(chosen, output, names)]
    parts = _Parts(found, chosen, roles, branches, layers, size, output)
    place = address or Path(os.path.relpath(path, folder)).as_posix()
    return Draft(_text(parts, path.name, place, address or path.name), left_out)


def _text(parts: _Parts, name: str, place: str, data: str) -> str:
    found = parts.found
    command = f"`modelspec init --data {data} --target {found.target.name}`"
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
        *_data(parts, place),
        "",
        "training:",
        *_training(parts),
    ]
    return "\n".join(lines) + "\n"


def _model(parts: _Parts) -> list[str]:
    if len(parts.branches) == 1:
        return sequential_lines(parts.branches[0], parts.layers)
    return functional_lines(parts.branches, parts.layers, JOIN)


def _data(parts: _Parts, place: str) -> list[str]:
    lines = _train(parts.found, place)
    lines += commented_line(
        2, "validation: 0.15", "measured after each epoch; decides when to stop"
    )
    lines += commented_line(2, f"test: {parts.size.test:g}", "measured once, at the end")
    if parts.task.can_stratify:
        target = yaml_value(parts.found.target.name)
        lines += commented_line(
            2, f"stratify: {target}", "all splits have the same proportions of classes"
        )
    lines += _inputs(parts.branches)
    for role in parts.roles:
        if role.kind == LEFT_OUT:
            lines += comment_lines(2, f"  left out: {yaml_value(role.column.name)} ({role.why})")
    lines += _target(parts)
    lines += _missing(parts)
    return [*lines, f"  batch_size: {parts.size.batch_size}"]


def _train(found: TableProfile, place: str) -> list[str]:
    options = {} if found.dialect is None else found.dialect.written_options
    if found.dialect is None or not options:
        return [f"  train: {{{found.kind}: {yaml_value(place)}}}"]
    more = "".join(f", {key}: {_mark(value)}" for key, value in options.items())
    text = f"train: {{{found.kind}: {{path: {yaml_value(place)}{more}}}}}"
    return commented_line(2, text, found.dialect.description)


def _mark(value: str | bool) -> str:
    """A csv option as YAML; single characters are quoted."""
    if isinstance(value, bool):
        return str(value).lower()
    shown = {"\t": "\\t"}.get(value, value)
    return f'"{shown}"' if len(value) == 1 else value


def _inputs(branches: Sequence[Branch]) -> list[str]:
    if len(branches) == 1:
        only = branches[0]
        if only.takes_list:
            return flow_list(2, "inputs:", map(yaml_value, only.columns))
        if only.options:
            return [f"  inputs: {{{only.name}: {_column(only)}}}"]
        return [f"  inputs: {yaml_value(only.columns[0])}"]
    lines = ["  inputs:"]
    for branch in branches:
        if branch.takes_list:
            lines += flow_list(4, f"{branch.name}:", map(yaml_value, branch.columns))
        else:
            lines.append(f"    {branch.name}: {_column(branch)}")
    return lines


def _column(branch: Branch) -> str:
    column = yaml_value(branch.columns[0])
    return f"{{column: {column}, {branch.options}}}" if branch.options else column


def _target(parts: _Parts) -> list[str]:
    task, column = parts.task, yaml_value(parts.found.target.name)
    if task.kind == REGRESSION:
        return commented_line(2, f"targets: {{{parts.output}: {column}}}", task.why)
    lines = commented_line(2, "targets:", task.why)
    if len(task.labels) > SHOWN_LABELS:
        return [*lines, f"    {parts.output}: {{column: {column}, labels: auto}}"]
    lines += [f"    {parts.output}:", f"      column: {column}"]
    return lines + flow_list(6, "labels:", map(yaml_label, task.labels))


def _missing(parts: _Parts) -> list[str]:
    lines: list[str] = []
    for role in parts.roles:
        column = role.column
        if role.kind == LEFT_OUT or not column.missing:
            continue
        if role.kind == NUMBER:
            rule, why = "median", "of the training split"
        elif role.kind in (DATE, LIST):
            rule, why = "drop", "the rows without a value are left out"
        elif role.kind == ONE_HOT and column.is_whole:
            rule, why = "-1", "what an IntegerLookup treats as unknown"
        else:
            rule, why = (
                "missing",
                "a separate category: that a value is missing may be informative",
            )
        count = f"{column.missing} of {column.rows} rows have no value"
        lines += commented_line(4, f"{yaml_key(column.name)}: {rule}", f"{why}; {count}")
    target = parts.found.target
    if target.missing:
        why = f"{target.missing} of {target.rows} rows have no target value"
        lines += commented_line(4, f"{yaml_key(target.name)}: drop", why)
    return ["  missing:", *lines] if lines else []


def _training(parts: _Parts) -> list[str]:
    size, task = parts.size, parts.task
    lines = commented_line(2, f"epochs: {size.epochs}", "at most; EarlyStopping may stop earlier")
    why = "Adam with weight decay, which keeps small models from overfitting"
    lines += commented_line(2, "optimizer: {AdamW: {learning_rate: 3e-3, weight_decay: 0.01}}", why)
    lines += _loss(task)
    if task.is_imbalanced:
        sizes = task.counts
        least, most = min(sizes, key=sizes.__getitem__), max(sizes, key=sizes.__getitem__)
        why = (
            f'"{least}" has {sizes[least]} rows and "{most}" {sizes[most]}: rows of rarer classes'
            " count more; without this line, probabilities follow the class frequencies of the data"
        )
        lines += commented_line(2, "class_weight: balanced", why)
    stop = f"monitor: val_loss, patience: {size.patience}, restore_best_weights: true"
    lines += commented_line(2, "callbacks:", "stops when the validation loss no longer improves")
    return [*lines, f"    - EarlyStopping: {{{stop}}}", "  seed: 7"]


def _loss(task: Task) -> list[str]:
    if task.kind == REGRESSION:
        why = "large errors count most; mean_absolute_error is less sensitive to outliers"
        lines = commented_line(2, "loss: mean_squared_error", why)
        why = "R2Score: 1 is perfect, 0 is the score of always predicting the mean"
        return lines + commented_line(2, "metrics: [mean_absolute_error, R2Score]", why)
    if task.kind == BINARY:
        lines = commented_line(2, "loss: binary_crossentropy", "for one probability")
        why = "AUC: how well the two classes are ranked, at any threshold; 0.5 is chance"
        metrics = "accuracy, AUC, Precision, Recall" if task.is_imbalanced else "accuracy, AUC"
        return lines + commented_line(2, f"metrics: [{metrics}]", why)
    lines = commented_line(2, "loss: sparse_categorical_crossentropy", "for class numbers")
    largest = max(task.counts.values()) / sum(task.counts.values())
    why = f"always predicting the largest class gives {largest:.2f}"
    return lines + commented_line(2, "metrics: [accuracy]", why)
