"""A spec's model as a graph: which layer is called on which tensors, in which order."""

from .build import build_graph
from .graph import Call, Graph, TensorRef, flat

__all__ = ["Call", "Graph", "TensorRef", "build_graph", "flat"]
