"""Sources of `data`: which files, of which kind, and how they are read."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from modelspec.diagnostics import Findings, Span, join_words
from modelspec.document import LocatedDict, value_span
from modelspec.schema import definition, follow

from .addresses import is_remote, problem_of

SCHEMA = "data.schema.json"

CSV = "csv"

EXCEL = "excel"

WORKBOOKS = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods")
"""The suffixes of workbooks."""

NPZ = "npz"
"""Arrays of numpy: an archive of named ones, or a single one."""

SINGLE_ARRAY = "array"
"""The column of a file that is a single array."""

IMAGES = "images"

SERIES = "timeseries"

TFRECORD = "tfrecord"

SYNTHETIC = "synthetic"
"""A source without files: its columns are called after the model's inputs and outputs."""

PYTHON = "python"
"""A source without files that a function of an extension makes."""

DATASET = "dataset"
"""A data set of Keras by its name, from the files in Keras's cache."""

TFDS = "tfds"
"""A data set that TensorFlow Datasets has prepared, by its name."""

_NAMED_BY = {PYTHON: "function", DATASET: "name", TFDS: "name"}
"""The option of a kind without paths that may be written alone."""

CORPUS = "corpus"
"""Windows over the tokens of a long text."""

LINE_COLUMN = "text"
"""The column of the lines of text files, and of what an input sees of a corpus."""

NEXT_COLUMN = "next"
"""The column of the tokens that follow."""

LABEL_COLUMN = "label"
"""The column of the classes of a folder."""

PAIR = "pair"
"""The option with further files of each example."""

MASK_OPTIONS = {"color": "grayscale", "interpolation": "nearest"}
"""How images are read whose pixel values are class numbers."""


@dataclass(frozen=True, slots=True)
class SourceKind:
    """What is known of a kind of source without reading it; `data.sources` reads it.

    Attributes:
        is_table: whether it has rows of single values; other sources may be built on it.
        is_untyped: whether its values are text, which a use as numbers converts.
        has_arrays: whether a column has an array for each example, so that an input that names
            no columns takes one of them.
        has_files: whether it names files.
        is_series: whether examples are windows over rows that follow one another.
        file_column: the column that the files make, where each example is a file.
        needs_numpy: whether it is read with numpy; others are checked by Python alone where numpy
            is missing.
        needs_tensorflow: whether TensorFlow makes its examples: decodes files, cuts windows.
        package: what its files are read with, where Python alone cannot.
    """

    is_table: bool = False
    is_untyped: bool = False
    has_arrays: bool = False
    has_files: bool = True
    is_series: bool = False
    file_column: str | None = None
    needs_numpy: bool = True
    needs_tensorflow: bool = True
    package: str = "tensorflow"


SOURCE_KINDS = {
    CSV: SourceKind(is_table=True, is_untyped=True, needs_numpy=False, needs_tensorflow=False),
    "parquet": SourceKind(is_table=True, needs_tensorflow=False, package="pyarrow"),
    EXCEL: SourceKind(is_table=True, needs_tensorflow=False, package="pyarrow"),
    NPZ: SourceKind(has_arrays=True, needs_tensorflow=False, package="numpy"),
    "jsonl": SourceKind(needs_tensorflow=False, package="pyarrow"),
    IMAGES: SourceKind(file_column="image"),
    "texts": SourceKind(file_column="text"),
    CORPUS: SourceKind(has_arrays=True, is_series=True, needs_tensorflow=False, package="numpy"),
    "lines": SourceKind(needs_tensorflow=False, package="numpy"),
    "audio": SourceKind(file_column="audio"),
    TFRECORD: SourceKind(has_arrays=True),
    TFDS: SourceKind(has_files=False, has_arrays=True),
    SERIES: SourceKind(is_series=True),
    SYNTHETIC: SourceKind(has_files=False),
    PYTHON: SourceKind(has_files=False, has_arrays=True),
    DATASET: SourceKind(has_files=False, has_arrays=True, needs_tensorflow=False, package="numpy"),
}
"""The kinds of source, by their key in the spec."""

TABLES = tuple(name for name, kind in SOURCE_KINDS.items() if kind.is_table)


