"""From what a JSON Schema validator says to what a person can use.

The validator gives the path of a fault and the rule that was broken. The path is walked through
the schemas to learn what stands there: an argument of a class, a list of layers, a plain value.
Each named type has a `title` that completes the sentence "`units` must be …".
"""

from __future__ import annotations

import json
import re
from typing import Any, NamedTuple

from modelspec.diagnostics import Findings, Reason, Span, did_you_mean, join_words, nearest
from modelspec.document import LocatedDict, locate

from .catalogue import refused
from .files import ROOT, Schema, follow, load_file

Path = tuple[str | int, ...]


class SchemaFault(NamedTuple):
    """One error of the validator: where, which keyword, and its details."""

    path: Path
    keyword: str
    detail: Any


class SchemaPlace(NamedTuple):
    """What the schemas say of one path.

    Attributes:
        schema: the definition that stands there, references followed.
        file: the file that the definition stands in.
        leaf: whether the schema looks no deeper than this.
        path: the path that was walked; shorter than asked where a leaf was met.
    """

    schema: Schema
    file: str
    leaf: bool
    path: Path


MOST_FAULTS = 500
"""How many are explained. A file with more is no spec that someone could mend by them."""


def explain(
    document: LocatedDict, path: Path, faults: list[SchemaFault], findings: Findings
) -> bool:
    """Add the findings for all faults at one path: one for each key that is wrong.

    Returns:
        Whether the value as a whole is wrong, so that faults inside it say nothing more.
    """
    place = walk(path)
    if place.leaf or place.path != path:
        _wrong_value(document, place, findings)
        return True
    if "x-object" in place.schema:
        return _explain_object(document, place, faults, findings)
    keywords = {fault.keyword for fault in faults}
    if keywords & {"type", "enum", "const", "pattern", "minItems", "maxItems", "minLength"}:
        _wrong_value(document, place, findings)
        return True
    handled = False
    unknown = [
        key
        for fault in faults
        if fault.keyword == "additionalProperties"
        for key in fault.detail.unexpected
    ]
    for fault in faults:
        if fault.keyword == "required":
            missing = str(fault.detail.property)
            if nearest(missing, unknown) is None:  # else it is there, misspelt: said below
                _missing(document, place, missing, findings)
            handled = True
        elif fault.keyword in ("maxProperties", "minProperties"):
            _not_one_key(document, place, findings)
            handled = True
        elif fault.keyword in ("additionalProperties", "unevaluatedProperties"):
            for key in fault.detail.unexpected[:MOST_FAULTS]:
                _unknown_key(document, place, key, findings)
            handled = True
        elif fault.keyword == "oneOf" and not unknown:
            _not_one_of(document, place, findings)
            handled = True
        elif fault.keyword == "propertyNames":
            _bad_names(document, place, findings)
            handled = True
    if not handled:
        _wrong_value(document, place, findings)
    return not handled


def walk(path: Path) -> SchemaPlace:
    """Follow a path of a document through the schemas."""
    schema, file = follow(load_file(ROOT), ROOT)
    for depth, part in enumerate(path):
        if _is_leaf(schema):
            return SchemaPlace(schema, file, True, path[:depth])
        step = _step(schema, file, part)
        if step is None:
            return SchemaPlace(schema, file, False, path[:depth])
        schema, file = step
    return SchemaPlace(schema, file, _is_leaf(schema), path)


def _is_leaf(schema: Schema) -> bool:
    return "anyOf" in schema and "x-object" not in schema and "properties" not in schema


def _step(schema: Schema, file: str, part: str | int) -> tuple[Schema, str] | None:
    for candidate, origin in _branches(schema, file):
        if isinstance(part, int):
            if isinstance(candidate.get("items"), dict):
                return follow(candidate["items"], origin)
            continue
        if part in candidate.get("properties", {}):
            return follow(candidate["properties"][part], origin)
        for pattern, below in candidate.get("patternProperties", {}).items():
            if isinstance(below, dict) and re.search(pattern, part):
                return follow(below, origin)
        if isinstance(candidate.get("additionalProperties"), dict):
            return follow(candidate["additionalProperties"], origin)
    return None


def _branches(schema: Schema, file: str) -> list[tuple[Schema, str]]:
    """A schema and all that its `then` and `else` add to it."""
    found = [(schema, file)]
    for key in ("then", "else"):
        if isinstance(schema.get(key), dict):
            found += _branches(*follow(schema[key], file))
    return found


