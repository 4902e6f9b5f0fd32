"""A spec's model as a graph: which layer is called on which tensors, in which order."""

from typing import TYPE_CHECKING

from modelspec.faces import lazy_names

from .build import build_graph
from .graph import Adversaries, Call, Graph, OutputTemperature, TensorRef, flatten, needed_for
from .order import sort_by_sources

if TYPE_CHECKING:
    from .adversaries import BAD_GAN
    from .conversion import FORMS, convert
else:
    __getattr__ = lazy_names(__name__, {"adversaries": "BAD_GAN", "conversion": "FORMS convert"})