@dataclass(frozen=True, slots=True)
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
    """What the option `types` of a csv makes of a column: "text" or "number"; None elsewhere."""
    table = source.table or source
    found: str | None = table.options.get("types", {}).get(column) if table.kind == CSV else None
    return found


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
        files = _paths(kind, given, span, findings)
        marks = _implied_marks({}, files[0]) if kind == CSV else {}
        return Source(kind, *files, place, {**options_of(kind), **marks})
    table: Source | None = None
    paths: tuple[tuple[str, ...], tuple[Span, ...]] = (), ()
    found = [key for key in ("path", *TABLES) if key in given]
    if not SOURCE_KINDS[kind].has_files:
        pass
    elif len(found) != 1:
        _refuse_bases(kind, found, place, findings)
    elif found[0] == "path":
        paths = _paths(kind, given["path"], value_span(given, "path", span), findings)
    else:
        part = LocatedDict(given.span)
        part.put(found[0], *_entry(given, found[0]))
        table = parse_source(part, findings)
        paths = table.paths, table.path_spans
    own = {key: given[key] for key in given if key not in (*found, PAIR)}
    options = {**options_of(kind), **_own_options(kind, given.get("name")), **own}
    if kind == CSV:
        options |= _implied_marks(given, paths[0])
        _refuse_same_marks(given, options, findings)
    if "every" in given:
        _refuse_step(given, findings)
    if "encoding" in given:
        _refuse_encoding(given["encoding"], given.value_spans["encoding"], findings)
    source = Source(kind, *paths, place, options, dict(given.value_spans), table)
    if kind == TFDS and "images" in given:
        from .records import images_of_data_set

        return replace(source, pairs=images_of_data_set(given["images"]))
    if kind == TFRECORD:
        from .records import images_of_features

        return replace(source, pairs=images_of_features(given["features"], findings))
    pairs = given.get(PAIR)
    _refuse_far_files(source, findings)
    return replace(source, pairs=_parse_pairs(pairs, source, findings)) if pairs else source


def _parse_pairs(given: LocatedDict, source: Source, findings: Findings) -> dict[str, Source]:
    """`{COLUMN: PATHS}`, or `{COLUMN: {path: PATHS, OPTION: VALUE}}`."""
    pairs = {}
    for name, written in given.items():
        place, span = given.key_spans[name], given.value_spans[name]
        options = written if isinstance(written, LocatedDict) else {}
        path = options.get("path") if isinstance(written, LocatedDict) else written
        if isinstance(written, LocatedDict) and path is not None:
            span = written.value_spans["path"]
        _check_pair(name, source, place, findings, has_path=path is not None)
        paths = ((), (place,)) if path is None else _paths(source.kind, path, span, findings)
        far = [one for one in (*paths[0], *source.paths) if is_remote(one)]
        if far and source.table is None:
            message = f"{far[0]} is remote, and the files of a pair are matched on this machine"
            hint = "save the files here, and name the copies"
            findings.error(place, "wrong-value", message, hint=hint)
        own = {key: value for key, value in options.items() if key != "path"}
        resize = {"resize": source.options["resize"]}  # proportions are treated alike
        spans = dict(written.value_spans) if isinstance(written, LocatedDict) else {}
        made = {**options_of(source.kind), **resize, **own}
        pairs[name] = Source(source.kind, *paths, place, made, spans)
    return pairs


def _check_pair(
    name: str, source: Source, place: Span, findings: Findings, *, has_path: bool
) -> None:
    """Report a pair called as another column, and a path that is missing, or one too many."""
    if source.table is not None:
        if has_path:
            message = f"the table names the files of `{name}`, so it has no path"
            hint = f"remove the path: the files stand in the column `{name}` of the table"
            findings.error(place, "wrong-value", message, hint=hint)
        return
    if name in (source.traits.file_column, LABEL_COLUMN):
        message = f"a folder of {source.kind} has the column `{name}` already"
        findings.error(place, "wrong-value", message, hint="choose another name")
    if not has_path:
        message = f"`{name}` needs `path`: the files that are paired with those of `path`"
        findings.error(place, "missing-key", message, hint='such as `path: "masks/*.png"`')


def source_of_column(source: Source, name: str) -> Source:
    """The source that says how the files of a column are read."""
    return source.pairs.get(name, source)


def source_of_files(source: Source) -> Source:
    """The source that says how the first column of files is read; the source where it has none."""
    return source_of_column(source, next(iter(path_columns(source)), ""))


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


def _refuse_far_files(source: Source, findings: Findings) -> None:
    """A finding for a remote table whose rows name files, without the folder that has them."""
    if source.table is None or not path_columns(source):
        return
    folder = source.options.get("folder")
    if folder is not None and is_remote(folder):
        message = "`folder` is remote, and the files that the rows of a table name are not fetched"
        hint = "save them on this machine, and name the folder that has them"
        findings.error(source.place("folder"), "wrong-value", message, hint=hint)
    far = [path for path in source.paths if is_remote(path)]
    if far and folder is None:
        message = f"the table {far[0]} is remote, and its rows name files; these are not fetched"
        hint = "write the folder on this machine that has them: `folder: PATH`"
        findings.error(source.span, "missing-key", message, hint=hint)


def _implied_marks(given: Mapping[str, Any], paths: Sequence[str]) -> dict[str, str]:
    """The marks of a csv that others imply: tabs in a .tsv, a decimal comma where points group."""
    found = {}
    names = [path.lower().split("?")[0] for path in paths]
    if names and "delimiter" not in given and all(map(_TAB_SEPARATED.search, names)):
        found["delimiter"] = "\t"
    if given.get("thousands") == "." and "decimal" not in given:
        found["decimal"] = ","
    return found


