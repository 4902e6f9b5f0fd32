"""Build the Keras model of a spec."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from modelspec.compile import CompiledSpec, Source
from modelspec.diagnostics import SpecError
from modelspec.spec.extensions import permit_extensions

from .opening import open_spec


def build(
    source: Source, overrides: Mapping[str, Any] | None = None, *, allow_extensions: bool = False
) -> Any:
    """Build the model of a spec file: a `tf.keras.Sequential` or a `tf.keras.Model`.

    Args:
        source: the path of a YAML or JSON file.
        overrides: dotted paths to values, as `--set` gives them.
        allow_extensions: import the modules that the spec names, which runs their code.

    Raises:
        SpecError: the spec has errors, or Keras refuses a layer; the findings have the location.
        CannotRunError: TensorFlow is not installed.
    """
    with permit_extensions(allow_extensions):
        return build_opened(open_spec(source, overrides))


def build_opened(opened: CompiledSpec) -> Any:
    """Build the model of a compiled spec; raises as `build` does."""
    from modelspec.building import build_model

    opened.require_expectations()
    model = build_model(opened.spec, opened.graph, opened.findings)
    if model is None:
        findings = opened.findings.sorted()  # extensions that may not run are reported by now
        raise SpecError([found for found in findings if found.code != "extension-on-trust"])
    return model
