"""From what a spec says of a source to the source."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from modelspec.diagnostics import Findings, Span, join_words
from modelspec.document import LocatedDict, value_span
from modelspec.schema import definition

from .kinds import CSV, DATASET, PAIR, PYTHON, SCHEMA, SOURCE_KINDS, TABLES, TFDS, TFRECORD
from .marks import implied_marks, refuse_same_marks
from .paths import parse_paths
from .source import Source, options_of

_NAMED_BY = {PYTHON: "function", DATASET: "name", TFDS: "name"}
"""The option of a kind without paths that may be written alone."""


def parse_source(section: LocatedDict, findings: Findings) -> Source:
    """`{csv: PATHS}`, or `{csv: {path: PATHS, OPTION: VALUE}}`, or with a table for `path`."""
    kind, given = next(iter(section.items()))
    place = section.key_spans[kind]
    span = value_span(section, kind, section.span)
    if not isinstance(given, LocatedDict):
        if kind in _NAMED_BY:
            option = _NAMED_BY[kind]
            options = {**options_of(kind), **_own_options(kind, given), option: given}
            return Source(kind, (), (), place, options, {option: span})
        files = parse_paths(kind, given, span, findings)
        marks = implied_marks({}, files[0]) if kind == CSV else {}
        return Source(kind, *files, place, {**options_of(kind), **marks})
    table: Source | None = None
    paths: tuple[tuple[str, ...], tuple[Span, ...]] = (), ()
    found = [key for key in ("path", *TABLES) if key in given]
    if not SOURCE_KINDS[kind].has_files:
        pass
    elif len(found) != 1:
        _refuse_bases(kind, found, place, findings)
    elif found[0] == "path":
        paths = parse_paths(kind, given["path"], value_span(given, "path", span), findings)
    else:
        part = LocatedDict(given.span)
        part.put(found[0], *_entry(given, found[0]))
        table = parse_source(part, findings)
        paths = table.paths, table.path_spans
    own = {key: given[key] for key in given if key not in (*found, PAIR)}
    options = {**options_of(kind), **_own_options(kind, given.get("name")), **own}
    if kind == CSV:
        options |= implied_marks(given, paths[0])
        refuse_same_marks(given, options, findings)
    _refuse_options(given, findings)
    source = Source(kind, *paths, place, options, dict(given.value_spans), table)
    if kind == TFDS and "images" in given:
        from .records import images_of_data_set

        return replace(source, pairs=images_of_data_set(given["images"]))
    if kind == TFRECORD:
        from .records import images_of_features

        return replace(source, pairs=images_of_features(given["features"], findings))
    pairs = given.get(PAIR)
    if table is not None:
        from .refusals import refuse_far_files

        refuse_far_files(source, findings)
    if not pairs:
        return source
    from .pairs import parse_pairs

    return replace(source, pairs=parse_pairs(pairs, source, findings))


def _refuse_options(given: LocatedDict, findings: Findings) -> None:
    """Findings for a step and an encoding that are none; few specs have either."""
    if "every" in given:
        from .refusals import refuse_step

        refuse_step(given, findings)
    if "encoding" in given:
        from .refusals import refuse_encoding

        refuse_encoding(given["encoding"], given.value_spans["encoding"], findings)


def _own_options(kind: str, name: Any) -> Mapping[str, Any]:
    """The options that a data set has by its name, with their defaults."""
    if kind != DATASET:
        return {}
    from .datasets import data_set_options

    return data_set_options(name)


def _entry(section: LocatedDict, key: str) -> tuple[Any, Span, Span]:
    return section[key], section.key_spans[key], section.value_spans[key]


def _refuse_bases(kind: str, found: Sequence[str], place: Span, findings: Findings) -> None:
    keys = definition(SCHEMA, kind)["properties"]
    known = join_words(f"`{key}`" for key in ("path", *TABLES) if key in keys)
    got = join_words(f"`{key}`" for key in found) if found else "neither"
    message = f"`{kind}` needs exactly one of {known}, got {got}"
    findings.error(place, "not-one-key", message)
