"""Shapes of examples against those that inputs take."""

from __future__ import annotations

from modelspec.spec.model import ExampleShape


def takes_shape(wanted: ExampleShape, found: tuple[int, ...]) -> bool:
    """Whether an input of a shape takes examples of another, give or take a last axis of size 1."""
    found = with_rank_of(found, wanted)
    return len(found) == len(wanted) and all(
        size is None or size == given for given, size in zip(found, wanted, strict=True)
    )


def with_rank_of(found: tuple[int, ...], wanted: ExampleShape) -> tuple[int, ...]:
    """A shape with the rank of another, where a last axis of size 1 makes the difference."""
    if len(found) == len(wanted) - 1 and wanted[-1] in (1, None):
        return (*found, 1)
    if len(found) == len(wanted) + 1 and found[-1] == 1:
        return found[:-1]
    return found


def agree(made: ExampleShape, wanted: ExampleShape) -> bool:
    """Whether two shapes of one rank have no two known sizes that differ."""
    return len(made) == len(wanted) and all(
        None in (size, other) or size == other for size, other in zip(made, wanted, strict=True)
    )
