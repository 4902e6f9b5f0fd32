"""Edited models of `keras.applications`, without what `kept_layers.py` leaves out."""

from __future__ import annotations

import functools
import gc
import operator
import random
from collections.abc import Callable
from typing import Any

from .config_edits import Config
from .judging import Count, Request, judge
from .kept_layers import (
    KeptLayers,
    ReadFile,
    copy_of,
    from_memory,
    load_as_keras,
    look_up_once,
)
from .models import Values, key_of, leaves, origin_of
from .whole_models import compare, load_by_name


def count_application_edits(model: Any, source: random.Random, edits: int, whole: int) -> Count:
    """Edit a model of `keras.applications` some times; see the top of this module.

    Args:
        model: with random weights.
        source: of the edits.
        edits: how many edited models.
        whole: how many of them are built and loaded a second time with nothing left out.

    Raises:
        AssertionError: the second time counts other tensors.
    """
    look_up_once()
    count = Count()
    with origin_of(model, source) as origin:
        kept, read = KeptLayers(model), ReadFile(origin.files[1])
        del model
        tokens = _tokens(kept, read, origin.config)
        for edited in origin.edits(source, edits):
            again = copy_of(edited.config) if count.edits < whole else None
            try:
                other = kept.build(edited.config)
            except Exception:  # the edit makes no model
                continue
            request = Request(edited, source.choice(origin.files), source.random() < 0.5)
            found = _compare_kept(other, request, kept, read, tokens)
            if again is not None:
                other = origin.kind.from_config(again)
                second = compare(other, request, origin.saved)
                assert found == second, f"{request}: {found}, {second}"
            count.add(found)
            del other
            if count.edits % 20 == 0:
                gc.collect()
            if count.edits == edits:
                break
    return count


def _tokens(kept: KeptLayers, read: ReadFile, config: Config) -> Values:
    """`path/place` of each variable to the array that Keras loads into the unedited model."""
    import keras

    model = kept.build(copy_of(config))
    with keras.StatelessScope() as scope:
        load_as_keras(model, kept, read)
    variables = _variables(model, kept)
    return {key: scope.get_current_value(variable) for key, variable in variables.items()}


def _variables(model: Any, kept: KeptLayers) -> Values:
    found: Values = {}
    for layer in leaves(kept.layers_of(model)):
        for _, place, value in kept.saved_values(layer.layer, set()):
            found[key_of(layer, place)] = value
    return found


def _compare_kept(
    model: Any, request: Request, kept: KeptLayers, read: ReadFile, tokens: Values
) -> Count:
    """The same for a model with kept layers; what is assigned is recorded, and compared by `is`."""
    import keras

    fresh = _variables(model, kept)

    def recorded(load: Callable[[], Any]) -> Values:
        with keras.StatelessScope() as scope:
            load()
        found = {key: scope.get_current_value(value) for key, value in fresh.items()}
        return {key: fresh[key] if value is None else value for key, value in found.items()}

    def load_ours() -> None:
        with from_memory(kept, read):
            load_by_name(model, request.file, request.renamed, kept.layers_of(model))

    loads = (
        functools.partial(recorded, load_ours),
        functools.partial(recorded, functools.partial(load_as_keras, model, kept, read)),
    )
    return judge(request, loads, fresh, tokens, operator.is_)
