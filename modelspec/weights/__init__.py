"""Weights by name: `training.initial_weights` matched with a model before TensorFlow starts, and
loaded into it afterwards."""

from typing import TYPE_CHECKING

from modelspec.faces import lazy_names

if TYPE_CHECKING:
    from .adapters import has_adapters, save_model, write_adapter
    from .check import check_initial_weights
    from .load import load_initial_weights
    from .names import names_file, write_names
    from .report import LoadingReport
else:
    __getattr__ = lazy_names(
        __name__,
        {
            "adapters": "has_adapters save_model write_adapter",
            "check": "check_initial_weights",
            "load": "load_initial_weights",
            "names": "names_file write_names",
            "report": "LoadingReport",
        },
    )
