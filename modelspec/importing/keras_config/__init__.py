"""The config of a Keras model as objects, layers, calls and tensors; no code is run."""

from .calls import ResultKeys, SpecCall, convert_call, find_result_keys, has_several_results
from .context import ImportContext, PendingLayer, SpecObject
from .keras_version import (
    MALFORMED_CONFIG_ERRORS,
    MAX_DEPTH,
    detect_generation,
    find_keras1_layer,
    nesting_depth,
    unwrap_config,
)
from .layer_names import LayerNames, legal_name, names_to_write
from .masks import drop_implicit_masks, layers_losing_masks
from .network import (
    ConfigLayer,
    ConfigNode,
    ConfigTensor,
    Network,
    iter_tensors,
    map_tensors,
    parse_network,
    parse_tensors,
)
from .objects import (
    convert_arguments,
    convert_object,
    convert_value,
    drop_defaults,
    find_schema,
    spec_value,
)
from .operations import OpCall, arrange_tensors, convert_op, index_text, is_op
from .serialized import (
    ConfigObject,
    is_model,
    is_serialized,
    parse_object,
    shorten_float,
    unwrap_value,
)
