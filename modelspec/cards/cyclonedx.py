"""A bill of materials of a trained model: CycloneDX 1.6, ECMA-424, as JSON.

https://cyclonedx.org/docs/1.6/json/ has the schema. All of it follows from the files of the run, so
that the same run gives the same text.
"""

from __future__ import annotations

import json
import math
import uuid
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from typing import Any
from urllib.parse import quote

from modelspec.document import format_flow
from modelspec.files import sha256_of
from modelspec.plotting import Family, family_of
from modelspec.runs import METRIC_PREFIXES, RunFile
from modelspec.spec.model import KerasObject, objects_in

from .card_facts import CardFacts, UsedFile, about_file, limitations
from .settings import training_settings

MODEL = "model"
"""How the other parts of the document refer to the model."""

_NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, "https://cyclonedx.org/docs/1.6/json/")

_LICENSES = {
    one.lower(): one
    for one in (
        *("AGPL-3.0-only", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "BSL-1.0", "CC-BY-4.0"),
        *("CC-BY-NC-4.0", "CC-BY-NC-SA-4.0", "CC-BY-SA-4.0", "CC0-1.0", "EPL-2.0", "EUPL-1.2"),
        *("GPL-2.0-only", "GPL-3.0-only", "ISC", "LGPL-3.0-only", "MIT", "MPL-2.0", "ODbL-1.0"),
        *("PDDL-1.0", "Unlicense", "Zlib"),
    )
}
"""Identifiers of SPDX that are known by their case; another one is written as a name."""

_ARCHITECTURES = {
    Family.CONVOLUTION: "convolutional neural network",
    Family.RECURRENT: "recurrent neural network",
    Family.ATTENTION: "attention",
}
"""Family of a layer to what a model with it is called; one without any is feedforward."""


def as_cyclonedx(facts: CardFacts) -> str:
    """The document as JSON. Its serial number follows from its content."""
    files = list(_files(facts))
    data = list(_data(facts))
    libraries = list(_libraries(facts))
    content: dict[str, Any] = {
        "metadata": _metadata(facts, data),
        "components": [*data, *files, *libraries],
        "dependencies": [
            {"ref": MODEL, "dependsOn": [one["bom-ref"] for one in (*data, *files, *libraries)]}
        ],
        "compositions": [{"aggregate": "incomplete", "dependencies": [MODEL]}],
    }
    text = json.dumps(content, sort_keys=True, ensure_ascii=False)
    document = {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{uuid.uuid5(_NAMESPACE, text)}",
        "version": 1,
        **content,
    }
    return json.dumps(document, indent=1, ensure_ascii=False) + "\n"


def _metadata(facts: CardFacts, data: list[dict[str, Any]]) -> dict[str, Any]:
    tool = {"type": "application", "name": "keras-modelspec", **_own_version()}
    when = {"timestamp": facts.record.started} if facts.record.started else {}
    return {**when, "tools": {"components": [tool]}, "component": _model(facts, data)}


def _own_version() -> dict[str, str]:
    try:
        return {"version": version("keras-modelspec")}
    except PackageNotFoundError:  # run from its source
        return {}


def _model(facts: CardFacts, data: list[dict[str, Any]]) -> dict[str, Any]:
    model = facts.files.get(RunFile.MODEL)
    found: dict[str, Any] = {
        "type": "machine-learning-model",
        "bom-ref": MODEL,
        "name": facts.name,
    }
    if facts.description:
        found["description"] = facts.description
    if model is not None:
        found["hashes"] = [_sha256(sha256_of(model))]
    if facts.options.license is not None:
        found["licenses"] = [{"license": _license(facts.options.license)}]
    found["modelCard"] = _model_card(facts, data)
    found["properties"] = list(_properties(facts))
    return found


def _license(name: str) -> dict[str, str]:
    known = _LICENSES.get(name.lower())
    return {"name": name} if known is None else {"id": known}


def _model_card(facts: CardFacts, data: list[dict[str, Any]]) -> dict[str, Any]:
    spec, parameters = facts.compiled.spec, dict[str, Any]()
    if spec.data is not None and spec.data.targets and not facts.is_gan:
        parameters["approach"] = {"type": "supervised"}
    elif facts.is_gan:
        parameters["approach"] = {"type": "unsupervised"}
    task = facts.task.pipeline_tag or facts.task.kind
    if task is not None:
        parameters["task"] = task
    parameters["architectureFamily"] = _architecture_family(facts)
    applications = _applications(facts)
    if applications:
        parameters["modelArchitecture"] = applications
    parameters["datasets"] = [{"ref": one["bom-ref"]} for one in data]
    parameters["inputs"] = [{"format": _tensor(one)} for one in facts.inputs]
    parameters["outputs"] = [{"format": _tensor(one)} for one in facts.summary.outputs]
    card: dict[str, Any] = {"modelParameters": parameters}
    metrics = list(_performance(facts))
    if metrics:
        card["quantitativeAnalysis"] = {"performanceMetrics": metrics}
    limits = list(limitations(facts))
    if limits:
        card["considerations"] = {"technicalLimitations": limits}
    return card


def _architecture_family(facts: CardFacts) -> str:
    families = {family_of(one) for one in _layers(facts)}
    found = [name for family, name in _ARCHITECTURES.items() if family in families]
    return ", ".join(found) or "feedforward neural network"


def _applications(facts: CardFacts) -> str:
    names = [one.class_name for one in _layers(facts)]
    found = [one.removeprefix("applications.") for one in names if one.startswith("applications.")]
    return ", ".join(dict.fromkeys(found))


