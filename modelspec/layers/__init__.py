"""One rule for each Keras layer, filed in the family that Keras files it in."""

from __future__ import annotations

from . import (
    activations,
    attention,
    convolutional,
    core,
    image_preprocessing,
    merging,
    normalization,
    pooling,
    preprocessing,
    regularization,
    reshaping,
    rnn,
)
from .rule import Facts, Given, Mismatch, Policy, Rule, Shape, Structure, Tensor, Weight

FAMILIES = (
    activations,
    attention,
    convolutional,
    core,
    image_preprocessing,
    merging,
    normalization,
    pooling,
    preprocessing,
    regularization,
    reshaping,
    rnn,
)

RULES: dict[str, Rule] = {name: rule for family in FAMILIES for name, rule in family.RULES.items()}
"""The rule of each class, by Keras's own name. TFSMLayer has none: only its file knows."""

__all__ = [
    "FAMILIES",
    "RULES",
    "Facts",
    "Given",
    "Mismatch",
    "Policy",
    "Rule",
    "Shape",
    "Structure",
    "Tensor",
    "Weight",
]
