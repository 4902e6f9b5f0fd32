"""Tables: columns of equal length, in memory or in chunks, and which of them a spec uses."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelspec.faces import lazy_names

if TYPE_CHECKING:
    from .arrow_chunks import file_chunks, held_chunks, release
    from .arrow_columns import UnfitError, check_type
    from .chunks import (
        ROWS,
        BrokenDataError,
        Chunk,
        ChunkedTable,
        Columns,
        FileChunks,
        chunked,
        whole_table,
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
    from .lazy import Lazy
    from .rows import Rows
    from .spill import RowFile, TextFile, no_room, scratch_file
    from .table import ALIGNMENT, Array, Column, Part, Table, aligned, joined
    from .tensors import column_of
    from .threads import in_threads
    from .values import NUMERIC, as_numbers, as_text, kinds_of

__all__ = [
    "ALIGNMENT",
    "ANY",
    "LABEL",
    "NUMBER",
    "NUMERIC",
    "ROWS",
    "TEXT",
    "Array",
    "BrokenDataError",
    "Chunk",
    "ChunkedTable",
    "Column",
    "ColumnUse",
    "Columns",
    "FeaturePlan",
    "FileChunks",
    "Lazy",
    "Part",
    "Purpose",
    "RowFile",
    "Rows",
    "Table",
    "TextFile",
    "UnfitError",
    "aligned",
    "as_numbers",
    "as_text",
    "check_type",
    "chunked",
    "column_names",
    "column_of",
    "drop_purposes",
    "file_chunks",
    "held_chunks",
    "in_threads",
    "input_uses",
    "joined",
    "kinds_of",
    "no_room",
    "plan_features",
    "purpose_text",
    "release",
    "scratch_file",
    "whole_table",
]

if not TYPE_CHECKING:  # a type checker is to know the names
    __getattr__ = lazy_names(
        __name__,
        {
            "file_chunks": "arrow_chunks",
            "held_chunks": "arrow_chunks",
            "release": "arrow_chunks",
            "UnfitError": "arrow_columns",
            "check_type": "arrow_columns",
            "BrokenDataError": "chunks",
            "Chunk": "chunks",
            "ChunkedTable": "chunks",
            "Columns": "chunks",
            "FileChunks": "chunks",
            "ROWS": "chunks",
            "chunked": "chunks",
            "whole_table": "chunks",
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
            "Lazy": "lazy",
            "Rows": "rows",
            "RowFile": "spill",
            "TextFile": "spill",
            "no_room": "spill",
            "scratch_file": "spill",
            "ALIGNMENT": "table",
            "Array": "table",
            "Column": "table",
            "Part": "table",
            "Table": "table",
            "aligned": "table",
            "joined": "table",
            "column_of": "tensors",
            "in_threads": "threads",
            "NUMERIC": "values",
            "as_numbers": "values",
            "as_text": "values",
            "kinds_of": "values",
        },
    )
