"""Params to their values, in the order in which they need each other."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from modelspec.diagnostics import Findings, Related, Span
from modelspec.spec.expressions import UNKNOWN, has_expression, names_in

Evaluate = Callable[[Any, Span, Mapping[str, Any]], Any]
"""A param's value, its place and the names in scope to what it comes to, or UNKNOWN."""


def resolve(
    written: Mapping[str, tuple[Any, Span]],
    outer: Mapping[str, Any],
    evaluate: Evaluate,
    findings: Findings,
) -> dict[str, Any]:
    """The values of params that may refer to each other in any order.

    Args:
        written: name to the value as written and its place.
        outer: names that are known already; one that is also in `written` is hidden by it, but
            for the param of that name itself: `rate: "${rate}"` takes the outer one over.
        evaluate: computes one value.
        findings: takes cycles.

    Returns:
        All of `written`; what is part of a cycle, or needs what is, is UNKNOWN.
    """
    needs, readers = _order(written, outer)
    done: dict[str, Any] = {}
    scope = {name: value for name, value in outer.items() if name not in written}
    ready = [name for name in written if not needs[name]][::-1]
    left = iter(written)
    while len(done) < len(written):
        if not ready:
            ready = _break_cycle(next(n for n in left if n not in done), needs, written, findings)
            done |= dict.fromkeys(ready, UNKNOWN)
        name = ready.pop()
        if name not in done:
            own = {name: outer[name]} if name in outer else {}
            done[name] = evaluate(*written[name], {**scope, **own} if own else scope)
        scope[name] = done[name]
        for reader in readers[name]:
            needs[reader].discard(name)
            if not needs[reader] and reader not in done:
                ready.append(reader)
    return done


def _order(
    written: Mapping[str, tuple[Any, Span]], outer: Mapping[str, Any]
) -> tuple[dict[str, set[str]], dict[str, list[str]]]:
    """Which params each param needs, and which need it."""
    needs = {
        name: (_names(value) & written.keys()) - ({name} & outer.keys())
        for name, (value, _) in written.items()
    }
    readers: dict[str, list[str]] = {name: [] for name in written}
    for name, wanted in needs.items():
        for other in wanted:
            readers[other].append(name)
    return needs, readers


def _break_cycle(
    name: str,
    needs: dict[str, set[str]],
    written: Mapping[str, tuple[Any, Span]],
    findings: Findings,
) -> list[str]:
    """Report the cycle that `name` is part of, or needs; returns the params of the cycle."""
    seen: dict[str, None] = {}
    while name not in seen:
        seen[name] = None
        name = min(needs[name])
    cycle = list(seen)[list(seen).index(name) :]
    shown = " -> ".join(f"`{n}`" for n in [*cycle[:8], *(["…"] if len(cycle) > 8 else []), name])
    message = f"{shown} is a cycle, so none of these params has a value"
    if len(cycle) == 1:
        message = f"the param `{name}` refers to itself"
    first, *rest = (written[n][1] for n in cycle)
    related = tuple(Related(span, "part of the cycle") for span in rest[:8])
    hint = (
        "give one of them a value without an expression"
        if len(cycle) > 1
        else "give it a value without an expression"
    )
    findings.error(first, "param-cycle", message, hint=hint, related=related)
    return cycle


def _names(value: Any) -> set[str]:
    names: set[str] = set()
    waiting, seen = [value], set()
    while waiting:
        item = waiting.pop()
        if has_expression(item):
            names |= names_in(item)
        elif isinstance(item, (dict, list)) and id(item) not in seen:
            seen.add(id(item))
            waiting.extend(item.values() if isinstance(item, dict) else item)
    return names
