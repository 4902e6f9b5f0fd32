"""A drawing as a flowchart of Mermaid, which GitHub renders in a pull request."""

from __future__ import annotations

from collections.abc import Iterator

from modelspec.plotting.families import Family
from modelspec.plotting.opening import close_some
from modelspec.plotting.placing import shown_class, shown_marks, shown_params
from modelspec.plotting.scene import Drawing, Scene, SceneNode

from .palette import LIGHT, class_of

MOST_LINES = 480
"""GitHub draws no flowchart of more than 500 lines."""

MOST_TEXT = 48_000
"""Nor one whose text is longer than 50,000 characters."""

_ESCAPES = {
    "#": "#35;",
    '"': "#quot;",
    "<": "#lt;",
    ">": "#gt;",
    "&": "#amp;",
    "`": "#96;",
    "\\": "#92;",
    "|": "#124;",
}


def as_mermaid(drawing: Drawing) -> str:
    """The flowchart; what is more than Mermaid draws is folded."""
    text, lines = _written(drawing)
    while (lines > MOST_LINES or len(text) > MOST_TEXT) and close_some(drawing.scene):
        text, lines = _written(drawing)
    return text


def _written(drawing: Drawing) -> tuple[str, int]:
    writer = _Writer()
    body = list(writer.scene(drawing.scene, "  ", "n"))
    said = [f"%% {_comment(drawing.name)}", *(f"%% {_comment(line)}" for line in drawing.totals)]
    styles = [
        f"  classDef {class_of(family)} fill:{LIGHT.families[family].fill},"
        f"stroke:{LIGHT.families[family].edge},color:{LIGHT.text}"
        for family in Family
        if family in writer.families
    ]
    if writer.has_errors:
        styles.append(f"  classDef bad stroke:{LIGHT.error},stroke-width:3px")
    text = "\n".join(["flowchart TD", *said, *body, *styles, ""])
    return text, writer.lines


class _Writer:
    def __init__(self) -> None:
        self.lines = 0
        self.families: set[Family] = set()
        self.has_errors = False

    def scene(self, scene: Scene, indent: str, prefix: str) -> Iterator[str]:
        for number, node in enumerate(scene.nodes):
            name = f"{prefix}{number}"
            if node.is_open and node.inside is not None:
                yield f'{indent}subgraph {name}["{_title(node, " ")}"]'
                yield f"{indent}  direction TB"
                yield from self.scene(node.inside, indent + "  ", f"{name}_")
                yield f"{indent}end"
                yield f"{indent}style {name} fill:{LIGHT.frame},stroke:{LIGHT.frame_edge}"
                if node.has_errors:
                    self.has_errors = True
                    yield f"{indent}class {name} bad"
                continue
            yield self.node(name, node, indent)
        for flow in scene.flows:
            shape = scene.nodes[flow.source].shapes.get(flow.port, "")
            label = f'|"{_escape(shape)}"|' if shape else ""
            self.lines += 1
            yield f"{indent}{prefix}{flow.source} -->{label} {prefix}{flow.target}"

    def node(self, name: str, node: SceneNode, indent: str) -> str:
        self.families.add(node.family)
        look = class_of(node.family)
        text = _title(node) if node.name else " "
        left, right = ('(["', '"])') if node.is_end else ('["', '"]')
        if node.inside is not None:
            left, right = '[["', '"]]'
        line = f"{indent}{name}{left}{text}{right}:::{look}"
        if node.has_errors:
            self.has_errors = True
            line += f"\n{indent}class {name} bad"
        return line


def _title(node: SceneNode, between: str = "<br/>") -> str:
    if node.is_end:
        return _escape(node.name)
    rest = [shown_class(node), shown_params(node), *shown_marks(node)]
    name = f"<b>{_escape(node.name)}</b>"
    return f"{name}{between}{_escape(' · '.join(text for text in rest if text))}"


def _escape(text: str) -> str:
    """A text that means nothing to Mermaid: its characters that do as entities."""
    return "".join(_ESCAPES.get(c, c if c.isprintable() else " ") for c in text)


def _comment(text: str) -> str:
    return "".join(c if c.isprintable() and c not in "{}%" else " " for c in text)
