"""Columns of lists and of labels: which options go together, and with which sources and inputs."""

from __future__ import annotations

from collections.abc import Sequence

from modelspec.analysis.facts import shape_text
from modelspec.diagnostics import Findings, Related
from modelspec.spec.data import CSV, SERIES, Columns, DataSpec, path_columns
from modelspec.spec.model import InputSpec

from .matching import FedInputs

CODE = "column-options"

TEXT_SOURCES = (CSV, "parquet", "excel", "jsonl")
"""Sources whose text can be split into lists."""


def check_lists(
    data: DataSpec,
    inputs: FedInputs,
    targets: tuple[Columns, ...],
    findings: Findings,
) -> None:
    """Check the options of inputs and targets that are lists, and of targets of labels.

    Args:
        data: the section.
        inputs: the model's inputs with their columns.
        targets: the columns of the outputs.
        findings: takes options that contradict each other, the source or the input.
    """
    for entry, columns in inputs:
        if columns is not None and _check_options(columns, data, findings):
            _check_input(entry, columns, findings)
    for target in targets:
        _check_options(target, data, findings)
    _check_strata(data, [*targets, *(columns for _, columns in inputs if columns)], findings)


def _check_strata(data: DataSpec, used: Sequence[Columns], findings: Findings) -> None:
    """Check that the splits do not get lists in the same proportion."""
    lists = {c.columns[0] for c in used if c.width is not None or c.is_multi_hot}
    if data.stratify not in lists:
        return
    message = (
        f"`stratify` takes a column with one value in each row, and `{data.stratify}` has lists"
    )
    hint = "name a column of single values, or leave `stratify` out"
    findings.error(data.stratify_span, CODE, message, hint=hint)


def _check_options(columns: Columns, data: DataSpec, findings: Findings) -> bool:
    """Whether the options go together; a finding where they do not."""
    found = _contradiction(columns) or _unsuitable_source(columns, data)
    if found is None:
        return True
    option, message, hint = found
    findings.error(columns.place(option), CODE, message, hint=hint)
    return False


def _contradiction(columns: Columns) -> tuple[str, str, str] | None:
    """The option that cannot stand beside the others, a message, and a hint."""
    given = [name for name in ("pad", "split", "one_hot", "multi_hot") if columns.options.get(name)]
    if given and columns.tokens is not None:
        message = f"a tokenizer makes numbers of text, and `{given[0]}` is for columns without one"
        return given[0], message, f"leave `{given[0]}` out"
    if given and len(columns.columns) > 1:
        message = f"`{given[0]}` takes one column, and there are {len(columns.columns)}"
        return given[0], message, "name one column"
    if columns.is_one_hot and columns.is_multi_hot:
        message = "`one_hot` is for one label of each example, `multi_hot` for several"
        return "multi_hot", message, "leave one of them out"
    if columns.is_multi_hot and columns.width is not None:
        message = "`pad` gives a list steps, and `multi_hot` makes one set of labels of it"
        return "pad", message, "leave `pad` out"
    if columns.separator is not None and columns.width is None and not columns.is_multi_hot:
        message = "`split` makes lists of text, and nothing says what becomes of the lists"
        return "split", message, "add `pad: LENGTH`, or `multi_hot: true` for a target of labels"
    return None


def _unsuitable_source(columns: Columns, data: DataSpec) -> tuple[str, str, str] | None:
    option = "pad" if columns.width is not None else "multi_hot"
    has_lists = columns.width is not None or columns.is_multi_hot
    source = data.train.table or data.train
    if data.train.kind == SERIES and has_lists:
        message = "a time series takes one value of a column in each row, no lists"
        return option, message, "make a column of each value, or another kind of source"
    if set(columns.columns) & set(path_columns(data.train)) and has_lists:
        return option, f"`{columns.columns[0]}` holds files, no lists", f"leave `{option}` out"
    if source.kind == CSV and has_lists and columns.separator is None:
        message = "a csv holds text and numbers, not lists"
        hint = 'say what separates its values, such as `split: "|"`, or `split: " "` for words'
        return option, message, hint
    if columns.separator is not None and source.kind not in TEXT_SOURCES:
        message = f"`split` is for text in csv, parquet, excel and jsonl, not `{source.kind}`"
        return "split", message, "leave it out: the source has arrays"
    return None


def _check_input(entry: InputSpec, columns: Columns, findings: Findings) -> None:
    """Check that an input takes as many steps as its lists are padded to."""
    width, shape = columns.width, entry.shape
    if width is None or shape is None or (shape and shape[0] in (None, width)):
        return
    message = (
        f"the input `{entry.name}` takes shape {shape_text(shape)}, and `pad` gives its lists"
        f" {width} steps"
    )
    related = (Related(entry.span, f"`{entry.name}` is declared here"),)
    hint = f"give the input `shape: [{width}]`"
    if shape and shape[0] is not None:
        hint = f"write `pad: {shape[0]}`"
    findings.error(columns.place("pad"), "input-shape", message, hint=hint, related=related)
