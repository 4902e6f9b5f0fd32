"""Check `data.augment`: the layers one after another, and the images that they change."""

from __future__ import annotations

from modelspec.analysis.arguments import complete, defaults_of, keras_class
from modelspec.analysis.data import (
    GRAY_RANK,
    IMAGE_RANK,
    AugmentedInputs,
    augmented_inputs,
    crop_size,
    crops,
    is_image,
)
from modelspec.analysis.facts import Analysis, shape_text
from modelspec.diagnostics import Findings, Related
from modelspec.layers import classes_with, rule_of
from modelspec.layers.rule import IN_TRAINING, LayerCall, Mismatch, Tensor
from modelspec.schema import class_schema
from modelspec.spec import Spec
from modelspec.spec.data import (
    Augment,
    Columns,
    DataSpec,
    path_columns,
    source_of_files,
    sources_of,
)
from modelspec.spec.model import ExampleShape, InputSpec, KerasObject

from .images import mixes, moves
from .names import CODE, check_names
from .targets import check_followers

WITHOUT_MEANING = {
    "seed": "each example has another seed there, which comes from `training.seed`",
    "data_format": "images are [height, width, channels] there",
    "dtype": "it computes in float32",
    "bounding_box_format": "targets that are boxes are not moved",
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
    for augment in data.augment:
        _check_layers(augment, findings)
        check_names(augment, analysis, findings)
    if findings.error_count > before:
        return
    groups = augmented_inputs(data, analysis.graph.inputs)
    for group in groups:
        _check_sizes(group, data, findings)
        _check_shapes(group, findings)
        check_followers(group, groups, targets, spec, analysis, findings)


def _check_layers(augment: Augment, findings: Findings) -> None:
    """Check what each layer is, and its arguments."""
    taken = classes_with("augments")
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
    for does, deed in ((mixes, "mix each example with another"), (crops, "crop the images")):
        several = [layer for layer in augment.layers if does(layer)]
        if len(several) > 1:
            first, second = several[:2]
            message = f"{first.class_name} and {second.class_name} both {deed}"
            if first.class_name == second.class_name:
                message = f"{second.class_name} stands here for the second time"
            related = (Related(first.span, f"{first.class_name} is here"),)
            findings.error(second.span, CODE, message, hint="keep one of them", related=related)


def _refuse(layer: KerasObject, name: str, findings: Findings) -> None:
    message = (
        f"`augment` takes layers that change images at random, and `{layer.class_name}` is none"
    )
    hint = "put it into the model"
    if name in classes_with("moves_pixels"):
        message = (
            f"`{layer.class_name}` chooses its changes once for all images, with Python's random"
        )
        hint = "write RandAugment, which draws them for each image"
    findings.error(layer.span, CODE, message, hint=hint)


def _check_sizes(group: AugmentedInputs, data: DataSpec, findings: Findings) -> None:
    """Check the sizes of images that are changed alike, and of those that are cropped."""
    first, *others = group.entries
    size = (first.shape or ())[:2]
    for entry in others:
        if (entry.shape or ())[:2] != size:
            message = (
                f"`{first.name}` has images of {shape_text(size)} and `{entry.name}` of"
                f" {shape_text((entry.shape or ())[:2])}, which cannot be changed alike"
            )
            findings.error(group.augment.span, CODE, message, hint="write a list for each of them")
            return
        colored = next((layer for layer in group.augment.layers if _changes_colors(layer)), None)
        if colored is not None and _channels(entry) != _channels(first):
            message = (
                f"{colored.class_name} cannot change the colors of `{first.name}` and"
                f" `{entry.name}` alike: they have {_channels(first)} and {_channels(entry)}"
                " channels"
            )
            hint = f"write it in a list for `{first.name}` alone"
            findings.error(colored.span, CODE, message, hint=hint)
            return
    layer = next((layer for layer in group.augment.layers if crops(layer)), None)
    if layer is not None:
        _check_crop(layer, first, data, findings)


def _changes_colors(layer: KerasObject) -> bool:
    """Whether a layer changes pixels by themselves, not their places alone."""
    if mixes(layer):
        return False
    return not moves(layer) or "value_range" in complete(layer)


def _channels(entry: InputSpec) -> int | None:
    return (entry.shape or ())[IMAGE_RANK - 1] if is_image(entry) else 1


def _check_crop(layer: KerasObject, entry: InputSpec, data: DataSpec, findings: Findings) -> None:
    """Check that images are cropped to the size of the input, and out of larger ones."""
    made, wanted = crop_size(layer), (entry.shape or ())[:2]
    related = (Related(entry.span, f"`{entry.name}` is declared here"),)
    if tuple(made) != tuple(wanted):
        message = (
            f"{layer.class_name} makes images of {list(made)}, and the input `{entry.name}` takes"
            f" {shape_text(wanted)}"
        )
        if None in wanted:
            message += (
                f"; validation and predictions are of the middle of images in the size of"
                f" `{entry.name}`, which so has to be known"
            )
        shape = shape_text((*made, *(entry.shape or ())[2:]))
        hint = f"give the input `shape: {shape}`, which is that of the cropped images"
        findings.error(layer.span, CODE, message, hint=hint, related=related)
        return
    of_training = source_of_files(data.train)
    sources = sources_of(data).values() if path_columns(data.train) else ()
    for source in map(source_of_files, sources):
        size, is_train = source.options.get("size"), source is of_training
        larger = [side + side // 8 for side in made]
        if size is None and not is_train and "size" in of_training.options:
            continue  # reported with the shape of the input
        if size is None:
            message = (
                f"{layer.class_name} cuts {list(made)} out of larger images, and `{source.kind}`"
                " has no `size`, so its images have that of the input"
            )
            hint = f"write a `size` above that of the input, such as `size: {larger}`"
            findings.error(source.span, CODE, message, hint=hint, related=related)
        elif size[0] < made[0] or size[1] < made[1]:
            message = (
                f"{layer.class_name} cuts {list(made)} out of images, and those of `{source.kind}`"
                f" have a size of {list(size)}"
            )
            hint = f"write a larger one, such as `size: {larger}`"
            findings.error(source.place("size"), CODE, message, hint=hint, related=related)


def _check_shapes(group: AugmentedInputs, findings: Findings) -> None:
    """Let the rule of each layer look at the images."""
    for entry in group.entries:
        for layer in group.augment.layers:
            try:
                _apply(layer, entry.shape or ())
            except Mismatch as mismatch:
                place = layer.arg_spans.get(mismatch.arg or "", layer.span)
                message = mismatch.message.removesuffix(f": {IN_TRAINING}")
                message = f"{layer.class_name}: {message}"
                findings.error(place, CODE, message, hint=mismatch.hint)
                return


def _apply(layer: KerasObject, shape: ExampleShape) -> None:
    known = class_schema("layer", layer.class_name)
    rule = None if known is None else rule_of(known.file, known.name)
    if rule is None:
        return
    channels = shape if len(shape) > GRAY_RANK else (*shape, 1)
    rule(LayerCall(complete(layer), (Tensor((None, *channels)),)))