def _wrong_value(document: LocatedDict, place: SchemaPlace, findings: Findings) -> None:
    value = _value_at(document, place.path)
    span = _span(document, place.path)
    expected = place.schema.get("title", "something else")
    if place.path and expected == place.path[-1]:  # a class: its title is its name
        expected = "a mapping of its arguments"
    name = _name(place.path)
    message = f"{name} must be {expected}, got {format_value(value)}"
    if isinstance(value, str):
        message += did_you_mean(value, _words(place.schema, place.file))
    hint = ""
    if value is None and place.path:
        where = (
            "dash, or remove the item"
            if isinstance(place.path[-1], int)
            else "colon, or remove the key"
        )
        hint = f"write a value after the {where}"
    reason = Reason.UNSPECIFIED
    if isinstance(value, float) and _takes_integers_only(place):
        reason = Reason.WHOLE_NUMBER_EXPECTED
    findings.error(span, "wrong-value", message, hint=hint, reason=reason)


def _takes_integers_only(place: SchemaPlace) -> bool:
    """Whether the number that is accepted here, or in a list here, must be an integer."""
    items, file = place.schema.get("items"), place.file
    found = _number_types(place.schema, file)
    if not found and isinstance(items, dict):
        found = _number_types(items, file)
    return found == {"integer"}


def _number_types(schema: Schema, file: str) -> set[str]:
    schema, file = follow(schema, file)
    types = schema.get("type", ())
    found = {"integer", "number"}.intersection([types] if isinstance(types, str) else types)
    return found.union(*(_number_types(part, file) for part in schema.get("anyOf", ())))


def _name(path: Path) -> str:
    """What a message calls the value at a path: its argument, or a place in a list."""
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
    span = _key_span(document, place.path)
    findings.error(span, "missing-key", f"{owner} needs `{key}`{expected}")


def _not_one_key(document: LocatedDict, place: SchemaPlace, findings: Findings) -> None:
    value = _value_at(document, place.path)
    if not isinstance(value, dict) or not value:
        _wrong_value(document, place, findings)
        return
    known = [f"`{key}`" for key in place.schema.get("properties", {})]
    message = f"{_name(place.path)} takes one of {join_words(known, 'and')}, got {len(value)} keys"
    findings.error(_key_span(document, place.path), "not-one-key", message, hint="keep one")


def _not_one_of(document: LocatedDict, place: SchemaPlace, findings: Findings) -> None:
    """Where exactly one of several keys must stand, and none does, or more."""
    value = _value_at(document, place.path)
    keys = [key for choice in place.schema["oneOf"] for key in choice["required"]]
    found = [f"`{key}`" for key in keys if key in value]
    known = join_words((f"`{key}`" for key in keys), "and")
    got = "both" if len(found) == 2 else join_words(found) if found else "neither"
    message = f"{_name(place.path)} needs exactly one of {known}, got {got}"
    findings.error(_key_span(document, place.path), "not-one-key", message)


def _unknown_key(document: LocatedDict, place: SchemaPlace, key: str, findings: Findings) -> None:
    span = locate(document, (*place.path, key), document.span, key=True)
    known = list(place.schema.get("properties", {}))
    owner = _name(place.path) if place.path else "a spec"
    what = "argument" if "/" in place.file or place.file not in _SECTIONS else "key"
    message = f"{owner} has no {what} `{key}`{did_you_mean(key, known)}"
    own = [name for name in known if name not in _EVERYWHERE]
    hint = f"it takes {join_words(own, most=12)}" if own else "it takes none"
    findings.error(span, f"unknown-{what}", message, hint=hint)


_EVERYWHERE = {"name", "trainable", "dtype", "autocast", "activity_regularizer"}
"""Arguments that nearly every layer has: a list of what a layer takes is clearer without."""

_SECTIONS = {ROOT, "data.schema.json", "training.schema.json", "expect.schema.json"}


def _bad_names(document: LocatedDict, place: SchemaPlace, findings: Findings) -> None:
    names, _ = follow(place.schema["propertyNames"], place.file)
    pattern = re.compile(names.get("pattern", ""))
    for key in _value_at(document, place.path):
        if not pattern.search(key) or len(key) > names.get("maxLength", len(key)):
            span = locate(document, (*place.path, key), document.span, key=True)
            message = f"{format_value(key)} must be {names['title']}"
            findings.error(span, "bad-name", message)


