"""What Keras 2 had and Keras 3 does not: names, layers, TensorFlow functions, weights."""

from typing import TYPE_CHECKING

from modelspec.faces import lazy_names

if TYPE_CHECKING:
    from .layers import REPLACEMENTS, complete_pending_layers
    from .names import (
        REMOVED_LAYERS,
        RENAMED_CLASSES,
        is_ignored,
        simplify_initializer,
        simplify_regularizer,
        upgrade_arguments,
    )
    from .tf_calls import convert_tf_call, is_tf_call
    from .weights import convert_arrays, rescale_hard_sigmoid
else:
    __getattr__ = lazy_names(
        __name__,
        {
            "layers": "REPLACEMENTS complete_pending_layers",
            "names": "REMOVED_LAYERS RENAMED_CLASSES is_ignored simplify_initializer "
            "simplify_regularizer upgrade_arguments",
            "tf_calls": "convert_tf_call is_tf_call",
            "weights": "convert_arrays rescale_hard_sigmoid",
        },
    )
