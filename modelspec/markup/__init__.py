"""HTML whose texts are escaped, and the small HTML that notebooks show."""

from typing import TYPE_CHECKING

from modelspec.faces import lazy_names

if TYPE_CHECKING:
    from .elements import Content, Markup, element, joined
    from .notebook_view import MOST_ROWS, curves, table, text, view
else:
    __getattr__ = lazy_names(
        __name__,
        {
            "elements": "Content Markup element joined",
            "notebook_view": "MOST_ROWS curves table text view",
        },
    )
