"""Targets of images that `augment` moves or mixes, which have to be moved and mixed with them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from modelspec.analysis.arguments import complete
from modelspec.analysis.data import IMAGE_RANK, AugmentedInputs, is_gray_image, is_image
from modelspec.analysis.facts import Analysis, shape_text
from modelspec.analysis.losses import CLASS_NUMBER_LOSSES, objectives_of
from modelspec.diagnostics import Findings, Related, join_words
from modelspec.layers.rule import Tensor
from modelspec.spec import Spec
from modelspec.spec.data import Columns, DataSpec
from modelspec.spec.model import InputSpec, KerasObject

from .images import MASK, VALUES, follow_kind, image_target, mixes, moves
from .names import CODE, as_key


def check_followers(
    group: AugmentedInputs,
    groups: Sequence[AugmentedInputs],
    targets: tuple[Columns, ...],
    spec: Spec,
    analysis: Analysis,
    findings: Findings,
) -> None:
    """Check the targets, and the other inputs, of images that are moved or mixed.

    Args:
        group: an entry of `augment`.
        groups: all entries.
        targets: as `match_targets` returns them.
        spec: with `data`.
        analysis: of the model.
        findings: takes targets that cannot be moved or mixed with the images.
    """
    assert spec.data is not None
    inputs, losses = analysis.graph.inputs, _loss_classes(spec, analysis)
    followers = {
        name: kind
        for name, kind in _followers(spec.data, losses, group, analysis)
        if group.follows(name, groups)
    }
    _check_outputs(group, followers, analysis, findings)
    moving = [layer for layer in group.augment.layers if moves(layer)]
    if moving:
        _refuse_other_sizes(group, moving[0], groups, analysis, findings)
        _check_clear(group, moving[0], followers, inputs, findings)
    _check_moving(moving, followers, findings)
    mixing = next((layer for layer in group.augment.layers if mixes(layer)), None)
    if mixing is not None:
        _check_mixed_inputs(group, mixing, inputs, findings)
        _check_mixed_targets(mixing, targets, followers, losses, findings)


def _followers(
    data: DataSpec, losses: Mapping[str, str], group: AugmentedInputs, analysis: Analysis
) -> Iterator[tuple[str, str]]:
    """The outputs whose targets are images of the size of inputs, and how these move."""
    for name, tensor in analysis.outputs.items():
        if isinstance(tensor, Tensor):
            target, image = image_target(data, name), group.entries[0].shape or ()
            kind = follow_kind(tensor.shape[1:], image, losses.get(name, ""), target)
            if kind is not None:
                yield name, kind


def _loss_classes(spec: Spec, analysis: Analysis) -> Mapping[str, str]:
    """Keras's class of the loss of each output, as far as known."""
    if spec.training is None:
        return {}
    found = objectives_of(spec.training, tuple(analysis.graph.output_names))
    return {name: objective.loss_class for name, objective in found.items()}


def _check_outputs(
    group: AugmentedInputs, followers: Mapping[str, str], analysis: Analysis, findings: Findings
) -> None:
    """Check that the targets which are to move with images are images of their size."""
    size = (group.entries[0].shape or ())[:2]
    for name in group.output_names:
        if name not in followers:
            tensor = analysis.outputs.get(name)
            shape = shape_text(tensor.shape[1:]) if isinstance(tensor, Tensor) else "unknown"
            message = (
                f"the target of `{name}` is not an image of {shape_text(size)}, which could move"
                f" with others: its output has shape {shape}"
            )
            hint = "name inputs here, and outputs that have a value for each pixel"
            findings.error(group.augment.span, CODE, message, hint=hint)


def _refuse_other_sizes(
    group: AugmentedInputs,
    layer: KerasObject,
    groups: Sequence[AugmentedInputs],
    analysis: Analysis,
    findings: Findings,
) -> None:
    """Report a target with places of the images that is of another size, and cannot be moved."""
    image = (group.entries[0].shape or ())[:2]
    for name, tensor in analysis.outputs.items():
        if not isinstance(tensor, Tensor) or tensor.rank != IMAGE_RANK + 1:
            continue
        places = tensor.shape[1:3]
        if places not in (tuple(image), (1, 1)) and group.follows(name, groups):
            message = (
                f"{layer.class_name} moves images of {shape_text(image)}, and the target of"
                f" `{name}` has places of {shape_text(places)}, which are not moved with them"
            )
            hint = "let the output have the size of the images, or leave out the layers that move"
            findings.error(layer.span, CODE, message, hint=hint)
            return


