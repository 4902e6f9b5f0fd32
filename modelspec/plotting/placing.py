"""From a scene to a picture: each box, label and line with its place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from modelspec.report import short_number_text

from .layered import Point, PortLink, Tile, lay_out
from .scene import FROM_TO, OUTPUT, Drawing, Flow, Port, Scene, SceneNode
from .text_width import shorten, text_width

NAME_SIZE, CLASS_SIZE, LABEL_SIZE, TITLE_SIZE, TOTAL_SIZE = 13.0, 11.0, 10.5, 20.0, 12.0

LONGEST_NAME, LONGEST_CLASS = 28, 26

CARD_HEIGHT, PILL_HEIGHT = 46.0, 26.0

SHEET = 4.0
"""How far the second sheet of a folded group shows below the first."""

CARD_PADDING, LEAST_WIDTH = 13.0, 124.0

LABEL_HEIGHT, LABEL_GAP = 17.0, 6.0

FRAME_PADDING, FRAME_TITLE = 16.0, 30.0

MARGIN = 28.0


class BoxKind(StrEnum):
    """The kinds of boxes."""

    CARD = "card"
    PILL = "pill"
    FRAME = "frame"
    DOT = "dot"


@dataclass(slots=True)
class Box:
    """A node that has a place; the x and y of its upper left corner.

    Attributes:
        depth: how many frames it is in.
    """

    kind: BoxKind
    node: SceneNode
    x: float
    y: float
    width: float
    height: float
    depth: int = 0


@dataclass(slots=True)
class Label:
    """A shape beside the line that has it; the x and y of the upper left corner."""

    text: str
    x: float
    y: float
    width: float
    height: float


@dataclass(slots=True)
class Line:
    """The way of a tensor from one node to another; one that leaves a frame ends without a head."""

    source: SceneNode
    target: SceneNode
    points: list[Point]
    has_head: bool = True


@dataclass(slots=True)
class Picture:
    """All that is drawn, and how large it is."""

    drawing: Drawing
    width: float = 0
    height: float = 0
    boxes: list[Box] = field(default_factory=list)
    labels: list[Label] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)


def place(drawing: Drawing) -> Picture:
    """Lay a drawing out; what is said around the scene is not in the picture's size."""
    made = _measure_scene(drawing.scene, is_whole=True)
    picture = Picture(drawing, made.width, made.height)
    made.put(picture, 0, 0, 0)
    return picture


@dataclass(slots=True)
class _Measured:
    """A scene that is laid out, at (0, 0)."""

    scene: Scene
    cards: list[_Card]
    anchors: list[Point]
    lines: list[tuple[Flow, list[Point]]]
    width: float
    height: float

    def put(self, picture: Picture, x: float, y: float, depth: int) -> None:
        """Add all of it to a picture, with its corner at a point."""
        for flow, points in self.lines:
            source, target = self.scene.nodes[flow.source], self.scene.nodes[flow.target]
            moved = [(a + x, b + y) for a, b in points]
            leaves = self.cards[flow.target].kind is BoxKind.DOT
            picture.lines.append(Line(source, target, moved, has_head=not leaves))
        for card, (ax, ay) in zip(self.cards, self.anchors, strict=True):
            card.put(picture, x + ax, y + ay, depth)


@dataclass(slots=True)
class _Card:
    """A node that is measured."""

    node: SceneNode
    kind: BoxKind
    block: Tile
    left: float
    width: float
    ports: list[Port]
    inner: _Measured | None = None
    inner_x: float = 0
    hidden: set[Port] = field(default_factory=set)

    def put(self, picture: Picture, x: float, y: float, depth: int) -> None:
        """Add it with what is inside to a picture; `x` is that of its anchor."""
        corner = x - self.left
        box = Box(self.kind, self.node, corner, y, self.width, self.block.height, depth)
        picture.boxes.append(box)
        for port, offset in zip(self.ports, self.block.outs, strict=False):
            text = self.node.shapes.get(port, "")
            if text and port not in self.hidden:
                width = text_width(text, LABEL_SIZE, mono=True)
                top = y + self.block.height + 2
                picture.labels.append(
                    Label(text, x + offset + LABEL_GAP, top, width, LABEL_HEIGHT - 3)
                )
        if self.inner is not None:
            self.inner.put(picture, corner + self.inner_x, y + FRAME_TITLE, depth + 1)


