"""A functional config as a network: layers, calls, and the tensors between them."""

from .calls import SpecCall, convert_call
from .edges import in_order, write_edges
from .inbound import count_from_zero, read_nodes, read_tensors
from .masks import drop_implicit, lost_masks
from .network import ConfigLayer, ConfigNode, ConfigTensor, Network, tensors
from .operations import OpCall, convert_operation, index_text, is_operation, op_tensors
from .results import Keys, gives_several, result_keys

__all__ = [
    "ConfigLayer",
    "ConfigNode",
    "ConfigTensor",
    "Keys",
    "Network",
    "OpCall",
    "SpecCall",
    "convert_call",
    "convert_operation",
    "count_from_zero",
    "drop_implicit",
    "gives_several",
    "in_order",
    "index_text",
    "is_operation",
    "lost_masks",
    "op_tensors",
    "read_nodes",
    "read_tensors",
    "result_keys",
    "tensors",
    "write_edges",
]
