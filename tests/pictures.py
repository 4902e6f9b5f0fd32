"""history.png of the trainings in tests: blank but where a test looks at it.

Drawing it is a fifth of a small training. The mark `pictures` is for tests that do look at it, or
whose curves are odd.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from modelspec.runs import curves_picture


class _Pictures:
    """Draws history.png, or leaves it blank."""

    draw = staticmethod(curves_picture.draw_history)
    are_drawn = False

    def draw_or_leave(self, path: Path, *curves: Any) -> None:
        if self.are_drawn:
            self.draw(path, *curves)
        else:
            path.write_bytes(b"")


_pictures = _Pictures()


def leave_pictures_blank() -> None:
    """To be called before anything else imports the function."""
    curves_picture.draw_history = _pictures.draw_or_leave  # type: ignore[assignment]


@contextlib.contextmanager
def pictures_drawn() -> Iterator[None]:
    before, _pictures.are_drawn = _pictures.are_drawn, True
    try:
        yield
    finally:
        _pictures.are_drawn = before
