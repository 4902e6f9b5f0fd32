"""What a picture shows, before anything has a place: nodes, and the tensors between them."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from operator import attrgetter
from typing import Any

from modelspec.diagnostics import Finding, Severity
from modelspec.value_classes import value_class

from .families import Family

Port = int | str | None
"""Which of several results: a position, a key, or None for the whole."""


@dataclass(slots=True, eq=False)
class SceneNode:
    """An input, a call of a layer, or several of them as one.

    Attributes:
        path: its name, after those of the models that it is in: `encoder/conv1`.
        name: as the spec writes it.
        class_name: the Keras class; for a group what it is, such as "block".
        family: decides its colour.
        shapes: of its results, by port, as text; "" where unknown.
        params: in its weights; None where unknown.
        trainable: how many of these are trained.
        flops: of this call, for one example; None where unknown.
        place: `file:line`, "" where there is none.
        arguments: of the layer, as written, as text.
        is_frozen: whether it has weights, and none of them is trained.
        call: which of how many calls of its layer it is.
        times: how often what is inside follows itself; params and FLOPs are those of all together,
            the shapes those of the last.
        inside: what it consists of; None for a single layer.
        likeness: equal for layers that are the same but for their names.
        findings: errors and warnings at it.
        layers: how many layers it stands for, each time.
        is_open: whether what is inside is shown.
    """

    path: str
    name: str
    class_name: str
    family: Family
    shapes: dict[Port, str]
    params: int | None = 0
    trainable: int | None = 0
    flops: int | None = 0
    place: str = ""
    arguments: Mapping[str, str] = field(default_factory=dict)
    is_frozen: bool = False
    call: tuple[int, int] = (1, 1)
    times: int = 1
    inside: Scene | None = None
    likeness: Any = None
    findings: list[Finding] = field(default_factory=list)
    layers: int = 1
    is_open: bool = False

    @property
    def has_errors(self) -> bool:
        """Whether an error was found at it, or inside it."""
        return any(finding.severity is Severity.ERROR for finding in self.findings)

    @property
    def is_end(self) -> bool:
        """Whether it is an input or an output of a model."""
        return self.family is Family.ENDS


@value_class
class Flow:
    """A tensor that a node reads.

    Attributes:
        source: the number of the node that it comes from.
        port: which of that node's results it is.
        target: the number of the node that reads it.
        entry: for a target with something inside, which of its inputs it is.
    """

    source: int
    port: Port
    target: int
    entry: int = 0


@dataclass(slots=True, eq=False)
class Scene:
    """Nodes, sources before their readers, and what flows between them, in the order of the
    targets."""

    nodes: list[SceneNode]
    flows: list[Flow]

    @property
    def entries(self) -> list[int]:
        """The numbers of the nodes that stand for what comes in, in the order of `Flow.entry`."""
        return [n for n, node in enumerate(self.nodes) if node.is_end and node.class_name == INPUT]

    @property
    def exits(self) -> list[int]:
        """The numbers of the nodes that stand for what goes out."""
        return [n for n, node in enumerate(self.nodes) if node.is_end and node.class_name == OUTPUT]

    def flows_into(self, first: int, end: int) -> list[Flow]:
        """What the nodes from a number up to another one read."""
        at, stop = (
            bisect_left(self.flows, number, key=attrgetter("target")) for number in (first, end)
        )
        return self.flows[at:stop]

    def count_layers(self) -> int:
        """How many layers there are, with those in models."""
        return sum(node.layers * node.times for node in self.nodes if not node.is_end)


FROM_TO = " … "
"""Between the names of the first and the last of what a group has."""

INPUT, OUTPUT = "input", "output"
"""The class names of the nodes at the ends of a model."""


@value_class
class Drawing:
    """A scene with what is said around it.

    Attributes:
        name: of the model.
        scene: what is shown.
        totals: lines of parameters, FLOPs and memory.
        findings: errors and warnings of the spec, the marked ones and those without a place.
    """

    name: str
    scene: Scene
    totals: Sequence[str]
    findings: Sequence[Finding]
