"""A checked document to one without params, blocks, repeats and expressions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from modelspec.diagnostics import Finding, Findings, Reason, Related, Span
from modelspec.document import LocatedDict, LocatedList, part_span
from modelspec.schema import Verdict, check, unknown_layer
from modelspec.spec.expressions import (
    JOB_NAMES,
    UNKNOWN,
    ExpressionError,
    has_expression,
    names_in,
    words_in,
)

from .blocks import NESTED, Block, read_blocks
from .budget import Budget, TooLargeError
from .declarations import Declarations, report_unused
from .later_values import TRAINING_NAMES, tried_values
from .layers import Expander
from .params import resolve
from .uses import block_scope
from .values import Origin, Scope, put

_GONE = ("extends", "params", "blocks")


class Expansion(NamedTuple):
    """What a document comes to.

    Attributes:
        document: the document written out; the very one that was given where nothing was there
            to be written out.
        blocks: a document whose model is a stack of all blocks, each written out by itself with
            what does not hang on its params; None where there are no blocks.
        origins: place of each scalar that an expression gave, to where its value comes from.
    """

    document: LocatedDict
    blocks: LocatedDict | None
    origins: Mapping[Span, Origin]


def expand(document: LocatedDict, declared: Declarations, findings: Findings) -> Expansion | None:
    """Write a document out.

    Args:
        document: as the schema check left it, invalid parts replaced.
        declared: what the document declared before that.
        findings: takes errors of expressions, of uses of blocks and of repeats.

    Returns:
        None where a part of the model cannot be known, or the whole is too large.
    """
    blocks = read_blocks(document, declared)
    expander = Expander(blocks, findings, Budget())
    expander.refused_names = declared.refused
    try:
        expander.names = _params(document, declared, expander)
        unused = frozenset(item.name for item in declared.unused if item.what == "block")
        alone = _blocks_alone(expander, document, unused) if blocks.sound else None
        expander.budget = Budget()
        made = _document(expander, document)
    except TooLargeError as error:
        findings.error(error.span, "too-large", error.message)
        return None
    file = str(document.span.file)
    report_unused(declared, "params" in document, blocks.sound, findings, file=file)
    if made is None:
        return None
    touched = expander.touched or any(key in document for key in _GONE)
    return Expansion(made if touched else document, alone, expander.origins)


def _params(document: LocatedDict, declared: Declarations, expander: Expander) -> dict[str, Any]:
    def evaluate(value: Any, span: Span, names: Mapping[str, Any]) -> Any:
        return expander.all_or_unknown(value, span, Scope(names))

    section = document.get("params")
    if not isinstance(section, LocatedDict):
        return dict.fromkeys(declared.params or (), UNKNOWN)
    expander.param_spans = section.value_spans
    written = {name: (value, section.value_spans[name]) for name, value in section.items()}
    return resolve(written, {}, evaluate, expander.findings)


def _data(expander: Expander, section: LocatedDict, scope: Scope) -> LocatedDict:
    """The section `data`; expressions of columns under `derive` stay, with the params in them."""
    made = LocatedDict(section.span)
    for key, item in section.items():
        if key != "derive" or not isinstance(item, LocatedDict):
            found = expander.value(item, section.value_spans[key], scope)
        else:
            found = LocatedDict(item.span)
            for name, value in item.items():
                write = _of_columns if isinstance(value, str) else Expander.value
                put(found, item, name, write(expander, value, item.value_spans[name], scope), scope)
        put(made, section, key, found, scope)
    return made


def _search(expander: Expander, section: LocatedDict, scope: Scope) -> LocatedDict:
    """The section `tune`; expressions in its space stay, each point has values of their names."""
    made = LocatedDict(section.span)
    for key, item in section.items():
        kept = key == "space"
        found = item if kept else expander.value(item, section.value_spans[key], scope)
        put(made, section, key, found, scope)
    return made


def _of_columns(expander: Expander, text: str, span: Span, scope: Scope) -> str:
    """An expression of columns with the values of params; those that are wrong are for later."""
    expander.budget.values(1, span)
    if scope.names.keys().isdisjoint(words_in(text)) or not has_expression(text):
        return text
    from modelspec.spec.expressions import with_params

    values = scope.names
    if any(values[name] is UNKNOWN for name in names_in(text) if name in values):
        expander.unknown += 1
        return text
    try:
        found = with_params(text, values)
    except ExpressionError as error:
        if error.code != "bad-expression":  # which is reported with the columns
            place = part_span(span, text, error.start, error.end)
            expander.findings.error(place, error.code, error.message, hint=error.hint)
            expander.unknown += 1
        return text
    expander.touched = expander.touched or found != text
    return found


def _document(expander: Expander, document: LocatedDict) -> LocatedDict | None:
    """All sections written out; None where the model has a part that cannot be known."""
    scope = Scope(expander.names)
    made = LocatedDict(document.span)
    found: Any
    for key, item in document.items():
        if key in _GONE:
            continue
        if key == "tune":
            found = _search(expander, item, scope)
        elif key == "model":
            kind, body = next(iter(item.items()))
            found = LocatedDict(item.span)
            section = expander.model(body, scope)
            found.put(kind, section, item.key_spans[kind], item.value_spans[kind])
        elif key == "data" and "derive" in item:
            found = _data(expander, item, scope)
        else:
            expander.later = TRAINING_NAMES if key == "training" else frozenset()
            found = expander.value(item, document.value_spans[key], scope)
        if expander.unknown:
            expander.unknown = 0
            if key == "model":
                return None
            continue
        made.put(key, found, document.key_spans[key], document.value_spans[key])
    return made


def _blocks_alone(expander: Expander, document: LocatedDict, unused: frozenset[str]) -> LocatedDict:
    """Each block by itself: one that is used with unknown params, for what holds at every use;
    one that is not, with its defaults."""
    blocks, shallow = expander.blocks, dict[str, LocatedDict]()
    for block in blocks.sound.values():
        expander.shallow = blocks.uses.setdefault(block.name, {})
        block_scope(expander, block, {}, None)  # reports errors in the defaults
        shallow[block.name] = _alone(expander, block, dict.fromkeys(block.params, UNKNOWN))
    expander.shallow = None
    blocks.find_cycles(expander.findings)
    layers = LocatedList(document.span)
    for block in blocks.sound.values():
        deep = block.name in unused and block.name not in blocks.cyclic
        layers.put(_alone(expander, block, {}) if deep else shallow[block.name], block.span)
    return _stack_of(layers, document.span)


def _alone(expander: Expander, block: Block, given: Mapping[str, Any]) -> LocatedDict:
    before = expander.unknown
    body = expander.model(block.body, block_scope(expander, block, given, None))
    if expander.unknown != before:
        expander.unknown = before
        return unknown_layer(block.span)
    body.put("name", block.name, block.span, block.span)
    return _one(NESTED[block.kind], body, block.span)


def _stack_of(layers: LocatedList, span: Span) -> LocatedDict:
    """A whole document around a list of layers."""
    shape, entry, body = LocatedList(span), LocatedDict(span), LocatedDict(span)
    entry.put("shape", shape, span, span)
    body.put("input", entry, span, span)
    body.put("layers", layers, span, span)
    document = _one("modelspec", 1, span)
    document.put("model", _one("sequential", body, span), span, span)
    return document


def _one(key: str, value: Any, span: Span) -> LocatedDict:
    made = LocatedDict(span)
    made.put(key, value, span, span)
    return made


def recheck(document: LocatedDict, origins: Mapping[Span, Origin], findings: Findings) -> Verdict:
    """Check a document that was written out; the findings name the expression behind a value.

    Args:
        document: without expressions; invalid parts are replaced in place.
        origins: place of each scalar that an expression gave, to where its value comes from.
        findings: takes the errors.
    """
    found = Findings()
    if any(not JOB_NAMES.isdisjoint(words_in(origin.text)) for origin in origins.values()):
        with tried_values(document, findings):
            verdict = check(document, found, expressions=False)
    else:
        verdict = check(document, found, expressions=False)
    turns: dict[tuple[object, ...], list[Finding]] = {}
    for finding in found:
        origin = origins.get(finding.span)
        key = (finding if origin is None else (finding.span, finding.code, finding.related),)
        turns.setdefault(key, []).append(finding)
    for same in turns.values():
        more = len(dict.fromkeys(same)) - 1
        findings.extend([_explained(same[0], origins.get(same[0].span), more)])
    return verdict


WHOLE_BY_FUNCTION = "int() and round() give whole numbers"
WHOLE_BY_DIVISION = f'"//" divides without remainder; {WHOLE_BY_FUNCTION}'
"""How an expression gives a whole number: `/` always gives a float, as in Python."""


def _explained(finding: Finding, origin: Origin | None, more: int) -> Finding:
    """The finding with the expression that gave the value, here and in `more` other expansions."""
    if origin is None:
        return finding
    text, given = origin
    related = finding.related
    if given is not None:
        related = (*related, Related(given, f"{text} is given here"))
    hint = f"it is the value of `{text}`"
    if more:
        hint += f", and also wrong in {more} other expansion{'s' if more > 1 else ''}"
    own = finding.hint
    computed = not text.strip("${ }").isidentifier()
    if finding.reason is Reason.WHOLE_NUMBER_EXPECTED and computed:
        own = WHOLE_BY_DIVISION if "/" in text.replace("//", "") else WHOLE_BY_FUNCTION
    hint = f"{hint}; {own}" if own else hint
    return finding._replace(hint=hint, related=related, fixes=())
