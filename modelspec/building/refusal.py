"""What Keras refuses, in one line that a person can read."""

from __future__ import annotations

import re

from modelspec.diagnostics import Span

_COLOUR = re.compile(r"\x1b\[[0-9;]*m")
_PREAMBLE = re.compile(r"^Exception encountered when calling [^\n]*\n+")
_ECHO = re.compile(
    r"\n*(Arguments received by|Call arguments received by|Full config|Received:? config)"
)
MOST = 500


class RefusedError(Exception):
    """Keras refused an object or a call. `span` is the place in the spec to blame."""

    def __init__(self, message: str, span: Span) -> None:
        super().__init__(message)
        self.message = message
        self.span = span


def plain_words(error: BaseException) -> str:
    """The message of an exception of Keras's or TensorFlow's, without colour, preamble and echo."""
    text = _COLOUR.sub("", str(error)).strip()
    text = _PREAMBLE.sub("", text)
    text = _ECHO.split(text)[0]
    text = " ".join(text.split())
    if len(text) > MOST:
        text = text[: MOST - 1] + "…"
    if isinstance(error, MemoryError) or "OOM" in text:
        return "there is not enough memory for it"
    return text or type(error).__name__
