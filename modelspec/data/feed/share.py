"""The rows of a batch that one process reads, where several train together."""

from __future__ import annotations

from typing import Any, NamedTuple

from modelspec.analysis.distribute import share_bounds


class Share(NamedTuple):
    """One of the contiguous shares into which a batch is divided; they differ by at most one row.

    The shares of N processes with L devices each are those of N * L replicas, joined.

    Attributes:
        replica: whose share, from 0.
        replicas: how many shares there are.
    """

    replica: Any = 0
    replicas: int = 1

    def bounds(self, rows: Any) -> tuple[Any, Any]:
        """The first row and the one after the last.

        Args:
            rows: of the batch: a number, or a scalar int64 in a graph.
        """
        return share_bounds(rows, self.replica, self.replicas)
