"""What the processes of a training tell each other between the calls into TensorFlow.

Every function here is called by all processes at the same point of the training.

Imports TensorFlow: import this module only where TensorFlow is loaded already.
"""

from __future__ import annotations

import pickle
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import tensorflow as tf

from .engines import Engine, Replica, StrategyEngine

WORD = np.int32
"""Bytes travel as these: every implementation of collectives can add them."""

MOST_WORDS = 1 << 22
"""That travel at once."""


def gather_numbers(engine: Engine, numbers: Sequence[float]) -> list[list[float]]:
    """The numbers of each process, by process.

    Args:
        engine: of this process.
        numbers: as many in each process.
    """
    if not isinstance(engine, StrategyEngine) or engine.processes == 1:
        return [list(numbers)]
    table = np.zeros((engine.processes, len(numbers)), np.float64)
    table[engine.process] = numbers
    return [list(row) for row in _sum(engine, table)]


def broadcast(engine: StrategyEngine, value: Any) -> Any:
    """What the chief has; every process trusts it, as it runs the same training."""
    content = pickle.dumps(value) if engine.process == 0 else b""
    size = int(gather_numbers(engine, [len(content)])[0][0])
    received = bytearray()
    while len(received) < size:
        end = min(size, len(received) + 4 * MOST_WORDS)
        received += _spread(engine, content[len(received) : end], end - len(received))
    return value if engine.process == 0 else pickle.loads(bytes(received))


def _spread(engine: StrategyEngine, content: bytes, size: int) -> bytes:
    """The bytes of the chief, so many."""
    # a power of two, because each length is compiled
    words = np.zeros(1 << max(-(-size // 4) - 1, 15).bit_length(), WORD)
    words.view(np.uint8)[: len(content)] = np.frombuffer(content, np.uint8)
    received: bytes = _sum(engine, words).tobytes()[:size]
    return received


def spread_variables(engine: Engine, variables: Mapping[str, Sequence[Any]]) -> None:
    """Give each variable in every process the value that it has in the chief.

    Args:
        engine: of this process.
        variables: by part, the same in every process.
    """
    if engine.processes == 1:
        return
    for part in variables.values():
        values = engine.broadcast([variable.numpy() for variable in part])
        if engine.process != 0:
            for variable, value in zip(part, values, strict=True):
                variable.assign(value)


def _sum(engine: StrategyEngine, array: Any) -> Any:
    """The sum over processes of an array."""
    if engine.compiled_sum is None:
        engine.compiled_sum = _compiled_sum(engine)
    return engine.compiled_sum(tf.constant(array)).numpy()


def _compiled_sum(engine: StrategyEngine) -> Any:
    """From a tensor to its sum over processes. A process with several devices counts once."""
    devices = engine.replicas // engine.processes

    def run(given: Any) -> Any:
        def add(_: Any, replica: Replica) -> Any:
            is_first = tf.equal(replica.number % devices, 0)
            return replica.sum([tf.where(is_first, given, tf.zeros_like(given))])

        return engine.run(add, (), tf.constant(0, tf.int64), 0)[0]

    return tf.function(run, autograph=False)
