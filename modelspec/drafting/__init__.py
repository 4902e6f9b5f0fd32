"""A first spec: from a template, from a table and the profile of its columns, or for a folder."""

from typing import TYPE_CHECKING

from modelspec.faces import lazy_names

if TYPE_CHECKING:
    from .draft_parts import Asked
    from .media_draft import (
        draft_corpus,
        draft_lines,
        draft_pairs,
        draft_pictures,
        draft_sounds,
        draft_texts,
    )
    from .media_facts import Folder, PicturePairs, Pictures, Sounds, Texts
    from .spec_draft import draft_spec
    from .template import TEMPLATES, template_text
else:
    __getattr__ = lazy_names(
        __name__,
        {
            "media_draft": "draft_corpus draft_lines draft_pairs draft_pictures draft_sounds "
            "draft_texts",
            "media_facts": "Folder PicturePairs Pictures Sounds Texts",
            "draft_parts": "Asked",
            "spec_draft": "draft_spec",
            "template": "TEMPLATES template_text",
        },
    )
