"""`extends: base.yaml`: a spec that starts from another one, or from several.

Of several, a later one counts before an earlier one, and the spec before all. Mappings merge key by
key, everything else is replaced, null too. Where the language takes one key only (a Keras object,
the kind of a model, a source of data, the kind of a tokenizer, `epochs` or `phases`), another key
replaces the base's.
"""

from __future__ import annotations

import os
from pathlib import Path, PurePath
from typing import Any

from modelspec.diagnostics import Findings, Related, Span
from modelspec.document import LocatedDict, LocatedList, load, read
from modelspec.schema import WHEN, SchemaPlace, walk
from modelspec.spec.training import is_object

from .data import is_remote
from .paths import named_paths
from .project_root import refuse_outside

MAX_CHAIN = 20
"""Files that extend one another."""

MAX_FILES = 100
"""Files that are read in all: lists of files that extend lists would be many."""

Position = tuple[str | int, ...]


def extend(document: LocatedDict, name: str, findings: Findings) -> LocatedDict | None:
    """A document merged with the specs that it extends.

    Args:
        document: the spec as read; anything but texts in `extends` is left to the schema.
        name: its file, as findings call it; the base's path is relative to the file's folder.
        findings: takes bases that cannot be read, or that extend each other in a cycle.

    Returns:
        A new document, or None where a base cannot be read.
    """
    return _with_bases([(document, name)], [], findings)


def _with_bases(
    chain: list[tuple[LocatedDict, str]], seen: list[str], findings: Findings
) -> LocatedDict | None:
    """The last document of a chain, merged with the specs that it extends.

    Args:
        chain: each with the file that it was read from; the first is the spec itself.
        seen: the files that were read so far, some perhaps several times.
        findings: takes what is wrong.
    """
    document, _ = chain[-1]
    made: LocatedDict | None = None
    for written, span in _written(document):
        seen.append(written)
        if len(seen) > MAX_FILES:
            message = f"more than {MAX_FILES} files are read for `extends`"
            findings.error(span, "too-large", message, hint="name each file once")
            return None
        base = _base_of(chain, written, span, findings)
        whole = None if base is None else _with_bases([*chain, base], seen, findings)
        if whole is None:
            return None
        made = whole if made is None else _merge(made, whole, ())
    return document if made is None else _merge(made, document, ())


def _written(document: LocatedDict) -> list[tuple[str, Span]]:
    """The paths under `extends`; none where it is not as the schema wants it."""
    given = document.get("extends")
    if isinstance(given, str):
        return [(given, document.value_spans["extends"])]
    if not isinstance(given, LocatedList) or not all(isinstance(one, str) for one in given):
        return []
    return list(zip(given, given.item_spans, strict=True))


def _base_of(
    chain: list[tuple[LocatedDict, str]], written: str, span: Span, findings: Findings
) -> tuple[LocatedDict, str] | None:
    _, name = chain[-1]
    path = Path(name).parent / written
    if "://" in written:
        message = f"`extends` takes the path of a file, got the address {written}"
        findings.error(span, "cannot-read", message, hint="download the file and give its path")
        return None
    if refuse_outside(path, f"`extends: {written}`", span, findings):
        return None
    if not _is_file(path):
        findings.error(
            span,
            "cannot-read",
            f"the file {path}, which `extends` names, does not exist",
            hint="the path is relative to the file with `extends`",
        )
        return None
    path = _tidy(path)
    if _is_cycle(chain, path, span, findings):
        return None
    if len(chain) > MAX_CHAIN:
        message = f"more than {MAX_CHAIN} files extend one another"
        findings.error(span, "too-large", message)
        return None
    text = read(path, findings)
    base = None if text is None else load(text, str(path), findings)
    if base is not None and not isinstance(base, LocatedDict):
        findings.error(span, "not-a-spec", f"{path} is not a spec: a spec is a mapping")
    if not isinstance(base, LocatedDict):
        return None
    first = Path(chain[0][1]).parent
    if path.parent != first:
        is_direct = len(chain) == 1 or Path(written).is_absolute()
        folder = PurePath(written).parent
        rebase(base, folder if is_direct else PurePath(os.path.relpath(path.parent, first)))
    return base, str(path)


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):  # a name too long for the file system, or one with a NUL
        return False


