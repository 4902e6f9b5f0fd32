"""What Keras 2 had and Keras 3 does not: layers and TensorFlow functions, translated."""

from .replaced import HARD_SIGMOID_RATIO, REPLACEMENTS
from .tf_calls import convert_tf_call, is_tf_call

__all__ = [
    "HARD_SIGMOID_RATIO",
    "REPLACEMENTS",
    "convert_tf_call",
    "is_tf_call",
]
