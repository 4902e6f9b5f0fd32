"""What is wrong where a Keras object is expected: a name, or one name with its arguments."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from modelspec.diagnostics import (
    Findings,
    Span,
    Suggestion,
    join_words,
    meant,
    nearest,
    suggest,
)
from modelspec.document import LocatedDict, format_flow, locate

from .catalogue import WHEN, refused
from .habit_words import FOREIGN
from .habits import hint_for_name
from .walk import SchemaPlace, SchemaViolation, branches, enumerated_words, key_span_at, value_at

_CONDITIONS = {"if", "unless", "condition", "enabled", "only_if", "skip"}
"""Keys that people try where `when` stands."""

_KINDS = {"ops": "op", "applications": "application"}


def explain_object(
    document: LocatedDict, place: SchemaPlace, violations: list[SchemaViolation], findings: Findings
) -> bool:
    """Add the finding for a value that is not the name of a class, or one with its arguments.

    Returns:
        Whether it is one of text, or a mapping; nothing is added for any other value.
    """
    value = value_at(document, place.path)
    kind = place.schema["x-object"]
    parts = branches(place.schema, place.file)
    known = [name for part, _ in parts for name in part.get("properties", {})]
    if kind == "layer" and isinstance(document.get("blocks"), dict):
        known += document["blocks"]
    if isinstance(value, str):
        words = [*enumerated_words(place.schema, place.file), *known]
        _unknown_object(value, kind, words, locate(document, place.path, document.span), findings)
    elif isinstance(value, dict) and len(value) != 1:
        _not_one_object(document, place, known, findings)
    elif isinstance(value, LocatedDict) and any(
        violation.keyword == "additionalProperties" for violation in violations
    ):
        name, span = next(iter(value)), value.key_spans[next(iter(value))]
        owner = str(place.path[-1]) if place.path else ""
        if kind == "loss" and hint_for_name(kind, owner) and name not in known:
            name, span = owner, key_span_at(document, place.path)  # its arguments are no losses
        _unknown_object(name, kind, known, span, findings)
    else:
        return False
    return True


def _not_one_object(
    document: LocatedDict, place: SchemaPlace, known: list[str], findings: Findings
) -> None:
    value = value_at(document, place.path)
    names = [key for key in value if key in known]
    others = join_words(f"`{key}`" for key in value if key not in names[:1])
    if WHEN in value and place.schema["x-object"] == "layer":
        message = "`when` is allowed beside one layer of a model's `layers` only"
        hint = "write it beside the name of the layer: {Dropout: {rate: 0.1}, when: …}"
    elif len(names) == 1:
        message = f"`{names[0]}` and {others} are at the same level"
        hint = f"indent what belongs to `{names[0]}` below it"
        if place.schema["x-object"] == "layer" and _CONDITIONS & value.keys():
            hint = f"to leave a layer out, write {{{names[0]}: {{...}}, when: …}}"
    elif place.schema["x-object"] == "optimizer" and "discriminator" in value:
        message = f"{place.schema['title']} is one name with its arguments, got {len(value)} keys"
        hint = "write the generator's here, and the other as `discriminator_optimizer` below `gan:`"
    else:
        message = f"{place.schema['title']} is one name with its arguments, got {len(value)} keys"
        hint = _object_of_keys(value, known) or "write each as a separate item"
        hint = hint if value else "write its name"
    findings.error(
        locate(document, place.path, document.span), "not-one-object", message, hint=hint
    )


def _object_of_keys(value: Mapping[str, Any], known: Sequence[str]) -> str:
    """What to write for `{name: adam, learning_rate: 0.1}`, as configs of other tools have it."""
    key = next((key for key in ("name", "type", "class_name") if key in value), "")
    close = nearest(str(value.get(key, "")), known) if key else None
    if close is None:
        return ""
    rest = {name: item for name, item in value.items() if name != key}
    return f"write {{{close}: {format_flow(rest)}}}" if rest else f"write {close}"


def _unknown_object(name: str, kind: str, known: list[str], span: Span, findings: Findings) -> None:
    reason = refused(kind, name)
    word, known = kind.replace("_", " "), list(known)
    if kind == "layer":
        word = _KINDS.get(name.partition(".")[0], word)
    if reason is not None:
        findings.error(span, "refused-class", f"`{name}` cannot be used in a spec: {reason}")
        return
    foreign = FOREIGN.get(name.rstrip("123Dd")) if kind == "layer" else None
    hint, close = hint_for_name(kind, name), Suggestion()
    if not hint:
        close = meant(name, foreign) if foreign else _suggestion(name, known)
    replace = None if foreign else close.replace  # the arguments have other names
    message = f"Keras has no {word} `{name}`{close.text}"
    findings.error(span, f"unknown-{kind.replace('_', '-')}", message, hint=hint, replace=replace)


def _suggestion(name: str, known: list[str]) -> Suggestion:
    """The nearest name; of a dotted name such as `tf.nn.relu` the last part counts."""
    last = name.rpartition(".")[2]
    for own in (last, f"ops.{last}") if last != name else ():
        if own in known:
            return meant(name, own)
    return suggest(name, known)
