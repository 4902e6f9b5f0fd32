"""The report of a run as one html page: written from what its files say, without TensorFlow."""

from typing import TYPE_CHECKING

from modelspec.faces import lazy_names

if TYPE_CHECKING:
    from .content import ExportFacts, RunContent, ShownExample, ShownMask
    from .page import report_page
    from .profile import ColumnValues, ProfiledColumn, profile_column
    from .read import read_content, read_spec
    from .sections import chosen_rows, class_colours
else:
    __getattr__ = lazy_names(
        __name__,
        {
            "content": "ExportFacts RunContent ShownExample ShownMask",
            "page": "report_page",
            "profile": "ProfiledColumn ColumnValues profile_column",
            "read": "read_content read_spec",
            "sections": "chosen_rows class_colours",
        },
    )
