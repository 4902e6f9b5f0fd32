"""The sources that `data` may name: which files they are, and how they become a table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelspec.faces import lazy_names

if TYPE_CHECKING:
    from .csv_files import (
        BAD_TEXT,
        columns_of_csv,
        empty,
        needs_extra,
        open_bytes,
        ragged,
        reader,
        unreadable,
    )
    from .files import DataFile, find
    from .fingerprints import fingerprint
    from .folders import members
    from .opening import OpenSource, check_columns, open_all
    from .size import LARGE, is_large
    from .sources import SUFFIXES, open_source, read_source, source_of

__all__ = [
    "BAD_TEXT",
    "LARGE",
    "SUFFIXES",
    "DataFile",
    "OpenSource",
    "check_columns",
    "columns_of_csv",
    "empty",
    "find",
    "fingerprint",
    "is_large",
    "members",
    "needs_extra",
    "open_all",
    "open_bytes",
    "open_source",
    "ragged",
    "read_source",
    "reader",
    "source_of",
    "unreadable",
]

if not TYPE_CHECKING:  # a type checker is to know the names
    __getattr__ = lazy_names(
        __name__,
        {
            "BAD_TEXT": "csv_files",
            "columns_of_csv": "csv_files",
            "empty": "csv_files",
            "needs_extra": "csv_files",
            "open_bytes": "csv_files",
            "ragged": "csv_files",
            "reader": "csv_files",
            "unreadable": "csv_files",
            "DataFile": "files",
            "find": "files",
            "fingerprint": "fingerprints",
            "members": "folders",
            "OpenSource": "opening",
            "check_columns": "opening",
            "open_all": "opening",
            "LARGE": "size",
            "is_large": "size",
            "SUFFIXES": "sources",
            "open_source": "sources",
            "read_source": "sources",
            "source_of": "sources",
        },
    )
