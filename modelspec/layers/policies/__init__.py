"""What a layer makes its weights of: dtype policies, quantization and initializers."""

from .checks import check_policy, check_weights
from .initial_values import check_initializers
from .names import named_policy, policy_of
from .quantized import quantize
