"""A spec's data as text, checked by the same stages that will read it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from modelspec.compile import analyze_spec, compile_expanded
from modelspec.diagnostics import Finding, Findings, Severity, Span
from modelspec.document import emit
from modelspec.spec.expansion import expand, find_declarations

TOO_LARGE = "too-large"
"""The code of what exceeds a limit of a spec, which says nothing about Keras."""

MAX_INLINE_COMMENTS = 3
"""On how many lines a comment for each is easier to read than one for the file."""


def checked_spec_text(data: dict[str, Any], span: Span, findings: Findings) -> str | None:
    """The text of an imported spec; None with findings where it would not be sound.

    A file may contain what Keras 3 rejects: a rate of 1.5, tensors that do not fit. Where only its
    compile settings do, `training` is left out, from `data` too. What a lint would advise against
    is how the file's model is, so each such line asks for silence.
    """
    text = emit(data)
    found = _check(text)
    errors = [finding for finding in found if finding.severity is Severity.ERROR]
    if errors and "training" in data:
        untrained = {key: value for key, value in data.items() if key != "training"}
        without = _check(emit(untrained))
        if all(finding.severity is not Severity.ERROR for finding in without):
            message = f"`training` is left out: {errors[0].message}"
            findings.note(span, "training-left-out", message, hint=errors[0].hint)
            del data["training"]
            return _with_suppressions(emit(untrained), without)
    lines = text.splitlines()
    for fault in errors:
        if fault.code == TOO_LARGE:
            message = f"the model is larger than a spec may be: {fault.message}"
            findings.error(span, TOO_LARGE, message)
            continue
        line = lines[fault.span.line - 1].strip() if 0 < fault.span.line <= len(lines) else ""
        shown = line if len(line) <= 80 else line[:79] + "…"
        message = f"the model is not valid in Keras 3: {fault.message} (in the spec: {shown})"
        findings.error(span, "unsound", message, hint=fault.hint)
    return None if errors else _with_suppressions(text, found)


def _check(text: str) -> list[Finding]:
    """All findings of a text, as `validate` has them."""
    findings = Findings()
    try:
        compiled = compile_expanded(text, "<spec>", None, findings)
        if compiled is None:
            return findings.sorted()
        document = compiled[0].document
        if expand(document, find_declarations(document), findings) is not None:  # it has limits
            analyze_spec(*compiled, findings)
    except (ArithmeticError, LookupError, TypeError, ValueError) as error:
        message = f"its values do not describe a model ({type(error).__name__}: {error})"
        findings.error(Span("<spec>", 1, 1, 1, 1), "unsound", message)
    return findings.sorted()


def _with_suppressions(text: str, found: Sequence[Finding]) -> str:
    """The text with a comment at the end of each line that has a warning.

    A code that many lines would name is named once, at the top.
    """
    places: dict[str, set[int]] = {}
    for finding in found:
        places.setdefault(finding.code, set()).add(finding.span.line)
    common = [code for code, at in places.items() if len(at) > MAX_INLINE_COMMENTS]
    codes: dict[int, dict[str, None]] = {}
    for finding in found:
        if finding.code not in common:
            codes.setdefault(finding.span.line, {})[finding.code] = None
    lines = text.splitlines()
    for line, names in codes.items():
        lines[line - 1] += f"  # modelspec: ignore[{', '.join(names)}]"
    if common:
        lines.insert(0, f"# modelspec: ignore-file[{', '.join(common)}]")
    return "\n".join(lines) + "\n"
