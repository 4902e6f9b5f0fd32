"""Images, sound and texts: examples that are files of their own."""

from typing import TYPE_CHECKING

from modelspec.faces import lazy_names

if TYPE_CHECKING:
    from .audio import read_wav_header
    from .columns import RECORD_HINT, attach_files, lazy_media_input, media_column, record_column
    from .file_checks import MOST_NAMED, MediaKind, read_files
    from .given_files import attach_given_files
    from .image_headers import ImageHeader, read_image_header
    from .image_targets import class_mask, number_image, pixel_values
    from .images import has_image_header
    from .kinds import MEDIA
else:
    __getattr__ = lazy_names(
        __name__,
        {
            "audio": "read_wav_header",
            "columns": "RECORD_HINT attach_files lazy_media_input media_column record_column",
            "file_checks": "MOST_NAMED MediaKind read_files",
            "image_headers": "ImageHeader read_image_header",
            "image_targets": "class_mask number_image pixel_values",
            "given_files": "attach_given_files",
            "images": "has_image_header",
            "kinds": "MEDIA",
        },
    )
