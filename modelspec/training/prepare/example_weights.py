"""How much each example counts in the loss: sample weights times class weights."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from modelspec.analysis.losses import BINARY_LOSSES, CLASS_NUMBER_LOSSES, check_class_labels
from modelspec.data.examples import Examples
from modelspec.diagnostics import Findings

from .outputs import Output

Weights = npt.NDArray[np.float32]


def example_weights(
    outputs: tuple[Output, ...],
    examples: Examples,
    labels: Mapping[str, tuple[str, ...]],
    findings: Findings,
) -> dict[str, Weights] | None:
    """For each output the weights [n] of the examples; None where all count alike.

    Args:
        outputs: with their class weights.
        examples: the training split.
        labels: output name to its classes.
        findings: takes class weights of a target without classes, and unknown labels.
    """
    by_class = {
        output.name: _by_class(output, examples, labels.get(output.name), findings)
        for output in outputs
        if output.class_weight is not None
    }
    if examples.weights is None and not by_class:
        return None
    base = examples.weights
    if base is None:
        base = np.ones(len(examples), dtype=np.float32)
    found = {}
    for output in outputs:
        extra = by_class.get(output.name)
        found[output.name] = base if extra is None else base * extra
    return found


def _by_class(
    output: Output, examples: Examples, labels: tuple[str, ...] | None, findings: Findings
) -> Weights | None:
    given = output.class_weight
    assert given is not None
    target = examples.targets[output.name]
    whole = target.ndim == 2 and target.shape[1] == 1 and bool((target == np.floor(target)).all())
    has_classes = labels is not None or output.loss_class in CLASS_NUMBER_LOSSES | BINARY_LOSSES
    if not whole or not has_classes:
        message = f"`class_weight` needs one class for each example, which `{output.name}` has not"
        findings.error(given.span, "class-weight", message)
        return None
    codes = target[:, 0].astype(np.int64)
    if given.by_label is None:
        kinds, positions, counts = np.unique(codes, return_inverse=True, return_counts=True)
        balanced: Any = len(codes) / (len(kinds) * counts)
        return np.asarray(balanced[positions], dtype=np.float32)
    known = labels or tuple(str(kind) for kind in np.unique(codes).tolist())
    check_class_labels(output.name, given, known, findings)
    table = {label: given.by_label.get(label, 1.0) for label in known}
    kinds, positions = np.unique(codes, return_inverse=True)
    names = [labels[kind] if labels else str(kind) for kind in kinds.tolist()]
    return np.asarray([table[name] for name in names], dtype=np.float32)[positions]
