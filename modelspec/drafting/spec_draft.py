"""A spec from a data file: inputs, preprocessing, model, loss, metrics and splits."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from modelspec.diagnostics import Findings

from .branches import Branch, BranchNames, DraftLayer, branches_of
from .plan import Size, head, size_of, trunk
from .roles import NUMBER, ONE_HOT, OUT, Role, role_of
from .tables import Profile, profile, start
from .task import BINARY, REGRESSION, SHOWN_LABELS, Task, task_of
from .write import comment, graph, key, label, line, listed, name, stack

JOIN = "features"
"""The layer that puts all inputs side by side."""


class Draft(NamedTuple):
    """A spec's text, and the columns that it leaves out with the reason of each."""

    text: str
    left_out: dict[str, str]


class _Parts(NamedTuple):
    """All that the text is made of."""

    found: Profile
    task: Task
    roles: tuple[Role, ...]
    branches: list[Branch]
    layers: list[DraftLayer]
    size: Size
    output: str


def draft(
    path: Path, target: str, folder: Path, task: str | None, findings: Findings
) -> Draft | None:
    """Draft a spec; None with findings.

    Args:
        path: a csv or parquet file.
        target: the column that the model is to tell.
        folder: where the spec will stand; its path to the data leads from there.
        task: "classification" or "regression"; None lets the values decide.
        findings: takes what is wrong with the file, and a file that has no column to learn from.

    Raises:
        UsageError, CannotRunError: as `tables.profile` does.
    """
    found = profile(path, target, findings)
    chosen = None if found is None else task_of(found.target, task, path, findings)
    if found is None or chosen is None:
        return None
    roles = tuple(role_of(column, found.target) for column in found.others)
    left_out = {role.column.name: role.why for role in roles if role.kind == OUT}
    if len(left_out) == len(roles):
        message = f"{path} has no column that a model could learn from"
        reasons = "; ".join(f"`{column}`: {why}" for column, why in left_out.items())
        findings.error(start(path), "no-input-column", message, hint=reasons)
        return None
    names = BranchNames()
    names.take(JOIN)
    output = names.take(target)
    size = size_of(found.target.present)
    branches = branches_of(roles, names)
    layers = [*trunk(size, names), *head(chosen, output, names)]
    parts = _Parts(found, chosen, roles, branches, layers, size, output)
    return Draft(_text(parts, path, folder), left_out)


def _text(parts: _Parts, path: Path, folder: Path) -> str:
    found = parts.found
    command = f"`modelspec init --data {path.name} --target {found.target.name}`"
    lines = [
        *comment(0, f"A first spec, by {command}, which looked at all {found.rows} rows."),
        *comment(0, "All of it is yours to change."),
        "modelspec: 1",
        f"name: {BranchNames().take(path.name.partition('.')[0])}",
        "",
        "model:",
        *_model(parts),
        "",
        "data:",
        *_data(parts, path, folder),
        "",
        "training:",
        *_training(parts),
    ]
    return "\n".join(lines) + "\n"


def _model(parts: _Parts) -> list[str]:
    if len(parts.branches) == 1:
        return stack(parts.branches[0], parts.layers)
    return graph(parts.branches, parts.layers, JOIN)


def _data(parts: _Parts, path: Path, folder: Path) -> list[str]:
    place = Path(os.path.relpath(path, folder)).as_posix()
    lines = _train(parts.found, place)
    lines += line(2, "validation: 0.15", "measured after each epoch; decides when to stop")
    lines += line(2, f"test: {parts.size.test:g}", "measured once, at the end; decides nothing")
    if parts.task.splits_evenly:
        target = name(parts.found.target.name)
        lines += line(2, f"stratify: {target}", "each split gets the classes in one proportion")
    lines += _inputs(parts.branches)
    for role in parts.roles:
        if role.kind == OUT:
            lines += comment(2, f"  left out: {name(role.column.name)} ({role.why})")
    lines += _target(parts)
    lines += _missing(parts)
    return [*lines, f"  batch_size: {parts.size.batch_size}"]


def _train(found: Profile, place: str) -> list[str]:
    options = {} if found.dialect is None else found.dialect.written_options
    if found.dialect is None or not options:
        return [f"  train: {{{found.kind}: {name(place)}}}"]
    more = "".join(f", {key}: {_mark(value)}" for key, value in options.items())
    text = f"train: {{{found.kind}: {{path: {name(place)}{more}}}}}"
    return line(2, text, found.dialect.description)


