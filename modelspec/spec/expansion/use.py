"""The use of a block as a layer: it becomes a nested model with the block's body."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from modelspec.diagnostics import Related, Span, did_you_mean, join_words, nearest
from modelspec.document import LocatedDict
from modelspec.schema import names_of_kind, unknown_layer
from modelspec.spec.expressions import UNKNOWN

from .blocks import MODEL_ARGUMENTS, NESTED, Block
from .frame import Scope
from .params import resolve
from .plain import put

if TYPE_CHECKING:
    from .layers import Expander


def expand_use(
    expander: Expander, name: str, args: Any, span: Span, frame: Scope
) -> tuple[LocatedDict, str | None]:
    """The layer that the use of a block becomes.

    Args:
        expander: where it is used.
        name: the block's name, or what stands in its place.
        args: the mapping of params that the use gives, or None.
        span: where the name stands.
        frame: the surroundings of the use.

    Returns:
        The layer, and the block's name where the use gives no `name` to the layer.
    """
    place = frame.place(span)
    block = expander.blocks.sound.get(name)
    if block is None and not expander.blocks.is_broken(name):
        _refuse_unknown(expander, name, place)
    if block is None:
        return unknown_layer(place), None
    given = args if isinstance(args, LocatedDict) else LocatedDict(span)
    fits = _check(expander, block, given, place, frame)
    own, params = _given(expander, block, given, frame)
    if expander.shallow is not None:
        expander.shallow.setdefault(name, span)
        return unknown_layer(place), None
    if not fits or name in expander.active or expander.blocks.is_broken(name):
        return unknown_layer(place), None
    expander.budget.foresee(expander.blocks.count({name: None}), place, f"the block `{name}`")
    layer = LocatedDict(place)
    layer.put(NESTED[block.kind], _body(expander, block, params, own, place), place, place)
    return layer, None if "name" in own else name


def _body(
    expander: Expander, block: Block, params: Mapping[str, Any], own: LocatedDict, place: Span
) -> LocatedDict:
    """The block's body with the given params, after what the use gives to the nested model."""
    inner = block_frame(expander, block, params, place)
    expander.active.append(block.name)
    made = expander.model(block.body, inner)
    expander.active.pop()
    for key, value in made.items():
        own.put(key, value, made.key_spans[key], made.value_spans[key])
    return own


def block_frame(
    expander: Expander, block: Block, given: Mapping[str, Any], place: Span | None
) -> Scope:
    """The surroundings of a block's body: the spec's params, hidden by the block's own.

    Args:
        expander: for the spec's params.
        block: the block.
        given: the params that a use gives; the defaults of the others may refer to all.
        place: where the use stands; None for the block on its own.
    """

    def evaluate(value: Any, span: Span, names: Mapping[str, Any]) -> Any:
        return expander.all_or_unknown(value, span, Scope(names, place))

    defaults = {
        name: (value, span)
        for name, (value, span) in block.params.items()
        if name not in given and value is not None
    }
    missing = {n: UNKNOWN for n in block.params if n not in given and n not in defaults}
    outer = {**expander.names, **missing, **given}
    return Scope({**outer, **resolve(defaults, outer, evaluate, expander.findings)}, place)


def _check(expander: Expander, block: Block, given: LocatedDict, place: Span, frame: Scope) -> bool:
    """Whether a use gives the block what it needs; a finding for each param that is wrong."""
    findings = expander.findings
    known = [*block.params, *MODEL_ARGUMENTS]
    unknown = [key for key in given if key not in known]
    for key in unknown:
        message = f"the block `{block.name}` has no param `{key}`{did_you_mean(key, known)}"
        hint = f"it takes {join_words(block.params, most=12)}" if block.params else "it takes none"
        related = (Related(block.span, "the block"),)
        span = frame.place(given.key_spans[key])
        findings.error(span, "unknown-param", message, hint=hint, related=related)
    missing = [
        name for name, (default, _) in block.params.items() if default is None and name not in given
    ]
    for name in missing:
        if nearest(name, unknown) is not None:
            continue  # it is there, misspelt: said above
        message = f"the block `{block.name}` needs `{name}`: it has no default"
        related = (Related(block.param_spans[name], "declared here"),)
        hint = f"write {block.name}: {{{name}: …}}"
        findings.error(place, "missing-param", message, hint=hint, related=related)
    return not missing


def _given(
    expander: Expander, block: Block, given: LocatedDict, frame: Scope
) -> tuple[LocatedDict, dict[str, Any]]:
    """What a use gives to the nested model, and the values that it gives to params."""
    own, params = LocatedDict(frame.place(given.span)), {}
    for key, value in given.items():
        found = expander.all_or_unknown(value, given.value_spans[key], frame)
        if key in block.params:
            params[key] = found
        elif key in MODEL_ARGUMENTS and found is not UNKNOWN:
            put(own, given, key, found, frame)
    return own, params


def _refuse_unknown(expander: Expander, name: str, span: Span) -> None:
    blocks = list(expander.blocks.sound)
    message = f"there is no block `{name}`"
    close = nearest(name, blocks)
    if close is None:
        layer = nearest(name, names_of_kind("layer"))
        message += f'; did you mean the layer "{layer}"?' if layer is not None else ""
    else:
        message += f'; did you mean "{close}"?'
    hint = f"the blocks are {join_words(blocks)}" if blocks else "the spec declares no `blocks`"
    if close is None:
        hint += "; Keras's layers begin with a capital"
    expander.findings.error(span, "unknown-block", message, hint=hint)
