"""The differences between the spec of a run and the spec now, by dotted paths."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from modelspec.diagnostics import Findings
from modelspec.document import locate

from .fill import fill_defaults
from .spec import Spec

Path = tuple[str | int, ...]

MAY_CHANGE: tuple[Path, ...] = (
    ("name",),
    ("description",),
    ("expect",),
    ("training", "epochs"),
    ("training", "callbacks"),
    ("training", "checkpoint"),
    ("training", "calibration"),
    ("training", "threshold"),
    ("training", "steps_per_execution"),
    ("training", "distribute"),
    ("training", "tracking"),
    ("training", "report"),
)
"""What may change when a run is resumed."""

MAY_CHANGE_IN_PHASE = ("epochs", "callbacks")
"""What may change of a phase."""

LONGEST = 60
_NOTHING = object()


class Change(NamedTuple):
    """One value that differs; `_NOTHING` means that there is none."""

    path: Path
    was: Any
    now: Any


def refuse_changes(before: Mapping[str, Any], spec: Spec, findings: Findings) -> None:
    """An error for each value that must not change when a run is resumed.

    Args:
        before: the document with all defaults (`spec.expanded.yaml`) that the training began with.
        spec: as it is now.
        findings: takes the errors, each at its location in the current text.
    """
    for change in find_changes(before, fill_defaults(spec.document, spec.name)):
        if _may_change(change.path):
            continue
        span = locate(spec.document, change.path, spec.span)
        hint = "change it back, or train into another folder"
        findings.error(span, "changed-since", _sentence(change), hint=hint)


def _may_change(path: Path) -> bool:
    if path[:2] == ("training", "phases"):
        return len(path) > 3 and path[3] in MAY_CHANGE_IN_PHASE
    return any(path[: len(free)] == free for free in MAY_CHANGE)


def find_changes(before: Any, now: Any, path: Path = ()) -> Iterator[Change]:
    """All values that differ. Lists of different lengths count as one."""
    if isinstance(before, Mapping) and isinstance(now, Mapping):
        for key in dict.fromkeys([*before, *now]):
            was, is_now = before.get(key, _NOTHING), now.get(key, _NOTHING)
            yield from find_changes(was, is_now, (*path, key))
    elif isinstance(before, list) and isinstance(now, list) and len(before) == len(now):
        for index, (was, is_now) in enumerate(zip(before, now, strict=True)):
            yield from find_changes(was, is_now, (*path, index))
    elif (type(before) is not type(now) or before != now) and not _same_number(before, now):
        yield Change(path, before, now)


def _same_number(one: Any, two: Any) -> bool:
    """1 and 1.0 are the same number to Keras; true is not a number."""
    numbers = all(isinstance(v, (int, float)) and not isinstance(v, bool) for v in (one, two))
    return numbers and one == two


def _sentence(change: Change) -> str:
    name = f"`{dotted(change.path)}`"
    if change.was is _NOTHING:
        return f"{name} is new since the run began: {_shown(change.now)}"
    if change.now is _NOTHING:
        return f"{name} was {_shown(change.was)} when the run began, and is removed now"
    if isinstance(change.was, list) and isinstance(change.now, list):
        lengths = f"had {len(change.was)} entries when the run began, and has {len(change.now)}"
        return f"{name} {lengths}"
    return f"{name} was {_shown(change.was)} when the run began, and is {_shown(change.now)}"


def dotted(path: Path) -> str:
    """`model.sequential.layers[2].Dense.units`."""
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}"
    return text.removeprefix(".")


def _shown(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"