def _layers(facts: CardFacts) -> Iterator[KerasObject]:
    """All layers, those of nested models too; an application is known by its name."""
    return (one for one in objects_in(facts.compiled.spec.model) if one.kind == "layer")


def _tensor(about: dict[str, Any]) -> str:
    """Such as `image: float32 [batch, 8, 8, 1]`."""
    shape = about["shape"]
    if not isinstance(shape, list):
        return f"{about['name']}: {about['dtype'] or 'unknown dtype'}"
    sizes = ["batch", *("?" if size is None else str(size) for size in shape[1:])]
    return f"{about['name']}: {about['dtype'] or 'unknown dtype'} [{', '.join(sizes)}]"


def _performance(facts: CardFacts) -> Iterator[dict[str, Any]]:
    """Metrics by split, then what the kept predictions say of classes and slices."""
    measured = facts.measured
    for split, prefix in METRIC_PREFIXES.items():
        for name, value in facts.record.metrics.get(split, {}).items():
            ends = measured.intervals.get(f"{prefix}{name}")
            yield from _metric(name, value, f"{split} split", ends)
    for one in measured.classes:
        where = f"{measured.split} split, {one.output} is {one.label}"
        yield from _metric("precision", one.precision, where)
        yield from _metric("recall", one.recall, where)
        yield from _metric("f1", one.f1, where)
    for part in measured.slices:
        where = f"{measured.split} split, {part.column} is {part.value}"
        yield from _metric(f"{part.output} {part.measure}", part.figure, where, part.ends)


def _metric(
    name: str, value: float | None, where: str, ends: tuple[float, float] | None = None
) -> Iterator[dict[str, Any]]:
    if value is not None and math.isfinite(value):
        found: dict[str, Any] = {"type": name, "value": repr(float(value)), "slice": where}
        if ends is not None:
            bounds = {"lowerBound": repr(ends[0]), "upperBound": repr(ends[1])}
            found["confidenceInterval"] = bounds
        yield found


def _properties(facts: CardFacts) -> Iterator[dict[str, str]]:
    """Facts for which CycloneDX has no field."""
    summary = facts.summary
    known = {
        "params": summary.params["total"],
        "params.trainable": summary.params["trainable"],
        "flops": summary.flops,
        "seed": facts.environment.get("seed"),
        "python": facts.environment.get("python"),
        "platform": facts.environment.get("platform"),
        "languages": ", ".join(facts.options.languages) or None,
    }
    commit = facts.environment.get("commit")
    if isinstance(commit, dict):
        known["commit"] = commit.get("id")
        known["commit.changed"] = str(bool(commit.get("changed"))).lower()
    for name, value in known.items():
        if value is not None:
            yield _property(name, value)
    if facts.compiled.spec.training is not None:
        for name, value in training_settings(facts):
            yield _property(f"training.{name.replace(' ', '_')}", value)
    for path, value in facts.record.overrides.items():
        yield _property(f"override.{path}", format_flow(value))
    for one in facts.expectations:
        state = "met" if one.is_met else "missed"
        where = f" ({one.where})" if one.where else ""
        yield _property(f"expect.{one.name}", f"{one.bounds}{where}: {state}")


def _property(name: str, value: Any) -> dict[str, str]:
    return {"name": f"modelspec:{name}", "value": str(value)}


def _data(facts: CardFacts) -> Iterator[dict[str, Any]]:
    """The data of each split, with the files that they come from inside."""
    if facts.compiled.spec.data is None:
        return
    names, digests = facts.source_names, facts.data.get("digests") or {}
    splits = [*digests] or ["train"]
    for split in splits:
        files = [one for one in facts.data_files if not one.splits or split in one.splits]
        found: dict[str, Any] = {
            "type": "data",
            "bom-ref": f"data-{split}",
            "name": names[split] or facts.name,
            "description": f"the {split} split",
            "data": [{"type": "dataset", "name": f"{names[split]}, {split} split"}],
        }
        properties = []
        if split in facts.examples:
            properties.append(_property("examples", facts.examples[split]))
        if split in digests:
            properties.append(_property("fingerprint", digests[split]))
        if len(files) == 1 and files[0].sha256 is not None:
            found["hashes"] = [_sha256(files[0].sha256)]
        elif files:
            found["components"] = [_data_file(one, split) for one in files]
        if properties:
            found["properties"] = properties
        yield found


def _data_file(file: UsedFile, split: str) -> dict[str, Any]:
    hashes = {} if file.sha256 is None else {"hashes": [_sha256(file.sha256)]}
    return {
        "type": "file",
        "bom-ref": f"data-{split}-{file.path}",
        "name": file.path,
        **hashes,
    }


def _files(facts: CardFacts) -> Iterator[dict[str, Any]]:
    for name, path in facts.files.items():
        yield {
            "type": "file",
            "bom-ref": f"file-{name}",
            "name": name,
            "description": about_file(name),
            "hashes": [_sha256(sha256_of(path))],
        }


def _libraries(facts: CardFacts) -> Iterator[dict[str, Any]]:
    """What the training ran with, as far as the run records it."""
    for name, number in (facts.environment.get("packages") or {}).items():
        if number:
            yield {
                "type": "framework" if name == "tensorflow" else "library",
                "bom-ref": f"library-{name}",
                "name": name,
                "version": str(number),
                "purl": f"pkg:pypi/{quote(name.lower())}@{quote(str(number))}",
            }


def _sha256(digest: str) -> dict[str, str]:
    return {"alg": "SHA-256", "content": digest}
