"""A model's config as a whole spec."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from modelspec.diagnostics import Findings, Span, join_words
from modelspec.importing.keras2 import complete_pending_layers
from modelspec.importing.keras_config import (
    MALFORMED_CONFIG_ERRORS,
    MAX_DEPTH,
    ConfigTensor,
    ImportContext,
    SpecObject,
    detect_generation,
    find_keras1_layer,
    is_model,
    is_serialized,
    iter_tensors,
    nesting_depth,
    parse_object,
    parse_tensors,
    unwrap_config,
)

from .functional import convert_functional
from .layers import convert_inner_layer
from .sequential import convert_sequential
from .training import convert_training


def convert_config(
    config: Any, name: str, findings: Findings, *, version: str | None = None, training: Any = None
) -> tuple[dict[str, Any], ImportContext] | None:
    """Convert a model's config to a spec.

    Args:
        config: what `model.to_json()` holds, of Keras 2 or 3.
        name: what findings call the file.
        findings: takes all that is rejected, changed or left out.
        version: the Keras that wrote the config, where that is known.
        training: the compile settings, where they are stored beside the config.

    Returns:
        The spec as plain data, and what the import learned about the file; None with findings
        where a spec cannot express the model.
    """
    try:
        return _convert(config, name, findings, version, training)
    except MALFORMED_CONFIG_ERRORS as error:
        reason = " ".join(f"{type(error).__name__}: {error}".split())[:200]
        message = f"the config is not of the form that Keras writes ({reason})"
        findings.error(Span(name, 1, 1, 1, 1), "not-a-model", message)
        return None


def _convert(
    config: Any, name: str, findings: Findings, version: str | None, training: Any
) -> tuple[dict[str, Any], ImportContext] | None:
    span = Span(name, 1, 1, 1, 1)
    if nesting_depth(config) > MAX_DEPTH:
        findings.error(span, "nesting-too-deep", f"the config nests deeper than {MAX_DEPTH} levels")
        return None
    model, version, compiled = unwrap_config(config, version)
    context = ImportContext(
        _nested_model, convert_inner_layer, findings, span, detect_generation(model, version)
    )
    if not _is_readable(model, context):
        return None
    before = findings.error_count
    with context.within_model(_model_name(model)):
        section = _section(model, context)
    if findings.error_count != before or section is None:
        return None
    _report_changes(context)
    name = _legal_model_name(_model_name(model))
    spec: dict[str, Any] = {"modelspec": 1, "name": name, "model": section}
    complete_pending_layers(spec, context)
    if findings.error_count != before:
        return None
    compiled = training if training is not None else compiled
    if compiled:
        outputs = _output_names(model, section)
        trained = convert_training(compiled, outputs, context)
        if trained is not None:
            spec["training"] = trained
    return spec, context


def _is_readable(model: Any, ctx: ImportContext) -> bool:
    if not is_serialized(model):
        hint = (
            "a model's config has a `class_name` and a `config`, as `model.to_json()` writes them"
        )
        ctx.error("not-a-model", "the file has no config of a Keras model", hint)
        return False
    if ctx.generation == 1:
        found = find_keras1_layer(model)
        seen = f' (layer "{found[0]}" ({found[1]}) has `{found[2]}`)' if found else ""
        ctx.error(
            "old-keras",
            f"the file is of Keras 1{seen}, whose layers and arguments differ from today's",
            "load it with Keras 2.0 to 2.2, save it again, and import that file",
        )
        return False
    if not is_model(model):
        name, where = model["class_name"], _model_name(model)
        message = f'the model "{where}" is of the class {name}, which stores no graph of layers'
        ctx.error("not-a-model", message, "only Sequential and functional models can be imported")
        return False
    return True


def _model_name(model: Mapping[str, Any]) -> str:
    config = model["config"]
    name = config.get("name") if isinstance(config, dict) else None
    return str(name or model.get("name") or "model")


def _legal_model_name(name: str) -> str:
    return re.sub(r"[^A-Za-z0-9_.-]+", "_", name).lstrip("_.-")[:200] or "model"


def _section(model: dict[str, Any], ctx: ImportContext) -> dict[str, Any] | None:
    _note_class(model, ctx)
    if model["class_name"] == "Sequential":
        return {"sequential": convert_sequential(model, ctx, nested=False)}
    body = convert_functional(model["config"], ctx)
    return None if body is None else {"functional": body}


def _nested_model(raw: dict[str, Any], name: str, ctx: ImportContext) -> SpecObject:
    """A nested model as a layer: `Sequential` or `Functional` with its body."""
    config = raw["config"]
    with ctx.within_model(name):
        _note_class(raw, ctx)
        if raw["class_name"] == "Sequential":
            kind, body = "Sequential", convert_sequential(raw, ctx, nested=True)
        else:
            kind, body = "Functional", convert_functional(config, ctx) or {}
    if isinstance(config, dict) and config.get("trainable") is False:
        body = {"trainable": False, **body}
    return kind, body


def _note_class(model: Mapping[str, Any], ctx: ImportContext) -> None:
    found = parse_object(dict(model))
    if found.class_name in ("Sequential", "Functional", "Model") and not found.package:
        return
    message = (
        f'the model "{ctx.models[-1]}" is of the class {found.class_name}, unknown to Keras: '
        "its graph of layers is imported, but nothing that the class adds"
    )
    ctx.warning("model-class", message)


def _report_changes(ctx: ImportContext) -> None:
    """Report all changes, one finding a kind for the whole model."""
    if ctx.renamed:
        pairs = [f'"{"/".join(path)}" is "{new}"' for path, new in ctx.renamed.items()]
        message = (
            f"{len(pairs)} names that a spec cannot have were changed: {join_words(pairs, most=4)}"
        )
        ctx.note("renamed", message)
    for key in sorted(ctx.shared):
        if len(ctx.locations[key]) > 1:
            places = join_words(ctx.locations[key])
            message = f"{places} are one shared layer in the file, but separate copies in the spec"
            ctx.warning("shared-layer", message, SHARED_LAYER_HINT)
    if ctx.hard_sigmoids:
        message = (
            f"Keras 2 had a steeper `hard_sigmoid` ({join_words(ctx.hard_sigmoids, most=4)}): "
            "weights imported from the file are rescaled so that the outputs stay the same"
        )
        ctx.note("hard-sigmoid", message)


def _output_names(model: Mapping[str, Any], section: Mapping[str, Any]) -> dict[str, str]:
    """The file's name of each output to the spec's."""
    if "sequential" in section:
        last = model["config"]["layers"][-1] if isinstance(model["config"], dict) else {}
        config = last.get("config")
        name = config.get("name") if isinstance(config, dict) else None
        return {str(name): ""}
    written = section["functional"]["outputs"]
    structure = parse_tensors(model["config"]["output_layers"])
    if isinstance(written, Mapping):
        return dict(zip(structure, written, strict=True))
    refs = [written] if isinstance(written, str) else written
    found: dict[str, str] = {}
    for tensor, ref in zip(iter_tensors(structure), refs, strict=True):
        found[_unused(tensor, found)] = ref
    return found


def _unused(tensor: ConfigTensor, found: Mapping[str, str]) -> str:
    """Keras calls an output by its layer, and counts where one layer makes several."""
    name, count = tensor.layer, 0
    while name in found:
        count += 1
        name = f"{tensor.layer}_{count}"
    return name


SHARED_LAYER_HINT = (
    "a spec can share a layer only within one model; move it into a separate model, and call that"
)


def describe_shared_layers(model: Any) -> list[str]:
    """One sentence for each layer that several of the models inside a model share.

    Keras's JSON does not tell that they are one layer; the objects in memory do.
    """
    places: dict[int, list[str]] = {}
    _walk(model, (), places)
    return [
        f"{join_words(found)} are one shared layer in the model, but separate copies in the spec"
        for found in places.values()
        if len(found) > 1
    ]


def _walk(model: Any, path: tuple[str, ...], places: dict[int, list[str]]) -> None:
    for layer in model.layers:
        within = (*path, str(layer.name))
        found = places.setdefault(id(layer), [])
        found.append("/".join(within))
        if len(found) == 1 and hasattr(layer, "layers") and hasattr(layer, "get_layer"):
            _walk(layer, within, places)
