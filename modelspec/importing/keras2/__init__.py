"""What Keras 2 had and Keras 3 does not: layers and TensorFlow functions, converted."""

from .layers import REPLACEMENTS, complete_pending_layers
from .tf_calls import convert_tf_call, is_tf_call
from .weights import convert_arrays, rescale_hard_sigmoid
