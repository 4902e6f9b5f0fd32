"""Further files of each example."""

from __future__ import annotations

from modelspec.diagnostics import Findings, Span
from modelspec.document import LocatedDict

from ..addresses import is_remote
from .kinds import LABEL_COLUMN
from .paths import parse_paths
from .source import Source, options_of


def parse_pairs(given: LocatedDict, source: Source, findings: Findings) -> dict[str, Source]:
    """`{COLUMN: PATHS}`, or `{COLUMN: {path: PATHS, OPTION: VALUE}}`."""
    pairs = {}
    for name, written in given.items():
        place, span = given.key_spans[name], given.value_spans[name]
        options = written if isinstance(written, LocatedDict) else {}
        path = options.get("path") if isinstance(written, LocatedDict) else written
        if isinstance(written, LocatedDict) and path is not None:
            span = written.value_spans["path"]
        _check_pair(name, source, place, findings, has_path=path is not None)
        paths = ((), (place,)) if path is None else parse_paths(source.kind, path, span, findings)
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
