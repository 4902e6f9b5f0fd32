"""The order in which calls can be made, or the cycle that forbids one."""

from __future__ import annotations

import heapq
from collections.abc import Collection, Hashable, Mapping
from typing import TypeVar

from modelspec.diagnostics import Findings, Related

from .graph import Call

K = TypeVar("K", bound=Hashable)


def sort_by_sources(sources: Mapping[K, Collection[K]]) -> tuple[list[K], dict[K, set[K]]]:
    """Keys with their sources before them, otherwise in the order of the mapping.

    Kahn's algorithm. `graphlib` does not break ties by the order of the mapping, and stops at a
    cycle of its own choice.

    Args:
        sources: key to the keys that come before it; those that the mapping lacks do not count.

    Returns:
        The sorted keys, and each key that is in a cycle or behind one, with the sources that it
        waits for.
    """
    keys = list(sources)
    position = {key: index for index, key in enumerate(keys)}
    waits_for = {key: {s for s in found if s in position} for key, found in sources.items()}
    readers: dict[K, list[K]] = {key: [] for key in keys}
    for key, found in waits_for.items():
        for source in found:
            readers[source].append(key)
    ready = [position[key] for key in keys if not waits_for[key]]  # sorted, so it is a heap
    ordered: list[K] = []
    while ready:
        key = keys[heapq.heappop(ready)]
        ordered.append(key)
        for reader in readers[key]:
            waits_for[reader].discard(key)
            if not waits_for[reader]:
                heapq.heappush(ready, position[reader])
    return ordered, {key: found for key, found in waits_for.items() if found}


def sort_calls(calls: tuple[Call, ...], findings: Findings) -> tuple[Call, ...] | None:
    """Calls with sources before readers, otherwise in the order written; None where they cycle."""
    by_name = {call.name: call for call in calls}
    ordered, left = sort_by_sources({c.name: [r.source for r in c.reads()] for c in calls})
    if left:
        _report_cycle(left, by_name, findings)
        return None
    return tuple(by_name[name] for name in ordered)


def _report_cycle(left: dict[str, set[str]], by_name: dict[str, Call], findings: Findings) -> None:
    name = next(iter(left))
    seen: list[str] = []
    while name not in seen:
        seen.append(name)
        name = min(source for source in left[name] if source in left)
    cycle = seen[seen.index(name) :][::-1]
    layers = [by_name[n].layer for n in cycle]
    way = " -> ".join([*layers, layers[0]])
    message = f"{way} is a cycle: none of its layers can be called first"
    first, *others = (by_name[n] for n in cycle)
    related = tuple(Related(call.span, f'"{call.layer}" is part of the cycle') for call in others)
    hint = "remove one edge of the cycle"
    findings.error(first.span, "cycle", message, hint=hint, related=related)
