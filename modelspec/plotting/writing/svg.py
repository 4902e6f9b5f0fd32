"""A picture as SVG: one file, with its colours in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from math import hypot
from xml.sax.saxutils import escape, quoteattr

from modelspec.diagnostics import Finding, Severity, printable_lines
from modelspec.plotting.families import Family
from modelspec.plotting.layered import Point
from modelspec.plotting.placing import (
    CARD_HEIGHT,
    CARD_PADDING,
    CLASS_SIZE,
    FRAME_PADDING,
    LABEL_SIZE,
    MARGIN,
    NAME_SIZE,
    SHEET,
    TITLE_SIZE,
    TOTAL_SIZE,
    Box,
    BoxKind,
    Picture,
    mark_width,
    shown_class,
    shown_marks,
    shown_name,
    shown_params,
    title_rest,
)
from modelspec.plotting.scene import SceneNode
from modelspec.plotting.text_width import shorten, text_width
from modelspec.value_classes import value_class

from .palette import Theme, class_of, style_sheet

SANS = "Inter,'Segoe UI','Helvetica Neue',Arial,'DejaVu Sans',sans-serif"
MONOSPACED = "ui-monospace,'SF Mono',Menlo,Consolas,'DejaVu Sans Mono',monospace"

LEAST_WIDTH = 420.0

TITLE_HEIGHT, TOTAL_HEIGHT, LEGEND_HEIGHT, MESSAGE_HEIGHT = 30.0, 18.0, 24.0, 17.0

MOST_MESSAGES = 12

CORNER = 8.0
"""The radius of a line's corners."""

HEAD = 5.0
"""The length of an arrow's head."""


def as_svg(picture: Picture, theme: Theme | None = Theme.AUTO) -> str:
    """The picture with its title, totals, legend and findings.

    Args:
        picture: what is drawn.
        theme: the colours; None for those of the page that it is put into, see `page_style`.
    """
    style = "" if theme is None else f"<style>{FONTS}{style_sheet(theme)}</style>"
    around = _Around.of(picture)
    x, y = (around.width - picture.width) / 2, around.top
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_n(around.width)}" '
        f'height="{_n(around.height)}" viewBox="0 0 {_n(around.width)} {_n(around.height)}" '
        f'role="img" aria-label={quoteattr(f"The layers of the model {picture.drawing.name}")}>',
        style,
        f'<rect class="page" width="{_n(around.width)}" height="{_n(around.height)}"/>',
        *_heading(picture),
        f'<g transform="translate({_n(x)} {_n(y)})">',
        *elements(picture),
        "</g>",
        *_legend(picture, around),
        *_messages(picture, around),
        "</svg>\n",
    ]
    return "\n".join(parts)


FONTS = (
    f"text{{font-family:{SANS};font-size:{CLASS_SIZE}px}}"
    f".name{{font-size:{NAME_SIZE}px;font-weight:600}}"
    f".frame-name{{font-size:{NAME_SIZE - 1}px;font-weight:600}}"
    f".shape{{font-family:{MONOSPACED};font-size:{LABEL_SIZE}px}}"
    f".title{{font-size:{TITLE_SIZE}px;font-weight:700}}"
    f".total{{font-size:{TOTAL_SIZE}px}}"
    f".mark{{font-size:{CLASS_SIZE - 1}px}}"
    ".end{text-anchor:end}.middle{text-anchor:middle}"
    ".line{fill:none;stroke-width:1.5}.box{stroke-width:1.2}"
    ".frame{stroke-width:1.2}.bad .box,.bad .frame,.odd .box,.odd .frame{stroke-width:2.4}"
    ".badge-text{font-weight:700;font-size:11px;text-anchor:middle}"
    ".tag{fill-opacity:0}"
)


@value_class
class _Around:
    """The size of the whole, and where its parts begin."""

    width: float
    height: float
    top: float
    legend: float
    messages: float
    families: tuple[Family, ...]

    @classmethod
    def of(cls, picture: Picture) -> _Around:
        drawing = picture.drawing
        said = [text_width(drawing.name, TITLE_SIZE, bold=True)]
        said += [text_width(line, TOTAL_SIZE) for line in drawing.totals]
        width = max(LEAST_WIDTH, picture.width + 2 * MARGIN, max(said) + 2 * MARGIN)
        top = MARGIN + TITLE_HEIGHT + TOTAL_HEIGHT * len(drawing.totals) + 22
        legend = top + picture.height + 30
        met = {box.node.family for box in picture.boxes if box.kind is not BoxKind.DOT}
        families = tuple(family for family in Family if family in met)
        rows = _legend_rows(families, width)
        messages = legend + LEGEND_HEIGHT * len(rows) + 8
        count = min(len(drawing.findings), MOST_MESSAGES + 1)
        height = messages + MESSAGE_HEIGHT * count + (MARGIN if count else MARGIN / 2)
        return cls(width, height, top, legend, messages, families)


