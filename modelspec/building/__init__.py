"""A graph to real `tf.keras.Sequential` and `tf.keras.Model` objects."""

from typing import TYPE_CHECKING

from modelspec.faces import lazy_names

from .build import build_model, policy_of_layers
from .calls import make_input, pick_result, takes_one_argument
from .default_names import name_inner_layers
from .extension_modules import (
    extension_files,
    extension_scope,
    find_module_file,
    module_folders,
    registered_objects,
)
from .extensions import import_extensions
from .objects import KerasError, find_class, make_object

if TYPE_CHECKING:
    from .assemble import collect_outputs, make_layer, repeat_calls
    from .comparison import compare_with_keras
    from .expectations import decide_expectations
    from .temperatures import (
        LEAST,
        LEAST_OF_TWO,
        at_temperatures,
        temperature_layers,
        temperature_names,
    )
else:
    __getattr__ = lazy_names(
        __name__,
        {
            "assemble": "collect_outputs make_layer repeat_calls",
            "comparison": "compare_with_keras",
            "expectations": "decide_expectations",
            "temperatures": "LEAST LEAST_OF_TWO at_temperatures temperature_layers "
            "temperature_names",
        },
    )