def _check_clear(
    group: AugmentedInputs,
    layer: KerasObject,
    followers: Mapping[str, str],
    inputs: tuple[InputSpec, ...],
    findings: Findings,
) -> None:
    """Check that it is known with which images a target moves: with all of its size, or those that
    are named with it."""
    names = [entry.name for entry in group.entries]
    size = (group.entries[0].shape or ())[:2]
    left = [
        entry.name
        for entry in inputs
        if entry.name not in names
        and (is_image(entry) or is_gray_image(entry))
        and (entry.shape or ())[:2] == size
    ]
    output = next((name for name in followers if name not in group.output_names), None)
    if not left or output is None:
        return
    shown = join_words(f"`{name}`" for name in names)
    message = (
        f"{layer.class_name} moves the images of {shown}, and it is not known with which input the"
        f" target of `{output}` moves"
    )
    hint = (
        f"name what moves together: `{as_key(*names, output)}: [...]`, or"
        f" `{as_key(*names, *left, output)}: [...]` to move all alike"
    )
    findings.error(layer.span, CODE, message, hint=hint)


def _check_moving(
    moving: Sequence[KerasObject], followers: Mapping[str, str], findings: Findings
) -> None:
    """Check that targets which are images can be moved with their images."""
    name = next((name for name, kind in followers.items() if kind == VALUES), None)
    layer = next((layer for layer in moving if "value_range" in complete(layer)), None)
    if name is None or layer is None:
        return
    message = (
        f"{layer.class_name} changes colors too, and the target of `{name}` is an image of"
        " numbers, which would change with them"
    )
    hint = "write layers that only move, such as RandomFlip and RandomRotation"
    findings.error(layer.span, CODE, message, hint=hint)


def _check_mixed_inputs(
    group: AugmentedInputs, layer: KerasObject, inputs: tuple[InputSpec, ...], findings: Findings
) -> None:
    """Check that all inputs of an example are mixed with those of another."""
    names = [entry.name for entry in group.entries]
    other = next((one for one in inputs if one.name not in names), None)
    if other is not None:
        shown = join_words(f"`{name}`" for name in names)
        message = f"{layer.class_name} mixes {shown} of two examples, and not `{other.name}`"
        related = (Related(other.span, f"`{other.name}` is declared here"),)
        hint = "remove it: a mixed example would have other inputs of one of the two"
        images = all(is_image(entry) or is_gray_image(entry) for entry in inputs)
        if images and len({(entry.shape or ())[:2] for entry in inputs}) == 1:
            hint = f"mix all inputs: `{as_key(*(entry.name for entry in inputs))}: [...]`"
        findings.error(layer.span, CODE, message, hint=hint, related=related)


def _check_mixed_targets(
    layer: KerasObject,
    targets: tuple[Columns, ...],
    followers: Mapping[str, str],
    losses: Mapping[str, str],
    findings: Findings,
) -> None:
    """Check that the targets of an example can be mixed with those of another."""
    cuts = "factor" in complete(layer)
    for target in targets:
        name = str(target.name)
        if name in followers:
            if not cuts and followers[name] == MASK:
                message = f"{layer.class_name} cannot mix masks: no class is the mean of two"
                hint = "write CutMix, which cuts the masks as it cuts the images"
                findings.error(layer.span, CODE, message, hint=hint)
        elif not target.has_column_per_label and (
            target.labels is not None or losses.get(name) in CLASS_NUMBER_LOSSES
        ):
            _refuse_class_numbers(layer, target, findings)


def _refuse_class_numbers(layer: KerasObject, target: Columns, findings: Findings) -> None:
    column = target.columns[0]
    message = (
        f"{layer.class_name} mixes targets, and `{column}` has class numbers, which do not mix"
    )
    hint = "add `one_hot: true` to the target, which gives each class a column"
    if target.labels is None:
        hint = (
            f"write `{target.name}: {{column: {column}, labels: auto, one_hot: true}}` under"
            " `targets`, which gives each class a column"
        )
    related = (Related(target.span, "the target is here"),)
    hint += ", and categorical_crossentropy as its loss"
    findings.error(layer.span, CODE, message, hint=hint, related=related)