def _explain_object(
    document: LocatedDict, place: SchemaPlace, faults: list[SchemaFault], findings: Findings
) -> bool:
    """Where a Keras object should stand: a name, or one name with its arguments."""
    value = _value_at(document, place.path)
    kind = place.schema["x-object"]
    branches = _branches(place.schema, place.file)
    known = [name for branch, _ in branches for name in branch.get("properties", {})]
    if kind == "layer" and isinstance(document.get("blocks"), dict):
        known += document["blocks"]
    if isinstance(value, str):
        words = [*_words(place.schema, place.file), *known]
        _unknown_object(value, kind, words, _span(document, place.path), findings)
    elif isinstance(value, dict) and len(value) != 1:
        _not_one_object(document, place, known, findings)
    elif isinstance(value, LocatedDict) and any(
        fault.keyword == "additionalProperties" for fault in faults
    ):
        name = next(iter(value))
        _unknown_object(name, kind, known, value.key_spans[name], findings)
    else:
        _wrong_value(document, place, findings)
    return True


def _not_one_object(
    document: LocatedDict, place: SchemaPlace, known: list[str], findings: Findings
) -> None:
    value = _value_at(document, place.path)
    names = [key for key in value if key in known]
    others = join_words(f"`{key}`" for key in value if key not in names[:1])
    if len(names) == 1:
        message = f"`{names[0]}` and {others} stand side by side"
        hint = f"indent what belongs to `{names[0]}` below it"
    else:
        message = f"{place.schema['title']} is one name with its arguments, got {len(value)} keys"
        hint = "give each an item of its own" if value else "write its name"
    findings.error(_span(document, place.path), "not-one-object", message, hint=hint)


def _unknown_object(name: str, kind: str, known: list[str], span: Span, findings: Findings) -> None:
    reason = refused(kind, name)
    word, known = kind.replace("_", " "), list(known)
    if kind == "layer":
        word = _KINDS.get(name.partition(".")[0], word)
    if reason is not None:
        findings.error(span, "refused-class", f"`{name}` cannot stand in a spec: {reason}")
        return
    close = FOREIGN.get(name.rstrip("123Dd")) if kind == "layer" else None
    mend = f'; did you mean "{close}"?' if close else _meant(name, known)
    message = f"Keras has no {word} `{name}`{mend}"
    findings.error(span, f"unknown-{kind.replace('_', '-')}", message)


def _meant(name: str, known: list[str]) -> str:
    """The nearest name; one with its module before it, `tf.nn.relu`, means its last part."""
    last = name.rpartition(".")[2]
    for own in (last, f"ops.{last}") if last != name else ():
        if own in known:
            return f'; did you mean "{own}"?'
    return did_you_mean(name, known)


_KINDS = {"ops": "op", "applications": "application"}

FOREIGN = {
    "Linear": "Dense",
    "FullyConnected": "Dense",
    "BatchNorm": "BatchNormalization",
    "LayerNorm": "LayerNormalization",
    "GroupNorm": "GroupNormalization",
    "Concat": "Concatenate",
}
"""What other frameworks call a layer, less its number of dimensions."""


def _words(schema: Schema, file: str) -> list[str]:
    """All words that an enumeration in the schema allows."""
    schema, file = follow(schema, file)
    words = [w for w in schema.get("enum", ()) if isinstance(w, str)]
    for key in ("anyOf", "then", "else"):
        below = schema.get(key, ())
        for part in below if isinstance(below, list) else [below]:
            if isinstance(part, dict):
                words += _words(part, file)
    return words


def format_value(value: Any, most: int = 60) -> str:
    """A value as a message shows it: one line of JSON, cut where it is long."""
    if isinstance(value, dict) and value:
        return "a mapping"
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= most else f"{text[: most - 1]}…"


def _value_at(document: Any, path: Path) -> Any:
    for part in path:
        document = document[part]
    return document


def _span(document: LocatedDict, path: Path) -> Span:
    return locate(document, path, document.span)


def _key_span(document: LocatedDict, path: Path) -> Span:
    """Where a mapping is named: its key, or its first character in a list."""
    if path and isinstance(path[-1], int):
        return locate(document, path, document.span)
    return locate(document, path, document.span, key=True)
