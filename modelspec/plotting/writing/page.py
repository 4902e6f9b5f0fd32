"""A picture as one html page that asks no host for anything: to move in, search and open blocks."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from html import escape
from pathlib import Path
from typing import Any

from modelspec.diagnostics import Finding
from modelspec.plotting.families import Family
from modelspec.plotting.opening import Folding, fold
from modelspec.plotting.placing import (
    BoxKind,
    Picture,
    place,
    shown_class,
    shown_marks,
    shown_name,
    shown_params,
    title_rest,
)
from modelspec.plotting.scene import Drawing, SceneNode
from modelspec.report import flops_text, number_text

from .page_parts import POLICY, page_style
from .palette import Theme, class_of
from .svg import elements

MOST_BOXES = 6_000
"""In all views together: what is folded beyond cannot be opened."""

MOST_LEVELS = 4

PADDING = 24.0

_START = "start"


@dataclass(slots=True)
class _View:
    """One picture of the page; `inside` says which view shows what is in a folded node."""

    title: str
    picture: Picture
    inside: dict[str, str] = field(default_factory=dict)

    def nodes(self) -> Iterator[SceneNode]:
        """Those that can be chosen: not the places where a tensor enters or leaves a frame."""
        return (box.node for box in self.picture.boxes if box.kind is not BoxKind.DOT)


class _Views:
    """All pictures of a page by their names."""

    def __init__(self, drawing: Drawing, folding: Folding) -> None:
        self.drawing, self.boxes = drawing, 0
        self.levels: dict[str, str] = {}
        self.all: dict[str, _View] = {}
        self.opened: dict[str, str] = {}
        self.add_level(_START, "every layer" if folding.unfold else "an overview", folding)
        for depth in range(MOST_LEVELS + 1):
            title = (
                ("blocks folded", "1 level open")[depth] if depth < 2 else f"{depth} levels open"
            )
            self.add_level(f"depth{depth}", title, Folding(depth=depth))
        self.add_level("every", "every layer", Folding(unfold=True))
        for view in list(self.all.values()):
            self.open_inside(view)

    def add_level(self, name: str, title: str, folding: Folding) -> None:
        """Add the whole model, unless a view shows the same."""
        picture = place(fold(self.drawing, folding))
        shown = _shown(picture)
        is_known = any(_shown(view.picture) == shown for view in self.all.values())
        if is_known or (self.all and self.boxes + len(picture.boxes) > MOST_BOXES):
            return
        self.boxes += len(picture.boxes)
        self.all[name] = _View(title, picture)
        self.levels[name] = title

    def open_inside(self, view: _View) -> None:
        """Add a view for each folded node of one."""
        for box in view.picture.boxes:
            node = box.node
            if box.kind is not BoxKind.CARD or node.inside is None:
                continue
            if node.path not in self.opened:
                inner = place(fold(replace(self.drawing, scene=node.inside), Folding()))
                if self.boxes + len(inner.boxes) > MOST_BOXES:
                    continue
                self.boxes += len(inner.boxes)
                name = f"inside{len(self.opened)}"
                self.opened[node.path] = name
                self.all[name] = _View(node.path, inner)
                self.open_inside(self.all[name])
            view.inside[node.path] = self.opened[node.path]


def _shown(picture: Picture) -> list[tuple[str, BoxKind]]:
    return [(box.node.path, box.kind) for box in picture.boxes]


def as_page(drawing: Drawing, folding: Folding, theme: Theme = Theme.AUTO) -> str:
    """The page: the model as `folding` says, at other levels, and each block by itself.

    Args:
        drawing: with nothing folded.
        folding: what is open at first.
        theme: the colours at first; the page has a button for the others.
    """
    views = _Views(drawing, folding)
    here = Path(__file__).parent
    script = (here / "page.js").read_text(encoding="utf-8")
    style = (here / "page.css").read_text(encoding="utf-8")
    title = escape(drawing.name)
    root = "" if theme is Theme.AUTO else f' data-theme="{theme}"'
    options = "".join(
        f'<option value="{name}">{escape(text)}</option>' for name, text in views.levels.items()
    )
    templates = "\n".join(_template(name, view) for name, view in views.all.items())
    data = json.dumps(_data(drawing, views), ensure_ascii=False, separators=(",", ":"))
    return f"""<!doctype html>
<html lang="en"{root}>
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="{POLICY}">
<title>{title}: layers</title>
<style>{page_style()}{style}</style>
</head>
<body>
<header>
<h1>{title}</h1>
<label>Show <select id="level">{options}</select></label>
<div class="search"><label>Search <input id="find" type="search" autocomplete="off"
 placeholder="name or class"></label><ul id="results" hidden></ul></div>
