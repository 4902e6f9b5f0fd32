"""`--set PATH=VALUE`: one value of the document replaced before the schema sees it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from modelspec.diagnostics import Findings, Span, UsageError, join_words
from modelspec.document import LocatedDict, LocatedList, OverrideName, format_flow, load


def parse_override(text: str) -> tuple[str, Any]:
    """`training.epochs=3` to its path and its value, parsed as YAML.

    Raises:
        UsageError: there is no "=", or the value is not YAML.
    """
    path, equals, value = text.partition("=")
    if not equals or not path.strip():
        raise UsageError(f'--set takes PATH=VALUE such as training.epochs=3, got "{text}"')
    if not value.strip():
        return path.strip(), None
    findings = Findings()
    parsed = load(value, OverrideName.of(path.strip()), findings)
    if findings.has_errors:
        raise UsageError(f"--set {text}: the value is not YAML: {findings.sorted()[0].message}")
    return path.strip(), parsed


def apply_overrides(
    document: LocatedDict,
    overrides: Mapping[str, Any],
    findings: Findings,
    places: Mapping[str, tuple[Span, Span]] | None = None,
) -> None:
    """Set each dotted path of a document. Whether a path means anything is the schema's to say.

    Args:
        document: changed in place.
        overrides: dotted path to value. A part that is a number picks an item of a list.
        findings: takes a path that leads through a plain value, or past the end of a list.
        places: where a path and its value were written, if not on the command line.

    Raises:
        UsageError: a value is no plain data.
    """
    for path, value in overrides.items():
        at = Span(OverrideName.of(path), 1, 1, 1, len(path) + 1)
        key_span, span = (places or {}).get(path, (at, at))
        parts = path.split(".")
        if parts[:2] == list(SPACE) and len(parts) > len(SPACE):
            parts = _parts_of_space(document, parts)
        _set(document, parts, located(value, span), (key_span, span), findings)


SPACE = ("tune", "space")
"""The section whose keys are paths themselves."""


def _parts_of_space(document: LocatedDict, parts: list[str]) -> list[str]:
    """`tune.space.params.width` or `tune.space.params.width.choice.0` in parts, of which one is the
    path: one that is there, otherwise all that is left."""
    section = document.get("tune")
    space = section.get("space") if isinstance(section, LocatedDict) else None
    rest = parts[len(SPACE) :]
    for length in range(len(rest), 0, -1):
        path = ".".join(rest[:length])
        if isinstance(space, LocatedDict) and path in space:
            return [*SPACE, path, *rest[length:]]
    return [*SPACE, ".".join(rest)]


def _set(
    document: LocatedDict,
    parts: list[str],
    value: Any,
    places: tuple[Span, Span],
    findings: Findings,
) -> None:
    key_span, span = places
    target: Any = document
    for depth, part in enumerate(parts):
        last = depth == len(parts) - 1
        if isinstance(target, LocatedList):
            if not part.isdecimal() or int(part) >= len(target):
                message = (
                    f"`{part}` is not an item of this list of {len(target)}; items count from 0"
                )
                shown = (f"{index}: {_shown(item)}" for index, item in enumerate(target))
                hint = f"they are {join_words(shown, most=8)}"
                findings.error(span, "bad-override", message, hint=hint if target else "")
                return
            if last:
                target[int(part)], target.item_spans[int(part)] = value, span
                return
            target = target[int(part)]
        elif isinstance(target, LocatedDict):
            if last:
                target.put(part, value, target.key_spans.get(part, key_span), span)
                return
            if target.get(part) is None:
                target.put(part, LocatedDict(span), key_span, span)
            target = target[part]
        else:
            before = ".".join(parts[:depth])
            message = f"`{before}` is a single value, so it has no `{part}`"
            hint = _whole_value(before, parts[depth:], value, document)
            findings.error(span, "bad-override", message, hint=hint)
            return


def _shown(item: Any) -> str:
    """An item of a list in a word."""
    return str(next(iter(item), "")) if isinstance(item, Mapping) else str(item)


def _whole_value(path: str, rest: Sequence[str], value: Any, document: LocatedDict) -> str:
    """The override of a single value by an object with an argument; `rest` is the path below it."""
    from modelspec.schema import hint_for_override

    if path == "training.optimizer":
        return hint_for_override("optimizer", rest[-1], value, document)
    return f"set the whole value: --set '{path}={{NAME: {{{rest[-1]}: {format_flow(value)}}}}}'"


def located(value: Any, span: Span) -> Any:
    """Plain data as located data, all of it at one place.

    Raises:
        UsageError: it is no plain data, such as an integer of numpy's.
    """
    if isinstance(value, (LocatedDict, LocatedList)):
        return value
    if isinstance(value, Mapping):
        mapping = LocatedDict(span)
        for key, item in value.items():
            mapping.put(str(key), located(item, span), span, span)
        return mapping
    if isinstance(value, (list, tuple)):
        sequence = LocatedList(span)
        for item in value:
            sequence.put(located(item, span), span)
        return sequence
    if isinstance(value, float):
        return float(value)  # numpy's float64 is one too
    if value is None or isinstance(value, (str, int)):
        return value
    kind = type(value)
    message = "expected plain data: a text, a number, a boolean, None, or lists and mappings of it"
    raise UsageError(f"{span.file}: {message}, got {kind.__module__}.{kind.__qualname__}")
