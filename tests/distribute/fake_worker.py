"""A worker without TensorFlow: `python fake_worker.py`. Its job says what each number does."""

import json
import os
import signal
import sys
import threading
import time

from modelspec.cluster import LostPeerError
from modelspec.diagnostics import CannotRunError
from modelspec.local_workers import FAILED, TRAINED, failed, packed
from modelspec.processes import Channel


def _end_with_input() -> None:
    sys.stdin.read()
    os._exit(9)


channel = Channel.take_stdout()
job = json.loads(sys.stdin.readline())
threading.Thread(target=_end_with_input, daemon=True).start()
number = json.loads(os.environ["TF_CONFIG"])["task"]["index"]
for action in job[number].split():
    name, _, value = action.partition("=")
    if name == "print":
        print(value.replace("_", " "), file=sys.stderr, flush=True)
    elif name == "wait":
        time.sleep(float(value))
    elif name == "kill":
        os.kill(os.getpid(), getattr(signal, value))
    elif name == "deaf":
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
    elif name == "pid":
        with open(value, "w", encoding="utf-8") as file:  # noqa: PTH123
            file.write(str(os.getpid()))
    elif name == "exit":
        sys.exit(int(value))
    elif name == "catch":
        signal.signal(signal.SIGINT, lambda *_: os._exit(130))
    elif name == "error":
        channel.send(FAILED, content=failed(CannotRunError(value.replace("_", " "))))
        sys.exit(3)
    elif name == "lost":
        channel.send(FAILED, content=failed(LostPeerError("worker 1 waited in vain")))
        sys.exit(3)
    else:
        environment = {key: os.environ.get(key) for key in ("OMP_NUM_THREADS", "TF_CONFIG")}
        channel.send(TRAINED, content=packed({"number": number, **environment}))
