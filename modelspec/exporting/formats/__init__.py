"""The formats that a model is exported in: how each is written, loaded and described."""

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
else:
    __getattr__ = lazy_names(
        __name__,
        {
            "arrays": "Array Arrays Predict UNKNOWN_SIZE plain_text synthetic_array "
            "synthetic_batch",
            "format": "ExportFormat ExportSettings LoadRequest Runtime",
            "formats": "FORMATS check_settings tolerance_of",
            "keras": "after_preprocessing import_extensions predictor preprocess",
            "packages": "disable_telemetry require_packages",
            "saved_model": "tensor_specs",
            "unsupported_layers": "LayerUse USE_WITHOUT_PREPROCESSING",
        },
    )
