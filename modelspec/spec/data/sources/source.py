"""A source: which files, of which kind, and how they are read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import field, replace
from pathlib import Path
from typing import Any

from modelspec.diagnostics import Span
from modelspec.schema import definition, follow
from modelspec.value_classes import value_class

from .kinds import CSV, MASK_OPTIONS, SCHEMA, SOURCE_KINDS, SourceKind


@value_class
class Source:
    """Files of one kind.

    Attributes:
        kind: its key in the spec, such as "csv".
        paths: as written; relative to the spec file, wildcards allowed.
        path_spans: where each of `paths` stands.
        span: where the kind stands.
        options: how the files are read; those that the spec leaves out have the default that
            the schema gives, and are not in it where the schema gives none.
        option_spans: where the options stand that the spec has.
        table: what the source is built on, if it is a table: its rows name the files.
        pairs: column to the source of its files, for further files of each example; without a
            path where a table names the files, or records hold their bytes.
        make: for `python`, from the spec's folder to the dataset; None where the extension was
            not imported.
    """

    kind: str
    paths: tuple[str, ...]
    path_spans: tuple[Span, ...]
    span: Span
    options: Mapping[str, Any] = field(default_factory=dict)
    option_spans: Mapping[str, Span] = field(default_factory=dict)
    table: Source | None = None
    pairs: Mapping[str, Source] = field(default_factory=dict)
    make: Callable[[Path], Any] | None = None

    @property
    def traits(self) -> SourceKind:
        """What is known of its kind."""
        return SOURCE_KINDS[self.kind]

    @property
    def takes_folders(self) -> bool:
        """Whether a path may be a folder, whose files are the examples."""
        return self.traits.file_column is not None and self.table is None

    @property
    def is_matched(self) -> bool:
        """Whether its examples have further files, which are matched by name."""
        return self.takes_folders and bool(self.pairs)

    def place(self, option: str) -> Span:
        """The location of an option; of the kind where the spec leaves it out."""
        return self.option_spans.get(option, self.span)


def type_of(source: Source, column: str) -> str | None:
    """What `types` and `units` of a csv make of a column: "text" or "number"; None elsewhere."""
    table = source.table or source
    if table.kind != CSV:
        return None
    implied = "number" if column in table.options.get("units", {}) else None
    found: str | None = table.options.get("types", {}).get(column, implied)
    return found


def source_of_column(source: Source, name: str) -> Source:
    """The source that says how the files of a column are read."""
    return source.pairs.get(name, source)


def source_of_files(source: Source) -> Source:
    """The source that says how the first column of files is read; the source where it has none."""
    return source_of_column(source, next(iter(path_columns(source)), ""))


def path_columns(source: Source) -> tuple[str, ...]:
    """The columns whose values are files, or the bytes of files in records; none for a table."""
    file_column = source.traits.file_column
    if file_column is None:
        return tuple(source.pairs)
    if source.table is None:
        return (file_column, *source.pairs)
    column = source.options["column"]
    named = (column,) if isinstance(column, str) else tuple(column)
    return (*named, *(name for name in source.pairs if name not in named))


def read_as_mask(source: Source, name: str) -> Source:
    """A source whose images in a column are read as masks of classes.

    Their pixel values are class numbers, so that what the spec leaves out is one channel, and
    pixels that are taken rather than mixed. The options of a table are for all of its columns;
    those of a folder for the one that it has, which stays as written.
    """
    if name in source.pairs:
        one = source.pairs[name]
        written = one.option_spans
    elif source.table is not None:
        one, written = replace(source, table=None, pairs={}), {}
    else:
        return source
    options = {key: value for key, value in MASK_OPTIONS.items() if key not in written}
    read = replace(one, options={**one.options, **options})
    return replace(source, pairs={**source.pairs, name: read})


def options_of(kind: str) -> dict[str, Any]:
    """The options of a source that have a default, with it."""
    known = definition(SCHEMA, kind).get("properties", {})
    whole = {key: {**follow(option, SCHEMA)[0], **option} for key, option in known.items()}
    return {key: option["default"] for key, option in whole.items() if "default" in option}
