"""Edited models that Keras builds anew, and files that both loaders read from the disk."""

from __future__ import annotations

import gc
import random
from pathlib import Path
from typing import Any

import numpy as np

from .judging import Count, Request, judge
from .models import Values, origin_of, values_of


def count_edits(model: Any, source: random.Random, edits: int) -> Count:
    """Edit a model some times, and load its weights into each that Keras can build.

    Args:
        model: with random weights.
        source: of the edits.
        edits: how many edited models.
    """
    import keras

    count = Count()
    with origin_of(model, source) as origin:
        del model
        for edited in origin.edits(source, edits):
            try:
                other = origin.kind.from_config(edited.config)
            except Exception:  # the edit makes no model
                continue
            request = Request(edited, source.choice(origin.files), source.random() < 0.5)
            count.add(compare(other, request, origin.saved))
            del other
            keras.backend.clear_session()
            gc.collect()
            if count.edits == edits:
                break
    return count


def compare(model: Any, request: Request, saved: Values) -> Count:
    """Load a file both ways into a model as Keras built it; values are compared."""
    start = model.get_weights()
    fresh = values_of(model)

    def load_ours() -> Values:
        load_by_name(model, request.file, request.renamed)
        return values_of(model)

    def load_theirs() -> Values:
        model.set_weights(start)
        model.load_weights(request.file)
        return values_of(model)

    return judge(request, (load_ours, load_theirs), fresh, saved, np.array_equal)


def load_by_name(model: Any, file: Path, renamed: dict[str, str], layers: Any = None) -> Any:
    """Load a file by name, with `fresh` for what does not fit; the report.

    Args:
        model: built.
        file: of the weights.
        renamed: path in the model to path in the file.
        layers: of the model, if they are known.
    """
    from modelspec.diagnostics import Findings, Span
    from modelspec.spec.initial_weights import InitialWeights, NamedLayer, WeightsOrigin
    from modelspec.weights.check import WeightsSources
    from modelspec.weights.load import load_files
    from modelspec.weights.model_tree import layers_of_keras
    from modelspec.weights.report import Fate

    span = Span("benchmark", 1, 1, 1, 1)
    pairs = tuple((NamedLayer(old, span), NamedLayer(new, span)) for new, old in renamed.items())

    def weights(fresh: tuple[str, ...]) -> InitialWeights:
        patterns = tuple(NamedLayer(name, span) for name in fresh)
        origin = WeightsOrigin(str(file), "", None, pairs, patterns, span)
        return InitialWeights((origin,), span)

    sources = WeightsSources(weights(()), Path(), Findings(), is_required=True)
    first = sources.match(layers or layers_of_keras(model), {}, is_ordered=True)
    refused = () if first is None else tuple(one.layer.path for one in first.of(Fate.REFUSED))
    return load_files(weights(refused), model, Path(), {}, Findings())
