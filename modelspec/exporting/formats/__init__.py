"""The formats that a model is exported in: how each is written, loaded and described."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelspec.faces import lazy_names

if TYPE_CHECKING:
    from .embedding import embed, embedded
    from .formats import FORMATS
    from .quiet_packages import need, quiet, report_nothing
    from .runtimes import RUNTIMES, Predict, behind, extensions, keras_predict, preprocess
    from .saved_model import signature
    from .settings import QUANTIZED, Settings
    from .signatures import SIGNATURES, made_up

__all__ = [
    "FORMATS",
    "QUANTIZED",
    "RUNTIMES",
    "SIGNATURES",
    "Predict",
    "Settings",
    "behind",
    "embed",
    "embedded",
    "extensions",
    "keras_predict",
    "made_up",
    "need",
    "preprocess",
    "quiet",
    "report_nothing",
    "signature",
]

if not TYPE_CHECKING:  # a type checker is to know the names
    __getattr__ = lazy_names(
        __name__,
        {
            "embed": "embedding",
            "embedded": "embedding",
            "FORMATS": "formats",
            "need": "quiet_packages",
            "quiet": "quiet_packages",
            "report_nothing": "quiet_packages",
            "Predict": "runtimes",
            "RUNTIMES": "runtimes",
            "behind": "runtimes",
            "extensions": "runtimes",
            "keras_predict": "runtimes",
            "preprocess": "runtimes",
            "signature": "saved_model",
            "QUANTIZED": "settings",
            "Settings": "settings",
            "SIGNATURES": "signatures",
            "made_up": "signatures",
        },
    )
