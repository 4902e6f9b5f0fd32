"""Tables: columns of equal length, in memory or in chunks, and which of them a spec uses."""

from typing import TYPE_CHECKING

from modelspec.faces import lazy_names

if TYPE_CHECKING:
    from .arrow import arrow_values, file_chunks, memory_chunks, release_arrow_memory
    from .arrow_file import ArrowFile
    from .arrow_numbers import (
        NoNumbersError,
        batches_with_numbers,
        is_marked,
        with_numbers,
    )
    from .arrow_types import UnsuitableTypeError, check_type
    from .chunks import (
        CHUNK_ROWS,
        BrokenDataError,
        Chunk,
        ChunkedTable,
        ColumnMap,
        FileChunks,
        chunked_table,
        map_in_threads,
        read_whole,
    )
    from .column_uses import (
        ANY,
        LABEL,
        NUMBER,
        SPLITTING,
        TEXT,
        ColumnUse,
        FeaturePlan,
        ListForm,
        Purpose,
        column_names,
        drop_purposes,
        input_uses,
        plan_features,
        purpose_text,
        uses_in_files,
        uses_of_split,
        with_derived_from,
    )
    from .derived import with_derived, with_derived_chunks
    from .derived_bins import learn_edges, learned_bins, with_edges
    from .derived_dates import dates_of_words
    from .lists import array_of_lists, is_inside, list_forms, values_of_lists
    from .parts import TablePart, locate_row, names_of_parts
    from .spill import RowFile, TextFile, disk_full_error
    from .table import (
        ALIGNMENT,
        Array,
        Column,
        LazyArray,
        RowNumbers,
        RowSelection,
        Table,
        concatenate_columns,
        empty_aligned,
        example_shape,
        full_column,
        join_tables,
        none_missing,
        padded,
        text_column,
    )
    from .values import (
        NUMERIC_KINDS,
        as_numbers,
        as_text,
        distinct_words,
        tensor_column,
        without_text,
    )
else:
    __getattr__ = lazy_names(
        __name__,
        {
            "arrow": "arrow_values file_chunks memory_chunks release_arrow_memory",
            "arrow_file": "ArrowFile",
            "arrow_numbers": "NoNumbersError batches_with_numbers is_marked with_numbers",
            "arrow_types": "UnsuitableTypeError check_type",
            "chunks": "BrokenDataError CHUNK_ROWS Chunk ChunkedTable ColumnMap FileChunks "
            "chunked_table map_in_threads read_whole",
            "column_uses": "ANY ColumnUse FeaturePlan LABEL ListForm NUMBER Purpose SPLITTING TEXT "
            "column_names drop_purposes input_uses plan_features purpose_text uses_in_files "
            "uses_of_split with_derived_from",
            "derived": "with_derived with_derived_chunks",
            "derived_bins": "learn_edges learned_bins with_edges",
            "derived_dates": "dates_of_words",
            "lists": "array_of_lists is_inside list_forms values_of_lists",
            "parts": "TablePart locate_row names_of_parts",
            "spill": "RowFile TextFile disk_full_error",
            "table": "ALIGNMENT Array Column LazyArray RowNumbers RowSelection Table "
            "concatenate_columns empty_aligned example_shape full_column join_tables none_missing "
            "padded text_column",
            "values": "NUMERIC_KINDS as_numbers as_text distinct_words tensor_column without_text",
        },
    )
