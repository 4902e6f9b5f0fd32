"""The columns of the section `data` that feed each input and output of a model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from modelspec.diagnostics import Findings, join_words, suggest
from modelspec.graph import Graph
from modelspec.spec.data import SYNTHETIC, Columns, DataSpec
from modelspec.spec.model import InputSpec

FedInputs = tuple[tuple[InputSpec, Columns | None], ...]
"""The inputs of a model with their columns; None where one takes all that nothing else uses."""


def match_inputs(data: DataSpec, graph: Graph, findings: Findings) -> FedInputs:
    """The model's inputs with the columns that feed each.

    Columns are None for a single input that takes all columns that nothing else uses. An input
    whose images `augment` crops has those of any size.

    Args:
        data: the section.
        graph: of the model.
        findings: takes unknown inputs, and inputs without columns.
    """
    if data.train.kind == SYNTHETIC:
        return tuple((entry, _named(entry.name, data)) for entry in graph.fed_inputs)
    found = _with_columns(data, graph, findings)
    if not data.augment:
        return found
    from .augmented import with_whole_images

    return with_whole_images(found, data)


def _with_columns(data: DataSpec, graph: Graph, findings: Findings) -> FedInputs:
    """The inputs, as the model has them, with their columns."""
    known = {entry.name: entry for entry in graph.fed_inputs}
    if not known:  # a generator, which takes noise alone
        return ()
    if data.inputs is None or data.inputs[0].name is None:
        if len(known) == 1:
            given = None if data.inputs is None else data.inputs[0]
            return ((graph.fed_inputs[0], given),)
        span = data.span if data.inputs is None else data.inputs[0].span
        names = join_words(f"`{name}`" for name in known)
        message = (
            f"the model has {len(known)} inputs, {names}; `data` must say which columns feed each"
        )
        findings.error(
            span, "input-without-columns", message, hint="write `inputs: {NAME: COLUMNS}`"
        )
        return ()
    given_names = {columns.name for columns in data.inputs}
    for columns in data.inputs:
        if graph.gan is not None and columns.name == graph.gan.noise:
            message = f"`{columns.name}` is noise, which training draws: no column feeds it"
            hint = f"leave `{columns.name}` out of `inputs`"
            findings.error(columns.span, "unknown-input", message, hint=hint)
        else:
            _check_name(columns, list(known), "input", findings)
    misspelt = given_names - known.keys()
    for name in known if not misspelt else ():
        if name not in given_names:
            message = f"no columns feed the model's input `{name}`"
            findings.error(data.inputs[0].span, "input-without-columns", message)
    return tuple((known[c.name], c) for c in data.inputs if c.name in known)


def match_targets(data: DataSpec, graph: Graph, findings: Findings) -> tuple[Columns, ...]:
    """The target columns of the model's outputs, each with its output's name filled in.

    Args:
        data: the section.
        graph: of the model.
        findings: takes unknown outputs, and one column for several outputs.
    """
    known = list(graph.output_names)
    if data.train.kind == SYNTHETIC:
        return tuple(_named(name, data) for name in known)
    if not data.targets:  # already reported
        return ()
    only = data.targets[0]
    if only.name is None:
        if len(known) == 1:
            return (replace(only, name=known[0]),)
        names = join_words(f"`{name}`" for name in known)
        message = (
            f"the model has {len(known)} outputs, {names}; `targets` must name a column for each"
        )
        findings.error(
            only.span, "output-without-target", message, hint="write `targets: {NAME: COLUMN}`"
        )
        return ()
    for columns in data.targets:
        _check_name(columns, known, "output", findings)
    return data.targets


def _named(name: str, data: DataSpec) -> Columns:
    """The column that has the name of an input or output."""
    span = data.train.span
    return Columns(name, (name,), (span,), True, span)


def _check_name(columns: Columns, known: Sequence[str], what: str, findings: Findings) -> None:
    name = columns.name or ""
    if name in known:
        return
    close = suggest(name, known)
    message = f"the model has no {what} `{name}`{close.text}"
    hint = _habit(columns, known, what) or f"its {what}s are {join_words(f'`{n}`' for n in known)}"
    findings.error(columns.span, f"unknown-{what}", message, hint=hint, replace=close.replace)


def _habit(columns: Columns, known: Sequence[str], what: str) -> str:
    """What to write for a key of a column that stands where the name of an input should."""
    names, key = ", ".join(columns.columns), columns.name
    if what == "output" and key == "column" and len(columns.columns) == 1:
        return f"write targets: {names}, or targets: {{{known[0]}: {{column: {names}}}}}"
    if what == "input" and key in ("exclude", "drop", "without"):
        return f"write inputs: {{except: [{names}]}}"
    if what == "input" and key in ("known", "known_ahead", "future"):
        return f"write {{columns: [{names}], rows: horizon}} for an input of rows known beforehand"
    return ""