def _heading(picture: Picture) -> Iterator[str]:
    y = MARGIN + TITLE_SIZE - 2
    yield f'<text class="title" x="{_n(MARGIN)}" y="{_n(y)}">{_text(picture.drawing.name)}</text>'
    y += 7
    for line in picture.drawing.totals:
        y += TOTAL_HEIGHT
        yield f'<text class="total" x="{_n(MARGIN)}" y="{_n(y)}">{_text(line)}</text>'


def _legend_rows(families: Sequence[Family], width: float) -> list[list[Family]]:
    rows: list[list[Family]] = [[]]
    x = MARGIN
    for family in families:
        step = text_width(family, CLASS_SIZE) + 38
        if rows[-1] and x + step > width - MARGIN:
            rows.append([])
            x = MARGIN
        rows[-1].append(family)
        x += step
    return rows


def _legend(picture: Picture, around: _Around) -> Iterator[str]:
    y = around.legend
    for row in _legend_rows(around.families, around.width):
        x = MARGIN
        for family in row:
            yield (
                f'<g class="{class_of(family)}"><rect class="box" x="{_n(x)}" y="{_n(y)}" '
                f'width="14" height="14" rx="4"/><text class="muted" x="{_n(x + 20)}" '
                f'y="{_n(y + 11)}">{_text(family)}</text></g>'
            )
            x += text_width(family, CLASS_SIZE) + 38
        y += LEGEND_HEIGHT


def _messages(picture: Picture, around: _Around) -> Iterator[str]:
    """The findings, those without a layer too."""
    y = around.messages + 8
    most = int((around.width - 2 * MARGIN) / (CLASS_SIZE * 0.62))
    findings = picture.drawing.findings
    for finding in findings[:MOST_MESSAGES]:
        look = "bad-text" if finding.severity is Severity.ERROR else "odd-text"
        yield (
            f'<text class="{look}" x="{_n(MARGIN)}" y="{_n(y)}">'
            f"<title>{_text(str(finding))}</title>"
            f"{_text(shorten(message_of(finding), most))}</text>"
        )
        y += MESSAGE_HEIGHT
    if len(findings) > MOST_MESSAGES:
        more = len(findings) - MOST_MESSAGES
        yield f'<text class="muted" x="{_n(MARGIN)}" y="{_n(y)}">and {more} more</text>'


def message_of(finding: Finding) -> str:
    """`line 12: error: message`."""
    return f"line {finding.span.line}: {finding.severity}: {finding.message}"


def elements(
    picture: Picture, attributes: Callable[[SceneNode], str] | None = None
) -> Iterator[str]:
    """What is drawn of the scene: frames, lines, boxes, labels.

    Args:
        picture: what is drawn.
        attributes: of the element of a node, each with a blank before it; where they are given,
            lines say from where to where they lead, and nodes have no text for the pointer.
    """
    for box in picture.boxes:
        if box.kind is BoxKind.FRAME:
            yield _opened(box.node, attributes) + _frame(box)
    for line in picture.lines:
        ends = ""
        if attributes is not None:
            source, target = quoteattr(line.source.path), quoteattr(line.target.path)
            ends = f" data-from={source} data-to={target}"
        yield path_of(line.points, has_head=line.has_head, attributes=ends)
    for box in picture.boxes:
        if box.kind is BoxKind.CARD:
            yield _opened(box.node, attributes) + _card(box)
        elif box.kind is BoxKind.PILL:
            yield _opened(box.node, attributes) + _pill(box)
        elif box.kind is BoxKind.DOT and box.width:
            middle = (box.x + box.width / 2, box.y + box.height / 2)
            yield f'<circle class="head" cx="{_n(middle[0])}" cy="{_n(middle[1])}" r="3.5"/>'
    for label in picture.labels:
        yield (
            f'<text class="shape" x="{_n(label.x)}" y="{_n(label.y + 11)}">'
            f"{_text(label.text)}</text>"
        )


def _opened(node: SceneNode, attributes: Callable[[SceneNode], str] | None) -> str:
    if attributes is None:
        return f'<g class="{_look(node)}">{_tooltip(node)}'
    return f'<g class="{_look(node)}"{attributes(node)}>'


def _look(node: SceneNode) -> str:
    look = class_of(node.family)
    if node.has_errors:
        return f"{look} bad"
    return f"{look} odd" if node.findings else look


def _frame(box: Box) -> str:
    node = box.node
    shade = " deep" if box.depth % 2 else ""
    name = shown_name(node)
    x, y = box.x + FRAME_PADDING, box.y + 20
    rest = title_rest(node)
    after = x + text_width(name, NAME_SIZE - 1, bold=True) + 10
    parts = [
        f'<rect class="frame{shade}" {_place(box)} rx="12"/>',
        f'<text class="frame-name" x="{_n(x)}" y="{_n(y)}">{_text(name)}</text>',
        f'<text class="muted" x="{_n(after)}" y="{_n(y)}">{_text(rest)}</text>',
        *_marks(node, box.x + box.width - FRAME_PADDING, box.y + 9),
        *_badge(box),
        "</g>",
    ]
    return "".join(parts)


