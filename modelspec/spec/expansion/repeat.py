"""`repeat: {times: N, layers: [...]}`: its layers, once for each turn."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from modelspec.diagnostics import Findings, Span, did_you_mean, nearest
from modelspec.document import LocatedDict, LocatedList
from modelspec.spec.expressions import UNKNOWN, format_value

from .frame import Scope

if TYPE_CHECKING:
    from .layers import Expander

REPEAT = "repeat"
KEYS = ("times", "layers")
_TURN = 20
"""What a turn costs in values, so that a repeat of nothing ends too."""


def expand_repeat(
    expander: Expander, item: LocatedDict, span: Span, frame: Scope
) -> tuple[LocatedList, Iterator[Scope]]:
    """The layers of a `repeat`, and a frame for each turn, in which `index` counts from 0.

    Where it has a fault there are no layers. Where blocks are only looked at there is one turn,
    in which `index` is unknown.
    """
    expander.touched = True
    nothing = LocatedList(span), iter(())
    if not _is_sound(item, frame, expander.findings):
        return nothing
    body = item[REPEAT]
    layers, at = body["layers"], frame.place(body.value_spans["times"])
    times = expander.all_or_unknown(body["times"], body.value_spans["times"], frame)
    if expander.shallow is not None:
        return layers, iter((frame.with_index(UNKNOWN),))
    if times is UNKNOWN:
        return nothing
    if not isinstance(times, int) or isinstance(times, bool) or times < 0:
        message = f"`times` must be a whole number of at least 0, got {format_value(times)}"
        expander.findings.error(at, "wrong-value", message)
        return nothing
    least = max(times, times * expander.blocks.count(layers))
    expander.budget.foresee(least, at, "this `repeat`")
    return layers, _frames(expander, times, at, frame)


def _frames(expander: Expander, times: int, span: Span, frame: Scope) -> Iterator[Scope]:
    for index in range(times):
        expander.budget.values(_TURN, span)
        yield frame.with_index(index)


def _is_sound(item: LocatedDict, frame: Scope, findings: Findings) -> bool:
    """Whether a `repeat` has its form; the schema has not seen those in arguments of layers."""
    body, span = item[REPEAT], frame.place(item.key_spans[REPEAT])
    if len(item) > 1:
        message = f"`repeat` and `{next(k for k in item if k != REPEAT)}` stand side by side"
        findings.error(span, "not-one-object", message, hint="give each an item of its own")
        return False
    if not isinstance(body, LocatedDict):
        message = "`repeat` must be a mapping with `times` and `layers`"
        findings.error(span, "wrong-value", message)
        return False
    for key in body:
        if key not in KEYS:
            message = f"`repeat` has no key `{key}`{did_you_mean(key, KEYS)}"
            hint = "it takes times and layers"
            findings.error(frame.place(body.key_spans[key]), "unknown-key", message, hint=hint)
    for key in KEYS:
        if key not in body and not any(nearest(k, [key]) for k in body):
            findings.error(span, "missing-key", f"`repeat` needs `{key}`")
    if set(body) == set(KEYS) and not (isinstance(body["layers"], LocatedList) and body["layers"]):
        message = "`layers` must be a list of layers"
        findings.error(frame.place(body.value_spans["layers"]), "wrong-value", message)
        return False
    return set(body) == set(KEYS)


def refuse_misplaced(span: Span, findings: Findings) -> None:
    """The finding for a `repeat` where one layer should stand."""
    message = "`repeat` stands only in a list of layers"
    hint = "put it into a `Sequential: {layers: [...]}`"
    findings.error(span, "misplaced-repeat", message, hint=hint)
