"""Images, sound and texts: examples that are files of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelspec.faces import lazy_names

if TYPE_CHECKING:
    from .audio_checks import check_audio_file
    from .file_errors import MOST_NAMED, check_files
    from .image_checks import check_image_file
    from .media import MEDIA, attach_files, lazy_media_input

__all__ = [
    "MEDIA",
    "MOST_NAMED",
    "attach_files",
    "check_audio_file",
    "check_files",
    "check_image_file",
    "lazy_media_input",
]

if not TYPE_CHECKING:  # a type checker is to know the names
    __getattr__ = lazy_names(
        __name__,
        {
            "check_audio_file": "audio_checks",
            "MOST_NAMED": "file_errors",
            "check_files": "file_errors",
            "check_image_file": "image_checks",
            "MEDIA": "media",
            "attach_files": "media",
            "lazy_media_input": "media",
        },
    )
