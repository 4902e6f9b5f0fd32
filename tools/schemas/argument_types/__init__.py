"""The types of all arguments: tables from argument name to named type.

A type is named in `schemas/types.json` or, for Keras objects, in `schemas/keras.json`. Most
arguments mean the same wherever they stand; `(class, argument)` says where one does not.
"""

from __future__ import annotations

from . import applications, images, layers, ops, preprocessing, training, weights
from .table import Table

TABLES: dict[str, tuple[Table, ...]] = {
    "layers/image_preprocessing.json": (images.TABLE, layers.TABLE),
    "layers/preprocessing.json": (preprocessing.TABLE, layers.TABLE),
    "layers/*": (layers.TABLE,),
    "initializers.json": (weights.INITIALIZERS,),
    "regularizers.json": (weights.REGULARIZERS,),
    "constraints.json": (weights.CONSTRAINTS,),
    "activations.json": (weights.ACTIVATIONS,),
    "dtype_policies.json": (weights.DTYPE_POLICIES,),
    "optimizers.json": (training.OPTIMIZERS,),
    "schedules.json": (training.SCHEDULES,),
    "losses.json": (training.LOSSES,),
    "metrics.json": (training.METRICS,),
    "callbacks.json": (training.CALLBACKS,),
    "applications.json": (applications.TABLE,),
    "ops.json": (ops.TABLE,),
}
"""Which tables speak for which page, the narrower first."""


def type_of(page: str, name: str, argument: str) -> str | None:
    """The type of an argument of a class on a page, or None when no table knows it."""
    tables = TABLES.get(page) or TABLES["layers/*"]
    for table in tables:
        if (name, argument) in table.places:
            return table.places[name, argument]
    for table in tables:
        if argument in table.names:
            return table.names[argument]
    return None
