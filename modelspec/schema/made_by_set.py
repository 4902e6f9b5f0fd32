"""A section that is there only because `--set` names a key within it."""

from __future__ import annotations

from modelspec.diagnostics import Findings, join_words
from modelspec.document import LocatedDict, OverrideName, locate

from .explain import Path, SchemaFault


def made_by_set(
    document: LocatedDict, path: Path, faults: list[SchemaFault], findings: Findings
) -> bool:
    """One finding for such a section where it lacks keys; whether there was one to say.

    Args:
        document: the whole document.
        path: where the faults are.
        faults: of the value there.
        findings: takes the finding.
    """
    missing = sorted(str(fault.detail.property) for fault in faults if fault.keyword == "required")
    span, section = locate(document, path, document.span), ".".join(map(str, path))
    file = span.file
    if not (missing and isinstance(file, OverrideName) and file.path.startswith(f"{section}.")):
        return False
    message = f"the spec has no `{section}` to set a value in"
    keys = join_words(f"`{key}`" for key in missing)
    hint = f"add `{path[-1]}:` with {keys} to the spec, or set these too"
    findings.error(span, "bad-override", message, hint=hint)
    return True
