"""The two things that expand to layers: the use of a block, and a `repeat`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from modelspec.diagnostics import Findings, Related, Span, join_words, nearest, suggest
from modelspec.document import LocatedDict, LocatedList
from modelspec.schema import names_of_kind, unknown_layer
from modelspec.spec.expressions import UNKNOWN, format_value

from .blocks import MODEL_ARGUMENTS, NESTED, Block
from .params import resolve
from .values import Scope, put

if TYPE_CHECKING:
    from .layers import Expander


def expand_use(
    expander: Expander, name: str, args: Any, span: Span, scope: Scope
) -> tuple[LocatedDict, str | None]:
    """The layer that the use of a block becomes.

    Args:
        expander: where it is used.
        name: the block's name, or what stands in its place.
        args: the mapping of params that the use gives, or None.
        span: where the name stands.
        scope: the surroundings of the use.

    Returns:
        The layer, and the block's name where the use gives no `name` to the layer.
    """
    place = scope.locate(span)
    block = expander.blocks.sound.get(name)
    if block is None and not expander.blocks.is_broken(name):
        _refuse_unknown(expander, name, place)
    if block is None:
        return unknown_layer(place), None
    given = args if isinstance(args, LocatedDict) else LocatedDict(span)
    fits = _check(expander, block, given, place, scope)
    own, params = _given(expander, block, given, scope)
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
    inner = block_scope(expander, block, params, place)
    expander.active.append(block.name)
    made = expander.model(block.body, inner)
    expander.active.pop()
    for key, value in made.items():
        own.put(key, value, made.key_spans[key], made.value_spans[key])
    return own


def block_scope(
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


def _check(expander: Expander, block: Block, given: LocatedDict, place: Span, scope: Scope) -> bool:
    """Whether a use gives the block what it needs; a finding for each param that is wrong."""
    findings = expander.findings
    known = [*block.params, *MODEL_ARGUMENTS]
    unknown = [key for key in given if key not in known]
    for key in unknown:
        close = suggest(key, known)
        message = f"the block `{block.name}` has no param `{key}`{close.text}"
        hint = f"it takes {join_words(block.params, most=12)}" if block.params else "it takes none"
        related = (Related(block.span, "the block"),)
        span = scope.locate(given.key_spans[key])
        findings.error(
            span, "unknown-param", message, hint=hint, related=related, replace=close.replace
        )
    missing = [
        name for name, (default, _) in block.params.items() if default is None and name not in given
    ]
    for name in missing:
        if nearest(name, unknown) is not None:
            continue  # it is there, misspelt: reported above
        message = f"the block `{block.name}` needs `{name}`: it has no default"
        related = (Related(block.param_spans[name], "declared here"),)
        hint = f"write {block.name}: {{{name}: …}}"
        findings.error(place, "missing-param", message, hint=hint, related=related)
    return not missing


def _given(
    expander: Expander, block: Block, given: LocatedDict, scope: Scope
) -> tuple[LocatedDict, dict[str, Any]]:
    """What a use gives to the nested model, and the values that it gives to params."""
    own, params = LocatedDict(scope.locate(given.span)), {}
    for key, value in given.items():
        found = expander.all_or_unknown(value, given.value_spans[key], scope)
        if key in block.params:
            params[key] = found
        elif key in MODEL_ARGUMENTS and found is not UNKNOWN:
            put(own, given, key, found, scope)
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
        hint += "; names of Keras layers start with a capital"
    expander.findings.error(span, "unknown-block", message, hint=hint)


REPEAT = "repeat"
KEYS = ("times", "layers")
_TURN = 20
"""What a turn costs in values, so that a repeat of nothing ends too."""


def expand_repeat(
    expander: Expander, item: LocatedDict, span: Span, scope: Scope
) -> tuple[LocatedList, Iterator[Scope]]:
    """The layers of a `repeat`, and a scope for each turn, in which `index` counts from 0.

    Where it has a fault there are no layers. Where blocks are only looked at there is one turn,
    in which `index` is unknown.
    """
    expander.touched = True
    nothing = LocatedList(span), iter(())
    if not _is_sound(item, scope, expander.findings):
        return nothing
    body = item[REPEAT]
    layers, at = body["layers"], scope.locate(body.value_spans["times"])
    times = expander.all_or_unknown(body["times"], body.value_spans["times"], scope)
    if expander.shallow is not None:
        return layers, iter((scope.with_index(UNKNOWN),))
    if times is UNKNOWN:
        return nothing
    if not isinstance(times, int) or isinstance(times, bool) or times < 0:
        message = f"`times` must be a whole number of at least 0, got {format_value(times)}"
        whole = isinstance(times, float) and times.is_integer()
        hint = '"//" divides without remainder; int() and round() give whole numbers'
        expander.findings.error(at, "wrong-value", message, hint=hint if whole else "")
        return nothing
    least = max(times, times * expander.blocks.count(layers))
    expander.budget.foresee(least, at, "this `repeat`")
    return layers, _scopes(expander, times, at, scope)


def _scopes(expander: Expander, times: int, span: Span, scope: Scope) -> Iterator[Scope]:
    for index in range(times):
        expander.budget.values(_TURN, span)
        yield scope.with_index(index)


def _is_sound(item: LocatedDict, scope: Scope, findings: Findings) -> bool:
    """Whether a `repeat` has its form; the schema has not seen those in arguments of layers."""
    body, span = item[REPEAT], scope.locate(item.key_spans[REPEAT])
    if len(item) > 1:
        message = f"`repeat` and `{next(k for k in item if k != REPEAT)}` are at the same level"
        findings.error(span, "not-one-object", message, hint="write each as a separate item")
        return False
    if not isinstance(body, LocatedDict):
        message = "`repeat` must be a mapping with `times` and `layers`"
        findings.error(span, "wrong-value", message)
        return False
    for key in body:
        if key not in KEYS:
            close = suggest(key, KEYS)
            message = f"`repeat` has no key `{key}`{close.text}"
            hint = "it takes times and layers"
            findings.error(
                scope.locate(body.key_spans[key]),
                "unknown-key",
                message,
                hint=hint,
                replace=close.replace,
            )
    for key in KEYS:
        if key not in body and not any(nearest(k, [key]) for k in body):
            findings.error(span, "missing-key", f"`repeat` needs `{key}`")
    if set(body) == set(KEYS) and not (isinstance(body["layers"], LocatedList) and body["layers"]):
        message = "`layers` must be a list of layers"
        findings.error(scope.locate(body.value_spans["layers"]), "wrong-value", message)
        return False
    return set(body) == set(KEYS)


def refuse_misplaced(span: Span, findings: Findings) -> None:
    """The error for a `repeat` where a single layer is expected."""
    message = "`repeat` is allowed only in a list of layers"
    hint = "put it into a `Sequential: {layers: [...]}`"
    findings.error(span, "misplaced-repeat", message, hint=hint)
