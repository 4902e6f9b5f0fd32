"""The typed form of `training.initial_weights`: which files weights come from, and for what."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from modelspec.diagnostics import Findings, Span
from modelspec.document import LocatedDict, LocatedList, value_span
from modelspec.value_classes import value_class

FROM, RENAME, FRESH, ADAPTERS = "from", "rename", "fresh", "adapters"
VECTORS = ("glove", "word2vec")
"""The keys of a text file with a vector for each word."""


@value_class
class NamedLayer:
    """A layer, or a pattern of layers, as written; in nested models with their names and slashes.

    Attributes:
        name: as written.
        span: where it stands.
    """

    name: str
    span: Span


@value_class
class WeightsOrigin:
    """One file, and what is taken from it.

    Attributes:
        path: as written, relative to the spec.
        vectors: "glove" or "word2vec" for a text file of vectors; "" for a model or its weights.
        part: the layer of the model that it is for; None for the whole model.
        rename: pairs of a layer's name in the file and its name in the model.
        fresh: patterns of layers that keep their fresh weights.
        span: where the path stands.
        is_adapter: whether it has to be a file of low-rank adapters.
    """

    path: str
    vectors: str
    part: NamedLayer | None
    rename: tuple[tuple[NamedLayer, NamedLayer], ...]
    fresh: tuple[NamedLayer, ...]
    span: Span
    is_adapter: bool = False


@value_class
class InitialWeights:
    """The whole key: at least one origin; several are for different parts of the model, or a file
    of low-rank adapters comes after one for all of it."""

    origins: tuple[WeightsOrigin, ...]
    span: Span


def parse_initial_weights(value: Any, span: Span, findings: Findings) -> InitialWeights | None:
    """The value of the key, already checked against its schema.

    Args:
        value: a path, a mapping with `from`, or a mapping from layers of the model to such.
        span: where it stands.
        findings: takes what the schema cannot say.
    """
    if isinstance(value, str):
        return InitialWeights((_origin(value, None, span),), span)
    if not isinstance(value, LocatedDict):
        return None
    if FROM in value:
        return _single(value, span, findings)
    named = [key for key in (RENAME, FRESH, ADAPTERS, *VECTORS) if key in value]
    if named:
        _report_lone_key(named[0], value, findings)
        return None
    origins = [_of_part(name, value, findings) for name in value]
    found = tuple(origin for origin in origins if origin is not None)
    return InitialWeights(found, span) if found else None


def _single(value: LocatedDict, span: Span, findings: Findings) -> InitialWeights | None:
    others = [key for key in value if key not in (FROM, RENAME, FRESH, ADAPTERS)]
    if others:
        message = f"`initial_weights` has `from`, for the whole model, and `{others[0]}`, a part"
        hint = f"write a file for each part, `{others[0]}: FILE`, or one file with `from` alone"
        findings.error(value.key_spans[others[0]], "wrong-value", message, hint=hint)
        return None
    origins = [_options(value, None)]
    if ADAPTERS in value:
        adapters = _origin(value[ADAPTERS], None, _at(value, ADAPTERS))
        origins.append(replace(adapters, is_adapter=True))
    return InitialWeights(tuple(origins), span)


def _report_lone_key(key: str, value: LocatedDict, findings: Findings) -> None:
    span = value.key_spans[key]
    if key in VECTORS:
        message = f"`{key}` is for one Embedding, and `initial_weights` does not say for which"
        hint = f"write `initial_weights: {{NAME: {{{key}: FILE}}}}` with the name of the layer"
    else:
        message = f"`initial_weights` has `{key}`, but no file that the weights come from"
        hint = "name the file of the model that they belong to as well, by `from`"
    findings.error(span, "missing-key", message, hint=hint)


def _of_part(name: str, section: LocatedDict, findings: Findings) -> WeightsOrigin | None:
    part = NamedLayer(name, section.key_spans[name])
    value, span = section[name], value_span(section, name, section.span)
    if isinstance(value, str):
        return _origin(value, part, span)
    given = [key for key in (FROM, *VECTORS) if key in value]
    if len(given) != 1:
        message = f"the weights of `{name}` come from one file, got {len(given)}"
        hint = "give a path, or one of `from`, `glove` and `word2vec` with a path"
        findings.error(part.span, "wrong-value", message, hint=hint)
        return None
    if given[0] == FROM:
        return _options(value, part)
    unread = next((key for key in (RENAME, FRESH) if key in value), None)
    if unread is not None:
        message = f"`{unread}` is about layers, and a file of vectors has none"
        findings.error(value.key_spans[unread], "wrong-value", message, hint="remove it")
        return None
    span = value_span(value, given[0], value.span)
    return WeightsOrigin(value[given[0]], given[0], part, (), (), span)


def _origin(path: str, part: NamedLayer | None, span: Span) -> WeightsOrigin:
    return WeightsOrigin(path, "", part, (), (), span)


def _options(value: LocatedDict, part: NamedLayer | None) -> WeightsOrigin:
    rename: Mapping[str, str] = value.get(RENAME) or {}
    pairs = tuple(
        (NamedLayer(old, value[RENAME].key_spans[old]), NamedLayer(new, _at(value[RENAME], old)))
        for old, new in rename.items()
    )
    span = _at(value, FROM)
    return WeightsOrigin(value[FROM], "", part, pairs, _fresh(value), span)


def _fresh(value: LocatedDict) -> tuple[NamedLayer, ...]:
    written, span = value.get(FRESH, ()), _at(value, FRESH)
    if isinstance(written, str):
        return (NamedLayer(written, span),)
    spans = written.item_spans if isinstance(written, LocatedList) else (span,) * len(written)
    return tuple(map(NamedLayer, written, spans))


def _at(value: LocatedDict, key: str) -> Span:
    return value_span(value, key, value.span)
