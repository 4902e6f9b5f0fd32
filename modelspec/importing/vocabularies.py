"""Vocabularies that lookup layers learned: a `.keras` file stores them outside the config."""

from __future__ import annotations

import zipfile
from typing import Any

from modelspec.diagnostics import Findings, Span
from modelspec.importing.keras_config import is_model
from modelspec.layers import traits_of
from modelspec.spec.model import snake_case

from .safe_files import read_member

MAX_WORDS = 5_000
"""More words than this do not belong into a spec; adapting the layer to data finds them again."""


def insert_vocabularies(
    model: Any, archive: zipfile.ZipFile, span: Span, findings: Findings
) -> None:
    """Put learned vocabularies into the config of a model, in place.

    Args:
        model: the model's config as the archive has it.
        archive: the open file.
        span: what findings point at.
        findings: takes a warning for each vocabulary that is too long for a spec.
    """
    if is_model(model):
        _VocabularyReader(archive, span, findings).model(model, "assets/layers")


def _lacks_vocabulary(class_name: str, config: dict[str, Any]) -> bool:
    argument = traits_of(class_name).adapted_argument
    return argument == "vocabulary" and config.get(argument) is None


class _VocabularyReader:
    def __init__(self, archive: zipfile.ZipFile, span: Span, findings: Findings) -> None:
        self.archive = archive
        self.members = set(archive.namelist())
        self.span = span
        self.findings = findings

    def model(self, model: dict[str, Any], folder: str) -> None:
        """All layers of a model, by the names that Keras gives them in its files."""
        counts: dict[str, int] = {}
        for raw in model["config"]["layers"]:
            if not isinstance(raw, dict) or not isinstance(raw.get("config"), dict):
                continue
            stem = snake_case(str(raw.get("class_name")))
            count = counts.get(stem, 0)
            counts[stem] = count + 1
            path = f"{folder}/{stem}_{count}" if count else f"{folder}/{stem}"
            if is_model(raw):
                self.model(raw, f"{path}/layers")
            elif _lacks_vocabulary(str(raw.get("class_name")), raw["config"]):
                self.layer(raw, f"{path}/vocabulary.txt")

    def layer(self, raw: dict[str, Any], member: str) -> None:
        """One lookup layer's vocabulary, without the tokens that the layer puts before it."""
        if member not in self.members:
            return
        content = read_member(self.archive, member, self.span, self.findings)
        if content is None:
            return
        config = raw["config"]
        words = content.decode("utf-8", "replace").split("\n")
        tokens = words[_special_token_count(raw["class_name"], config) :]
        weighed = config.get("output_mode") == "tf_idf"  # by numbers that the file does not keep
        if len(tokens) > MAX_WORDS or weighed:
            where = f'layer "{config.get("name")}" ({raw["class_name"]})'
            message = f"{where}: its vocabulary of {len(tokens):,} words is left out"
            hint = "train on data that the layer can be adapted to"
            self.findings.warning(self.span, "vocabulary-left-out", message, hint=hint)
        elif raw["class_name"] == "IntegerLookup":
            config["vocabulary"] = [int(token) for token in tokens]
        else:
            config["vocabulary"] = tokens


def _special_token_count(class_name: str, config: dict[str, Any]) -> int:
    """How many tokens the layer itself adds: for the mask, and for unknown words."""
    masks = bool(config.get("output_mode", "int") == "int")
    if class_name == "TextVectorization":
        return 1 + masks
    unknown = config.get("num_oov_indices", 1)
    own: int = unknown if isinstance(unknown, int) else 1
    return own + (masks and config.get("mask_token") is not None)
