"""A first spec: from a template, or from a data file and the profile of its columns."""

from typing import TYPE_CHECKING

from modelspec.faces import lazy_names

if TYPE_CHECKING:
    from .spec_draft import draft_spec
    from .template import TEMPLATES, template_text
else:
    __getattr__ = lazy_names(
        __name__, {"spec_draft": "draft_spec", "template": "TEMPLATES template_text"}
    )
