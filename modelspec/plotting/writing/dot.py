"""A drawing in the language of Graphviz."""

from __future__ import annotations

from collections.abc import Iterator

from modelspec.plotting.placing import shown_class, shown_marks, shown_params
from modelspec.plotting.scene import Drawing, Scene, SceneNode

from .palette import LIGHT, PALETTES, Palette, Theme


def as_dot(drawing: Drawing, theme: Theme = Theme.LIGHT) -> str:
    """A digraph; models and blocks that are open are clusters.

    Args:
        drawing: what is shown.
        theme: the colours; Graphviz has none that follow the reader.
    """
    palette = PALETTES.get(theme, LIGHT)
    label = _quoted("\n".join((drawing.name, *drawing.totals)))
    font = '"Helvetica,Arial,sans-serif"'
    lines = [
        f"digraph {_quoted(drawing.name)} {{",
        f"  graph [label={label}, labelloc=t, labeljust=l, fontname={font}, "
        f'fontcolor="{palette.text}", bgcolor="{palette.page}", compound=true, nodesep=0.3, '
        "ranksep=0.4]",
        f'  node [shape=box, style="rounded,filled", fontname={font}, fontsize=11, '
        f'fontcolor="{palette.text}"]',
        f'  edge [fontname={font}, fontsize=9, color="{palette.line}", '
        f'fontcolor="{palette.muted}", arrowsize=0.7]',
        *_scene(drawing.scene, "  ", "n", palette),
        "}",
        "",
    ]
    return "\n".join(lines)


def _scene(scene: Scene, indent: str, prefix: str, palette: Palette) -> Iterator[str]:
    for number, node in enumerate(scene.nodes):
        name = f"{prefix}{number}"
        if node.is_open and node.inside is not None:
            edge = palette.error if node.has_errors else palette.frame_edge
            yield f"{indent}subgraph cluster_{name} {{"
            yield f"{indent}  label={_quoted(_title(node))}"
            yield f'{indent}  style="rounded,filled"; fillcolor="{palette.frame}"; color="{edge}"'
            yield from _scene(node.inside, indent + "  ", f"{name}_", palette)
            yield f"{indent}}}"
            continue
        yield f"{indent}{name} [{_attributes(node, palette)}]"
    for flow in scene.flows:
        source, target = scene.nodes[flow.source], scene.nodes[flow.target]
        begin, tail = _end_of(source, f"{prefix}{flow.source}", flow.port, is_source=True)
        end, head = _end_of(target, f"{prefix}{flow.target}", flow.entry, is_source=False)
        attributes = [f"label={_quoted(source.shapes.get(flow.port, ''))}"]
        attributes += [f"ltail={tail}"] if tail else []
        attributes += [f"lhead={head}"] if head else []
        yield f"{indent}{begin} -> {end} [{', '.join(attributes)}]"


def _end_of(
    node: SceneNode, name: str, port: int | str | None, *, is_source: bool
) -> tuple[str, str]:
    """The node that an edge is tied to, and its cluster: the ends of what is inside one."""
    if not node.is_open or node.inside is None:
        return name, ""
    ends = node.inside.exits if is_source else node.inside.entries
    if not ends:  # a model without an end of its own: any node of it
        ends = [0]
    number = ends[port] if isinstance(port, int) and port < len(ends) else ends[0]
    inner, _ = _end_of(node.inside.nodes[number], f"{name}_{number}", None, is_source=is_source)
    return inner, f"cluster_{name}"


def _attributes(node: SceneNode, palette: Palette) -> str:
    tone = palette.families[node.family]
    edge = palette.error if node.has_errors else tone.edge
    found = [
        f"label={_quoted(_title(node))}",
        f'fillcolor="{tone.fill}"',
        f'color="{edge}"',
    ]
    if node.is_end:
        found.append("shape=ellipse" if node.name else "shape=point")
    if node.inside is not None:
        found.append("peripheries=2")
    if node.has_errors:
        found.append("penwidth=3")
        found.append(f"tooltip={_quoted(chr(10).join(str(f) for f in node.findings))}")
    return ", ".join(found)


def _title(node: SceneNode) -> str:
    if node.is_end:
        return node.name
    rest = [shown_class(node), shown_params(node), *shown_marks(node)]
    return f"{node.name}\n{', '.join(text for text in rest if text)}"


def _quoted(text: str) -> str:
    """A string of Graphviz, with nothing in it that it would read as an escape."""
    kept = "".join(c if c.isprintable() or c == "\n" else " " for c in text)
    escaped = kept.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'
