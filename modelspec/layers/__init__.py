"""One rule for each Keras layer, in the family that Keras puts it in.

A family has the same name here and in `schemas/layers/`. It is imported when a layer of it is met:
most specs use three or four families, and importing all takes as long as reading a spec.
"""

from __future__ import annotations

from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any

from modelspec.faces import lazy_names
from modelspec.layers.rule import (
    LayerCall,
    Mismatch,
    Policy,
    Rule,
    RuleResult,
    Shape,
    Structure,
    Tensor,
    Weight,
)

if TYPE_CHECKING:
    from .masks import hand_on_mask
    from .saving import names_of_count, saved_key, saved_places, variable_names
    from .traits import (
        BuiltFor,
        LayerTraits,
        MaskHandling,
        SavedForBackward,
        Trait,
        classes_with,
        ops_with,
        traits_of,
    )

    FAMILIES: tuple[ModuleType, ...]
    RULES: dict[str, Rule]

FAMILY_NAMES = (
    "activations",
    "attention",
    "convolutional",
    "core",
    "image_preprocessing",
    "merging",
    "normalization",
    "pooling",
    "preprocessing",
    "regularization",
    "reshaping",
    "rnn",
)


def rule_of(file: str, name: str) -> Rule | None:
    """The rule of a layer.

    Args:
        file: the schema file that its class stands in, such as "layers/core.json".
        name: Keras's own name of the class.

    Returns:
        None for TFSMLayer, whose outputs only its file knows, and for nested models.
    """
    family = file.removeprefix("layers/").removesuffix(".json")
    if family not in FAMILY_NAMES:
        return None
    rule: Rule | None = _family(family).RULES.get(name)
    return rule


def _family(name: str) -> ModuleType:
    return import_module(f"{__name__}.{name}")


_of_module = lazy_names(
    __name__,
    {
        "masks": "hand_on_mask",
        "saving": "names_of_count saved_key saved_places variable_names",
        "traits": "BuiltFor LayerTraits MaskHandling SavedForBackward Trait classes_with ops_with "
        "traits_of",
    },
)


def __getattr__(name: str) -> Any:
    """What few callers need: `FAMILIES`, every family's module, `RULES`, the rule of each class by
    Keras's name, and the table of traits."""
    if name == "FAMILIES":
        return tuple(map(_family, FAMILY_NAMES))
    if name == "RULES":
        families = map(_family, FAMILY_NAMES)
        return {key: rule for family in families for key, rule in family.RULES.items()}
    return _of_module(name)


__all__ = [
    "FAMILIES",
    "FAMILY_NAMES",
    "RULES",
    "BuiltFor",
    "LayerCall",
    "LayerTraits",
    "MaskHandling",
    "Mismatch",
    "Policy",
    "Rule",
    "RuleResult",
    "SavedForBackward",
    "Shape",
    "Structure",
    "Tensor",
    "Trait",
    "Weight",
    "classes_with",
    "hand_on_mask",
    "names_of_count",
    "ops_with",
    "rule_of",
    "saved_key",
    "saved_places",
    "traits_of",
    "variable_names",
]
