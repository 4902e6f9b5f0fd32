"""One step of training on a spec's own data, of which nothing is kept."""

from __future__ import annotations

import math
from typing import Any

from modelspec.data.examples import report_undecodable_files
from modelspec.diagnostics import Findings, SpecError
from modelspec.graph import Graph
from modelspec.runs import scalars
from modelspec.spec import Spec
from modelspec.training.prepare import Step, prepare_training, sections


def one_step(spec: Spec, graph: Graph, model: Any) -> dict[str, float]:
    """Load and check the data, compile, adapt, and take one step on the first batch.

    Args:
        spec: with `data` and `training`.
        graph: of its model.
        model: the real one, built after `set_seed`.

    Returns:
        Loss and metrics of the batch by name.

    Raises:
        SpecError: the spec, its data, or what Keras says of them has faults; the loss is no
            number.
        CannotRunError: memory is not enough.
    """
    findings = Findings()
    data, training = sections(spec, findings)
    ready = prepare_training(spec, graph, model, findings)
    batches = ready.training_feed(data.batch_size).shuffled(training.seed)
    try:
        with report_undecodable_files(data.train.span, ready.data.train):
            (batch,) = batches.take(1)
            logs = ready.model.train_on_batch(*batch, return_dict=True)
    except SpecError:
        raise
    except Exception as error:  # Keras and TensorFlow raise all kinds
        step = Step(ready.model, graph, ready.structure, ready.outputs, training)
        step.blame(error, batches, findings)
        raise SpecError(findings.sorted()) from error
    order = {name: index for index, name in enumerate(ready.compiled.logs)}
    found = scalars({n: logs[n] for n in sorted(logs, key=lambda n: order.get(n, len(order)))})
    if not math.isfinite(found["loss"]):
        message = f"the loss is {found['loss']} after one step"
        hint = "try a smaller learning rate, and look for a logarithm or a division in the model"
        findings.error(training.loss.span, "loss-not-finite", message, hint=hint)
        raise SpecError(findings.sorted())
    return found
