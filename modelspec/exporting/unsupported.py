"""Whether a model can be exported in a format, decided from the spec before anything is built.

What a format lacks is in its record; what a converter lacks beyond that shows when it fails.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

from modelspec.analysis import Analysis, TensorStructure, analyze, complete
from modelspec.diagnostics import Findings, Span, SpecError
from modelspec.exporting.formats import FORMATS, USE_WITHOUT_PREPROCESSING, ExportFormat, LayerUse
from modelspec.graph import Call, Graph, TensorRef
from modelspec.layers import traits_of
from modelspec.layers.policies import named_policy, policy_of
from modelspec.layers.rule import Policy
from modelspec.schema import class_schema
from modelspec.spec import Spec
from modelspec.spec.model import KerasObject, ModelSpec, objects_in

from .model_split import front_calls

CODE = "export-unsupported"


def check_supported(
    spec: Spec,
    graph: Graph,
    form: str,
    *,
    without_preprocessing: bool = False,
    loaded: Collection[Span] | None = None,
) -> None:
    """Check that a format can express a model.

    Args:
        spec: the spec.
        graph: of its model.
        form: the format.
        without_preprocessing: whether the preprocessing at the front is left out.
        loaded: of a spec that is not trained, where the layers stand whose values its
            `initial_weights` has; None where layers have been adapted to data.

    Raises:
        SpecError: with a finding for everything that cannot be exported.
    """
    entry, findings = FORMATS[form], Findings()
    if loaded is not None and entry.computes:
        check_adapted(spec.model, set(_objects_at(graph, loaded)), findings)
    if entry.unsupported_layers:
        analysis = analyze(graph, Findings(), policy_of_spec(spec))
        check_layers(analysis, entry, findings, without_preprocessing=without_preprocessing)
    check_weight_dtypes(spec, entry, findings)
    if not without_preprocessing:
        check_input_dtypes(graph, entry, findings)
    if findings.has_errors:
        raise SpecError(findings.sorted())


def policy_of_spec(spec: Spec) -> Policy:
    """The dtype policy that a spec's model is built under."""
    precision = spec.training.precision if spec.training is not None else None
    return named_policy(precision) if precision is not None else Policy()


def check_adapted(model: ModelSpec, loaded: Collection[Span], findings: Findings) -> None:
    """Find the layers of a bare spec that must be adapted to data before they can be called.

    Args:
        model: that of the spec.
        loaded: where those stand whose values `initial_weights` has.
        findings: takes the others.
    """
    for item in _layers(model):
        traits = traits_of(layer_class(item))
        argument = traits.adapted_argument
        if not traits.must_adapt or argument is None or item.args.get(argument) is not None:
            continue
        if item.span in loaded:
            continue
        message = (
            f"{layer_class(item)} has not been adapted to data yet, so the model has no outputs "
            "to compare"
        )
        hint = f"train the spec and export the run, or give the layer its `{argument}`"
        findings.error(item.span, "export-unlearned", message, hint=hint)


def _objects_at(graph: Graph, spans: Collection[Span]) -> Iterator[Span]:
    """Where the objects stand of the layers at these places, which begin with their names."""
    for layer in graph.layers.values():
        if layer.span in spans:
            yield layer.object.span
        inner = graph.nested_or_none(layer.object)
        if inner is not None:
            yield from _objects_at(inner, spans)


def check_layers(
    analysis: Analysis,
    entry: ExportFormat,
    findings: Findings,
    *,
    without_preprocessing: bool = False,
) -> None:
    """Find the layers that a format cannot express."""
    front = {call.name for call in front_calls(analysis.graph)}
    for item, tensor, call in _uses(analysis):
        use = LayerUse(complete(item), tensor)
        if call in front and without_preprocessing:
            continue
        for unsupported in entry.unsupported_layers:
            if layer_class(item) in unsupported.layers.split() and unsupported.when(use):
                message = f"{entry.name} does not support {layer_class(item)}: {unsupported.reason}"
                hint = USE_WITHOUT_PREPROCESSING if call in front else unsupported.hint
                findings.error(item.span, CODE, message, hint=hint)


def check_weight_dtypes(spec: Spec, entry: ExportFormat, findings: Findings) -> None:
    """Find weights, by the dtype policy of the model or of a layer, in an unsupported dtype."""
    training, outer = spec.training, policy_of_spec(spec)
    policies = [
        (item.span, policy)
        for item in _layers(spec.model)
        if item.args.get("dtype") is not None
        and (policy := policy_of(item.args["dtype"], outer)) is not None
    ]
    if training is not None:
        policies.insert(0, (training.precision_span, outer))
    for span, policy in policies:
        dtype = policy.variable
        if dtype in entry.unsupported_weight_dtypes:
            message = f"{entry.name} does not support layers with weights in {dtype}"
            instead = "float32 or a mixed policy" if dtype == "float64" else f"mixed_{dtype}"
            hint = f"use {instead}, which keeps the weights in float32, and they are exported so"
            findings.error(span, CODE, message, hint=hint)
        mode = policy.mode.partition("/")[0]
        if mode in entry.unsupported_quantized:
            message = f"{entry.name} does not support layers with weights in {mode}"
            hint = "export to keras or saved_model, or train with a float `dtype`"
            if entry.quantizations:
                hint += " and use `--quantize`"
            findings.error(span, CODE, message, hint=hint)


def check_input_dtypes(graph: Graph, entry: ExportFormat, findings: Findings) -> None:
    """Find inputs of a dtype that the runtime of a format does not take."""
    for given in graph.inputs:
        if given.dtype in entry.unsupported_input_dtypes:
            message = f'{entry.name} does not support inputs of dtype {given.dtype}: "{given.name}"'
            other = "float32" if given.dtype == "bfloat16" else "int64"
            findings.error(given.span, CODE, message, hint=f"write `dtype: {other}`")


def layer_class(item: KerasObject) -> str:
    """The class of a layer by its main name, where Keras has several."""
    known = class_schema("layer", item.class_name)
    return item.class_name if known is None else known.name


def _layers(model: ModelSpec) -> Iterator[KerasObject]:
    return (item for item in objects_in(model) if item.kind == "layer")


def _uses(analysis: Analysis) -> Iterator[tuple[KerasObject, TensorStructure, str]]:
    """Each call of each layer with its first tensor and the name of the call; also the layers in
    arguments and in nested models, with "" as the name."""
    for facts in analysis.layers.values():
        item = facts.layer.object
        for call in facts.calls:
            yield item, _first_tensor(analysis, call.call), call.call.name
            if call.nested is not None:
                yield from ((inner, tensor, "") for inner, tensor, _ in _uses(call.nested))
        if item.model is None:
            yield from (
                (inner, None, "") for inner in objects_in(item.args) if inner.kind == "layer"
            )


def _first_tensor(analysis: Analysis, call: Call) -> TensorStructure:
    ref = next(call.reads(), None)
    if not isinstance(ref, TensorRef):
        return None
    found = analysis.tensors.get(ref.source)
    if ref.index is None or found is None:
        return found
    return found[ref.index]