<span id="count" class="muted" role="status"></span>
<span class="spacer"></span>
<button id="smaller" type="button" aria-label="Smaller">−</button>
<button id="larger" type="button" aria-label="Larger">+</button>
<button id="fit" type="button">Fit</button>
<button id="theme" type="button">Light or dark</button>
</header>
<main aria-label="The picture of the model"><nav id="trail" aria-label="Opened blocks"></nav></main>
<aside id="panel" aria-label="Details" tabindex="0"></aside>
<noscript>This page needs JavaScript; the svg of `modelspec plot` does not.</noscript>
{templates}
<script type="application/json" id="data">{_in_script(data)}</script>
<script>{script}</script>
</body>
</html>
"""


def _in_script(text: str) -> str:
    """JSON in which nothing ends the element around it."""
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def _template(name: str, view: _View) -> str:
    picture = view.picture
    width, height = picture.width + 2 * PADDING, picture.height + 2 * PADDING
    drawn = "\n".join(elements(picture, _attributes))
    drawn = drawn.replace("</text>", "</text> ")  # read aloud, the words of a card are words
    return (
        f'<template id="view-{name}"><svg xmlns="http://www.w3.org/2000/svg" '
        f'width="{width:.0f}" height="{height:.0f}" '
        f'viewBox="{-PADDING:.0f} {-PADDING:.0f} {width:.0f} {height:.0f}">{drawn}</svg></template>'
    )


def _attributes(node: SceneNode) -> str:
    """What makes a node one that can be reached with keys, and is read aloud."""
    if node.is_end:
        seen = [shown_name(node)]
    elif node.is_open:
        seen = [shown_name(node), title_rest(node)]
    else:
        seen = [shown_name(node), shown_class(node), shown_params(node)]
    seen += reversed(shown_marks(node))
    count = len(node.findings)
    seen += ["!" if count == 1 else str(count)] if count else []
    said = [" ".join(text for text in seen if text)]  # begins with what is seen, as it is seen
    said += [f"output {shape}" for shape in node.shapes.values() if shape]
    said += ["1 finding" if count == 1 else f"{count} findings"] if count else []
    return (
        f' role="button" tabindex="-1" data-path="{escape(node.path)}" '
        f'aria-label="{escape(", ".join(said))}"'
    )


def _data(drawing: Drawing, views: _Views) -> dict[str, Any]:
    nodes: dict[str, SceneNode] = {}
    for view in views.all.values():
        for node in view.nodes():
            nodes.setdefault(node.path, node)
    homes: dict[Finding, str] = {}
    for path, node in nodes.items():
        for finding in node.findings:
            if finding not in homes or node.inside is None:
                homes[finding] = path
    families = {node.family for node in nodes.values()}
    return {
        "name": drawing.name,
        "first": _START,
        "totals": list(drawing.totals),
        "families": [(family, class_of(family)) for family in Family if family in families],
        "findings": list(_findings(drawing.findings, homes)),
        "nodes": {path: _node(node) for path, node in nodes.items()},
        "views": {
            name: {
                "title": view.title,
                "inside": view.inside,
                "paths": [node.path for node in view.nodes()],
            }
            for name, view in views.all.items()
        },
    }


def _findings(findings: Sequence[Finding], homes: dict[Finding, str]) -> Iterator[dict[str, Any]]:
    for finding in findings:
        yield {
            "line": finding.span.line,
            "severity": str(finding.severity),
            "message": finding.message,
            "hint": finding.hint,
            "at": homes.get(finding, ""),
        }


def _node(node: SceneNode) -> dict[str, Any]:
    return {
        "name": node.name,
        "class": node.class_name,
        "facts": list(_facts(node)),
        "arguments": list(node.arguments.items()),
        "findings": list(_findings(node.findings, {})),
    }


def _facts(node: SceneNode) -> Iterator[tuple[str, str]]:
    for port, shape in node.shapes.items():
        if shape:
            yield ("output" if port is None else f"output {port}"), shape
    if not node.is_end:
        yield "parameters", number_text(node.params)
        if node.params:
            yield "of them trained", number_text(node.trainable)
        yield "FLOPs", flops_text(node.flops)
    if node.times > 1:
        yield "follows itself", f"{node.times} times"
    if node.inside is not None:
        yield "layers inside", str(node.layers)
    if node.call[1] > 1:
        yield "call", f"{node.call[0]} of {node.call[1]}, with the same weights"
    if node.is_frozen:
        yield "training", "frozen"
    if node.place:
        yield "in the spec", node.place
    if node.path != node.name and node.name:
        yield "path", node.path
