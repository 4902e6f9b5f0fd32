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

__all__ = [
    "MALFORMED_CONFIG_ERRORS",
    "MAX_DEPTH",
    "ConfigLayer",
    "ConfigNode",
    "ConfigObject",
    "ConfigTensor",
    "ImportContext",
    "LayerNames",
    "Network",
    "OpCall",
    "PendingLayer",
    "ResultKeys",
    "SpecCall",
    "SpecObject",
    "arrange_tensors",
    "convert_arguments",
    "convert_call",
    "convert_object",
    "convert_op",
    "convert_value",
    "detect_generation",
    "drop_defaults",
    "drop_implicit_masks",
    "find_keras1_layer",
    "find_result_keys",
    "find_schema",
    "has_several_results",
    "index_text",
    "is_model",
    "is_op",
    "is_serialized",
    "iter_tensors",
    "layers_losing_masks",
    "legal_name",
    "map_tensors",
    "names_to_write",
    "nesting_depth",
    "parse_network",
    "parse_object",
    "parse_tensors",
    "shorten_float",
    "spec_value",
    "unwrap_config",
    "unwrap_value",
]
