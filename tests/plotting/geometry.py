"""Whether what a picture draws lies on one another."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from modelspec.plotting import Picture
from modelspec.plotting.placing import Box, BoxKind, Label, Line

Area = tuple[float, float, float, float]
"""Left, top, right, bottom."""

SLACK = 0.5


def overlaps(picture: Picture) -> Iterator[str]:  # noqa: PLR0912
    """Each overlap, in words: of boxes, of labels, of lines with boxes and labels, and each part
    that lies outside."""
    boxes = [(box, _area(box)) for box in picture.boxes if box.kind is not BoxKind.DOT]
    labels = [(label, _area(label)) for label in picture.labels]
    for (one, a), (other, b) in _close(boxes):
        if _meet(a, b) and not (_holds(one, a, b) or _holds(other, b, a)):
            yield f"{_name(one)} and {_name(other)}"
    for (one, a), (other, b) in _close(labels):
        if _meet(a, b):
            yield f"label {one.text} and label {other.text} at {a}"
    solid = [(box, area) for box, area in boxes if box.kind is not BoxKind.FRAME]
    for label, area in labels:
        for box, other in solid:
            if _meet(area, other):
                yield f"label {label.text} and {_name(box)}"
        for box, other in boxes:
            if box.kind is BoxKind.FRAME and _crosses_border(area, other):
                yield f"label {label.text} and the border of {_name(box)}"
    for line in picture.lines:
        yield from _overlaps_of(line, solid, labels)
    for name, area in (
        *((_name(b), a) for b, a in boxes),
        *((label.text, a) for label, a in labels),
    ):
        if area[0] < -SLACK or area[1] < -SLACK:
            yield f"{name} begins outside"
        if area[2] > picture.width + SLACK or area[3] > picture.height + SLACK:
            yield f"{name} ends outside"


def _overlaps_of(
    line: Line, solid: list[tuple[Box, Area]], labels: list[tuple[Label, Area]]
) -> Iterator[str]:
    way = f"the line from {line.source.path} to {line.target.path}"
    for start, end in pairwise(line.points):
        area = (min(start[0], end[0]), min(start[1], end[1]),
                max(start[0], end[0]), max(start[1], end[1]))  # fmt: skip
        for box, other in solid:
            if _meet(area, other):
                yield f"{way} and {_name(box)}"
        for label, other in labels:
            if _meet(area, other):
                yield f"{way} and label {label.text} at {other}"


def _close(found: list[tuple[object, Area]]) -> Iterator[tuple[tuple, tuple]]:
    """Pairs of what could meet."""
    ordered = sorted(found, key=lambda pair: pair[1][1])
    for number, one in enumerate(ordered):
        for other in ordered[number + 1 :]:
            if other[1][1] > one[1][3]:
                break
            yield one, other


def _area(part: Box | Label) -> Area:
    return (part.x, part.y, part.x + part.width, part.y + part.height)


def _meet(a: Area, b: Area) -> bool:
    return (
        a[0] < b[2] - SLACK and b[0] < a[2] - SLACK and a[1] < b[3] - SLACK and b[1] < a[3] - SLACK
    )


def _holds(box: Box, a: Area, b: Area) -> bool:
    inside = a[0] <= b[0] and a[1] <= b[1] and b[2] <= a[2] and b[3] <= a[3]
    return box.kind is BoxKind.FRAME and inside


def _crosses_border(area: Area, frame: Area) -> bool:
    inside = (
        frame[0] <= area[0] and frame[1] <= area[1] and area[2] <= frame[2] and area[3] <= frame[3]
    )
    return _meet(area, frame) and not inside


def _name(box: Box) -> str:
    return f"the {box.kind} {box.node.path}"
