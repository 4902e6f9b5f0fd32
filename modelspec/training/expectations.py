"""What `expect.metrics` asks for against what was measured."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from modelspec.diagnostics import Span
from modelspec.spec import Expect, expectation_message


@dataclass(frozen=True, slots=True)
class MissedExpectation:
    """A metric that is not what the spec expects; `value` is None where it was not measured."""

    name: str
    value: float | None
    bounds: str
    span: Span

    def __str__(self) -> str:
        """In the form of a finding: `file:line:column: error: ... [expectation-missed]`."""
        place = f"{self.span.file}:{self.span.line}:{self.span.column}"
        got = "it was not measured" if self.value is None else f"got {self.value:.6g}"
        message = expectation_message(self.name, self.bounds, got)
        return f"{place}: error: {message} [expectation-missed]"


def misses(
    expect: Expect | None, measured: Mapping[str, float], prefix: str = ""
) -> list[MissedExpectation]:
    """The expectations that are not met.

    Args:
        expect: the section, or None.
        measured: values by name, such as `test_accuracy`.
        prefix: look only at the expectations whose names begin so.
    """
    found = []
    for bounds in () if expect is None else expect.metrics:
        value = measured.get(bounds.name)
        if bounds.name.startswith(prefix) and (value is None or not bounds.hold(value)):
            found.append(MissedExpectation(bounds.name, value, str(bounds), bounds.span))
    return found
