"""What workers print: the chief's as it comes, of the others what matters, under their names."""

from __future__ import annotations

import re
import subprocess
import sys
import threading
from typing import IO

_CHATTER = re.compile(
    rb"^(I\d{4} |WARNING: All log messages before absl)|^\d{4}-\d\d-\d\d [\d:.]+: I "
)
"""What TensorFlow prints for information."""


def stderr_of(number: int) -> int | None:
    """What a worker's standard error is to be: that of this process for the chief, whose bar needs
    a terminal, and a pipe otherwise."""
    return None if number == 0 and _is_own() else subprocess.PIPE


def _is_own() -> bool:
    """Whether `sys.stderr` is where a child prints; a notebook has another one."""
    try:
        return sys.stderr.fileno() == 2
    except (OSError, ValueError, AttributeError):
        return False


def show_lines(stream: IO[bytes], number: int) -> threading.Thread:
    """Print the lines of a worker on standard error, from a thread that ends with the stream."""
    prefix = "" if number == 0 else f"worker {number}: "

    def run() -> None:
        with stream:
            for line in stream:
                if number == 0 or (line.strip() and not _CHATTER.match(line)):
                    text = line.decode("utf-8", "replace").rstrip("\n")
                    sys.stderr.write(f"{prefix}{text}\n")  # at once: others print too
                    sys.stderr.flush()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    return thread
