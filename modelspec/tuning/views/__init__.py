"""What a person sees of a study, all of it made from its record."""

from typing import TYPE_CHECKING

from modelspec.faces import lazy_names

if TYPE_CHECKING:
    from .best_yaml import best_spec
    from .page import study_page
    from .progress import StudyProgress
    from .summary import summary_text
else:
    __getattr__ = lazy_names(
        __name__,
        {
            "best_yaml": "best_spec",
            "page": "study_page",
            "progress": "StudyProgress",
            "summary": "summary_text",
        },
    )
