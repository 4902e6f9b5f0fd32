"""The blocks that a spec declares: what they are, how large, and which use one another."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from modelspec.diagnostics import Findings, Related, Span
from modelspec.document import LocatedDict
from modelspec.value_classes import value_class

from .declarations import Declarations

NESTED = {"sequential": "Sequential", "functional": "Functional"}
"""The two kinds of block, and the layer that a use of each becomes."""

MODEL_ARGUMENTS = ("name", "trainable")
"""Arguments of every use of a block besides its params: they go to the nested model."""

_FAR = 40
"""Uses inside one another that `Blocks.count` follows; MAX_DEPTH stops what goes deeper."""


@value_class
class Block:
    """One block. `params` has each param's default and location; null means no default."""

    name: str
    span: Span
    kind: str
    body: LocatedDict
    params: Mapping[str, tuple[Any, Span]]
    param_spans: Mapping[str, Span]


@dataclass(slots=True)
class Blocks:
    """All blocks of a spec.

    Attributes:
        sound: the blocks that the schema has passed.
        broken: the names of those it has not; None where no name can be told.
        uses: block to the blocks that its body uses, each with the place of the first use.
        cyclic: the blocks that use themselves.
    """

    sound: dict[str, Block]
    broken: frozenset[str] | None
    uses: dict[str, dict[str, Span]] = field(default_factory=dict)
    cyclic: frozenset[str] = frozenset()
    _counts: dict[str, int] = field(default_factory=dict)

    def is_broken(self, name: str) -> bool:
        """Whether a name may be that of a block with errors, which are reported already."""
        return self.broken is None or name in self.broken or name in self.cyclic

    def count(self, value: Any, far: int = 0) -> int:
        """The least number of layers that a layer, or a list of layers, comes to."""
        if isinstance(value, list):
            return sum(self.count(item, far) for item in value)
        name, args = _head(value)
        if name == "repeat" and isinstance(args, dict):
            times = args.get("times")
            return times * self.count(args.get("layers"), far) if isinstance(times, int) else 0
        if name in self.sound:
            return 1 + self._count_block(name, far)
        if name in NESTED.values() and isinstance(args, dict):
            return 1 + self._count_body(args, far)
        return 1

    def _count_block(self, name: str, far: int) -> int:
        if name not in self._counts:
            self._counts[name] = 0  # a cycle counts nothing
            if far < _FAR:
                self._counts[name] = self._count_body(self.sound[name].body, far + 1)
        return self._counts[name]

    def _count_body(self, body: Mapping[str, Any], far: int) -> int:
        layers = body.get("layers", ())
        return self.count(list(layers.values()) if isinstance(layers, dict) else layers, far)

    def find_cycles(self, findings: Findings) -> None:
        """Report each block that uses itself, through others or not, and remember it."""
        found: set[str] = set()
        for name in self.uses:
            if name in found:
                continue
            cycle = self._cycle_through(name)
            if cycle:
                found.update(cycle)
                self._report(cycle, findings)
        self.cyclic = frozenset(found)

    def _cycle_through(self, name: str) -> list[str]:
        """The shortest way from a block back to itself, or []."""
        waiting, origin = [name], dict[str, str]()
        for at in waiting:
            for used in self.uses.get(at, ()):
                if used == name:
                    way = [at]
                    while way[-1] != name:
                        way.append(origin[way[-1]])
                    return way[::-1]
                if used not in origin:
                    origin[used] = at
                    waiting.append(used)
        return []

    def _report(self, cycle: list[str], findings: Findings) -> None:
        steps = [self.uses[a][b] for a, b in zip(cycle, [*cycle[1:], cycle[0]], strict=True)]
        message = f"the block `{cycle[0]}` uses itself"
        if len(cycle) > 1:
            way = " -> ".join(f"`{name}`" for name in [*cycle[:8], *["…"][: len(cycle) > 8]])
            message += f": {way} -> `{cycle[0]}`"
        related = tuple(
            Related(span, f"`{name}` is used here")
            for span, name in zip(steps[1:8], [*cycle[2:], cycle[0]], strict=False)
        )
        hint = "a block is expanded where it is used; use `repeat` to repeat layers"
        findings.error(steps[0], "block-cycle", message, hint=hint, related=related)


def read_blocks(document: LocatedDict, declared: Declarations) -> Blocks:
    """The blocks of a document that the schema has checked, without its invalid parts."""
    section = document.get("blocks")
    sound: dict[str, Block] = {}
    if isinstance(section, LocatedDict):
        for name, block in section.items():
            kind = "functional" if "functional" in block else "sequential"
            params = block.get("params") or LocatedDict(block.span)
            values = {key: (value, params.value_spans[key]) for key, value in params.items()}
            span, spans = section.key_spans[name], dict(params.key_spans)
            sound[name] = Block(name, span, kind, block[kind], values, spans)
    broken = None if declared.blocks is None else frozenset(declared.blocks.keys() - sound.keys())
    return Blocks(sound, broken)


def _head(value: Any) -> tuple[str, Any]:
    """The name and the arguments of a layer as written."""
    if isinstance(value, dict) and len(value) == 1:
        return next(iter(value.items()))
    return (value, None) if isinstance(value, str) else ("", None)
