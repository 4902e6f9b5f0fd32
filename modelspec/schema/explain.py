"""The errors of a JSON Schema validator as findings that a person can use.

The validator reports the path of a value and the keyword that it violates. The path is followed
through the schemas to learn what belongs there: an argument of a class, a list of layers, a plain
value. Each named type has a `title` that completes the sentence "`units` must be …".
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from modelspec.diagnostics import (
    Findings,
    Reason,
    Span,
    Suggestion,
    join_words,
    meant,
    nearest,
    suggest,
)
from modelspec.document import LocatedDict, OverrideName, locate

from .bundle import WHOLE
from .catalogue import refused
from .files import ROOT, Schema, follow
from .walk import Path, SchemaPlace, branches, enumerated_words, walk


class SchemaViolation(NamedTuple):
    """One error of the validator: its path, the keyword that was violated, and the details."""

    path: Path
    keyword: str
    detail: Any


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
    if "x-object" in place.schema:
        return _explain_object(document, place, violations, findings)
    keywords = {violation.keyword for violation in violations}
    if keywords & _OF_VALUES:
        _wrong_value(document, place, findings)
        return True
    handled = False
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
            _not_one_key(document, place, unknown, findings)
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
    return not handled


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
    value = _value_at(document, place.path)
    span = _span(document, place.path)
    expected = place.schema.get("title", "something else")
    if place.path and expected == place.path[-1]:  # a class: its title is its name
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
    from .habits import hint_for_value, tuple_of

    name = next((part for part in reversed(place.path) if isinstance(part, str)), "")
    if place.path and isinstance(place.path[-1], str):
        rest = tuple_of(name, value, _value_at(document, place.path[:-1]))
        value = ", ".join([value, *rest]) if rest else value
    return hint_for_value(name, place.schema, value)


def _is_of_tuple(key: str, given: Any) -> bool:
    """Whether the commas of a tuple of Python made a key: the tuple is reported."""
    from .habits import tuple_of

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
    span = _key_span(document, place.path)
    findings.error(span, "missing-key", f"{owner} needs `{key}`{expected}")


def _not_one_key(
    document: LocatedDict, place: SchemaPlace, unknown: list[str], findings: Findings
) -> None:
    """Report several keys, or none; unknown ones are reported, and they are those too many."""
    if unknown:
        return
    value = _value_at(document, place.path)
    known = [f"`{key}`" for key in place.schema.get("properties", {})]
    if not isinstance(value, dict) or not value or not known:
        _wrong_value(document, place, findings)
        return
    names = join_words(known)
    message = f"{_name(place.path)} takes exactly one of {names}, got {len(value)} keys"
    findings.error(_key_span(document, place.path), "not-one-key", message, hint="keep one")


def _not_one_of(document: LocatedDict, place: SchemaPlace, findings: Findings) -> None:
    """Exactly one of several keys is required, and none is there, or more."""
    value = _value_at(document, place.path)
    keys = [key for choice in place.schema["oneOf"] for key in choice["required"]]
    found = [f"`{key}`" for key in keys if key in value]
    known = join_words(f"`{key}`" for key in keys)
    got = "both" if len(found) == 2 else join_words(found) if found else "neither"
    message = f"{_name(place.path)} needs exactly one of {known}, got {got}"
    findings.error(_key_span(document, place.path), "not-one-key", message)


def _unknown_key(document: LocatedDict, place: SchemaPlace, key: str, findings: Findings) -> None:
    span = locate(document, (*place.path, key), document.span, key=True)
    known = list(place.schema.get("properties", {}))
    owner = _name(place.path) if place.path else "a spec"
    what = "argument" if "/" in place.file or place.file not in _SECTIONS else "key"
    given = _value_at(document, place.path)
    if _is_of_tuple(key, given):
        return
    habit, close = _habit_of_key(document, place, key, what), Suggestion()
    if not habit:
        close = suggest(key, [k for k in known if k not in given])
    message = f"{owner} has no {what} `{key}`{close.text}"
    hint = habit or f"it takes {_key_list(known, what)}"
    if place.file == APPLICATIONS and key == "trainable":
        hint = "`training: {freeze: [NAME]}` freezes the layer of this name as a whole"
    findings.error(span, f"unknown-{what}", message, hint=hint, replace=close.replace)


def _habit_of_key(document: LocatedDict, place: SchemaPlace, key: str, what: str) -> str:
    """What to write where a key belongs elsewhere, or has another name in other tools."""
    from .habits import hint_for_argument, hint_for_key, hint_for_override

    section = str(place.path[-1]) if place.path else ""
    if what == "argument":
        return hint_for_argument(key, list(place.schema.get("properties", {})))
    given = _value_at(document, place.path)
    file = locate(document, (*place.path, key), document.span, key=True).file
    if isinstance(file, OverrideName):
        return hint_for_override(section, key, given[key], document.get("training"))
    return hint_for_key(section, key, given[key], given)


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

APPLICATIONS = "applications.json"

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
    document: LocatedDict, place: SchemaPlace, violations: list[SchemaViolation], findings: Findings
) -> bool:
    """A Keras object is expected: a name, or one name with its arguments."""
    value = _value_at(document, place.path)
    kind = place.schema["x-object"]
    parts = branches(place.schema, place.file)
    known = [name for part, _ in parts for name in part.get("properties", {})]
    if kind == "layer" and isinstance(document.get("blocks"), dict):
        known += document["blocks"]
    if isinstance(value, str):
        words = [*enumerated_words(place.schema, place.file), *known]
        _unknown_object(value, kind, words, _span(document, place.path), findings)
    elif isinstance(value, dict) and len(value) != 1:
        _not_one_object(document, place, known, findings)
    elif isinstance(value, LocatedDict) and any(
        violation.keyword == "additionalProperties" for violation in violations
    ):
        name, span = next(iter(value)), value.key_spans[next(iter(value))]
        owner = str(place.path[-1]) if place.path else ""
        if kind == "loss" and _folded_loss(owner) in LOSS_WORDS and name not in known:
            name, span = owner, _key_span(document, place.path)  # its arguments are no losses
        _unknown_object(name, kind, known, span, findings)
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
        message = f"`{names[0]}` and {others} are at the same level"
        hint = f"indent what belongs to `{names[0]}` below it"
    else:
        message = f"{place.schema['title']} is one name with its arguments, got {len(value)} keys"
        hint = "write each as a separate item" if value else "write its name"
    findings.error(_span(document, place.path), "not-one-object", message, hint=hint)


def _unknown_object(name: str, kind: str, known: list[str], span: Span, findings: Findings) -> None:
    reason = refused(kind, name)
    word, known = kind.replace("_", " "), list(known)
    if kind == "layer":
        word = _KINDS.get(name.partition(".")[0], word)
    if reason is not None:
        findings.error(span, "refused-class", f"`{name}` cannot be used in a spec: {reason}")
        return
    from .habits import hint_for_name

    vague = LOSS_WORDS.get(_folded_loss(name)) if kind == "loss" else None
    if vague is not None:
        findings.error(span, "unknown-loss", f"Keras has no loss `{name}`", hint=vague)
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


def _folded_loss(name: str) -> str:
    """A name as `LOSS_WORDS` has it: `CrossEntropyLoss` and `cross_entropy` are one."""
    return name.replace("_", "").replace("-", "").replace(" ", "").lower().removesuffix("loss")


_WHICH_CROSSENTROPY = (
    "write sparse_categorical_crossentropy for one class of several, categorical_crossentropy for "
    "rows with a 1 at the class, or binary_crossentropy for yes or no"
)
_WITH_LOGITS = "write BinaryCrossentropy: {from_logits: true}"
_WITHOUT_ROOT = "write mean_squared_error, and the metric RootMeanSquaredError for its root"

LOSS_WORDS = {
    **dict.fromkeys(("ce", "crossentropy", "xent", "nll", "log", "logistic"), _WHICH_CROSSENTROPY),
    **dict.fromkeys(("softmaxcrossentropy", "logsoftmax"), _WHICH_CROSSENTROPY),
    "negativeloglikelihood": _WHICH_CROSSENTROPY,
    **dict.fromkeys(("bcewithlogits", "sigmoidcrossentropy"), _WITH_LOGITS),
    **dict.fromkeys(("l2", "squarederror", "squared"), "write mean_squared_error"),
    **dict.fromkeys(("l1", "absoluteerror", "absolute"), "write mean_absolute_error"),
    **dict.fromkeys(("rmse", "rootmeansquarederror"), _WITHOUT_ROOT),
    "smoothl1": "write huber",
}
"""Names that losses have elsewhere, folded, to what to write here."""

_KINDS = {"ops": "op", "applications": "application"}

FOREIGN = {
    "Linear": "Dense",
    "FullyConnected": "Dense",
    "BatchNorm": "BatchNormalization",
    "LayerNorm": "LayerNormalization",
    "GroupNorm": "GroupNormalization",
    "Concat": "Concatenate",
    "MaxPool": "MaxPooling2D",
    "AvgPool": "AveragePooling2D",
    "AveragePool": "AveragePooling2D",
}
"""Names of layers in other frameworks, without the number of dimensions, to those of Keras."""


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
    """The location of a mapping's key; in a list, of its first character."""
    if path and isinstance(path[-1], int):
        return locate(document, path, document.span)
    return locate(document, path, document.span, key=True)
