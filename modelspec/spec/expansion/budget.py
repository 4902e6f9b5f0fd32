"""How large a spec may grow. What would exceed a limit is refused before it is made."""

from __future__ import annotations

from modelspec.diagnostics import Span

MAX_LAYERS = 10_000
"""Layers of a model, those of nested models too."""

MAX_VALUES = 1_000_000
"""Values (keys, numbers, texts) of a document once it is expanded."""

MAX_DEPTH = 80
"""Levels of a document once it is expanded; a file may have 100."""


class TooLargeError(Exception):
    """Expansion stops; the finding says why."""

    def __init__(self, message: str, span: Span) -> None:
        super().__init__(message)
        self.message = message
        self.span = span


class Budget:
    """The layers and values that one expansion may still make."""

    def __init__(self) -> None:
        self._layers = MAX_LAYERS
        self._values = MAX_VALUES

    def layer(self, span: Span) -> None:
        """Spend one layer; TooLargeError where none is left."""
        self._layers -= 1
        if self._layers < 0:
            raise self._too_many(span, "this")

    def values(self, count: int, span: Span) -> None:
        """Spend values; TooLargeError where there are not so many left."""
        self._values -= count
        if self._values < 0:
            message = f"expanded, the spec has more than {MAX_VALUES:,} values"
            raise TooLargeError(message, span)

    def foresee(self, layers: int, span: Span, what: str) -> None:
        """TooLargeError where at least so many layers would be made and are not left."""
        if layers > self._layers:
            raise self._too_many(span, what)

    def _too_many(self, span: Span, what: str) -> TooLargeError:
        message = f"with {what} the model has more than {MAX_LAYERS:,} layers"
        return TooLargeError(message, span)


def measure(value: object, known: dict[int, tuple[int, int]]) -> tuple[int, int]:
    """How many values a value is made of, and how many levels it has.

    Shared parts count wherever they stand and are measured once; `known` remembers them. The
    values must outlive it.
    """
    if not isinstance(value, (dict, list)):
        return 1, 1
    found = known.get(id(value))
    if found is None:
        parts = value.values() if isinstance(value, dict) else value
        below = [measure(part, known) for part in parts]
        size = 1 + sum(count for count, _ in below)
        found = size, 1 + max((depth for _, depth in below), default=0)
        known[id(value)] = found
    return found
