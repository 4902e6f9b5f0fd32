"""Which models, blocks and repeats of a drawing are shown with what is inside them."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

from .grouping import group_blocks, group_repeats
from .scene import Drawing, Scene, SceneNode

LARGE = 40
"""A scene of more nodes than this has its blocks and repeats folded."""

BUDGET = 48
"""How many nodes are shown at most where more can be folded."""


class Folding(NamedTuple):
    """What is asked to be open.

    Attributes:
        unfold: every layer, in every repetition.
        depth: how many levels of models, blocks and repeats; None for as many as can be read at
            once.
    """

    unfold: bool = False
    depth: int | None = None


def fold(drawing: Drawing, folding: Folding) -> Drawing:
    """A drawing with blocks and repeats as groups, and some of them open; the drawing that is
    given, with nothing folded, stays as it is."""
    if folding.unfold:
        return replace(drawing, scene=_unfolded(drawing.scene))
    scene = _grouped(drawing.scene)
    if folding.depth is None:
        _open_within(scene, BUDGET)
    else:
        _open_to(scene, folding.depth)
    return replace(drawing, scene=scene)


def _unfolded(scene: Scene) -> Scene:
    nodes = [
        node if node.inside is None else replace(node, inside=_unfolded(node.inside), is_open=True)
        for node in scene.nodes
    ]
    return Scene(nodes, scene.flows)


def _grouped(scene: Scene) -> Scene:
    """A copy of the scene, and of those in it, with blocks and repeats where it is large."""
    nodes = [
        node if node.inside is None else replace(node, inside=_grouped(node.inside), is_open=False)
        for node in scene.nodes
    ]
    scene = Scene(nodes, scene.flows)
    if len(scene.nodes) > LARGE:
        scene = group_blocks(scene)
        scene = group_repeats(scene)
    return scene


def _open_to(scene: Scene, depth: int) -> None:
    if depth < 1:
        return
    for node in scene.nodes:
        if node.inside is not None:
            node.is_open = True
            _open_to(node.inside, depth - 1)


def _open_within(scene: Scene, budget: int) -> None:
    """Open level after level: all groups of it, or else one of each kind, while there is room."""
    level = [node for node in scene.nodes if node.inside is not None]
    while level:
        room = budget - count_shown(scene)
        chosen = level
        if sum(_gain(node) for node in chosen) > room:
            chosen = list({_kind(node): node for node in reversed(level)}.values())[::-1]
        if sum(_gain(node) for node in chosen) > room:
            chosen = [node for node in chosen if _gain(node) <= room][:1]
        for node in chosen:
            node.is_open = True
        level = [
            inner
            for node in chosen
            for inner in (node.inside.nodes if node.inside is not None else ())
            if inner.inside is not None
        ]


def count_shown(scene: Scene) -> int:
    """How many nodes are shown of a scene."""
    return sum(
        count_shown(node.inside) if node.is_open and node.inside is not None else 1
        for node in scene.nodes
    )


def _gain(node: SceneNode) -> int:
    return 0 if node.inside is None else len(node.inside.nodes) - 1


def _kind(node: SceneNode) -> int:
    """Equal for groups that look the same but for names, arguments and sizes."""
    if node.inside is None:
        return hash(node.class_name)
    flows = tuple((flow.source, flow.target) for flow in node.inside.flows)
    return hash((tuple(_kind(inner) for inner in node.inside.nodes), flows))


def close_some(scene: Scene) -> bool:
    """Close the groups that are open furthest inside; false where none is."""
    open_ones = [node for node in scene.nodes if node.is_open and node.inside is not None]
    deeper = [close_some(node.inside) for node in open_ones if node.inside is not None]
    if any(deeper):
        return True
    for node in open_ones:
        node.is_open = False
    return bool(open_ones)
