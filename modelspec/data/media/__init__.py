"""Images, sound and texts: examples that are files of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelspec.faces import lazy_names

if TYPE_CHECKING:
    from .audio_checks import look_at_audio
    from .file_errors import NAMED, check_files
    from .image_checks import look_at_image
    from .media import MEDIA, dress, lazy_input

__all__ = [
    "MEDIA",
    "NAMED",
    "check_files",
    "dress",
    "lazy_input",
    "look_at_audio",
    "look_at_image",
]

if not TYPE_CHECKING:  # a type checker is to know the names
    __getattr__ = lazy_names(
        __name__,
        {
            "look_at_audio": "audio_checks",
            "NAMED": "file_errors",
            "check_files": "file_errors",
            "look_at_image": "image_checks",
            "MEDIA": "media",
            "dress": "media",
            "lazy_input": "media",
        },
    )
