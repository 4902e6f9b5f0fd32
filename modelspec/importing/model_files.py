"""Model files to specs. The format is detected by the first bytes of a file, not by its name."""

from __future__ import annotations

import json
import re
import warnings
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from modelspec.diagnostics import Findings, Span, SpecError
from modelspec.importing.keras_config import MALFORMED_CONFIG_ERRORS, unwrap_config
from modelspec.importing.sections import SHARED_LAYER_HINT, convert_config, describe_shared_layers
from modelspec.importing.weights import WeightsSource, list_saved_layers

from .safe_files import (
    CONFIG,
    MAX_CONFIG_BYTES,
    METADATA,
    WEIGHTS,
    open_archive,
    read_attributes,
    read_member,
)
from .spec_text import checked_spec_text
from .vocabularies import insert_vocabularies

ZIP, HDF5 = b"PK\x03\x04", b"\x89HDF\r\n\x1a\n"
_HDF5_OFFSETS = (0, 512, 1024, 2048)

MAX_VALUES = 750_000
"""Values in a config, told by its commas. The largest of Keras's own applications have 44,000."""


@dataclass(frozen=True, slots=True)
class ImportResult:
    """A model as a spec.

    Attributes:
        text: the YAML text.
        data: the same as plain data.
        weights_source: where its weights are; None where the file holds none.
    """

    text: str
    data: dict[str, Any]
    weights_source: WeightsSource | None


class FileContent(NamedTuple):
    """The content of a file: a config, and what is stored with it."""

    config: Any
    version: str | None
    training: Any = None
    weights: str | None = None
    backend: str = ""


def import_file(path: str | Path, findings: Findings) -> ImportResult | None:
    """The spec of a model file; None with findings where a spec cannot express it.

    Args:
        path: `.keras`, a whole model in `.h5`, or the JSON of `model.to_json()`; of Keras 2 or 3.
        findings: takes all that is rejected, changed or left out. Nothing in the file is run.
    """
    path = Path(path)
    span = Span(str(path), 1, 1, 1, 1)
    content = read_content(path, span, findings)
    if content is None:
        return None
    imported = convert_config(
        content.config, str(path), findings, version=content.version, training=content.training
    )
    if imported is None:
        return None
    data, context = imported
    text = checked_spec_text(data, span, findings)
    if text is None:
        return None
    source = None
    if content.weights is not None:
        layers = list_saved_layers(unwrap_config(content.config)[0], context.renamed)
        source = WeightsSource(path, content.weights, context.generation, layers, content.backend)
    return ImportResult(text, data, source)


def from_keras(model: Any) -> str:
    """The YAML text of a Keras model in memory.

    A layer that several models inside it share becomes copies, with a `UserWarning` that names it.

    Raises:
        SpecError: the model has parts that a spec cannot express; all are in the findings.
    """
    findings = Findings()
    name = str(getattr(model, "name", "model"))
    config = json.loads(model.to_json())
    imported = convert_config(config, f"<model {name}>", findings)
    text = None
    if imported is not None:
        text = checked_spec_text(imported[0], Span(f"<model {name}>", 1, 1, 1, 1), findings)
    if text is None:
        raise SpecError(findings.sorted())
    for message in describe_shared_layers(model):
        warnings.warn(f"{message}: {SHARED_LAYER_HINT}", stacklevel=3)
    return text


