"""The tables of rules name what Keras has: every layer, in the family that Keras files it in."""

from __future__ import annotations

import re
from pathlib import Path

import draft_image_preprocessing
import draft_many
import draft_plain
import draft_preprocessing
import draft_rnn
import draft_windows
import pytest
import yaml
from stricter import TABLE

from modelspec.layers import FAMILIES, RULES
from modelspec.schema.catalogue import class_schema, names_of_kind

UNANALYSED = {"TFSMLayer"}
"""Layers without a rule: what TFSMLayer gives stands in a file that only TensorFlow reads."""

TAKES_ALL = {"Identity"}
"""Layers that refuse nothing."""

CASES = Path(__file__).parent / "cases"


def layers() -> dict[str, str]:
    """Class name to family, of all classes of the schemas."""
    found = {}
    for name in names_of_kind("layer"):
        known = class_schema("layer", name)
        if known is not None and known.file.startswith("layers/"):
            found[known.name] = Path(known.file).stem
    return found


def test_every_layer_has_a_rule() -> None:
    assert set(RULES) == set(layers()) - UNANALYSED


def test_rules_stand_in_the_file_of_their_family() -> None:
    families = layers()
    for family in FAMILIES:
        stem = family.__name__.rpartition(".")[2]
        wrong = [name for name in family.RULES if not stem.startswith(families[name])]
        assert not wrong, stem


def test_no_rule_is_filed_twice() -> None:
    names = [name for family in FAMILIES for name in family.RULES]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("layer", sorted(RULES))
def test_every_layer_has_a_case_that_passes_and_one_that_is_refused(layer: str) -> None:
    stem = layers()[layer]
    cases = [c for p in CASES.glob(f"{stem}*.yaml") for c in yaml.safe_load(p.read_text())]
    own = [case for case in cases if case["layer"] == layer]
    assert any("output" in case for case in own)
    assert layer in TAKES_ALL or any("refused" in case for case in own)


def test_every_layer_is_drafted_for_random_calls() -> None:
    drafts = (
        draft_plain,
        draft_windows,
        draft_many,
        draft_rnn,
        draft_preprocessing,
        draft_image_preprocessing,
    )
    assert {name for module in drafts for name in module.DRAFTS} == set(RULES)


def test_what_is_stricter_than_keras_names_layers() -> None:
    for entry in TABLE:
        assert any(re.fullmatch(entry.layers, name) for name in RULES), entry
