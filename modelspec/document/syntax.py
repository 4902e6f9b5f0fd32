"""The errors of PyYAML's parser, with hints.

Its exceptions have no codes, so that the kind of an error is told by their text.
"""

from __future__ import annotations

import re

import yaml

from modelspec.diagnostics import Findings, Related, Span

from .yaml_loader import NestingError

_HINTS = (
    (
        "mapping values are not allowed",
        "quote a text that holds a colon and a space, or fix the indentation",
    ),
    ("cannot start any token", "indent with spaces, and quote a text that begins with @, % or `"),
    ("did not find expected key", "the indentation of this line differs from its neighbours'"),
    ("expected ',' or", "a list in brackets needs commas and a closing bracket"),
    ("did not find expected node content", "a bracket is not closed, or a value is missing"),
    ("expected alphabetic or numeric", 'quote a text that begins with * or &: "*"'),
    ("expected whitespace or line break", 'quote a text that begins with !: "!name"'),
    ("unexpected end of stream", "a quote is not closed"),
    ("could not find expected ':'", "a key needs a colon and a space after it"),
)
_EXPRESSION = 'quote an expression inside brackets: "${name}"'
_EDGE_FROM_A_LIST = re.compile(r"\s*-\s*\[(.+)\]\s*->(.*)")


def report_syntax_error(
    error: yaml.MarkedYAMLError, text: str, file: str, findings: Findings
) -> None:
    """Add the finding for one exception of PyYAML's reader, scanner, parser or composer."""
    mark = error.problem_mark or error.context_mark
    span = mark_span(file, mark)
    problem = " ".join(str(error.problem or error).split())
    if "undefined alias" in problem:
        name = re.match(r"\*?(\S*)", _text_at(text, span))
        shown = name.group(1) if name else ""
        message = f'the alias "*{shown}" has no anchor "&{shown}" before it'
        hint = "put the anchor before the value that it names, or quote a text that begins with *"
        findings.error(span, "undefined-alias", message, hint=hint)
    elif isinstance(error, NestingError) or "nesting depth" in problem:
        findings.error(span, "nesting-too-deep", "values are nested more than 100 deep")
    elif "but found another document" in problem:
        message = "the file has several YAML documents; a spec is one document"
        hint = 'put each document after a "---" into a separate file'
        findings.error(span, "several-documents", message, hint=hint)
    elif "duplicate anchor" in str(error.context):
        name = re.match(r"&?(\S*)", _text_at(text, span))
        shown = name.group(1) if name else ""
        first = Related(mark_span(file, error.context_mark or mark), "first here")
        message = f'the anchor "&{shown}" is set twice'
        hint = "give one of them another name"
        findings.error(span, "duplicate-anchor", message, hint=hint, related=(first,))
    else:
        _general(error, problem, _hint_for_line(text, span), span, findings)


def _hint_for_line(text: str, span: Span) -> str:
    """What modelspec's own forms lead people to write, which YAML reads otherwise."""
    lines = text.splitlines()
    line = lines[span.line - 1] if span.line <= len(lines) else ""
    if edge := _EDGE_FROM_A_LIST.match(line):
        return f"write the tensors of an edge without brackets: {edge.group(1)} ->{edge.group(2)}"
    return _EXPRESSION if "${" in line[: span.column + 2] else ""


def _general(
    error: yaml.MarkedYAMLError, problem: str, hint: str, span: Span, findings: Findings
) -> None:
    related: tuple[Related, ...] = ()
    if error.context and error.context_mark is not None:
        other = mark_span(span.file, error.context_mark)
        if other.line != span.line:
            related = (Related(other, " ".join(str(error.context).split())),)
    hint = hint or next((hint for part, hint in _HINTS if part in problem), "")
    findings.error(span, "yaml-syntax", f"invalid YAML: {problem}", hint=hint, related=related)


def mark_span(file: str, mark: yaml.Mark | None) -> Span:
    """One character at a mark of PyYAML's, which counts from 0."""
    if mark is None:
        return Span(file, 1, 1, 1, 1)
    line, column = mark.line + 1, mark.column + 1
    return Span(file, line, column, line, column + 1)


def _text_at(text: str, span: Span) -> str:
    lines = text.splitlines()
    return lines[span.line - 1][span.column - 1 :] if span.line <= len(lines) else ""
