"""Indices as numpy writes them."""

from __future__ import annotations

from typing import Any

import pytest

from modelspec.spec.model.edges import parse_index


@pytest.mark.parametrize(
    ("key", "parts"),
    [
        ("0", (0,)),
        (":, -1", (slice(None), -1)),
        ("..., None", (Ellipsis, None)),
        ("1:3", (slice(1, 3),)),
        ("::-2", (slice(None, None, -2),)),
        (" 1 : 3 , newaxis ,", (slice(1, 3), None)),
        (2, (2,)),
        ([0, 1], (0, 1)),
    ],
)
def test_parts(key: Any, parts: tuple[Any, ...]) -> None:
    assert parse_index(key) == parts


@pytest.mark.parametrize("key", ["", "a", "1:2:3:4", "0,,1", "1.5"])
def test_what_is_no_index_is_named(key: str) -> None:
    with pytest.raises(ValueError, match=r"is not a number, a slice such as 1:3"):
        parse_index(key)
