"""Examples of larger images than the model takes: their middle, or all where `augment` crops."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from modelspec.analysis.data import Size
from modelspec.data.table import Array, FeaturePlan, LazyArray, example_shape
from modelspec.diagnostics import Findings, Span

from .examples import Examples


def crop_examples(
    examples: Examples,
    plan: FeaturePlan,
    span: Span,
    findings: Findings,
    *,
    keeps_whole: bool = False,
) -> Examples | None:
    """The examples with the middle of each image that `augment` crops; None with findings.

    Args:
        examples: with images as the source has them.
        plan: says which inputs and targets are cropped.
        span: where findings point.
        findings: takes images that are too small, and targets of another size.
        keeps_whole: whether the result has the examples as they are too, as `uncropped`.
    """
    if not plan.crops:
        return examples
    if not _fit(examples, plan, span, findings):
        return None
    made = replace(
        examples,
        inputs=_middles(examples.inputs, plan.crops),
        targets=_middles(examples.targets, plan.cropped_targets),
        step_weights={
            name: _middle_of_array(weights, plan.cropped_targets[name])
            if name in plan.cropped_targets and weights.ndim > 2
            else weights
            for name, weights in examples.step_weights.items()
        },
    )
    return replace(made, uncropped=examples) if keeps_whole else made


def _fit(examples: Examples, plan: FeaturePlan, span: Span, findings: Findings) -> bool:
    """Whether all can be cropped, and targets as their images; a finding where not."""
    whole = set()
    for name, size in plan.crops.items():
        if name in examples.inputs:
            found = example_shape(examples.inputs[name])[:2]
            whole.add(found)
            if any(have is None or have < want for have, want in zip(found, size, strict=True)):
                message = (
                    f"the images of `{name}` have a size of {list(found)}, and RandomCrop cuts"
                    f" {list(size)} out of them"
                )
                hint = "crop to a smaller size, which the input has to have too"
                findings.error(span, "input-shape", message, hint=hint)
                return False
    for name in plan.cropped_targets:
        if name not in examples.targets:
            continue
        found = example_shape(examples.targets[name])[:2]
        if whole and found not in whole:
            sizes = " and ".join(str(list(size)) for size in sorted(whole))
            message = (
                f"the target of `{name}` has a size of {list(found)}, and the images that are"
                f" cropped with it {sizes}"
            )
            hint = "give the targets the size of their images"
            findings.error(span, "target-shape", message, hint=hint)
            return False
    return True


def _middles(
    arrays: Mapping[str, Array | LazyArray], sizes: Mapping[str, Size]
) -> dict[str, Array | LazyArray]:
    return {
        name: _middle(values, sizes[name]) if name in sizes else values
        for name, values in arrays.items()
    }


def _middle(values: Array | LazyArray, size: Size) -> Array | LazyArray:
    if not isinstance(values, LazyArray):
        array: Array = _middle_of_array(values, size)
        return array
    make, each = values.make, values.each

    def middles(references: Any) -> Any:
        return _middle_of_array(make(references), size)

    def one(reference: Any) -> Any:
        assert each is not None
        return _middle_of_array(each(reference)[None], size)[0]

    shape = (*size, *values.shape[2:])
    made = replace(values, shape=shape, make=middles, each=None if each is None else one)
    return replace(made, again=None if values.again is None else (_middle, (values, size)))


def _middle_of_array(images: Any, size: Size) -> Any:
    """The middle of images [b, height, width, ...], where keras.layers.CenterCrop finds it."""
    top, left = ((have - want) // 2 for have, want in zip(images.shape[1:3], size, strict=True))
    return images[:, top : top + size[0], left : left + size[1]]
