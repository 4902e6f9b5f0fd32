"""Opening and building specs, with their extensions imported where allowed, and their initial
weights held against the model."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from modelspec.compile import CompiledSpec, Source, compile_file, compile_text
from modelspec.diagnostics import Findings, Span, SpecError
from modelspec.spec import Spec
from modelspec.spec.extensions import permit_extensions, refuse_extensions, refuse_functions

from .spec_dicts import DICT, text_of_dict

if TYPE_CHECKING:
    from modelspec.runs import RecordedSpec
    from modelspec.weights import LoadingReport


GivenSpec = Source | Mapping[str, Any]
"""A spec: the path of its file, or its content as a dict."""


def open_spec(source: GivenSpec, overrides: Mapping[str, Any] | None = None) -> CompiledSpec:
    """Read one spec and run it through all stages.

    Args:
        source: the path of a YAML or JSON file, or a spec as a dict, whose paths lead from the
            current folder.
        overrides: dotted paths to values, as `--set` gives them.

    A missed expectation is among the findings and does not raise: the spec can still be looked
    at. `CompiledSpec.require_expectations` raises on it.

    Raises:
        SpecError: the spec has errors; all of them are in it.
    """
    if isinstance(source, Mapping):
        return open_text(text_of_dict(source), DICT, None, overrides)
    return compile_file(source, overrides, import_extensions=import_extensions)


def open_text(
    text: str, name: str, path: Path | None, overrides: Mapping[str, Any] | None = None
) -> CompiledSpec:
    """Run a text, which findings call `name`, through all stages; `path` is where it lies.

    Raises:
        SpecError: the spec has errors.
    """
    findings = Findings()
    compiled = compile_text(
        text, name, path, findings, overrides, import_extensions=import_extensions
    )
    if compiled is None:
        raise SpecError(findings.sorted())
    return compiled


def require_allowed_extensions(compiled: CompiledSpec) -> None:
    """Refuse extensions that are not allowed, before TensorFlow starts."""
    findings = Findings()
    for part in (compiled.spec.model, compiled.spec.training):
        refuse_extensions(compiled.spec, part, findings)
    refuse_functions(compiled.spec, findings)
    if findings.has_errors:
        raise SpecError(findings.sorted())


def import_extensions(spec: Spec, findings: Findings) -> Spec:
    """Import the modules that a spec names; `modelspec.building` does it, and needs TensorFlow."""
    from modelspec.building import import_extensions as import_with_keras

    return import_with_keras(spec, findings)


def build(
    source: GivenSpec, overrides: Mapping[str, Any] | None = None, *, allow_extensions: bool = False
) -> Any:
    """Build the model of a spec file: a `tf.keras.Sequential` or a `tf.keras.Model`.

    Args:
        source: the path of a YAML or JSON file, or a spec as a dict.
        overrides: dotted paths to values, as `--set` gives them.
        allow_extensions: import the modules that the spec names, which runs their code.

    Raises:
        SpecError: the spec has errors, Keras refuses a layer, or the model misses an expectation;
            the findings have the location.
        CannotRunError: TensorFlow is not installed.
    """
    with permit_extensions(allow_extensions):
        return build_opened(open_spec(source, overrides))


def build_opened(opened: CompiledSpec) -> Any:
    """Build the model of a compiled spec; raises as `build` does."""
    from modelspec.building import build_model, decide_expectations

    opened.require_expectations()
    model = build_model(opened.spec, opened.graph, opened.findings)
    if model is None:
        findings = opened.findings.sorted()  # extensions that may not run are reported by now
        raise SpecError([found for found in findings if found.code != "extension-on-trust"])
    decide_expectations(opened.spec, opened.analysis, model, opened.findings)
    opened.require_expectations()
    return model


def check_weights(
    compiled: CompiledSpec, findings: Findings, *, is_required: bool = False
) -> LoadingReport | None:
    """What becomes of each layer by `initial_weights`; None without it.

    Args:
        compiled: the spec.
        findings: takes what does not fit.
        is_required: whether a file that is not there is an error.
    """
    training = compiled.spec.training
    if training is None or training.initial_weights is None or compiled.is_recorded:
        return None
    from modelspec.weights import check_initial_weights

    return check_initial_weights(
        compiled.spec, compiled.analysis, findings, is_required=is_required
    )


def require_weights(compiled: CompiledSpec) -> frozenset[Span]:
    """Refuse weights that do not fit the model, before TensorFlow starts.

    Returns:
        Where the layers stand in the spec that the files have.

    Raises:
        SpecError: a file is missing, or does not fit.
    """
    findings = Findings()
    report = check_weights(compiled, findings, is_required=True)
    if findings.has_errors:
        raise SpecError(findings.sorted())
    return frozenset() if report is None else report.loaded_spans


def open_recorded(
    run: Path,
    record: RecordedSpec,
    source: GivenSpec | None,
    overrides: Mapping[str, Any],
    open_file: Callable[[GivenSpec, Mapping[str, Any]], CompiledSpec] = open_spec,
) -> CompiledSpec:
    """The spec of a run as it is now; if its file is gone, as the run recorded it."""
    if isinstance(source, Mapping):
        return open_file(source, overrides)
    file = record.spec if source is None else Path(source)
    if source is not None or file.is_file():
        return open_file(file, overrides)
    old = record.overrides  # the recorded text has them already
    more = {path: v for path, v in overrides.items() if path not in old or old[path] != v}
    from modelspec.runs import RunFile

    return open_text(record.text, str(run / RunFile.EXPANDED_SPEC), file, more)
