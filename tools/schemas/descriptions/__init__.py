"""One short line about each class, in our own words: what an editor shows beside its name.

Functions of `keras.ops` and architectures of `keras.applications` go without.
"""

from __future__ import annotations

from typing import Any

from . import images, layers, training, weights

PAGES: dict[str, dict[str, str]] = {
    "layers/image_preprocessing.json": images.LAYERS,
    "layers/*": layers.LAYERS,
    "activations.json": weights.ACTIVATIONS,
    "callbacks.json": training.CALLBACKS,
    "constraints.json": weights.CONSTRAINTS,
    "dtype_policies.json": weights.DTYPE_POLICIES,
    "initializers.json": weights.INITIALIZERS,
    "losses.json": training.LOSSES,
    "metrics.json": training.METRICS,
    "optimizers.json": training.OPTIMIZERS,
    "regularizers.json": weights.REGULARIZERS,
    "schedules.json": training.SCHEDULES,
}
UNDESCRIBED = {"ops.json", "applications.json"}


def describe(page: str, name: str, entry: dict[str, Any], faults: list[str]) -> dict[str, Any]:
    """The schema of a class with its description after the title."""
    if page in UNDESCRIBED:
        return entry
    text = PAGES.get(page, PAGES["layers/*"]).get(name)
    if text is None:
        faults.append(f"{page}: {name} has no line in descriptions/")
        return entry
    return {"title": entry["title"], "description": text, **entry}
