"""Trains small specs; the specs of specs/ once for all tests."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pictures import pictures_drawn
from training_cases import SPECS

from modelspec.api.training import train
from modelspec.diagnostics.problems import ModelspecError


@pytest.fixture(scope="session")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Any]:
    """trained(name) -> the run of specs/NAME.yaml, with the weights and numbers of its seed."""
    made: dict[str, Any] = {}
    folder = tmp_path_factory.mktemp("runs")

    def run(name: str) -> Any:
        if name not in made:
            with pictures_drawn():
                made[name] = train(
                    SPECS / f"{name}.yaml", output=folder / name, command=f"test {name}"
                )
        return made[name]

    return run


@pytest.fixture
def fit(tmp_path: Path) -> Callable[..., Any]:
    """fit(text, files) -> the run of a spec, or the error that came instead."""

    def run(text: str, files: dict[str, str] | None = None, **more: Any) -> Any:
        for name, content in (files or {}).items():
            (tmp_path / name).write_text(content, encoding="utf-8")
        spec = tmp_path / "spec.yaml"
        spec.write_text(text, encoding="utf-8")
        try:
            return train(spec, output=more.pop("output", tmp_path / "run"), **more)
        except ModelspecError as error:
            return error

    return run


@pytest.fixture
def stop_at(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """stop_at(epoch, step): a SIGTERM comes when so many epochs and steps are done."""
    from modelspec.training.checkpoint.saver import CheckpointSaver

    on_position = CheckpointSaver.on_position

    def set_place(epoch: int, step: int, *, validating: bool = False) -> None:
        def watched(self: CheckpointSaver, place: Any, metrics: Any = None) -> None:
            if tuple(place) == (epoch, step) and validating == (metrics is not None):
                os.kill(os.getpid(), signal.SIGTERM)
            on_position(self, place, metrics)

        monkeypatch.setattr(CheckpointSaver, "on_position", watched)
        monkeypatch.setattr(CheckpointSaver, "steps_until_save", lambda self, place: 1)

    return set_place
