"""Value classes: what they give as any other dataclass does, and that the start makes no dearer."""

from __future__ import annotations

import json
import pickle
import subprocess
import sys
from dataclasses import dataclass, field, replace

import pytest

from modelspec.value_classes import value_class


@value_class
class Size:
    """A value with a default."""

    height: int
    width: int = 1


@value_class
class NamedSize(Size):
    """A value class made from another."""

    name: str = ""


def test_values_are_equal_by_their_fields_and_can_be_keys() -> None:
    assert Size(2, 3) == Size(2, 3) != Size(2)
    assert {Size(2, 3), Size(2, 3)} == {Size(2, 3)}
    assert NamedSize(2, name="a") != Size(2)


@value_class
class Told:
    """Fields that do not count for every method."""

    name: str
    size: int = 0
    place: str = field(default="", compare=False)
    cache: dict[str, int] = field(default_factory=dict, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class ToldAsUsual:
    """The same by Python's own decorator."""

    name: str
    size: int = 0
    place: str = field(default="", compare=False)
    cache: dict[str, int] = field(default_factory=dict, compare=False, repr=False)


def test_a_value_is_what_a_frozen_dataclass_is() -> None:
    arguments: list[tuple[str, int, str]] = [("a", 1, "x"), ("a", 1, "y"), ("b", 1, "x")]
    own = [Told(*one, {"seen": 1}) for one in arguments]
    usual = [ToldAsUsual(*one, {"seen": 1}) for one in arguments]
    assert [one == own[0] for one in own] == [one == usual[0] for one in usual]
    assert [hash(one) for one in own] == [hash(one) for one in usual]
    assert [repr(one).replace("Told", "ToldAsUsual") for one in own] == [repr(o) for o in usual]
    other: object = ToldAsUsual("a")
    assert Told("a") != other


def test_a_value_is_replaced_and_sent_to_another_process() -> None:
    assert replace(NamedSize(2, name="a"), width=5) == NamedSize(2, 5, "a")
    assert pickle.loads(pickle.dumps(Size(2, 3))) == Size(2, 3)


def test_a_value_has_no_other_attributes() -> None:
    with pytest.raises(AttributeError):
        Size(2).depth = 3  # type: ignore[attr-defined]


FROZEN_OF_START = """
import json, sys
import modelspec.api.validation.validate
print(json.dumps(sorted({
    f"{one.__module__}.{one.__name__}"
    for name, module in list(sys.modules.items()) if name.startswith("modelspec.")
    for one in vars(module).values()
    if isinstance(one, type) and one.__module__.startswith("modelspec.")
    and getattr(one, "__dataclass_params__", None) and one.__dataclass_params__.frozen
})))
"""


def test_the_start_of_validate_makes_no_frozen_dataclass() -> None:
    command = [sys.executable, "-c", FROZEN_OF_START]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == []
