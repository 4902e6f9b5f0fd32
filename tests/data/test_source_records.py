"""A source has one record of what a spec says of it, and one of how it is read."""

from __future__ import annotations

from modelspec.data.sources.sources import SOURCES, SUFFIXES
from modelspec.schema import definition
from modelspec.spec.data import SERIES, SOURCE_KINDS, SYNTHETIC


def test_both_records_and_the_schema_know_the_same_kinds() -> None:
    assert set(SOURCE_KINDS) - set(SOURCES) == {SERIES, SYNTHETIC}
    assert set(SOURCES) <= set(SOURCE_KINDS)
    for key in ("source", "split"):
        known = set(definition("data.schema.json", key)["properties"])
        assert known - {"share", "by", "format"} == set(SOURCE_KINDS)
    for kind in SOURCE_KINDS:
        assert definition("data.schema.json", kind)


def test_a_suffix_tells_one_kind() -> None:
    assert sum(len(one.suffixes) for one in SOURCES.values()) == len(SUFFIXES)
