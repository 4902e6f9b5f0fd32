"""`training.initial_weights` against the model, before TensorFlow starts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from modelspec.analysis import Analysis
from modelspec.diagnostics import CannotRunError, Findings, Span
from modelspec.spec import Spec
from modelspec.spec.initial_weights import InitialWeights, WeightsOrigin

from .adapters import fresh_adapters, is_adapter, match_adapter
from .complaints import Complaints
from .files import find_weights, report_missing
from .matching import has_content, matcher_of, part_of
from .model_tree import layers_of_analysis
from .report import Fate, LayerFate, LoadingReport, TensorFate, Why, merged
from .saved import FileModel, UnreadableWeightsError, read_saved
from .structure import StructureError, match_by_structure
from .trees import ModelLayer, everything, leaves
from .vectors import check_vectors
from .words import find_word_source


def check_initial_weights(
    spec: Spec, analysis: Analysis, findings: Findings, *, is_required: bool = False
) -> LoadingReport | None:
    """Match the files of `initial_weights` with the model; only shapes are read.

    Args:
        spec: without `initial_weights` there is nothing to check.
        analysis: of its model.
        findings: takes what does not fit, and what stays fresh although it may not be meant to.
        is_required: whether a file that is not there is an error, as for a training.

    Returns:
        What becomes of each layer; None where a file cannot be matched.
    """
    weights = None if spec.training is None else spec.training.initial_weights
    if weights is None:
        return None
    folder = Path() if spec.path is None else spec.path.parent
    layers = layers_of_analysis(analysis)
    is_ordered = analysis.graph.kind == "sequential"
    before = findings.error_count
    sources = WeightsSources(weights, folder, findings, is_required=is_required)
    report = sources.match(layers, spans_of(layers), is_ordered=is_ordered)
    for origin in weights.origins:
        if origin.vectors and findings.error_count == before:
            find_word_source(origin, spec, analysis, findings)
    return report


def spans_of(layers: Sequence[ModelLayer]) -> dict[str, Span]:
    """Path of a layer to where it stands in the spec."""
    return {layer.path: layer.span for layer in everything(layers) if layer.span is not None}


class WeightsSources:
    """The files of `initial_weights`.

    Args:
        weights: the key of the spec.
        folder: that of the spec.
        findings: takes what does not fit.
        is_required: whether a file that is not there is an error.
    """

    def __init__(
        self, weights: InitialWeights, folder: Path, findings: Findings, *, is_required: bool
    ) -> None:
        self.weights = weights
        self.folder = folder
        self.findings = findings
        self.is_required = is_required
        self.files: dict[str, Path] = {}
        """Path as written to the file that it means."""
        self.adapters: dict[str, Path] = {}
        """The same for files of low-rank adapters, which come after the others."""

    def match(
        self, layers: Sequence[ModelLayer], spans: Mapping[str, Span], *, is_ordered: bool
    ) -> LoadingReport | None:
        """What becomes of each layer of the model; None where a file cannot be matched.

        Args:
            layers: of the model.
            spans: path of a layer to where it stands in the spec.
            is_ordered: whether `layers` are in the order in which Keras saves them.
        """
        complaints = Complaints(spans, layers, self.findings)
        complaints.check_parts(self.weights)
        reports: list[LoadingReport | None] = []
        for origin in self.weights.origins:
            if self._is_adapter(origin):
                continue
            if origin.is_adapter:
                self._refuse_adapter(origin)
                reports.append(None)
                continue
            part = part_of(layers, None if origin.part is None else origin.part.name)
            if not part:
                continue
            if origin.vectors:
                reports.append(self._of_vectors(origin, part[0]))
                continue
            found = self._of_origin(origin, layers, part, complaints, is_ordered=is_ordered)
            reports.append(found)
        if None in reports or not (reports or self.adapters):
            return None
        known = [report for report in reports if report is not None]
        return self._with_adapters(merged([*known, _rest(layers)]))

    def _is_adapter(self, origin: WeightsOrigin) -> bool:
        """Whether an origin is a file of low-rank adapters, which is for the whole model."""
        file = self.folder / origin.path
        if origin.vectors or not file.is_file() or not is_adapter(file):
            return False
        message = ""
        if origin.part is not None:
            message = f"{origin.path} has low-rank adapters, which are for the whole model"
            hint = f"write `initial_weights: {{from: FILE, adapters: {origin.path}}}`"
        elif origin.rename or origin.fresh:
            key = "rename" if origin.rename else "fresh"
            message = f"`{key}` is not for low-rank adapters, and {origin.path} has nothing else"
            hint = "a file of adapters fits the model that it was trained in"
        if message:
            self.findings.error(origin.span, "wrong-value", message, hint=hint)
        else:
            self.adapters[origin.path] = file
        return True

    def _refuse_adapter(self, origin: WeightsOrigin) -> None:
        """Report a file that is no file of adapters, or not there."""
        if not (self.folder / origin.path).exists():
            report_missing(
                origin.path,
                self.folder,
                origin.span,
                self.findings,
                is_required=self.is_required,
            )
            return
        message = f"{origin.path} has no low-rank adapters in it"
        hint = "`modelspec export RUN --format adapter` writes one; other files stand under `from`"
        self.findings.error(origin.span, "bad-weights", message, hint=hint)

    def _with_adapters(self, report: LoadingReport) -> LoadingReport | None:
        """The report with the low-rank adapters of the model."""
        found: LoadingReport | None = fresh_adapters(report)
        for origin in self.weights.origins:
            if origin.path in self.adapters and found is not None:
                file = self.adapters[origin.path]
                found = match_adapter(origin, file, found, self.findings)
        return found

    def _of_origin(
        self,
        origin: WeightsOrigin,
        layers: Sequence[ModelLayer],
        part: Sequence[ModelLayer],
        complaints: Complaints,
        *,
        is_ordered: bool,
    ) -> LoadingReport | None:
        saved = self.read(origin)
        if saved is None:
            return None
        matcher = matcher_of(origin, saved, layers)
        report = matcher.match(part)
        unmet = (Why.ABSENT, Why.WANTED)
        is_nameless = not saved.is_named or (
            not saved.has_given_names
            and all(one.why in unmet for one in report.layers)
            and not any(matcher.path_in_file(layer.path) in saved.by_path for layer in leaves(part))
        )
        if not is_nameless:
            before = self.findings.error_count
            complaints.check_names(matcher)
            names_fit = self.findings.error_count == before
            complaints.report(origin, saved, report, names_fit=names_fit)
            return report
        if origin.part is None:
            inside, ordered = part, is_ordered
        else:
            inside, ordered = part[0].inner, part[0].class_name == "Sequential"
        try:
            report = match_by_structure(
                inside, saved.layers, origin.path, is_ordered=ordered or _is_built(layers)
            )
        except StructureError as error:
            complaints.refuse_structure(origin, str(error))
            return None
        complaints.check_structure(origin, matcher)
        return LoadingReport(
            tuple(
                LayerFate(one.layer, Fate.FRESH, one.tensors, None, Why.WANTED, origin.path)
                if matcher.is_fresh(one.layer)
                else one
                for one in report.layers
            )
        )

    def _of_vectors(self, origin: WeightsOrigin, layer: ModelLayer) -> LoadingReport | None:
        return check_vectors(
            origin, self.folder, layer, self.findings, is_required=self.is_required
        )

    def read(self, origin: WeightsOrigin) -> FileModel | None:
        """The layers of an origin's file; None with a finding."""
        file = find_weights(
            origin.path, self.folder, origin.span, self.findings, is_required=self.is_required
        )
        if file is None:
            return None
        self.files[origin.path] = file
        try:
            return read_saved(file)
        except UnreadableWeightsError as error:
            message = f"{origin.path} {error.message}"
            self.findings.error(origin.span, "bad-weights", message, hint=error.hint)
        except CannotRunError as error:
            message = f"the weights in {origin.path} were not compared with the model: {error}"
            self.findings.warning(origin.span, "weights-not-checked", message)
        return None


def _is_built(layers: Sequence[ModelLayer]) -> bool:
    return any(layer.layer is not None for layer in layers)


def _rest(layers: Sequence[ModelLayer]) -> LoadingReport:
    """The layers that no origin is for."""
    return LoadingReport(
        tuple(
            LayerFate(
                layer,
                Fate.FRESH,
                tuple(
                    TensorFate(f"{layer.path}/{tensor.name}", tensor.shape, None)
                    for tensor in (layer.tensors or {}).values()
                ),
                None,
                Why.ABSENT,
            )
            for layer in leaves(layers)
            if has_content(layer)
        )
    )
