"""Saved arrays assigned to the variables of a layer, converted where an older layer wrote them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from modelspec.diagnostics import Findings, Span
from modelspec.framework import all_layers
from modelspec.importing.keras2 import convert_arrays


class SavedArray(NamedTuple):
    """One saved array, with its name in the file: `dense/kernel:0`, or a number."""

    name: str
    value: Any

    @property
    def last(self) -> str:
        """The variable's own name: `kernel`."""
        return self.name.rpartition("/")[2].partition(":")[0]


@dataclass(frozen=True, slots=True)
class WeightsReport:
    """Where errors go, and which backend wrote the file."""

    span: Span
    findings: Findings
    backend: str = ""

    def error(self, message: str) -> None:
        """Weights that do not fit."""
        self.findings.error(self.span, "weights-do-not-fit", message)


def assign_weights(layer: Any, saved: Sequence[SavedArray], report: WeightsReport) -> None:
    """Give a layer its weights. A nested model's come in one list, by Keras 2's rule: those that
    are trained first, then those that are not."""
    targets = [*layer.trainable_weights, *layer.non_trainable_weights]
    if len(targets) != len(saved):
        report.error(f'"{layer.name}" has {len(targets)} weights, but the file has {len(saved)}')
        return
    values = _ordered(layer, targets, saved)
    values = convert_arrays(layer, [array.value for array in values], report.backend)
    for target, value in zip(targets, values, strict=True):
        if tuple(target.shape) != tuple(value.shape):
            message = (
                f'"{target.path}" of "{layer.name}" has the shape {list(target.shape)}, '
                f"but the file has {list(value.shape)}"
            )
            report.error(message)
            return
    for target, value in zip(targets, values, strict=True):
        target.assign(value)
    finalize_layer(layer)


def finalize_layer(layer: Any) -> None:
    """What a layer computes from its weights once it has them."""
    for inner in all_layers(layer):
        if type(inner).__name__ == "Normalization" and inner.built:
            inner.finalize_state()


def _ordered(
    layer: Any, targets: Sequence[Any], saved: Sequence[SavedArray]
) -> Sequence[SavedArray]:
    """Saved arrays in the order of the variables: by name where names tell them apart."""
    by_name = {array.last: array for array in saved}
    names = [target.name for target in targets]
    if len(by_name) == len(saved) and set(by_name) == set(names) and len(set(names)) == len(names):
        return [by_name[name] for name in names]
    return saved
