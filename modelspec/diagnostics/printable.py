"""Text made safe to print: on a terminal of any encoding, and in a log of GitHub's."""

from __future__ import annotations

import codecs
import io
import sys

_BIDIRECTIONAL = (0x2028, 0x2029, *range(0x202A, 0x202F), *range(0x2066, 0x206A))
_CONTROLS = {number: f"\\x{number:02x}" for number in (*range(32), *range(127, 160))}
_ONE_LINE = {
    **_CONTROLS,
    **{number: f"\\u{number:04x}" for number in _BIDIRECTIONAL},
    ord("\n"): "\\n",
    ord("\r"): "\\r",
    ord("\t"): "\\t",
}
_LINES = {number: text for number, text in _ONE_LINE.items() if chr(number) not in "\n\t"}


def one_line(text: str) -> str:
    """The text with what could steer a terminal, or begin another line, written out."""
    return text if text.isprintable() else text.translate(_ONE_LINE)


def printable_lines(text: str) -> str:
    """As `one_line` for a text of several lines, none of which becomes a command of GitHub's."""
    text = text.translate(_LINES)
    if "::" not in text and "##[" not in text:
        return text
    lines = text.split("\n")
    return "\n".join([lines[0], *map(_not_a_command, lines[1:])])


def _not_a_command(line: str) -> str:
    begins = line.lstrip().startswith(("::", "##["))
    return f"\\n{line}" if begins else line


REPLACEMENTS = {"─": "-", "│": "|", "…": "...", "—": "-", "±": "+/-", "×": "x", "·": "*", "→": "->"}
"""What is shown where an output has no such character; of others their code is shown."""


def prepare_output() -> None:
    """Let standard output and standard error take any text, whatever their encoding is."""
    codecs.register_error("modelspec", _replace_unencodable)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="modelspec")


def _replace_unencodable(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    text = error.object[error.start : error.end]
    return "".join(REPLACEMENTS.get(char) or _code_of(char) for char in text), error.end


def _code_of(char: str) -> str:
    """`\\u20ac`, which is how JSON and YAML write the character too."""
    number = ord(char)
    return f"\\u{number:04x}" if number < 1 << 16 else f"\\U{number:08x}"