def _card(box: Box) -> str:
    node = box.node
    x, right = box.x + CARD_PADDING + 3, box.x + box.width - CARD_PADDING + 2
    params = shown_params(node)
    sheet = ""
    if node.inside is not None:
        sheet = (
            f'<rect class="box" x="{_n(box.x + 5)}" y="{_n(box.y + SHEET)}" '
            f'width="{_n(box.width - 10)}" height="{_n(CARD_HEIGHT)}" rx="8"/>'
        )
    parts = [
        sheet,
        f'<rect class="box" x="{_n(box.x)}" y="{_n(box.y)}" width="{_n(box.width)}" '
        f'height="{_n(CARD_HEIGHT)}" rx="8"/>',
        f'<rect class="bar" x="{_n(box.x + 6)}" y="{_n(box.y + 9)}" width="3.5" '
        f'height="{_n(CARD_HEIGHT - 18)}" rx="1.7"/>',
        f'<text class="name" x="{_n(x)}" y="{_n(box.y + 20)}">{_text(shown_name(node))}</text>',
        f'<text class="ink" x="{_n(x)}" y="{_n(box.y + 36)}">{_text(shown_class(node))}</text>',
    ]
    if params:
        parts.append(
            f'<text class="muted end" x="{_n(right)}" y="{_n(box.y + 36)}">{_text(params)}</text>'
        )
    parts += [*_marks(node, right, box.y + 8), *_badge(box), "</g>"]
    return "".join(parts)


def _pill(box: Box) -> str:
    middle = box.x + box.width / 2
    return (
        f'<rect class="box" {_place(box)} '
        f'rx="{_n(box.height / 2)}"/><text class="ink middle" x="{_n(middle)}" '
        f'y="{_n(box.y + 17)}">{_text(shown_name(box.node))}</text>{"".join(_badge(box))}</g>'
    )


def _marks(node: SceneNode, right: float, y: float) -> Iterator[str]:
    """The small boxes at the right of a name."""
    for mark in reversed(shown_marks(node)):
        width = mark_width(mark)
        right -= width
        yield (
            f'<rect class="box tag" x="{_n(right)}" y="{_n(y)}" width="{_n(width)}" height="15" '
            f'rx="7.5"/><text class="mark ink middle" x="{_n(right + width / 2)}" '
            f'y="{_n(y + 11)}">{_text(mark)}</text>'
        )
        right -= 5


def _badge(box: Box) -> Iterator[str]:
    """How many findings there are at a node."""
    found = box.node.findings
    if not found:
        return
    errors = [finding for finding in found if finding.severity is Severity.ERROR]
    x, y = box.x + box.width - 3, box.y + 2
    text = "!" if len(found) == 1 else str(len(found))
    yield (
        f'<circle class="{"error" if errors else "warning"}" cx="{_n(x)}" cy="{_n(y)}" r="8.5"/>'
        f'<text class="on-badge badge-text" x="{_n(x)}" y="{_n(y + 4)}">{text}</text>'
    )


def _tooltip(node: SceneNode) -> str:
    lines = [f"{node.path}: {node.class_name}"]
    lines += [f"{key}: {value}" for key, value in node.arguments.items()]
    if node.place:
        lines.append(node.place)
    lines += [str(finding) for finding in node.findings]
    return f"<title>{_text(chr(10).join(lines))}</title>"


def path_of(points: Sequence[Point], *, has_head: bool, attributes: str = "") -> str:
    """A line with rounded corners, and a head at its end."""
    (x, y) = points[-1]
    ends = [*points[:-1], (x, y - HEAD)] if has_head else list(points)
    path = [f"M{_n(ends[0][0])} {_n(ends[0][1])}"]
    for before, at, after in zip(ends, ends[1:], ends[2:], strict=False):
        radius = min(CORNER, hypot(at[0] - before[0], at[1] - before[1]) / 2,
                     hypot(after[0] - at[0], after[1] - at[1]) / 2)  # fmt: skip
        one, other = _towards(at, before, radius), _towards(at, after, radius)
        path.append(f"L{_n(one[0])} {_n(one[1])}Q{_n(at[0])} {_n(at[1])} {_n(other[0])} {_n(other[1])}")  # fmt: skip  # noqa: E501
    path.append(f"L{_n(ends[-1][0])} {_n(ends[-1][1])}")
    drawn = f'<path class="line"{attributes} d="{"".join(path)}"/>'
    if has_head:
        drawn += f'<path class="head"{attributes} d="M{_n(x)} {_n(y)}l-4 -6.5h8z"/>'
    return drawn


def _towards(start: Point, end: Point, distance: float) -> Point:
    length = hypot(end[0] - start[0], end[1] - start[1]) or 1
    return (
        start[0] + (end[0] - start[0]) * distance / length,
        start[1] + (end[1] - start[1]) * distance / length,
    )


def _place(box: Box) -> str:
    return f'x="{_n(box.x)}" y="{_n(box.y)}" width="{_n(box.width)}" height="{_n(box.height)}"'


def _n(value: float) -> str:
    """A number with one decimal at most."""
    return f"{value:.1f}".removesuffix(".0")


def _text(value: str) -> str:
    return escape(printable_lines(value))
