"""Initial weights put into the Keras model, layer by layer, as the match says."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from modelspec.analysis import Analysis, analyze
from modelspec.data.feed import check_learned_size
from modelspec.diagnostics import Findings, Span
from modelspec.framework import clean_message, low_rank_of
from modelspec.graph import Graph
from modelspec.spec import Spec
from modelspec.spec.initial_weights import InitialWeights, WeightsOrigin

from .adapters import load_adapter
from .check import WeightsSources, spans_of
from .matching import pair_tensors
from .model_tree import layers_of_analysis, layers_of_keras, saved_values
from .report import Fate, LayerFate, LoadingReport, shortened
from .saved import UnreadableWeightsError, array_of, open_weights, read_vocabulary
from .trees import FileLayer, ModelLayer
from .vectors import VectorsError, read_vectors
from .words import find_word_source

Vocabularies = Mapping[str, Sequence[str]]
"""Name of a tokenizer under `data.tokens` to its tokens, in the order of their numbers."""


def load_initial_weights(
    spec: Spec, graph: Graph, model: Any, tokenizers: Vocabularies, findings: Findings
) -> LoadingReport | None:
    """Load what `initial_weights` names into a model; what is not loaded keeps its weights.

    Args:
        spec: with `training.initial_weights`; without it nothing is done.
        graph: of its model, as `for_outputs` gives it.
        model: the Keras model, adapted: what the files have of vocabularies and statistics wins.
        tokenizers: what `data.tokens` learned; empty where there is no data.
        findings: takes what does not fit; then nothing is loaded.

    Returns:
        What became of each layer; None where nothing is loaded.
    """
    weights = None if spec.training is None else spec.training.initial_weights
    if weights is None:
        return None
    folder = Path() if spec.path is None else spec.path.parent
    analysis, before = analyze(graph, Findings()), findings.error_count
    spans = spans_of(layers_of_analysis(analysis))
    report = load_files(weights, model, folder, spans, findings)
    if report is None:
        return None
    notes: dict[str, str] = {}
    for origin in weights.origins:
        of_part = origin.part.name if origin.vectors and origin.part is not None else None
        for one in report.of(Fate.LOADED):
            if one.layer.path == of_part:
                words = _words(origin, spec, analysis, model, tokenizers, findings)
                path = folder / origin.path
                notes |= _load_vectors(origin, path, one, words or (), findings)
    if findings.error_count > before:
        return None
    layers = (replace(one, note=notes.get(one.layer.path, one.note)) for one in report.layers)
    return replace(report, layers=tuple(layers))


def load_files(
    weights: InitialWeights,
    model: Any,
    folder: Path,
    spans: Mapping[str, Span],
    findings: Findings,
) -> LoadingReport | None:
    """Load the weights of models into one, without vectors of words.

    Args:
        weights: which files.
        model: the Keras model, built.
        folder: what the paths of the files are relative to.
        spans: path of a layer to where it stands in the spec.
        findings: takes what does not fit; then nothing is loaded.

    Returns:
        What became of each layer; None where nothing is loaded.
    """
    before = findings.error_count
    sources = WeightsSources(weights, folder, findings, is_required=True)
    report = sources.match(layers_of_keras(model), spans, is_ordered=True)
    if report is None or findings.error_count > before:
        return None
    for origin in weights.origins:
        if not origin.vectors and origin.path not in sources.adapters:
            loaded = [one for one in report.of(Fate.LOADED) if one.source == origin.path]
            _load_file(origin, sources.files[origin.path], loaded, spans, findings)
    for origin in weights.origins:
        if origin.path in sources.adapters:
            _load_adapter(origin, sources.adapters[origin.path], report, findings)
    return None if findings.error_count > before else report


def _load_adapter(
    origin: WeightsOrigin, file: Path, report: LoadingReport, findings: Findings
) -> None:
    """Load a file of adapters; a failure is a finding."""
    try:
        others = load_adapter(file, report)
    except Exception as error:  # Keras and h5py raise all kinds
        message = f"{origin.path} cannot be loaded: {clean_message(error)}"
        findings.error(origin.span, "bad-weights", message)
        return
    if others:
        message = (
            f"the adapters in {origin.path} were trained on other weights of {shortened(others)} "
            "than the model has"
        )
        hint = "`from` takes the file that the training of the adapters began with, or its bytes"
        findings.warning(origin.span, "other-base-weights", message, hint=hint)


def _load_file(
    origin: WeightsOrigin,
    file: Path,
    loaded: Sequence[LayerFate],
    spans: Mapping[str, Span],
    findings: Findings,
) -> None:
    """Load the layers of one file; a failure is a finding."""
    try:
        with open_weights(file) as arrays:
            for one in loaded:
                if one.tensors:
                    _load_layer(one, arrays)
        for one in loaded:
            if one.layer.learned and not one.tensors and one.saved is not None:
                _load_learned(one.layer, one.saved, file)
                span = spans.get(one.layer.path, origin.span)
                check_learned_size(one.layer.layer, span, findings, taught=origin.path)
    except UnreadableWeightsError as error:
        findings.error(origin.span, "bad-weights", f"{origin.path} {error.message}")
    except Exception as error:  # Keras and h5py raise all kinds
        message = f"{origin.path} cannot be loaded: {clean_message(error)}"
        findings.error(origin.span, "bad-weights", message)


def _load_layer(one: LayerFate, arrays: Any) -> None:
    """Hand each object of a layer the arrays that are its own, by what Keras calls them."""
    layer, saved = one.layer, one.saved
    assert saved is not None and layer.tensors is not None
    values = _values(one, arrays)
    stores: dict[int, tuple[Any, dict[str, Any]]] = {}
    for holder, place, _ in saved_values(layer.layer, set()):
        if place in values:
            store = stores.setdefault(id(holder), (holder, {}))[1]
            store[place.rpartition("/")[2]] = values[place]
    for holder, store in stores.values():
        low_rank = low_rank_of(holder)
        adapters = [] if low_rank is None else list(low_rank.adapters.values())
        fresh = [variable.numpy() for variable in adapters]
        holder.load_own_variables(store)
        for variable, values in zip(adapters, fresh, strict=True):  # Keras makes both zero, and no
            variable.assign(values)  # gradient would lead to either


def _values(one: LayerFate, arrays: Any) -> dict[str, Any]:
    """Place in the layer to array; numbers of bfloat16 are saved as 16 bits of another type."""
    layer, saved = one.layer, one.saved
    assert saved is not None and layer.tensors is not None
    pairs = pair_tensors(layer, saved)
    if pairs is None:  # taken by order: places are the same
        pairs = [(layer.tensors[at], saved.tensors[at]) for at in layer.tensors]
    addresses = {id(model): file.address for model, file in pairs if model and file}
    return {
        place: array_of(arrays[addresses[id(tensor)]]) for place, tensor in layer.tensors.items()
    }


def _load_learned(target: ModelLayer, saved: FileLayer, file: Path) -> None:
    """Give a layer the vocabulary or the boundaries of the file, in place of what it learned."""
    layer, given = target.layer, (saved.args or {}).get(target.learned)
    if target.learned != "vocabulary":
        setattr(layer, target.learned, given)
        return
    if saved.vocabulary is None:
        layer.set_vocabulary(given)
        return
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "vocabulary.txt").write_bytes(read_vocabulary(file, saved.vocabulary))
        layer.load_assets(folder)


def _words(  # what there is to look in
    origin: WeightsOrigin,
    spec: Spec,
    analysis: Analysis,
    model: Any,
    tokenizers: Vocabularies,
    findings: Findings,
) -> list[str] | None:
    source = find_word_source(origin, spec, analysis, findings)
    if source is None:
        return None
    if source.tokenizer:
        if source.tokenizer in tokenizers:
            return list(tokenizers[source.tokenizer])
        message = f"the words of `data.tokens.{source.tokenizer}` are known with the data alone"
        hint = "train the spec, and export the run"
        findings.error(origin.span, "bad-weights", message, hint=hint)
        return None
    layer = model
    for name in source.lookup.split("/"):
        layer = layer.get_layer(name)
    return [str(word) for word in layer.get_vocabulary()]


def _load_vectors(
    origin: WeightsOrigin, path: Path, one: LayerFate, words: Sequence[str], findings: Findings
) -> dict[str, str]:
    """Fill the rows of an Embedding; the path of the layer to how many words the file had."""
    rows: dict[str, int] = {}
    for row, word in enumerate(words):
        rows.setdefault(word, row)
    try:
        vectors = read_vectors(path, rows)
    except VectorsError as error:
        findings.error(origin.span, "bad-weights", f"{origin.path} {error}")
        return {}
    layer = one.layer.layer
    table = layer.embeddings.numpy()
    if len(words) > len(table):
        message = f'"{one.layer.path}" has {len(table)} rows, for {len(words)} words'
        findings.error(origin.span, "bad-weights", message, hint=f"write `input_dim: {len(words)}`")
        return {}
    for row, values in vectors.items():
        table[row] = values
    layer.embeddings.assign(table)
    text = f"{len(vectors)} of {len(words)} words are in {origin.path}, the others stay fresh"
    return {one.layer.path: text}
