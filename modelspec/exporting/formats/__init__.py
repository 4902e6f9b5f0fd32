"""The formats that a model is exported in: how each is written, loaded and described."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelspec.faces import lazy_names

if TYPE_CHECKING:
    from .arrays import (
        UNKNOWN_SIZE,
        Array,
        Arrays,
        Predict,
        plain_text,
        synthetic_array,
        synthetic_batch,
    )
    from .format import ExportFormat, ExportSettings, LoadRequest, Runtime
    from .formats import FORMATS, check_settings, tolerance_of
    from .keras import after_preprocessing, import_extensions, predictor, preprocess
    from .packages import disable_telemetry, require_packages
    from .saved_model import tensor_specs
    from .unsupported_layers import USE_WITHOUT_PREPROCESSING, LayerUse

__all__ = [
    "FORMATS",
    "UNKNOWN_SIZE",
    "USE_WITHOUT_PREPROCESSING",
    "Array",
    "Arrays",
    "ExportFormat",
    "ExportSettings",
    "LayerUse",
    "LoadRequest",
    "Predict",
    "Runtime",
    "after_preprocessing",
    "check_settings",
    "disable_telemetry",
    "import_extensions",
    "plain_text",
    "predictor",
    "preprocess",
    "require_packages",
    "synthetic_array",
    "synthetic_batch",
    "tensor_specs",
    "tolerance_of",
]

if not TYPE_CHECKING:  # a type checker is to know the names
    __getattr__ = lazy_names(
        __name__,
        {
            "Array": "arrays",
            "Arrays": "arrays",
            "Predict": "arrays",
            "UNKNOWN_SIZE": "arrays",
            "plain_text": "arrays",
            "synthetic_array": "arrays",
            "synthetic_batch": "arrays",
            "ExportFormat": "format",
            "ExportSettings": "format",
            "LoadRequest": "format",
            "Runtime": "format",
            "FORMATS": "formats",
            "check_settings": "formats",
            "tolerance_of": "formats",
            "after_preprocessing": "keras",
            "import_extensions": "keras",
            "predictor": "keras",
            "preprocess": "keras",
            "disable_telemetry": "packages",
            "require_packages": "packages",
            "tensor_specs": "saved_model",
            "LayerUse": "unsupported_layers",
            "USE_WITHOUT_PREPROCESSING": "unsupported_layers",
        },
    )
