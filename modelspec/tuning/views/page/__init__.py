"""study.html: one file about a study, without scripts or pictures from elsewhere."""

from typing import TYPE_CHECKING

from modelspec.faces import lazy_names

if TYPE_CHECKING:
    from .sections import study_page
else:
    __getattr__ = lazy_names(__name__, {"sections": "study_page"})
