"""Data sets by name, whose columns and shapes are known without a file."""

from __future__ import annotations

from modelspec.analysis.facts import shape_text
from modelspec.diagnostics import Findings, Related, join_words, suggest
from modelspec.spec.data import DATA_SETS, Columns, Source, data_set_shape
from modelspec.spec.model import InputSpec

from .shapes import takes_shape


def check_data_set(
    source: Source, entry: InputSpec, columns: Columns | None, findings: Findings
) -> None:
    """Check that a data set by name has the columns of an input, in its shape."""
    name = str(source.options["name"])
    if name not in DATA_SETS:  # already reported
        return
    if columns is not None:
        _check_names(source, columns, findings)
    values, shape = DATA_SETS[name].columns[0], data_set_shape(source)
    if (columns is not None and columns.columns != (values,)) or entry.shape is None:
        return
    related = (Related(entry.span, f"`{entry.name}` is declared here"),)
    if columns is not None and "pad" in columns.options:  # compared with the input as all lists are
        if shape:
            message = f"`{values}` of {name} has one `length` already, so there is nothing to pad"
            findings.error(source.place("length"), "input-shape", message, hint="remove `length`")
        return
    if shape is None:
        message = f"`{values}` of {name} is lists of unlike lengths; an input takes one length"
        hint = (
            f"write `inputs: {{{entry.name}: {{column: {values}, pad: 200}}}}`, or `words: true`"
            " for a TextVectorization"
        )
        findings.error(source.place("name"), "input-shape", message, hint=hint, related=related)
    elif not takes_shape(entry.shape, shape):
        message = (
            f"the input `{entry.name}` takes shape {shape_text(entry.shape)}, the examples of"
            f" {name} have {shape_text(shape)}"
        )
        shown = (*shape, 1) if len(shape) == len(entry.shape) - 1 else shape
        hint = f"give the input `shape: {shape_text(shown)}`"
        findings.error(source.place("name"), "input-shape", message, hint=hint, related=related)


def check_data_set_target(source: Source, target: Columns, findings: Findings) -> None:
    """Check that a data set by name has the columns of a target, and one length of its lists."""
    name = str(source.options["name"])
    if name not in DATA_SETS:  # already reported
        return
    _check_names(source, target, findings)
    values = DATA_SETS[name].columns[0]
    if values not in target.columns or data_set_shape(source) is not None:
        return
    if target.width is None and not target.is_multi_hot:
        message = f"`{values}` of {name} is lists of unlike lengths; a target takes one length"
        hint = f"write `targets: {{{target.name}: {{column: {values}, pad: 200}}}}`"
        findings.error(target.span, "column-shape", message, hint=hint)


def _check_names(source: Source, columns: Columns, findings: Findings) -> None:
    """Report columns that a data set by name does not have."""
    name = str(source.options["name"])
    known = DATA_SETS[name].columns
    for column, span in zip(columns.columns, columns.column_spans, strict=True):
        if column not in known:
            close = suggest(column, known)
            message = f"{name} has no column `{column}`{close.text}"
            hint = f"its columns are {join_words(f'`{each}`' for each in known)}"
            findings.error(span, "unknown-column", message, hint=hint, replace=close.replace)
