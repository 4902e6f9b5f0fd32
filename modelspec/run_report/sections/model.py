"""The picture of the model, and its layers as a table."""

from __future__ import annotations

from collections.abc import Iterator

from modelspec.plotting import Drawing, Folding, Scene, SceneNode, as_svg, fold, place
from modelspec.report import flops_text, number_text
from modelspec.run_report.content import RunContent
from modelspec.run_report.elements import (
    Content,
    Markup,
    details,
    joined,
    missing,
    scrolling,
    table,
    tag,
)

MOST_LAYERS = 300


def model_section(content: RunContent) -> Markup:
    """What the model looks like."""
    drawing = content.drawing
    if drawing is None:
        return missing(content.reason("picture", "No model could be read from the spec."))
    svg = Markup(as_svg(place(fold(drawing, Folding())), None))
    reading = (
        "Tensors flow from top to bottom; each card is a layer with its class and its number of "
        "parameters, and a card with a sheet behind it stands for several layers."
    )
    picture = tag(
        "figure",
        tag("figcaption", tag("strong", "Layers"), " ", tag("span", reading, class_="reading")),
        scrolling(svg, "Picture of the model", class_="scroll picture"),
        class_="chart wide",
    )
    return joined([picture, _layers(drawing)])


def _layers(drawing: Drawing) -> Markup:
    rows: list[list[Content]] = []
    for node in _nodes(drawing.scene):
        if node.is_end:
            continue
        shapes = ", ".join(shape for shape in node.shapes.values() if shape)
        size = None if node.params is None else number_text(node.params)
        rows.append([node.path, node.class_name, shapes, size, flops_text(node.flops)])
    head = ("layer", "class", "output", "parameters", "FLOPs")
    shown = rows[:MOST_LAYERS]
    left = f", the first {MOST_LAYERS} of {len(rows)}" if len(rows) > len(shown) else ""
    caption = f"The layers of the model{left}"
    return details(
        f"The layers as a table{left}", table(head, shown, caption=caption, numeric=(3, 4))
    )


def _nodes(scene: Scene) -> Iterator[SceneNode]:
    for node in scene.nodes:
        yield node
        if node.inside is not None:
            yield from _nodes(node.inside)
