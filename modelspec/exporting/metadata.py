"""What an exported file says of itself: the spec, its hash, what the run reached, how it reads.

Nothing here needs numpy or TensorFlow, so that a file can be asked about without them.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from modelspec.diagnostics import CannotRunError

VERSION = 1


@dataclass(frozen=True, slots=True)
class Metadata:
    """The JSON document inside an exported file.

    Attributes:
        name: of the model.
        form: the format that it was exported in.
        spec: its YAML text with everything written out, as `spec.expanded.yaml` of a run.
        settings: what was asked of the export, such as `quantize`.
        metrics: what the run reached, by split, as in its metrics.json; None for a bare spec.
        data: how the run reads new data and what its outputs mean, as in its data.json, but with
            no absolute path; None for a bare spec.
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
        about = {
            "version": VERSION,
            "modelspec": self.modelspec or _own_version(),
            "name": self.name,
            "format": self.form,
            "settings": dict(self.settings),
            "spec": self.spec,
            "spec_sha256": self.spec_sha256,
            "metrics": self.metrics,
            "data": self.data,
        }
        return json.dumps(about, ensure_ascii=False)

    @staticmethod
    def from_json(text: str, where: str) -> Metadata:
        """The opposite of `to_json`.

        Args:
            text: the document.
            where: the file that holds it, for messages.

        Raises:
            CannotRunError: it is damaged, or of a later version.
        """
        try:
            found = json.loads(text)
            number = found["version"]
            if number == VERSION:
                made = Metadata(
                    found["name"],
                    found["format"],
                    found["spec"],
                    found["settings"],
                    found["metrics"],
                    found["data"],
                    found["modelspec"],
                )
                if made.spec_sha256 == found["spec_sha256"]:
                    return made
                raise ValueError("the spec is not the one that its hash is of")
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise CannotRunError(f"the metadata of {where} is damaged: {error}") from error
        message = f"the metadata of {where} is of version {number}; this modelspec reads {VERSION}"
        raise CannotRunError(f"{message}: take a later one")

    def labels(self) -> dict[str, list[str]]:
        """Output to the names of its classes, for the outputs that have some."""
        outputs = {} if self.data is None else self.data["outputs"]
        return {name: said["labels"] for name, said in outputs.items() if said.get("labels")}

    def to_dict(self) -> dict[str, Any]:
        """What `summarize` shows of it, as plain data: all but the spec and how data is read."""
        return {
            "format": self.form,
            "modelspec": self.modelspec,
            "settings": dict(self.settings),
            "spec_sha256": self.spec_sha256,
            "metrics": self.metrics,
            "labels": self.labels(),
        }


def _own_version() -> str:
    try:
        return version("keras-modelspec")
    except PackageNotFoundError:  # run from its source
        return "unknown"
