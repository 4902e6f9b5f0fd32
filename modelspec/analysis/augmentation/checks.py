"""Check `data.augment`: its inputs, its layers one after another, and the targets that they mix."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from modelspec.analysis.arguments import complete, defaults_of, keras_class
from modelspec.analysis.facts import Analysis, shape_text
from modelspec.analysis.losses import CLASS_NUMBER_LOSSES, objectives_of
from modelspec.diagnostics import Findings, Related, join_words, suggest
from modelspec.layers import classes_with, rule_of
from modelspec.layers.rule import IN_TRAINING, LayerCall, Mismatch, Tensor
from modelspec.schema import class_schema
from modelspec.spec import Spec
from modelspec.spec.data import Augment, Columns, DataSpec
from modelspec.spec.model import ExampleShape, InputSpec, KerasObject

from .images import (
    GRAY_RANK,
    IMAGE_RANK,
    MASK,
    VALUES,
    augmented_inputs,
    follow_kind,
    image_target,
    is_gray_image,
    is_image,
    mixes,
    moves,
)

CODE = "wrong-augmentation"

WITHOUT_MEANING = {
    "seed": "each example has another seed there, which comes from `training.seed`",
    "data_format": "images are [height, width, channels] there",
    "dtype": "it computes in float32",
    "bounding_box_format": "there are no boxes",
    "activity_regularizer": "it is not a layer of the model",
    "trainable": "it is not a layer of the model",
    "autocast": "it computes in float32",
}
"""Arguments that layers have in a model, and why `augment` does not take them."""


def check_augment(
    spec: Spec, targets: tuple[Columns, ...], analysis: Analysis, findings: Findings
) -> None:
    """Check `data.augment` against the model and the targets.

    Args:
        spec: with `data`.
        targets: as `match_targets` returns them.
        analysis: of the model.
        findings: takes what does not fit.
    """
    data = spec.data
    assert data is not None
    before = findings.error_count
    inputs = analysis.graph.inputs
    for augment in data.augment:
        _check_layers(augment, findings)
        _check_input(augment, inputs, findings)
    if findings.error_count > before:
        return
    losses = _loss_classes(spec, analysis)
    found = augmented_inputs(data, inputs)
    for entry, augment in found.values():
        _check_shapes(entry, augment, findings)
        followers = dict(_followers(data, losses, entry, analysis))
        moving = [layer for layer in augment.layers if moves(layer)]
        if moving:
            _refuse_other_sizes(entry, moving[0], analysis, findings)
        if moving and followers and len(found) > 1:
            _report_unclear(entry, moving[0], next(iter(followers)), findings)
        else:
            _check_moving(moving, followers, findings)
        mixing = next((layer for layer in augment.layers if mixes(layer)), None)
        if mixing is not None:
            _check_mixed_inputs(entry, mixing, inputs, findings)
            _check_mixed_targets(mixing, targets, followers, losses, findings)


def _check_layers(augment: Augment, findings: Findings) -> None:
    """Check what each layer is, and its arguments."""
    taken = classes_with("augments")
    mixing = [layer for layer in augment.layers if mixes(layer)]
    for layer in augment.layers:
        name = keras_class(layer)
        if name not in taken:
            _refuse(layer, name, findings)
        for argument, reason in WITHOUT_MEANING.items():
            usual = defaults_of("layer", layer.class_name).get(argument)
            if layer.args.get(argument, usual) != usual:  # `expand` writes out what is usual
                message = f"`{argument}` has no effect in `augment`: {reason}"
                place = layer.arg_spans.get(argument, layer.span)
                findings.error(place, CODE, message, hint="remove it")
    if len(mixing) > 1:
        first, second = mixing[:2]
        message = f"{first.class_name} and {second.class_name} both mix each example with another"
        related = (Related(first.span, f"{first.class_name} is here"),)
        findings.error(second.span, CODE, message, hint="keep one of them", related=related)


def _refuse(layer: KerasObject, name: str, findings: Findings) -> None:
    message = (
        f"`augment` takes layers that change images at random, and `{layer.class_name}` is none"
    )
    hint = "put it into the model"
    if name in classes_with("crops_in_training"):
        message = f"`{layer.class_name}` changes the size of images, which `augment` keeps"
        hint = "remove it, and let the data have the size of the input"
    elif name in classes_with("moves_pixels"):
        message = (
            f"`{layer.class_name}` chooses its changes once for all images, with Python's random"
        )
        hint = "write RandAugment, which draws them for each image"
    findings.error(layer.span, CODE, message, hint=hint)


def _check_input(augment: Augment, inputs: tuple[InputSpec, ...], findings: Findings) -> None:
    """Check that an input takes images, and that it is clear which one is meant."""
    if augment.input is None:
        images = [entry for entry in inputs if is_image(entry)]
        images = images or [entry for entry in inputs if is_gray_image(entry)]
        if len(images) == 1:
            return
        if images:
            names = join_words(f"`{entry.name}`" for entry in images)
            message = f"{names} take images, and `augment` does not say which it changes"
            hint = f"write `augment: {{{images[0].name}: [...]}}`"
        else:
            shown = join_words(f"`{entry.name}` takes {_shape(entry)}" for entry in inputs)
            message = f"`augment` changes images [height, width, channels], and {shown}"
            hint = "remove `augment`, or give the input the shape of an image"
        findings.error(augment.span, CODE, message, hint=hint)
        return
    known = {entry.name: entry for entry in inputs}
    entry = known.get(augment.input)
    if entry is None:
        close = suggest(augment.input, known)
        message = f"the model has no input `{augment.input}`{close.text}"
        hint = f"its inputs are {join_words(f'`{name}`' for name in known)}"
        findings.error(augment.span, "unknown-input", message, hint=hint, replace=close.replace)
    elif not (is_image(entry) or is_gray_image(entry)):
        message = (
            f"`augment` changes images [height, width, channels], and `{entry.name}` takes"
            f" {_shape(entry)}"
        )
        related = (Related(entry.span, f"`{entry.name}` is declared here"),)
        findings.error(augment.span, CODE, message, hint="remove it", related=related)


def _shape(entry: InputSpec) -> str:
    if entry.shape is None:
        return "any shape"
    return f"{entry.dtype or 'float32'} {shape_text(entry.shape)}"


def _check_shapes(entry: InputSpec, augment: Augment, findings: Findings) -> None:
    """Let the rule of each layer look at the images."""
    for layer in augment.layers:
        try:
            _apply(layer, entry.shape or ())
        except Mismatch as mismatch:
            place = layer.arg_spans.get(mismatch.arg or "", layer.span)
            message = f"{layer.class_name}: {mismatch.message.removesuffix(f': {IN_TRAINING}')}"
            findings.error(place, CODE, message, hint=mismatch.hint)
            return


def _apply(layer: KerasObject, shape: ExampleShape) -> None:
    known = class_schema("layer", layer.class_name)
    rule = None if known is None else rule_of(known.file, known.name)
    if rule is None:
        return
    channels = shape if len(shape) > GRAY_RANK else (*shape, 1)
    rule(LayerCall(complete(layer), (Tensor((None, *channels)),)))


def _report_unclear(entry: InputSpec, layer: KerasObject, output: str, findings: Findings) -> None:
    """Report a target that is an image where several inputs are changed."""
    message = (
        f"{layer.class_name} moves the images of `{entry.name}`, and it is not known with which"
        f" input the target of `{output}` moves"
    )
    hint = "let `augment` change one input, or leave out the layers that move"
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


def _refuse_other_sizes(
    entry: InputSpec, layer: KerasObject, analysis: Analysis, findings: Findings
) -> None:
    """Report a target with places of the images that is of another size, and cannot be moved."""
    image = (entry.shape or ())[:2]
    for name, tensor in analysis.outputs.items():
        if not isinstance(tensor, Tensor) or tensor.rank != IMAGE_RANK + 1:
            continue
        places = tensor.shape[1:3]
        if places not in (tuple(image), (1, 1)):
            message = (
                f"{layer.class_name} moves images of {shape_text(image)}, and the target of"
                f" `{name}` has places of {shape_text(places)}, which are not moved with them"
            )
            hint = "let the output have the size of the images, or leave out the layers that move"
            findings.error(layer.span, CODE, message, hint=hint)
            return


def _followers(
    data: DataSpec, losses: Mapping[str, str], entry: InputSpec, analysis: Analysis
) -> Iterator[tuple[str, str]]:
    """The outputs whose targets are images of the size of an input, and how these move."""
    for name, tensor in analysis.outputs.items():
        if isinstance(tensor, Tensor):
            target = image_target(data, name)
            shape = tensor.shape[1:]
            kind = follow_kind(shape, entry.shape or (), losses.get(name, ""), target)
            if kind is not None:
                yield name, kind


def _loss_classes(spec: Spec, analysis: Analysis) -> Mapping[str, str]:
    """Keras's class of the loss of each output, as far as known."""
    if spec.training is None:
        return {}
    found = objectives_of(spec.training, tuple(analysis.graph.output_names))
    return {name: objective.loss_class for name, objective in found.items()}


def _check_mixed_inputs(
    entry: InputSpec, layer: KerasObject, inputs: tuple[InputSpec, ...], findings: Findings
) -> None:
    """Check that an input which is mixed with that of another example is the only one."""
    other = next((one for one in inputs if one.name != entry.name), None)
    if other is not None:
        message = f"{layer.class_name} mixes `{entry.name}` of two examples, and not `{other.name}`"
        related = (Related(other.span, f"`{other.name}` is declared here"),)
        hint = "remove it: a mixed example would have other inputs of one of the two"
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
