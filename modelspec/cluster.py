"""The processes that train together, as TensorFlow's environment variable TF_CONFIG lists them."""

from __future__ import annotations

import json
import os
import socket
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from typing import Any, NamedTuple

from modelspec.diagnostics import CannotRunError, UsageError

VARIABLE = "TF_CONFIG"

FORM = '{"cluster": {"worker": ["HOST:PORT", ...]}, "task": {"type": "worker", "index": 0}}'

CHIEF, WORKER = "chief", "worker"

WORD = b"modelspec\n"
"""What a process says to another one that connects."""

PAUSE = 0.2
"""Seconds between two attempts to reach a process."""


class LostPeerError(CannotRunError):
    """A process waits in vain for another, which is the one that failed."""


class Cluster(NamedTuple):
    """The processes of a training, and which of them this one is.

    Attributes:
        addresses: HOST:PORT of each; the first is that of the chief.
        number: of this process, from 0.
    """

    addresses: tuple[str, ...]
    number: int

    def to_text(self) -> str:
        """The content of TF_CONFIG."""
        task = {"type": WORKER, "index": self.number}
        return json.dumps({"cluster": {WORKER: list(self.addresses)}, "task": task})


def cluster_of_environment() -> Cluster | None:
    """The cluster that TF_CONFIG describes; None where it is not set, or empty.

    A `chief` beside workers is the first of them.

    Raises:
        UsageError: it cannot be used.
    """
    text = os.environ.get(VARIABLE, "").strip()
    if not text or text == "{}":
        return None
    try:
        content = json.loads(text)
    except ValueError as error:
        raise _unusable(f"it is not JSON: {error}") from None
    if not isinstance(content, dict):
        raise _unusable("it is JSON, but not an object")
    addresses = _addresses(content.get("cluster"))
    return Cluster(addresses, _index(content, len(addresses)))


def _addresses(cluster: Any) -> tuple[str, ...]:
    """Those of all workers, with the chief before them."""
    if not isinstance(cluster, Mapping) or not (cluster.get(WORKER) or cluster.get(CHIEF)):
        raise _unusable("it has no `cluster` with a list `worker`")
    for kind in cluster:
        if kind not in (CHIEF, WORKER):
            raise _unusable(f"its cluster has `{kind}`, and modelspec trains with workers alone")
    found = [*_list(cluster, CHIEF), *_list(cluster, WORKER)]
    for address in found:
        if not _is_address(address):
            raise _unusable(f"{json.dumps(address)} in its cluster is not HOST:PORT")
    twice = [address for address in found if found.count(address) > 1]
    if twice:
        raise _unusable(f"its cluster has {twice[0]} twice")
    return tuple(found)


def _list(cluster: Mapping[str, Any], kind: str) -> list[Any]:
    given = cluster.get(kind) or []
    if not isinstance(given, list):
        raise _unusable(f"`{kind}` of its cluster must be a list")
    return given


def _is_address(text: Any) -> bool:
    host, _, port = text.rpartition(":") if isinstance(text, str) else ("", "", "")
    is_port = port.isascii() and port.isdigit() and 0 < int(port) < 65536
    return is_port and bool(host) and host.isprintable() and _is_encodable(host)


def _is_encodable(host: str) -> bool:
    """Whether a name server can be asked for it: "a..b" has an empty part."""
    try:
        host.encode("idna")
    except UnicodeError:
        return False
    return True


def _index(content: Mapping[str, Any], count: int) -> int:
    """The number of this process among all."""
    task = content.get("task")
    if not isinstance(task, Mapping) or "index" not in task:
        raise _unusable("it has no `task` with an `index`")
    kind, number = task.get("type", WORKER), task["index"]
    if kind not in (CHIEF, WORKER):
        message = f"it makes this process a {json.dumps(kind)}"
        raise _unusable(f"{message}, and modelspec trains with workers alone")
    if isinstance(number, str) and number.isascii() and number.isdigit():
        number = int(number)
    if not isinstance(number, int) or isinstance(number, bool):
        raise _unusable(f"the index of its task, {json.dumps(number)}, is not a whole number")
    has_chief = bool(content["cluster"].get(CHIEF))
    of_kind = len(_list(content["cluster"], kind))
    if not 0 <= number < of_kind:
        entries = f"{of_kind} entr{'y' if of_kind == 1 else 'ies'}"
        raise _unusable(f"the index of its task is {number}, and `{kind}` has {entries}")
    return number + 1 if kind == WORKER and has_chief else number


