"""Names within one model: no two alike, and the ones that Keras would make up."""

from __future__ import annotations

import re

from modelspec.diagnostics import Findings, Related, Span


class Names:
    """The names taken so far in one model, with their places."""

    def __init__(self) -> None:
        self._taken: dict[str, Span] = {}
        self._counts: dict[str, int] = {}

    def take(self, name: str, span: Span, findings: Findings) -> None:
        """Take a name that was written; a finding where it is taken already."""
        first = self._taken.get(name)
        if first is None:
            self._taken[name] = span
        elif first == span:
            message = f'the name "{name}" is given to several layers of one model'
            hint = f'in a `repeat` let it count: "{name}_${{index}}"; an alias repeats the name too'
            findings.error(span, "duplicate-name", message, hint=hint)
        else:
            message = f'the name "{name}" is given twice in one model'
            related = (Related(first, "first here"),)
            findings.error(span, "duplicate-name", message, related=related)

    def fresh(self, class_name: str) -> str:
        """The next free name for a layer without one: `conv2d`, `conv2d_1`, ..."""
        stem = snake_case(class_name)
        while True:
            count = self._counts.get(stem, 0)
            self._counts[stem] = count + 1
            name = f"{stem}_{count}" if count else stem
            if name not in self._taken:
                self._taken[name] = Span("", 0, 0, 0, 0)
                return name


def snake_case(class_name: str) -> str:
    """`MaxPooling2D` to `max_pooling2d`, as `keras.utils.naming.to_snake_case` does."""
    name = class_name.rpartition(">")[2].rpartition(".")[2]
    name = re.sub(r"\W+", "", name)
    name = re.sub(r"(.)([A-Z][a-z]+)", r"\1_\2", name)
    return re.sub(r"([a-z])([A-Z])", r"\1_\2", name).lower()
