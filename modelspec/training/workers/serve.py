"""What runs in another process: it opens the models, and computes the batches that it is sent."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from modelspec.machine import own_process
from modelspec.processes import sendable

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

    from modelspec.training.trained_run import TrainedRun

DONE, FAILED = "done", "failed"
"""The kinds of replies: with what was computed, or with an exception."""

PREDICT = "predict"
"""A request with the number of a member: the outputs and masks of a batch of its inputs."""

MEASURE = "measure"
"""A request with the threshold, and the outputs with weights for each step: what a batch adds to
the state of the metrics."""


def serve(
    pipe: Connection,
    open_members: Callable[[], Sequence[TrainedRun]],
    environment: Mapping[str, str],
) -> None:
    """Say that the models are open, then compute until the other end of the pipe is closed.

    Args:
        pipe: brings (request, batch), and takes (kind of reply, content).
        open_members: opens a run, or those of all folds.
        environment: added to that of this process, before TensorFlow starts.
    """
    os.environ.update(environment)
    os.dup2(sys.stderr.fileno(), 1)  # what is printed here is no output of the command
    own_process()
    with suppress(EOFError, OSError):  # the other process has ended, in whatever way
        service = _answer(pipe, lambda: _Service(open_members()), opened=True)
        while service is not None:
            request, batch = pipe.recv()
            _answer(pipe, lambda: service.compute(request, batch))  # noqa: B023  # called at once


def _answer(pipe: Connection, work: Callable[[], Any], *, opened: bool = False) -> Any:
    """Send what a function gives, or the exception that it raises; None after an exception.

    Args:
        pipe: takes the reply.
        work: the function.
        opened: whether it gives what stays here, of which only the end is said.
    """
    try:
        found = work()
    except Exception as error:  # TensorFlow, Keras and extensions raise all kinds
        pipe.send((FAILED, sendable(error)))
        return None
    pipe.send((DONE, None if opened else found))
    return found


class _Service:
    """Computes batches for open members."""

    def __init__(self, members: Sequence[TrainedRun]) -> None:
        self._members = members
        self._kept: dict[tuple[Any, ...], Any] = {}
        """By the request."""

    def compute(self, request: tuple[Any, ...], batch: Any) -> Any:
        """What is asked of a batch."""
        if request not in self._kept:
            self._kept[request] = self._function(*request)
        return self._kept[request](batch)

    def _function(self, kind: str, *more: Any) -> Callable[[Any], Any]:
        """What does it for each batch."""
        if kind == PREDICT:
            (member,) = more
            predict: Callable[[Any], Any] = self._members[member].batch_predictor().predict_batch
            return predict
        from modelspec.training.evaluate import evaluator_of_worker

        evaluator = evaluator_of_worker(self._members[0], *more)
        return evaluator.added_by
