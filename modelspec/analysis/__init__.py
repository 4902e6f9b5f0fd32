"""A graph and the rules of its layers: shapes, dtypes, weights, FLOPs and memory, and findings."""

from .arguments import complete, keras_class, named_policy, policy_of
from .expectations import check_metric_names, splits_of
from .facts import Analysis, LayerFacts, TensorStructure, count_parameters, shape_text, tensors_of
from .frozen import FREEZE_HINT, unmatched_freeze_patterns
from .sections import check_sections
from .shapes import analyze

__all__ = [
    "FREEZE_HINT",
    "Analysis",
    "LayerFacts",
    "TensorStructure",
    "analyze",
    "check_metric_names",
    "check_sections",
    "complete",
    "count_parameters",
    "keras_class",
    "named_policy",
    "policy_of",
    "shape_text",
    "splits_of",
    "tensors_of",
    "unmatched_freeze_patterns",
]
