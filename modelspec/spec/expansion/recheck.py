"""The schema's second look: at what expressions gave, and at blocks with their params."""

from __future__ import annotations

from collections.abc import Mapping

from modelspec.diagnostics import Finding, Findings, Reason, Related, Span
from modelspec.document import LocatedDict
from modelspec.schema import Verdict, check

from .plain import Origin


def recheck(document: LocatedDict, origins: Mapping[Span, Origin], findings: Findings) -> Verdict:
    """Check a document that was written out; the findings name the expression behind a value.

    Args:
        document: without expressions; mended in place where it has faults.
        origins: place of each scalar that an expression gave, to where its value comes from.
        findings: takes the faults.
    """
    found = Findings()
    verdict = check(document, found, expressions=False)
    turns: dict[tuple[object, ...], list[Finding]] = {}
    for finding in found:
        origin = origins.get(finding.span)
        key = (finding if origin is None else (finding.span, finding.code, finding.related),)
        turns.setdefault(key, []).append(finding)
    for same in turns.values():
        more = len(dict.fromkeys(same)) - 1
        findings.extend([_explained(same[0], origins.get(same[0].span), more)])
    return verdict


def _explained(finding: Finding, origin: Origin | None, more: int) -> Finding:
    """The finding with the expression that gave the value, in this and in `more` other turns."""
    if origin is None:
        return finding
    text, given = origin
    related = finding.related
    if given is not None:
        related = (*related, Related(given, f"{text} is given here"))
    hint = f"it is the value of `{text}`"
    if more:
        hint += f", and wrong in {more} other turn{'s' if more > 1 else ''} too"
    divides = "/" in text.replace("//", "")
    if divides and finding.reason is Reason.WHOLE_NUMBER_EXPECTED:
        hint += '; "//" divides without remainder; int() and round() give whole numbers'
    hint = f"{hint}; {finding.hint}" if finding.hint else hint
    return finding._replace(hint=hint, related=related)
