"""The check of a document against the schema: each error once, at its location."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from enum import Enum
from functools import lru_cache
from typing import Any

import jsonschema_rs

from modelspec.diagnostics import Findings
from modelspec.document import LocatedDict, locate

from .bundle import WHOLE, bundle, cut_names
from .placeholders import replace_invalid_parts
from .walk import SchemaViolation


def check(document: LocatedDict, findings: Findings, *, expressions: bool = True) -> Verdict:
    """Check a whole document against the schema.

    Args:
        document: changed in place where it has errors, so that later stages can look for more:
            an invalid layer becomes one that nothing is known of.
        findings: takes the errors.
        expressions: whether a text with `${` may be a value of any type, as it may until
            expressions are evaluated.
    """
    validator = _validator(document, expressions)
    violations = _violations(validator, document)
    if not violations:
        return Verdict.VALID
    from .explain import MAX_EXPLAINED, explain, explain_override

    reported, before = {finding.span for finding in findings}, findings.error_count
    whole: set[tuple[str | int, ...]] = set()
    for path in sorted(violations, key=len):
        if any(path[:length] in whole for length in range(len(path) + 1)):
            continue  # the value around it is wrong as a whole
        if locate(document, path, document.span) in reported:
            continue  # the text itself is wrong there
        if findings.error_count - before >= MAX_EXPLAINED:
            message = f"the spec has more than {MAX_EXPLAINED:,} errors; only the first are shown"
            findings.error(document.span, "too-many-faults", message)
            break
        arguments = document, path, violations[path], findings
        if explain_override(*arguments) or explain(*arguments):
            whole.add(path)
    complete = replace_invalid_parts(document, list(violations))
    if _violations(_validator(document, expressions), document):
        return Verdict.UNUSABLE
    return Verdict.PATCHED if complete else Verdict.INCOMPLETE


class Verdict(Enum):
    """The result of the check, and what later stages can do with the document."""

    VALID = "no problem"
    PATCHED = "invalid parts were all replaced: the graph can be checked"
    INCOMPLETE = "edges or outputs were removed: what is unused cannot be told"
    UNUSABLE = "there is no model to look at"


_NEARBY: ContextVar[frozenset[str]] = ContextVar("names of documents nearby", default=frozenset())


def schema_names(document: LocatedDict) -> frozenset[str]:
    """The classes of Keras, and the sections, among the keys of a document: what the schema has."""
    return cut_names().intersection(_keys(document))


@contextmanager
def one_schema(names: frozenset[str]) -> Iterator[None]:
    """Check documents against one schema, compiled once, though they use different classes.

    Args:
        names: of all of them, as `schema_names` gives them.
    """
    token = _NEARBY.set(names)
    try:
        yield
    finally:
        _NEARBY.reset(token)


def _validator(document: LocatedDict, expressions: bool) -> jsonschema_rs.Draft202012Validator:
    return _compiled(schema_names(document) | _NEARBY.get(), expressions)


@lru_cache(maxsize=64)
def _compiled(used: frozenset[str], expressions: bool) -> jsonschema_rs.Draft202012Validator:
    """Compiling takes longer than checking, and the files of one project use the same layers."""
    schema = bundle(used, expressions=expressions)
    return jsonschema_rs.Draft202012Validator(schema, keywords={WHOLE: _WholeNumber})


class _WholeNumber:
    """The keyword `x-whole`: a float is no integer, whatever its value."""

    def __init__(self, parent_schema: Any, value: Any, schema_path: Any) -> None:
        """The validator makes one for each schema that has the keyword."""

    def validate(self, instance: Any) -> None:
        """Raise what the validator takes for a violation."""
        if isinstance(instance, float):
            raise ValueError("a float where an integer belongs")


def _violations(
    validator: jsonschema_rs.Draft202012Validator, document: LocatedDict
) -> dict[tuple[str | int, ...], list[SchemaViolation]]:
    violations: dict[tuple[str | int, ...], list[SchemaViolation]] = {}
    for error in validator.iter_errors(document):
        path = tuple(_path_of(error, document))
        violations.setdefault(path, []).append(SchemaViolation(path, error.kind.name, error.kind))
    return violations


def _path_of(error: Any, value: Any) -> Iterator[str | int]:
    """The path of an error in a document: the validator leaves out keys that are empty."""
    for part in error.instance_path:
        while isinstance(value, dict) and part not in value and "" in value:
            yield ""
            value = value[""]
        yield part
        value = value[part]
    while isinstance(value, dict) and "" in value and value != error.instance:
        yield ""
        value = value[""]


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
