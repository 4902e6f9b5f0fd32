"""A functional config as a network: layers, calls, and the tensors between them."""

from .calls import SpecCall, convert_call
from .edges import sort_calls, write_edges
from .inbound import parse_nodes, parse_tensors, renumber_calls
from .masks import drop_implicit_masks, layers_losing_masks
from .network import ConfigLayer, ConfigNode, ConfigTensor, Network, iter_tensors
from .operations import OpCall, arrange_tensors, convert_op, index_text, is_op
from .results import ResultKeys, find_result_keys, has_several_results

__all__ = [
    "ConfigLayer",
    "ConfigNode",
    "ConfigTensor",
    "Network",
    "OpCall",
    "ResultKeys",
    "SpecCall",
    "arrange_tensors",
    "convert_call",
    "convert_op",
    "drop_implicit_masks",
    "find_result_keys",
    "has_several_results",
    "index_text",
    "is_op",
    "iter_tensors",
    "layers_losing_masks",
    "parse_nodes",
    "parse_tensors",
    "renumber_calls",
    "sort_calls",
    "write_edges",
]
