"""The processes of a training that run on the same machine."""

from __future__ import annotations

import secrets

from modelspec.cluster import cluster_of_environment, split_address
from modelspec.data.shared import Meeting

from .engines import Engine


def meeting_of(engine: Engine) -> Meeting | None:
    """Where the processes of this machine meet to prepare what they share; None for one alone.

    Called by all processes at the same point of the training.

    Args:
        engine: of this process.
    """
    if engine.processes == 1:
        return None
    token = engine.broadcast(secrets.token_hex(8))
    here = processes_here()
    return Meeting(token, engine.process, here) if len(here) > 1 else None


def processes_here() -> tuple[int, ...]:
    """The processes of a training on this machine: those whose address has the same host."""
    cluster = cluster_of_environment()
    if cluster is None:
        return (0,)
    hosts = [split_address(address)[0] for address in cluster.addresses]
    own = hosts[cluster.number]
    return tuple(number for number, host in enumerate(hosts) if host == own)
