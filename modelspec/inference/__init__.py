"""A trained run or an exported file in memory, which predicts rows that a program has."""

from typing import TYPE_CHECKING

from modelspec.faces import lazy_names

if TYPE_CHECKING:
    from .loaded_model import LoadedModel
    from .signature import ModelInput, ModelOutput
else:
    __getattr__ = lazy_names(
        __name__,
        {
            "loaded_model": "LoadedModel",
            "signature": "ModelInput ModelOutput",
        },
    )