def _mark(value: str) -> str:
    """An option of a csv; a mark stands in quotes."""
    shown = {"\t": "\\t"}.get(value, value)
    return f'"{shown}"' if len(value) == 1 else value


def _inputs(branches: Sequence[Branch]) -> list[str]:
    if len(branches) == 1:
        only = branches[0]
        if only.layers[0].text == "Normalization":
            return listed(2, "inputs:", map(name, only.columns))
        return [f"  inputs: {name(only.columns[0])}"]
    lines = ["  inputs:"]
    for branch in branches:
        if branch.layers[0].text == "Normalization":
            lines += listed(4, f"{branch.name}:", map(name, branch.columns))
        else:
            lines.append(f"    {branch.name}: {name(branch.columns[0])}")
    return lines


def _target(parts: _Parts) -> list[str]:
    task, column = parts.task, name(parts.found.target.name)
    if task.kind == REGRESSION:
        return line(2, f"targets: {{{parts.output}: {column}}}", task.why)
    lines = line(2, "targets:", task.why)
    if len(task.labels) > SHOWN_LABELS:
        return [*lines, f"    {parts.output}: {{column: {column}, labels: auto}}"]
    lines += [f"    {parts.output}:", f"      column: {column}"]
    return lines + listed(6, "labels:", map(label, task.labels))


def _missing(parts: _Parts) -> list[str]:
    lines: list[str] = []
    for role in parts.roles:
        column = role.column
        if role.kind == OUT or not column.missing:
            continue
        if role.kind == NUMBER:
            rule, why = "median", "of the training split"
        elif role.kind == ONE_HOT and column.is_whole:
            rule, why = "-1", "what an IntegerLookup takes for unknown"
        else:
            rule, why = "missing", "a class of its own: that nothing is known may tell something"
        count = f"{column.missing} of {column.rows} rows have no value"
        lines += line(4, f"{key(column.name)}: {rule}", f"{why}; {count}")
    target = parts.found.target
    if target.missing:
        why = f"{target.missing} of {target.rows} rows have no answer to learn from"
        lines += line(4, f"{key(target.name)}: drop", why)
    return ["  missing:", *lines] if lines else []


def _training(parts: _Parts) -> list[str]:
    size, task = parts.size, parts.task
    lines = line(2, f"epochs: {size.epochs}", "at most; EarlyStopping ends it before")
    why = (
        "Adam with a pull of all weights towards 0, which keeps small models from learning by rote"
    )
    lines += line(2, "optimizer: {AdamW: {learning_rate: 3e-3, weight_decay: 0.01}}", why)
    lines += _loss(task)
    if task.uneven:
        sizes = task.counts
        least, most = min(sizes, key=sizes.__getitem__), max(sizes, key=sizes.__getitem__)
        why = (
            f'"{least}" has {sizes[least]} rows and "{most}" {sizes[most]}: the rarer a class, the'
            " more each of its rows counts; without this line probabilities are those of the data"
        )
        lines += line(2, "class_weight: balanced", why)
    stop = f"monitor: val_loss, patience: {size.patience}, restore_best_weights: true"
    lines += line(2, "callbacks:", "ends where the validation split gains nothing any more")
    return [*lines, f"    - EarlyStopping: {{{stop}}}", "  seed: 7"]


def _loss(task: Task) -> list[str]:
    if task.kind == REGRESSION:
        why = "large errors count most; mean_absolute_error minds outliers less"
        lines = line(2, "loss: mean_squared_error", why)
        why = "R2Score: 1 is perfect, 0 no better than the mean"
        return lines + line(2, "metrics: [mean_absolute_error, R2Score]", why)
    if task.kind == BINARY:
        lines = line(2, "loss: binary_crossentropy", "for one probability")
        why = "AUC: how well the two are ranked, whatever the threshold; 0.5 is chance"
        metrics = "accuracy, AUC, Precision, Recall" if task.uneven else "accuracy, AUC"
        return lines + line(2, f"metrics: [{metrics}]", why)
    lines = line(2, "loss: sparse_categorical_crossentropy", "for class numbers")
    largest = max(task.counts.values()) / sum(task.counts.values())
    why = f"the largest class alone gives {largest:.2f}"
    return lines + line(2, "metrics: [accuracy]", why)
