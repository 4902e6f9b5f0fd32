"""Workers that have another spec, or have read other data, than the chief."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from modelspec.diagnostics import UsageError
from modelspec.training import data_record, engine

DATA: Any = SimpleNamespace(train="a", validation=None, test="b")


@pytest.fixture(autouse=True)
def two_workers(monkeypatch: pytest.MonkeyPatch) -> None:
    """This process is the chief of two; its spec and its splits are texts."""
    monkeypatch.setattr(
        engine, "present_engine", lambda: SimpleNamespace(processes=2), raising=False
    )
    monkeypatch.setattr(data_record, "expanded_text", str)
    monkeypatch.setattr(data_record, "digest_of", lambda data, split: getattr(data, split) * 64)


def other_has(monkeypatch: pytest.MonkeyPatch, place: int | None) -> None:
    """Let the other worker have another number at a place."""

    def gathered(_: Any, numbers: list[int]) -> list[list[float]]:
        other = [number + (at == place) for at, number in enumerate(numbers)]
        return [list(map(float, numbers)), list(map(float, other))]

    monkeypatch.setattr(engine, "gather_numbers", gathered, raising=False)


def test_the_same_job_is_trained(monkeypatch: pytest.MonkeyPatch) -> None:
    other_has(monkeypatch, None)
    data_record.refuse_other_job("a spec", DATA)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("place", "said"),
    [
        (0, "worker 1 has another spec than worker 0: the file must be the same on all machines"),
        (1, "worker 1 has read another train split than worker 0: the files must be the same on"),
        (2, "worker 1 has read another test split than worker 0: the files must be the same on"),
    ],
)
def test_another_job_is_refused(monkeypatch: pytest.MonkeyPatch, place: int, said: str) -> None:
    other_has(monkeypatch, place)
    with pytest.raises(UsageError, match=f"^{said}"):
        data_record.refuse_other_job("a spec", DATA)  # type: ignore[arg-type]