def _tidy(path: Path) -> Path:
    """A path without `..` where that leads to the same file."""
    tidy = Path(os.path.normpath(path))
    return tidy if tidy.is_file() and path.is_file() and tidy.samefile(path) else path


def _is_cycle(
    chain: list[tuple[LocatedDict, str]], path: Path, span: Span, findings: Findings
) -> bool:
    files = [Path(name) for _, name in chain]
    for position, file in enumerate(files):
        if file.is_file() and file.samefile(path):
            names = [str(f) for f in [*files[position:], file]]
            message = f"{' -> '.join(names)}: the files extend each other"
            if len(names) == 2:
                message = f"{file} extends itself"
            spans = [doc.value_spans["extends"] for doc, _ in chain[position:-1]]
            related = tuple(Related(other, "part of the cycle") for other in spans)
            hint = "remove one `extends`, or let it name another file"
            findings.error(span, "extends-cycle", message, hint=hint, related=related)
            return True
    return False


def _merge(base: LocatedDict, child: LocatedDict, at: Position) -> LocatedDict:
    made = LocatedDict(child.span)
    place = walk(at)
    dropped = _dropped(base, child, place if place.path == at else None)
    for key, value in base.items():
        if key not in child and key not in dropped and not (at == () and key == "extends"):
            made.put(key, value, base.key_spans[key], base.value_spans[key])
        elif key in child:
            inner = child[key]
            if isinstance(inner, LocatedDict) and isinstance(value, LocatedDict):
                inner = _merge(value, inner, (*at, key))
            made.put(key, inner, child.key_spans[key], child.value_spans[key])
    for key, value in child.items():
        if key not in base:
            made.put(key, value, child.key_spans[key], child.value_spans[key])
    return made


def _dropped(base: LocatedDict, child: LocatedDict, place: SchemaPlace | None) -> set[str]:
    """The keys of the base that exclude those of the child."""
    if place is None:
        return set()
    schema = place.schema
    if "x-replaced" in schema:
        return set(base) - set(child)
    choices = [key for choice in schema.get("oneOf", ()) for key in choice.get("required", ())]
    choices.extend(schema.get("x-one-of", ()))
    if any(key in child for key in choices):
        gone = {key for key in choices if key not in child}
        return gone | {key for key, needs in schema.get("x-needs", {}).items() if needs in gone}
    kind = schema.get("x-object")
    one = schema.get("maxProperties") == 1 or (kind is not None and "x-mapping" not in schema)
    if kind in ("loss", "metric"):
        one = is_object(child) or is_object(base)
    if kind == "layer" and one:  # whose `when` stands beside its name
        names = set(child) - {WHEN}
        return set(base) - names - {WHEN} if names else set()
    return set(base) - set(child) if one and child else set()


def move_paths(document: dict[str, Any], before: Path, after: Path) -> None:
    """Make relative paths of a document that stood in the folder `before` lead from `after`."""
    here, there = before.resolve(), after.resolve()
    if here == there:
        return
    for path in named_paths(document):
        if not is_remote(path.written):
            folder, rest = _without_up(here, PurePath(path.written))
            path.rewrite((PurePath(os.path.relpath(folder, there)) / rest).as_posix())


def _without_up(folder: Path, path: PurePath) -> tuple[Path, PurePath]:
    """A folder and a path in it, which begins with no `..`: each of them leads up from the folder,
    as that has no links; further inside of the path there may be some."""
    parts = path.parts
    while parts and parts[0] == "..":
        folder, parts = folder.parent, parts[1:]
    return folder, PurePath(*parts)


def rebase(document: dict[str, Any], folder: PurePath) -> None:
    """Put `folder` before every relative path of a document, in place; addresses stay."""
    for path in named_paths(document):
        if not is_remote(path.written):
            path.rewrite((folder / path.written).as_posix())
