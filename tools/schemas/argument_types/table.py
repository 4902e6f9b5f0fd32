"""The form of a table of argument types."""

from __future__ import annotations

from typing import NamedTuple


class Table(NamedTuple):
    """Types of arguments.

    Attributes:
        names: argument name to type, for every class that does not stand in `places`.
        places: (class, argument) to type.
    """

    names: dict[str, str]
    places: dict[tuple[str, str], str]


def words(text: str) -> list[str]:
    """The words of a text: a list of names that is easier to read than one in quotes."""
    return text.split()


def ranked(classes: dict[str, int], arguments: dict[str, str]) -> dict[tuple[str, str], str]:
    """Types that differ by the number of spatial axes.

    Args:
        classes: class name to its number of spatial axes.
        arguments: argument name to a type with `{n}` in the place of that number.
    """
    return {
        (name, argument): pattern.format(n=rank)
        for name, rank in classes.items()
        for argument, pattern in arguments.items()
    }
