"""What happens in a training or a study: for programs, and for readers who may leave."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any


def now_text() -> str:
    """The local time with its zone, to the second."""
    return datetime.now().astimezone().isoformat(timespec="seconds")


def event_json(kind: str, facts: Mapping[str, Any]) -> str:
    """An event of now as a JSON object in a line; NaN and infinity, which JSON does not have, are
    null."""
    return json.dumps({"event": kind, "time": now_text(), **_finite(facts)})


def _finite(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _finite(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_finite(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


class UntilUnread:
    """Shows things until nobody reads them any more: that must not end what they are about."""

    def __init__(self) -> None:
        self._is_read = True

    def __call__(self, show: Callable[[], None]) -> None:
        """Show one."""
        if self._is_read:
            try:
                show()
            except BrokenPipeError:
                self._is_read = False
