"""The head of a written file: what wrote it. No text can end the comment that it is in."""

from __future__ import annotations

import shlex
from collections.abc import Sequence

from modelspec.diagnostics import one_line


def comment_lines(command: Sequence[str], *more: str) -> str:
    """Lines that begin with "#".

    Args:
        command: the words of the command that writes the file.
        more: lines to follow.
    """
    lines = [f"Written by: {shlex.join(command)}"] if command else []
    text = "".join(f"# {one_line(line)}\n" for line in (*lines, *more))
    return text.encode("utf-8", "backslashreplace").decode("utf-8")
