"""Names that are given once, and the ones that Keras makes up for layers without a name."""

from __future__ import annotations

import re
from collections.abc import Iterable

from modelspec.diagnostics import Findings, Related, Span


class UniqueNames:
    """Hands out names of which no two are equal: `x`, then `x_1`, `x_2` ...

    Args:
        taken: names that are in use already.
        first: the number that the second name of a stem gets.
    """

    def __init__(self, taken: Iterable[str] = (), *, first: int = 1) -> None:
        self._taken = set(taken)
        self._first = first
        self._next: dict[str, int] = {}

    def add(self, name: str) -> None:
        """Mark a name as taken."""
        self._taken.add(name)

    def unique(self, wanted: str, stem: str | None = None) -> str:
        """`wanted` where it is free, else `stem` (by default `wanted`) with the next free number.

        The name that is returned is taken from then on.
        """
        name, stem = wanted, wanted if stem is None else stem
        number = self._next.get(stem, self._first)
        while name in self._taken:
            name = f"{stem}_{number}"
            number += 1
        self._next[stem] = number  # a taken name stays taken: no need to count from the start again
        self._taken.add(name)
        return name


class ModelNames:
    """The names of one model's inputs, layers and results, with their locations."""

    def __init__(self) -> None:
        self._spans: dict[str, Span] = {}
        self._names = UniqueNames()

    def add(self, name: str) -> None:
        """Mark a written name as taken."""
        self._names.add(name)

    def declare(self, name: str, span: Span, findings: Findings) -> None:
        """Mark a name that is written at `span` as taken; an error where it is taken already."""
        first = self._spans.get(name)
        if first is None:
            self._spans[name] = span
            self._names.add(name)
        elif first == span:
            message = f'the name "{name}" is given to several layers of one model'
            hint = f'in a `repeat` let it count: "{name}_${{index}}"; an alias repeats the name too'
            findings.error(span, "duplicate-name", message, hint=hint)
        else:
            message = f'the name "{name}" is given twice in one model'
            related = (Related(first, "first here"),)
            findings.error(span, "duplicate-name", message, related=related)

    def default_name(self, class_name: str) -> str:
        """The next free name for a layer without one: `conv2d`, `conv2d_1`, ..."""
        return self._names.unique(snake_case(class_name))


def snake_case(class_name: str) -> str:
    """`MaxPooling2D` to `max_pooling2d`, as `keras.utils.naming.to_snake_case` does."""
    name = class_name.rpartition(">")[2].rpartition(".")[2]
    name = re.sub(r"\W+", "", name)
    name = re.sub(r"(.)([A-Z][a-z]+)", r"\1_\2", name)
    return re.sub(r"([a-z])([A-Z])", r"\1_\2", name).lower()
