"""A graph and the rules of its layers: shapes, dtypes, weights, FLOPs and memory, and findings."""

from typing import TYPE_CHECKING

from modelspec.faces import lazy_names

from .arguments import complete, keras_class
from .expectations import check_expectations, check_expected_metrics, check_metric_names, splits_of
from .facts import (
    Analysis,
    CallFacts,
    LayerFacts,
    TensorStructure,
    count_parameters,
    shape_text,
    tensors_of,
)
from .frozen_layers import check_freeze
from .guard import guarded
from .optimizers import check_optimizer
from .outside_training import check_outside_training
from .scope_names import check_scope_names
from .shapes import analyze

if TYPE_CHECKING:
    from .calibration import check_calibration, with_temperatures
    from .quantized_training import check_quantized_training
else:
    __getattr__ = lazy_names(
        __name__,
        {
            "calibration": "check_calibration with_temperatures",
            "quantized_training": "check_quantized_training",
        },
    )
