"""The sources that `data` may name: which files they are, and how they become a table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelspec.faces import lazy_names

if TYPE_CHECKING:
    from .csv_files import (
        TEXT_ERRORS,
        csv_columns,
        csv_rows,
        open_bytes,
        report_missing_package,
        report_no_rows,
        report_unreadable,
        report_wrong_width,
    )
    from .files import DataFile, find_files
    from .fingerprints import fingerprint
    from .folders import folder_files
    from .opening import OpenSource, check_columns, open_sources
    from .size import LARGE_BYTES, needs_streaming
    from .sources import SUFFIXES, open_source, read_source, source_from_name

__all__ = [
    "LARGE_BYTES",
    "SUFFIXES",
    "TEXT_ERRORS",
    "DataFile",
    "OpenSource",
    "check_columns",
    "csv_columns",
    "csv_rows",
    "find_files",
    "fingerprint",
    "folder_files",
    "needs_streaming",
    "open_bytes",
    "open_source",
    "open_sources",
    "read_source",
    "report_missing_package",
    "report_no_rows",
    "report_unreadable",
    "report_wrong_width",
    "source_from_name",
]

if not TYPE_CHECKING:  # a type checker is to know the names
    __getattr__ = lazy_names(
        __name__,
        {
            "TEXT_ERRORS": "csv_files",
            "csv_columns": "csv_files",
            "csv_rows": "csv_files",
            "open_bytes": "csv_files",
            "report_missing_package": "csv_files",
            "report_no_rows": "csv_files",
            "report_unreadable": "csv_files",
            "report_wrong_width": "csv_files",
            "DataFile": "files",
            "find_files": "files",
            "fingerprint": "fingerprints",
            "folder_files": "folders",
            "OpenSource": "opening",
            "check_columns": "opening",
            "open_sources": "opening",
            "LARGE_BYTES": "size",
            "needs_streaming": "size",
            "SUFFIXES": "sources",
            "open_source": "sources",
            "read_source": "sources",
            "source_from_name": "sources",
        },
    )
