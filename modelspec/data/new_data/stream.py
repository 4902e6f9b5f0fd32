"""New data in chunks, for predictions of files that do not fit in memory."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple, Protocol

import numpy as np

from modelspec.data.examples import (
    Examples,
    Preprocessing,
    crop_examples,
    encode_inputs,
    list_lengths,
)
from modelspec.data.prepare import CheckedTable, read_chunks
from modelspec.data.read_tables import read_table
from modelspec.data.table import (
    CHUNK_ROWS,
    BrokenDataError,
    Chunk,
    Column,
    ColumnUse,
    Purpose,
    RowSelection,
    column_names,
    text_column,
)
from modelspec.diagnostics import Findings, Span, UsageError
from modelspec.spec.data import FIRST, LAST, SERIES, places_in_series

from .chunk import FILE, NewDataChunk
from .gaps import allow_gaps
from .open_file import NewRows, open_new_file, start_of
from .read import read_new_data, report_no_rows, uses_to_keep


class NewData(Protocol):
    """New data of which every value was checked."""

    @property
    def generated(self) -> Sequence[str]:
        """The inputs whose text the data does not have: the model is to make it."""
        ...

    def chunks(self, findings: Findings) -> Iterator[NewDataChunk]:
        """All rows in order; ends early with findings."""
        ...


class NewSeries(NamedTuple):
    """Windows over a time series, which overlap and are therefore all in memory.

    Attributes:
        examples: with the table that the kept columns are in.
        kept: their names; those of the group and the time first.
    """

    examples: Examples
    kept: Sequence[str] = ()
    generated: Sequence[str] = ()

    def chunks(self, findings: Findings) -> Iterator[NewDataChunk]:
        """All rows as one chunk; a row at which no window ends has no example."""
        del findings
        table = self.examples.table
        kept = {name: table.columns[name] for name in self.kept}
        yield NewDataChunk(table.rows, self.examples, self.examples.rows, kept)


class NewTable(NamedTuple):
    """A file of which every value was checked, so that no prediction must be taken back."""

    preprocessing: Preprocessing
    checked: CheckedTable
    uses: tuple[ColumnUse, ...]
    start: Span
    generated: Sequence[str] = ()
    most_rows: int = CHUNK_ROWS

    def chunks(self, findings: Findings) -> Iterator[NewDataChunk]:
        """All rows in order; ends early with findings.

        Args:
            findings: takes values that do not fit the model, and a file that is damaged.
        """
        kept = [use.column for use in self.uses if use.purpose is Purpose.KEEP]
        try:
            for chunk in self._small_chunks():
                made = self._encode(chunk, kept, findings)
                if made is None:
                    return
                yield made
        except BrokenDataError as broken:
            broken.report(findings)

    def _small_chunks(self) -> Iterator[Chunk]:
        """The table in chunks of at most `most_rows` rows."""
        for chunk in read_chunks(self.checked.table, column_names(self.uses)):
            for first in range(0, chunk.rows, self.most_rows):
                rows = min(self.most_rows, chunk.rows - first)
                if rows == chunk.rows:
                    yield chunk
                    continue
                chosen = np.arange(first, first + rows)
                part = {name: column.take(chosen) for name, column in chunk.columns.items()}
                yield Chunk(chunk.start + first, rows, part)

    def _encode(self, chunk: Chunk, kept: Sequence[str], findings: Findings) -> NewDataChunk | None:
        """The examples of a chunk; None with findings."""
        table, kept_rows = self.checked.table, self.checked.kept_rows
        first, last = np.searchsorted(kept_rows, [chunk.start, chunk.start + chunk.rows])
        rows = kept_rows[first:last]
        example_rows = rows - chunk.start
        columns = chunk.columns
        if len(rows) < chunk.rows:
            columns = {name: column.take(example_rows) for name, column in columns.items()}
        filled = self._with_generated(self.preprocessing.fill(columns), len(rows))
        source = RowSelection(filled, rows, table, findings)
        inputs = encode_inputs(self.preprocessing, source)
        if inputs is None:
            return None
        kept_columns = {name: chunk.columns[name] for name in kept}
        if table.files:
            kept_columns = {FILE: self._file_column(chunk), **kept_columns}
        lengths = list_lengths(self.preprocessing.plan, source)
        made = Examples(inputs, {}, None, rows, table, {}, lengths)
        examples = crop_examples(made, self.preprocessing.plan, self.start, findings)
        if examples is None:
            return None
        return NewDataChunk(chunk.rows, examples, example_rows, kept_columns)

    def _with_generated(self, columns: dict[str, Column], rows: int) -> dict[str, Column]:
        """The columns with an empty text in those that the model is to make."""
        empty = text_column([""] * rows)
        plan = self.preprocessing.plan
        names = [
            columns.columns[0]
            for entry, columns in plan.inputs
            if columns is not None and entry.name in self.generated
        ]
        return columns | dict.fromkeys(names, empty)

    def _file_column(self, chunk: Chunk) -> Column:
        names = self.checked.table.files[chunk.start : chunk.start + chunk.rows]
        return text_column(names)


def open_new_data(
    preprocessing: Preprocessing,
    path: NewRows,
    findings: Findings,
    keep: Sequence[str] = (),
    most_rows: int = CHUNK_ROWS,
    missing: str | None = None,
) -> NewData | None:
    """Check every value of a file of new inputs; None with findings.

    Args:
        preprocessing: of the trained model.
        path: a file with the columns of the inputs; relative to the current folder.
        findings: takes what is wrong with the file.
        keep: columns to write next to the predictions.
        most_rows: of a chunk.
        missing: what happens to gaps where training had none; None for what the spec says.

    Raises:
        UsageError: the name of the file does not tell its kind, `keep` with a corpus, or the
            training learned no medians.
        CannotRunError: the disk is full.
    """
    if preprocessing.data.train.traits.is_series:
        from .forecast import forecasts, open_forecast

        source = preprocessing.data.train
        if keep and source.kind != SERIES:
            raise UsageError(f"a {source.kind} has no columns, so there is none to keep")
        if forecasts(preprocessing.data):
            return open_forecast(preprocessing, path, findings, missing, keep)
        kept = tuple(dict.fromkeys((*places_in_series(source), *keep)))
        examples = read_new_data(
            preprocessing, path, findings, with_targets=False, missing=missing, keep=kept
        )
        return None if examples is None else NewSeries(examples, kept)
    opened = open_new_file(preprocessing, path, findings)
    if opened is None:
        return None
    generated = _absent_texts(preprocessing, opened.columns[0])
    inputs = tuple(
        use for use in preprocessing.plan.uses if use.is_input and use.name not in generated
    )
    uses = (*inputs, *uses_to_keep(keep, inputs, opened, path))
    gaps = allow_gaps(preprocessing, missing, inputs)
    preprocessing = gaps.preprocessing
    try:
        checked = read_table(preprocessing.data, preprocessing.plan, opened, uses, findings)
    except BrokenDataError as broken:
        broken.report(findings)
        return None
    if checked is None:
        return None
    if not checked.table.rows:
        report_no_rows(checked, path, findings)
        return None
    gaps.report(checked, start_of(path), findings)
    return NewTable(preprocessing, checked, uses, start_of(path), generated, most_rows)


def _absent_texts(preprocessing: Preprocessing, known: Sequence[str]) -> tuple[str, ...]:
    """The inputs whose text the data does not have, and an output says token by token."""
    texts = generated_texts(preprocessing)
    absent = {name for name, (_, column) in texts.items() if column not in known}
    return tuple(absent)


def generated_texts(preprocessing: Preprocessing) -> dict[str, tuple[str, str]]:
    """Input to the output that says its next token, and the column of both.

    The tokenizer has a start, from which the model can begin, and nothing else needs the column.
    """
    plan, tokenizers = preprocessing.plan, preprocessing.learned.tokenizers
    said = {
        (target.columns, target.tokens): str(target.name)
        for target in plan.targets
        if target.drop == FIRST and target.tokens is not None
    }
    found = {}
    for entry, columns in plan.inputs:
        if columns is None or columns.tokens is None or columns.drop != LAST:
            continue
        output = said.get((columns.columns, columns.tokens))
        uses = [use for use in plan.uses if use.is_input and use.column == columns.columns[0]]
        has_start = tokenizers[columns.tokens].start is not None
        if output is not None and len(uses) == 1 and has_start:
            found[entry.name] = output, columns.columns[0]
    return found
