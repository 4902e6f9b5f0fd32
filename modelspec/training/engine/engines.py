"""The engines: who the replicas are, and how they exchange tensors.

A JAX engine has the same five members: `run` is a `shard_map` there, and `sum` a `psum`.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

from modelspec.cluster import VARIABLE, cluster_of_environment
from modelspec.data.feed import Share
from modelspec.diagnostics import CannotRunError
from modelspec.framework import TRIED_WITH
from modelspec.spec.training import Distribution

HUNG = 3600.0
"""Seconds after which an exchange fails. TensorFlow notices in a few seconds if a process is lost;
but one that runs may keep the others waiting for long: the chief hashes data and saves models."""


class Replica(NamedTuple):
    """One of those that divide a batch, as its function sees it in a graph.

    Attributes:
        number: from 0, over all processes: a scalar.
        replicas: how many there are.
        first: of its rows in the whole batch, a scalar int64.
        end: after the last of them.
        rows: of the whole batch.
        most_rows: of any batch.
        sum: from tensors to their sums over all replicas, all in one exchange.
    """

    number: Any
    replicas: int
    first: Any
    end: Any
    rows: Any
    most_rows: int
    sum: Callable[[Sequence[Any]], list[Any]]


class Engine(Protocol):
    """What divides the batches of a training.

    Attributes:
        name: as `training.distribute` has it.
        replicas: over all processes.
        process: which of the processes this is; 0 is the chief, the only one that writes.
        processes: how many there are.
    """

    name: str
    replicas: int
    process: int
    processes: int

    @property
    def share(self) -> Share:
        """The rows of each batch that this process reads."""

    def run(
        self, function: Callable[[Any, Replica], Any], batch: Any, rows: Any, most_rows: int
    ) -> Any:
        """Run a function on the rows of each replica, in a graph.

        Args:
            function: from its rows of the batch and its `Replica` to lists of tensors.
            batch: this process's rows.
            rows: of the whole batch, a scalar int64.
            most_rows: of any batch.

        Returns:
            What the first replica of this process returned.
        """

    def broadcast(self, value: Any) -> Any:
        """What the chief has, in every process.

        Args:
            value: of the chief, such as `pickle` takes; that of another process is not looked at.
        """


@dataclass
class OneDevice:
    """A process alone: nothing is divided, and no step calls this."""

    name: str = "none"
    replicas: int = 1
    process: int = 0
    processes: int = 1

    @property
    def share(self) -> Share:
        """All rows."""
        return Share()

    def run(
        self, function: Callable[[Any, Replica], Any], batch: Any, rows: Any, most_rows: int
    ) -> Any:
        """Run a function on all rows."""
        return function(batch, Replica(0, 1, 0, rows, rows, most_rows, list))

    def broadcast(self, value: Any) -> Any:
        """The value."""
        return value


class StrategyEngine:
    """Replicas of a `tf.distribute.Strategy`, which is used to run and to exchange only.

    Args:
        name: as `training.distribute` has it.
        strategy: made before any operation of TensorFlow has run.
        process: which of the processes this is.
        processes: how many there are.
    """

    def __init__(self, name: str, strategy: Any, process: int = 0, processes: int = 1) -> None:
        self.name = name
        self.strategy = strategy
        self.replicas: int = strategy.num_replicas_in_sync
        self.process = process
        self.processes = processes
        self.compiled_sum: Any = None
        """What `agreement` sums by."""

    @property
    def share(self) -> Share:
        """Rows of each batch that are those of this process's replicas, joined."""
        return Share(self.process, self.processes)

    def run(
        self, function: Callable[[Any, Replica], Any], batch: Any, rows: Any, most_rows: int
    ) -> Any:
        """Run a function on the rows of each replica; what the first one here returned."""
        import tensorflow as tf

        begin, _ = self.share.bounds(rows)

        def on_replica() -> Any:
            context = tf.distribute.get_replica_context()
            number = tf.cast(context.replica_id_in_sync_group, tf.int64)
            first, end = Share(number, self.replicas).bounds(rows)

            def sum_all(tensors: Sequence[Any]) -> list[Any]:
                return list(context.all_reduce(tf.distribute.ReduceOp.SUM, list(tensors)))

            own = tf.nest.map_structure(lambda one: one[first - begin : end - begin], batch)
            replica = Replica(number, self.replicas, first, end, rows, most_rows, sum_all)
            return function(own, replica)

        def here(value: Any) -> Any:
            return self.strategy.experimental_local_results(value)[0]

        return tf.nest.map_structure(here, self.strategy.run(on_replica))

    def broadcast(self, value: Any) -> Any:
        """What the chief has, in every process."""
        if self.processes == 1:
            return value
        from .agreement import broadcast

        return broadcast(self, value)


