"""Texts that a careless writer of XML, SARIF or workflow commands would spoil."""

from __future__ import annotations

from modelspec.diagnostics.finding import Finding, Related, Severity, Span


def at(file: str, line: int, column: int, end_line: int, end_column: int) -> Span:
    return Span(file, line, column, end_line, end_column)


SOUND = "models/sound.yaml"
ODD = 'models/a b, 100%: "<é>".yaml'
OTHER = "models/other.yaml"
FILES = (SOUND, ODD, OTHER)

FINDINGS = (
    Finding(
        at(ODD, 3, 5, 3, 9),
        Severity.ERROR,
        "duplicate-name",
        'two layers are called "<out> & {0}", see [here](1)',
        'rename one, to "${name}_2" say',
        (
            Related(at(ODD, 2, 5, 2, 9), "the first one: 50%"),
            Related(at("base/other,one.yaml", 7, 1, 8, 4), "and\nin the base"),
        ),
    ),
    Finding(at(ODD, 4, 1, 6, 2), Severity.ERROR, "wrong-value", "`x` must be *one* _of_\r\n#1 | 2"),
    Finding(at(ODD, 9, 2, 9, 12), Severity.WARNING, "unused-param", "𝛼\x07\tβ is not used"),
    Finding(at(OTHER, 1, 1, 1, 1), Severity.NOTE, "extension-on-trust", "taken on trust ]]>"),
)
