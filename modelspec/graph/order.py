"""The order in which calls can be made, or the cycle that forbids one."""

from __future__ import annotations

import heapq

from modelspec.diagnostics import Findings, Related

from .graph import Call


def in_order(calls: tuple[Call, ...], findings: Findings) -> tuple[Call, ...] | None:
    """Calls with sources before readers, otherwise in the order written; None where they cycle.

    Kahn's algorithm, with the earliest written call first among those that are ready.
    """
    by_name = {call.name: call for call in calls}
    needs = {c.name: {r.source for r in c.reads() if r.source in by_name} for c in calls}
    readers: dict[str, list[str]] = {name: [] for name in by_name}
    for name, sources in needs.items():
        for source in sources:
            readers[source].append(name)
    position = {call.name: index for index, call in enumerate(calls)}
    ready = [position[name] for name in by_name if not needs[name]]  # sorted, so it is a heap
    ordered: list[Call] = []
    while ready:
        call = calls[heapq.heappop(ready)]
        ordered.append(call)
        for reader in readers[call.name]:
            needs[reader].discard(call.name)
            if not needs[reader]:
                heapq.heappush(ready, position[reader])
    if len(ordered) == len(calls):
        return tuple(ordered)
    _report_cycle({name: sources for name, sources in needs.items() if sources}, by_name, findings)
    return None


def _report_cycle(needs: dict[str, set[str]], by_name: dict[str, Call], findings: Findings) -> None:
    name = next(iter(needs))
    seen: list[str] = []
    while name not in seen:
        seen.append(name)
        name = min(source for source in needs[name] if source in needs)
    cycle = seen[seen.index(name) :][::-1]
    layers = [by_name[n].layer for n in cycle]
    message = f"{' -> '.join([*layers, layers[0]])} is a cycle: no layer of it can be called first"
    first, *rest = (by_name[n] for n in cycle)
    related = tuple(Related(call.span, f'"{call.layer}" is part of it') for call in rest)
    findings.error(first.span, "cycle", message, hint="remove one edge of it", related=related)
