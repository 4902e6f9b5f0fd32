"""Import of Keras models from files and from memory."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from modelspec.compile import Source, compile_text
from modelspec.diagnostics import Finding, Findings, SpecError, UsageError
from modelspec.files import refuse_existing, similar_name, write_atomically

from .building import build_opened

if TYPE_CHECKING:
    from modelspec.importing import ImportResult


WEIGHTS = ".weights.h5"


def import_model(
    source: Source,
    output: Path | str | None = None,
    *,
    weights: Path | str | None = None,
    force: bool = False,
) -> tuple[str, list[Finding]]:
    """Convert a Keras model file to a spec; nothing in the file is executed.

    Args:
        source: a `.keras` file, a whole model in `.h5`, or the JSON of `model.to_json()`.
        output: the spec to write, if any.
        weights: a `.weights.h5` file to write the model's weights to, if any. It loads into what
            the spec builds, so `training.initial_weights` can name it.
        force: overwrite the files.

    Returns:
        The YAML text, and notes on what a spec cannot express.

    Raises:
        SpecError: a spec cannot express the model; each finding names the layer.
        UsageError: a file exists, or the model file is missing or has no weights.
        CannotRunError: TensorFlow is missing.
    """
    from modelspec.framework import start_keras

    path, findings = Path(source), Findings()
    if not path.is_file():
        what = "is a folder" if path.is_dir() else f"does not exist{similar_name(path)}"
        raise UsageError(f"{path} {what}")
    refuse_existing(*(Path(given) for given in (output, weights) if given), force=force)
    start_keras()
    from modelspec.importing import import_file

    imported = import_file(path, findings)
    if imported is None:
        raise SpecError(findings.sorted())
    if weights is not None:
        _import_weights(imported, Path(weights), findings)
    if output is not None:
        write_atomically(Path(output), imported.text)
    return imported.text, findings.sorted()


def _import_weights(imported: ImportResult, output: Path, findings: Findings) -> None:
    """Write the weights of an imported file as those of the model that its spec builds."""
    from modelspec.importing.weights import extract_weights
    from modelspec.weights import write_names

    source = imported.weights_source
    if source is None:
        raise UsageError("the file has no weights: JSON holds the configuration only")
    if not output.name.endswith(WEIGHTS):
        raise UsageError(f"Keras writes weights to files that end in {WEIGHTS}, got {output}")
    opened = compile_text(imported.text, str(source.path), None, findings)
    if opened is None:
        raise SpecError(findings.sorted())
    model = build_opened(opened)

    def write(draft: Path) -> None:
        if not extract_weights(source, model, draft, findings):
            raise SpecError(findings.sorted())

    write_atomically(output, write)
    write_names(output, model)


def from_keras(model: Any) -> str:
    """Convert a Keras model in memory to the YAML text of a spec; raises as `import_model` does."""
    from modelspec.framework import start_keras

    start_keras()
    from modelspec.importing import from_keras as text_of

    return text_of(model)
