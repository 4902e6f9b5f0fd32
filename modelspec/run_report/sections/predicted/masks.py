"""Masks that the model predicts worst, beside those of the data."""

from __future__ import annotations

from collections.abc import Sequence

from modelspec.evaluation import Confusion
from modelspec.run_report.content import ShownMask
from modelspec.run_report.elements import Content, Markup, joined, number, shorten, tag

READING = (
    "The examples of the smallest IoU. Compare the shapes: a prediction that is only shifted or "
    "too small is another trouble than one of the wrong class. Pixels that count nowhere are white."
)

COLOURS = (
    "30343f e6553a 2f9bd8 f2c14e 4caf72 a66bd0 f28fb1 8c6d46 7fd1c7 5763c9 "
    "c7d26a b0304f 1f7a6d f0a35e 9aa5b8 d83fa8 6a8f2f 4e8ea3 c9b8f0 e7e0c9"
)

MOST_NAMED = 20
"""Classes whose colours are named; the colours of more repeat."""

MOST_LETTERS = 18

Colour = tuple[int, int, int]


def class_colours(classes: int) -> list[Colour]:
    """The colour of each of some classes in pictures of masks: red, green and blue, 0 to 255."""
    known = [tuple(bytes.fromhex(one)) for one in COLOURS.split()]
    return [known[number % len(known)] for number in range(classes)]  # type: ignore[misc]


def mask_gallery(confusion: Confusion, masks: Sequence[ShownMask]) -> list[Content]:
    """The examples of an output, each with its picture, the truth and the prediction."""
    if not masks:
        return []
    name, labels = confusion.output, confusion.labels[:MOST_NAMED]
    legend = [
        tag("li", tag("span", class_="mask-colour", style=f"background:#{colour}"), joined(label))
        for label, colour in zip(
            (shorten(one, MOST_LETTERS) for one in labels), COLOURS.split(), strict=False
        )
    ]
    return [
        tag("h4", f"{name}: examples of the smallest IoU"),
        tag("p", READING, class_="reading"),
        tag("ul", legend, class_="legend", aria_label=f"Colours of the classes of {name}"),
        tag("ul", [_item(one) for one in masks], class_="gallery masks", aria_label=_label(name)),
    ]


def _label(name: str) -> str:
    return f"Masks of {name}"


def _item(mask: ShownMask) -> Markup:
    shown = [("image", mask.image), ("truth", mask.truth), ("prediction", mask.predicted)]
    figures = [
        tag("figure", tag("img", src=url, alt=f"{mask.place}: {what}"), tag("figcaption", what))
        for what, url in shown
        if url
    ]
    said = tag("div", f"IoU {number(mask.iou)}")
    return tag(
        "li", tag("div", figures, class_="trio"), said, tag("div", mask.place, class_="reading")
    )
