"""The names in `data.augment` against the model's inputs and outputs."""

from __future__ import annotations

from modelspec.analysis.data import is_gray_image, is_image
from modelspec.analysis.facts import Analysis, shape_text
from modelspec.diagnostics import Findings, Related, join_words, suggest
from modelspec.spec.data import Augment
from modelspec.spec.model import InputSpec

CODE = "wrong-augmentation"


def check_names(augment: Augment, analysis: Analysis, findings: Findings) -> None:
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
        hint = f"write the input with it: `{as_key(inputs[0].name, *augment.names)}: [...]`"
        findings.error(augment.span, CODE, message, hint=hint)


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
            f"write `augment: {{{names[0]}: [...]}}`, or `{{{as_key(*names)}: [...]}}` to change"
            " them alike"
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


def as_key(*names: str) -> str:
    """Names as a key of `augment`."""
    return f'"{", ".join(names)}"' if len(names) > 1 else names[0]
