"""What `expect.metrics` asks for against what was measured."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from modelspec.diagnostics import Findings, Span, did_you_mean, listed
from modelspec.spec.expect import Bounds, Expect

_PART = re.compile(r"_[0-9]+\Z")
"""What is added to the name of a metric that has a value for each class."""


@dataclass(frozen=True, slots=True)
class Miss:
    """A metric that is not what the spec expects; `value` is None where it was not measured."""

    name: str
    value: float | None
    bounds: str
    span: Span

    def __str__(self) -> str:
        """In the form of a finding: `file:line:column: error: ... [expectation-missed]`."""
        place = f"{self.span.file}:{self.span.line}:{self.span.column}"
        got = "it was not measured" if self.value is None else f"got {self.value:.6g}"
        return f"{place}: error: `{self.name}` must be {self.bounds}, {got} [expectation-missed]"


def misses(expect: Expect | None, measured: Mapping[str, float], prefix: str = "") -> list[Miss]:
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
            found.append(Miss(bounds.name, value, str(bounds), bounds.span))
    return found


def check_names(
    expect: Expect | None, names: Iterable[str], splits: Iterable[str], findings: Findings
) -> None:
    """Findings for expectations that no training can decide, before time is spent on it.

    Args:
        expect: the section, or None.
        names: what is logged for the training split: `loss`, `accuracy` ...
        splits: the prefixes of the other splits that the data has: `val_`, `test_`.
        findings: takes unknown names.
    """
    if expect is None:
        return
    logged = list(names)
    known = [f"{prefix}{name}" for prefix in ("test_", "val_", "") for name in logged]
    able = {f"{prefix}{name}" for prefix in ("", *splits) for name in logged}
    for bounds in expect.metrics:
        if bounds.name in able or _PART.sub("", bounds.name) in able:
            continue
        _complain(bounds, known, findings)


def _complain(bounds: Bounds, known: list[str], findings: Findings) -> None:
    if bounds.name in known:
        split = "test" if bounds.name.startswith("test_") else "validation"
        message = f"`{bounds.name}` is never measured: `data` has no `{split}`"
        findings.error(
            bounds.span, "unknown-metric", message, hint=f"add `{split}: 0.15` to `data`"
        )
        return
    close = did_you_mean(bounds.name, known)
    message = f"nothing measures `{bounds.name}`{close}"
    hint = f"there is {listed(known, most=12)}"
    findings.error(bounds.span, "unknown-metric", message, hint=hint)
