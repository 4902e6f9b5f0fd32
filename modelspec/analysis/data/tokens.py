"""The tokenizers of `data` against the model's inputs: lengths and dtypes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from modelspec.analysis.facts import shape_text
from modelspec.diagnostics import Findings, Related
from modelspec.graph import Graph
from modelspec.spec.data import (
    Columns,
    DataSpec,
    Source,
    TokenizerSpec,
    path_columns,
    steps_of,
    tokenizer_of,
)
from modelspec.spec.model import ExampleShape, InputSpec

from .matching import FedInputs

TOKEN_DTYPES = ("int32", "int64", "float32", "float64")
"""The dtypes of inputs that every number of a token fits into."""


def with_lengths(data: DataSpec, graph: Graph) -> dict[str, TokenizerSpec]:
    """The tokenizers, each with its length; those of which none is known keep None.

    Args:
        data: the section.
        graph: of the model. A tokenizer without `length` takes that of the first input that takes
            its tokens and has one.
    """
    known = {entry.name: entry.shape for entry in graph.inputs}
    return {
        name: _with_length(spec, data.inputs or (), known) for name, spec in data.tokens.items()
    }


def _with_length(
    spec: TokenizerSpec, inputs: Sequence[Columns], shapes: Mapping[str, ExampleShape | None]
) -> TokenizerSpec:
    if spec.length is not None:
        return spec
    for columns in inputs:
        shape = shapes.get(columns.name or "")
        if columns.tokens == spec.name and shape and shape[0] is not None:
            return replace(spec, length=shape[0] + (columns.drop is not None))
    return spec


def check_tokens(data: DataSpec, inputs: FedInputs, graph: Graph, findings: Findings) -> None:
    """Check the inputs that take tokens, and that the length of every tokenizer is known.

    Args:
        data: the section.
        inputs: the model's inputs with their columns, as `match_inputs` returns them.
        graph: of the model.
        findings: takes inputs of another dtype or shape, and tokenizers without a length.
    """
    tokens = with_lengths(data, graph)
    used = {columns.tokens for _, columns in inputs if columns is not None}
    used |= {columns.tokens for columns in data.targets}
    for name, spec in tokens.items():
        if spec.length is None and name in used:
            message = f"the tokenizer `{name}` has no `length`, and no input of a known shape does"
            hint = "write how many tokens a text has at most, such as `length: 20`"
            findings.error(spec.span, "missing-key", message, hint=hint)
        elif spec.length is not None and spec.length < 2:
            message = f"the texts of `{name}` have one token"
            findings.error(spec.place("length"), "wrong-value", message, hint="write at least 2")
    for entry, columns in inputs:
        if columns is not None and (found := tokenizer_of(columns, tokens)) is not None:
            _check_files(data.train, columns, findings)
            _check_input(entry, columns, found, findings)
            _check_shift(entry, columns, data.targets, findings)


def _check_files(source: Source, columns: Columns, findings: Findings) -> None:
    """Images and recordings have no text."""
    if source.kind == "texts" or not set(columns.columns) & set(path_columns(source)):
        return
    message = f"`{columns.columns[0]}` is a column of `{source.kind}`, which have no tokens"
    findings.error(columns.place("tokens"), "wrong-column-type", message, hint="remove `tokens`")


def _check_input(
    entry: InputSpec, columns: Columns, spec: TokenizerSpec, findings: Findings
) -> None:
    related = (Related(columns.place("tokens"), f"the tokens of `{entry.name}` are here"),)
    dtype = entry.dtype or "float32"
    if dtype not in TOKEN_DTYPES:
        message = f"the input `{entry.name}` takes {dtype}, which the numbers of tokens do not fit"
        hint = "write `dtype: int32`"
        if dtype == "string":
            message = f"the input `{entry.name}` takes text, and tokens are numbers"
            hint += "; or leave `tokens` out, and put a TextVectorization after the input"
        findings.error(entry.span, "wrong-column-type", message, hint=hint, related=related)
        return
    if spec.length is None or entry.shape is None:
        return
    steps = steps_of(spec.length, columns)
    if len(entry.shape) != 1 or entry.shape[0] not in (None, steps):
        message = (
            f"the input `{entry.name}` takes shape {shape_text(entry.shape)}, but "
            f"{tokens_text(columns, spec.length)}"
        )
        hint = f"give the input `shape: [{steps}]`, or change `length` of `{spec.name}`"
        if columns.drop is None and entry.shape == (steps - 1,):
            hint += "; or write `drop: last`, if a target has the same text without the first"
        findings.error(entry.span, "input-shape", message, hint=hint, related=related)


def _check_shift(
    entry: InputSpec, columns: Columns, targets: Sequence[Columns], findings: Findings
) -> None:
    """Warn of a target that is cut like an input of the same text, not shifted by one."""
    for target in targets:
        alike = (target.columns, target.tokens, target.drop) == (
            columns.columns,
            columns.tokens,
            columns.drop,
        )
        if columns.drop is None or not alike:
            continue
        message = (
            f"the target has the same tokens as the input `{entry.name}`, both without the"
            f" {columns.drop}, so the model is told what it has to predict"
        )
        hint = "write `drop: last` at the input and `drop: first` at the target"
        related = (Related(columns.place("drop"), f"that of `{entry.name}` is here"),)
        place = target.place("drop")
        findings.warning(place, "target-among-inputs", message, hint=hint, related=related)


def tokens_text(columns: Columns, length: int) -> str:
    """How many tokens there are of a column: "`fr` has 20 tokens: `length` 21 without the last"."""
    steps = steps_of(length, columns)
    rest = "" if columns.drop is None else f": `length` {length} without the {columns.drop}"
    return f"`{columns.columns[0]}` has {steps} token{'' if steps == 1 else 's'}{rest}"
