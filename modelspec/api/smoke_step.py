"""One trial step of training, of which nothing is kept."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from modelspec.compile import CompiledSpec
from modelspec.spec.extensions import permit_extensions

from .building import (
    GivenSpec,
    build_opened,
    open_spec,
    require_allowed_extensions,
    require_weights,
)

FOLD = "data.fold"


def smoke(
    source: GivenSpec, overrides: Mapping[str, Any] | None = None, *, allow_extensions: bool = False
) -> dict[str, float]:
    """Take one training step on a spec's own data, without saving anything.

    Args:
        source: a spec with `data` and `training`.
        overrides: dotted paths to values, as `--set` gives them.
        allow_extensions: import the modules that the spec names, which runs their code.

    Returns:
        The loss and the metrics of the step.

    Raises:
        SpecError: the spec or its data has errors, or the loss is not a number.
        CannotRunError: TensorFlow is missing, or memory is not enough.
    """
    from modelspec.building import extension_scope
    from modelspec.framework import start_keras

    with permit_extensions(allow_extensions):
        compiled = open_spec(source, overrides).require_expectations()
        if _has_folds(compiled):
            compiled = open_spec(source, {**(overrides or {}), FOLD: 1}).require_expectations()
        require_allowed_extensions(compiled)
        require_weights(compiled)
        start_keras()
        from modelspec.training import set_seed, step_on_data

        set_seed(compiled.spec)
        with extension_scope(compiled.spec):
            return step_on_data(compiled.spec, compiled.graph, build_opened(compiled))


def _has_folds(compiled: CompiledSpec) -> bool:
    """Whether a spec is trained once per fold."""
    data = compiled.spec.data
    return data is not None and data.folds is not None and data.fold is None
