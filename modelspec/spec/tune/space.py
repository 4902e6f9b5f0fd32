"""`tune.space`: paths to dimensions, and the dimensions inside of the values of a choice."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Sequence
from typing import Any

from modelspec.diagnostics import Findings, Related, Span, join_words
from modelspec.document import LocatedDict, LocatedList, value_span

from .dimensions import Choice, Dimension, FloatRange, IntRange, Item, Scalar, last_step

KINDS = ("choice", "int", "float", "log")
"""The keys of which a dimension has one."""

_KEYS = frozenset((*KINDS, "step"))
MAX_LABEL = 40


def parse_space(section: LocatedDict, findings: Findings) -> tuple[Dimension, ...]:
    """The dimensions of a space.

    Args:
        section: paths to dimensions, already checked against the schema.
        findings: takes those that make no sense; they are left out.
    """
    _check_overlaps(section, findings)
    made = (
        _dimension(section[path], path, tuple(path.split(".")), section.key_spans[path], findings)
        for path in section
    )
    return tuple(dimension for dimension in made if dimension is not None)


NEVER = {
    "tune": "it is the search itself",
    "extends": "a point is the same files with other values",
    "modelspec": "it is the version of the language",
    "extensions": "the modules of a spec are imported once",
}
"""Sections in which nothing is searched, and why."""


def _check_overlaps(section: LocatedDict, findings: Findings) -> None:
    """An error for a path that leads into the value of another one, or where none may lead."""
    for path in section:
        span, first = section.key_spans[path], path.split(".")[0]
        if first in NEVER:
            message = f"`{first}` cannot be searched: {NEVER[first]}"
            findings.error(span, "bad-path", message, hint="remove it from `space`")
        around = next((other for other in section if path.startswith(f"{other}.")), None)
        if around is not None:
            message = f"`{path}` lies inside `{around}`, which is searched as a whole"
            hint = f"write it into the objects under `{around}`, in the place of the value"
            related = (Related(section.key_spans[around], "searched here"),)
            findings.error(span, "bad-path", message, hint=hint, related=related)


def is_dimension(value: Any) -> bool:
    """Whether a value inside of an item is a dimension: has its keys and no other."""
    return isinstance(value, dict) and bool(value.keys() & set(KINDS)) and value.keys() <= _KEYS


def _dimension(
    given: LocatedDict, name: str, place: Sequence[str | int], at: Span, findings: Findings
) -> Dimension | None:
    if "int" in given and isinstance(given.get("log"), bool):
        kinds = [kind for kind in KINDS if kind in given and kind != "log"]
    else:
        kinds = [kind for kind in KINDS if kind in given]
    shown = f"`{name}`"
    if len(kinds) != 1:
        got = join_words((f"`{kind}`" for kind in kinds), "and") if kinds else "none"
        message = f"{shown} takes exactly one of `choice`, `int`, `float` and `log`, got {got}"
        hint = "keep one" if kinds else "write {choice: [VALUE, …]} or {int: [LOW, HIGH]}"
        findings.error(at, "not-one-key", message, hint=hint)
        return None
    kind = kinds[0]
    span = value_span(given, kind, given.span)
    if kind == "choice":
        return _choice(given, name, tuple(place), at, findings)
    ends = _ends(given, kind, name, findings)
    if ends is None:
        return None
    low, high = ends
    step = _step(given, kind, name, high - low, findings)
    if kind == "int":
        log = given.get("log") is True
        width = 1 if step is None else int(step)
        if log and not _above_zero(low, name, span, findings):
            return None
        last = int(low) + (int(high) - int(low)) // width * width
        return IntRange(name, tuple(place), int(low), last, width, log, span, at)
    if kind == "log" and not _above_zero(low, name, span, findings):
        return None
    if step is not None:
        high = last_step(low, high, step)
    return FloatRange(name, tuple(place), low, high, step, kind == "log", span, at)


def _ends(
    given: LocatedDict, kind: str, name: str, findings: Findings
) -> tuple[float, float] | None:
    """The ends of a range as numbers."""
    ends, span = given[kind], value_span(given, kind, given.span)
    if not isinstance(ends, list) or len(ends) != 2 or not all(map(_is_number, ends)):
        message = f"`{kind}` of `{name}` must be a list of two numbers, got {_flow(ends)}"
        hint = "`log: true` stands beside `int`" if isinstance(ends, bool) else ""
        hint = hint or f"write {kind}: [LOW, HIGH], or choice: [VALUE, …] for single values"
        findings.error(span, "wrong-value", message, hint=hint)
        return None
    low, high = ends
    if kind == "int" and not all(isinstance(end, int) for end in ends):
        message = f"`int` of `{name}` takes whole numbers, got {_flow(ends)}"
        findings.error(span, "wrong-value", message, hint=f"write float: {_flow(ends)}")
        return None
    if not all(math.isfinite(end) for end in ends):
        message = f"`{kind}` of `{name}` needs ends that are finite, got {_flow(ends)}"
        findings.error(span, "wrong-value", message)
        return None
    if low > high:
        message = f"the range of `{name}` begins at {low}, above its end {high}"
        findings.error(span, "empty-range", message, hint=f"write {kind}: [{high}, {low}]")
        return None
    return (low, high) if kind == "int" else (float(low), float(high))


def _above_zero(low: float, name: str, span: Span, findings: Findings) -> bool:
    if low > 0:
        return True
    message = f"the range of `{name}` is on a logarithmic scale, which has no {low:g}"
    hint = "begin it above 0, as in log: [1e-5, 1e-1], or leave out `log`"
    findings.error(span, "empty-range", message, hint=hint)
    return False


def _step(
    given: LocatedDict, kind: str, name: str, width: float, findings: Findings
) -> float | None:
    step = given.get("step")
    if step is None:
        return None
    span = value_span(given, "step", given.span)
    if kind == "log" or given.get("log") is True:
        message = f"`{name}` has a `step` on a logarithmic scale, where values have no equal steps"
        hint = "remove `step`, or list the values: choice: [VALUE, …]"
    elif not _is_number(step) or step <= 0 or not math.isfinite(step):
        message, hint = f"`step` of `{name}` must be a number above 0, got {_flow(step)}", ""
    elif kind == "int" and not isinstance(step, int):
        message = f"`step` of `{name}` must be a whole number beside `int`, got {_flow(step)}"
        hint = f"write float: {_flow(given['int'])}"
    elif step > width:
        message = f"`step` of `{name}` is {step}, wider than its range: only one value is left"
        hint = "take a smaller step, or a wider range"
    else:
        return float(step) if kind == "float" else int(step)
    findings.error(span, "wrong-value", message, hint=hint)
    return None


def _choice(
    given: LocatedDict, name: str, place: tuple[str | int, ...], at: Span, findings: Findings
) -> Choice | None:
    written, span = given["choice"], value_span(given, "choice", given.span)
    if not isinstance(written, LocatedList) or not written:
        message = f"`choice` of `{name}` must be a list of values, got {_flow(written)}"
        hint = "" if isinstance(written, (dict, list)) else f"write choice: [{_flow(written)}, …]"
        findings.error(span, "wrong-value", message, hint=hint)
        return None
    if "step" in given:
        message = f"`step` of `{name}` stands beside a `choice`, which has no steps"
        findings.error(given.key_spans["step"], "wrong-value", message, hint="remove it")
    items: list[Item] = []
    for value, label, where in zip(written, _labels(written), written.item_spans, strict=True):
        same = [item for item in items if json.dumps(item.value) == json.dumps(value)]
        if same:
            message = f"`{name}` has {_short(_flow(value))} twice"
            related = (Related(same[0].span, "first here"),)
            findings.error(where, "duplicate-choice", message, hint="remove one", related=related)
            continue
        if is_dimension(value):
            message = f"a value of `{name}` is a range or a choice itself, which objects may hold"
            alone = f"write {_flow(value)} in place of the choice"
            hint = alone if len(written) == 1 else "list its values, or search one range"
            findings.error(where, "wrong-value", message, hint=hint)
            continue
        within = f"{name}[{_text(label)}]"
        items.append(Item(label, value, tuple(_nested(value, within, label, findings)), where))
    return Choice(name, place, tuple(items), span, at) if items else None


def _nested(value: Any, within: str, label: Scalar, findings: Findings) -> Iterator[Dimension]:
    """The dimensions inside of an item, in the order written."""
    waiting: list[tuple[Any, tuple[str | int, ...], Span]] = []

    def children(item: Any, place: tuple[str | int, ...]) -> None:
        if isinstance(item, LocatedDict):
            found = [(item[key], (*place, key), item.key_spans[key]) for key in item]
        elif isinstance(item, LocatedList):
            spans = item.item_spans
            found = [(each, (*place, i), spans[i]) for i, each in enumerate(item)]
        else:
            return
        waiting.extend(reversed(found))

    children(value, ())
    while waiting:
        item, place, span = waiting.pop()
        if not is_dimension(item):
            children(item, place)
            continue
        shown = place[1:] if len(place) > 1 and place[0] == label else place
        name = ".".join([within, *map(str, shown)])
        found = _dimension(item, name, place, span, findings)
        if found is not None:
            yield found


def _labels(values: Sequence[Any]) -> list[Scalar]:
    """A label for each value: a finite scalar is its own, an object has its key or its text."""
    taken: list[Scalar] = []
    keys = [_only_key(value) for value in values]
    for index, value in enumerate(values):
        label: Scalar
        if not isinstance(value, (dict, list)):
            endless = isinstance(value, float) and not math.isfinite(value)  # NaN is not itself
            label = _flow(value) if endless or value in taken else value
        else:
            key = keys[index]
            alone = key is not None and keys.count(key) == 1 and key not in values
            label = key if alone else _short(_flow(value))
        number = 2
        base = label
        while label in taken:
            label = f"{base} #{number}"
            number += 1
        taken.append(label)
    return taken


def _only_key(value: Any) -> str | None:
    return str(next(iter(value))) if isinstance(value, dict) and len(value) == 1 else None


def _short(text: str) -> str:
    return text if len(text) <= MAX_LABEL else f"{text[: MAX_LABEL - 1]}…"


def _text(label: Scalar) -> str:
    return label if isinstance(label, str) else _flow(label)


def _flow(value: Any) -> str:
    """A value in one line, as YAML and JSON both read it but for the quotes."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {_flow(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_flow, value)) + "]"
    return value if isinstance(value, str) else json.dumps(value)


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)
