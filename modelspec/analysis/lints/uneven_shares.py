"""A batch that the workers of a training cannot divide into equal shares.

Each worker trains on a share of every batch, and a step ends when the slowest of them has. Shares
of unequal size are weighted so that the result is that of one worker, but those with fewer
examples wait for the others. (The last batch of an epoch may be uneven; that is one step.)

The number of workers is no part of a spec: the check is made where a command is told it, as
`modelspec validate --workers 4` is.

To fix it, choose a `batch_size` that the number of workers divides.

Fails:

    # modelspec validate --workers 4
    modelspec: 1
    model:
      sequential:
        input: {shape: [8]}
        layers:
          - Dense: {units: 1}
    data: {train: {csv: train.csv}, targets: y, batch_size: 30}
    training: {optimizer: adam, loss: mse, distribute: multi_worker}

Passes:

    # modelspec validate --workers 4
    modelspec: 1
    model:
      sequential:
        input: {shape: [8]}
        layers:
          - Dense: {units: 1}
    data: {train: {csv: train.csv}, targets: y, batch_size: 32}
    training: {optimizer: adam, loss: mse, distribute: multi_worker}
"""

from __future__ import annotations

from collections.abc import Iterator

from modelspec.analysis.distribute import batch_size_span, share_sizes
from modelspec.analysis.lints.context import Lint, LintContext
from modelspec.spec import Spec

CODE = "uneven-shares"


def check(spec: Spec, context: LintContext) -> Iterator[Lint]:
    """One lint, at the size of the batch."""
    if spec.data is None or spec.workers is None:
        return
    size, workers = spec.data.batch_size, spec.workers
    if size < workers or size % workers == 0:
        return
    few, many = min(share_sizes(size, workers)), max(share_sizes(size, workers))
    message = (
        f"a batch of {size} makes shares of {few} and {many} examples for {workers} workers, and"
        f" those with {few} wait for the others"
    )
    below = size - size % workers
    hint = f"write `batch_size: {below}`, or {below + workers}"
    yield Lint(batch_size_span(spec), message, hint)
