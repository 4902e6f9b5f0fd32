"""The paths of a space: whether each leads to a place of the spec."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from modelspec.diagnostics import Findings, Related, Suggestion, join_words, meant, nearest, suggest
from modelspec.document import LocatedDict, LocatedList
from modelspec.schema import walk
from modelspec.spec.tune import Choice, Dimension, IntRange

from .points import SearchSpec


def check_paths(search: SearchSpec, findings: Findings) -> None:
    """An error for each path that no `--set` could take.

    Args:
        search: the spec.
        findings: takes the errors. Whether a key that is not there yet may be there is a question
            for the schema.
    """
    for dimension in search.space.dimensions:
        _check_path(search.document, dimension, findings)


def _check_path(document: LocatedDict, dimension: Dimension, findings: Findings) -> None:
    path = dimension.name
    if re.search(r"\[\d+\]", path):
        message = f"an item of a list stands between points, counted from 0, in `{path}`"
        right = re.sub(r"\[(\d+)\]", r".\1", path)
        findings.error(dimension.key_span, CODE, message, hint=f"write {right}")
        return
    parts = path.split(".")
    if parts[0] == "params" and len(parts) > 1:
        _check_param(document.get("params"), parts[1], dimension, findings)
        return
    target: Any = document
    for depth, part in enumerate(parts):
        before = ".".join(parts[:depth])
        if isinstance(target, LocatedList):
            if not part.isdecimal() or int(part) >= len(target):
                message = f"`{before}` is a list of {len(target)}, which has no item `{part}`"
                shown = [f"{index}: {_word(item)}" for index, item in enumerate(target)]
                hint = f"they are {join_words(shown, most=8)}" if shown else ""
                findings.error(dimension.key_span, CODE, message, hint=hint)
                return
            target = target[int(part)]
        elif isinstance(target, LocatedDict):
            if part not in target:
                _check_key(document, target, parts, depth, dimension, findings)
                return
            target = target[part]
            if target is None:
                return
        else:
            _single_value(target, before, parts[depth:], dimension, findings)
            return


CODE = "bad-path"


def _check_key(
    document: LocatedDict,
    around: LocatedDict,
    parts: list[str],
    depth: int,
    dimension: Dimension,
    findings: Findings,
) -> None:
    """A key that is not there yet: near to one that is there, or one of a section.

    The schema says the rest at the values.
    """
    part, before = parts[depth], tuple(parts[:depth])
    place = walk(before)
    if place.path == before and "x-object" in place.schema and len(around) == 1:
        _other_object(around, before, parts[depth:], dimension, findings)
        return
    known = place.schema.get("properties", {})
    if place.path == before and not known and depth < len(parts) - 1:
        _check_name(around, parts, depth, dimension, findings)
        return
    if place.path != before or part in known or not known:
        return
    if depth == 0:
        message = f"a spec has no section `{part}`"
        place_of = next((key for key in _AROUND if _leads(document, key, parts)), None)
        close = suggest(part, known)
        hint = f"write {place_of}.{dimension.name}" if place_of else ""
        if not hint and not close.text:
            hint = f"paths begin with {join_words(_AROUND)}"
        message += "" if place_of else close.text
        findings.error(dimension.key_span, CODE, message, hint=hint)
        return
    close = _meant_path(dimension.name, before, part, around)
    if close.text:
        message = f"`{'.'.join(before)}` has no `{part}`{close.text}"
        hint = f"it takes {join_words(known, most=12)}"
        findings.error(dimension.key_span, CODE, message, hint=hint)


def _meant_path(path: str, before: tuple[str, ...], part: str, known: Iterable[str]) -> Suggestion:
    """The whole path that was meant where one of its parts, behind `before`, is unknown."""
    near = nearest(part, known)
    rest = path.split(".")[len(before) + 1 :]
    return meant(path, None if near is None else ".".join((*before, near, *rest)))


def _check_name(
    around: LocatedDict, parts: list[str], depth: int, dimension: Dimension, findings: Findings
) -> None:
    """A path through a name that is not there, in a mapping of names such as those of layers."""
    part, before = parts[depth], ".".join(parts[:depth])
    close = _meant_path(dimension.name, tuple(parts[:depth]), part, around)
    if close.text or parts[depth - 1] == "layers":
        message = f"`{before}` has no `{part}`{close.text}"
        hint = f"it has {join_words(around, 'and', most=12)}" if around else ""
        findings.error(dimension.key_span, CODE, message, hint=hint)


_AROUND = ("params", "training", "data", "model", "expect")


def _leads(document: LocatedDict, section: str, parts: list[str]) -> bool:
    """Whether a path would lead somewhere below a section."""
    if section == "params":
        return len(parts) == 1 and parts[0] in (document.get(section) or ())
    return walk((section, *parts)).path[1:2] == (parts[0],) and (
        len(parts) == 1 or len(walk((section, *parts)).path) > 2
    )


def _other_object(
    around: LocatedDict,
    before: tuple[str, ...],
    rest: list[str],
    dimension: Dimension,
    findings: Findings,
) -> None:
    """A path through a Keras object that is not the one of the spec."""
    here = next(iter(around))
    path, name = ".".join(before), rest[0]
    message = f"`{path}` is {here} in the spec, so it has no `{name}`"
    inner = _in_place(written(dimension), rest)
    hint = f"search the whole value: {path}: {{choice: [{{{here}: {{…}}}}, {inner}]}}"
    related = (Related(around.key_spans[here], f"{here} stands here"),)
    findings.error(dimension.key_span, CODE, message, hint=hint, related=related)


def _in_place(value: str, parts: list[str]) -> str:
    """A value as YAML below the keys that lead to it."""
    for part in reversed(parts):
        value = f"{{{part}: {value}}}"
    return value


def written(dimension: Dimension) -> str:
    """A dimension as YAML: `{log: [0.0001, 0.01]}`."""
    if isinstance(dimension, Choice):
        return "{choice: [" + ", ".join(map(_word, dimension.labels)) + "]}"
    ends = f"[{dimension.low}, {dimension.high}]"
    if isinstance(dimension, IntRange):
        more = ", log: true" if dimension.log else ""
        more += f", step: {dimension.step}" if dimension.step > 1 else ""
        return f"{{int: {ends}{more}}}"
    if dimension.log:
        return f"{{log: {ends}}}"
    more = "" if dimension.step is None else f", step: {dimension.step}"
    return f"{{float: {ends}{more}}}"


def _check_param(params: Any, name: str, dimension: Dimension, findings: Findings) -> None:
    known = list(params) if isinstance(params, Mapping) else []
    if name in known:
        return
    close = _meant_path(dimension.name, ("params",), name, known)
    message = f"the spec has no param `{name}`{close.text}"
    hint = f"it has {join_words(known, 'and', most=12)}" if known else ""
    hint = hint or f"add `params: {{{name}: VALUE}}` and use it in the spec as ${{{name}}}"
    findings.error(dimension.key_span, "unknown-param", message, hint=hint)


def _single_value(
    value: Any, before: str, rest: list[str], dimension: Dimension, findings: Findings
) -> None:
    shown = ".".join(rest)
    message = f"`{before}` is the single value {_word(value)}, so it has no `{shown}`"
    inner = _in_place(written(dimension), rest)
    hint = f"search the whole value: {before}: {{choice: [{inner}]}}"
    findings.error(dimension.key_span, CODE, message, hint=hint)


def _word(item: Any) -> str:
    return str(next(iter(item), "")) if isinstance(item, Mapping) else str(item)
