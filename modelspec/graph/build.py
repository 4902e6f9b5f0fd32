"""From the typed model to its graph."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from modelspec.diagnostics import Findings, join_words, suggest
from modelspec.spec.model import (
    FunctionalSpec,
    InputSpec,
    KerasObject,
    LayerSpec,
    ModelSpec,
    SequentialSpec,
    TensorName,
    UniqueNames,
    is_op,
)

from .calls import Arguments, bind, collect_calls
from .graph import Call, Graph, TensorRef, flatten, flatten_with_gaps
from .order import sort_calls
from .resolve import Resolver
from .unused import report_unused

if TYPE_CHECKING:
    from modelspec.spec.gan import GanSpec


def build_graph(
    model: ModelSpec,
    findings: Findings,
    *,
    complete: bool = True,
    losses: Mapping[str, TensorName] | None = None,
    gan: GanSpec | None = None,
) -> Graph | None:
    """The graph of a model and of all models nested in it; None where it has errors.

    That of a stack with functions of `keras.ops` is functional, since a Keras Sequential takes
    layers only.

    Args:
        model: the model.
        findings: takes what is wrong.
        complete: false where edges or outputs are known to be invalid: what is unused cannot be
            told then.
        losses: the tensors that `training.losses` names.
        gan: the two models that `training.gan` names, or None.
    """
    losses = losses or {}
    before = findings.error_count
    if isinstance(model, SequentialSpec):
        graph: Graph | None = _sequential(model, losses, findings)
    else:
        graph = _functional(model, losses, findings, complete, gan)
    if gan is not None and graph is not None and findings.error_count == before:
        from .adversaries import find_adversaries

        return find_adversaries(graph, gan, findings)
    return graph if findings.error_count == before else None


def _sequential(
    model: SequentialSpec, losses: Mapping[str, TensorName], findings: Findings
) -> Graph:
    calls: list[Call] = []
    has_ops = any(is_op(layer) for layer in model.layers)
    inputs = () if model.input is None else (model.input,)
    if has_ops and not inputs:
        inputs = (InputSpec(_free_name(model), None, model.span),)
    last = TensorRef(inputs[0].name if inputs else "")
    for layer in model.layers:
        call: Call | None = Call(layer.name, layer.name, (last,), {}, {}, layer.span)
        if has_ops:
            given = Arguments(layer.span, (layer.span,), [last])
            call = bind(layer.name, layer, given, findings)
        if call is not None:
            calls.append(call)
        last = TensorRef(layer.name)
    return Graph(
        "functional" if has_ops else "sequential",
        inputs,
        {layer.name: layer for layer in model.layers},
        tuple(calls),
        last,
        (last.source,),
        (model.layers[-1].span,),
        "single",
        _nested(model.layers, findings),
        model.span,
        losses={n: ref for n, of in losses.items() if (ref := _in_stack(of, model, findings))},
    )


def _free_name(model: SequentialSpec) -> str:
    """A name for the input of a stack that takes its shape from its use."""
    return UniqueNames(layer.name for layer in model.layers).unique("input_layer")


def _in_stack(of: TensorName, model: SequentialSpec, findings: Findings) -> TensorRef | None:
    """The result of a layer of a stack, or its input."""
    known = [layer.name for layer in model.layers]
    if model.input is not None:
        known.append(model.input.name)
    if of.name in known:
        return TensorRef(of.name, of.index, str(of))
    close = suggest(of.name, known)
    message = f'there is no layer "{of.name}"{close.text}'
    hint = f"the layers are {join_words(known, most=20)}"
    findings.error(of.span, "undefined-name", message, hint=hint, replace=close.replace)
    return None


def _functional(
    model: FunctionalSpec,
    losses: Mapping[str, TensorName],
    findings: Findings,
    complete: bool,
    gan: GanSpec | None,
) -> Graph | None:
    nested = _nested(model.layers, findings)
    before = findings.error_count
    complete = complete and model.complete
    resolver = Resolver(model, findings, complete=complete)
    calls = collect_calls(model, resolver, findings)
    outputs, names, spans = resolver.outputs()
    if None in flatten_with_gaps(outputs):  # an invalid output, which is reported already
        outputs, names, spans = (), (), ()
    refs = {name: resolver.ref(of) for name, of in losses.items()}
    lost = {name: ref for name, ref in refs.items() if ref is not None}
    layers = {layer.name: layer for layer in model.layers}
    if resolver.sourceless:
        used = (outputs, tuple(lost.values()))
        layers, calls = _with_sourceless(model, resolver.sourceless, calls, used, findings)
    ordered = sort_calls(calls, findings)
    if gan is not None:
        from .adversaries import check_names, results_of

        complete &= check_names(gan, model, findings)
        lost = results_of(gan, calls)
    if complete:
        sound = findings.error_count == before
        results = (outputs, tuple(lost.values()))
        report_unused(model, ordered if sound else None, results, findings, losses.values())
    if ordered is None:
        return None
    return Graph(
        "functional",
        model.inputs,
        layers,
        ordered,
        outputs,
        names,
        spans,
        model.input_structure,
        nested,
        model.span,
        losses=lost,
        is_part=bool(model.left_out),
    )


def _with_sourceless(
    model: FunctionalSpec,
    names: frozenset[str],
    calls: tuple[Call, ...],
    used: tuple[Any, Any],
    findings: Findings,
) -> tuple[dict[str, LayerSpec], tuple[Call, ...]]:
    """The layers and calls, with plain ones for those layers that something reads and that no
    edge leads into.

    Args:
        model: the model.
        names: of the layers that no edge leads into.
        calls: those that edges make.
        used: the outputs, and what losses take.
        findings: takes what cannot be made.
    """
    from .sourceless import SourcelessCalls

    read = {ref.source for call in calls for ref in call.reads()}
    read |= {ref.source for ref in flatten(used)}
    made = SourcelessCalls(model, calls, flatten(used[0]), findings)
    for layer in model.layers:
        if layer.name in names and layer.name in read:
            made.add(layer)
    return {layer.name: layer for layer in model.layers} | made.layers, (*calls, *made.calls)


def _nested(layers: tuple[LayerSpec, ...], findings: Findings) -> dict[int, Graph]:
    found: dict[int, Graph] = {}
    for layer in layers:
        for item in nested_objects(layer.object):
            assert item.model is not None
            graph = build_graph(item.model, findings)
            if graph is not None:
                found[id(item)] = graph
    return found


def nested_objects(value: Any) -> Iterator[KerasObject]:
    """The nested models in a layer: itself, or those that its arguments hold."""
    if isinstance(value, KerasObject):
        if value.model is not None:
            yield value
        else:
            for item in value.args.values():
                yield from nested_objects(item)
    elif isinstance(value, list):
        for item in value:
            yield from nested_objects(item)
