"""The sources that `data` may name: which files they are, and how they become a table."""

from typing import TYPE_CHECKING

from modelspec.faces import lazy_names

if TYPE_CHECKING:
    from .csv_text import csv_columns, data_rows, report_no_rows, with_header_row
    from .dataset import named_classes
    from .files import (
        DataFile,
        find_files,
        fingerprint,
        report_missing_package,
        report_unreadable,
        whole_digest,
    )
    from .folders import folder_files
    from .pairs import match_files, paths_below, warn_of_other_shapes
    from .source import DataSource, OpenSource, check_columns, open_files, open_sources
    from .sources import (
        LARGE_BYTES,
        SOURCES,
        SUFFIXES,
        needs_streaming,
        open_source,
        read_source,
        source_from_name,
    )
else:
    __getattr__ = lazy_names(
        __name__,
        {
            "csv_text": "csv_columns data_rows report_no_rows with_header_row",
            "dataset": "named_classes",
            "files": "DataFile find_files fingerprint report_missing_package report_unreadable "
            "whole_digest",
            "folders": "folder_files",
            "pairs": "match_files paths_below warn_of_other_shapes",
            "source": "DataSource OpenSource check_columns open_files open_sources",
            "sources": "LARGE_BYTES SOURCES SUFFIXES needs_streaming open_source read_source "
            "source_from_name",
        },
    )