def _measure_scene(scene: Scene, *, is_whole: bool, exit_room: float = 0) -> _Measured:
    """Lay a scene out.

    Args:
        scene: what is shown.
        is_whole: whether it stands by itself, and not in a frame.
        exit_room: how wide the labels are that stand under a frame, where tensors leave it.
    """
    cards = [_measure(node, is_whole=is_whole) for node in scene.nodes]
    for number in scene.exits if not is_whole else ():
        cards[number].block.right = max(cards[number].block.right, exit_room)
    if not is_whole:
        _hide_labels_of_exits(scene, cards)
    links = []
    for flow in scene.flows:
        card, target = cards[flow.source], cards[flow.target]
        entry = 0
        if target.block.ins is not None:
            entry = min(flow.entry, len(target.block.ins) - 1)
        links.append(PortLink(flow.source, card.ports.index(flow.port), flow.target, entry))
    first = () if is_whole else scene.entries
    last = scene.exits if not is_whole else ()
    layout = lay_out([card.block for card in cards], links, set(first), set(last))
    lines = list(zip(scene.flows, layout.routes, strict=True))
    return _Measured(scene, cards, layout.anchors, lines, layout.width, layout.height)


def _hide_labels_of_exits(scene: Scene, cards: list[_Card]) -> None:
    """A tensor that only leaves a frame has its label under the frame."""
    exits = set(scene.exits)
    stays = {(f.source, f.port) for f in scene.flows if f.target not in exits}
    for flow in scene.flows:
        if flow.target in exits and (flow.source, flow.port) not in stays:
            cards[flow.source].hidden.add(flow.port)


def _measure(node: SceneNode, *, is_whole: bool) -> _Card:
    if node.is_open and node.inside is not None:
        return _measure_frame(node, node.inside)
    if node.is_end and node.class_name == OUTPUT and not is_whole:
        return _Card(node, BoxKind.DOT, Tile(9, 9, 0), 0, 0, [])
    if node.is_end and not node.name:
        block = Tile(9, 9, 8)
        kind, width = BoxKind.DOT, 8.0
    else:
        kind = BoxKind.PILL if node.is_end else BoxKind.CARD
        width = pill_width(node) if node.is_end else card_width(node)
        block = Tile(width / 2, width / 2, PILL_HEIGHT if node.is_end else CARD_HEIGHT)
    block.height += SHEET if node.inside is not None else 0
    block.half = max(width / 2 - 10, 0)
    ports = list(node.shapes)
    _set_ports(block, node, ports)
    return _Card(node, kind, block, width / 2, width, ports)


def _set_ports(block: Tile, node: SceneNode, ports: Sequence[Port]) -> None:
    """Put the ports side by side, each with room for its label."""
    rooms = [_label_room(node.shapes[port]) for port in ports]
    if not rooms:
        return
    offsets, x = [], 0.0
    for room in rooms:
        offsets.append(x)
        x += room + 10
    middle = offsets[-1] / 2
    block.outs = tuple(offset - middle for offset in offsets)
    block.left = max(block.left, middle + 9)
    block.right = max(block.right, block.outs[-1] + rooms[-1])
    block.below = LABEL_HEIGHT


def _label_room(text: str) -> float:
    return LABEL_GAP + text_width(text, LABEL_SIZE, mono=True) + 4 if text else 9


