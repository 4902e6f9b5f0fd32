"""Check `data.augment`: its inputs, its layers one after another, and the targets that they mix."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from modelspec.analysis.arguments import complete, defaults_of, keras_class
from modelspec.analysis.data import (
    GRAY_RANK,
    IMAGE_RANK,
    AugmentedInputs,
    augmented_inputs,
    crop_size,
    crops,
    is_gray_image,
    is_image,
)
from modelspec.analysis.facts import Analysis, shape_text
from modelspec.analysis.losses import CLASS_NUMBER_LOSSES, objectives_of
from modelspec.diagnostics import Findings, Related, join_words, suggest
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

from .images import (
    MASK,
    VALUES,
    follow_kind,
    image_target,
    mixes,
    moves,
)

CODE = "wrong-augmentation"

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
    inputs = analysis.graph.inputs
    for augment in data.augment:
        _check_layers(augment, findings)
        _check_names(augment, analysis, findings)
    if findings.error_count > before:
        return
    losses = _loss_classes(spec, analysis)
    groups = augmented_inputs(data, inputs)
    for group in groups:
        _check_sizes(group, data, findings)
        _check_shapes(group, findings)
        followers = dict(_followers(data, losses, group, analysis))
        followers = {name: kind for name, kind in followers.items() if group.follows(name, groups)}
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


def _check_names(augment: Augment, analysis: Analysis, findings: Findings) -> None:
    """Check that the inputs take images, and that it is clear which ones are meant."""
    inputs, outputs = analysis.graph.inputs, analysis.graph.output_names
    if not augment.names:
        _check_only_input(augment, inputs, findings)
        return
    known = {entry.name: entry for entry in inputs}
    for name in augment.names:
        entry = known.get(name)
        if entry is None and name not in outputs:
            close = suggest(name, (*known, *outputs))
            message = f"the model has no input `{name}`{close.text}"
            hint = f"its inputs are {join_words(f'`{name}`' for name in known)}"
            whole_key = close.replace if augment.names == (name,) else None
            findings.error(augment.span, "unknown-input", message, hint=hint, replace=whole_key)
        elif entry is not None and not (is_image(entry) or is_gray_image(entry)):
            message = (
                f"`augment` changes images [height, width, channels], and `{entry.name}` takes"
                f" {_shape(entry)}"
            )
            related = (Related(entry.span, f"`{entry.name}` is declared here"),)
            findings.error(augment.span, CODE, message, hint="remove it", related=related)
    if all(name in outputs and name not in known for name in augment.names):
        message = f"`{augment.names[0]}` is an output, and `augment` changes inputs"
        hint = f"write the input with it: `{_key(inputs[0].name, *augment.names)}: [...]`"
        findings.error(augment.span, CODE, message, hint=hint)


def _key(*names: str) -> str:
    """Names as a key of `augment`."""
    return f'"{", ".join(names)}"' if len(names) > 1 else names[0]


def _check_only_input(augment: Augment, inputs: tuple[InputSpec, ...], findings: Findings) -> None:
    """Check that the model has one input that takes images."""
    images = [entry for entry in inputs if is_image(entry)]
    images = images or [entry for entry in inputs if is_gray_image(entry)]
    if len(images) == 1:
        return
    if images:
        names = [entry.name for entry in images]
        shown = join_words(f"`{name}`" for name in names)
        message = f"{shown} take images, and `augment` does not say which it changes"
        hint = (
            f"write `augment: {{{names[0]}: [...]}}`, or `{{{_key(*names)}: [...]}}` to change them"
            " alike"
        )
    else:
        shown = join_words(f"`{entry.name}` takes {_shape(entry)}" for entry in inputs)
        message = f"`augment` changes images [height, width, channels], and {shown}"
        hint = "remove `augment`, or give the input the shape of an image"
    findings.error(augment.span, CODE, message, hint=hint)


def _shape(entry: InputSpec) -> str:
    if entry.shape is None:
        return "any shape"
    return f"{entry.dtype or 'float32'} {shape_text(entry.shape)}"


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
        f"name what moves together: `{_key(*names, output)}: [...]`, or"
        f" `{_key(*names, *left, output)}: [...]` to move all alike"
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
            hint = f"mix all inputs: `{_key(*(entry.name for entry in inputs))}: [...]`"
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
