"""What the stages make of a spec."""

from __future__ import annotations

from pathlib import Path

from modelspec.analysis import Analysis
from modelspec.diagnostics import Findings, SpecError
from modelspec.document import model_format
from modelspec.graph import Graph
from modelspec.runs import is_run
from modelspec.spec import Spec
from modelspec.value_classes import value_class


@value_class
class CompiledSpec:
    """A spec that has passed every stage.

    Attributes:
        spec: the typed spec.
        graph: its model's graph.
        analysis: the shapes, dtypes, weights and FLOPs of the graph.
        text: the file as written.
        findings: warnings, notes, and missed expectations, which are the only errors.
    """

    spec: Spec
    graph: Graph
    analysis: Analysis
    text: str
    findings: Findings

    def _repr_html_(self) -> str:
        """For notebooks: what the model takes and returns, and what was found."""
        from modelspec.markup import table, text, view

        shapes = [
            ("input", entry.name, "unknown" if entry.shape is None else str([*entry.shape]))
            for entry in self.graph.inputs
        ]
        shapes += [("output", name, "") for name in self.graph.output_names]
        found = "".join(f"{finding}\n" for finding in self.findings.sorted())
        layers = f"{len(self.graph.calls)} layers"
        return view(self.spec.name, table((), shapes), layers, text(found or "no findings"))

    @property
    def is_recorded(self) -> bool:
        """Whether it lies in a run folder or an exported model, away from the files it names."""
        return is_recorded(self.spec.path)

    def require_expectations(self) -> CompiledSpec:
        """The same spec, before it is built or trained.

        Raises:
            SpecError: an expectation of the spec is missed.
        """
        if self.findings.has_errors:
            raise SpecError(self.findings.sorted())
        return self


@value_class
class SpecParts:
    """What there is of a spec that may have errors.

    Attributes:
        spec: the typed spec, without its invalid parts.
        graph: its model's; None where names or edges have errors.
        analysis: of the graph; None where an error came before it.
        findings: all that was found.
    """

    spec: Spec
    graph: Graph | None
    analysis: Analysis | None
    findings: Findings


def is_recorded(path: Path | None) -> bool:
    """Whether a spec lies in a run folder or an exported model, away from the files it names."""
    if path is None:
        return False
    return model_format(path) is not None or is_run(path.parent)
