"""The two models of `training.gan` in a graph: which input is noise, and which tensor is real."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from modelspec.diagnostics import Findings, Related, Span, join_words, suggest
from modelspec.spec.gan import DISCRIMINATOR_LOSS, GENERATOR_LOSS, GanSpec
from modelspec.spec.model import FunctionalSpec

from .graph import Adversaries, Call, Graph, TensorRef, flatten, needed_for

BAD_GAN = "bad-gan"
"""The code of what does not fit a `gan`."""

FORM = "such as `noise -> generator` and `image -> discriminator`"


def check_names(gan: GanSpec, model: FunctionalSpec, findings: Findings) -> bool:
    """Find a generator or discriminator that is no nested model; whether both are.

    Args:
        gan: the section.
        model: the layers that there are.
        findings: takes the errors.
    """
    layers = {layer.name: layer for layer in model.layers}
    models = [name for name, layer in layers.items() if layer.object.model is not None]
    before = findings.error_count
    for key, name in (("generator", gan.generator), ("discriminator", gan.discriminator)):
        span = gan.place(key)
        listed = join_words(f'"{one}"' for one in models)
        hint = f"the nested models are {listed}" if models else NO_MODELS
        if name not in layers:
            close = suggest(name, models or list(layers))
            message = f'there is no layer "{name}"{close.text}'
            findings.error(span, "undefined-name", message, hint=hint, replace=close.replace)
        elif name not in models:
            kind = layers[name].object.class_name
            message = f'the {key} must be a nested model, and "{name}" is a layer, {kind}'
            hint = f"write {name}: {{Sequential: {{layers: [...]}}}}"
            if len(models) > 1:
                hint += f", or name one of {listed}"
            related = (Related(layers[name].span, "the layer is here"),)
            findings.error(span, BAD_GAN, message, hint=hint, related=related)
    if gan.generator == gan.discriminator and findings.error_count == before:
        message = f'"{gan.generator}" cannot be both generator and discriminator'
        findings.error(gan.place("discriminator"), BAD_GAN, message, hint="name two nested models")
    return findings.error_count == before


NO_MODELS = "write a `Sequential` or `Functional` for each of the two, or a block"


def results_of(gan: GanSpec, calls: Sequence[Call]) -> dict[str, TensorRef]:
    """What the two models return, in all their calls, by names of losses."""
    pairs = ((DISCRIMINATOR_LOSS, gan.discriminator), (GENERATOR_LOSS, gan.generator))
    found: dict[str, TensorRef] = {}
    for name, layer in pairs:
        for number, call in enumerate(call for call in calls if call.layer == layer):
            found[name if number == 0 else f"{name} {number}"] = TensorRef(call.name)
    return found


def find_adversaries(graph: Graph, gan: GanSpec, findings: Findings) -> Graph | None:
    """The graph with the two models that `training.gan` names; None with findings.

    Args:
        graph: with both.
        gan: their names, which are those of nested models.
        findings: takes what does not fit.
    """
    if graph.kind == "sequential":
        message = "`gan` takes two nested models of a `functional`, and this model is `sequential`"
        hint = f"write `functional` with two nested models and edges {FORM}"
        findings.error(gan.span, BAD_GAN, message, hint=hint)
        return None
    found = [
        _only_call(graph, gan.generator, "noise, and conditions if any", findings),
        _only_call(graph, gan.discriminator, "real examples", findings),
    ]
    generator, discriminator = found
    if generator is None or discriminator is None:
        return None
    if not _are_apart(graph, generator, discriminator, findings):
        return None
    noise = _noise_of(graph, gan, generator, discriminator, findings)
    example = _example_of(graph, generator, discriminator, findings)
    if noise is None or example is None:
        return None
    if not _is_saved(graph, gan, generator, discriminator, findings):
        return None
    return replace(graph, gan=Adversaries(generator, discriminator, noise, example))


def _only_call(graph: Graph, name: str, what: str, findings: Findings) -> Call | None:
    calls = [call for call in graph.calls if call.layer == name]
    if len(calls) <= 1:  # without one, what is wrong with its edges is reported already
        return calls[0] if calls else None
    message = f'"{name}" is called {len(calls)} times, and a `gan` has one call of each model'
    hint = f"keep the edge from {what}: training makes the other calls itself, {FORM}"
    related = (Related(calls[0].span, "the first call"),)
    findings.error(calls[1].span, BAD_GAN, message, hint=hint, related=related)
    return None


def _are_apart(graph: Graph, generator: Call, discriminator: Call, findings: Findings) -> bool:
    """Whether neither of the two models reads what the other makes."""
    for one, other in ((discriminator, generator), (generator, discriminator)):
        if other.name in _before(graph, one):
            message = f'"{one.layer}" reads what "{other.layer}" makes'
            hint = f"lead real examples into the discriminator, {FORM}: training makes the others"
            related = (Related(other.span, f'"{other.layer}" is called here'),)
            findings.error(one.span, BAD_GAN, message, hint=hint, related=related)
            return False
    return True


def _before(graph: Graph, call: Call) -> set[str]:
    """The names of all inputs and calls that a call depends on."""
    return needed_for(graph.calls, call.reads())


def _inputs(graph: Graph, names: set[str]) -> list[str]:
    return [entry.name for entry in graph.inputs if entry.name in names]


def _noise_of(
    graph: Graph, gan: GanSpec, generator: Call, discriminator: Call, findings: Findings
) -> str | None:
    """The input of the generator that is none of the discriminator."""
    real = _before(graph, discriminator)
    own = [name for name in _inputs(graph, _before(graph, generator)) if name not in real]
    if len(own) == 1:
        return own[0]
    if own:
        listed = join_words(f'"{name}"' for name in own)
        message = (
            f'"{gan.generator}" reads {listed}, which "{gan.discriminator}" does not: only one of'
            " them can be noise"
        )
        hint = "lead conditions, such as a class, into both models"
    else:
        message = f'"{gan.generator}" reads no input that "{gan.discriminator}" does not read, so'
        message += " none is noise"
        hint = f'add an input for noise and an edge from it to "{gan.generator}"'
    findings.error(generator.span, BAD_GAN, message, hint=hint)
    return None


def _example_of(
    graph: Graph, generator: Call, discriminator: Call, findings: Findings
) -> TensorRef | None:
    """The tensor into the discriminator that depends on an input which is none of the generator."""
    conditions = _before(graph, generator)
    found = [
        ref
        for ref in flatten((discriminator.positional, tuple(discriminator.named.values())))
        if set(_inputs(graph, needed_for(graph.calls, (ref,)))) - conditions
    ]
    if len(found) == 1:
        return found[0]
    name = discriminator.layer
    if found:
        listed = join_words(f'"{ref.label}"' for ref in found)
        message = f'"{name}" reads {listed}: only one of them can be real examples'
        hint = "lead conditions, such as a class, into both models"
    else:
        message = f'"{name}" reads no input that "{generator.layer}" does not read, so it has no'
        message += " real examples"
        hint = f'add an input for real examples and an edge from it to "{name}"'
    findings.error(discriminator.span, BAD_GAN, message, hint=hint)
    return None


def _is_saved(
    graph: Graph, gan: GanSpec, generator: Call, discriminator: Call, findings: Findings
) -> bool:
    """Whether the outputs, which the saved model has, are those of the generator."""
    needed = needed_for(graph.calls, flatten(graph.outputs))
    span: Span = graph.output_spans[0] if graph.output_spans else graph.span
    hint = f"write `outputs: {gan.generator}`, or a layer that follows it"
    if discriminator.name in needed:
        message = (
            f'an output depends on the discriminator "{gan.discriminator}": the saved model is the'
            " generator, and the run keeps the discriminator beside it"
        )
        findings.error(span, BAD_GAN, message, hint=hint)
        return False
    if generator.name not in needed:
        message = f'no output depends on the generator "{gan.generator}", so it would not be saved'
        findings.error(span, BAD_GAN, message, hint=hint)
        return False
    return True
