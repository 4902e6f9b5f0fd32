"""Images, sound and texts: examples that are files of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelspec.faces import lazy_names

if TYPE_CHECKING:
    from .columns import attach_files, lazy_media_input, media_column
    from .file_checks import MOST_NAMED, read_files
    from .kinds import MEDIA

__all__ = [
    "MEDIA",
    "MOST_NAMED",
    "attach_files",
    "lazy_media_input",
    "media_column",
    "read_files",
]

if not TYPE_CHECKING:  # a type checker is to know the names
    __getattr__ = lazy_names(
        __name__,
        {
            "attach_files": "columns",
            "lazy_media_input": "columns",
            "media_column": "columns",
            "MOST_NAMED": "file_checks",
            "read_files": "file_checks",
            "MEDIA": "kinds",
        },
    )
