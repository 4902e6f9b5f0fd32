"""Which params and blocks a document declares, and which it uses, told from its text alone.

Taken before the schema is asked: a section that has a fault is taken out of the document, and
what it declares is then unknown rather than undefined.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any, NamedTuple

from modelspec.diagnostics import Findings, Span, did_you_mean
from modelspec.document import LocatedDict, OverrideName
from modelspec.spec.expressions import RESERVED, has_expression, names_in


class UnusedName(NamedTuple):
    """A declared name that nothing uses.

    Attributes:
        what: "param" or "block".
        owner: for a block's param, the block; "" otherwise.
        name: the name.
        span: where it is declared.
        known: all names that are declared beside it.
    """

    what: str
    owner: str
    name: str
    span: Span
    known: tuple[str, ...]


class Declarations(NamedTuple):
    """Names to their places.

    Attributes:
        params: the spec's params; None where the section is no mapping.
        blocks: the spec's blocks, likewise.
        unused: the params and blocks that nothing uses, those of blocks too.
        refused: params, those of blocks too, whose name is a word of expressions.
    """

    params: dict[str, Span] | None
    blocks: dict[str, Span] | None
    unused: tuple[UnusedName, ...]
    refused: frozenset[str]


def find_declarations(document: LocatedDict) -> Declarations:
    """What a document, as it was read, declares and uses."""
    params, blocks = (
        _keys(document[section]) if section in document else {} for section in ("params", "blocks")
    )
    outer = NameUses()
    for key, value in document.items():
        if key != "blocks":
            outer.read(_values(value) if key == "params" else value)
    unused: list[UnusedName] = []
    declared = set(params or ())
    for name, block in _items(document.get("blocks")):
        own = _keys(block.get("params", {})) if isinstance(block, dict) else {}
        declared.update(own or ())
        inner = NameUses()
        inner.read(block)
        unused += _unused("param", name, own, inner.names)
        outer.names |= inner.names - set(own or {}) | _taken_over(block, own or {})
        outer.words |= inner.words - {name}
    unused += _unused("param", "", params, outer.names)
    unused += _unused("block", "", blocks, outer.words)
    return Declarations(params, blocks, tuple(unused), RESERVED & declared)


def _taken_over(block: Any, own: Mapping[str, Span]) -> set[str]:
    """The params of a block whose default is made from the spec's param of the same name."""
    found = set()
    for name in own:
        uses = NameUses()
        uses.read(block["params"][name])
        found |= {name} & uses.names
    return found


def _unused(
    what: str, owner: str, names: dict[str, Span] | None, used: set[str]
) -> list[UnusedName]:
    known = tuple(names or {})
    return [
        UnusedName(what, owner, name, span, known)
        for name, span in (names or {}).items()
        if name not in used
    ]


def report_unused(
    declared: Declarations,
    params: bool,
    blocks: Collection[str],
    findings: Findings,
    *,
    file: str,
) -> None:
    """A warning for each param and block that nothing uses; an error for one that `--set` made.

    Of the blocks of another file, which the spec extends, a spec may use some.

    Args:
        declared: what the document declares.
        params: whether the schema has passed the spec's params.
        blocks: the blocks that the schema has passed; of others nothing is said.
        findings: takes the warnings.
        file: of the spec.
    """
    for what, owner, name, span, known in declared.unused:
        if (owner or name) not in blocks if owner or what == "block" else not params:
            continue
        if isinstance(span.file, OverrideName) and what == "param":
            others = [other for other in known if other != name]
            message = f"the spec has no param `{name}`{did_you_mean(name, others)}"
            findings.error(span, "unknown-param", message, hint=_set_hint(others))
        elif what == "param":
            message = f"the param `{name}` is not used"
            hint = f'write "${{{name}}}" where its value belongs, or remove it'
            findings.warning(span, "unused-param", message, hint=hint)
        elif str(span.file) == file:
            message = f"the block `{name}` is not used"
            hint = "use it as a layer, or remove it"
            findings.warning(span, "unused-block", message, hint=hint)


def _set_hint(others: list[str]) -> str:
    return f"it has {', '.join(others[:12])}" if others else "it has none"


class NameUses:
    """The names that expressions read, and the words that stand where a block could.

    Both take in too much rather than too little: a key that only looks like a block is counted.
    """

    def __init__(self) -> None:
        self.names: set[str] = set()
        self.words: set[str] = set()
        self._seen: set[int] = set()

    def read(self, value: Any) -> None:
        """Read a value and all below it; aliases once."""
        waiting = [value]
        while waiting:
            item = waiting.pop()
            if isinstance(item, str):
                self.words.add(item)
                if has_expression(item):
                    self.names |= names_in(item)
            elif isinstance(item, (dict, list)) and id(item) not in self._seen:
                self._seen.add(id(item))
                if isinstance(item, dict):
                    self.words.update(item)
                waiting.extend(_values(item))


def _values(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return list(value.values())
    return list(value) if isinstance(value, list) else []


def _items(value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        yield from value.items()


def _keys(value: Any) -> dict[str, Span] | None:
    return dict(value.key_spans) if isinstance(value, LocatedDict) else None
