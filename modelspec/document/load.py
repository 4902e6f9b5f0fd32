"""YAML (or JSON) text to located data; errors in the text become findings."""

from __future__ import annotations

import stat
import sys
from pathlib import Path
from typing import Any

import yaml

from modelspec.diagnostics import Findings, Related, Span

from .located import LocatedDict, LocatedList
from .models import purpose_of
from .syntax import report_syntax_error
from .yaml_loader import PLAIN, UNTAGGED, SpecLoader, parse_scalar

STDIN = "-"
"""What stands for standard input in place of a file."""

STDIN_NAME = "<stdin>"
"""How findings call it."""

MAX_BYTES = 10_000_000
MAX_VALUES = 1_000_000
"""Values of a file once its aliases are followed."""

MAX_MERGED = 100_000
"""Keys that `<<` may merge in: each is copied into every mapping."""


def read(path: Path, findings: Findings, *, name: str | None = None) -> str | None:
    """The text of a file; None with a finding where it cannot be read.

    `name` is how findings call the file; by default the path as given.
    """
    start = Span(name or str(path), 1, 1, 1, 1)
    try:
        about = path.stat()
        if not stat.S_ISREG(about.st_mode) and not _is_open_already(path):
            if path.is_dir():
                findings.error(start, "cannot-read", "this is a folder")
                return None
            hint = "give it on standard input: modelspec validate -"
            findings.error(start, "cannot-read", "this is not a regular file", hint=hint)
            return None
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)  # a device reports no size, or a wrong one
        return _decode(content, about.st_size, start, findings, purpose_of(path))
    except OSError as error:
        findings.error(start, "cannot-read", f"the file cannot be read: {error.strerror or error}")
    return None


def read_stdin(findings: Findings) -> str | None:
    """The text on standard input; None with a finding where it is no text."""
    start = Span(STDIN_NAME, 1, 1, 1, 1)
    stream = getattr(sys.stdin, "buffer", None)
    if stream is None:  # in a notebook, or closed
        return "" if sys.stdin is None else sys.stdin.read()
    content = stream.read(MAX_BYTES + 1)
    return _decode(content, 0, start, findings, None)


def _decode(
    content: bytes, size: int, start: Span, findings: Findings, purpose: tuple[str, str] | None
) -> str | None:
    """The text of what was read; None with a finding where it is too long or no text.

    Args:
        content: at most a byte more than a spec may have.
        size: that the system reports.
        start: where findings point.
        findings: takes them.
        purpose: what a file of this name is and what takes it, where it is no spec.
    """
    if len(content) > MAX_BYTES:
        message = f"the file has {max(size, len(content)):,} bytes; a spec may have at most"
        findings.error(start, "file-too-large", f"{message} {MAX_BYTES:,}")
        return None
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        message = (
            f"the file is not UTF-8 text: byte {error.start} is 0x{error.object[error.start]:02x}"
        )
        hint = "save the file as UTF-8"
        if purpose is not None:
            message, hint = f"this is {purpose[0]}, not a spec", purpose[1]
        findings.error(start, "not-utf8", message, hint=hint)
    return None


def _is_open_already(path: Path) -> bool:
    """Whether a path is a stream that the shell has opened for us: `validate <(make-a-spec)`."""
    return str(path).startswith(("/dev/fd/", "/proc/self/fd/")) or str(path) == "/dev/stdin"


def load(text: str, file: str, findings: Findings) -> Any:
    """Located data of a YAML or JSON text; None with findings where it is not one document.

    Args:
        text: the whole text.
        file: the name that findings give to the text.
        findings: takes syntax errors, duplicate keys, tags, undefined aliases, alias bombs,
            and nesting over 100.
    """
    start = Span(file, 1, 1, 1, 1)
    if len(text) > MAX_BYTES:
        findings.error(start, "file-too-large", f"a spec may have at most {MAX_BYTES:,} bytes")
        return None
    node = _compose(text, file, findings)
    if node is None:
        if not findings.has_errors:
            hint = 'a spec begins with "modelspec: 1" and has a "model"'
            findings.error(start, "empty-file", "the file has no content", hint=hint)
        return None
    return _Builder(file, findings).build(node)


def _compose(text: str, file: str, findings: Findings) -> yaml.Node | None:
    unreadable = yaml.reader.Reader.NON_PRINTABLE.search(text)
    if unreadable is not None:
        line = text.count("\n", 0, unreadable.start()) + 1
        column = unreadable.start() - (text.rfind("\n", 0, unreadable.start()) + 1) + 1
        message = f"the character U+{ord(unreadable.group()):04X} is not allowed in YAML"
        findings.error(Span(file, line, column, line, column + 1), "yaml-syntax", message)
        return None
    loader = SpecLoader(text)
    try:
        node: yaml.Node | None = loader.get_single_node()
        return node
    except yaml.MarkedYAMLError as error:
        report_syntax_error(error, text, file, findings)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        findings.error(Span(file, 1, 1, 1, 1), "yaml-syntax", f"not YAML: {error}")
    finally:
        loader.dispose()
    return None