def _refuse_same_marks(given: LocatedDict, options: Mapping[str, Any], findings: Findings) -> None:
    """Findings for marks of a csv that mean two things."""
    delimiter = options["delimiter"]
    if options["decimal"] == options.get("thousands"):
        mark = options["decimal"]
        message = f'`decimal` and `thousands` are both "{mark}"'
        hint = "remove `decimal`: a comma stands before the decimals where a point marks thousands"
        if mark == ",":
            hint = "remove `decimal`: it is a point where commas mark thousands"
        place = value_span(given, "thousands", given.span)
        findings.error(place, "wrong-value", message, hint=hint)
    if delimiter == options["decimal"] and given.get("thousands") != ".":
        message = f'`delimiter` and `decimal` are both "{delimiter}"'
        findings.error(given.span, "wrong-value", message, hint='write `delimiter: ";"`')
    if len(delimiter) > 1 and given.get("quote", "none") != "none":
        message = "with a `delimiter` of several marks, quotes are text"
        hint = "remove `quote`, or write `quote: none`"
        findings.error(given.value_spans["quote"], "wrong-value", message, hint=hint)
    for key in ("quote", "comment"):
        if options.get(key) == delimiter:
            message = f'`delimiter` and `{key}` are both "{delimiter}"'
            place = value_span(given, key, given.span)
            hint = "files with such rows cannot be told apart: check which mark is which"
            findings.error(place, "wrong-value", message, hint=hint)


def _refuse_step(given: LocatedDict, findings: Findings) -> None:
    """Findings for a step of a time series that is none, or that nothing has."""
    from .steps import ANY_STEP, step_of

    place = given.value_spans["every"]
    if given["every"] != ANY_STEP and step_of(given["every"]) is None:
        message = f"`every` is a step of the time, got {given['every']}"
        hint = "write such as 1 day, 15 minutes, 3 months; a number where the time is one; or any"
        findings.error(place, "wrong-value", message, hint=hint)
    if "time" not in given:
        message = "`every` is the step of the column `time`, which is not named"
        findings.error(place, "missing-key", message, hint="write `time: COLUMN` beside it")


def _refuse_encoding(name: str, place: Span, findings: Findings) -> None:
    """A finding for the name of no encoding of text."""
    try:
        "".encode(name)
    except (LookupError, ValueError):
        message = f'there is no encoding "{name}"'
        hint = "for example utf-8, utf-16, cp1252 or latin-1; Python lists all under its codecs"
        findings.error(place, "wrong-value", message, hint=hint)


def _entry(section: LocatedDict, key: str) -> tuple[Any, Span, Span]:
    return section[key], section.key_spans[key], section.value_spans[key]


def _refuse_bases(kind: str, found: Sequence[str], place: Span, findings: Findings) -> None:
    keys = definition(SCHEMA, kind)["properties"]
    known = join_words(f"`{key}`" for key in ("path", *TABLES) if key in keys)
    got = join_words(f"`{key}`" for key in found) if found else "neither"
    message = f"`{kind}` needs exactly one of {known}, got {got}"
    findings.error(place, "not-one-key", message)


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


def with_implied_marks(section: Any) -> Any:
    """A part of `data` with the marks of its csv files that others imply written out."""
    if isinstance(section, list):
        return [with_implied_marks(item) for item in section]
    if not isinstance(section, dict):
        return section
    made = {key: with_implied_marks(item) for key, item in section.items()}
    table = made.get(CSV)
    if isinstance(table, dict) and "path" in table:
        path = table["path"]
        marks = _implied_marks(table, (path,) if isinstance(path, str) else tuple(path))
        made[CSV] = {**table, **marks}
    return made


_TAB_SEPARATED = re.compile(r"\.(tsv|tab)(\.(gz|bz2|xz|zst))?$")


def _paths(
    kind: str, given: Any, span: Span, findings: Findings
) -> tuple[tuple[str, ...], tuple[Span, ...]]:
    """The paths and where they stand; findings for addresses that nothing can be fetched from."""
    paths: tuple[str, ...] = (given,) if isinstance(given, str) else tuple(given)
    spans: tuple[Span, ...] = (span,)
    if not isinstance(given, str):
        spans = tuple(value_span(given, index, span) for index in range(len(given)))
    takes_folders = SOURCE_KINDS[kind].file_column is not None
    for path, place in zip(paths, spans, strict=True):
        if kind == CSV and path.lower().endswith(WORKBOOKS):
            message = f"{path} is a workbook, whose cells are no text"
            hint = f"write `{{excel: {path}}}`, or save the sheet as csv"
            findings.error(place, "wrong-value", message, hint=hint)
        problem = problem_of(path, takes_folders=takes_folders) if is_remote(path) else None
        if problem is not None:
            findings.error(place, "wrong-value", problem[0], hint=problem[1])
    return paths, spans


def _own_options(kind: str, name: Any) -> Mapping[str, Any]:
    """The options that a data set has by its name, with their defaults."""
    if kind != DATASET:
        return {}
    from .datasets import data_set_options

    return data_set_options(name)


def options_of(kind: str) -> dict[str, Any]:
    """The options of a source that have a default, with it."""
    known = definition(SCHEMA, kind).get("properties", {})
    whole = {key: {**follow(option, SCHEMA)[0], **option} for key, option in known.items()}
    return {key: option["default"] for key, option in whole.items() if "default" in option}
