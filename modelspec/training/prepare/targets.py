"""Targets that the losses can compare with the outputs, and how much each example counts.

Keras would broadcast some wrong targets silently, and fail on others inside a compiled step with a
message about an operation that no spec names.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from modelspec.analysis.data import output_shapes
from modelspec.analysis.losses import (
    BINARY_LOSSES,
    CLASS_NUMBER_LOSSES,
    SINGLE_VALUE_LOSSES,
    OutputObjective,
    TargetRequirement,
    check_class_labels,
    check_target_shape,
    find_output_layers,
    report_out_of_range,
    report_out_of_reach,
)
from modelspec.data import Data, load_without_inputs
from modelspec.data.examples import Examples, check_targets_decode
from modelspec.data.table import LazyArray
from modelspec.diagnostics import Findings, Related
from modelspec.graph import Graph
from modelspec.spec import Spec

from .given_sizes import analyze_with_data, check_shares
from .job import state_values_of_job
from .outputs import Output, match_outputs
from .vocabularies import check_vocabularies

Weights = npt.NDArray[np.float32]
"""[n]: how much each example counts; or [n, steps...]: how much each step does."""


def check_targets(
    output: Output,
    examples: Examples,
    labels: tuple[str, ...] | None,
    graph: Graph,
    findings: Findings,
) -> None:
    """Check the targets of one output on one split.

    Args:
        output: the output with its loss.
        examples: the split.
        labels: the target's classes, or None.
        graph: says where in the spec the output is.
        findings: takes targets of a wrong shape or range.
    """
    requirement = _requirement_of(output, graph)
    target = examples.targets[output.name]
    has_weights = _check_step_weights(output, examples, findings)
    if isinstance(target, LazyArray):  # an image, which the analysis and its reader check
        return
    if _has_column_per_label(labels, target):
        labels = None
    is_open = check_target_shape(requirement, labels, target.shape[1:], findings)
    if not is_open or not has_weights:
        return
    is_bad = (target < 0) | (target > requirement.largest)
    if requirement.takes_class_numbers:
        is_bad |= target != np.floor(target)
    if requirement.ignored is not None:
        is_bad &= target != requirement.ignored
    if is_bad.any():
        position = tuple(int(i) for i in np.argwhere(is_bad)[0])
        location = examples.table.locate(int(examples.rows[position[0]]))
        report_out_of_range(requirement, float(target[position]), location, findings)


NEAR = 1e-6
"""What float32 rounds off."""


def check_reach(
    output: Output,
    splits: Iterable[Examples | None],
    labels: tuple[str, ...] | None,
    graph: Graph,
    findings: Findings,
) -> None:
    """Report targets of an output that its last activation cannot give, once for all splits."""
    requirement = _requirement_of(output, graph)
    reach, found, far, count = requirement.reach, [], 0, 0
    for examples in splits:
        target = None if examples is None else examples.targets[output.name]
        if reach is None or labels is not None or target is None or isinstance(target, LazyArray):
            continue
        assert examples is not None
        is_far = (target < reach[0] - NEAR) | (target > reach[1] + NEAR)
        far, count = far + int(is_far.sum()), count + is_far.size
        if is_far.any():
            position = tuple(int(i) for i in np.argwhere(is_far)[0])
            row = int(examples.rows[position[0]])
            found.append((row, float(target[position]), examples.table.locate(row)))
    if found:
        _, value, place = min(found)
        report_out_of_reach(requirement, (value, place), (far, count), findings)


def _has_column_per_label(labels: tuple[str, ...] | None, target: npt.NDArray[Any]) -> bool:
    """Whether labels became columns of 0 and 1 rather than class numbers, which are integers."""
    return labels is not None and target.dtype.kind == "f"


def _requirement_of(output: Output, graph: Graph) -> TargetRequirement:
    span = graph.output_spans[graph.output_names.index(output.name)]
    related = (Related(span, f"the output `{output.name}` is here"),)
    layer = find_output_layers(graph)[output.name]
    activation = None if layer is None else layer.activation
    return TargetRequirement(
        output.name, output.loss, output.loss_class, output.shape, related, activation=activation
    )


def weigh_examples(
    outputs: tuple[Output, ...],
    examples: Examples,
    labels: Mapping[str, tuple[str, ...]],
    findings: Findings,
) -> dict[str, Weights] | None:
    """For each output the sample weights times the class weights; None if all are 1.

    Args:
        outputs: with their class weights.
        examples: the training split.
        labels: output name to its classes.
        findings: takes class weights of a target without classes, and unknown labels.
    """
    by_class = {
        output.name: _class_weights(output, examples, labels.get(output.name), findings)
        for output in outputs
        if output.class_weight is not None
    }
    if examples.weights is None and not examples.step_weights and not by_class:
        return None
    base = sample_weights(examples, [output.name for output in outputs])
    made = {name: _times(weights, by_class.get(name)) for name, weights in base.items()}
    return {output.name: _for_places(made[output.name], output) for output in outputs}


def _for_places(weights: Weights, output: Output) -> Weights:
    """Weights [n] of images with axes of size 1 for height and width, which Keras does not add."""
    is_image = len(output.shape) > 2 and output.loss_class not in SINGLE_VALUE_LOSSES
    if weights.ndim > 1 or not (is_image and output.loss_class):
        return weights
    return weights.reshape(-1, *[1] * (len(output.shape) - 1))


def sample_weights(examples: Examples, names: Sequence[str]) -> dict[str, Weights]:
    """For each output the weight of each example, times that of each step where there are some."""
    base = examples.weights
    if base is None:
        base = np.ones(len(examples), dtype=np.float32)
    return {name: _times(base, examples.step_weights.get(name)) for name in names}


def without_own_padding(examples: Examples, objectives: Iterable[OutputObjective]) -> Examples:
    """The examples without the weights of steps that only say which tokens are padding, for losses
    of whole examples: CTC passes over padding by itself."""
    dropped = {
        objective.name
        for objective in objectives
        if objective.loss_class == "CTC" and _is_padding(examples, objective.name)
    }
    if not dropped:
        return examples
    kept = {name: w for name, w in examples.step_weights.items() if name not in dropped}
    return replace(examples, step_weights=kept)


def with_padding_of_losses(data: Data, outputs: Iterable[OutputObjective]) -> Data:
    """The data, each split `without_own_padding`."""
    objectives = tuple(outputs)
    validation, test = (
        None if split is None else without_own_padding(split, objectives)
        for split in (data.validation, data.test)
    )
    train = without_own_padding(data.train, objectives)
    return replace(data, train=train, validation=validation, test=test)


def _is_padding(examples: Examples, name: str) -> bool:
    weights, target = examples.step_weights.get(name), examples.targets.get(name)
    if weights is None or target is None or weights.shape != target.shape:
        return False
    return bool(((weights > 0) == (target != 0)).all())


def _times(weights: Weights, factors: Weights | None) -> Weights:
    """The product of weights, [n] or [n, steps...] each."""
    if factors is None:
        return weights
    axes = max(weights.ndim, factors.ndim)
    one, other = (
        part.reshape(*part.shape, *[1] * (axes - part.ndim)) for part in (weights, factors)
    )
    return one * other


def _check_step_weights(output: Output, examples: Examples, findings: Findings) -> bool:
    """Whether the loss of an output has a value for each step that has a weight."""
    weights = examples.step_weights.get(output.name)
    if weights is None or weights.ndim == 1:
        return True
    given, name = weights.shape[1:], output.loss.class_name
    if output.loss_class in SINGLE_VALUE_LOSSES or len(given) >= len(output.shape):
        message = (
            f"`{name}` has one value for each example, and `{output.name}` has weights of shape"
            f" {list(given)}"
        )
        hint = "give one weight for each example, or take a loss that compares step by step"
    elif output.loss_class and len(given) != len(output.shape) - 1:
        message = (
            f"`{name}` has a value for each place of shape {list(output.shape[:-1])}, and"
            f" `{output.name}` has weights of shape {list(given)}"
        )
        hint = f"give weights of shape {list(output.shape[:-1])}"
    else:
        return True
    findings.error(output.loss.span, "target-shape", message, hint=hint)
    return False


def _class_weights(
    output: Output, examples: Examples, labels: tuple[str, ...] | None, findings: Findings
) -> Weights | None:
    """The weight of each example, or of each step, by its class; None if they have none."""
    given = output.class_weight
    assert given is not None
    target = examples.targets[output.name]
    if isinstance(target, LazyArray):
        message = (
            "`class_weight` counts the classes of all pixels, and the images and masks together"
            " are too large to be decoded into memory"
        )
        hint = "leave it out, or bring them to a smaller size"
        findings.error(given.span, "class-weight", message, hint=hint)
        return None
    codes = _class_numbers(output, examples, target, labels)
    if codes is None:
        message = f"`class_weight` needs one class for each example, which `{output.name}` has not"
        findings.error(given.span, "class-weight", message)
        return None
    classes, positions, counts = np.unique(codes, return_inverse=True, return_counts=True)
    positions = positions.reshape(codes.shape)
    if given.by_label is None:
        counts = _counts(positions, len(classes), examples.step_weights.get(output.name))
        balanced = counts.sum() / (np.count_nonzero(counts) * np.maximum(counts, 1))
        return np.asarray(balanced[positions], dtype=np.float32)
    known = labels or tuple(str(code) for code in classes.tolist())
    check_class_labels(output.name, given, known, findings)
    table = {label: given.by_label.get(label, 1.0) for label in known}
    names = [labels[code] if labels else str(code) for code in classes.tolist()]
    return np.asarray([table.get(name, 1.0) for name in names], dtype=np.float32)[positions]


def _counts(
    positions: npt.NDArray[np.int64], classes: int, weights: Weights | None
) -> npt.NDArray[np.int64]:
    """How often each class occurs; steps of weight 0 do not count."""
    counted = positions if weights is None else positions[weights > 0]
    return np.bincount(counted.ravel(), minlength=classes)


def _class_numbers(
    output: Output,
    examples: Examples,
    target: npt.NDArray[Any],
    labels: tuple[str, ...] | None,
) -> npt.NDArray[np.int64] | None:
    """The classes [n], or [n, steps...] of an output with steps; None where they are not single."""
    if _has_column_per_label(labels, target):
        weights = examples.step_weights.get(output.name)
        marked = target if weights is None or weights.ndim == 1 else target[weights > 0]
        return target.argmax(axis=-1) if (marked.sum(axis=-1) == 1).all() else None
    rank = max(1, len(output.shape))
    if target.ndim == rank + 1 and target.shape[-1] == 1:
        target = target[..., 0]
    has_classes = labels is not None or output.loss_class in CLASS_NUMBER_LOSSES | BINARY_LOSSES
    is_whole = has_classes and target.ndim == rank and bool((target == np.floor(target)).all())
    return target.astype(np.int64) if is_whole else None


def check_training_data(
    spec: Spec,
    graph: Graph,
    folder: Path,
    shapes: Mapping[str, tuple[int | None, ...]],
    findings: Findings,
) -> None:
    """Read all data of a spec and check it against the model and its losses.

    Args:
        spec: with `data`.
        graph: of its model.
        folder: what paths are relative to.
        shapes: output name to the output's shape without the batch axis; empty where the shape
            of one output is unknown.
        findings: takes what is wrong.

    Raises:
        CannotRunError: the disk is full.
    """
    training = spec.training
    assert spec.data is not None
    data = load_without_inputs(
        spec.data, folder, graph, 0 if training is None else training.seed, findings
    )
    if data is None:
        return
    before = findings.error_count
    if training is not None:
        state_values_of_job(spec, data, findings)
    check_shares(spec, data, spec.workers, findings)
    at_sizes = analyze_with_data(spec, graph, data, findings)
    if training is None or not shapes or findings.error_count > before:
        return
    if at_sizes is not None:
        shapes = {**shapes, **output_shapes(at_sizes)}
    outputs = match_outputs(training, shapes, findings)
    if outputs is None:
        return
    data = with_padding_of_losses(data, outputs)
    check_vocabularies(outputs, data, spec, graph, findings)
    labels = data.label_names
    for output in outputs:
        splits = (data.train, data.validation, data.test)
        check_reach(output, splits, labels.get(output.name), graph, findings)
        for examples in (data.train, data.validation, data.test):
            if examples is not None and findings.error_count == before:
                check_targets(output, examples, labels.get(output.name), graph, findings)
    are_known = not any(isinstance(one, LazyArray) for one in data.train.targets.values())
    if findings.error_count == before and are_known:
        weigh_examples(outputs, data.train, labels, findings)
    for examples in (data.train, data.validation, data.test):
        if examples is not None and findings.error_count == before:
            check_targets_decode(examples, spec.data.train.span, findings)
