"""What cannot be exported, told before it is tried, with its place in the spec.

What a converter lacks beyond the table of `refusals.py` is told when it fails.
"""

from __future__ import annotations

from collections.abc import Iterator

from modelspec.analysis import Analysis, TensorStructure, analyze, complete, named_policy, policy_of
from modelspec.diagnostics import Findings, SpecError
from modelspec.graph import Call, Graph, TensorRef
from modelspec.layers import traits_of
from modelspec.layers.rule import Policy
from modelspec.schema import class_schema
from modelspec.spec import Spec
from modelspec.spec.model import KerasObject, ModelSpec, objects_in

from .model_split import front_of
from .unsupported_table import BEHIND, INPUTS, PRECISIONS, REFUSED, Use

CODE = "export-unsupported"


def refuse(spec: Spec, graph: Graph, form: str, *, learned: bool, cut: bool = False) -> None:
    """Hold a model to what a format takes.

    Args:
        spec: the spec.
        graph: of its model.
        form: the format.
        learned: whether it was trained.
        cut: whether the preprocessing before all else is left out.

    Raises:
        SpecError: it has something that cannot be exported.
    """
    findings = Findings()
    if not learned and form != "json":
        refuse_unlearned(spec.model, findings)
    if form in REFUSED:
        policy = policy_of_spec(spec)
        refuse_layers(analyze(graph, Findings(), policy), form, findings, cut=cut)
        refuse_precision(spec, form, findings)
        if not cut:
            refuse_inputs(graph, form, findings)
    if findings.has_errors:
        raise SpecError(findings.sorted())


def policy_of_spec(spec: Spec) -> Policy:
    """The dtype policy that a spec's model is built under."""
    precision = spec.training.precision if spec.training is not None else None
    return named_policy(precision) if precision is not None else Policy()


def refuse_unlearned(model: ModelSpec, findings: Findings) -> None:
    """Find the layers of a bare spec that have to learn from data before they answer."""
    for item in _layers(model):
        traits = traits_of(name_of(item))
        argument = traits.adapted_argument
        if not traits.must_adapt or argument is None or item.args.get(argument) is not None:
            continue
        message = (
            f"{name_of(item)} has learned nothing yet, so the model gives no answers to compare"
        )
        hint = f"train the spec and export the run, or give the layer its `{argument}`"
        findings.error(item.span, "export-unlearned", message, hint=hint)


def refuse_layers(analysis: Analysis, form: str, findings: Findings, *, cut: bool = False) -> None:
    """Find the layers that a format does not take."""
    front = {call.name for call in front_of(analysis.graph)}
    for item, tensor, call in _uses(analysis):
        for refusal in REFUSED[form]:
            use = Use(complete(item), tensor)
            in_front = call in front
            if (
                name_of(item) in refusal.layers.split()
                and refusal.when(use)
                and not (cut and in_front)
            ):
                message = f"{form} does not take {name_of(item)}: {refusal.reason}"
                hint = BEHIND if in_front else refusal.hint
                findings.error(item.span, CODE, message, hint=hint)


def refuse_precision(spec: Spec, form: str, findings: Findings) -> None:
    """Find the dtypes of weights that a format has no ops for: the model's, and a layer's own."""
    training, outer = spec.training, policy_of_spec(spec)
    places = [
        (item.span, policy)
        for item in _layers(spec.model)
        if item.args.get("dtype") is not None
        and (policy := policy_of(item.args["dtype"], outer)) is not None
    ]
    if training is not None:
        places.insert(0, (training.precision_span, outer))
    for span, policy in places:
        if policy.variable in PRECISIONS[form]:
            message = f"{form} does not take layers that keep their weights in {policy.variable}"
            mixed = f"mixed_{policy.variable} keeps them in float32, "
            start = mixed if policy.variable != "float64" else "float32 or a mixed policy does, "
            findings.error(span, CODE, message, hint=f"{start}in which they are exported")


def refuse_inputs(graph: Graph, form: str, findings: Findings) -> None:
    """Find the dtypes of inputs that a format's runtime takes no arrays of."""
    for entry in graph.inputs:
        if entry.dtype in INPUTS[form]:
            message = f'{form} takes no input of dtype {entry.dtype}, which "{entry.name}" has'
            other = "float32" if entry.dtype == "bfloat16" else "int64"
            findings.error(entry.span, CODE, message, hint=f"write `dtype: {other}`")


def name_of(item: KerasObject) -> str:
    """The class of a layer by its first name, where Keras has several."""
    known = class_schema("layer", item.class_name)
    return item.class_name if known is None else known.name


def _layers(model: ModelSpec) -> Iterator[KerasObject]:
    return (item for item in objects_in(model) if item.kind == "layer")


def _uses(analysis: Analysis) -> Iterator[tuple[KerasObject, TensorStructure, str]]:
    """Each call of each layer with its first tensor and the call's name, and the layers in
    arguments and in nested models without a name."""
    for facts in analysis.layers.values():
        item = facts.layer.object
        for call in facts.calls:
            yield item, _first(analysis, call.call), call.call.name
            if call.nested is not None:
                yield from ((inner, tensor, "") for inner, tensor, _ in _uses(call.nested))
        if item.model is None:
            yield from (
                (inner, None, "") for inner in objects_in(item.args) if inner.kind == "layer"
            )


def _first(analysis: Analysis, call: Call) -> TensorStructure:
    """The first tensor that a call takes."""
    ref = next(call.reads(), None)
    if not isinstance(ref, TensorRef):
        return None
    found = analysis.tensors.get(ref.source)
    if ref.index is None or found is None:
        return found
    return found[ref.index]
