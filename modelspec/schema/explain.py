"""The errors of a JSON Schema validator as findings that a person can use.

The validator reports the path of a value and the keyword that it violates. The path is followed
through the schemas to learn what belongs there: an argument of a class, a list of layers, a plain
value. Each named type has a `title` that completes the sentence "`units` must be …".

Imported only where a spec has an error.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator
from typing import Any

from modelspec.diagnostics import (
    Findings,
    Reason,
    Suggestion,
    join_words,
    nearest,
    suggest,
)
from modelspec.document import LocatedDict, OverrideName, locate

from .bundle import WHOLE
from .explain_objects import explain_object
from .files import ROOT, Schema, follow
from .habits import (
    hint_for_argument,
    hint_for_key,
    hint_for_override,
    hint_for_value,
    names_class,
    tuple_of,
)
from .table_habits import hint_for_table_key, hint_for_table_value
from .tune_habits import hint_for_tune_key, hint_for_tune_value
from .walk import (
    Path,
    SchemaPlace,
    SchemaViolation,
    branches,
    enumerated_words,
    key_span_at,
    value_at,
    walk,
)

MAX_EXPLAINED = 500
"""Errors that are reported; nobody fixes a file by a longer list."""


def explain(
    document: LocatedDict, path: Path, violations: list[SchemaViolation], findings: Findings
) -> bool:
    """Add findings for all violations at one path: one for each key that is wrong.

    Returns:
        Whether the value as a whole is wrong, so that violations inside it add nothing.
    """
    place = walk(path)
    if place.leaf or place.path != path:
        _wrong_value(document, place, findings)
        return True
    is_object = "x-object" in place.schema
    if is_object and explain_object(document, place, violations, findings):
        return True
    keywords = {violation.keyword for violation in violations}
    if is_object or keywords & _OF_VALUES:
        _wrong_value(document, place, findings)
        return True
    handled = is_whole = False
    unknown = [
        key
        for violation in violations
        if violation.keyword == "additionalProperties"
        for key in violation.detail.unexpected
    ]
    for violation in violations:
        if violation.keyword == "required":
            missing = str(violation.detail.property)
            if nearest(missing, unknown) is None:  # else it is there, misspelt: reported below
                _missing(document, place, missing, findings)
            handled = True
        elif violation.keyword in ("maxProperties", "minProperties"):
            is_whole = _not_one_key(document, place, unknown, findings)
            handled = True
        elif violation.keyword in ("additionalProperties", "unevaluatedProperties"):
            for key in violation.detail.unexpected[:MAX_EXPLAINED]:
                _unknown_key(document, place, key, findings)
            handled = True
        elif violation.keyword == "oneOf" and not unknown:
            _not_one_of(document, place, findings)
            handled = True
        elif violation.keyword == "propertyNames":
            _bad_names(document, place, findings)
            handled = True
    if not handled:
        _wrong_value(document, place, findings)
    return is_whole or not handled


_OF_VALUES = frozenset(
    ("type", WHOLE, "enum", "const", "pattern", "minItems", "maxItems", "minLength")
)


def explain_override(
    document: LocatedDict, path: Path, violations: list[SchemaViolation], findings: Findings
) -> bool:
    """One finding for a section that exists only because `--set` names a key within it.

    Args:
        document: the whole document.
        path: the path of the section.
        violations: of the section; keys that it lacks among them.
        findings: takes the finding.

    Returns:
        Whether it is such a section, and lacks keys.
    """
    missing = sorted(
        str(violation.detail.property)
        for violation in violations
        if violation.keyword == "required"
    )
    span, section = locate(document, path, document.span), ".".join(map(str, path))
    file = span.file
    if not (missing and isinstance(file, OverrideName) and file.path.startswith(f"{section}.")):
        return False
    message = f"the spec has no `{section}` to set a value in"
    keys = join_words(f"`{key}`" for key in missing)
    hint = f"add `{path[-1]}:` with {keys} to the spec, or set these too"
    findings.error(span, "bad-override", message, hint=hint)
    return True


def _wrong_value(document: LocatedDict, place: SchemaPlace, findings: Findings) -> None:
    value = value_at(document, place.path)
    span = locate(document, place.path, document.span)
    expected = place.schema.get("title", "something else")
    if place.path and names_class(place.path[-1], place.schema):
        expected = "a mapping of its arguments"
    name = _name(place.path)
    close = Suggestion()
    if isinstance(value, str):
        close = suggest(value, enumerated_words(place.schema, place.file))
    message = f"{name} must be {expected}, got {format_value(value)}{close.text}"
    replace = close.replace
    hint = _habit_of_value(document, place, value)
    if value is None and place.path:
        where = (
            "dash, or remove the item"
            if isinstance(place.path[-1], int)
            else "colon, or remove the key"
        )
        hint = f"write a value after the {where}"
    reason = Reason.UNSPECIFIED
    floats = list(_floats(value)) if _takes_integers_only(place) else []
    if floats:
        reason = Reason.WHOLE_NUMBER_EXPECTED
        hint = _whole_hint(value, floats)
        if isinstance(value, float) and value.is_integer() and abs(value) < EXACT:
            replace = (str(value), str(int(value)))
    findings.error(span, "wrong-value", message, hint=hint, reason=reason, replace=replace)


EXACT = 2**53
"""Below it, a float has all digits of a whole number."""


def _habit_of_value(document: LocatedDict, place: SchemaPlace, value: Any) -> str:
    """What to write where somebody had Python in mind, or another tool."""
    if place.path[:1] == ("tune",):
        return hint_for_tune_value(place.path, value)
    name = next((part for part in reversed(place.path) if isinstance(part, str)), "")
    if place.path and isinstance(place.path[-1], str):
        rest = tuple_of(name, value, value_at(document, place.path[:-1]))
        value = ", ".join([value, *rest]) if rest else value
    return hint_for_table_value(place.path, value) or hint_for_value(name, place.schema, value)


def _is_of_tuple(key: str, given: Any) -> bool:
    """Whether the commas of a tuple of Python made a key: the tuple is reported."""
    return any(key in tuple_of(name, value, given) for name, value in given.items())


def _whole_hint(value: Any, floats: list[float]) -> str:
    """What to write for those floats of a value that have no decimals."""
    whole = [number for number in floats if number.is_integer() and abs(number) < EXACT]
    if not whole:
        return ""
    each = [f"{int(number)} for {number}" for number in whole]
    return f"write {int(value)} without a point" if value in whole else f"write {join_words(each)}"


def _floats(value: Any) -> Iterator[float]:
    """The different floats of a number, or of lists of numbers; no infinity or NaN."""
    waiting, seen = [value], set[float]()
    while waiting:
        item = waiting.pop(0)
        if isinstance(item, list):
            waiting[:0] = item
        elif isinstance(item, float) and math.isfinite(item) and item not in seen:
            seen.add(item)
            yield item


def _takes_integers_only(place: SchemaPlace) -> bool:
    """Whether the number that is accepted here, or in a list here, must be an integer."""
    return _number_types(place.schema, place.file) == {"integer"}


def _number_types(schema: Schema, file: str, within: frozenset[int] = frozenset()) -> set[str]:
    """`integer`, `number` or both: what a value, or a value in its lists, may be.

    Args:
        schema: of the value.
        file: the file that it stands in.
        within: the schemas around it, for a list whose items are such lists again.
    """
    schema, file = follow(schema, file)
    if id(schema) in within:
        return set()
    within |= {id(schema)}
    types = schema.get("type", ())
    found = {"integer", "number"}.intersection([types] if isinstance(types, str) else types)
    items = schema.get("items")
    below = (*schema.get("anyOf", ()), *([items] if isinstance(items, dict) else ()))
    return found.union(*(_number_types(part, file, within) for part in below))


def _name(path: Path) -> str:
    """What a message calls the value at a path: its key, or its position in a list."""
    if not path:
        return "the file"
    if isinstance(path[-1], str):
        return f"`{path[-1]}`"
    names = [part for part in path if isinstance(part, str)]
    return f"item {path[-1] + 1} of `{names[-1]}`" if names else f"item {path[-1] + 1}"


def _missing(document: LocatedDict, place: SchemaPlace, key: str, findings: Findings) -> None:
    owner = _name(place.path) if place.path else "the spec"
    schema = place.schema.get("properties", {}).get(key)
    title = follow(schema, place.file)[0].get("title") if schema else None
    expected = f": {title}" if title else ""
    span = key_span_at(document, place.path)
    hint = "write `modelspec: 1` in the first line" if (owner, key) == ("the spec", VERSION) else ""
    findings.error(span, "missing-key", f"{owner} needs `{key}`{expected}", hint=hint)


def _not_one_key(
    document: LocatedDict, place: SchemaPlace, unknown: list[str], findings: Findings
) -> bool:
    """Report several keys, or none; unknown ones are reported, and they are those too many.

    Returns:
        Whether the value as a whole is reported.
    """
    if unknown:
        return False
    value = value_at(document, place.path)
    known = [f"`{key}`" for key in place.schema.get("properties", {})]
    if not isinstance(value, dict) or not value or not known:
        _wrong_value(document, place, findings)
        return True
    names = join_words(known)
    message = f"{_name(place.path)} takes exactly one of {names}, got {len(value)} keys"
    findings.error(key_span_at(document, place.path), "not-one-key", message, hint="keep one")
    return False


def _not_one_of(document: LocatedDict, place: SchemaPlace, findings: Findings) -> None:
    """Exactly one of several keys is required, and none is there, or more."""
    value = value_at(document, place.path)
    keys = [key for choice in place.schema["oneOf"] for key in choice["required"]]
    found = [f"`{key}`" for key in keys if key in value]
    known = join_words(f"`{key}`" for key in keys)
    got = "both" if len(found) == 2 else join_words(found) if found else "neither"
    message = f"{_name(place.path)} needs exactly one of {known}, got {got}"
    findings.error(key_span_at(document, place.path), "not-one-key", message)


def _unknown_key(document: LocatedDict, place: SchemaPlace, key: str, findings: Findings) -> None:
    span = locate(document, (*place.path, key), document.span, key=True)
    parts = [part.get("properties", {}) for part, _ in branches(place.schema, place.file)]
    known = list(parts[0] or dict.fromkeys(name for part in parts for name in part))
    owner = _name(place.path) if place.path else "a spec"
    what = "argument" if "/" in place.file or place.file not in _SECTIONS else "key"
    given = value_at(document, place.path)
    if _is_of_tuple(key, given):
        return
    habit, close = _habit_of_key(document, place, key, what), Suggestion()
    if not habit:
        close = suggest(key, [k for k in known if k not in given])
    message = f"{owner} has no {what} `{key}`{close.text}"
    hint = habit or f"it takes {_key_list(known, what)}"
    findings.error(span, f"unknown-{what}", message, hint=hint, replace=close.replace)


def _habit_of_key(document: LocatedDict, place: SchemaPlace, key: str, what: str) -> str:
    """What to write where a key belongs elsewhere, or has another name in other tools."""
    section = str(place.path[-1]) if place.path else ""
    if place.path[-2:-1] == ("phases",):
        section = "phases"
    given = value_at(document, place.path)
    if what == "argument":
        return hint_for_argument(key, list(place.schema.get("properties", {})), given)
    file = locate(document, (*place.path, key), document.span, key=True).file
    if place.path[:1] == ("tune",):
        return hint_for_tune_key(place.path, key, given[key], given)
    if isinstance(file, OverrideName):
        return hint_for_override(section, key, given[key], document, file.path)
    of_table = hint_for_table_key(place.path, key, given[key], document.get("data"))
    return of_table or hint_for_key(section, key, given[key], given)


def _key_list(known: list[str], what: str) -> str:
    if not known:
        return "none"
    own = [name for name in known if what == "key" or name not in _EVERYWHERE]
    common = [name for name in known if name not in own]
    if not own:
        return f"only {join_words(common)}"
    return join_words(own, most=12) + (f"; also {join_words(common)}" if common else "")


_EVERYWHERE = {"name", "trainable", "dtype", "autocast", "activity_regularizer"}
"""Arguments of nearly every layer; a list of what a layer takes is clearer with them at the end."""

VERSION = "modelspec"
"""The key with the version of the language."""

_SECTIONS = {
    ROOT,
    "data.schema.json",
    "training.schema.json",
    "expect.schema.json",
    "tune.schema.json",
}


def _bad_names(document: LocatedDict, place: SchemaPlace, findings: Findings) -> None:
    names, _ = follow(place.schema["propertyNames"], place.file)
    pattern = re.compile(names.get("pattern", ""))
    value = value_at(document, place.path)
    if len(value) > place.schema.get("maxProperties", len(value)):
        return  # keys too many are reported
    for key in value:
        if not pattern.search(key) or len(key) > names.get("maxLength", len(key)):
            span = locate(document, (*place.path, key), document.span, key=True)
            message = f"{format_value(key)} must be {names['title']}"
            findings.error(span, "bad-name", message)


def format_value(value: Any, most: int = 60) -> str:
    """A value as a message shows it: one line of JSON, cut where it is long."""
    if isinstance(value, dict) and value:
        return "a mapping"
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= most else f"{text[: most - 1]}…"
