"""Tables: columns of equal length, in memory or in chunks, and which of them a spec uses."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelspec.faces import lazy_names

if TYPE_CHECKING:
    from .arrow_chunks import file_chunks, memory_chunks, release_arrow_memory
    from .arrow_columns import UnsuitableTypeError, check_type
    from .chunks import (
        CHUNK_ROWS,
        BrokenDataError,
        Chunk,
        ChunkedTable,
        ColumnMap,
        FileChunks,
        chunked_table,
        read_whole,
    )
    from .column_uses import (
        ANY,
        LABEL,
        NUMBER,
        TEXT,
        ColumnUse,
        FeaturePlan,
        Purpose,
        column_names,
        drop_purposes,
        input_uses,
        plan_features,
        purpose_text,
    )
    from .lazy import LazyArray
    from .rows import RowSelection
    from .spill import RowFile, TextFile, disk_full_error, scratch_file
    from .table import (
        ALIGNMENT,
        Array,
        Column,
        RowNumbers,
        Table,
        TablePart,
        empty_aligned,
        join_tables,
    )
    from .tensors import tensor_column
    from .threads import map_in_threads
    from .values import NUMERIC_KINDS, as_numbers, as_text, distinct_words

__all__ = [
    "ALIGNMENT",
    "ANY",
    "CHUNK_ROWS",
    "LABEL",
    "NUMBER",
    "NUMERIC_KINDS",
    "TEXT",
    "Array",
    "BrokenDataError",
    "Chunk",
    "ChunkedTable",
    "Column",
    "ColumnMap",
    "ColumnUse",
    "FeaturePlan",
    "FileChunks",
    "LazyArray",
    "Purpose",
    "RowFile",
    "RowNumbers",
    "RowSelection",
    "Table",
    "TablePart",
    "TextFile",
    "UnsuitableTypeError",
    "as_numbers",
    "as_text",
    "check_type",
    "chunked_table",
    "column_names",
    "disk_full_error",
    "distinct_words",
    "drop_purposes",
    "empty_aligned",
    "file_chunks",
    "input_uses",
    "join_tables",
    "map_in_threads",
    "memory_chunks",
    "plan_features",
    "purpose_text",
    "read_whole",
    "release_arrow_memory",
    "scratch_file",
    "tensor_column",
]

if not TYPE_CHECKING:  # a type checker is to know the names
    __getattr__ = lazy_names(
        __name__,
        {
            "file_chunks": "arrow_chunks",
            "memory_chunks": "arrow_chunks",
            "release_arrow_memory": "arrow_chunks",
            "UnsuitableTypeError": "arrow_columns",
            "check_type": "arrow_columns",
            "BrokenDataError": "chunks",
            "CHUNK_ROWS": "chunks",
            "Chunk": "chunks",
            "ChunkedTable": "chunks",
            "ColumnMap": "chunks",
            "FileChunks": "chunks",
            "chunked_table": "chunks",
            "read_whole": "chunks",
            "ANY": "column_uses",
            "ColumnUse": "column_uses",
            "FeaturePlan": "column_uses",
            "LABEL": "column_uses",
            "NUMBER": "column_uses",
            "Purpose": "column_uses",
            "TEXT": "column_uses",
            "column_names": "column_uses",
            "drop_purposes": "column_uses",
            "input_uses": "column_uses",
            "plan_features": "column_uses",
            "purpose_text": "column_uses",
            "LazyArray": "lazy",
            "RowSelection": "rows",
            "RowFile": "spill",
            "TextFile": "spill",
            "disk_full_error": "spill",
            "scratch_file": "spill",
            "ALIGNMENT": "table",
            "Array": "table",
            "Column": "table",
            "RowNumbers": "table",
            "Table": "table",
            "TablePart": "table",
            "empty_aligned": "table",
            "join_tables": "table",
            "tensor_column": "tensors",
            "map_in_threads": "threads",
            "NUMERIC_KINDS": "values",
            "as_numbers": "values",
            "as_text": "values",
            "distinct_words": "values",
        },
    )
