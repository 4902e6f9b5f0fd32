"""What Keras 2 had and Keras 3 does not: layers and TensorFlow functions, translated."""

from .replaced import REPLACED, STEEPER
from .tf_calls import convert_tf_call, is_tf_call

__all__ = [
    "REPLACED",
    "STEEPER",
    "convert_tf_call",
    "is_tf_call",
]
