"""Whether what a generator returns is on the scale of the data: Rescaling there and back."""

from __future__ import annotations

import math
from typing import NamedTuple

from modelspec.analysis.arguments import complete, keras_class
from modelspec.diagnostics import Findings, Related
from modelspec.graph import Call, Graph, TensorRef, flatten
from modelspec.layers import traits_of


class Scale(NamedTuple):
    """A value times `factor`, plus `offset`."""

    factor: float = 1.0
    offset: float = 0.0

    def after(self, other: Scale) -> Scale:
        """This one of what another gives."""
        return Scale(self.factor * other.factor, self.factor * other.offset + self.offset)

    def undone_by(self, other: Scale) -> bool:
        """Whether another one gives the value back."""
        factor, offset = other.after(self)
        bound = 1e-3 * max(1.0, abs(other.offset))
        return math.isclose(factor, 1, rel_tol=1e-3) and abs(offset) <= bound

    @property
    def inverse(self) -> Scale:
        """What gives the value back."""
        return Scale(1 / self.factor, -self.offset / self.factor)


def returns_to_data(graph: Graph) -> bool:
    """Whether the outputs are surely on the scale of the input of real examples."""
    if graph.gan is None:
        return False
    real, made = _scale_of(graph, graph.gan.example, None), _scale_of_output(graph)
    return real is not None and made is not None and real.undone_by(made)


def example_input(graph: Graph) -> str | None:
    """The input of real examples, where layers of one tensor lead from it to the discriminator."""
    if graph.gan is None:
        return None
    calls, source = {call.name: call for call in graph.calls}, graph.gan.example.source
    while (call := calls.get(source)) is not None:
        reads = list(call.reads())
        if len(reads) != 1:
            return None
        source = reads[0].source
    return source


def check_scale(graph: Graph, findings: Findings) -> None:
    """A warning where real examples are rescaled, and what is made is not turned back.

    Args:
        graph: with `gan`.
        findings: takes the warning.
    """
    gan = graph.gan
    assert gan is not None
    real, made = _scale_of(graph, gan.example, None), _scale_of_output(graph)
    if real is None or made is None or real.undone_by(made) or real.factor == 0:
        return
    back = real.inverse
    message = (
        f'real examples are rescaled before "{gan.discriminator.layer}", and the output is not'
        " turned back: what is predicted is on another scale than the data"
    )
    hint = (
        f"lead the generator into `Rescaling: {{scale: {back.factor:g}, offset: {back.offset:g}}}`,"
        " and make that the output"
    )
    related = (Related(_rescaling(graph, gan.example).span, "rescaled here"),)
    span = graph.output_spans[0] if graph.output_spans else graph.span
    findings.warning(span, "made-on-another-scale", message, hint=hint, related=related)


def _rescaling(graph: Graph, ref: TensorRef) -> Call:
    """The last call that changes the values on the way to a tensor; the discriminator's if none."""
    calls = {call.name: call for call in graph.calls}
    assert graph.gan is not None
    return calls.get(ref.source, graph.gan.discriminator)


def _scale_of_output(graph: Graph) -> Scale | None:
    outputs = list(flatten(graph.outputs))
    assert graph.gan is not None
    return _scale_of(graph, outputs[0], graph.gan.generator.name) if len(outputs) == 1 else None


def _scale_of(graph: Graph, ref: TensorRef, start: str | None) -> Scale | None:
    """What happens to values from a call, or from an input, on the way to a tensor; None where it
    is more than a scale."""
    calls, found = {call.name: call for call in graph.calls}, Scale()
    while ref.source != start and (call := calls.get(ref.source)) is not None:
        reads, item = list(call.reads()), graph.layers[call.layer].object
        kind = keras_class(item)
        if len(reads) != 1 or ref.index is not None:
            return None
        if kind == "Rescaling":
            args = complete(item)
            factor, offset = args["scale"], args.get("offset", 0.0)
            if not isinstance(factor, (int, float)) or not isinstance(offset, (int, float)):
                return None
            found = found.after(Scale(float(factor), float(offset)))
        elif not traits_of(kind).keeps_values:
            return None
        ref = reads[0]
    return found if start in (None, ref.source) else None
