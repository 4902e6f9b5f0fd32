"""What a quantized export reaches in the spec's metrics, beside the Keras model."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy.typing as npt

from modelspec.data.examples import Examples
from modelspec.diagnostics import ModelspecError
from modelspec.spec.training import large_is_good
from modelspec.training import TrainedRun
from modelspec.training.evaluate import PREFIXES, Wanted, evaluate_run

from .samples import Samples

Array = npt.NDArray[Any]

FALLS, GROWS = 0.01, 0.05
"""By how much a metric of which more is better may fall, and by which part another may grow. One
example of fewer than a hundred may fall too."""


@dataclass(frozen=True, slots=True)
class Measure:
    """One metric of the spec.

    Attributes:
        name: as in metrics.json, without the split.
        model: what the Keras model reaches.
        export: what the export does.
        examples: on how many.
    """

    name: str
    model: float
    export: float
    examples: int

    @property
    def accepted(self) -> bool:
        """Whether the export is not much worse."""
        if large_is_good(self.name):
            return self.model - self.export <= max(FALLS, 1 / self.examples) + 1e-6
        return self.export - self.model <= GROWS * abs(self.model)

    def to_dict(self) -> dict[str, Any]:
        """As plain data."""
        return {**dataclasses.asdict(self), "accepted": self.accepted}


def measures(
    run: TrainedRun, samples: Samples, model: Mapping[str, Array], export: Mapping[str, Array]
) -> tuple[Measure, ...]:
    """The metrics of two sets of answers to the same examples of a run.

    Losses are none of them: they grow with a confidence that no decision shows.

    Args:
        run: the run; its spec says what is measured.
        samples: the examples, the first of one of its splits.
        model: output name to the Keras model's answers, [n, ...].
        export: the same of the export.

    Returns:
        Nothing where the spec has no metrics, or where the data changed since the training.
    """
    wanted = Wanted(split=samples.origin, most=len(samples))

    def reached(answers: Mapping[str, Array]) -> dict[str, float]:
        def respond(_: Examples) -> dict[str, Array]:
            return dict(answers)

        found = evaluate_run(dataclasses.replace(run, runtime=respond), wanted).metrics
        prefix = PREFIXES[samples.origin]
        plain = {name.removeprefix(prefix): value for name, value in found.items()}
        return {name: value for name, value in plain.items() if not name.endswith("loss")}

    try:
        first, second = reached(model), reached(export)
    except ModelspecError:  # the data changed since the training, say
        return ()
    return tuple(Measure(name, value, second[name], len(samples)) for name, value in first.items())
