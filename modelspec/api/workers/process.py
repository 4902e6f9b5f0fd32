"""`python -m modelspec.api.workers.process`: one of the workers that train a model together.

It reads a `TrainRequest` and the number of workers from a line of standard input, as JSON;
TF_CONFIG names the workers. It writes how the training ended to standard output, and all else to
standard error. When its input ends, the process that started it has ended, in whatever way: it
saves a checkpoint then, and ends too.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
import time
import traceback
from dataclasses import replace
from typing import Any, TextIO

from modelspec.diagnostics import ModelspecError
from modelspec.local_workers import FAILED, TRAINED, failed, packed
from modelspec.machine import own_process
from modelspec.processes import PATIENCE, Channel, end_this_process

from .request import TrainRequest


def main() -> int:
    """Train; the exit code is that of `modelspec train`, without what `expect` makes of it."""
    own_process()
    signal.signal(signal.SIGINT, lambda number, _: os._exit(128 + number))
    channel = Channel.take_stdout()
    job = json.loads(sys.stdin.readline())
    threading.Thread(target=_end_with_input, args=(sys.stdin,), daemon=True).start()
    try:
        run = _train(TrainRequest(**job["request"]), int(job["workers"]))
    except ModelspecError as error:
        channel.send(FAILED, content=failed(error))
        return error.exit_code
    except Exception:  # a bug; the process that started this one says that it ended
        traceback.print_exc()
        return 1
    channel.send(TRAINED, content=packed(_without_models(run)))
    return 0


def _train(request: TrainRequest, workers: int) -> Any:
    from modelspec.api.training import train_as_worker

    return train_as_worker(request, workers)


def _without_models(run: Any) -> Any:
    """A run, or those of all folds or seeds, that another process can have."""
    if hasattr(run, "runs"):
        return replace(run, runs=tuple(map(_without_models, run.runs)))
    return replace(run, model=None)


def _end_with_input(stream: TextIO) -> None:
    stream.read()
    end_this_process()
    time.sleep(PATIENCE)  # this thread does not keep the process alive
    os._exit(1)


if __name__ == "__main__":
    sys.exit(main())
