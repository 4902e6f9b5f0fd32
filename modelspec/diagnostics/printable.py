"""Text from files and their names, made safe to print: on a terminal, and in a log of GitHub's."""

from __future__ import annotations

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