def read_content(path: Path, span: Span, findings: Findings) -> FileContent | None:
    """The config in a file of any form; None with a finding where there is none."""
    if path.is_dir():
        message = (
            "this is a folder; a SavedModel stores no layers that can be read without running it"
        )
        findings.error(
            span, "not-a-model", message, hint="save the model as .keras, and import that"
        )
        return None
    try:
        with path.open("rb") as file:
            head = file.read(_HDF5_OFFSETS[-1] + len(HDF5))
            if head.startswith(ZIP):
                return _from_archive(path, span, findings)
            if any(head[at : at + len(HDF5)] == HDF5 for at in _HDF5_OFFSETS):
                return _from_hdf5(path, span, findings)
            text = head + file.read(MAX_CONFIG_BYTES)
    except OSError as error:
        findings.error(span, "cannot-read", f"the file cannot be read: {error.strerror or error}")
        return None
    if len(text) > MAX_CONFIG_BYTES:
        message = f"the file has more than {MAX_CONFIG_BYTES:,} bytes, too many for a config"
        findings.error(span, "file-too-large", message)
        return None
    config = _json(text, "the file", span, findings)
    return None if config is None else FileContent(config, None)


_SPEC = re.compile(rb"(?:\s|#[^\n]*\n)*modelspec:")
"""How a spec in YAML begins."""


def _json(content: bytes, what: str, span: Span, findings: Findings) -> Any:
    if content.count(b",") > MAX_VALUES:
        message = f"{what} has more than {MAX_VALUES:,} values, too many for a config"
        findings.error(span, "file-too-large", message)
        return None
    try:
        config = json.loads(content.decode("utf-8-sig"))
    except UnicodeDecodeError:
        message = f"{what} is neither a zip archive, nor HDF5, nor JSON"
        hint = "a model file is .keras, .h5, or the JSON of model.to_json()"
        findings.error(span, "not-a-model", message, hint=hint)
        return None
    except (ValueError, RecursionError) as error:
        reason = "it nests too deep" if isinstance(error, RecursionError) else str(error)
        hint = "a model file is .keras, .h5, or the JSON of model.to_json()"
        if _SPEC.match(content):
            hint = f"it is a spec already: modelspec summarize {span.file}"
        findings.error(span, "not-json", f"{what} is not JSON: {reason}", hint=hint)
        return None
    if not isinstance(config, (dict, list, str)) or not config:
        findings.error(span, "not-a-model", f"{what} has no config of a Keras model")
        return None
    return config


def _from_archive(path: Path, span: Span, findings: Findings) -> FileContent | None:
    archive = open_archive(path, span, findings)
    if archive is None:
        return None
    with archive:
        try:
            return _members(archive, span, findings)
        except (zlib.error, *MALFORMED_CONFIG_ERRORS) as error:
            findings.error(span, "cannot-read", f"the archive is damaged: {error}")
            return None


def _members(archive: zipfile.ZipFile, span: Span, findings: Findings) -> FileContent | None:
    before = findings.error_count
    content = read_member(archive, CONFIG, span, findings)
    metadata = read_member(archive, METADATA, span, findings) or b"{}"
    if content is None:
        if findings.error_count == before:
            message = f"the archive has no {CONFIG}, as a .keras file has"
            findings.error(span, "not-a-model", message)
        return None
    config = _json(content, CONFIG, span, findings)
    if config is None or findings.error_count != before:
        return None
    facts = _json(metadata, METADATA, span, Findings())
    version = facts.get("keras_version") if isinstance(facts, dict) else None
    insert_vocabularies(config, archive, span, findings)
    form = "keras" if WEIGHTS in archive.namelist() else None
    return FileContent(config, version if isinstance(version, str) else None, weights=form)


def _from_hdf5(path: Path, span: Span, findings: Findings) -> FileContent | None:
    attributes = read_attributes(path, span, findings)
    if attributes is None:
        return None
    config = attributes.get("model_config")
    if config is None:
        message = "the file has weights, but no config of their model"
        hint = "import the model's JSON or .keras file"
        findings.error(span, "not-a-model", message, hint=hint)
        return None
    found = _json(config.encode(), "model_config", span, findings)
    if found is None:
        return None
    training = attributes.get("training_config")
    compiled = _json(training.encode(), "training_config", span, Findings()) if training else None
    backend = attributes.get("backend", "")
    return FileContent(found, attributes.get("keras_version"), compiled, "h5", backend)
