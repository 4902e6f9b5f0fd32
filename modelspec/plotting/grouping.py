"""Layers that follow one another, as one node: blocks of a model that names none, and repeats."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from modelspec.layers.rule import total

from .families import Family
from .reading import likeness_of
from .scene import FROM_TO, INPUT, OUTPUT, Flow, Port, Scene, SceneNode

BLOCK = re.compile(
    r"^.*?(?:block|stage|layer|cell|unit|module)s?_?\d+[a-z]?(?=_|/|$)", re.IGNORECASE
)
"""The part of a layer's name that says which block it is in: `conv2_block1` in
`conv2_block1_add`."""

LEAST_BLOCK = 3
"""A block of fewer layers is not folded."""

MOST_ENTRIES = 4
"""What reads more tensors from outside is where branches meet, and no block."""

LONGEST_PERIOD = 48
"""The most parts that a repeat is looked for in."""

REPEAT, BLOCK_KIND = "repeat", "block"
"""What stands in the place of a class for groups that the spec has no model for."""

Part = tuple[int, int]
"""The numbers of the first node and of the one after the last."""


def group_blocks(scene: Scene) -> Scene:
    """The scene with each of its blocks as one node: layers whose names say that they belong
    together, and branches between the fork and the joint."""
    parts = _parts(scene)
    merged: list[Part] = []
    stems: list[str] = []
    for first, end in parts:
        names = [_stem(scene.nodes[number].name) for number in range(first, end)]
        stem = max(set(names), key=lambda name: (names.count(name), name))
        if merged and stem and stems[-1] == stem:
            merged[-1] = (merged[-1][0], end)
            continue
        merged.append((first, end))
        stems.append(stem)
    groups = [
        (part, 1, stem)
        for part, stem in zip(merged, stems, strict=True)
        if part[1] - part[0] >= LEAST_BLOCK and _count_entries(scene, part) <= MOST_ENTRIES
    ]
    return _with_groups(scene, groups)


def group_repeats(scene: Scene) -> Scene:
    """The scene with each stretch of equal parts that follow one another as one node."""
    parts = _parts(scene)
    signs = [_sign(scene, part) for part in parts]
    groups: list[tuple[Part, int, str]] = []
    at = 0
    while at < len(parts):
        period, times = _longest_repeat(signs, at)
        first, end = parts[at][0], parts[at + period - 1][1]
        if times > 1 and (times - 1) * (end - first) >= 2:
            groups.append(((first, end), times, ""))
            at += period * times
        else:
            at += 1
    return _with_groups(scene, groups)


def _count_entries(scene: Scene, part: Part) -> int:
    first, end = part
    return len({(f.source, f.port) for f in scene.flows_into(first, end) if f.source < first})


def _stem(name: str) -> str:
    found = BLOCK.match(name)
    return found.group() if found else ""


def _parts(scene: Scene) -> list[Part]:
    """The nodes, cut wherever a single tensor leads on, that of an input apart."""
    nodes = scene.nodes
    last: dict[tuple[int, Port], int] = {}
    for flow in scene.flows:
        if not nodes[flow.source].is_end:
            key = (flow.source, flow.port)
            last[key] = max(last.get(key, 0), flow.target)
    ending: list[int] = [0] * (len(nodes) + 1)
    beginning: list[int] = [0] * (len(nodes) + 1)
    for (source, _), end in last.items():
        beginning[source] += 1
        ending[end] += 1
    parts: list[Part] = []
    live, first = 0, None
    for number, node in enumerate(nodes):
        live += beginning[number] - ending[number]
        if node.is_end:
            first = None
            continue
        first = number if first is None else first
        if live <= 1:
            parts.append((first, number + 1))
            first = None
    return parts


def _sign(scene: Scene, part: Part) -> int:
    """Equal for parts that are alike."""
    first, end = part
    reads = []
    for flow in scene.flows_into(first, end):
        source, port = flow.source - first, flow.port
        if source < 0:
            source = -1 - flow.source if scene.nodes[flow.source].is_end else -1
            port = None
        reads.append((source, port, flow.target - first, flow.entry))
    likeness = tuple(scene.nodes[number].likeness for number in range(first, end))
    return hash((likeness, tuple(reads)))


def _longest_repeat(signs: Sequence[int], at: int) -> tuple[int, int]:
    """The period and the number of times of the repeat from here on that covers most."""
    best = (1, 1)
    for period in range(1, min(LONGEST_PERIOD, (len(signs) - at) // 2) + 1):
        if signs[at] != signs[at + period]:
            continue
        end = at
        while end + period < len(signs) and signs[end] == signs[end + period]:
            end += 1
        times = (end - at) // period + 1
        if times > 1 and period * times > best[0] * best[1]:
            best = (period, times)
    return best


def _with_groups(scene: Scene, groups: Sequence[tuple[Part, int, str]]) -> Scene:
    """The scene with stretches of its nodes replaced by groups.

    Args:
        scene: the scene.
        groups: the part that is shown of each, how often it follows itself, and its name if any.
    """
    if not groups:
        return scene
    by_first = {part[0]: (part, times, name) for part, times, name in groups}
    nodes: list[SceneNode] = []
    now: dict[int, int] = {}
    number = 0
    while number < len(scene.nodes):
        if number not in by_first:
            now[number] = len(nodes)
            nodes.append(scene.nodes[number])
            number += 1
            continue
        part, times, name = by_first[number]
        length = (part[1] - part[0]) * times
        now.update(dict.fromkeys(range(number, number + length), len(nodes)))
        nodes.append(_group(scene, part, times, name))
        number += length
    flows: dict[Flow, None] = {}
    entries: dict[int, dict[tuple[int, Port], int]] = {}
    merged = {now[part[0]] for part, _, _ in groups}
    for flow in scene.flows:
        source, target = now[flow.source], now[flow.target]
        if source == target:
            continue
        entry, port = flow.entry, flow.port
        if target in merged and nodes[target].class_name in (REPEAT, BLOCK_KIND):
            known = entries.setdefault(target, {})
            entry = known.setdefault((flow.source, flow.port), len(known))
        if source in merged:
            port = None
        flows[Flow(source, port, target, entry)] = None
    return Scene(nodes, list(flows))


def _group(scene: Scene, part: Part, times: int, name: str) -> SceneNode:
    first, end = part
    length = end - first
    copies = [scene.nodes[first + length * turn : end + length * turn] for turn in range(times)]
    every = [node for copy in copies for node in copy]
    inside = _inside(scene, part)
    for number, node in enumerate(copies[0]):  # each shows what was found in any of the copies
        node.findings = list(
            dict.fromkeys(found for copy in copies for found in copy[number].findings)
        )
    known = name if name else _from_to(every[0].name, every[-1].name)
    kind = REPEAT if times > 1 else BLOCK_KIND
    if length == 1:
        kind, inside = every[0].class_name, every[0].inside or inside
    out = _leaving(scene, first + length * (times - 1), first + length * times)
    node = SceneNode(
        _from_to(every[0].path, every[-1].path),
        known,
        kind,
        Family.MODEL if length > 1 else every[0].family,
        {None: "" if out is None else scene.nodes[out[0]].shapes.get(out[1], "")},
        total(*(each.params for each in every if each.call[0] == 1)),
        total(*(each.trainable for each in every if each.call[0] == 1)),
        total(*(each.flops for each in every)),
        every[0].place,
        is_frozen=any(each.is_frozen for each in every)
        and all(each.is_frozen or not each.params for each in every),
        times=times,
        inside=inside,
        layers=sum(each.layers * each.times for each in copies[0]),
        arguments=every[0].arguments if length == 1 else {},
    )
    node.likeness = hash((times, likeness_of(inside)))
    node.findings = list(dict.fromkeys(found for each in every for found in each.findings))
    return node


def _from_to(first: str, last: str) -> str:
    """`block0 … block95`, of groups too."""
    return f"{first.partition(FROM_TO)[0]}{FROM_TO}{last.rpartition(FROM_TO)[2]}"


def _leaving(scene: Scene, first: int, end: int) -> tuple[int, Port] | None:
    """What leads out of a part: its tensor, by the number of its node and the port."""
    later = scene.flows_into(end, len(scene.nodes))
    return next(((f.source, f.port) for f in later if first <= f.source < end), None)


def _inside(scene: Scene, part: Part) -> Scene:
    """The nodes of a part by themselves, with an end for each tensor that comes in and goes out."""
    first, end = part
    comes: dict[tuple[int, Port], int] = {}
    inner: list[Flow] = []
    flows = scene.flows_into(first, end)
    for flow in flows:
        if flow.source < first:
            comes.setdefault((flow.source, flow.port), len(comes))
    shift = len(comes) - first
    for flow in flows:
        if flow.source >= first:
            moved = replace(flow, source=flow.source + shift, target=flow.target + shift)
        else:
            source = comes[flow.source, flow.port]
            moved = Flow(source, None, flow.target + shift, flow.entry)
        inner.append(moved)
    nodes = [
        SceneNode("", "", INPUT, Family.ENDS, {None: ""}, layers=0, likeness=INPUT) for _ in comes
    ]
    nodes += scene.nodes[first:end]
    out = _leaving(scene, first, end)
    if out is not None:
        inner.append(Flow(out[0] + shift, out[1], len(nodes)))
        nodes.append(SceneNode("", "", OUTPUT, Family.ENDS, {}, layers=0, likeness=OUTPUT))
    return Scene(nodes, inner)
