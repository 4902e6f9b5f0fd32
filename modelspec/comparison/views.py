"""A comparison as text for a terminal, as markdown for a pull request, and as JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from modelspec.analysis import shape_text
from modelspec.diagnostics import join_words, one_line
from modelspec.document import format_flow
from modelspec.report import MISSING, flops_text, memory_text, number_text

from .changes import Kind, LayerChange, Value
from .nodes import INPUT, OUTPUT
from .spec_diff import Side, SpecDiff
from .weights import Fit, TensorFit

SIGNS = {
    Kind.ADDED: "+",
    Kind.REMOVED: "-",
    Kind.CHANGED: "~",
    Kind.RENAMED: "~",
    Kind.MOVED: "~",
    Kind.REWIRED: "~",
}

MAX_NAMES = 6
MAX_TENSORS = 12
MAX_VALUE = 60
"""Characters of a value."""


def as_text(diff: SpecDiff) -> str:
    """Sections with a line for each change."""
    lines = [_heading(diff)]
    if diff.is_same:
        lines += ["", "no difference in model, data, training and expect"]
    for title, found in _sections(diff):
        lines += ["", title, *(f"  {line}" for line in found)]
    return "\n".join(lines) + "\n"


def as_markdown(diff: SpecDiff) -> str:
    """A heading, a table of totals, and lists, as a comment on a pull request has them."""
    lines = [f"### {_escaped(diff.new.summary.name)}: {_escaped(_heading(diff))}", ""]
    if diff.is_same:
        lines += ["No difference in model, data, training and expect.", ""]
    if diff.totals:
        lines += ["| | before | now | |", "| --- | ---: | ---: | ---: |"]
        for name, value in diff.totals.items():
            old, new = (_number(name, one) for one in (value.old, value.new))
            lines.append(f"| {name} | {old} | {new} | {_ratio(value)} |")
        lines.append("")
    for title, found in _sections(diff, with_totals=False):
        fence = _fence(found)
        lines += [f"**{_escaped(title)}**", "", f"{fence}diff", *found, fence, ""]
    return "\n".join(lines)


def as_json(diff: SpecDiff) -> str:
    """The JSON form that `docs/diff.md` describes."""
    return json.dumps(to_dict(diff), indent=2, ensure_ascii=False) + "\n"


def to_dict(diff: SpecDiff) -> dict[str, Any]:
    """Plain data."""
    return {
        "same": diff.is_same,
        "old": _side(diff.old),
        "new": _side(diff.new),
        "kind": None if diff.kind is None else asdict(diff.kind),
        "layers": [_layer(change) for change in diff.layers],
        "affected": [_layer(change) for change in diff.affected],
        "ends": {path: asdict(value) for path, value in diff.ends.items()},
        "totals": {name: asdict(value) for name, value in diff.totals.items()},
        "settings": {path: asdict(value) for path, value in diff.settings.items()},
        "metrics": {name: asdict(value) for name, value in diff.metrics.items()},
        "tensors": [asdict(tensor) for tensor in diff.tensors],
    }


FORMATS: Mapping[str, Callable[[SpecDiff], str]] = {
    "text": as_text,
    "json": as_json,
    "markdown": as_markdown,
}


def _side(side: Side) -> dict[str, Any]:
    return {"name": side.label, "model": side.summary.name, "missed": list(side.missed)}


def _layer(change: LayerChange) -> dict[str, Any]:
    found = asdict(change)
    found["kinds"] = [str(kind) for kind in change.kinds]
    return {key: value for key, value in found.items() if value is not None}


def _heading(diff: SpecDiff) -> str:
    return one_line(f"{diff.old.label} → {diff.new.label}")


def _fence(lines: Sequence[str]) -> str:
    """What no run of backticks in the lines can close."""
    longest = max((len(run) for line in lines for run in re.findall("`+", line)), default=0)
    return "`" * max(3, longest + 1)


def _sections(diff: SpecDiff, *, with_totals: bool = True) -> Iterator[tuple[str, list[str]]]:
    """Titles and the lines below them; none that is empty."""
    found = {
        "model": list(_model_lines(diff)),
        "totals": list(_total_lines(diff)) if with_totals else [],
    }
    for path, value in diff.settings.items():
        section, _, rest = path.partition(".")
        found.setdefault(section, []).extend(_setting_lines(rest, value))
    missed = list(_missed(diff))
    if missed:
        found.setdefault("expect", []).extend(missed)
    found["metrics"] = [
        f"~ {name}: {_numbers_apart(value.old, value.new)}" for name, value in diff.metrics.items()
    ]
    found["weights"] = list(_weight_lines(diff))
    yield from ((title, list(map(one_line, lines))) for title, lines in found.items() if lines)


def _numbers_apart(old: float, new: float) -> str:
    """Two numbers that differ, with as few digits as tell them apart, but at least four."""
    for digits in range(4, 17):
        texts = f"{old:.{digits}g}", f"{new:.{digits}g}"
        if texts[0] != texts[1]:
            return " → ".join(texts)
    return f"{old!r} → {new!r}"


def _model_lines(diff: SpecDiff) -> Iterator[str]:
    if diff.kind is not None:
        yield f"~ {diff.kind.old} → {diff.kind.new}"
    for path, value in diff.ends.items():
        yield f"~ {path}: {_shown_pair(value)}"
    for change in diff.layers:
        yield _change_line(change)
    if diff.affected:
        names = join_words((one.name for one in diff.affected), most=MAX_NAMES)
        shapes = [one for one in diff.affected if one.shape is not None]
        what = "other shapes" if shapes else "other params or FLOPs"
        yield f"  by this {names} {_have(diff.affected)} {what}"


def _have(found: Sequence[Any]) -> str:
    return "has" if len(found) == 1 else "have"


def _change_line(change: LayerChange) -> str:
    sign = SIGNS[change.kinds[0]]
    if change.type == OUTPUT:
        return f"{sign} {_output_line(change)}"
    name = change.name if change.old_name is None else f"{change.old_name} → {change.name}"
    what = "input" if change.type == INPUT else change.type
    parts = []
    if change.kinds[0] in (Kind.ADDED, Kind.REMOVED):
        is_new = change.kinds[0] is Kind.ADDED
        given = {k: v.new if is_new else v.old for k, v in change.arguments.items()}
        inner = ", ".join(f"{key}: {_shown(value)}" for key, value in given.items())
        parts.append(f"{{{inner}}}" if inner else "")
        reads = change.reads and (change.reads.new if is_new else change.reads.old)
        parts.append(f"reads {join_words(reads)}" if reads else "")
        params = change.params and (change.params.new if is_new else change.params.old)
        parts.append(f"{params:,} params" if params else "")
        return f"{sign} {name}  {what}  {'  '.join(part for part in parts if part)}".rstrip()
    if Kind.RENAMED in change.kinds:
        parts.append("renamed")
    for key, value in change.arguments.items():
        parts.append(f"{key}: {_shown_pair(value)}")
    if Kind.MOVED in change.kinds or Kind.REWIRED in change.kinds:
        word = "moved" if Kind.MOVED in change.kinds else "rewired"
        assert change.reads is not None
        old, new = (join_words(one) or "nothing" for one in (change.reads.old, change.reads.new))
        parts.append(f"{word}: reads {new}, before {old}" if old != new else word)
    if change.shape is not None and what != "input":  # which has it as an argument
        shapes = (_shape(one) for one in (change.shape.old, change.shape.new))
        parts.append(f"shape {' → '.join(shapes)}")
    if change.params is not None:
        counts = (number_text(one) for one in (change.params.old, change.params.new))
        parts.append(f"params {' → '.join(counts)}")
    return f"{sign} {name}  {what}  {'  '.join(parts)}".rstrip()


def _output_line(change: LayerChange) -> str:
    if change.kinds[0] in (Kind.ADDED, Kind.REMOVED):
        return change.name
    parts = []
    name = change.name
    if change.old_name is not None:
        parts.append("renamed")
        name = f"{change.old_name} → {change.name.removeprefix(f'{OUTPUT} ')}"
    if change.reads is not None and change.reads.old != change.reads.new:
        reads = f"is {join_words(change.reads.new)}, before {join_words(change.reads.old)}"
        parts.append(reads)
    return f"{name}  {'  '.join(parts)}"


def _total_lines(diff: SpecDiff) -> Iterator[str]:
    for name, value in diff.totals.items():
        old, new = (_number(name, one) for one in (value.old, value.new))
        ratio = _ratio(value)
        yield f"{name}: {old} → {new}{f'  ({ratio})' if ratio else ''}"


def _number(name: str, value: int | None) -> str:
    if name.endswith("memory"):
        return memory_text(value)
    return flops_text(value) if name == "FLOPs" else number_text(value)


def _ratio(value: Value) -> str:
    """Such as `+12 %`; "" where a number is not known."""
    if not value.old or value.new is None:
        return ""
    change = 100 * (value.new / value.old - 1)
    return f"{change:+.3g} %" if abs(change) < 1000 else f"x {value.new / value.old:.3g}"


def _setting_lines(path: str, value: Value) -> Iterator[str]:
    """The lines of one setting; a whole section has one for each of its keys, and a long list one
    for each item that is in one list alone."""
    old, new = value.old, value.new
    if not path:
        yield from (_setting(key, Value(one, None)) for key, one in (old or {}).items())
        yield from (_setting(key, Value(None, one)) for key, one in (new or {}).items())
        return
    is_long = max(len(format_flow(old)), len(format_flow(new))) > MAX_VALUE
    if is_long and isinstance(old, list) and isinstance(new, list):
        gone = [Value(item, None) for item in old if item not in new]
        more = [Value(None, item) for item in new if item not in old]
        if gone or more:
            yield from (_setting(path, one) for one in (*gone, *more))
            return
    yield _setting(path, value)


def _setting(path: str, value: Value) -> str:
    if value.old is None:
        return f"+ {path}: {_shown(value.new)}"
    if value.new is None:
        return f"- {path}: {_shown(value.old)}"
    return f"~ {path}: {_shown_pair(value)}"


def _missed(diff: SpecDiff) -> Iterator[str]:
    before = set(diff.old.missed)
    for sentence in diff.new.missed:
        yield f"! {'still ' if sentence in before else ''}missed: {sentence}"
    now = set(diff.new.missed)
    for sentence in diff.old.missed:
        if sentence not in now:
            yield f"  met now, missed before: {sentence}"


def _weight_lines(diff: SpecDiff) -> Iterator[str]:
    every = [tensor for tensor in diff.tensors if tensor.fit is not Fit.NEW]
    fitting = diff.tensors_that(Fit.FITS)
    others = [tensor for tensor in diff.tensors if tensor.fit is not Fit.FITS]
    if not diff.layers or not (every or others):
        return
    if not others:
        yield f"all {len(every)} tensors fit"
    else:
        yield f"{len(fitting)} of {len(every)} tensors fit"
    yield from (_tensor_line(tensor) for tensor in others[:MAX_TENSORS])
    if len(others) > MAX_TENSORS:
        yield f"  and {len(others) - MAX_TENSORS} more: --format json has them all"
    yield from _loading(diff)


def _loading(diff: SpecDiff) -> Iterator[str]:
    """How to begin with the old weights, where names have changed."""
    fitting = diff.tensors_that(Fit.FITS)
    pairs = (_without_common_end(t.old_layer, t.layer) for t in fitting if t.old_layer is not None)
    renamed = dict(pairs)
    if not renamed:
        return
    if len(renamed) > MAX_NAMES:
        yield f"  {len(renamed)} names for `rename` of initial_weights: --format json has them all"
        return
    gone, new = ({t.layer for t in diff.tensors if t.fit in fits} for fits in (_OLD, _NEW))
    fresh = sorted(gone & new)
    given = {"from": "…", "rename": renamed, **({"fresh": fresh} if fresh else {})}
    yield f"  load them with initial_weights: {format_flow(given)}"


_OLD = (Fit.OTHER_SHAPE, Fit.GONE)
_NEW = (Fit.OTHER_SHAPE, Fit.NEW)


def _without_common_end(old: str, new: str) -> tuple[str, str]:
    """The paths of what was renamed, which may be a model that the layers are in."""
    before, now = old.split("/"), new.split("/")
    while len(before) > 1 and len(now) > 1 and before[-1] == now[-1]:
        before, now = before[:-1], now[:-1]
    return "/".join(before), "/".join(now)


def _tensor_line(tensor: TensorFit) -> str:
    name = f"{tensor.layer}.{tensor.name}"
    if tensor.fit is Fit.NEW:
        return f"+ {name} {_shape(tensor.new_shape)} is new"
    if tensor.fit is Fit.GONE:
        return f"- {name} {_shape(tensor.old_shape)} has no place any more"
    return f"~ {name} does not fit: {_shape(tensor.old_shape)} → {_shape(tensor.new_shape)}"


def _shape(shape: Sequence[int | None] | None) -> str:
    if shape is None:
        return MISSING
    return shape_text(shape)


def _shown(value: Any) -> str:
    """A value on one line, as YAML has it."""
    return _cut(format_flow(value))


def _cut(text: str) -> str:
    return text if len(text) <= MAX_VALUE else f"{text[: MAX_VALUE - 1]}…"


def _shown_pair(value: Value) -> str:
    """`OLD → NEW`; long values that begin alike are shown from where they differ."""
    old, new = format_flow(value.old), format_flow(value.new)
    if old != new and _cut(old) == _cut(new):
        pairs = enumerate(zip(old, new, strict=False))
        end = min(len(old), len(new))
        start = next((at for at, (one, other) in pairs if one != other), end) - MAX_VALUE // 3
        old, new = f"…{old[start:]}", f"…{new[start:]}"
    return f"{_cut(old)} → {_cut(new)}"


def _escaped(text: str) -> str:
    return "".join(f"\\{sign}" if sign in "\\`*_[]<>|#" else sign for sign in text)
