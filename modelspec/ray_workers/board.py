"""What the workers and the process that asked for them tell each other, in an actor of Ray."""

from __future__ import annotations

from typing import Any, NamedTuple


class WorkerOutcome(NamedTuple):
    """How the training of a worker ended.

    Attributes:
        event: TRAINED or FAILED of `modelspec.local_workers`.
        content: of the event.
    """

    event: str
    content: str


class Board:
    """Lines to print, a signal to pass on, and outcomes; made an actor by `ray.remote`."""

    def __init__(self) -> None:
        self._lines: list[tuple[int, str]] = []
        self._signal: int | None = None
        self._outcomes: dict[int, WorkerOutcome] = {}

    def exchange(self, rank: int, lines: list[str]) -> int | None:
        """Take what a worker printed; the signal that it is to get, if any."""
        self._lines += [(rank, line) for line in lines]
        return self._signal

    def say(self, line: str) -> None:
        """Take a line that is nobody's."""
        self._lines.append((0, line))

    def take_lines(self) -> list[tuple[int, str]]:
        """What workers printed since the last call, with their ranks."""
        lines, self._lines = self._lines, []
        return lines

    def pass_on(self, number: int) -> None:
        """Give every worker a signal."""
        self._signal = number

    def end(self, rank: int, event: str, content: str) -> None:
        """Note an outcome that another attempt would not change."""
        self._outcomes[rank] = WorkerOutcome(event, content)

    def outcome(self) -> WorkerOutcome | None:
        """That of the training: the chief's, by preference."""
        return next((self._outcomes[rank] for rank in sorted(self._outcomes)), None)


def call(method: Any, *arguments: Any) -> Any:
    """Call a method of the board's actor and wait for what it gives."""
    import ray

    return ray.get(method.remote(*arguments))