def _one_device(distribution: Distribution | None) -> Engine:
    return OneDevice()


def _mirrored(distribution: Distribution | None) -> Engine:
    """The GPUs of this machine; where there are none, the logical CPU devices."""
    import tensorflow as tf

    gpus = tf.config.list_logical_devices("GPU")
    devices = [device.name for device in gpus or tf.config.list_logical_devices("CPU")]
    if len(devices) == 1:
        return OneDevice("mirrored")
    # it would take a cluster that TF_CONFIG describes for its own
    config = os.environ.pop(VARIABLE, None)
    try:
        return StrategyEngine("mirrored", tf.distribute.MirroredStrategy(devices))
    finally:
        if config is not None:
            os.environ[VARIABLE] = config


def _multi_worker(distribution: Distribution | None) -> Engine:
    """The processes that the environment variable TF_CONFIG names; one alone without it."""
    import tensorflow as tf

    cluster = cluster_of_environment()
    if cluster is None or len(cluster.addresses) == 1:
        gpus = tf.config.list_physical_devices("GPU")
        return _mirrored(distribution) if len(gpus) > 1 else OneDevice("multi_worker")
    assert distribution is not None
    implementations = tf.distribute.experimental.CommunicationImplementation
    options = tf.distribute.experimental.CommunicationOptions(
        implementation=implementations[distribution.communication.upper()],
        timeout_seconds=HUNG,
    )
    strategy = tf.distribute.MultiWorkerMirroredStrategy(communication_options=options)
    return StrategyEngine("multi_worker", strategy, cluster.number, len(cluster.addresses))


ENGINES: dict[str, Callable[[Distribution | None], Engine]] = {
    "none": _one_device,
    "mirrored": _mirrored,
    "multi_worker": _multi_worker,
}
"""By the name that `training.distribute` has."""

_present: list[Engine] = []


def engine_of(distribution: Distribution | None) -> Engine:
    """Make the engine of this process, the first time that it is asked for.

    TensorFlow connects the processes of a cluster once, before its first operation; so this comes
    before the model is built.

    Args:
        distribution: the value of `training.distribute`; None for one device.

    Raises:
        CannotRunError: this Keras is not one with which dividing was tried.
    """
    if not _present:
        name = "none" if distribution is None else distribution.engine
        engine = ENGINES[name](distribution)
        if engine.replicas > 1:
            _require_tried_keras()
        _present.append(engine)
    return _present[0]


def _require_tried_keras() -> None:
    """Refuse a Keras whose losses may be scaled otherwise among replicas."""
    import keras

    tried = [version for version in TRIED_WITH if keras.__version__.startswith(f"{version}.")]
    if not tried:
        versions = " or ".join(TRIED_WITH)
        message = f"dividing batches was tried with Keras {versions}, and this is"
        raise CannotRunError(f"{message} {keras.__version__}: install Keras {versions}")


def present_engine() -> Engine:
    """The engine of this process; one device where `engine_of` was not asked for another."""
    return _present[0] if _present else OneDevice()