def _unusable(reason: str) -> UsageError:
    message = f"the environment variable {VARIABLE} cannot be used: {reason}"
    return UsageError(f"{message}. It is to be like {FORM}")


def local_cluster(count: int) -> tuple[str, ...]:
    """Addresses of so many processes of this machine, on ports that are free now."""
    with ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return tuple(f"127.0.0.1:{one.getsockname()[1]}" for one in sockets)


@contextmanager
def reached(cluster: Cluster, seconds: float) -> Iterator[None]:
    """Wait until every other process can be reached; inside, this one can be, too.

    It listens where TensorFlow will, which is to start after the block.

    Args:
        cluster: of this process.
        seconds: that it waits.

    Raises:
        CannotRunError: this process cannot listen at its address, or another cannot be reached.
    """
    host, port = split_address(cluster.addresses[cluster.number])
    with ExitStack() as stack:
        try:
            listener = stack.enter_context(_listener(port))
        except OSError as error:
            where = f"{host}:{port}, which {VARIABLE} gives this process"
            raise CannotRunError(f"cannot listen at {where}: {error.strerror or error}") from None
        stack.enter_context(_answering(listener))
        _reach_all(cluster, seconds)
        yield


def split_address(address: str) -> tuple[str, int]:
    """The host, without the brackets of an IPv6 address, and the port."""
    host, _, port = address.rpartition(":")
    return host.removeprefix("[").removesuffix("]"), int(port)


def _listener(port: int) -> socket.socket:
    """A socket at a port of every address of this machine, whatever names others have for it."""
    if socket.has_dualstack_ipv6():
        with suppress(OSError):
            return socket.create_server(("", port), family=socket.AF_INET6, dualstack_ipv6=True)
    return socket.create_server(("", port))


@contextmanager
def _answering(listener: socket.socket) -> Iterator[None]:
    """Say a word to each process that connects: a proxy would let it connect, and say nothing."""
    ended = threading.Event()

    def run() -> None:
        while not ended.is_set():
            with suppress(OSError), listener.accept()[0] as other:
                other.sendall(WORD)

    listener.settimeout(PAUSE)
    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def _reach_all(cluster: Cluster, seconds: float) -> None:
    end = time.monotonic() + seconds
    waiting = [n for n in range(len(cluster.addresses)) if n != cluster.number]
    reasons: dict[int, str] = {}
    while waiting:
        waiting = [n for n in waiting if not _reaches(cluster.addresses[n], reasons, n)]
        if waiting and time.monotonic() > end:
            raise _unreached(cluster, waiting, reasons, seconds)
        time.sleep(PAUSE if waiting else 0)


def _reaches(address: str, reasons: dict[int, str], number: int) -> bool:
    try:
        with socket.create_connection(split_address(address), timeout=2) as other:
            if not other.recv(1):  # of our word, or of what TensorFlow says when it has begun
                reasons[number] = "what listens there is not a worker"
                return False
    except OSError as error:
        reasons[number] = error.strerror or str(error)
        return False
    return True


def _unreached(
    cluster: Cluster, waiting: Sequence[int], reasons: Mapping[int, str], seconds: float
) -> CannotRunError:
    first = waiting[0]
    where = f"worker {first} at {cluster.addresses[first]}"
    more = f" (and {len(waiting) - 1} more)" if len(waiting) > 1 else ""
    message = f"{where}{more} could not be reached within {seconds:g} s: {reasons[first]}"
    hint = "is the training started there, and the port open?"
    longer = "`distribute: {multi_worker: {timeout: SECONDS}}` waits longer"
    return CannotRunError(f"{message}; {hint} {longer}")
