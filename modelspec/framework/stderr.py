"""Standard error silenced at the level of the file descriptor.

TensorFlow and the converters print from C++, which Python's `sys.stderr` never sees.
"""

from __future__ import annotations

import contextlib
import os
import sys
import tempfile
from collections.abc import Iterator


class CapturedText:
    """What was printed; `text` is set when the block has ended."""

    text = ""


@contextlib.contextmanager
def silenced_stderr(*, replay_on_error: bool = False) -> Iterator[CapturedText]:
    """Capture everything that this process writes to standard error.

    Args:
        replay_on_error: print the captured text after all where the block raises.
    """
    captured = CapturedText()
    with tempfile.TemporaryFile() as file:
        sys.stderr.flush()
        saved = os.dup(2)
        os.dup2(file.fileno(), 2)
        failed = True
        try:
            yield captured
            failed = False
        finally:
            os.dup2(saved, 2)
            os.close(saved)
            file.seek(0)
            written = file.read()
            captured.text = written.decode("utf-8", "replace")
            if failed and replay_on_error:
                os.write(2, written)
