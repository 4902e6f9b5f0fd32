"""What `modelspec import` does, as a function of paths: the door for notebooks and scripts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from modelspec.diagnostics import Finding, Findings, SpecError, UsageError
from modelspec.pipeline import Source


def import_model(
    source: Source, output: Path | str | None = None, *, force: bool = False
) -> tuple[str, list[Finding]]:
    """A spec from a Keras model in a file; nothing in the file is executed.

    Args:
        source: a `.keras` file, a whole model in `.h5`, or the JSON of `model.to_json()`.
        output: the spec to write, if any.
        force: overwrite the file.

    Returns:
        The YAML text, and the notes on what could not be said.

    Raises:
        SpecError: the model cannot be said in a spec; each finding names the layer.
        UsageError: the file exists, or there is no model.
        CannotRunError: TensorFlow is missing.
    """
    from modelspec.building import start

    path, findings = Path(source), Findings()
    if not path.is_file():
        raise UsageError(f"there is no file {path}")
    start()
    from modelspec.importing import import_file

    imported = import_file(path, findings)
    if imported is None:
        raise SpecError(findings.sorted())
    if output is not None:
        from modelspec.export import write_file

        text = imported.text
        write_file(
            Path(output), lambda draft: draft.write_text(text, encoding="utf-8"), force=force
        )
    return imported.text, findings.sorted()


def from_keras(model: Any) -> str:
    """The YAML text of a spec of a Keras model in memory; raises as `import_model` does."""
    from modelspec.building import start

    start()
    from modelspec.importing import from_keras as text_of

    return text_of(model)