def _measure_frame(node: SceneNode, inside: Scene) -> _Card:
    rooms = [_label_room(shape) for shape in node.shapes.values()]
    inner = _measure_scene(inside, is_whole=False, exit_room=max(rooms, default=0))
    title = frame_title_width(node) + 2 * FRAME_PADDING
    width = max(inner.width + 2 * FRAME_PADDING, title)
    inner_x = (width - inner.width) / 2
    entries = [inner.anchors[number][0] + inner_x for number in inside.entries]
    exits = {inside.nodes[n].name: inner.anchors[n][0] + inner_x for n in inside.exits}
    anchor = entries[0] if entries else width / 2
    ports = list(node.shapes)
    outs = tuple(_exit_x(port, exits, width) - anchor for port in ports)
    block = Tile(anchor, width - anchor, FRAME_TITLE + inner.height)
    block.height += 0 if inside.exits else FRAME_PADDING
    block.ins = tuple(entry - anchor for entry in entries) or None
    block.half = max(min(anchor, width - anchor) - 12, 0)
    if ports:
        block.outs = outs
        block.below = LABEL_HEIGHT
        rooms = [x + _label_room(node.shapes[port]) for port, x in zip(ports, outs, strict=True)]
        block.right = max(block.right, *rooms)
    return _Card(node, BoxKind.FRAME, block, anchor, width, ports, inner, inner_x)


def _exit_x(port: Port, exits: dict[str, float], width: float) -> float:
    if not exits:
        return width / 2
    if isinstance(port, str) and port in exits:
        return exits[port]
    places = list(exits.values())
    return places[port] if isinstance(port, int) and port < len(places) else places[0]


def shown_name(node: SceneNode) -> str:
    """The name, shortened where it is long."""
    first, between, last = node.name.partition(FROM_TO)
    if not between:
        return shorten(node.name, LONGEST_NAME)
    return f"{shorten(first, LONGEST_NAME // 2)}{between}{shorten(last, LONGEST_NAME // 2)}"


def shown_class(node: SceneNode) -> str:
    """The class, and for a group how many layers it has."""
    text = shorten(node.class_name, LONGEST_CLASS)
    return f"{text}, {node.layers} layers" if node.inside is not None else text


def shown_params(node: SceneNode) -> str:
    """The parameters, in three digits; "" for none."""
    if node.call[0] > 1:
        return "same weights"
    if node.params is None:
        return "? params"
    return f"{short_number_text(node.params)} params" if node.params else ""


def shown_marks(node: SceneNode) -> list[str]:
    """What stands in small boxes at the right of the name."""
    marks = []
    if node.times > 1:
        marks.append(f"× {node.times}")
    if node.call[1] > 1:
        marks.append(f"call {node.call[0]} of {node.call[1]}")
    if node.is_frozen:
        marks.append("frozen")
    return marks


def mark_width(mark: str) -> float:
    """The width of such a box."""
    return text_width(mark, CLASS_SIZE - 1) + 12


def card_width(node: SceneNode) -> float:
    """The width of a card."""
    marks = sum(mark_width(mark) + 5 for mark in shown_marks(node))
    first = text_width(shown_name(node), NAME_SIZE, bold=True) + marks
    params = shown_params(node)
    gap = 16 if params else 0
    second = text_width(shown_class(node), CLASS_SIZE) + gap + text_width(params, CLASS_SIZE)
    return max(LEAST_WIDTH, first + 2 * CARD_PADDING, second + 2 * CARD_PADDING)


def pill_width(node: SceneNode) -> float:
    """The width of an input or an output."""
    return text_width(shown_name(node), CLASS_SIZE) + 26


def title_rest(node: SceneNode) -> str:
    """What follows the name above a frame."""
    return " · ".join(text for text in (shown_class(node), shown_params(node)) if text)


def frame_title_width(node: SceneNode) -> float:
    """The width of what stands above what is inside a frame."""
    marks = sum(mark_width(mark) + 5 for mark in shown_marks(node))
    name = text_width(shown_name(node), NAME_SIZE - 1, bold=True)
    rest = title_rest(node)
    return name + 10 + text_width(rest, CLASS_SIZE) + 10 + marks
