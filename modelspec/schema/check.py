"""A document against the schema: each fault once, at its place, in the words of the language."""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum
from functools import lru_cache
from typing import Any

import jsonschema_rs

from modelspec.diagnostics import Findings
from modelspec.document import LocatedDict, locate

from .bundle import bundle, cut_names
from .explain import MOST_FAULTS, SchemaFault, explain
from .made_by_set import made_by_set
from .mend import replace_invalid_parts


def check(document: LocatedDict, findings: Findings, *, expressions: bool = True) -> Verdict:
    """Check a whole document; findings take each fault.

    Where there are faults, the document is mended in place so that later stages can look for
    more: a layer with a fault becomes one that nothing is known of. `expressions` says whether
    the document may still hold some, which stand for values of any type.
    """
    validator = _validator(document, expressions)
    faults = _faults(validator, document)
    if not faults:
        return Verdict.VALID
    said, before = {finding.span for finding in findings}, findings.error_count
    whole: set[tuple[str | int, ...]] = set()
    for path in sorted(faults, key=len):
        if any(path[:length] in whole for length in range(len(path) + 1)):
            continue  # what stands around it is no object at all
        if locate(document, path, document.span) in said:
            continue  # the text itself is at fault there
        if findings.error_count - before >= MOST_FAULTS:
            message = f"the spec has more than {MOST_FAULTS:,} faults; these are the first"
            findings.error(document.span, "too-many-faults", message)
            break
        fault = document, path, faults[path], findings
        if made_by_set(*fault) or explain(*fault):
            whole.add(path)
    complete = replace_invalid_parts(document, list(faults))
    if _faults(_validator(document, expressions), document):
        return Verdict.UNUSABLE
    return Verdict.PATCHED if complete else Verdict.INCOMPLETE


class Verdict(Enum):
    """What the schema says of a document, and what later stages can make of it."""

    VALID = "no problem"
    PATCHED = "invalid parts were all replaced: the graph can be checked"
    INCOMPLETE = "edges or outputs were removed: what is unused cannot be told"
    UNUSABLE = "there is no model to look at"


def _validator(document: LocatedDict, expressions: bool) -> jsonschema_rs.Draft202012Validator:
    return _compiled(cut_names().intersection(_keys(document)), expressions)


@lru_cache(maxsize=64)
def _compiled(used: frozenset[str], expressions: bool) -> jsonschema_rs.Draft202012Validator:
    """Compiling takes longer than checking, and the files of one project use the same layers."""
    return jsonschema_rs.Draft202012Validator(bundle(used, expressions=expressions))


def _faults(
    validator: jsonschema_rs.Draft202012Validator, document: LocatedDict
) -> dict[tuple[str | int, ...], list[SchemaFault]]:
    faults: dict[tuple[str | int, ...], list[SchemaFault]] = {}
    for error in validator.iter_errors(document):
        path = tuple(error.instance_path)
        faults.setdefault(path, []).append(SchemaFault(path, error.kind.name, error.kind))
    return faults


def _keys(value: Any) -> Iterable[str]:
    """All mapping keys; shared values (aliases) are visited once."""
    waiting, seen = [value], set()
    while waiting:
        item = waiting.pop()
        if isinstance(item, dict):
            if id(item) not in seen:
                seen.add(id(item))
                yield from item
                waiting.extend(item.values())
        elif isinstance(item, list) and id(item) not in seen:
            seen.add(id(item))
            waiting.extend(item)
