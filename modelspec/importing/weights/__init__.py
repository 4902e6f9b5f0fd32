"""The weights of a model file, loaded into the model that its spec builds."""

from typing import TYPE_CHECKING

from modelspec.faces import lazy_names

if TYPE_CHECKING:
    from .extract import extract_weights
    from .saved_layers import WeightsSource, list_saved_layers
else:
    __getattr__ = lazy_names(
        __name__, {"extract": "extract_weights", "saved_layers": "WeightsSource list_saved_layers"}
    )