class _Builder:
    """Walks composed nodes into located data; an alias gives the same object again."""

    def __init__(self, file: str, findings: Findings) -> None:
        self.file = file
        self.findings = findings
        self.done: dict[int, tuple[Any, int]] = {}  # node -> value, how many values it stands for
        self.open: set[int] = set()
        self.too_large = False
        self.merged = 0

    def build(self, root: yaml.Node) -> Any:
        value, _ = self.value(root)
        return None if self.too_large else value

    def span(self, node: yaml.Node) -> Span:
        start, end = node.start_mark, node.end_mark
        line, column = start.line + 1, start.column + 1
        end_line, end_column = end.line + 1, end.column + 1
        if end_line > line and not isinstance(node, yaml.ScalarNode):
            # libyaml ends a block collection where the next token begins
            end_line, end_column = line, column + 1
        return Span(self.file, line, column, end_line, end_column)

    def value(self, node: yaml.Node) -> tuple[Any, int]:
        known = self.done.get(id(node))
        if known is not None:
            return known
        if self.too_large:
            return None, 1
        if id(node) in self.open:
            message = "an alias refers to a value that contains it"
            hint = "write the value out, or remove the alias"
            self.findings.error(self.span(node), "recursive-alias", message, hint=hint)
            return None, 1
        self.check_tag(node)
        if isinstance(node, yaml.ScalarNode):
            return self.scalar(node), 1
        self.open.add(id(node))
        made: tuple[Any, int]
        if isinstance(node, yaml.SequenceNode):
            made = self.sequence(node)
        else:
            assert isinstance(node, yaml.MappingNode)
            made = self.mapping(node)
        self.open.discard(id(node))
        if made[1] > MAX_VALUES and not self.too_large:
            self.too_large = True
            message = f"with its aliases followed this has more than {MAX_VALUES:,} values"
            hint = "an alias copies its whole value; use `repeat` or blocks"
            self.findings.error(self.span(node), "alias-bomb", message, hint=hint)
        self.done[id(node)] = made
        return made

    def check_tag(self, node: yaml.Node) -> None:
        if node.tag in UNTAGGED:
            return
        tag = node.tag.replace("tag:yaml.org,2002:", "!!")
        self.findings.error(
            self.span(node),
            "yaml-tag",
            f'the tag "{tag}" is not allowed: a spec is plain data',
            hint="remove the tag; quote a value that should be text",
        )

    def scalar(self, node: yaml.ScalarNode) -> Any:
        return parse_scalar(node.value) if node.tag == PLAIN else node.value

    def sequence(self, node: yaml.SequenceNode) -> tuple[LocatedList, int]:
        out, size = LocatedList(self.span(node)), 1
        for child in node.value:
            value, count = self.value(child)
            out.put(value, self.span(child))
            size += count
        return out, size

    def mapping(self, node: yaml.MappingNode) -> tuple[LocatedDict, int]:
        out, size = LocatedDict(self.span(node)), 1
        merges: list[yaml.Node] = []
        for key_node, value_node in node.value:
            if self.is_merge(key_node):
                merges.append(value_node)
                continue
            key = self.key(key_node)
            value, count = self.value(value_node)
            size += count
            if key is None:
                continue
            if key in out:
                first = Related(out.key_spans[key], f'"{key}" is here first')
                message = f'the key "{key}" occurs twice in one mapping'
                span = self.span(key_node)
                hint = "keep one, or rename one"
                self.findings.error(span, "duplicate-key", message, hint=hint, related=(first,))
                continue
            out.put(key, value, self.span(key_node), self.span(value_node))
        for merge in merges:
            size += self.merge(merge, out)
        return out, size

    def is_merge(self, node: yaml.Node) -> bool:
        return isinstance(node, yaml.ScalarNode) and node.value == "<<" and node.tag == PLAIN

    def merge(self, node: yaml.Node, into: LocatedDict) -> int:
        """Bring in the keys of `<<: *base` (or a list of bases) that `into` does not have."""
        value, size = self.value(node)
        for base in value if isinstance(value, LocatedList) else [value]:
            if not isinstance(base, LocatedDict):
                message = '"<<" takes a mapping, or a list of mappings'
                self.findings.error(self.span(node), "bad-merge", message)
                continue
            for key, item in base.items():
                if key not in into:
                    into.put(key, item, base.key_spans[key], base.value_spans[key])
                    self.merged += 1
            if self.merged > MAX_MERGED and not self.too_large:
                self.too_large = True
                message = f"`<<` brings in more than {MAX_MERGED:,} keys"
                self.findings.error(self.span(node), "alias-bomb", message)
        return size

    def key(self, node: yaml.Node) -> str | None:
        """A key as text: numbers and booleans are taken as written, for labels and the like."""
        if isinstance(node, yaml.ScalarNode):
            self.check_tag(node)
            return str(node.value)
        message = "a key must be text, not a list or a mapping"
        hint = 'quote a value that begins with "{" or "["'
        self.findings.error(self.span(node), "bad-key", message, hint=hint)
        return None
