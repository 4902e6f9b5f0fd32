"""What cannot be exported, told before it is tried, with its place in the spec.

What a converter lacks beyond this table is told when it fails.
"""

from __future__ import annotations

from collections.abc import Iterator

from modelspec.diagnostics import Findings, SpecError
from modelspec.schema import class_schema
from modelspec.spec import KerasObject, ModelSpec, objects_in

LEARNED = {
    "StringLookup": "vocabulary",
    "IntegerLookup": "vocabulary",
    "TextVectorization": "vocabulary",
    "Discretization": "bin_boundaries",
}
"""Layer to the argument without which it answers nothing before it has learned from data."""

_LOOKUP = "the converter has no lookup tables"
_HASH = "it has no hash of text"

REFUSED: dict[str, dict[str, str]] = {
    "onnx": {
        "StringLookup": _LOOKUP,
        "IntegerLookup": _LOOKUP,
        "TextVectorization": "it splits no text",
        "Hashing": _HASH,
        "HashedCrossing": _HASH,
    },
    "litert": {
        "TextVectorization": "it splits no text",
        "Hashing": _HASH,
        "HashedCrossing": _HASH,
    },
    "openvino": {
        "StringLookup": _LOOKUP,
        "TextVectorization": "it splits no text",
        "Hashing": _HASH,
        "HashedCrossing": _HASH,
    },
}
"""Format to the layers that it does not take, with the reason."""

KEEPING = ("keras", "saved_model")
"""Formats that take every layer."""


def refuse_unlearned(model: ModelSpec, findings: Findings) -> None:
    """Find the layers of a bare spec that have to learn from data before they answer."""
    for item, name in _layers(model):
        argument = LEARNED.get(name)
        if argument is None or item.args.get(argument) is not None:
            continue
        message = f"{name} has learned nothing yet, so the model gives no answers to compare"
        hint = f"train the spec and export the run, or give the layer its `{argument}`"
        findings.error(item.span, "export-unlearned", message, hint=hint)


def refuse_layers(model: ModelSpec, form: str, findings: Findings) -> None:
    """Find the layers that a format does not take."""
    for item, name in _layers(model):
        reason = REFUSED.get(form, {}).get(name)
        if reason is not None:
            message = f"{form} does not take {name}: {reason}"
            hint = f"export to {' or '.join(KEEPING)}, or feed the model numbers"
            findings.error(item.span, "export-unsupported", message, hint=hint)


def _layers(model: ModelSpec) -> Iterator[tuple[KerasObject, str]]:
    for item in objects_in(model):
        if item.kind == "layer":
            known = class_schema("layer", item.class_name)
            yield item, item.class_name if known is None else known.name


def refuse(model: ModelSpec, form: str, *, learned: bool) -> None:
    """Hold a model to what a format takes.

    Args:
        model: of the spec.
        form: the format.
        learned: whether it was trained.

    Raises:
        SpecError: it has layers that cannot be exported.
    """
    findings = Findings()
    if not learned and form != "json":
        refuse_unlearned(model, findings)
    refuse_layers(model, form, findings)
    if findings.has_errors:
        raise SpecError(findings.sorted())
