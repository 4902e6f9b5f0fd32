"""The formats of pictures, and their colours."""

from typing import TYPE_CHECKING

from modelspec.faces import lazy_names

if TYPE_CHECKING:
    from .formats import PICTURE_FORMATS
    from .page_parts import POLICY, page_style
    from .palette import Theme
    from .svg import as_svg
else:
    __getattr__ = lazy_names(
        __name__,
        {
            "formats": "PICTURE_FORMATS",
            "page_parts": "POLICY page_style",
            "palette": "Theme",
            "svg": "as_svg",
        },
    )
