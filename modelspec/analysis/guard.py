"""An exception in a check is a finding at the layer, and never the end of the analysis."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from modelspec.diagnostics import Findings, Span

PACKAGE = Path(__file__).parent.parent


@contextmanager
def guarded(what: str, span: Span, findings: Findings) -> Iterator[None]:
    """A block of checks that may end in an exception, which becomes a warning.

    Args:
        what: what is looked at, for the message: `"d" (Dense)`, "the lint relu-output".
        span: where it is written.
        findings: takes the warning. What is wrong with the spec stands there alone: it may be why
            the check could not be done.
    """
    try:
        yield
    except Exception as error:
        message = f"{what} cannot be checked: {describe_failure(error)}"
        hint = (
            "this is a mistake in modelspec; please report this line with the spec. What Keras "
            "thinks of it, `modelspec validate --build` shows"
        )
        findings.failure(span, "internal-error", message, hint=hint)


def describe_failure(error: Exception) -> str:
    """The exception, and the line of modelspec that raised it."""
    import traceback  # not needed where all is well

    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if PACKAGE in Path(frame.filename).parents]
    where = ""
    if own:
        path = Path(own[-1].filename).relative_to(PACKAGE.parent).as_posix()
        where = f" in {path}:{own[-1].lineno}"
    return f"{type(error).__name__}: {error}{where}"
