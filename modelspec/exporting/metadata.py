"""The metadata in an exported file: the spec and its hash, the run's metrics, how data is read.

Nothing here needs numpy or TensorFlow, so that a file can be summarized without them.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from modelspec.diagnostics import CannotRunError, UsageError
from modelspec.document import model_format
from modelspec.exporting.formats import FORMATS
from modelspec.version import __version__

VERSION = 1


@dataclass(frozen=True, slots=True)
class Metadata:
    """The JSON document inside an exported file.

    Attributes:
        name: of the model.
        form: the format that it was exported in.
        spec: its YAML text with everything written out, as `spec.expanded.yaml` of a run.
        settings: of the export, such as `quantize`.
        metrics: of the run by split, as in its metrics.json; None for a bare spec.
        data: how the run reads new data and what its outputs mean, as in its data.json, but
            without absolute paths; None for a bare spec.
        modelspec: the version that exported it.
    """

    name: str
    form: str
    spec: str
    settings: Mapping[str, Any] = field(default_factory=dict)
    metrics: Mapping[str, Any] | None = None
    data: Mapping[str, Any] | None = None
    modelspec: str = ""

    @property
    def spec_sha256(self) -> str:
        """The hash of the spec's text in UTF-8, which is that of a run's spec.expanded.yaml."""
        return hashlib.sha256(self.spec.encode()).hexdigest()

    def to_json(self) -> str:
        """The document."""
        document = {
            "version": VERSION,
            "modelspec": self.modelspec or __version__,
            "name": self.name,
            "format": self.form,
            "settings": dict(self.settings),
            "spec": self.spec,
            "spec_sha256": self.spec_sha256,
            "metrics": self.metrics,
            "data": self.data,
        }
        return json.dumps(document, ensure_ascii=False)

    @staticmethod
    def from_json(text: str, path: str) -> Metadata:
        """The opposite of `to_json`.

        Args:
            text: the document.
            path: the file that holds it, for messages.

        Raises:
            CannotRunError: it is damaged, or of a later version.
        """
        try:
            document = json.loads(text)
            number = document["version"]
            if number == VERSION:
                metadata = Metadata(
                    document["name"],
                    document["format"],
                    document["spec"],
                    document["settings"],
                    document["metrics"],
                    document["data"],
                    document["modelspec"],
                )
                if metadata.spec_sha256 == document["spec_sha256"]:
                    return metadata
                raise ValueError("the spec does not match its hash")
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise CannotRunError(f"the metadata of {path} is damaged: {error}") from error
        message = f"the metadata of {path} has version {number}; this modelspec reads {VERSION}"
        raise CannotRunError(f"{message}: install a later modelspec")

    def labels(self) -> dict[str, list[str]]:
        """Output to its class names, for the outputs that have some."""
        outputs = {} if self.data is None else self.data["outputs"]
        return {
            name: meaning["labels"] for name, meaning in outputs.items() if meaning.get("labels")
        }

    def thresholds(self) -> dict[str, float]:
        """Output to the probability above which it decides, for the outputs that have one."""
        outputs = {} if self.data is None else self.data["outputs"]
        return {
            name: meaning["threshold"]
            for name, meaning in outputs.items()
            if meaning.get("threshold") is not None
        }

    def to_dict(self) -> dict[str, Any]:
        """The part that `summarize` shows: all but the spec and how data is read."""
        return {
            "format": self.form,
            "modelspec": self.modelspec,
            "settings": dict(self.settings),
            "spec_sha256": self.spec_sha256,
            "metrics": self.metrics,
            "labels": self.labels(),
            **({"thresholds": self.thresholds()} if self.thresholds() else {}),
        }


def embed_metadata(path: Path, form: str, text: str) -> None:
    """Put the metadata into an exported file, if the format has a place for it."""
    store = FORMATS[form].metadata
    if store is not None:
        store.write(path, text)


def embedded_text(path: Path, form: str) -> str | None:
    """The metadata in a file of a format that keeps it; None where it has none.

    Raises:
        CannotRunError: the file cannot be read, or the package that reads it is missing.
    """
    store = FORMATS[form].metadata
    assert store is not None, f"{form} keeps no metadata"
    try:
        return store.read(path)
    except CannotRunError:
        raise
    except Exception as error:  # zipfile, h5py and protobuf raise all kinds
        raise CannotRunError(f"{path} cannot be read as {form}: {error}") from error


def read_metadata(path: Path) -> Metadata:
    """The metadata of an exported file.

    Args:
        path: a file or a folder of one of the formats that keep metadata.

    Raises:
        UsageError: it does not exist, or was not exported by modelspec.
        CannotRunError: it is damaged, or the package that reads it is missing.
    """
    form = model_format(path)
    if not path.exists():
        raise UsageError(f"{path} does not exist")
    if form is None:
        raise UsageError(f"{path} is not an exported model")
    text = embedded_text(path, form)
    if text is None:
        message = f"{path} has no metadata of modelspec, so it was not exported by it"
        hint = "; `modelspec import` makes a spec of it" if form == "keras" else ""
        raise UsageError(message + hint)
    return Metadata.from_json(text, str(path))
