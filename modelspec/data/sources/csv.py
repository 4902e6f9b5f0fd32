"""The source `csv`, read by pyarrow: only the used columns, in memory or through a file.

A stream is read once, into a temporary Arrow file that is then read again and again. What pyarrow
does with a whole file it cannot do with a stream: find a type for each column that suits all of
its rows. So where a value far down does not suit the type of its column, the next type in
pyarrow's own order is tried, and the file is read again.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Container, Mapping, Sequence
from typing import Any

from modelspec.data.table import (
    LABEL,
    TEXT,
    ArrowFile,
    ColumnUse,
    FileChunks,
    NoNumbersError,
    TablePart,
    batches_with_numbers,
    column_names,
    file_chunks,
    is_marked,
    memory_chunks,
    with_numbers,
)
from modelspec.diagnostics import Findings, first_line
from modelspec.tabular import (
    COMPRESSIONS,
    EVERY_COLUMN,
    TEXT_ERRORS,
    Dialect,
    dialect_of,
    is_plain,
    open_bytes,
    plain_dialect,
    plain_stream,
    without_thousands,
)

from .csv_text import csv_columns, data_rows, read_header, report_no_rows
from .files import DataFile, report_not_text, report_unreadable, text_bytes
from .source import DataSource

BLOCK = 2 << 20
"""Bytes that are parsed at once; they become a chunk of the table."""

STREAM_BLOCK = 8 << 20
"""Bytes that are parsed at once on the way to a temporary file."""

FIRST_BYTES = 1 << 20
"""Bytes of text that the types of the columns of a larger file are first taken from."""

SAMPLE = 1 << 20
"""Bytes of text that the number of rows is estimated from."""


def read_csv(file: DataFile, uses: Sequence[ColumnUse], findings: Findings) -> FileChunks | None:
    """The used columns of one file, in memory as Arrow has them; None with findings.

    Args:
        file: a file whose header has all columns of `uses`.
        uses: which columns, and what for: text and labels stay text even where they look like
            numbers.
        findings: takes rows of the wrong width and files that are not csv.
    """

    def read() -> tuple[Any, Sequence[Any], int]:
        table = _read_table(file, uses)
        return table, table.schema.types, table.num_rows

    table = _checked(file, read, findings)
    return (
        None
        if table is None
        else memory_chunks(_part(file, table.num_rows), table.to_batches(), uses)
    )


def stream_csv(file: DataFile, uses: Sequence[ColumnUse], findings: Findings) -> FileChunks | None:
    """The used columns of one file in chunks, from a temporary file; None with findings.

    Raises:
        CannotRunError: there is no room for the temporary file.
    """

    def read() -> tuple[Any, Sequence[Any], int]:
        copy = _copy_to_arrow(file, uses)
        return copy, copy.schema.types, copy.rows

    copy = _checked(file, read, findings)
    return None if copy is None else file_chunks(_part(file, copy.rows), copy.batches, uses)


def estimate_rows(file: DataFile) -> float:
    """About how many rows a file has, from its first megabyte; 0 where it cannot be read."""
    try:
        size = text_bytes(file.path)
        with open_bytes(file.path) as stream:
            sample = stream.read(SAMPLE)
    except TEXT_ERRORS:
        return 0
    lines = max(sample.count(b"\n"), 1)
    if len(sample) < SAMPLE:
        return lines
    return int(size / len(sample) * lines)


CSV_SOURCE = DataSource(
    columns=csv_columns,
    read=read_csv,
    stream=stream_csv,
    count_rows=estimate_rows,
    suffixes=(".csv", *(f".csv{suffix}" for suffix in COMPRESSIONS)),
)


def _part(file: DataFile, rows: int) -> TablePart:
    dialect = dialect_of(file.source)
    return TablePart(
        file.name, rows, dialect.first_row, marks=dialect.marks, units=dialect.units or {}
    )


def _checked(
    file: DataFile, read: Callable[[], tuple[Any, Sequence[Any], int]], findings: Findings
) -> Any:
    """What is read of a file; None with a finding where it has no rows, or is not csv.

    Args:
        file: the file.
        read: gives what is read, the Arrow types of its columns, and its number of rows.
        findings: takes what is wrong.
    """
    import pyarrow as pa

    try:
        found, types, rows = read()
    except pa.ArrowInvalid as error:
        _report_invalid(file, error, findings)
        return None
    except (*TEXT_ERRORS, pa.ArrowException) as error:
        report_unreadable(file, error, findings)
        return None
    if pa.binary() in types:  # what pyarrow makes of text that is not UTF-8
        report_not_text(file, findings)
        return None
    if not rows:
        report_no_rows(file, findings)
        return None
    return found


def _report_invalid(file: DataFile, error: Exception, findings: Findings) -> None:
    """A finding for what pyarrow cannot parse.

    pyarrow has one class for all invalid input and does not always tell the row, so the rows are
    read once more: that finds one of the wrong width, and decodes all of them strictly.
    """
    before = findings.error_count
    try:
        deque(data_rows(file, findings), maxlen=0)  # which drops the rows
    except TEXT_ERRORS as bad:
        report_unreadable(file, bad, findings)
    if findings.error_count > before:
        return
    message = f"{file.name} is not a csv file: {first_line(error)}"
    findings.error(file.span, "bad-data-file", message)


def _text_types(uses: Sequence[ColumnUse]) -> dict[str, Any]:
    """The Arrow types of columns that stay text even where they look like numbers."""
    import pyarrow as pa

    return {use.column: pa.string() for use in uses if use.kind in (TEXT, LABEL) or _is_split(use)}


def _word_types(uses: Sequence[ColumnUse]) -> dict[str, Any]:
    """The Arrow types of columns of text of which each different word is kept once a chunk."""
    import pyarrow as pa

    words = pa.dictionary(pa.int32(), pa.string())
    lists = {use.column for use in uses if use.lists is not None}
    names = [use.column for use in uses if use.kind in (TEXT, LABEL)]
    return {name: words for name in names if name not in lists}


def _number_types(
    uses: Sequence[ColumnUse], dialect: Dialect, text: Container[str]
) -> dict[str, Any]:
    """The Arrow types of columns that are read as text and then become numbers.

    What is missing in one column alone, and units, stand in no option of pyarrow's.
    """
    import pyarrow as pa

    own = set(dialect.na) - {EVERY_COLUMN} if isinstance(dialect.na, Mapping) else set()
    own |= set(dialect.units or ())
    return {name: pa.string() for name in column_names(uses) if name in own and name not in text}


def _is_split(use: ColumnUse) -> bool:
    """Whether the cells of a column are lists; weights may be single numbers as well."""
    return use.lists is not None and not use.lists.or_numbers


def _convert_options(file: DataFile, columns: Sequence[str], types: Mapping[str, Any]) -> Any:
    import pyarrow.csv as pc

    dialect = dialect_of(file.source)
    return pc.ConvertOptions(
        decimal_point=dialect.decimal,
        null_values=sorted(dialect.nulls(EVERY_COLUMN).words),
        strings_can_be_null=True,
        include_columns=list(columns),
        column_types=dict(types),
    )


def _read_options(file: DataFile, block: int) -> Any:
    import pyarrow.csv as pc

    dialect = dialect_of(file.source)
    names = None if dialect.header is True else read_header(file)
    encoding = plain_dialect(dialect).encoding
    return pc.ReadOptions(block_size=block, encoding=encoding, column_names=names)


def _parse_options(file: DataFile, *, newlines: bool) -> Any:
    import pyarrow.csv as pc

    dialect = plain_dialect(dialect_of(file.source))
    return pc.ParseOptions(
        delimiter=dialect.delimiter,
        quote_char=dialect.quote or False,
        newlines_in_values=newlines and bool(dialect.quote),
    )


def _read_table(file: DataFile, uses: Sequence[ColumnUse]) -> Any:
    """A `pyarrow.Table`, parsed in parallel, whatever is inside quotes.

    A file is cut into blocks at line ends. Where one is inside quotes, pyarrow notices that it is
    out of step, and the blocks have to be found more slowly.

    Where pyarrow has to find a column's type, it keeps the text of the whole file until the end. So
    the types are those that its first rows have, which are right in nearly all files.
    """
    import pyarrow as pa
    import pyarrow.csv as pc

    dialect = dialect_of(file.source)
    text = _text_types(uses)
    types = text | _number_types(uses, dialect, text)
    if not dialect.na:  # its words are looked for in plain text
        types |= _word_types(uses)
    options = _read_options(file, BLOCK)

    def read(types: Mapping[str, Any], *, newlines: bool) -> Any:
        convert = _convert_options(file, column_names(uses), types)
        parse = _parse_options(file, newlines=newlines)
        # pyarrow decompresses all others itself
        if is_plain(dialect) and file.path.suffix.lower() != ".xz":
            return pc.read_csv(file.path, options, parse, convert)
        with open_bytes(file.path) as stream:
            return pc.read_csv(plain_stream(stream, dialect), options, parse, convert)

    ways = [(types, False), (types, True)] if dialect.quote else [(types, False)]
    first = _types_of_first_rows(file, uses, types)
    if first:
        ways.insert(0, (first | types, False))
    for types, newlines in ways[:-1]:
        try:
            return with_numbers(read(types, newlines=newlines), dialect, text)
        except pa.ArrowInvalid:  # a value of another type, or a line end inside quotes
            continue
    types, newlines = ways[-1]
    return with_numbers(read(types, newlines=newlines), dialect, text)


def _types_of_first_rows(
    file: DataFile, uses: Sequence[ColumnUse], types: Mapping[str, Any]
) -> dict[str, Any]:
    """The types of numbers and text that pyarrow finds in the first rows of a large file.

    If all rows suit them, pyarrow finds the same ones in the whole file: it takes the first type in
    an order of its own that suits.

    Args:
        file: the file.
        uses: its columns.
        types: those that are known.
    """
    import pyarrow as pa
    import pyarrow.csv as pc

    wanted = {pa.int64(), pa.float64(), pa.string()}
    convert = _convert_options(file, column_names(uses), types)
    parse = _parse_options(file, newlines=False)
    try:
        with open_bytes(file.path) as stream:
            sample = plain_stream(stream, dialect_of(file.source)).read(FIRST_BYTES)
        if len(sample) < FIRST_BYTES:
            return {}
        rows = pa.BufferReader(sample[: sample.rfind(b"\n") + 1])
        schema = pc.read_csv(rows, _read_options(file, FIRST_BYTES), parse, convert).schema
    except (*TEXT_ERRORS, pa.ArrowInvalid):  # which the whole file meets, too, or just the cut
        return {}
    return {field.name: field.type for field in schema if field.type in wanted}


def _copy_to_arrow(file: DataFile, uses: Sequence[ColumnUse]) -> ArrowFile:
    """Copy a file; where a value does not suit its column's type, again with the next type."""
    import pyarrow as pa
    import pyarrow.csv as pc

    order, types = _type_order(), _text_types(uses)
    text = set(types)
    dialect = dialect_of(file.source)
    types |= _number_types(uses, dialect, text)
    parse, options = _parse_options(file, newlines=True), _read_options(file, STREAM_BLOCK)
    while True:
        with open_bytes(file.path) as stream:
            convert = _convert_options(file, column_names(uses), types)
            try:
                reader = pc.open_csv(plain_stream(stream, dialect), options, parse, convert)
                found = {field.name: field.type for field in reader.schema}
                types |= found
                marked = [n for n, kind in found.items() if is_marked(n, kind, dialect, text)]
                fields = [(n, pa.float64() if n in marked else k) for n, k in found.items()]
                copy = ArrowFile(pa.schema(fields))
                copy.fill(batches_with_numbers(reader, copy.schema, marked, dialect))
            except NoNumbersError as error:
                text.add(str(error))
                continue
            except pa.ArrowInvalid as error:
                position = _unconvertible_column(error)
                if position is None:
                    raise
                name = read_header(file)[position]
                kind = types[name]
                if kind not in order[:-1]:
                    raise
                value = _unconvertible_value(error)
                has_marks = value != without_thousands(value, dialect.marks)
                types[name] = pa.string() if has_marks else order[order.index(kind) + 1]
                continue
        return copy


def _unconvertible_column(error: Exception) -> int | None:
    """The position in the header of a column whose type a value does not fit; None for others.

    pyarrow raises ArrowInvalid for all invalid input, and names the column only in the message.
    """
    found = re.match(r"In CSV column #(\d+): .*conversion error to ", str(error))
    return None if found is None else int(found[1])


def _unconvertible_value(error: Exception) -> str:
    """The value that does not fit its column's type; "" where pyarrow does not tell."""
    found = re.search(r"invalid value '(.*)'", str(error))
    return "" if found is None else found[1]


def _type_order() -> list[Any]:
    """The types of a column in the order in which pyarrow tries them."""
    import pyarrow as pa

    times = [pa.date32(), pa.time32("s"), pa.timestamp("s"), pa.timestamp("ns")]
    return [pa.null(), pa.int64(), pa.bool_(), *times, pa.float64(), pa.string(), pa.binary()]
