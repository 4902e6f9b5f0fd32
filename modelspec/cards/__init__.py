"""Cards of complete runs, without TensorFlow: for people and Hugging Face, and as a bill of
materials."""

from typing import TYPE_CHECKING

from modelspec.faces import lazy_names

if TYPE_CHECKING:
    from .card_facts import (
        CardFacts,
        CardOptions,
        ClassFigures,
        MeasuredSplit,
        SliceFigure,
        gather_facts,
        require_complete,
    )
    from .formats import CARD_FORMATS
    from .hugging_face import FOR_A_PERSON
else:
    __getattr__ = lazy_names(
        __name__,
        {
            "card_facts": "CardFacts CardOptions ClassFigures MeasuredSplit SliceFigure "
            "gather_facts require_complete",
            "formats": "CARD_FORMATS",
            "hugging_face": "FOR_A_PERSON",
        },
    )
