"""TF_CONFIG: what it may be, what is said of one that cannot be used, and who cannot be reached."""

from __future__ import annotations

import json
import socket
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from modelspec.cluster import Cluster, cluster_of_environment, local_cluster, reached
from modelspec.diagnostics import CannotRunError, UsageError

ADDRESSES = ["a:1", "b:2"]
FORM = 'It is to be like {"cluster": {"worker": ["HOST:PORT", ...]}, "task": {"type": "worker", '


def config(cluster: Any, task: Any) -> str:
    """The text of TF_CONFIG."""
    return json.dumps({"cluster": cluster, "task": task})


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", None),
        ("{}", None),
        (config({"worker": ADDRESSES}, {"type": "worker", "index": 1}), (ADDRESSES, 1)),
        (config({"worker": ADDRESSES}, {"index": "0"}), (ADDRESSES, 0)),
        (config({"worker": ["[::1]:80"]}, {"index": 0}), (["[::1]:80"], 0)),
        (
            config({"chief": ["c:3"], "worker": ADDRESSES}, {"type": "worker", "index": 1}),
            (["c:3", *ADDRESSES], 2),
        ),
        (
            config({"chief": ["c:3"], "worker": ADDRESSES}, {"type": "chief", "index": 0}),
            (["c:3", *ADDRESSES], 0),
        ),
    ],
)
def test_who_trains_together(text: str, expected: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TF_CONFIG", text)
    found = cluster_of_environment()
    assert (None if found is None else (list(found.addresses), found.number)) == expected
    if found is not None:
        monkeypatch.setenv("TF_CONFIG", found.to_text())
        assert cluster_of_environment() == found


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("{", "it is not JSON: "),
        ("[]", "it is JSON, but not an object"),
        ('{"task": {}}', "it has no `cluster` with a list `worker`"),
        (config([], {}), "it has no `cluster` with a list `worker`"),
        (config({"worker": []}, {}), "it has no `cluster` with a list `worker`"),
        (config({"worker": "a:1"}, {}), "`worker` of its cluster must be a list"),
        (config({"worker": ["a"]}, {}), '"a" in its cluster is not HOST:PORT'),
        (config({"worker": ["a:70000"]}, {}), '"a:70000" in its cluster is not HOST:PORT'),
        (config({"worker": ["a..b:1"]}, {}), '"a..b:1" in its cluster is not HOST:PORT'),
        (config({"worker": ["a\n:1"]}, {}), '"a\\n:1" in its cluster is not HOST:PORT'),
        (config({"worker": [1]}, {}), "1 in its cluster is not HOST:PORT"),
        (config({"worker": ["a:1", "a:1"]}, {}), "its cluster has a:1 twice"),
        (config({"worker": ADDRESSES, "ps": ["p:1"]}, {}), "its cluster has `ps`, and "),
        (config({"worker": ADDRESSES}, {}), "it has no `task` with an `index`"),
        (config({"worker": ADDRESSES}, None), "it has no `task` with an `index`"),
        (
            config({"worker": ADDRESSES}, {"type": "evaluator", "index": 0}),
            'it makes this process a "evaluator", and modelspec trains with workers alone',
        ),
        (
            config({"worker": ADDRESSES}, {"index": 2}),
            "the index of its task is 2, and `worker` has 2 entries",
        ),
        (
            config({"worker": ["a:1"]}, {"index": -1}),
            "the index of its task is -1, and `worker` has 1 entry",
        ),
        (
            config({"worker": ADDRESSES}, {"type": "chief", "index": 0}),
            "the index of its task is 0, and `chief` has 0 entries",
        ),
        (
            config({"worker": ADDRESSES}, {"index": True}),
            "the index of its task, true, is not a whole number",
        ),
        (
            config({"worker": ADDRESSES}, {"index": "one"}),
            'the index of its task, "one", is not a whole number',
        ),
    ],
)
def test_what_cannot_be_used_is_said(
    text: str, reason: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TF_CONFIG", text)
    with pytest.raises(UsageError) as caught:
        cluster_of_environment()
    said = str(caught.value)
    assert said.startswith(f"the environment variable TF_CONFIG cannot be used: {reason}")
    assert FORM in said


def test_a_process_that_is_not_there_is_named() -> None:
    mine, other = local_cluster(2)
    with pytest.raises(CannotRunError) as caught, reached(Cluster((mine, other), 0), 0.1):
        pass
    said = str(caught.value)
    assert said.startswith(f"worker 1 at {other} could not be reached within 0.1 s: ")
    assert "timeout: SECONDS" in said


def test_an_address_in_use_is_named() -> None:
    with socket.create_server(("", 0)) as taken:
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        with pytest.raises(CannotRunError) as caught, reached(Cluster((address, "a:1"), 0), 0.1):
            pass
    assert str(caught.value).startswith(f"cannot listen at {address}, which TF_CONFIG gives this")


def test_processes_that_listen_reach_each_other() -> None:
    addresses = local_cluster(3)

    def join(number: int) -> str:
        with reached(Cluster(addresses, number), 20):
            met.wait(20)
        return addresses[number]

    met = threading.Barrier(3)
    with ThreadPoolExecutor(3) as threads:
        assert tuple(threads.map(join, range(3))) == addresses


def test_what_says_nothing_is_not_a_worker() -> None:
    mine, other = local_cluster(2)
    host, port = other.split(":")
    with (
        socket.create_server((host, int(port))),  # as a proxy, which lets everybody connect
        pytest.raises(CannotRunError, match=f"^worker 1 at {other} could not be reached"),
        reached(Cluster((mine, other), 0), 0.1),
    ):
        pass
